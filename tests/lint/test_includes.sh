#!/usr/bin/env bash
# Modules include downwards only; siblings never include one another; one third-party library has
# one module. Every header compiles alone.
set -u
cd "$CTES_SOURCE_DIR" || exit 1
flags=$(pkg-config --cflags libxml-2.0 libcurl openssl gnutls libpq gmime-3.0 pangocairo libqpdf)
failures=0
fail() { printf '%s\n' "$*"; failures=$((failures + 1)); }

declare -A below=(
    [base]="" [norm]="base" [xml]="base norm" [sign]="base" [pack]="base" [net]="base" [mail]="base"
    [ledger]="base norm" [document]="base norm" [paper]="base norm" [operator]="base norm net"
    [workflow]="base norm xml sign pack net mail ledger document paper operator"
    [cli]="" [sandbox]="base norm xml sign pack"
)
for module in "${!below[@]}"; do
    while IFS=: read -r file line included; do
        target=${included%%/*}
        case " $module ${below[$module]} " in
        *" $target "*) ;;
        *) fail "$file:$line: $module includes $included" ;;
        esac
    done < <(grep -rnoP '^#include "\K[^"]+' "src/$module" --include='*.[ch]')
done

declare -A library_of=(
    [libxml/]=xml [openssl/]=sign [archive]=pack [zlib.h]=pack [curl/]=net [sqlite3.h]="ledger sandbox"
    [libpq-fe.h]=ledger [gmime/]=mail [cairo]=paper [pango/]=paper [qpdf/]=paper
    [csv.h]=document [jansson.h]="operator cli sandbox" [ini.h]="cli sandbox" [microhttpd.h]=sandbox
    [gnutls/]=sandbox ["uni(conv|ctype|norm|str|case)"]="base norm"
)
for library in "${!library_of[@]}"; do
    while IFS=: read -r file line _; do
        module=${file#src/}
        module=${module%%/*}
        case " ${library_of[$library]} " in
        *" $module "*) ;;
        *) fail "$file:$line: $library belongs to ${library_of[$library]}" ;;
        esac
    done < <(grep -rnE "^#include <$library" src --include='*.[ch]')
done

for header in include/ctes/*.h; do
    grep -nE '^#include "' "$header" && fail "$header: a public header includes private ones"
    gcc -std=c17 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -x c "$header" ||
        fail "$header: does not compile alone"
    g++ -fsyntax-only -Iinclude -x c++ "$header" 2>/dev/null || ! command -v g++ >/dev/null ||
        fail "$header: not for C++"
done
for header in src/*/*.h; do
    gcc -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -Isrc $flags -fsyntax-only -x c "$header" ||
        fail "$header: does not compile alone"
done

[ "$failures" -eq 0 ] && echo "includes point downwards, headers stand alone"
exit $((failures > 0))
