#!/bin/bash
# Acknowledged acts as a folder for an archiving service: a SEDA 2.1 manifest and the bytes that
# were sent, wherever their originals are by now.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl xmllint tar sha256sum
sandbox_start --delay 0
cli_config "$SANDBOX_URL"

acte 2022-0160
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
acte 2022-0161
assert_exit 0 ctes send "${ACTE[@]}"
id=$(ctes --json show 2022-0160 | jq -r .id_acte)

# --- the command line and the configuration ---
assert_exit 2 ctes archive
assert_exit 2 ctes archive 2022-0160
assert_exit 3 ctes archive 2022-0160 --output "$WORK/versement"
assert_contains "$ERR" "service_archives"
cat >>"$CONF" <<'END'
[archivage]
service_archives = AD086
regle_utilite = APP-00005
regle_acces = ACC-00002
accord = Accord & <actes>
profil = ACTES-2024
niveau_service = standard
mode_entree = Versement
END

# valid FOLDER: its manifest, by our schema and by the standard's own where it is at hand: the six
# files seda-2.1-*.xsd with xml.xsd and xlink.xsd, in CTES_SEDA_DIR or beside the ministry's.
official=${CTES_SEDA_DIR:-${CTES_SHARED_DIR:-/nowhere}/norm/schemas}
if [ -r "$official/seda-2.1-main.xsd" ]; then
    {
        echo '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        for name in 2001/xml.xsd 1999/xlink.xsd; do
            for kind in "system systemId" "uri name"; do
                echo "<$kind=\"http://www.w3.org/$name\" uri=\"file://$official/${name#*/}\"/>"
            done
        done
        echo '</catalog>'
    } >"$WORK/catalog.xml"
    export XML_CATALOG_FILES="$WORK/catalog.xml"
    echo "with the standard's schema: $official"
else
    official=
    echo "the standard's schema is not at hand: with schemas/seda.xsd alone"
fi
valid() {
    local schema
    for schema in "$CTES_SOURCE_DIR/schemas/seda.xsd" ${official:+"$official/seda-2.1-main.xsd"}; do
        xmllint --noout --nonet --schema "$schema" "$1/manifest.xml" 2>"$WORK/invalid" ||
            fail "$1, ${schema##*/}: $(head -3 "$WORK/invalid")"
    done
}

# --- an act that nobody acknowledged is no archive; nothing is left behind ---
assert_exit 6 ctes archive 2022-0160 2022-0161 --output "$WORK/versement"
assert_contains "$ERR" 2022-0161
[ -z "$(ls -d "$WORK"/versement* 2>/dev/null)" ] || fail "half a transfer was left: $(ls -d "$WORK"/versement*)"

# --- the originals are gone: the package has them ---
rm "$WORK/a.pdf"
assert_exit 0 ctes archive 2022-0160 --output "$WORK/versement"
valid "$WORK/versement"
cd "$WORK/versement" || exit 1
say() { xmllint --xpath "string($1)" manifest.xml; }
n() { printf '*[local-name()="%s"]' "$1"; }
assert_eq "Accord & <actes>" "$(say "//$(n ArchivalAgreement)")"
assert_eq AD086 "$(say "//$(n ArchivalAgency)/$(n Identifier)")"
assert_eq 218601946 "$(say "//$(n TransferringAgency)/$(n Identifier)")"
assert_eq "$id" "$(say "//$(n TransferringAgencyArchiveUnitIdentifier)")"
assert_eq "Délibération n° 2022-0160 du 27 juin 2022" "$(say "//$(n ArchiveUnit)/$(n Content)/$(n Title)")"
assert_eq 7.10 "$(say "//$(n KeywordReference)")"
assert_eq Keep "$(say "//$(n FinalAction)")"
assert_eq ACC-00002 "$(say "//$(n AccessRule)/$(n Rule)")"
assert_eq ACTES-2024 "$(say "//$(n ArchivalProfile)")"
assert_eq standard "$(say "//$(n ServiceLevel)")"
assert_eq Versement "$(say "//$(n AcquisitionInformation)")"
assert_eq "Public Archive" "$(say "//$(n LegalStatus)")"
assert_eq 218601946 "$(say "//$(n OriginatingAgencyIdentifier)")"
assert_eq "$(ctes --json show 2022-0160 | jq -r .reception)" "$(say "//$(n ReceivedDate)")"

