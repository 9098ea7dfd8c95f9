#!/usr/bin/env bash
# Sizes, banned functions, marks of unfinished work, the top level, keys in the tree.
set -u
cd "$CTES_SOURCE_DIR" || exit 1
failures=0
fail() { printf '%s\n' "$*"; failures=$((failures + 1)); }
# the clone may belong to another account than the one that tests it
files() { git -c safe.directory='*' ls-files "$@"; }

if [ -z "$(files run 2>/dev/null)" ]; then
    echo "skipped: not in a clone of the repository (or no git)"
    exit 77
fi

while read -r file; do
    lines=$(wc -l <"$file")
    case $file in *.h) limit=320 ;; *) limit=600 ;; esac
    [ "$lines" -le "$limit" ] || fail "$file: $lines lines, $limit at most"
done < <(files 'src/*.c' 'src/*.h' 'include/*.h')

# a function: from its line in the first column to the next "}" there; a table is none
long=$(files 'src/*.c' | xargs awk '
    /^[a-zA-Z]/ { start = FNR; table = !/\(/ }
    /^}/ { if (!table && FNR - start > 80) print FILENAME ":" start ": function of " FNR - start " lines" }')
[ -z "$long" ] || fail "$long"

banned='\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|system|popen|alloca|tmpnam|mktemp)\('
files 'src/*.c' 'src/*.h' | xargs grep -nE "$banned" && fail "banned functions"
files 'src/*' 'include/*' | xargs grep -nE 'CURLOPT_SSL_VERIFY(PEER|HOST), *0|XML_PARSE_(HUGE|NOENT|DTDLOAD)' &&
    fail "a check switched off"
files src include certs schemas run | xargs grep -nIE '\b(TODO|FIXME|HACK)\b' &&
    fail "marks of unfinished work"
files . | xargs grep -lI -e '^-----BEGIN .*PRIVATE KEY' && fail "private keys in the tree"
files . | cut -d/ -f1 | sort -u |
    grep -vE '^(src|include|certs|schemas|tests|CMakeLists\.txt|README\.md|run|LICENSE|CHANGELOG\.md|\..*)$' &&
    fail "beside the agreed top level"

[ "$failures" -eq 0 ] && echo "sizes, functions and top level as agreed"
exit $((failures > 0))
