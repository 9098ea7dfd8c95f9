#!/bin/bash
# The register given away: as the national table of deliberations, whose rules are those of scdl.py,
# as CSV, as JSON. The three say the same.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl python3
scdl() { python3 "$(dirname "$0")/scdl.py" "$@"; }
scdl --prove >"$WORK/proof" || fail "the rules notice too little: $(cat "$WORK/proof")"
sandbox_start --delay 0
cli_config "$SANDBOX_URL"

# --- a register that has something of everything ---
number=0
send() { # ARGS...: one more act
    number=$((number + 1))
    acte "2022-$number" "$@"
    assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
}
send
send --matiere 1.1.3 --objet 'Avec "guillemets", virgule ; et
deux lignes'
send --matiere 6.1 --objet "L’œuvre à 5 000 € – =1+1"
send --matiere 8.8 --date 2021-12-31
send --matiere 2.1 --papier
send --nature AR --matiere 6.4 # no deliberation: not in that table
acte 2022-attente
assert_exit 0 ctes send "${ACTE[@]}" # sent, no date of reception yet
acte 2022-annule
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
assert_exit 0 ctes cancel 2022-annule

# --- the national table ---
for option in "" --with-id; do
    # shellcheck disable=SC2086 # an option or none
    ctes list --format scdl $option >"$WORK/table.csv" || fail "no table"
    scdl "$WORK/table.csv" >"$WORK/faults" || fail "the table breaks the schema: $(cat "$WORK/faults")"
done
python3 - "$WORK/table.csv" >"$WORK/rows.json" <<'END'
import csv, json, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    print(json.dumps(list(csv.DictReader(file))))
END
row() { jq -r ".[] | select(.DELIB_ID == \"$1\") | $2" "$WORK/rows.json"; }
assert_eq "" "$(row 2022-6 .DELIB_ID)" "an arrêté in the table of deliberations"
assert_eq 1.1 "$(row 2022-2 .DELIB_MATIERE_CODE)"
assert_eq $'Avec "guillemets", virgule ; et\ndeux lignes' "$(row 2022-2 .DELIB_OBJET)"
assert_eq "libertés publiques et pouvoirs de police/police municipale" "$(row 2022-3 .DELIB_MATIERE_NOM)"
assert_eq 2021-12-31 "$(row 2022-4 .DELIB_DATE)"
assert_eq 21860194600013 "$(row 2022-1 .COLL_SIRET)"
assert_eq PREF086 "$(row 2022-1 .PREF_ID)"
assert_eq "" "$(row 2022-attente .PREF_DATE)"
assert_eq "" "$(row 2022-attente .ACTE_ID)"

# --- the same acts in CSV and JSON, with the same dates and identifiers ---
ctes list --format json >"$WORK/acts.json" || fail "no JSON"
ctes list --format csv >"$WORK/acts.csv" || fail "no CSV"
python3 - "$WORK/acts.csv" >"$WORK/acts.csv.json" <<'END'
import csv, json, sys
with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
    print(json.dumps(list(csv.DictReader(file, strict=True))))
END
jq -s -S '[.[] | {numero, date, nature, matiere, objet, state, reception: (.reception // ""), id_acte: (.id_acte // "")}]
    | sort_by(.numero)' "$WORK/acts.json" >"$WORK/a"
jq -S '[.[] | {numero, date, nature, matiere, objet, state, reception, id_acte}] | sort_by(.numero)' \
    "$WORK/acts.csv.json" >"$WORK/b"
cmp "$WORK/a" "$WORK/b" || fail "CSV and JSON differ: $(diff "$WORK/a" "$WORK/b" | head -5)"
jq -S '[.[] | {numero: .DELIB_ID, reception: .PREF_DATE}] | sort_by(.numero)' "$WORK/rows.json" >"$WORK/c"
jq -S '[.[] | select(.nature == "DE") | {numero, reception: (if .state == "acknowledged" then .reception else "" end)}]' \
    "$WORK/a" >"$WORK/d"
cmp "$WORK/c" "$WORK/d" || fail "the table and the register differ: $(diff "$WORK/c" "$WORK/d" | head -5)"
sandbox_stop
