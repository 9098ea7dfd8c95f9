#!/usr/bin/env bash
# scripted.sh LIST URL PKI DAY FOLDER: sends the acts of a list as it is scripted today, one after
# the other, with openssl, tar and curl. The list is floor.c's.
set -euo pipefail
export LC_ALL=C
list=$1 url=$2 pki=$3 day=$4 folder=$5
space=http://www.interieur.gouv.fr/ACTES#v1.1-20040216
mkdir -p "$folder"

sign() { # FILE
    openssl cms -sign -binary -cades -md sha256 -outform PEM -signer "$pki/signer.pem" \
        -inkey "$pki/signer.key" -in "$1" | sed 's/^\(-----.* \)CMS-----$/\1PKCS7-----/'
}

message() {
    local rank element
    printf '<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:Acte xmlns:actes="%s" actes:Date="%s"' \
        "$space" "$date"
    printf ' actes:NumeroInterne="%s" actes:CodeNatureActe="1">' "$numero"
    printf '<actes:CodeMatiere1 actes:CodeMatiere="3"/><actes:CodeMatiere2 actes:CodeMatiere="3"/>'
    printf '<actes:Objet>%s</actes:Objet>' "$objet"
    printf '<actes:ClassificationDateVersion>2022-01-01</actes:ClassificationDateVersion>\n'
    for rank in "${!pieces[@]}"; do
        element=Annexe
        [ "$rank" -gt 0 ] || element=Document
        [ "$rank" -ne 1 ] || printf '<actes:Annexes actes:Nombre="%d">\n' $((${#pieces[@]} - 1))
        printf '<actes:%s><actes:NomFichier>%s</actes:NomFichier><actes:Signature>' \
            "$element" "${names[rank]}"
        sign "${pieces[rank]}"
        printf '</actes:Signature></actes:%s>\n' "$element"
    done
    if [ ${#pieces[@]} -gt 1 ]; then
        printf '</actes:Annexes>'
    else
        printf '<actes:Annexes actes:Nombre="0"/>'
    fi
    printf '<actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>\n'
}

enveloppe() {
    printf '<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:EnveloppeCLMISILL'
    printf ' xmlns:actes="%s" xmlns:insee="http://xml.insee.fr/schema"><actes:Emetteur>' "$space"
    printf '<actes:IDCL insee:SIREN="%s" actes:Departement="086" actes:Arrondissement="3"' "$siren"
    printf ' actes:Nature="31"/></actes:Emetteur><actes:AdressesRetour>'
    printf '<actes:Email>actes@ville.test</actes:Email></actes:AdressesRetour>'
    printf '<actes:FormulairesEnvoyes><actes:Formulaire><actes:NomFichier>%s</actes:NomFichier>' \
        "$1"
    printf '<actes:Signature>'
    sign "$work/$1"
    printf '</actes:Signature></actes:Formulaire></actes:FormulairesEnvoyes>'
    printf '</actes:EnveloppeCLMISILL>\n'
}

while IFS=$'\t' read -r siren account numero date serial objet files; do
    IFS=$'\t' read -r -a pieces <<<"$files"
    stem=086-$siren-${date//-/}-$numero-DE-1-1
    archive=SLO-TACT--$siren--$day-$serial.tar.gz
    work=$(mktemp -d "$folder/act.XXXXXX") # kept: see settle in stage.py
    names=()
    for rank in "${!pieces[@]}"; do
        names+=("99_DE-${stem}_$((rank + 1)).pdf")
        ln -s "${pieces[rank]}" "$work/${names[rank]}"
    done
    message >"$work/${stem}_0.xml"
    enveloppe "${stem}_0.xml" >"$work/TACT--$siren--$day-$serial.xml"
    tar czhf "$folder/$archive" -C "$work" "TACT--$siren--$day-$serial.xml" "${stem}_0.xml" \
        "${names[@]}"
    reply=$(curl -sS --fail --cacert "$pki/ca.pem" --cert "$pki/client.pem" \
        --key "$pki/client.key" -u "$account" -F api=1 -F "enveloppe=@$folder/$archive" \
        "$url/modules/actes/actes_transac_submit.php?api=1")
    [ "${reply%%$'\n'*}" = OK ] || { printf '%s: %s\n' "$numero" "$reply" >&2; exit 1; }
    printf '%s\t%s\t%s\n' "$numero" "$archive" "${reply##*$'\n'}" >>"$folder/sent.tsv"
done <"$list"
