#!/bin/bash
# Somebody else's program, built with what is installed alone, sends an act.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need cmake
need pkg-config
need cc
DESTDIR="$WORK/root" cmake --install "$CTES_BUILD_DIR" >"$WORK/log" 2>&1 || fail "$(tail -n 5 "$WORK/log")"
pc=$(find "$WORK/root" -name ctes.pc)
[ -n "$pc" ] || fail "no ctes.pc is installed"
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$WORK/root PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
export PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
read -ra flags < <(pkg-config --cflags --libs ctes)
sanitize=()
grep -q '^CTES_SANITIZE:BOOL=ON' "$CTES_BUILD_DIR/CMakeCache.txt" && sanitize=(-fsanitize=address,undefined)
schemas=$WORK/root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=schemasdir ctes)
libdir=$WORK/root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=libdir ctes)
build() { # STANDARD...: as its comment says
    cc "$@" -Wall -Wextra -Werror "${sanitize[@]}" -DSCHEMAS="\"$schemas\"" "$CTES_SOURCE_DIR/tests/library/send_one.c" \
        "${flags[@]}" -Wl,-rpath,"$libdir" -o "$WORK/send_one" 2>"$WORK/cc" || fail "$(head -n 20 "$WORK/cc")"
    ASSERTIONS=$((ASSERTIONS + 1))
}
build -std=gnu17

sandbox_start --delay 0
assert_exit 0 "$WORK/send_one" "$SANDBOX_URL" "$PKI" "$WORK/register.db" 2024-012 "$CTES_SOURCE_DIR/tests/golden/deliberation-2022-0160.pdf"
assert_contains "$OUT" "2024-012: "
assert_exit 0 "$WORK/send_one" "$SANDBOX_URL" "$PKI" "$WORK/register.db" 2024-012 "$CTES_SOURCE_DIR/tests/golden/deliberation-2022-0160.pdf"
assert_exit 1 "$WORK/send_one" "$SANDBOX_URL" "$PKI" "$WORK/register.db" 2024-013 "$WORK/missing.pdf"

# every header is one of its own, in C and in C++
for header in "$WORK/root"/usr/local/include/ctes/*.h; do
    [ -e "$header" ] || continue
    echo "#include <ctes/${header##*/}>" >"$WORK/one.c"
    cc -std=c17 -pedantic -Wall -Wextra -Werror "${flags[@]}" -fsyntax-only "$WORK/one.c" 2>"$WORK/cc" ||
        fail "$header: $(head -n 5 "$WORK/cc")"
    ASSERTIONS=$((ASSERTIONS + 1))
    command -v c++ >/dev/null || continue
    c++ -x c++ -std=c++17 -Wall -Wextra -Werror "${flags[@]}" -fsyntax-only "$WORK/one.c" 2>"$WORK/cc" ||
        fail "$header in C++: $(head -n 5 "$WORK/cc")"
    ASSERTIONS=$((ASSERTIONS + 1))
done
