#!/usr/bin/env bash
# What ctes makes, judged by programs that we did not write: tar, gzip, xmllint with the official
# schemas, openssl cms.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need xmllint openssl tar gzip file

official="${CTES_SHARED_DIR:-$CTES_SOURCE_DIR/../shared}/norm/schemas/actesv1_1.xsd"
[ -s "$official" ] || skip "the official schemas are not in $official"

sandbox_start --immediate
cli_config "$SANDBOX_URL"
set_key signature sign yes
set_key signature certificate "$PKI/signer.pem"
set_key signature key "$PKI/signer.key"
make_pdf "$WORK/acte.pdf"
make_pdf "$WORK/annexe.pdf" annexe
assert_exit 0 "$CTES" --config "$WORK/ctes.conf" send --numero 2022-0160 --date 2022-06-27 \
    --nature DE --matiere 7.10 --objet "L’œuvre & les <élus> – 5 000 € \"cinq mille\"" \
    --document "$WORK/acte.pdf" --annexe "99_DE:$WORK/annexe.pdf"
sandbox_stop

archive=$(find "$WORK" -name '*.tar.gz')
assert_eq 1 "$(printf '%s\n' "$archive" | wc -l)" "archives"
gzip -t "$archive" || fail "gzip refuses the archive"
assert_contains "$(gzip -dc "$archive" | file -)" "POSIX tar archive"
listing=$(tar -tvzf "$archive") || fail "tar refuses the archive"
assert_eq 4 "$(printf '%s\n' "$listing" | wc -l)" "members"
assert_eq 4 "$(printf '%s\n' "$listing" | grep -c '^-rw-r--r-- 0/0 ')" "mode and owner of members"
assert_not_contains "$(tar -tzf "$archive")" "/"
id=086-218601946-20220627-2022_0160-DE
day=$(TZ=Europe/Paris date +%Y%m%d)
assert_eq "TACT--218601946--$day-1.xml
$id-1-1_0.xml
99_DE-$id-1-1_1.pdf
99_DE-$id-1-1_2.pdf" "$(tar -tzf "$archive")" "names, in the norm's order"
assert_eq "SLO-TACT--218601946--$day-1.tar.gz" "$(basename "$archive")"

mkdir "$WORK/open"
tar -xzf "$archive" -C "$WORK/open"
cd "$WORK/open" || exit 1
cmp "$WORK/acte.pdf" "99_DE-$id-1-1_1.pdf" || fail "the document changed on its way"
for xml in *.xml; do
    assert_exit 0 xmllint --noout --nonet --schema "$official" "$xml"
    assert_contains "$(head -c 60 "$xml")" 'encoding="ISO-8859-1"'
    iconv -f ISO-8859-1 -t UTF-8 "$xml" >/dev/null || fail "$xml is not ISO-8859-1"
done
value() { xmllint --xpath "string(//*[local-name()='$2'])" "$1"; }
assert_eq "L'oeuvre & les <élus> - 5 000 EUR \"cinq mille\"" "$(value "$id-1-1_0.xml" Objet)"
assert_eq 1 "$(xmllint --xpath 'string(//@*[local-name()="Nombre"])' "$id-1-1_0.xml")"

# signatures: of the two documents in the message, of the message in the enveloppe
signature() { # FILE XPATH
    xmllint --xpath "string($2)" "$1" >"$WORK/signature.pem"
}
verify() { # CONTENT
    assert_exit 0 openssl cms -verify -binary -inform PEM -in "$WORK/signature.pem" -content "$1" \
        -CAfile "$PKI/ca.pem" -out /dev/null
    assert_exit 0 openssl cms -cmsout -print -inform PEM -in "$WORK/signature.pem" -noout
    assert_contains "$OUT" "id-smime-aa-signingCertificateV2"
}
signature "$id-1-1_0.xml" "//*[local-name()='Document']/*[local-name()='Signature']"
verify "99_DE-$id-1-1_1.pdf"
assert_exit 4 openssl cms -verify -binary -inform PEM -in "$WORK/signature.pem" \
    -content "99_DE-$id-1-1_2.pdf" -CAfile "$PKI/ca.pem" -out /dev/null # it is of that one file
signature "$id-1-1_0.xml" "//*[local-name()='Annexe']/*[local-name()='Signature']"
verify "99_DE-$id-1-1_2.pdf"
signature TACT--*.xml "//*[local-name()='Formulaire']/*[local-name()='Signature']"
verify "$id-1-1_0.xml"
