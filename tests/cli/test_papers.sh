#!/bin/bash
# The stamped copy and the acknowledgement slip, judged by qpdf and poppler.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl python3 openssl qpdf pdftotext pdftoppm pdfinfo pdffonts pdfsig pdfdetach
sandbox_start --delay 0.1
cli_config "$SANDBOX_URL"
mkdir "$WORK/acts" "$WORK/papers"
python3 "$CTES_SOURCE_DIR/tests/cli/odd_pdf.py" "$WORK/acts" || fail "no odd PDF"
qpdf --object-streams=generate "$WORK/acts/field.pdf" "$WORK/acts/packed.pdf" || fail "qpdf"
long=$(printf 'Convention pluriannuelle d’objectifs, %.0s' {1..13})
laid=(turned cropped sizes unbalanced plain)
covered=(signed field packed damaged tiny bomb nested)

# --- the acts of a session, sent and acknowledged; an act that waits has no stamp ---
{
    echo "DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_OBJET;ACTE_DOCUMENT;ACTE_ANNEXES"
    for document in "${laid[@]}" "${covered[@]}"; do
        echo "P-$document;27/06/2022;7.10;Adhésion à l'association;$document.pdf;"
    done
    annexes=()
    for i in {1..40}; do
        cp "$WORK/acts/plain.pdf" "$WORK/acts/annexe-$i.pdf"
        annexes+=("annexe-$i.pdf")
    done
    echo "P-long;27/06/2022;7.10;$long;plain.pdf;$(IFS='|' && echo "${annexes[*]}")"
} >"$WORK/acts/manifest.csv"
assert_exit 0 ctes batch "$WORK/acts"
assert_exit 0 ctes status --wait=60 --every=1
acte P-waiting
assert_exit 0 ctes send "${ACTE[@]}"
assert_exit 6 ctes stamp P-waiting --output "$WORK/papers/early.pdf"
[ ! -e "$WORK/papers/early.pdf" ] || fail "an act without acknowledgement was stamped"
today=$(date +%d/%m/%Y)
cp -r "$WORK/acts" "$HOME"
id_of() { printf '086-218601946-20220627-P_%s-DE' "${1^^}"; }
text_of() { pdftotext -raw "$@" - 2>/dev/null | tr -s ' \n\f' ' '; } # poppler grumbles about odd ones

stamp_of() { # NAME: its four lines
    printf 'Envoi simulé en préfecture le %s Réception simulée en préfecture le %s Publié le 30/06/2022 ID : %s' \
        "$today" "$today" "$(id_of "$1")"
}

# looks NAME FILE CORNER [PAGES]: what is painted differs by the stamp in its corner, and no more;
# leaves the number of pages in COUNT
looks() {
    COUNT=$(python3 "$CTES_SOURCE_DIR/tests/cli/look_pdf.py" "$WORK/acts/$1.pdf" "$2" "$3" ${4-}) ||
        fail "$1: $COUNT"
}

# --- all at once: on every page, or on a cover page; one act that cannot be stamped stops no other ---
numbers=("${laid[@]/#/P-}" "${covered[@]/#/P-}")
assert_exit 4 ctes --json stamp "${numbers[@]}" P-none --published 30/06/2022 --pages all --folder "$WORK/papers"
wanted=$(printf '%s on-pages false ' "${numbers[@]::${#laid[@]}}")
wanted+="P-signed signed true P-field signed true P-packed signed true P-damaged damaged true"
wanted+=" P-tiny no-room true P-bomb too-large true P-nested too-large true"
assert_json "$wanted" 'map(select(.output) | "\(.numero) \(.reason) \(.cover)") | join(" ")'
assert_json "$WORK/papers/P_TURNED-tampon.pdf" '.[0].output'
for document in "${laid[@]}"; do
    file=$WORK/papers/P_${document^^}-tampon.pdf
    [ "$document" = unbalanced ] || qpdf --check "$file" >"$WORK/check" 2>&1 || fail "$(cat "$WORK/check")"
    looks "$document" "$file" "100 0"
    text=$(text_of "$file")
    assert_eq "$COUNT" "$(grep -oF "$(stamp_of "$document")" <<<"$text" | wc -l)" "$document: pages stamped"
    assert_eq "$(text_of "$WORK/acts/$document.pdf" | grep -o Deliberation)" \
        "$(grep -o Deliberation <<<"$text")" "$document: its own words"
done
assert_eq "" "$(pdffonts "$file" | awk 'NR > 2 && $2 != "Type" && $(NF - 4) != "yes"')" "fonts"
assert_eq 640 "$(stat -c %a "$file")" "mode"

# --- what must not be altered, or cannot be, stands within its cover page as it is ---
for document in "${covered[@]}"; do
    file=$WORK/papers/P_${document^^}-tampon.pdf
    assert_contains "$(text_of "$file")" "$(stamp_of "$document")"
    python3 -c 'import sys; a, b = (open(f, "rb").read() for f in sys.argv[1:]); sys.exit(a not in b)' \
        "$WORK/acts/$document.pdf" "$file" || fail "$document is not within as it is"