# --- every file is there, and is what the manifest and the package say ---
count=$(xmllint --xpath "count(//$(n BinaryDataObject))" manifest.xml)
assert_eq "$count" "$(find content -type f | wc -l)" "files"
for i in $(seq "$count"); do
    object="//$(n BinaryDataObject)[$i]"
    echo "$(say "$object/$(n MessageDigest)")  $(say "$object/$(n Uri)")"
done >"$WORK/sums"
sha256sum --quiet -c "$WORK/sums" || fail "a file is not what the manifest says"
package=$(find "$WORK" -name "$(ctes --json show 2022-0160 | jq -r .archive)")
mkdir "$WORK/package" && tar -xzf "$package" -C "$WORK/package"
for file in content/*; do
    case $file in
    *-1-2_*) xmllint --xpath 'string(/*/@*[local-name()="IDActe"])' "$file" | grep -qx "$id" ||
        fail "$file is not the acknowledgement" ;;
    *) cmp "$file" "$WORK/package/${file#content/}" ;;
    esac
done
cd "$WORK" || exit 1

# --- never over what is there; a package that was touched is no evidence ---
assert_exit 2 ctes archive 2022-0160 --output "$WORK/versement"
printf x >>"$package"
assert_exit 4 ctes archive 2022-0160 --output "$WORK/again"
[ ! -e "$WORK/again" ] || fail "an archive was made of a spoilt package"
truncate -s -1 "$package"
cp "$package" "$WORK/whole"
cp -r "$WORK/package" "$WORK/touched" # its message says something else, and tar is content with it
sed -i 's/DocumentPapier>N</DocumentPapier>O</' "$WORK/touched/$id-1-1_0.xml"
tar -czf "$package" --format=ustar -C "$WORK/touched" $(tar -tzf "$WORK/whole")
assert_exit 4 ctes archive 2022-0160 --output "$WORK/again"
cp "$WORK/whole" "$package"

# --- a period, with an act of it named too; JSON ---
assert_exit 0 ctes status --wait=60 --every=1 2022-0161
assert_exit 0 ctes --json archive 2022-0160 --from 2022-06-01 --to 2022-06-30 --output "$WORK/juin/"
assert_json 2 '.[0].acts'
valid "$WORK/juin"
assert_eq 2 "$(xmllint --xpath "count(//$(n DescriptiveMetadata)/$(n ArchiveUnit))" juin/manifest.xml)"

# --- a budget with its deliberation and an image; nothing agreed on but the service ---
budget=$CTES_SOURCE_DIR/tests/golden/budget/totem.xml
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >"$WORK/plan.png"
acte 2022-0162 --nature BF --matiere 7.1 --document "$budget" --annexe 70_DE:"$WORK/a.pdf"
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
acte 2022-0163 --annexe "$WORK/plan.png" --objet 'Œuvre <d’art> & « à 12 € »'
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
sed -i '/^\[archivage\]/,$d' "$CONF"
printf '[archivage]\nservice_archives = AD086\nproducteur = FRAD086_1\ndetruire = yes\n' >>"$CONF"
assert_exit 0 ctes archive 2022-0162 2022-0163 --output "$WORK/pieces"
valid "$WORK/pieces"
cd "$WORK/pieces" || exit 1
assert_eq FRAD086_1 "$(say "//$(n OriginatingAgencyIdentifier)")"
assert_eq FRAD086_1 "$(say "//$(n OriginatingAgency)/$(n Identifier)")"
assert_eq 'Œuvre <d’art> & « à 12 € »' "$(say "//$(n ArchiveUnit)[2]/$(n Content)/$(n Description)")"
assert_eq 1 "$(xmllint --xpath "count(//$(n MimeType)[.='image/png'])" manifest.xml)"
cd "$WORK" || exit 1
assert_exit 2 ctes archive --from 2020-01-01 --to 2020-01-31 --output "$WORK/rien"
sandbox_stop
