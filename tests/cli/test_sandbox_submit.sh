#!/bin/bash
# Depositing a ready-made archive: names, envelope, all or nothing, the trap of a name used again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/archive.sh"
need curl jq xxd iconv tar openssl

said() {
    assert_eq "KO
$1" "$(reply_text)"
}
IMPORT="Erreur d&#039;importation de l&#039;enveloppe :
"
ACT="Erreur d&#039;importation transaction : "
sandbox_start --manual

archive_begin
archive_act S1
archive_act S2
archive_end "SLO-TACT--$SIREN--20240201-1.tar.gz"
submit
assert_bytes "4f4b0a 320a 310a 320a 0a" "$REPLY" "count, then one id a line, then an empty line"
ask "/modules/actes/actes_transac_get_status.php?unique_id=086-$SIREN-20240105-S2-DE-1-1"
assert_bytes "4f4b0a310a" "$REPLY"

# the server's mailbox is written into the envelope, first
sandbox_curl "/modules/actes/actes_download_file.php?env=1" |
    tar xzOf - "TACT--$SIREN--20240201-1.xml" >"$WORK/envelope"
assert_contains "$(tr -d '\n ' <"$WORK/envelope")" \
    '<actes:AdressesRetour><actes:Email>retour-actes@tdt.example.org</actes:Email><actes:Email>actes@commune.test<'

# only the last transaction of an envelope is queued: the others lag
sandbox_advance 1
assert_eq "1 2" "$(sandbox_ledger '[.acts[].status] | join(" ")')"
sandbox_advance 3
assert_eq "4 4" "$(sandbox_ledger '[.acts[].status] | join(" ")')"

# names
for bad in "XXX-TACT" "slo-TACT" "SLO-EACT"; do
    cp "$ARCHIVE" "$WORK/$bad--$SIREN--20240201-2.tar.gz"
    submit "$WORK/$bad--$SIREN--20240201-2.tar.gz"
    assert_contains "$(reply_text)" "L&#039;archive n&#039;a pas un nom valide : Le "
done
assert_contains "$(reply_text)" "Le quadrigramme trouvé (EACT) ne correspond pas au quadrigramme attendu (TACT)"
echo nothing >"$WORK/SLO-TACT--$SIREN--20240201-2.tar.gz"
submit "$WORK/SLO-TACT--$SIREN--20240201-2.tar.gz"
said "${IMPORT}Mauvais format de l&#039;archive (.tar.gz requis)."
ask "/modules/actes/actes_transac_submit.php?api=1" --form api=1
said "Pas de fichier archive spécifié."
: >"$WORK/SLO-empty.tar.gz"
submit "$WORK/SLO-empty.tar.gz"
said "Envoi de fichier incorrect."

# an archive whose name is not its envelope's
archive_begin
archive_act S3
archive_end "SLO-TACT--$SIREN--20240201-3.tar.gz"
cp "$ARCHIVE" "$WORK/SLO-TACT--$SIREN--20240201-4.tar.gz"
submit "$WORK/SLO-TACT--$SIREN--20240201-4.tar.gz"
said "${IMPORT}Impossible de trouver le fichier XML enveloppe correspondant à l&#039;archive."

# the envelope must be the account's
n=5
for setting in ENV_SIREN=213400172 ENV_DEP=034 ENV_ARR=1 ENV_NATURE=44; do
    archive_begin
    eval "$setting"
    archive_act S3
    archive_end "SLO-TACT--$SIREN--20240201-$n.tar.gz"
    submit
    assert_contains "$(reply_text)" "Abandon."
    n=$((n + 1))
done
archive_begin
ENV_ADDRESS=
archive_act S3
archive_end "SLO-TACT--$SIREN--20240201-$n.tar.gz"
submit
assert_contains "$(reply_text)" "AdressesRetour"

# all or nothing: the second act is a duplicate, the first is not kept either
archive_begin
archive_act S3
archive_act S1
archive_end "SLO-TACT--$SIREN--20240201-20.tar.gz"
submit
said "${ACT}Un numéro interne d&#039;acte entre en conflit avec un acte existant dans la base de données."
assert_eq 2 "$(sandbox_ledger '.acts | length')"
assert_eq "S1 submit" "$(sandbox_ledger '.duplicates[0] | "\(.number) \(.mode)"')"
archive_begin
archive_act S4
ACT_DATE=2024-01-06
archive_act S4
archive_end "SLO-TACT--$SIREN--20240201-21.tar.gz"
submit
assert_contains "$(reply_text)" "entre en conflit"
archive_begin
archive_act S4
MEMBERS=("${MEMBERS[0]}")
archive_end "SLO-TACT--$SIREN--20240201-22.tar.gz"
submit
assert_contains "$(reply_text)" "${ACT}Fichier absent de l&#039;archive : 99_DE-086-$SIREN-20240105-S4-DE-1-1_1.pdf"
archive_begin
archive_act s4
archive_end "SLO-TACT--$SIREN--20240201-23.tar.gz"
submit
said "${ACT}Le numéro n&#039;est pas correct"

