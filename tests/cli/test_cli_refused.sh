#!/bin/bash
# What is refused, by the rules, the operator or the préfecture: the words, the status, the way out.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl
sandbox_start --delay 0 --anomalie 2022_0301=002:'classification perimee' --invalid 2022_0302='schema' \
    --refuse 2022_0303 --close 2022_0304 --park 2022_0305 --discordant 2022_0306 --virus 2022_0307
cli_config "$SANDBOX_URL"

# --- by the rules: status 4, nothing leaves ---
bad() { # bad CODE ARGS...
    local code=$1
    shift
    acte 2022-0200 "$@"
    assert_exit 4 ctes --json send "${ACTE[@]}"
    assert_json "$code" '.[0].error.code'
    assert_exit 4 ctes --json check "${ACTE[@]}"
    assert_json "$code" '.[0].error.code'
    assert_exit 4 french check "${ACTE[@]}"
    assert_not_contains "$ERR" "{"
    assert_not_contains "$ERR" "["
}
: >"$WORK/empty.pdf"
printf '\x89PNG\r\n\x1a\n0000' >"$WORK/image.pdf"
printf 'PK\3\4' >"$WORK/word.pdf"
{
    make_pdf /dev/stdout locked | sed 's/trailer<</&\/Encrypt 4 0 R/'
} >"$WORK/locked.pdf"
bad document-empty --document "$WORK/empty.pdf"
bad document-type --document "$WORK/image.pdf"
bad document-type --document "$WORK/word.pdf"
bad document-locked --document "$WORK/locked.pdf"
bad document-missing --document "$WORK/none.pdf"
bad document-unreadable --document "$WORK"
bad document-empty --annexe "$WORK/empty.pdf"
bad document-type --annexe "$WORK/word.pdf"
bad matiere-unknown --matiere 7.11
bad matiere-unknown --matiere 10.1
bad date-future --date "$(date -d tomorrow +%Y-%m-%d)"
bad numero-too-long --numero 2022-0160-DELIBERATION
bad numero-invalid --numero 'Délib'
bad numero-missing --numero ''
bad objet-missing --objet ' '
bad objet-character --objet '会議'
bad objet-too-long --objet "$(printf 'x%.0s' $(seq 500))"
bad type-pj-forbidden --type 99_AU
bad type-pj-forbidden --annexe 99_DC:"$WORK/a.pdf"
bad precedent-invalid --precedent 086-218601946
assert_exit 4 ctes --json send --numero 2022-0200 --date 2022-06-27 --nature DE --matiere 7.10 --objet x
assert_json document-missing '.[0].error.code'
assert_exit 4 ctes --json send --numero 2022-0200 --nature DE --matiere 7.10 --objet x
assert_json date-missing '.[0].error.code'
assert_exit 4 ctes --json send --fiche "$WORK/none.txt"
assert_json not-found '.[0].error.code'
assert_exit 4 ctes --json send --fiche "$WORK/a.pdf"
assert_json fiche-invalid '.[0].error.code'
assert_eq 0 "$(sandbox_ledger '.acts | length')" "transactions at the operator"
assert_exit 0 ctes check "${ACTE[@]}" --precedent 086-218601946-20220101-2021_1-DE

# --- by the préfecture: 5, said once, then under the next number ---
acte 2022-0301
assert_exit 5 french send "${ACTE[@]}" --wait=60 --every=1
assert_contains "$ERR" "refusé par la préfecture"
assert_contains "$(plain "$ERR")" "motif : "
assert_contains "$ERR" "classification perimee"
assert_contains "$ERR" "2022_0301_2"
assert_exit 0 ctes status
assert_exit 5 ctes --json status 2022-0301
assert_json anomalie-acte '.[0].state'
assert_json 2022_0301_2 '.[0].proposed'
assert_exit 5 ctes --json send "${ACTE[@]}"
assert_json anomalie '.[0].error.code'
assert_exit 5 ctes --json resend 2022-0301
assert_json operator-holds '.[0].error.code'
assert_json 2022_0301_2 '.[0].proposed'
assert_exit 0 ctes resend 2022-0301 --suffix --objet "Corrigé" --wait=60 --every=1
assert_contains "$OUT" "086-218601946-20220627-2022_0301_2-DE"
assert_exit 0 ctes --json show 2022-0301
assert_json 2022_0301_2 '.[0].replaced_by'
# the act is settled by the one that replaces it
assert_exit 0 ctes status 2022-0301
assert_contains "$OUT" "replaced by 2022_0301_2"
assert_exit 0 ctes --json show 2022_0301_2
assert_json Corrigé '.[0].objet'
assert_exit 4 ctes resend 2022-9999
assert_contains "$ERR" "the register has no such act"

# --- other ends ---
ends() { # ends NUMBER STATUS STATE
    acte "$1"
    ctes send "${ACTE[@]}" --wait=30 --every=1 >/dev/null 2>&1 </dev/null
    assert_exit "$2" ctes --json status "$1"
    assert_json "$3" '.[0].state'
    assert_exit "$2" french status "$1"
}
ends 2022-0302 5 operator-error
ends 2022-0303 5 anomalie-enveloppe
ends 2022-0306 5 discordant
assert_contains "$(plain "$ERR")" "motif : numéro : « "
assert_exit 5 french resend 2022-0306
assert_contains "$(plain "$ERR")" "acquitté pour un autre acte. Ne vous y fiez pas"
assert_not_contains "$ERR" "--suffix" "a discordant act is not to be sent again"
ends 2022-0307 5 operator-error
acte 2022-0305
assert_exit 6 ctes send "${ACTE[@]}" --wait=1 --every=1
assert_contains "$ERR" "no acknowledgement yet"
assert_exit 0 ctes --json status 2022-0305
assert_json parked '.[0].state'
assert_exit 0 ctes status 2022-0305
assert_contains "$OUT" "Confirm the sending on the operator's site."
assert_exit 6 ctes --json status --wait=1 --every=1
assert_contains "$OUT" '"code":"not-yet"'
sandbox_stop
