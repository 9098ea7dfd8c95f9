#!/bin/bash
# The codes that acts are filed under: known before the first refresh, kept when received, found by
# words, and up to date again when an act was refused for an old version.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
publish() { # publish DATE [NAME=VALUE...]: the préfecture has a new classification
    local args=(--url-query "date=$1") one
    shift
    for one in "$@"; do args+=(--url-query "$one"); done
    sandbox_curl /sandbox/classification --request POST --get "${args[@]}" >/dev/null
}

# --- before anything was received: the national tree ---
assert_exit 0 ctes classification find subvention
assert_contains "$OUT" "7.5"
assert_contains "$OUT" "Subventions"
assert_exit 0 ctes classification find FINANCES divers
assert_contains "$OUT" "7.10"
assert_exit 0 ctes --json classification find 7.10
assert_json Divers '.[0].label'
assert_exit 4 ctes classification find xyzzy
assert_exit 0 ctes classification --tree --matiere 7
assert_eq 12 "$(wc -l <<<"$OUT")" "Finances locales and what is below it, under a heading"
assert_contains "$OUT" "ctes classification --refresh"
assert_exit 0 ctes classification --types --nature CC --matiere 1.6
assert_eq "16_AA" "$(grep -o '^16_..' <<<"$OUT" | head -n 1)"
for words in "" "find" "find x --tree" "--tree --types --nature DE" "--types" "trouve x"; do
    # shellcheck disable=SC2086 # words are words
    assert_exit 2 ctes classification $words
done

# --- before there is any authority, too ---
sed '/^\[autorite\]$/,/^$/d' "$CONF" >"$WORK/nobody.conf"
chmod 600 "$WORK/nobody.conf"
assert_exit 0 "$CTES" --config "$WORK/nobody.conf" classification find subvention
assert_contains "$OUT" "Subventions"

# --- what the préfecture sent is kept with its date ---
assert_exit 0 ctes --json classification --refresh
assert_json new '.[0].classification'
assert_exit 0 ctes classification --tree
received=$(head -n 1 <<<"$OUT")
assert_contains "$received" "Classification"

# --- an act refused for the old version has the new one fetched, and goes out with it ---
publish "$(date +%Y-%m-%d)" code=7.5 "libelle=Subventions accordées"
acte 2022-0160
assert_exit 5 ctes send "${ACTE[@]}" --wait=60 --every=1
assert_contains "$ERR$OUT" "ODT-VERIF-01"
assert_exit 0 ctes --json show 2022-0160
assert_json 002 '.[0].anomalie_code'
assert_eq 1 "$(sandbox_ledger '[.acts[] | select(.type == 7)] | length')" "requests to the préfecture"
sandbox_advance 3
assert_exit 0 ctes --json classification --refresh
assert_json new '.[0].classification'
assert_exit 0 ctes resend 2022-0160 --suffix --wait=60 --every=1
assert_exit 0 ctes --json show 2022_0160_2
assert_json acknowledged '.[0].state'
assert_json "$(date +%Y-%m-%d)" '.[0].classification_date'

# --- and a code is judged by it ---
assert_exit 0 ctes classification find accordées
assert_contains "$OUT" "7.5"
acte 2022-0161 --matiere 7.99
assert_exit 4 ctes send "${ACTE[@]}"
assert_contains "$ERR" "7.99"

# --- several authorities: what fails for one is told, and the others are brought up to date all the same ---
two_autorites
sandbox_curl /sandbox/fault?spec=413@actes_classification_fetch.php --request POST --fail >/dev/null ||
    fail "no such fault"
assert_exit 6 ctes --json classification --refresh
assert_json 'autre 218601946' '[.[] | .error.subject // .siren] | join(" ")'
sandbox_stop
