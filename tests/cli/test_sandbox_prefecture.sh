#!/bin/bash
# The préfecture behind: steps and pace, what it refuses by itself and what it is told to.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/archive.sh"
need curl jq xxd iconv tar xmllint

flow() { # flow: the XML of the last status reply, cut at the end tag of its root, in FLOW; REST after it
    tail -c +"$(($(head -n 2 "$REPLY" | wc -c) + 1))" "$REPLY" >"$WORK/after"
    python3 - "$WORK/after" "$WORK/flow" "$WORK/rest" <<'PY'
import re, sys
data = open(sys.argv[1], "rb").read()
root = re.search(rb"<(actes:\w+)", data)
end = data.index(b"</" + root.group(1) + b">") + len(root.group(1)) + 3 if root else 0
open(sys.argv[2], "wb").write(data[:end])
open(sys.argv[3], "wb").write(data[end:])
PY
}
need python3

# --- what it is told -----------------------------------------------------------------------------------------
sandbox_start --delay 0 --anomalie 'A1=001:Objet imprécis' --refuse 'R1=004:Archive refusée' \
    --invalid I1 --virus V1 --park P1 --late-ar L1 --close C1 --discordant D1 --today 2024-02-01
id=0
steps() { # steps NUMBER STATES...: deposits and asks as often as there are states
    local number=$1 state
    shift
    deposit "$number"
    id=$((id + 1))
    assert_bytes "4f4b0a$(printf %s $id | xxd -p)0a0a" "$REPLY" "$number"
    for state in "$@"; do
        ask_status $id
        assert_eq "$state" "$STATUS" "$number"
    done
}
steps N1 2 3 4 4
assert_contains "$(reply_text)" 'DateReception="2024-02-01"'
steps A1 2 3 -1 -1
flow
xmllint --noout --schema "$CTES_SOURCE_DIR/schemas/actes.xsd" "$WORK/flow" 2>/dev/null || fail "not valid"
assert_contains "$(cat "$WORK/flow" | iconv -f ISO-8859-1 -t UTF-8)" "<actes:Nature>001</actes:Nature>"
latin1 "Anomalie signalee par le MI : 001 - Objet imprécis" >"$WORK/wanted"
assert_bytes "$(xxd -p "$WORK/wanted")" "$WORK/rest" "glued behind the XML, Latin-1, no newline"
steps R1 2 3 -1
flow
assert_contains "$(head -c 60 "$WORK/flow")" 'encoding="ISO-8859-1"'
assert_contains "$(cat "$WORK/flow")" "Archive refusée" "UTF-8 under a prolog that says otherwise"
latin1 "Enveloppe rejetée par le MI (004 : Archive refusée)" >"$WORK/wanted"
assert_bytes "$(xxd -p "$WORK/wanted")" "$WORK/rest"
steps I1 -1
assert_contains "$(reply_text)" "OK
-1
Enveloppe invalide : "
steps V1 -1
{ printf 'OK\n-1\n'; latin1 "L'archive est infectée par un virus. Retour de l'antivirus."; } >"$WORK/wanted"
assert_bytes "$(xxd -p "$WORK/wanted")" "$REPLY"
steps P1 17 17
steps L1 2 3 -1
assert_contains "$(reply_text)" "Fermeture automatique de la transaction de plus de 30 jours"
ask_status $id
assert_eq 4 "$STATUS" "the acknowledgement comes late"
steps C1 2 3 -1 -1
steps D1 2 3 4
assert_contains "$(reply_text)" 'NumeroInterne="AUTRE_ACTE"'
for number in N1 A1 R1 I1 C1; do
    deposit $number
    assert_contains "$(reply_text)" "même numéro interne" "$number is kept for ever"
done
ask "/modules/actes/actes_transac_get_files_list.php?transaction=2"
assert_eq 2 "$(jq length "$REPLY")" "an act in error has its list"
sandbox_stop

