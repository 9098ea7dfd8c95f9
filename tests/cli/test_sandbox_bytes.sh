#!/bin/bash
# The sandbox answers with the bytes that S2LOW's do: status lines, charset, escaping, redirects.
. "$(dirname "$0")/lib.sh"
need curl jq xxd iconv

CREATE=/modules/actes/actes_transac_create.php
STATUS_PAGE=/modules/actes/actes_transac_get_status.php
sandbox_start --manual

# --- the generic reply ------------------------------------------------------------------------------
deposit A1
assert_eq 200 "$HTTP"
assert_bytes "4f4b0a 310a 0a" "$REPLY" "a deposit answers OK, the id, an empty line"
assert_eq "text/html; charset=UTF-8" "$(header Content-Type)" "the declared charset is PHP's, and false"
case $(header Set-Cookie) in
PHPSESSID=*"; path=/; secure; HttpOnly") ;;
*) fail "no session cookie: $(header Set-Cookie)" ;;
esac

deposit a1
assert_bytes "4b4f0a 4c65206e756de9726f206e2623303339 3b65737420706173 20636f72726563740a" "$REPLY" \
    "KO: Latin-1, apostrophe escaped"

deposit A1
{
    printf 'KO\n'
    latin1 "Un acte portant le même numéro interne existe déjà dans la base de données."
    printf '\n'
    latin1 "Il faut peut-être ajouter un suffixe au numéro."
    printf '\n'
} >"$WORK/wanted"
assert_bytes "$(xxd -p "$WORK/wanted")" "$REPLY" "duplicate number, two lines"

