#!/bin/bash
# What is installed works where it lies, before the loader's cache knows its library, and is where the
# man pages say.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need cmake
unset LD_LIBRARY_PATH
DESTDIR="$WORK/root" cmake --install "$CTES_BUILD_DIR" >"$WORK/log" 2>&1 || fail "$(tail -n 5 "$WORK/log")"
where=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$CTES_BUILD_DIR/CMakeCache.txt")
prefix="$WORK/root$where"
assert_exit 0 "$prefix/bin/ctes" --version
assert_exit 0 "$prefix/bin/ctes-sandbox" --version
[ "$where" = /usr/local ] || exit 0 # the pages tell the usual place
for page in "$CTES_SOURCE_DIR"/src/man/*.[15] "$CTES_SOURCE_DIR"/src/man/fr/*.[15]; do
    for path in $(grep -oE '/usr(/local)?/share/[a-z/.]*[a-z]' "$page"); do
        [ -e "$prefix${path#/usr/local}" ] || fail "$page: nothing is installed as $path"
        ASSERTIONS=$((ASSERTIONS + 1))
    done
done