# a name used again: the stored archive is overwritten, then deleted by the refusal
sandbox_curl "/modules/actes/actes_download_file.php?env=1" --output "$WORK/kept" --fail
archive_begin
archive_act S1
archive_end "SLO-TACT--$SIREN--20240201-1.tar.gz"
submit
assert_contains "$(reply_text)" "entre en conflit"
ask "/modules/actes/actes_download_file.php?env=1"
assert_eq 302 "$HTTP" "the archive of the first deposit is gone"
archive_begin
archive_act S5
archive_end "SLO-TACT--$SIREN--20240201-30.tar.gz"
submit
assert_bytes "4f4b0a310a330a0a" "$REPLY"
submit
assert_contains "$(reply_text)" "entre en conflit"
sandbox_advance 1
ask_status 3
assert_eq -1 "$STATUS" "what was not sent yet cannot be sent any more"

# members that would leave their folder, links
archive_begin
archive_act S6
archive_end "SLO-TACT--$SIREN--20240201-31.tar.gz"
(cd "$WORK/pack" && ln -s /etc/passwd link && tar --format=ustar -czf "$ARCHIVE" ./*)
submit
said "${IMPORT}Mauvais format de l&#039;archive (.tar.gz requis)."

# signatures: the document's is verified at once, PEM only
archive_begin
archive_act S7
pdf="$WORK/pack/99_DE-086-$SIREN-20240105-S7-DE-1-1_1.pdf"
cp "$pdf" "$WORK/signed.pdf"
for tool in cms smime; do
    openssl $tool -sign -binary -in "$WORK/signed.pdf" -signer "$PKI/signer.pem" \
        -inkey "$PKI/signer.key" -outform PEM -out "$WORK/$tool.pem" 2>/dev/null || fail "openssl $tool"
done
mv "$WORK/smime.pem" "$WORK/sig.pem"
openssl pkcs7 -in "$WORK/sig.pem" -print_certs -noout >/dev/null || fail "what S2LOW runs reads this one"
openssl pkcs7 -in "$WORK/cms.pem" -print_certs -noout 2>/dev/null && fail "but not this one"
archive_begin
ACT_PDF="$WORK/signed.pdf"
archive_act S7 "$WORK/cms.pem"
archive_end "SLO-TACT--$SIREN--20240201-39.tar.gz"
submit
assert_contains "$(reply_text)" "${ACT}La signature du fichier n&#039;est pas valide"
archive_begin
ACT_PDF="$WORK/signed.pdf"
archive_act S7 "$WORK/sig.pem"
archive_end "SLO-TACT--$SIREN--20240201-40.tar.gz"
submit
assert_bytes "4f4b0a310a340a0a" "$REPLY"
sandbox_advance 3
ask_status 4
assert_eq 4 "$STATUS" "signed, verified by the préfecture too"
archive_begin
archive_act S8 "$WORK/sig.pem"
archive_end "SLO-TACT--$SIREN--20240201-41.tar.gz"
submit
assert_contains "$(reply_text)" "${ACT}La signature du fichier n&#039;est pas valide"

# an address that is there already is not written twice (norm sheet § 5.3)
archive_begin
ENV_ADDRESS='retour-actes@tdt.example.org</actes:Email><actes:Email>actes@commune.test</actes:Email><actes:Email>actes@commune.test'
archive_act S9
archive_end "SLO-TACT--$SIREN--20240201-42.tar.gz"
submit
assert_contains "$(reply_text)" "OK
1"
sandbox_curl "/modules/actes/actes_download_file.php?env=4" |
    tar xzOf - "TACT--$SIREN--20240201-42.xml" >"$WORK/envelope"
assert_eq "retour-actes@tdt.example.org actes@commune.test" \
    "$(grep -o '[A-Za-z-]*@[a-z.]*' "$WORK/envelope" | paste -sd ' ')"
sandbox_stop

# rights, and the generations without it
printf '[a]\ncertificate = %s/client.pem\nperm = CS\n' "$PKI" >"$WORK/accounts.ini"
sandbox_start --accounts "$WORK/accounts.ini"
submit
said "Accès refusé"
sandbox_stop
sandbox_start --submit off
submit
assert_contains "$(reply_text)" "KO
Cette fonctionnalité est déprécié."
sandbox_stop
sandbox_start --generation 6
submit
assert_eq 404 "$HTTP"
sandbox_stop