# --- outside API mode: 302, empty body, absolute address -------------------------------------------------
ask "$CREATE" --form number=B1
assert_eq 302 "$HTTP"
assert_bytes "" "$REPLY"
case $(header Location) in
"$SANDBOX_URL"/*) ;;
*) fail "not absolute: $(header Location)" ;;
esac
ask "$CREATE?api=1" --form api=0 --form number=B1
assert_eq 302 "$HTTP" "POST api wins over GET api"
ask "$CREATE?api=1" --form api= --form number=b1
assert_eq 200 "$HTTP" "an empty POST api leaves the word to GET"
ask "$CREATE?api=1" --request POST --data ''
assert_eq "KO
La taille totale des fichiers est trop importante (max : 157286400)" "$(reply_text)"
ask "$CREATE" --request POST --data ''
assert_eq 302 "$HTTP" "body lost, and no api in the address"

# --- the plain replies: UTF-8, not escaped, no newline at the end ------------------------------------------
ask "$STATUS_PAGE?transaction=1&api=1"
assert_bytes "4f4b0a310a" "$REPLY" "status 1"
ask "$STATUS_PAGE?transaction=99"
assert_bytes "4b4f0a 4e756dc3a9726f 206465207472616e73616374696f6e20696e76616c6964652e" "$REPLY"
ask "$STATUS_PAGE?unique_id=086-218601946-20240105-A1-DE-1-1"
assert_bytes "4f4b0a310a" "$REPLY" "found by the name of its message before any acknowledgement"
ask "$STATUS_PAGE?unique_id=086-218601946-20240105-A1-DE"
assert_contains "$(reply_text)" "Numéro de transaction invalide." "no official id yet"
ask "$STATUS_PAGE?transaction=x1"
assert_eq 500 "$HTTP"

# --- acknowledgement ----------------------------------------------------------------------------------------
AR=/modules/actes/actes_transac_get_ARActe.php
ask "$AR?id=1&api=1"
assert_eq 200 "$HTTP"
assert_eq application/xml "$(header Content-Type)"
assert_bytes "" "$REPLY" "no acknowledgement yet: 200, empty"
ask "$AR?id=77&api=1"
assert_bytes "4b4f0a 4572726575722064262330 33393b696e697469616c69736174696f6e206465206c61207472616e73616374696f6e2e0a" "$REPLY"
ask "/modules/actes/actes_transac_get_files_list.php?transaction=1"
assert_eq "KO
Pas d'acquittement recu" "$(reply_text)"
sandbox_advance 3
ask "$STATUS_PAGE?transaction=1"
head -c 5 "$REPLY" >"$WORK/first"
assert_bytes "4f4b0a340a" "$WORK/first"
tail -c +6 "$REPLY" >"$WORK/flow"
ask "$AR?id=1&api=1"
cmp "$REPLY" "$WORK/flow" || fail "the flow is the acknowledgement, byte for byte"
assert_contains "$(reply_text)" 'IDActe="086-218601946-20240105-A1-DE"'
grep -aq "$(latin1 Délibération)" "$REPLY" || fail "the echo is in ISO-8859-1"
ask "$STATUS_PAGE?unique_id=086-218601946-20240105-A1-DE"
assert_eq 200 "$HTTP"
head -c 5 "$REPLY" >"$WORK/first"
assert_bytes "4f4b0a340a" "$WORK/first" "found by the official id"

# --- files ------------------------------------------------------------------------------------------------------
ask "/modules/actes/actes_transac_get_files_list.php?transaction=1"
assert_eq '[{"id":1,"name":"086-218601946-20240105-A1-DE-1-1_0.xml","posted_filename":"","mimetype":"text\/xml","size":'"$(jq '.[0].size' "$REPLY")"',"sign":"","code_pj":""},{"id":2,"name":"99_DE-086-218601946-20240105-A1-DE-1-1_1.pdf","posted_filename":"acte.pdf","mimetype":"application\/pdf","size":'"$(stat -c %s "$WORK/acte.pdf")"',"sign":"","code_pj":"99_DE"}]' "$(cat "$REPLY")"
DOWNLOAD=/modules/actes/actes_download_file.php
ask "$DOWNLOAD?file=2"
assert_eq application/pdf "$(header Content-Type)"
assert_eq 'attachment; filename="acte.pdf"' "$(header Content-disposition)"
cmp "$REPLY" "$WORK/acte.pdf" || fail "the file comes back as it went"
ask "$DOWNLOAD?file=2&tampon=false"
assert_contains "$(cat "$REPLY")" "ID : 086-218601946-20240105-A1-DE" "even tampon=false stamps"
assert_eq "attachment; filename=99_DE-086-218601946-20240105-A1-DE-1-1_1.pdf" \
    "$(header Content-disposition)"
ask "$DOWNLOAD?env=1"
assert_eq application/x-gzip "$(header Content-Type)"
assert_eq "1f8b" "$(head -c 2 "$REPLY" | xxd -p)"
ask "$DOWNLOAD?file=99"
assert_eq 500 "$HTTP"
ask "$DOWNLOAD?env=99"
assert_eq 302 "$HTTP"
ask "/modules/actes/actes_transac_get_tampon.php?transaction=1"
assert_eq 302 "$HTTP"
assert_eq "actes_download_file.php?file=2&tampon=true" "$(header Location)" "relative"
ask "/modules/actes/actes_transac_get_tampon.php?transaction=abc"
assert_eq "transaction n'est pas un entier" "$(cat "$REPLY")"
ask "/modules/actes/actes_create_pdf.php?trans_id=1"
assert_eq "%PDF-" "$(head -c 5 "$REPLY")"
ask "/modules/actes/actes_transac_get_document.php?id=1&api=1"
assert_eq text/plain "$(header Content-Type)"
assert_bytes "" "$REPLY"

# --- JSON -------------------------------------------------------------------------------------------------------
ask "/modules/actes/api/list_actes.php?status_id=4"
assert_eq '{"status_id":"4","authority_id":"1","offset":"0","limit":"100","transactions":[{"id":"1","subject":"D\u00e9lib\u00e9ration","number":"A1","date":"2024-01-05","nature_descr":"D\u00e9lib\u00e9rations","classification":"7.10","type":"1"}]}' "$(cat "$REPLY")"
ask "/modules/actes/api/list_actes.php"
assert_eq '[]' "$(jq -c .transactions "$REPLY")" "without status_id: the cancelled ones"
ask "/modules/actes/api/list_actes.php?status_id=4&min_date=$(date -d tomorrow +%F)"
assert_eq 0 "$(jq '.transactions | length' "$REPLY")"
ask "/modules/actes/api/list_actes.php?status_id=4&min_date=yesterday"
assert_eq 500 "$HTTP"
ask "/modules/actes/api/number_actes.php?status_id=4"
assert_eq '{"status_id":4,"authority_id":1,"nb_transactions":1}' "$(cat "$REPLY")"
ask "/modules/actes/api/actes_status.php"
assert_contains "$(cat "$REPLY")" '{"-1":"Erreur","0":"Annul\u00e9","1":"Post\u00e9",'
assert_eq "En attente d'être postée" "$(jq -r '."17"' "$REPLY")"
ask "/modules/actes/api/list_document_prefecture.php"
assert_eq '[]' "$(cat "$REPLY")"
ask "/modules/actes/api/document_prefecture_mark_as_read.php?transaction_id=5"
assert_eq '{"result":"ok"}' "$(cat "$REPLY")"

# --- serial, classification, connection helpers --------------------------------------------------------------------
ask "/modules/actes/actes_transac_get_env_serial.php"
assert_bytes "4f4b0a320a" "$REPLY" "one counter for deposits and for this page"
deposit A2
assert_contains "$(sandbox_ledger '.acts[] | select(.number == "A2") | .path')" "-3.tar.gz"
ask "/modules/actes/actes_classification_fetch.php?api=1"
assert_eq "text/xml;charset=iso-8859-1" "$(header Content-Type)"
assert_eq "0d0a" "$(tail -c 2 "$REPLY" | xxd -p)"
assert_contains "$(reply_text)" '<actes:DateClassification>2019-04-18<'
ask "/modules/actes/actes_classification_request.php?api=1" --request POST
assert_bytes "4f4b0a330a0a" "$REPLY"
sandbox_advance 3
ask_status 3
assert_eq 4 "$STATUS"
assert_contains "$(reply_text)" "RetourClassification"
ask /api/test-connexion.php
assert_bytes "4f4b" "$REPLY" "no newline here"
ask /api/test-rgs.php
assert_bytes "4f4b" "$REPLY"
ask /api/info-connexion.php
assert_eq "086 3" "$(jq -r '.authority_info | .department + " " + .district' "$REPLY")"
ask /api/get-nounce.php
assert_eq 401 "$HTTP"
assert_eq 'Basic realm="API S2low"' "$(header WWW-Authenticate)"
ask /admin/users/api-list-login.php
assert_bytes "0a" "$REPLY" "an account without login is an empty line"
ask /modules/actes/nothing.php
assert_eq 404 "$HTTP"

# --- cancellation ----------------------------------------------------------------------------------------------------
CANCEL="/modules/actes/actes_transac_cancel.php?api=1"
deposit A3
ask "$CANCEL" --data id=4
assert_contains "$(reply_text)" "qui n&#039;est pas en état « Acquittement reçu »."
ask "$CANCEL" --data id=
assert_contains "$(reply_text)" "Pas d&#039;identifiant de transaction à annuler spécifié."
ask "$CANCEL" --data id=1
assert_bytes "4f4b0a350a0a" "$REPLY"
ask "$CANCEL" --data id=1
assert_contains "$(reply_text)" "Une demande d&#039;annulation est déjà en cours"
ask "$CANCEL" --data id=5
assert_contains "$(reply_text)" "Ce type de transaction ne peut pas être annulé."
sandbox_advance 3
ask_status 1
assert_eq 0 "$STATUS"
assert_contains "$(reply_text)" "ARAnnulation"
ask_status 5
assert_eq 4 "$STATUS"
ask "$CANCEL" --data id=1
assert_contains "$(reply_text)" "« Acquittement reçu »"
deposit A1
assert_contains "$(reply_text)" "Un acte portant le même numéro" "a cancelled act keeps its number"

# --- closing ---------------------------------------------------------------------------------------------------------
CLOSE="/modules/actes/actes_transac_close.php?api=1"
ask "$CLOSE" --data 'id=2&status=gone'
assert_eq "KO
État incorrect." "$(reply_text)"
ask "$CLOSE" --data 'id=2&status=valid'
assert_contains "$(reply_text)" "KO
Cette transaction 2 ne peut pas encore être clôturée"
ask "$CLOSE" --data 'liste_id[]=2&liste_id[]=1&status=sae'
assert_eq "OK
Passage de la transaction n°2 à l&#039;état « En attente de transmission au SAE ». Résultat ok.
Cette transaction 1 ne peut pas encore être clôturée." "$(reply_text)" "OK may hide a refusal"

sandbox_stop

# --- the older generation echoed as is ----------------------------------------------------------------------------------
sandbox_start --manual --generation 4
deposit a1
assert_bytes "4b4f0a 4c65206e756de9726f206e27657374 20706173 20636f72726563740a" "$REPLY"
sandbox_stop
