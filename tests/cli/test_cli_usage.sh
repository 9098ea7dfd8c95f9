#!/bin/bash
# The command line: help in both languages, what is refused and how it is said, streams and statuses.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq
cli_config

# --- help ---
assert_exit 0 "$CTES" --help
assert_contains "$OUT" "Usage: ctes [OPTIONS] COMMAND"
assert_exit 0 "$CTES" help
for command in send check batch resend status list show inbox reply refuse cancel classification help; do
    assert_contains "$OUT" "  $command "
    assert_exit 0 "$CTES" help $command
    direct=$OUT
    assert_exit 0 "$CTES" $command --help
    assert_eq "$direct" "$OUT" "help of $command"
    assert_contains "$OUT" "--config=FILE"
    assert_exit 0 "$CTES" help
done
assert_exit 0 "$CTES" help send
for option in numero date nature matiere objet document annexe type classification-date precedent \
    papier signature fiche autorite wait every; do
    assert_contains "$OUT" "--$option"
done
assert_contains "$OUT" "--wait[=SECONDS]"
assert_contains "$OUT" "--annexe=[TYPE:]FILE"
assert_exit 0 french help send
assert_contains "$(plain "$OUT")" "Options de la commande :"
# every line fits a terminal of 80 columns
for command in "" send check batch resend status list show inbox reply refuse cancel classification register \
    archive stamp bordereau; do
    for language in en fr; do
        help=$(LANGUAGE=$language "$CTES" help $command)
        while IFS= read -r line; do
            [ ${#line} -le 80 ] || fail "${#line} columns, $language: $line"
        done <<<"$help"
    done
done
assert_exit 0 "$CTES" --version
assert_eq "ctes 0.1.0" "$OUT"
assert_exit 0 "$CTES" send --version
assert_eq "ctes 0.1.0" "$OUT"

# --- what is wrong ---
refused() { # refused PART ARGS...: status 2, said on stderr, nothing on stdout
    local part=$1
    shift
    assert_exit 2 ctes "$@"
    assert_eq "" "$OUT" "stdout of $*"
    assert_contains "$ERR" "$part"
    assert_contains "$ERR" 'See "ctes help'
}
# asked for JSON behind what failed, it is JSON all the same
assert_exit 2 ctes send --numro=1 --json
assert_json usage '.[0].error.code'
refused "a command is missing"
refused "unknown command" sned
refused 'option "--numro=1" is unknown' send --numro=1
refused 'option "--numero" needs a value' send --numero
refused 'option "--papier=oui" is unknown, ambiguous or takes no value' send --papier=oui
refused 'option "--nonsense"' --nonsense send
refused "describe the act" send
refused "did you mean \"ctes batch\"?" send folder
refused "give one folder or one table" batch
refused "give one folder or one table" batch a b
refused "either one table or folder" check
refused "either one table or folder" check folder --numero 1
refused "give the number of one act" resend
refused "exclude each other" resend 1 --suffix --as 2
refused "give the number of one act" show
refused "--format is table" list --format=pdf
refused "no such state" list --state=sent
refused "unexpected word" list 2022-0160
refused "is no number of seconds" status --wait=soon
refused "is no number of seconds" status --every=0
refused "is no number of seconds" status --wait=99999999999999999999
refused "no help about this" help sending

# a value that no act can have is said by the rules, not by the parser of options
assert_exit 4 ctes list --from=31/02/2022
assert_contains "$ERR" "this is no date: 31/02/2022"
assert_exit 4 ctes check --nature=XX
assert_exit 4 ctes check --matiere=7
assert_exit 4 ctes check --type=ABC
assert_contains "$ERR" "this is no type of document: ABC"

# --- JSON: on stdout, whole, also for failures ---
assert_exit 2 ctes --json sned
assert_eq "" "$ERR"
assert_json usage '.[0].error.code'
assert_json 2 '.[0].error.exit_status'
assert_json sned '.[0].error.subject'
assert_exit 2 ctes send --json
assert_json usage '.[0].error.kind'

# --- text that would steer a terminal is made harmless ---
assert_exit 2 ctes "$(printf 'a\033]0;x\007b\xe2\x80\xaec\xff')"
assert_not_contains "$ERR" "$(printf '\033')"
assert_not_contains "$ERR" "$(printf '\xe2\x80\xae')"
assert_contains "$ERR" 'a ]0;x b c\xFF'
assert_exit 2 ctes --json "$(printf '\033[31m\xff')"
assert_json ' [31m\xFF' '.[0].error.subject'
# a percent sign or brackets are data
assert_exit 2 ctes '%s%n{detail}[x]'
assert_contains "$ERR" '%s%n{detail}[x]'

# --- a full disk is no success; a reader that leaves is no failure ---
if [ -w /dev/full ]; then
    status=0
    "$CTES" help >/dev/full 2>"$WORK/err" || status=$?
    assert_eq 8 $status "help on a full disk"
    assert_contains "$(cat "$WORK/err")" "standard output"
fi
status=0
{
    "$CTES" help codes
    echo $? >"$WORK/status"
} | head -c 1 >/dev/null
assert_eq 0 "$(cat "$WORK/status")" "reader that leaves"
