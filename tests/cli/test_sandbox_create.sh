#!/bin/bash
# Depositing by fields: the checks in their order, the names, numbers kept for ever.
. "$(dirname "$0")/lib.sh"
need curl jq xxd iconv

said() { # said TEXT: the last reply is this refusal
    assert_eq "KO
$1" "$(reply_text)"
}

mkdir "$WORK/accounts"
for name in RO RW CS TT NONE; do
    printf '[%s]\ncertificate = %s/client.pem\nlogin = %s\npassword-file = %s/pass\nperm = %s\n' \
        $name "$PKI" $name "$WORK" $name
done >"$WORK/accounts.ini"
cat >>"$WORK/accounts.ini" <<END
[plain]
certificate = $PKI/client2.pem
rgs = no
END
(umask 077 && echo secret >"$WORK/pass")
sandbox_start --accounts "$WORK/accounts.ini" --manual --today 2024-02-01 --limit files=5 \
    --limit total=200000 --limit file=150000
as() { # as LOGIN: the next deposits are made by this account
    DEPOSIT_ARGS=(--user "$1:secret")
}
as RW
make_pdf "$WORK/acte.pdf"

# each refusal is provoked together with a later one: the first answers
deposit N1 acte_attachments[0]="@$WORK/acte.pdf" acte_attachments[1]="@$WORK/acte.pdf" \
    acte_attachments[2]="@$WORK/acte.pdf" acte_attachments[3]="@$WORK/acte.pdf" \
    acte_attachments[4]="@$WORK/acte.pdf" number=n
said "Le nombre d&#039;annexes est trop important (max : 5)"
as RO
deposit n1
said "Accès refusé"
as NONE
deposit n1
said "Accès refusé"
as TT
deposit n1
said "Accès refusé"
DEPOSIT_ARGS=(--cert "$PKI/client2.pem" --key "$PKI/client2.key")
deposit n1
assert_contains "$(reply_text)" "KO
La télétransmission nécessite un certificat RGS&lt;br/&gt;Erreur : "
as RW
deposit n1 classif2=x
assert_eq 500 "$HTTP" "a classification that is no number is caught nowhere"
for number in n1 _N1 N1_ N-1 "N 1" N123456789012345 É1; do
    deposit "$number" decision_date=2030-01-01
    said "Le numéro n&#039;est pas correct"
