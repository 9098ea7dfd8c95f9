#!/bin/bash
# The préfecture's side after the acknowledgement: letters, answers to them, a cancellation refused, a
# new classification. What comes out is judged by xmllint, tar and sha256sum.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/archive.sh"
need curl jq xxd iconv tar xmllint sha256sum

XSD="$CTES_SOURCE_DIR/schemas/actes.xsd"
[ -n "${CTES_SHARED_DIR:-}" ] && [ -s "$CTES_SHARED_DIR/norm/schemas/actesv1_1.xsd" ] &&
    XSD="$CTES_SHARED_DIR/norm/schemas/actesv1_1.xsd"
STEM="086-$SIREN-20240105"

valid() { # valid FILE...: by the official schemas where they are at hand
    ASSERTIONS=$((ASSERTIONS + 1))
    xmllint --nonet --noout --schema "$XSD" "$@" 2>"$WORK/xmllint.err" ||
        fail "not valid: $(head -n 3 "$WORK/xmllint.err")"
}

letter() { # letter ACT TYPE [NAME=VALUE...]: the préfecture writes; the transaction(s) are left in LETTER
    local act=$1 type=$2 args=() one
    shift 2
    for one in "$@"; do args+=(--url-query "$one"); done
    ask /sandbox/letter --request POST --get --url-query "act=$act" --url-query "type=$type" "${args[@]}"
    LETTER=$(jq -r '.ids // [] | join(" ")' "$REPLY")
}

fetch() { # fetch TRANSACTION: its archive, unpacked into $WORK/got, names in order in NAMES
    ask "/modules/actes/actes_transac_get_document.php?id=$1&api=1"
    assert_eq 302 "$HTTP"
    local target
    target=$(header Location)
    assert_contains "$target" "actes_download_file.php?env="
    rm -rf "$WORK/got"
    mkdir "$WORK/got"
    sandbox_curl "/modules/actes/$target" >"$WORK/got.tar.gz"
    tar -C "$WORK/got" -xzf "$WORK/got.tar.gz" || fail "not an archive"
    NAMES=$(tar -tzf "$WORK/got.tar.gz" | tr '\n' ' ')
}

listed() { # listed [JQ FILTER]: the letters nobody read
    ask /modules/actes/api/list_document_prefecture.php
    jq -c "${1:-.}" "$REPLY"
}

lines() { # lines ACT: what came and went about it
    ask "/modules/actes/actes_transac_get_document.php?id=$1&api=1"
    tr '\n' ' ' <"$REPLY"
}

reponse() { # reponse LETTER [FIELD=VALUE...]: an answer, `api` in the body only unless REPONSE_URL says else
    local letter=$1 args=() field
    shift
    for field in "$@"; do args+=(--form "$field"); done
    ask "/modules/actes/actes_transac_reponse_create.php${REPONSE_URL:-}" --form "id=$letter" "${args[@]}"
}
# options of curl 7.88 have no --url-query before 7.87: Debian 12 has it
curl --help all | grep -q -- --url-query || skip "curl is too old"

sandbox_start --manual --today 2024-02-01 --keep GARDE
for number in A1 A2 GARDE; do deposit $number; done
sandbox_advance 3
assert_eq "4 4 4" "$(sandbox_ledger '[.acts[].status] | join(" ")')"
assert_eq "[]" "$(listed)"
assert_eq "" "$(lines 1)" "nothing came about the act"

# --- what is asked for wrongly ----------------------------------------------------------------------------------
letter 1 6
assert_eq 400 "$HTTP"
assert_contains "$(cat "$REPLY")" '"error":"type: '
letter 99 3
assert_contains "$(cat "$REPLY")" "no such act"
letter 1 3 form=rose
assert_contains "$(cat "$REPLY")" '"error":"form: '
letter 1 3 date=demain
assert_eq 400 "$HTTP"
letter 1 3 documents=10
assert_eq 400 "$HTTP"
letter 1 3 "texte=prix en €"
assert_contains "$(cat "$REPLY")" "Latin-1"
assert_eq 0 "$(sandbox_ledger '.letters | length')" "nothing of that was sent"

