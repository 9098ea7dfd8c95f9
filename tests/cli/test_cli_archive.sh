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
accord = Accord & <actes>
END

# --- an act that nobody acknowledged is no archive; nothing is left behind ---
assert_exit 6 ctes archive 2022-0160 2022-0161 --output "$WORK/versement"
assert_contains "$ERR" 2022-0161
[ -z "$(ls -d "$WORK"/versement* 2>/dev/null)" ] || fail "half a transfer was left: $(ls -d "$WORK"/versement*)"

# --- the originals are gone: the package has them ---
rm "$WORK/a.pdf"
assert_exit 0 ctes archive 2022-0160 --output "$WORK/versement"
cd "$WORK/versement" || exit 1
xmllint --noout --nonet --schema "$CTES_SOURCE_DIR/schemas/seda.xsd" manifest.xml ||
    fail "the manifest is not valid"
say() { xmllint --xpath "string($1)" manifest.xml; }
n() { printf '*[local-name()="%s"]' "$1"; }
assert_eq "Accord & <actes>" "$(say "//$(n ArchivalAgreement)")"
assert_eq AD086 "$(say "//$(n ArchivalAgency)/$(n Identifier)")"
assert_eq 218601946 "$(say "//$(n TransferringAgency)/$(n Identifier)")"
assert_eq "$id" "$(say "//$(n TransferringAgencyArchiveUnitIdentifier)")"
assert_eq "Délibération n° 2022-0160 du 27 juin 2022" "$(say "//$(n ArchiveUnit)/$(n Content)/$(n Title)")"
assert_eq 7.10 "$(say "//$(n KeywordReference)")"
assert_eq Keep "$(say "//$(n FinalAction)")"
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

# --- a period, with an act of it named too; JSON ---
assert_exit 0 ctes status --wait=60 --every=1 2022-0161
assert_exit 0 ctes --json archive 2022-0160 --from 2022-06-01 --to 2022-06-30 --output "$WORK/juin"
assert_json 2 '.[0].acts'
assert_eq 2 "$(xmllint --xpath "count(//$(n DescriptiveMetadata)/$(n ArchiveUnit))" juin/manifest.xml)"
assert_exit 2 ctes archive --from 2020-01-01 --to 2020-01-31 --output "$WORK/rien"
sandbox_stop