done
deposit N1 decision_date=2024-02-02 batchfile=x
said "La date de décision est une date dans le futur"
head -c 130000 /dev/zero >"$WORK/big"
deposit N1 batchfile=x acte_pdf_file="@$WORK/big" acte_attachments[]="@$WORK/big"
said "batchfile n&#039;est pas un entier"
deposit N1 acte_pdf_file="@$WORK/big" acte_attachments[]="@$WORK/big"
said "La taille totale des fichiers est trop importante (max : 200000)"
deposit N1 decision_date=2024-02-01
assert_bytes "4f4b0a310a0a" "$REPLY" "a decision of today passes"
deposit N1 acte_pdf_file=
said "Un acte portant le même numéro interne existe déjà dans la base de données.
Il faut peut-être ajouter un suffixe au numéro."
assert_eq "N1 create 1" "$(sandbox_ledger '.duplicates[0] | "\(.number) \(.mode) \(.held)"')"
deposit N2 acte_pdf_file= type_acte=
said "Aucun fichier acte n&#039;a été posté "
: >"$WORK/empty.pdf"
deposit N2 acte_pdf_file="@$WORK/empty.pdf" type_acte=
said "Erreur lors de la récéption du fichier : Le fichier semble vide"
head -c 160000 /dev/zero >"$WORK/over"
deposit N2 acte_pdf_file="@$WORK/over"
assert_contains "$(reply_text)" "La taille du fichier excède la taille maximum"
deposit N2 type_acte=
said "Erreur lors de la réception du fichier acte.pdf : typologie absente"
echo text >"$WORK/note.pdf"
deposit N2 acte_pdf_file="@$WORK/note.pdf" acte_attachments[]="@$WORK/acte.pdf"
said "Erreur lors de la réception du fichier annexe acte.pdf : typologie absente"
deposit N2 acte_pdf_file="@$WORK/note.pdf" acte_attachments[]="@$WORK/note.pdf" type_pj[]=99_SE
said "Erreur de validation du fichier de l&#039;acte :
Le fichier de l&#039;acte &quot; note.pdf &quot; est de type &quot; text/plain &quot;. Fichier PDF ou XML requis.
Erreur de validation d&#039;un fichier de pièce jointe :
Le fichier attaché &quot; note.pdf &quot; est de type &quot; text/plain &quot;. Fichier PDF, XML, PNG ou JPEG requis."
deposit N2 acte_attachments[]=";filename=\"\"" type_pj[]=99_SE
assert_contains "$(reply_text)" "Aucun fichier n&#039;a été présenté" "an empty annexe is an error"
deposit N2 type_acte=99_D
assert_contains "$(reply_text)" "Le code de la PJ doit faire 5 caractères"
printf '<?xml version="1.0"?><budget/>' >"$WORK/budget.xml"
deposit N2 acte_pdf_file="@$WORK/budget.xml"
assert_contains "$(reply_text)" "Seuls les documents budgétaires et financiers peuvent être au format XML."
deposit N2 acte_pdf_file="@$WORK/budget.xml" nature_code=5 type_acte=99_BU
assert_contains "$(reply_text)" "Seule la classification 7.1 est autorisée"
printf '\211PNG\r\n\032\nxxx' >"$WORK/plan.png"
deposit N2 acte_pdf_file="@$WORK/budget.xml" nature_code=5 type_acte=99_BU classif2=1 \
    acte_attachments[]="@$WORK/plan.png" type_pj[]=99_SE
assert_contains "$(reply_text)" "Les pièces jointes doivent être au format PDF avec un acte au format XML"
printf '\n%s' "$(cat "$WORK/acte.pdf")" >"$WORK/junk.pdf"
deposit N2 acte_pdf_file="@$WORK/junk.pdf"
assert_contains "$(reply_text)" "text/plain" "a PDF behind junk is none"

# what only saving finds costs a serial
before=$(sandbox_curl /modules/actes/actes_transac_get_env_serial.php --user RW:secret | sed -n 2p)
deposit N2 classif2=0 subject= decision_date=01/02/2024 nature_code=9
said "Erreur lors de l&#039;enregistrement de la transaction :
Les deux premiers niveaux de classification sont obligatoires.
Objet de l&#039;acte doit être présent.
Date de la décision doit être présent.
Description nature de l&#039;acte doit être présent."
after=$(sandbox_curl /modules/actes/actes_transac_get_env_serial.php --user RW:secret | sed -n 2p)
assert_eq $((before + 2)) "$after"
long=$(printf 'é%.0s' $(seq 500))
deposit N2 subject="$long"
assert_contains "$(reply_text)" "Le champ Objet de l&#039;acte est trop long (499 caractères maxi autorisés)."
deposit N2 subject="${long#é}"
assert_bytes "4f4b0a320a0a" "$REPLY"

# the subject's bytes are Latin-1: UTF-8 arrives garbled
DEPOSIT_ARGS+=(--form "subject=Délibération")
deposit N3 subject=
assert_eq "DÃ©libÃ©ration" "$(sandbox_ledger '.acts[] | select(.number == "N3") | .subject')"
as RW

# names: département, SIREN, decision date, number, nature; documents in order
printf '\211PNG\r\n\032\nxxx' >"$WORK/plan.PDF"
deposit NAMES_1 nature_code=3 type_acte=99_AI acte_attachments[0]="@$WORK/plan.PDF" type_pj[0]=22_AV \
    acte_attachments[1]="@$WORK/budget.xml" type_pj[1]=22_DP classif1=2 classif2=1