# --- the four kinds ------------------------------------------------------------------------------------------------
letter 1 2 date=2024-01-20
simple=$LETTER
letter 1 3 date=2024-01-21 "texte=Le plan & l'état, SVP" numero=5279
demande=$LETTER
letter 1 4 date=2024-01-22
observations=$LETTER
letter 1 5 date=2024-01-23 documents=3
defere=$LETTER
assert_eq '["2:21","3:7","4:7","5:21"]' "$(listed '[.[] | "\(.type):\(.last_status_id)"]')"
assert_eq '{"id":4,"type":"2","related_transaction_id":1,"number":"A1","unique_id":"'"$STEM"'-A1-DE","last_status_id":21}' \
    "$(listed '.[0]')"
assert_eq "2-21-4 3-7-5 4-7-6 5-21-7 " "$(lines 1)"
sandbox_advance
assert_eq "2-21-4 3-8-5 4-8-6 5-21-7 " "$(lines 1)" "the operator sent the two acknowledgements itself"

fetch "$simple"
assert_contains "$(header Content-disposition)" "" # the redirect has none
assert_eq "TACT--SPREF0863-$SIREN-20240201-9991.xml $STEM-A1-DE-2-1_17.xml $STEM-A1-DE-2-1_16.pdf " "$NAMES"
valid "$WORK"/got/*.xml
assert_contains "$(cat "$WORK"/got/*2-1_17.xml)" "DateCourrierPref=\"2024-01-20\""
assert_contains "$(cat "$WORK"/got/TACT*.xml)" "$STEM-A1-DE-2-1_17.xml"
assert_contains "$(head -c 8 "$WORK"/got/*.pdf)" "%PDF-1.4"
fetch "$demande"
valid "$WORK"/got/*.xml
assert_contains "$(iconv -f ISO-8859-1 -t UTF-8 "$WORK"/got/*3-1_5279.xml)" \
    "<actes:DescriptionPieces>Le plan &amp; l'état, SVP</actes:DescriptionPieces>"
fetch "$observations"
valid "$WORK"/got/*.xml
assert_contains "$(cat "$WORK"/got/*4-1_17.xml)" "<actes:Motif>"
fetch "$defere"
valid "$WORK"/got/*.xml
assert_eq 3 "$(grep -c '<actes:NomFichier>.*pdf' "$WORK"/got/*5-1_17.xml)" "a 5-1 cites them all"
assert_eq 3 "$(ls "$WORK"/got/*.pdf | wc -l)"
if command -v pdftotext >/dev/null; then
    assert_contains "$(pdftotext "$WORK/got/$STEM-A1-DE-5-1_16.pdf" -)" "Déféré au tribunal"
fi

# read, and only that one; "ok" whatever is asked
ask "/modules/actes/api/document_prefecture_mark_as_read.php?transaction_id=$simple"
assert_eq '{"result":"ok"}' "$(cat "$REPLY")"
ask "/modules/actes/api/document_prefecture_mark_as_read.php?transaction_id=999"
assert_eq '{"result":"ok"}' "$(cat "$REPLY")"
assert_eq "[$demande,$observations,$defere]" "$(listed '[.[].id]')"
ask "/modules/actes/actes_transac_get_document.php?unique_id=$STEM-A1-DE&api=1"
assert_eq 4 "$(wc -l <"$REPLY")" "by the act's identifier too"
ask "/modules/actes/actes_transac_get_document.php?id=999&api=1"
assert_eq "KO
Numéro de transaction invalide." "$(reply_text)"

# --- odd ones --------------------------------------------------------------------------------------------------------
letter 2 3 form=envelope-last
fetch "$LETTER"
assert_contains "$NAMES" "16.pdf TACT--SPREF0863"
valid "$WORK"/got/*.xml
letter 2 3 form=duplicate,paths
first=${LETTER% *} second=${LETTER#* }
fetch "$first"
sha256sum <"$WORK/got.tar.gz" >"$WORK/first"
valid "$WORK"/got/*.xml
assert_contains "$(cat "$WORK"/got/*3-1_17.xml)" "<actes:NomFichier>/tmp/actes17/$STEM-A2-DE-3-1_16.pdf<"
fetch "$second"
sha256sum <"$WORK/got.tar.gz" | cmp - "$WORK/first" || fail "the second is not the first"
assert_ne "$first" "$second"
letter 2 4 form=unknown
assert_eq '[null,"JAMAIS_VU","'"$STEM"'-JAMAIS_VU-DE"]' \
    "$(listed ".[] | select(.id == $LETTER) | [.related_transaction_id, .number, .unique_id]")"
fetch "$LETTER"
valid "$WORK"/got/*.xml
letter 2 2 form=invalid
fetch "$LETTER"
xmllint --noout "$WORK"/got/*2-1_17.xml || fail "not even XML"
xmllint --noout --nonet --schema "$XSD" "$WORK"/got/*2-1_17.xml 2>/dev/null && fail "valid"
letter 2 2 form=missing
fetch "$LETTER"
assert_not_contains "$NAMES" ".pdf"
letter 2 2 documents=2
fetch "$LETTER"
valid "$WORK"/got/*.xml
assert_eq 2 "$(ls "$WORK"/got/*.pdf | wc -l)" "one that no message cites lies beside"
assert_eq '"envelope-last" "duplicate,paths" "duplicate,paths" "unknown" "invalid" "missing"' \
    "$(sandbox_ledger '.letters[] | select(.form != "") | .form' | sed 's/.*/"&"/' | tr '\n' ' ' | sed 's/ $//')"

