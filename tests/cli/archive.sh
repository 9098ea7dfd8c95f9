# Archives of the norm made by hand, for tests of the sandbox: sourced after lib.sh.
SIREN=218601946

# archive_begin: starts an empty envelope; settings that archive_end takes: ENV_SIREN, ENV_DEP,
# ENV_ARR, ENV_NATURE, ENV_ADDRESS (empty: no AdressesRetour).
archive_begin() {
    ENV_SIREN=$SIREN ENV_DEP=086 ENV_ARR=3 ENV_NATURE=31 ENV_ADDRESS=actes@commune.test
    FORMS=
    MEMBERS=()
    rm -rf "$WORK/pack"
    mkdir "$WORK/pack"
}

# archive_act NUMBER [SIGNATURE FILE]: adds an act with one PDF. MESSAGE (its name), ACT_DATE,
# ACT_NAMED (the date in its files' names, when it is another), ACT_CLASSIFICATION, ACT_COUNT (attribute Nombre), ACT_TYPE change it; reset by archive_defaults.
archive_defaults() {
    MESSAGE= ACT_NAMED= ACT_DATE=2024-01-05 ACT_CLASSIFICATION=2019-04-18 ACT_COUNT=0 ACT_TYPE=99_DE
    ACT_PDF=
}
archive_defaults
archive_act() {
    local number=$1 signature=${2:-} stem pdf
    : "${ACT_NAMED:=$ACT_DATE}"
    stem="086-$SIREN-${ACT_NAMED//-/}-$number-DE"
    pdf="${ACT_TYPE}-$stem-1-1_1.pdf"
    : "${MESSAGE:=$stem-1-1_0.xml}"
    if [ -n "$ACT_PDF" ]; then cp "$ACT_PDF" "$WORK/pack/$pdf"; else make_pdf "$WORK/pack/$pdf" "$number"; fi
    {
        printf '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        printf '<actes:Acte xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"'
        printf ' actes:Date="%s" actes:NumeroInterne="%s" actes:CodeNatureActe="1">' "$ACT_DATE" "$number"
        printf '<actes:CodeMatiere1 actes:CodeMatiere="7"/><actes:CodeMatiere2 actes:CodeMatiere="10"/>'
        printf '<actes:Objet>Acte %s</actes:Objet>' "$number"
        printf '<actes:ClassificationDateVersion>%s</actes:ClassificationDateVersion>' "$ACT_CLASSIFICATION"
        printf '<actes:Document><actes:NomFichier>%s</actes:NomFichier>' "$pdf"
        [ -n "$signature" ] &&
            printf '<actes:Signature>%s</actes:Signature>' "$(cat "$signature")"
        printf '</actes:Document><actes:Annexes actes:Nombre="%s"/>' "$ACT_COUNT"
        printf '<actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>\n'
    } >"$WORK/pack/$MESSAGE"
    FORMS+="<actes:Formulaire><actes:NomFichier>$MESSAGE</actes:NomFichier></actes:Formulaire>"
    MEMBERS+=("$MESSAGE" "$pdf")
    archive_defaults
}

# archive_end NAME: writes the envelope and packs; the path is left in ARCHIVE.
archive_end() {
    local name=$1 envelope
    envelope=${name#*-}
    envelope=${envelope%.tar.gz}.xml
    {
        printf '<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:EnveloppeCLMISILL'
        printf ' xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"'
        printf ' xmlns:insee="http://xml.insee.fr/schema"><actes:Emetteur><actes:IDCL'
        printf ' insee:SIREN="%s" actes:Departement="%s"' "$ENV_SIREN" "$ENV_DEP"
        printf ' actes:Arrondissement="%s" actes:Nature="%s"/></actes:Emetteur>' "$ENV_ARR" "$ENV_NATURE"
        [ -n "$ENV_ADDRESS" ] &&
            printf '<actes:AdressesRetour><actes:Email>%s</actes:Email></actes:AdressesRetour>' "$ENV_ADDRESS"
        printf '<actes:FormulairesEnvoyes>%s</actes:FormulairesEnvoyes>' "$FORMS"
        printf '</actes:EnveloppeCLMISILL>\n'
    } >"$WORK/pack/$envelope"
    ARCHIVE="$WORK/$name"
    tar -C "$WORK/pack" --format=ustar --owner=0 --group=0 --numeric-owner -czf "$ARCHIVE" \
        "$envelope" "${MEMBERS[@]}"
}

# submit [FILE]: deposits an archive, ARCHIVE unless given, as `ask`.
submit() {
    ask "/modules/actes/actes_transac_submit.php?api=1" --form api=1 --form "enveloppe=@${1:-$ARCHIVE}"
}
