#!/bin/bash
# The direct channel: archives POSTed, answers by mail. Mails are taken apart by Python, messages judged
# by xmllint.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/archive.sh"
need curl jq xxd iconv tar xmllint sha256sum python3

XSD="$CTES_SOURCE_DIR/schemas/actes.xsd"
[ -n "${CTES_SHARED_DIR:-}" ] && [ -s "$CTES_SHARED_DIR/norm/schemas/actesv1_1.xsd" ] &&
    XSD="$CTES_SHARED_DIR/norm/schemas/actesv1_1.xsd"
STEM="086-$SIREN-20240105"
MAILDIR="$WORK/mails"
SERIAL=0
NS='xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"'

start() { # start OPTIONS...: a ministry with an empty Maildir
    rm -rf "$MAILDIR"
    sandbox_start --maildir "$MAILDIR" --today 2024-02-01 "$@"
}

next_name() {
    SERIAL=$((SERIAL + 1))
    NAME="SLO-TACT--$SIREN--20240201-$SERIAL.tar.gz"
}

depot() { # depot [FILE] [CURL ARGS...]: as S2LOW does it, field and file bear the archive's name
    local file=${1:-$ARCHIVE}
    [ $# -gt 0 ] && shift
    ask "${DEPOT_URL:-/depot}" --form "$(basename "$file")=@$file" "$@"
}

depot_act() { # depot_act NUMBER: an act in an archive of its own
    archive_begin
    archive_act "$1"
    next_name
    archive_end "$NAME"
    depot
    assert_eq 200 "$HTTP" "depot of $1"
}

# message T-F ROOT ID_ACTE ATTRIBUTES BODY: something else than an act, in an archive of its own
message() {
    archive_begin
    MESSAGE="$3-$1_0.xml"
    printf '<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:%s %s %s>%s</actes:%s>\n' \
        "$2" "$NS" "$4" "$5" "$2" >"$WORK/pack/$MESSAGE"
    FORMS="<actes:Formulaire><actes:NomFichier>$MESSAGE</actes:NomFichier></actes:Formulaire>"
    MEMBERS=("$MESSAGE" "${DOCUMENTS[@]}")
    next_name
    local document
    for document in "${DOCUMENTS[@]}"; do make_pdf "$WORK/pack/$document"; done
    archive_end "$NAME"
    depot
    MESSAGE=
}
DOCUMENTS=()

# mail: the oldest mail that was not looked at yet, taken apart into $WORK/mail; SUBJECT, PIECES (names in
# order), KINDS (content types in order, as nested), TEXT
SEEN=0
mail() {
    rm -rf "$WORK/mail"
    mkdir "$WORK/mail"
    local file
    file=$(echo "$MAILDIR"/new/*Q$SEEN.ctes-sandbox) # they are numbered
    assert_file "$file"
    SEEN=$((SEEN + 1))
    python3 - "$file" "$WORK/mail" >"$WORK/parts" <<'PY' || fail "not a mail: $file"
import email, email.policy, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
assert not message.defects, message.defects
pieces, kinds, text = [], [], ""
for part in message.walk():
    assert not part.defects, part.defects
    kinds.append(part.get_content_type())
    if part.get_filename():
        assert "/" not in part.get_filename()
        pieces.append(part.get_filename())
        open(sys.argv[2] + "/" + part.get_filename(), "wb").write(part.get_payload(decode=True))
    elif part.get_content_maintype() == "text":
        text += part.get_content()
assert message["Date"].datetime and message["Message-ID"] and message["From"]
print(message["To"])
print(message["Subject"])
print(" ".join(pieces))
print(" ".join(kinds))
print(text.replace("\n", " "))
PY
    TO=$(sed -n 1p "$WORK/parts") SUBJECT=$(sed -n 2p "$WORK/parts") PIECES=$(sed -n 3p "$WORK/parts")
    KINDS=$(sed -n 4p "$WORK/parts") TEXT=$(sed -n 5p "$WORK/parts")
}
no_mail() { # no_mail [WHAT]: nothing came behind the last that was looked at
    local files=("$MAILDIR"/new/*)
    [ -e "${files[0]}" ] || files=()
    assert_eq "$SEEN" "${#files[@]}" "${1:-mails}"
}
valid() { # valid FILE...: by the official schemas where they are at hand
    ASSERTIONS=$((ASSERTIONS + 1))
    xmllint --nonet --noout --schema "$XSD" "$@" 2>"$WORK/xmllint.err" ||
        fail "not valid: $(head -n 3 "$WORK/xmllint.err")"
}
letter() { # letter ACT TYPE [NAME=VALUE...]
    local act=$1 type=$2 args=() one
    shift 2
    for one in "$@"; do args+=(--url-query "$one"); done
    ask /sandbox/letter --request POST --get --url-query "act=$act" --url-query "type=$type" "${args[@]}"
    LETTER=$(jq -r '.ids // [] | join(" ")' "$REPLY")
}
forms() { sandbox_curl "/sandbox/mail?form=$1" --request POST >/dev/null; }
curl --help all | grep -q -- --url-query || skip "curl is too old"

# --- who may ---------------------------------------------------------------------------------------------------------
sandbox_start --manual
archive_begin
archive_act N1
archive_end "SLO-TACT--$SIREN--20240201-99.tar.gz"
depot
assert_eq 404 "$HTTP" "without --maildir there is no direct channel"
sandbox_stop
start --manual --depot "basic=$SIREN:ouvre-toi"
depot
assert_eq 401 "$HTTP"
assert_contains "$(header WWW-Authenticate)" "Basic realm="
depot "$ARCHIVE" --user "$SIREN:ouvre"
assert_eq 401 "$HTTP"
depot "$ARCHIVE" --user "$SIREN:ouvre-toi"
assert_eq 200 "$HTTP"
sandbox_stop
start --manual --depot "url=$SIREN:ouvre-toi"
depot "$ARCHIVE" --user "$SIREN:ouvre-toi"
assert_eq 403 "$HTTP"
DEPOT_URL="/depot?user=$SIREN&password=ouvre-toi"
depot
assert_eq 200 "$HTTP"
assert_contains "$(sandbox_ledger '.requests[-1].query')" "password=..." "the password is not recorded"
DEPOT_URL=
sandbox_stop

# --- an act, sent twice ------------------------------------------------------------------------------------------------
start --immediate
depot_act A1
assert_eq "1 1 1-2" "$(sandbox_ledger '"\(.depots | length) \(.acts | length) \(.mails | length)-2"')"
mail
assert_eq "actes@commune.test" "$TO"
assert_contains "$SUBJECT" "[ACTES] $STEM-A1-DE-1-2_"
assert_eq "multipart/mixed text/plain text/xml text/xml" "$KINDS"
assert_contains "$PIECES" "TACT--SPREF0863-$SIREN-20240201-9991.xml $STEM-A1-DE-1-2_5280.xml"
valid "$WORK"/mail/*.xml
assert_contains "$(cat "$WORK"/mail/TACT*)" "<actes:NomFichier>$STEM-A1-DE-1-2_5280.xml<"
assert_contains "$(cat "$WORK"/mail/*1-2_5280.xml)" 'DateReception="2024-02-01"'
depot
assert_eq 200 "$HTTP" "the same archive again"
assert_eq "2 0 1" "$(sandbox_ledger '"\(.depots[0].times) \(.depots[0].changed) \(.acts | length)"')"
assert_eq "$(sha256sum <"$ARCHIVE" | cut -d' ' -f1)" "$(sandbox_ledger '.depots[0].sha256')"
no_mail "nothing comes of it"
printf 'x' >>"$ARCHIVE"
depot
assert_eq "3 1 1" "$(sandbox_ledger '"\(.depots[0].times) \(.depots[0].changed) \(.acts | length)"')"

# the reply is lost, the work was done; the other way round; both settle by sending again
sandbox_curl "/sandbox/fault?spec=reply-lost@depot" --request POST >/dev/null
archive_begin
archive_act A2
next_name
archive_end "$NAME"
depot
assert_eq 000 "$HTTP"
sandbox_curl "/sandbox/fault?spec=500@depot" --request POST >/dev/null
depot
assert_eq 500 "$HTTP"
sandbox_curl "/sandbox/fault?spec=slow@depot" --request POST >/dev/null
depot
assert_eq 200 "$HTTP"
assert_eq "2 1" "$(sandbox_ledger '"\(.depots[1].times) \([.acts[] | select(.number == "A2")] | length)"')"
mail
assert_contains "$SUBJECT" "A2-DE-1-2"
no_mail

# what is not stored, and what is stored and never answered
cp "$ARCHIVE" "$WORK/XXX-TACT--$SIREN--20240201-1.tar.gz"
depot "$WORK/XXX-TACT--$SIREN--20240201-1.tar.gz"
assert_eq 400 "$HTTP" "another operator's prefix"
ask /depot --form name=x
assert_eq 400 "$HTTP" "no file"
ask /depot
assert_eq 404 "$HTTP" "not a POST"
echo nothing >"$WORK/SLO-TACT--$SIREN--20240201-77.tar.gz"
depot "$WORK/SLO-TACT--$SIREN--20240201-77.tar.gz"
assert_eq 200 "$HTTP" "a 200 says it is stored, no more"
cp "$ARCHIVE" "$WORK/SLO-TACT--$SIREN--20240201-78.tar.gz"
depot "$WORK/SLO-TACT--$SIREN--20240201-78.tar.gz"
assert_eq "archive illisible,enveloppe absente" \
    "$(sandbox_ledger '[.depots[] | select(.verdict != "") | .verdict] | join(",")')"
no_mail

# the same act under another name; what is wrong with an envelope
depot_act A1
mail
assert_contains "$PIECES" "086-$SIREN----1-3_"
valid "$WORK"/mail/*.xml
assert_contains "$(iconv -f ISO-8859-1 -t UTF-8 "$WORK"/mail/*1-3_*.xml)" "a déjà été transmis"
assert_eq A1 "$(sandbox_ledger '.duplicates[0].number')"
archive_begin
ACT_COUNT=x
archive_act A3
next_name
archive_end "$NAME"
depot
mail
assert_eq "ANO_TACT--$SIREN--20240201-$SERIAL.xml" "$PIECES" "an anomaly of the envelope goes alone"
valid "$WORK"/mail/*.xml
assert_contains "$(cat "$WORK"/mail/*.xml)" "<actes:Nature>100<"
echo "no PDF, whatever its name" >"$WORK/note"
archive_begin
ACT_PDF="$WORK/note"
archive_act A3
next_name
archive_end "$NAME"
depot
mail
assert_contains "$PIECES" "086-$SIREN----1-3_" "another format is refused by an anomaly (norm sheet § 10)"
assert_contains "$(cat "$WORK"/mail/*1-3_*.xml)" "99_DE-$STEM-A3-DE-1-1_1.pdf : "
depot_act A3
mail
assert_contains "$PIECES" "A3-DE-1-2_" "refused, an act may come again"

# --- shapes of mails -----------------------------------------------------------------------------------------------------
forms envelope-last
depot_act B1
mail
assert_contains "$PIECES" ".xml TACT--SPREF"
forms alternative,paths
archive_begin
archive_act B2
sed -i 's,<actes:DocumentPapier>N,<actes:DocumentPapier>O,' "$WORK"/pack/*-B2-DE-1-1_0.xml
next_name
archive_end "$NAME"
depot
mail
assert_eq "multipart/alternative text/plain multipart/mixed text/html text/xml text/xml" "$KINDS"
valid "$WORK"/mail/*.xml
assert_contains "$(cat "$WORK"/mail/*1-2*.xml)" "<actes:NomFichier>/tmp/phpACTES/99_DE-$STEM-B2-DE-1-1_1.pdf<"
mail
assert_eq "text/html" "$KINDS" "the reminder has no attachment"
assert_contains "$TEXT" "multi canal"
archive_begin
archive_act B2B
sed -i 's,<actes:DocumentPapier>N,<actes:DocumentPapier>1,' "$WORK"/pack/*-B2B-DE-1-1_0.xml
next_name
archive_end "$NAME"
depot
mail
mail
assert_contains "$TEXT" "multi canal" "1 means yes as well (norm sheet § 5.4)"
forms twice
depot_act B3
mail
first=$PIECES
mail
assert_eq "$first" "$PIECES"
forms ""
ask "/sandbox/mail?form=rose" --request POST
assert_eq 400 "$HTTP"

# --- letters and what is sent about them -----------------------------------------------------------------------------------
ID="$STEM-A1-DE"
letter 1 3 date=2024-01-20 "texte=Le plan, SVP"
demande=$LETTER
mail
assert_contains "$PIECES" "$ID-3-1_17.xml $ID-3-1_16.pdf"
valid "$WORK"/mail/*.xml
assert_contains "$(head -c 5 "$WORK"/mail/*.pdf)" "%PDF-"
letter 1 4 date=2024-01-21 form=envelope-last
observations=$LETTER
mail
assert_contains "$PIECES" ".pdf TACT--SPREF0863"
valid "$WORK"/mail/*.xml
letter 1 2 date=2024-01-22
mail
valid "$WORK"/mail/*.xml
letter 1 5 documents=2
mail
valid "$WORK"/mail/*.xml
sandbox_advance
state() { sandbox_ledger ".acts[] | select(.id == $1) | .status"; }
assert_eq "7 7" "$(state "$demande") $(state "$observations")" "the acknowledgement is the authority's to send"
ask /modules/actes/api/list_document_prefecture.php
assert_eq "[]" "$(cat "$REPLY")" "nothing of that is the operator's"
message 3-2 ARDemandePieceComplementaire "$ID" "actes:IDActe=\"$ID\" actes:DateCourrierPref=\"2024-01-20\"" ""
message 4-2 ARLettreObservations "$ID" "actes:IDActe=\"$ID\" actes:DateCourrierPref=\"2024-01-21\"" ""
assert_eq "8 8" "$(state "$demande") $(state "$observations")"
message 3-2 ARDemandePieceComplementaire "$ID" "actes:IDActe=\"$ID\" actes:DateCourrierPref=\"2024-01-20\"" ""
assert_eq "3-2:$demande 4-2:$observations 3-2:$demande" \
    "$(sandbox_ledger '[.answers[] | "\(.message):\(.letter)"] | join(" ")')" "each as often as it came"
no_mail "nobody acknowledges an acknowledgement"

file() { printf '<actes:Document><actes:NomFichier>%s</actes:NomFichier></actes:Document>' "$1"; }
answer() { # answer T-F ROOT DATE [wrapped]: with one document
    DOCUMENTS=("99_DE-$ID-$1_1.pdf")
    local body
    body=$(file "${DOCUMENTS[0]}")
    [ $# -lt 4 ] || body="<actes:Documents>$body</actes:Documents>"
    message "$1" "$2" "$ID" "actes:IDActe=\"$ID\" actes:DateCourrierPref=\"$3\"" "$body"
    DOCUMENTS=()
}
answer 2-2 ReponseCourrierSimple 2024-01-22
no_mail "a 2-2 has no acknowledgement"
for one in "3-4 PieceComplementaire 2024-01-20 wrapped" "3-3 RefusPieceComplementaire 2024-01-20" \
    "4-3 RejetLettreObservations 2024-01-21" "4-4 ReponseLettreObservations 2024-01-21"; do
    # shellcheck disable=SC2086
    answer $one
    mail
    assert_contains "$PIECES" "$ID-${one%%-*}-5_" "$one"
    valid "$WORK"/mail/*.xml
    assert_contains "$(cat "$WORK"/mail/*-5_*.xml)" "DateCourrierPref=\"$(cut -d' ' -f3 <<<"$one")\""
done
assert_eq "$(make_pdf /dev/stdout | sha256sum | cut -d' ' -f1)" \
    "$(sandbox_ledger '.documents[] | select(.message == "3-4" and .mime == "application/pdf") | .sha256')"
answer 3-4 PieceComplementaire 2024-01-19 wrapped
mail
assert_contains "$PIECES" "ANO_" "not the letter's date"
assert_contains "$(cat "$WORK"/mail/ANO*)" "aucun courrier de cette date"
answer 3-4 PieceComplementaire 2024-01-20
mail
assert_contains "$PIECES" "ANO_" "against the schema"

# --- cancellation, classification --------------------------------------------------------------------------------------------
message 6-1 Annulation "$ID" "actes:IDActe=\"$ID\"" ""
mail
assert_contains "$PIECES" "$ID-6-2_"
valid "$WORK"/mail/*.xml
assert_eq 0 "$(state 1)" "the act is cancelled"
message 6-1 Annulation "$STEM-RIEN-DE" "actes:IDActe=\"$STEM-RIEN-DE\"" ""
mail
assert_contains "$(cat "$WORK"/mail/ANO*)" "acte inconnu"
classification() { # classification [DATE]
    message 7-1 DemandeClassification "086-$SIREN---" "" \
        "${1:+<actes:DateClassification>$1</actes:DateClassification>}"
    mail
    valid "$WORK"/mail/*.xml
}
classification
assert_contains "$PIECES" "086-$SIREN----7-2_"
classification 2019-04-18
assert_contains "$PIECES" "086-$SIREN----7-3_"
sandbox_curl "/sandbox/classification?date=2024-01-15" --request POST >/dev/null
classification 2019-04-18
assert_contains "$PIECES" "7-2_"
assert_contains "$(cat "$WORK"/mail/*7-2*)" "<actes:DateClassification>2024-01-15<"
depot_act C1
mail
assert_contains "$(cat "$WORK"/mail/*1-3_*.xml)" "ODT-VERIF-01"
no_mail
sandbox_stop

# --- pace: by itself after the delay, or when told -----------------------------------------------------------------------------
mails_are() { [ "$(sandbox_ledger '.mails | length')" = "$1" ]; }
start --delay 0.001
depot_act P1
wait_until mails_are 1
sandbox_stop
start --manual --keep P1
SEEN=0
depot_act P1
no_mail
sandbox_advance
mail
ID="$STEM-P1-DE"
message 6-1 Annulation "$ID" "actes:IDActe=\"$ID\"" ""
sandbox_advance
mail
assert_contains "$(iconv -f ISO-8859-1 -t UTF-8 "$WORK"/mail/ANO*)" "Annulation refusée"
assert_eq "$(ls "$MAILDIR/new" | wc -l)" "$(sandbox_ledger '.mails | length')" "the ledger lists them"
assert_eq "ANO_TACT--$SIREN--20240201-$SERIAL.xml" "$(sandbox_ledger '.mails[-1].attachments')"
assert_eq 4 "$(sandbox_ledger '.acts[0].status')"
letter 1 3 form=duplicate
mail
first=$(cat "$WORK"/mail/*.xml | sha256sum)
mail
assert_eq "$first" "$(cat "$WORK"/mail/*.xml | sha256sum)" "it comes twice"
sandbox_stop
