#!/bin/bash
# Every code and every state has a sentence in English and in French, and fr.po lacks nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq msgfmt
cli_config
header="$CTES_SOURCE_DIR/include/ctes"
po="$CTES_SOURCE_DIR/src/po/fr.po"

# --- nothing left out ---
codes=$(grep -c '^ *X(CTES_E_' "$header/status.h")
assert_exit 0 ctes --json help codes
assert_json "$codes" length
assert_json 0 '[.[] | select(.sentence == null)] | length'
english=$OUT
assert_exit 0 french --json help codes
assert_json "$codes" length
assert_json 0 '[.[] | select(.sentence == null)] | length'
same=$(jq -n --argjson a "$(jq -s . <<<"$english")" --argjson b "$(jq -s . <<<"$OUT")" \
    '[range($a | length) | select($a[.].sentence == $b[.].sentence) | $a[.].code] | length')
assert_eq 0 "$same" "codes without French sentence"
for name in $(sed -n 's/^ *X(CTES_E_[A-Z0-9_]*, "\([a-z-]*\)".*/\1/p' "$header/status.h"); do
    assert_contains "$OUT" "{\"code\":\"$name\","
done

states=$(grep -c '^ *X(CTES_STATE_' "$header/ledger.h")
assert_exit 0 ctes --json help states
assert_json "$states" length
assert_json 0 '[.[] | select(.sentence == null)] | length'
english=$OUT
assert_exit 0 french --json help states
same=$(jq -n --argjson a "$(jq -s . <<<"$english")" --argjson b "$(jq -s . <<<"$OUT")" \
    '[range($a | length) | select($a[.].sentence == $b[.].sentence)] | length')
assert_eq 0 "$same" "states without French sentence"

# exit statuses of all codes are documented ones
assert_exit 0 ctes --json help codes
assert_json '2 3 4 5 6 7 8 130' '[.[].exit_status] | unique | map(tostring) | join(" ")'

# --- the translation ---
report=$(LC_ALL=C msgfmt --check --statistics -o /dev/null "$po" 2>&1) || fail "msgfmt: $report"
assert_not_contains "$report" "untranslated"
assert_not_contains "$report" "fuzzy"
if command -v xgettext >/dev/null 2>&1 && command -v msgcmp >/dev/null 2>&1; then
    "$CTES_SOURCE_DIR/src/po/update" --check 2>"$WORK/err" ||
        fail "fr.po is behind, see src/po/update: $(cat "$WORK/err")"
fi
# places of a sentence are those of its translation
python3 - "$po" <<'EOF' || fail "places differ"
import re, sys
entries = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', open(sys.argv[1], encoding="utf-8").read(), re.M)
wrong = [i for i, s in entries[1:]
         if sorted(re.findall(r"\{\w+\}|%\w+", i)) != sorted(re.findall(r"\{\w+\}|%\w+", s))]
assert len(entries) > 300 and not wrong, wrong
EOF
# English is plain ASCII: it is what a locale without characters shows
LC_ALL=C grep -nP '[^\x00-\x7F]' <(sed -n 's/^msgid //p' "$po") && fail "msgid that is not ASCII"

# --- as people read it ---
printf '\x89PNG\r\n\x1a\n0000' >"$WORK/x.pdf"
acte 2022-0160 --document "$WORK/x.pdf"
assert_exit 4 french check "${ACTE[@]}"
assert_eq "2022-0160 : le document « $WORK/x.pdf » n'est pas au format voulu : c'est une image PNG (admis : PDF). Exportez-le en PDF puis recommencez ; changer le nom du fichier ne suffit pas." \
    "$(plain "$ERR" | head -1)"
assert_exit 4 ctes check "${ACTE[@]}"
assert_contains "$ERR" "2022-0160: the document \"$WORK/x.pdf\" is not in the wanted format: it is a PNG image (accepted: PDF). Export it as PDF"

# --- locales ---
acte 2022-0160 --objet "Œuvre"
assert_exit 0 env LC_ALL=C LANGUAGE=fr "$CTES" --config "$CONF" check "${ACTE[@]}"
assert_contains "$OUT" "ready to be sent"
assert_contains "$OUT" "Œ → OE"
assert_exit 0 env LC_ALL=fr_FR.UTF-8 LANGUAGE= "$CTES" --config "$CONF" check "${ACTE[@]}"
assert_contains "$OUT" "prêt à être transmis"
assert_exit 0 env LC_ALL= LANG=fr_FR LANGUAGE= "$CTES" --config "$CONF" check "${ACTE[@]}"
assert_contains "$OUT" "prêt à être transmis"