# --- answers ----------------------------------------------------------------------------------------------------------
make_pdf "$WORK/plan.pdf" plan
make_pdf "$WORK/etat.pdf" état
printf '\x89PNG\r\n\x1a\n' >"$WORK/vue.png"
said() { # said TEXT [WHAT]: § 1.3, or one block when `api` stands in the URL
    if [ -n "${REPONSE_URL:-}" ]; then
        assert_eq "KO : $1" "$(cat "$REPLY")" "${2:-}"
        assert_contains "$(header Content-Type)" "text/plain"
    else
        assert_eq "KO
$(sed "s/'/\&#039;/g; s/\"/\&quot;/g" <<<"$1")" "$(reply_text)" "${2:-}"
    fi
}
PDF="acte_pdf_file=@$WORK/plan.pdf"
for REPONSE_URL in "" "?api=1"; do
    api=api=1
    reponse 999 $api "$PDF"
    said "Transaction inconnue"
    reponse 1 $api "$PDF"
    said "Transaction inconnue" "an act is no letter"
    reponse "$defere" $api "$PDF" type_envoie=4 type_acte=99_DE
    said "Transaction inconnue" "a 5-1 takes no answer"
    reponse "$demande" $api "$PDF" type_acte=99_DE
    said "Vous devez choisir un type de réponse"
    reponse "$demande" $api type_envoie=4 type_acte=99_DE
    said "Envoi de fichier illégal."
    printf 'GIF89a' >"$WORK/image.gif"
    reponse "$demande" $api type_envoie=4 type_acte=99_DE "acte_pdf_file=@$WORK/image.gif"
    assert_contains "$(reply_text)" "est de type "
    # this one speaks the same way wherever `api` stands
    reponse "$demande" $api "$PDF" type_envoie=4
    assert_eq "KO
Erreur lors de la réception du fichier plan.pdf : typologie absente" "$(reply_text)"
    reponse "$demande" $api "$PDF" type_envoie=4 type_acte=99_DE "acte_attachments[]=@$WORK/etat.pdf"
    assert_contains "$(reply_text)" "fichier annexe etat.pdf : typologie absente"
done
REPONSE_URL=
reponse "$demande" "$PDF" type_envoie=4 type_acte=99_DE
assert_eq 302 "$HTTP" "without api"
assert_eq 1 "$(sandbox_ledger '.answers | length')" "though it was deposited"

last_id() { sandbox_ledger '[.acts[].id] | max'; }
reponse "$demande" api=1 "$PDF" type_envoie=4 type_acte=99_DE "acte_attachments[]=@$WORK/etat.pdf" \
    "type_pj[]=99_SE" "acte_attachments[]=@$WORK/vue.png" "type_pj[]=21_PA"