assert_bytes "4f4b0a340a0a" "$REPLY"
sandbox_curl "/modules/actes/actes_download_file.php?env=4" --user RW:secret | tar tzf - >"$WORK/names"
assert_eq "TACT--218601946--20240201-$((after + 4)).xml
086-218601946-20240105-NAMES_1-AI-1-1_0.xml
99_AI-086-218601946-20240105-NAMES_1-AI-1-1_1.pdf
22_AV-086-218601946-20240105-NAMES_1-AI-1-1_2.png
22_DP-086-218601946-20240105-NAMES_1-AI-1-1_3.xml" "$(cat "$WORK/names")"

# the type that only PDF may stand beside is application/xml (sheet § 2.1); the message is text/xml
ask "/modules/actes/actes_transac_get_files_list.php?transaction=4" --user RW:secret
assert_contains "$(cat "$REPLY")" "Pas d'acquittement recu"
sandbox_advance 3
ask "/modules/actes/actes_transac_get_files_list.php?transaction=4" --user RW:secret
assert_eq "text/xml application/pdf image/png application/xml" \
    "$(jq -r '[.[].mimetype] | join(" ")' "$REPLY")"
ask "/modules/actes/actes_download_file.php?file=$(jq '.[3].id' "$REPLY")" --user RW:secret
assert_eq application/xml "$(header Content-Type)"

# parked: on request, or because the account may only enter acts; then confirmed
deposit P1 en_attente=1
as CS
deposit P2
as RW
for id in 5 6; do
    ask "/modules/actes/actes_transac_get_status.php?transaction=$id" --user \
        $([ $id = 5 ] && echo RW || echo CS):secret
done
assert_contains "$(reply_text)" "Accès refusé" "status needs RW, not CS"
assert_eq "17 17" "$(sandbox_ledger '[.acts[] | select(.id > 4) | .status] | join(" ")')"
CONFIRM=/modules/actes/actes_transac_post_confirm_api.php
back='https%3A%2F%2Fback.example%2F%3Fe%3D%25%25ERROR%25%25%26m%3D%25%25MESSAGE%25%25'
ask "$CONFIRM?id=5&url_return=$back" --user TT:secret
assert_eq 302 "$HTTP"
grep -q '^Location:  https://back.example/?e=1&m=Accès refusé' "$HEAD" ||
    fail "two spaces, raw message: $(cat "$HEAD")"
ask "$CONFIRM?id=5&url_return=$back" --user RW:secret
assert_contains "$(cat "$HEAD")" 'Location:  https://back.example/?e=0&m='
ask "$CONFIRM?id=5&url_return=$back" --user RW:secret
assert_contains "$(cat "$HEAD")" "?e=1&m=La transaction n'est pas dans le statut"
assert_eq 1 "$(sandbox_ledger '.acts[] | select(.id == 5) | .status')"
sandbox_stop

# paper mode, and an authority that never received a classification
printf '[mairie]\ncertificate = %s/client.pem\npapier = yes\n' "$PKI" >"$WORK/accounts.ini"
DEPOSIT_ARGS=()
sandbox_start --accounts "$WORK/accounts.ini" --never-classified
deposit N1
said "Mode « papier » actif. Accès interdit."
ask "/modules/actes/actes_classification_fetch.php?api=1"
said "Erreur de récupération de la dernière classification."
sandbox_stop
sandbox_start --never-classified --limit post=1000 --limit body=5000
deposit N1 subject=
assert_eq 200 "$HTTP"
said "La taille totale des fichiers est trop importante (max : 157286400)"
head -c 6000 /dev/zero >"$WORK/big"
deposit N1 acte_pdf_file="@$WORK/big"
assert_eq 413 "$HTTP"
DEPOSIT_ARGS=(--header 'Expect: 100-continue')
deposit N1 acte_pdf_file="@$WORK/big"
assert_eq 413 "$HTTP" "told before it sends"
sandbox_stop
