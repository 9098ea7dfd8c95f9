#!/bin/bash
# A budget: the XML of TotEM with its seal goes out with its deliberation; anything else is refused.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
budget=$CTES_SOURCE_DIR/tests/golden/budget/totem.xml

# --- refused, with the reason in the person's words ---
bad() { # bad WORDS FRENCH FILE
    acte 2024-0001 --nature BF --matiere 7.1 --document "$3"
    assert_exit 4 ctes --json check "${ACTE[@]}"
    assert_json budget-invalid '.[0].error.code'
    assert_exit 4 ctes send "${ACTE[@]}"
    assert_contains "$ERR" "$1"
    assert_exit 4 french check "${ACTE[@]}"
    assert_contains "$ERR" "$2"
    assert_contains "$ERR" "TotEM"
}
grep -v Scellement "$budget" >"$WORK/unsealed.xml"
sed 's/ sha1="[^"]*"//' "$budget" >"$WORK/half.xml"
sed 's/ md5="9/ md5="?/' "$budget" >"$WORK/wrong.xml"
sed 's/minefi/minfi/' "$budget" >"$WORK/foreign.xml"
printf '<?xml version="1.0"?>\n<Acte/>\n' >"$WORK/acte.xml"
sed '$d' "$budget" >"$WORK/cut.xml"
bad "it is not sealed" "il n'est pas scellé" "$WORK/unsealed.xml"
bad "no sha1" "pas de sha1" "$WORK/half.xml"
bad "no md5" "pas de md5" "$WORK/wrong.xml"
bad "its namespace" "espace de noms" "$WORK/foreign.xml"
bad 'begins with "Acte"' "commence par « Acte »" "$WORK/acte.xml"
bad "technical detail" "détail technique" "$WORK/cut.xml"
assert_eq 0 "$(sandbox_ledger '.acts | length')" "sent without a seal"

# --- no budget of this kind: XML is no document there ---
acte 2024-0002 --nature BF --matiere 7.10 --document "$budget"
assert_exit 4 ctes --json check "${ACTE[@]}"
assert_json document-type '.[0].error.code'
acte 2024-0002 --nature DE --matiere 7.1 --document "$budget"
assert_exit 4 ctes --json check "${ACTE[@]}"
assert_json document-type '.[0].error.code'

# --- sealed, with the deliberation that adopts it: one acknowledgement ---
acte 2024-0001 --nature BF --matiere 7.1 --document "$budget" --annexe 70_DE:"$WORK/a.pdf"
assert_exit 0 ctes --json send "${ACTE[@]}" --wait=60 --every=1
assert_json acknowledged '.[-1].state'
assert_eq 1 "$(sandbox_ledger '.acts | length')"
package=$(find "$WORK/archives" -name '*.tar.gz')
assert_contains "$(tar -tzf "$package")" "99_BU-086-"
assert_eq "$(cat "$budget")" "$(tar -xzOf "$package" --wildcards '99_BU-*-1-1_1.xml')" "the budget"
# --- its deliberation need not be told to be one; another type is refused with those that are taken ---
types() { # NUMBER: of its files
    ctes --json show "$1" | jq -r '.files | map(.type_pj) | join(" ")'
}
rm -r "$WORK/archives"
acte 2024-0004 --nature BF --matiere 7.1 --document "$budget" --annexe "$WORK/a.pdf"
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
assert_eq "99_BU 70_DE" "$(types 2024-0004)"
assert_contains "$(tar -tzf "$(find "$WORK/archives" -name '*.tar.gz')")" "70_DE-086-"
make_pdf "$WORK/note.pdf" note
acte 2024-0005 --nature BF --matiere 7.1 --document "$budget" --annexe "$WORK/a.pdf" --annexe "$WORK/note.pdf"
assert_exit 0 ctes send "${ACTE[@]}"
assert_eq "99_BU 99_BU 99_BU" "$(types 2024-0005)" # which of the two it is, nobody knows
acte 2024-0006 --nature BF --matiere 7.1 --annexe "$WORK/note.pdf"
assert_exit 0 ctes send "${ACTE[@]}"
assert_eq "99_BU 99_BU" "$(types 2024-0006)"
for type in 99_DE 99_AU 21_DA; do
    acte 2024-0007 --nature BF --matiere 7.1 --document "$budget" --annexe "$type:$WORK/a.pdf"
    assert_exit 4 ctes check "${ACTE[@]}"
    for allowed in "$type" 99_BU 99_SE 70_DE; do assert_contains "$ERR" "$allowed"; done
    assert_exit 4 ctes --json send "${ACTE[@]}"
    assert_json type-pj-forbidden '.[0].error.code'
done
acte 2024-0007 --nature BF --matiere 7.1 --document "$budget" --type 70_DE --annexe "99_SE:$WORK/a.pdf"
assert_exit 0 ctes check "${ACTE[@]}" # the classification does not say which file has which type
# beside a budget in XML only PDF goes
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >"$WORK/plan.png"
acte 2024-0007 --nature BF --matiere 7.1 --document "$budget" --annexe "$WORK/plan.png"
assert_exit 4 ctes --json check "${ACTE[@]}"
assert_json document-type '.[0].error.code'
# a budget in PDF has no seal to show
acte 2024-0003 --nature BF --matiere 7.1
assert_exit 0 ctes check "${ACTE[@]}"
sandbox_stop