answer=$(last_id)
assert_bytes "4f4b0a$(printf %s "$answer" | xxd -p)0a0a" "$REPLY"
fetch "$answer"
valid "$WORK"/got/*.xml
answer_stem="086-$SIREN-20240121-A1-DE-3-4"
assert_contains "$NAMES" "${answer_stem}_0.xml 99_DE-${answer_stem}_1.pdf 99_SE-${answer_stem}_2.pdf 21_PA-${answer_stem}_3.png "
assert_eq 3 "$(grep -o '<actes:NomFichier>' "$WORK"/got/*3-4_0.xml | wc -l)"
assert_contains "$(cat "$WORK"/got/*3-4_0.xml)" "IDActe=\"$STEM-A1-DE\" actes:DateCourrierPref=\"2024-01-21\""
assert_eq "$(sha256sum <"$WORK/plan.pdf" | cut -d' ' -f1) $(sha256sum <"$WORK/etat.pdf" | cut -d' ' -f1)" \
    "$(sandbox_ledger "[.documents[] | select(.transac == $answer and .mime == \"application/pdf\") | .sha256] | join(\" \")")"
assert_eq "3-4 $demande" "$(sandbox_ledger ".answers[] | select(.id == $answer) | \"\(.message) \(.letter)\"")"

reponse "$observations" api=1 "$PDF" type_envoie=3 type_acte=99_DE
refusal=$(last_id)
reponse "$simple" api=1 "$PDF" type_acte=99_DE "acte_attachments[]=@$WORK/etat.pdf" "type_pj[]=99_SE"
reply=$(last_id)
REPONSE_URL="?api=1"
reponse "$demande" "$PDF" type_envoie=3 type_acte=99_DE
assert_eq "OK : id généré : $(last_id)" "$(cat "$REPLY")"
REPONSE_URL=
fetch "$reply"
valid "$WORK"/got/*.xml
assert_eq 1 "$(grep -o '<actes:NomFichier>' "$WORK"/got/*2-2_0.xml | wc -l)" "a 2-2 lists one"
assert_eq 2 "$(ls "$WORK"/got/*.pdf | wc -l)" "but both travel"
fetch "$refusal"
valid "$WORK"/got/*.xml
assert_contains "$NAMES" "086-$SIREN-20240122-A1-DE-4-3_0.xml"
assert_contains "$(lines 1)" "3-1-$answer 4-1-$refusal 2-1-$reply "
for state in 2 3 4 4; do
    sandbox_advance
    ask_status "$answer"
    assert_eq "$state" "$STATUS" "way of a 3-4"
done
tail -n +3 "$REPLY" >"$WORK/ar.xml"
valid "$WORK/ar.xml"
assert_contains "$(cat "$WORK/ar.xml")" "<actes:ARPieceComplementaire"
assert_contains "$(cat "$WORK/ar.xml")" 'DateReception="2024-02-01"'
assert_contains "$(cat "$WORK/ar.xml")" 'DateCourrierPref="2024-01-21"'
ask_status "$refusal"
assert_eq 4 "$STATUS"
tail -n +3 "$REPLY" >"$WORK/ar.xml"
valid "$WORK/ar.xml"
assert_contains "$(cat "$WORK/ar.xml")" "<actes:ARReponseRejetLettreObservations"
ask_status "$reply"
assert_eq 3 "$STATUS" "a 2-2 has no acknowledgement"

# --- a cancellation refused -----------------------------------------------------------------------------------------
ask "/modules/actes/actes_transac_cancel.php?api=1" --data "api=1&id=3"
kept=$(sed -n 2p "$REPLY")
ask "/modules/actes/actes_transac_cancel.php?api=1" --data "api=1&id=2"
cancelled=$(sed -n 2p "$REPLY")
sandbox_advance 3
ask_status "$kept"
assert_eq -1 "$STATUS"
assert_contains "$(reply_text)" "Enveloppe rejetée par le MI (100 : Annulation refusée"
ask_status 3
assert_eq 4 "$STATUS" "the act stands"
ask_status "$cancelled"
assert_eq 4 "$STATUS"
ask_status 2
assert_eq 0 "$STATUS"
assert_not_contains "$(lines 2)" "6-" "cancellations are no letters"

# --- faults on these pages --------------------------------------------------------------------------------------------
plan() { sandbox_curl "/sandbox/fault?spec=$1" --request POST >/dev/null; }
count=$(sandbox_ledger '.answers | length')
plan reply-lost@reponse
reponse "$observations" api=1 "$PDF" type_envoie=4 type_acte=99_DE
assert_eq 000 "$HTTP"
plan 500@reponse
reponse "$observations" api=1 "$PDF" type_envoie=4 type_acte=99_DE
assert_eq 500 "$HTTP"
assert_eq $((count + 1)) "$(sandbox_ledger '.answers | length')" "the first was kept, the second was not"
assert_contains "$(lines 1)" "4-1-$(last_id) " "which the act's lines tell"
plan truncated@letters
listed >/dev/null 2>&1
assert_ne 0 "$CURL_STATUS" "half a list"
plan 503@document
ask "/modules/actes/actes_transac_get_document.php?id=1&api=1"
assert_eq 503 "$HTTP"
plan reply-lost@mark-as-read
before=$(listed length)
ask "/modules/actes/api/document_prefecture_mark_as_read.php?transaction_id=$demande"
assert_eq $((before - 1)) "$(listed length)" "read, though the client was not told"
sandbox_stop

# --- a new classification ---------------------------------------------------------------------------------------------
publish() { # publish NAME=VALUE...
    local args=() one
    for one in "$@"; do args+=(--url-query "$one"); done
    ask /sandbox/classification --request POST --get "${args[@]}"
}
served() {
    sandbox_curl "/modules/actes/actes_classification_fetch.php?api=1" >"$WORK/classification"
    sed -n 's/.*<actes:DateClassification>\(.*\)<.*/\1/p' "$WORK/classification"
}
sandbox_start --manual --today 2024-02-01
assert_eq 2019-04-18 "$(served)"
publish date=2024-01-15 code=7.5.1 "libelle=Subventions aux associations"
assert_eq '{"published":true}' "$(cat "$REPLY")"
publish date=2024-01-15 code=7.5 "libelle=Subventions accordées"
publish date=2024-01-15 code=7.42.1 "libelle=En l'air"
assert_eq 400 "$HTTP" "nothing stands above it"
publish date=hier
assert_eq 400 "$HTTP"
assert_eq 2019-04-18 "$(served)" "the operator has the old one until it asks"
deposit C1
sandbox_advance 3
ask_status 1
assert_eq -1 "$STATUS"
assert_contains "$(reply_text)" "Anomalie signalee par le MI : 002 - ODT-VERIF-01"
assert_contains "$(reply_text)" "<actes:ClassificationDateVersionEnCours>2024-01-15<"
ask "/modules/actes/actes_classification_request.php?api=1"
assert_bytes "4f4b0a320a0a" "$REPLY"
sandbox_advance 2
assert_eq 2019-04-18 "$(served)" "it comes later"
sandbox_advance
assert_eq 2024-01-15 "$(served)"
valid "$WORK/classification"
iconv -f ISO-8859-1 -t UTF-8 "$WORK/classification" >"$WORK/classification.utf8"
assert_contains "$(cat "$WORK/classification.utf8")" 'Libelle="Subventions accordées"'
assert_contains "$(tr -d '\n ' <"$WORK/classification.utf8")" \
    '<actes:Matiere2actes:CodeMatiere="5"actes:Libelle="Subventionsaccordées"><actes:Matiere3actes:CodeMatiere="1"'
deposit C2
sandbox_advance 3
ask_status 3
assert_eq 4 "$STATUS" "the new date is taken"
sandbox_stop

sandbox_start --manual --never-classified
ask "/modules/actes/actes_classification_request.php?api=1"
sandbox_advance 3
assert_eq 2019-04-18 "$(served)" "there is one once it was asked for"
sandbox_stop

# --- pace: the way of letters and answers with the two that move by themselves -------------------------------------------
sandbox_start --delay 0 --today 2024-02-01
deposit D1
for state in 2 3 4; do ask_status 1; done
letter 1 3
assert_eq "3-8-2 " "$(lines 1)" "a step each time it is asked"
sandbox_stop
sandbox_start --immediate --today 2024-02-01
deposit D1
letter 1 4
assert_eq "4-8-2 " "$(lines 1)"
reponse 2 api=1 "$PDF" type_envoie=4 type_acte=99_DE
ask_status 3
assert_eq 4 "$STATUS"
sandbox_stop