# --- what it finds by itself ------------------------------------------------------------------------------------
sandbox_start --manual --classification-date 2024-01-10 --unregistered 999999999 --today 2024-02-01
number=0
judged() { # judged STATE [TEXT]: submits the archive begun and looks at what became of its first act
    number=$((number + 1))
    archive_end "SLO-TACT--$SIREN--20240201-$number.tar.gz"
    submit
    assert_eq OK "$(head -n 1 "$REPLY")" "$(reply_text)"
    local id
    id=$(sed -n 3p "$REPLY")
    sandbox_advance 4
    ask_status "$id"
    assert_eq "$1" "$STATUS" "$(reply_text)"
    [ $# -lt 2 ] || assert_contains "$(reply_text)" "$2"
}
archive_begin
ACT_CLASSIFICATION=2024-01-10
archive_act J1
judged 4
archive_begin
archive_act J2
judged -1 "Anomalie signalee par le MI : 002 - ODT-VERIF-01 : Votre acte a été transmis avec une date de classification qui n'est pas à jour"
flow
assert_contains "$(cat "$WORK/flow")" "<actes:ClassificationDateVersionEnCours>2024-01-10<"
archive_begin
MESSAGE="086-$SIREN-20240105-J3-DE-4365-DE_0.xml" ACT_CLASSIFICATION=2024-01-10
archive_act J3
judged -1 "Enveloppe rejetée par le MI (999 : ODT-VERIF-17 : "
archive_begin
MESSAGE="086-$SIREN-20240106-J4-DE-1-1_0.xml" ACT_CLASSIFICATION=2024-01-10
archive_act J4
judged -1 "ODT-VERIF-17"
# an operator that names files by the day it sends them was accepted (norm sheet § 3.2)
archive_begin
ACT_NAMED=2024-02-01 ACT_CLASSIFICATION=2024-01-10
archive_act J4B
judged 4 "IDActe=\"086-$SIREN-20240105-J4B-DE\""
archive_begin
ACT_COUNT=2 ACT_CLASSIFICATION=2024-01-10
archive_act J5
judged -1 "Anomalie signalee par le MI : 003"
archive_begin
ACT_CLASSIFICATION=2024-01-10
archive_act J6
echo >"$WORK/pack/99_DE-086-$SIREN-20240105-J6-DE-1-1_2.pdf"
MEMBERS+=("99_DE-086-$SIREN-20240105-J6-DE-1-1_2.pdf")
judged -1 "Enveloppe rejetée par le MI (100"
archive_begin
ACT_TYPE=99_AI ACT_CLASSIFICATION=2024-01-10
archive_act J7
judged -1 "Enveloppe invalide : la typologie 99_AI n'est pas autorisée pour la nature DE"
head -c 60 "$WORK/signed.pdf" 2>/dev/null || printf '%%PDF-1.4\ncut' >"$WORK/cut.pdf"
archive_begin
ACT_PDF="$WORK/cut.pdf" ACT_CLASSIFICATION=2024-01-10
archive_act J8
judged -1 "Enveloppe invalide : le fichier PDF 99_DE-086-$SIREN-20240105-J8-DE-1-1_1.pdf est corrompu"
archive_begin
ACT_COUNT=x ACT_CLASSIFICATION=2024-01-10
archive_act J9
judged -1 "Enveloppe invalide : 086-$SIREN-20240105-J9-DE-1-1_0.xml"
sandbox_stop

# an authority that the préfecture does not know
sandbox_start --manual --unregistered $SIREN --today 2024-02-01
archive_begin
archive_act K1
archive_act K2
judged -1 "Enveloppe rejetée par le MI (005 : SLO-TACT--$SIREN--20240201-$((number + 1)).tar.gz -> PREF-VERIF-02 : "
assert_eq "-1 -1" "$(sandbox_ledger '[.acts[].status] | join(" ")')" "the whole envelope"
sandbox_stop

# --- pace ----------------------------------------------------------------------------------------------------------
status_is() {
    ask_status 1
    [ "$STATUS" = "$1" ]
}
sandbox_start --immediate
deposit M1
ask_status 1
assert_eq 4 "$STATUS"
sandbox_stop
sandbox_start --delay 0.001
deposit M1
wait_until status_is 4
sandbox_stop
sandbox_start --manual
deposit M1
kill -USR1 "$SANDBOX_PID"
wait_until status_is 2
sandbox_stop