done
qpdf --check "$file" >"$WORK/check" 2>&1 || fail "$document: $(cat "$WORK/check")"
info=$(pdfinfo "$file" | tr -s ' ')
assert_contains "$info" "page de tampon"
assert_contains "$info" "Tagged: yes"
pdfdetach -save 1 -o "$WORK/detached.pdf" "$WORK/papers/P_SIGNED-tampon.pdf" || fail "pdfdetach"
cmp "$WORK/detached.pdf" "$WORK/acts/signed.pdf" || fail "the attached document is not what was sent"
sig=$(pdfsig "$WORK/detached.pdf")
assert_contains "$sig" "Signature is Valid"
assert_contains "$sig" "Total document signed"
diff -r "$WORK/acts" "$HOME/acts" >"$WORK/check" || fail "an original was written to: $(cat "$WORK/check")"

# --- where: the command line before the authority, the authority before everybody ---
assert_exit 0 ctes stamp P-turned --pages all --folder "$WORK/papers" --position "30% 60%"
assert_contains "$OUT" "P-turned: stamped, $WORK/papers/P_TURNED-tampon.pdf"
looks turned "$WORK/papers/P_TURNED-tampon.pdf" "30 60"
printf '\n[tampon]\nposition = bas-gauche\npages = toutes\n' >>"$CONF"
assert_exit 0 ctes stamp P-turned --folder "$WORK/papers"
looks turned "$WORK/papers/P_TURNED-tampon.pdf" "0 100"
set_key autorite tampon_position bas-droite
set_key autorite tampon_pages premiere
assert_exit 0 ctes stamp P-turned --folder "$WORK/papers"
looks turned "$WORK/papers/P_TURNED-tampon.pdf" "100 100" 1
assert_not_contains "$(text_of "$WORK/papers/P_TURNED-tampon.pdf")" "Publié le $today" "left blank"
set_key autorite tampon_position milieu
assert_exit 3 ctes stamp P-plain --output "$WORK/papers/no.pdf"
drop_key autorite tampon_position

# --- the original is never written over, and must be the one that was sent ---
assert_exit 2 ctes stamp P-plain --output "$WORK/acts/plain.pdf"
ln "$WORK/acts/plain.pdf" "$WORK/alias.pdf"
assert_exit 2 ctes bordereau P-plain --output "$WORK/alias.pdf"
cmp "$WORK/acts/plain.pdf" "$HOME/acts/plain.pdf" || fail "the original was written over"
cp "$WORK/acts/turned.pdf" "$WORK/acts/cropped.pdf"
assert_exit 4 ctes --json stamp P-cropped --output "$WORK/papers/no.pdf"
assert_contains "$OUT$ERR" document-changed
[ ! -e "$WORK/papers/no.pdf" ] || fail "another document was stamped"

# --- the slip: one act, then the whole session ---
assert_exit 0 ctes bordereau P-plain --output "$WORK/papers/slip.pdf"
qpdf --check "$WORK/papers/slip.pdf" >"$WORK/check" 2>&1 || fail "$(cat "$WORK/check")"
text=$(text_of "$WORK/papers/slip.pdf")
for part in "Bordereau d'acquittement de transaction" "Ville de Poitiers (SIREN 218601946)" \
    "$(id_of plain)" "P-plain - Adhésion à l'association" "7.10 - Finances locales / Divers" \
    "Documents papier NON" "Délibérations" "plain.pdf" "Acquittement reçu" "Page 1 sur 1" \
    "plateforme de test"; do
    assert_contains "$text" "$part"
done
info=$(pdfinfo "$WORK/papers/slip.pdf" | tr -s ' ')
assert_contains "$info" "Title: Bordereau d'acquittement - P_PLAIN"
assert_contains "$info" "Tagged: yes"
assert_contains "$(qpdf --json "$WORK/papers/slip.pdf")" '"/Lang": "u:fr-FR"'
assert_exit 0 ctes bordereau --date 27/06/2022 --folder "$WORK/papers"
slip=$WORK/papers/bordereau-2022-06-27.pdf
assert_contains "$OUT" "slip of 14 acts: $slip"
text=$(text_of "$slip")
assert_contains "$text" "Décisions du 27 juin 2022 : 14 actes"
assert_contains "$text" "acquittement attendu"
assert_contains "$text" "annexe-40.pdf"
assert_contains "$text" "Page $(pdfinfo "$slip" | awk '/^Pages/{ print $2 " sur " $2 }')"
assert_eq "" "$(pdffonts "$slip" | awk 'NR > 2 && $(NF - 4) != "yes"')" "fonts are embedded"
assert_contains "$(french bordereau P-plain P-tiny --folder "$HOME")" "bordereau de 2 actes"
assert_exit 2 ctes bordereau
assert_exit 2 ctes bordereau --date 2001-01-01
[ -z "${CTES_KEEP_PAPERS-}" ] || cp -r "$WORK/papers" "$WORK/acts" "$CTES_KEEP_PAPERS"
