#!/usr/bin/env bash
# The schemas as another program sees them: xmllint must take our documents and refuse the spoilt
# ones, with our schema and, where it is at hand, with the ministry's.
set -u
command -v xmllint > /dev/null || { echo "skipped: xmllint is not installed"; exit 77; }
golden=$CTES_SOURCE_DIR/tests/golden/xml
official=$CTES_SHARED_DIR/norm/schemas/actesv1_1.xsd
failures=0 checked=0

# check SCHEMA EXPECTED FILE: 0 is valid, 3 is invalid
check() {
  xmllint --noout --nonet --schema "$1" "$3" > /dev/null 2>&1
  local status=$?
  checked=$((checked + 1))
  if [ "$status" -ne "$2" ]; then
    echo "${1##*/}: ${3#"$golden"/}: exit status $status, expected $2"
    failures=$((failures + 1))
  fi
}

for schema in "$CTES_SOURCE_DIR/schemas/actes.xsd" "$official"; do
  [ -r "$schema" ] || { echo "not at hand: $schema"; continue; }
  for file in "$golden"/{messages,fragments,valid}/*.xml; do check "$schema" 0 "$file"; done
  for file in "$golden"/invalid/*.xml; do check "$schema" 3 "$file"; done
done
echo "$checked documents checked, $failures wrong"
[ "$failures" -eq 0 ] && [ "$checked" -ge 49 ]
