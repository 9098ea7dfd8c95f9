#!/bin/bash
# The man pages, the completion and the sample know every option, key and JSON member.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq
cli_config
man="$CTES_SOURCE_DIR/src/man"
completion=$(cat "$CTES_SOURCE_DIR/src/completion/ctes.bash")

for page in "$man/ctes.1" "$man/fr/ctes.1"; do
    text=$(cat "$page")
    for command in send check batch resend status list show inbox reply refuse cancel classification \
        register archive stamp bordereau help; do
        assert_contains "$text" ".It Cm $command" "$page"
        assert_contains "$completion" "$command"
        assert_exit 0 "$CTES" help $command
        for option in $(printf '%s\n' "$OUT" | sed -n 's/^ .*--\([a-z-]*\).*/\1/p'); do
            grep -Eq "(Fl|Fl .*|,) -$option( |\$)" "$page" || fail "--$option is not in $page"
            assert_contains "$completion" "--$option"
        done
    done
    for status in 0 2 3 4 5 6 7 8 130; do
        assert_contains "$text" "
.It $status
" "$page"
    done
    for key in $(sed -n 's/.*cli_json_[a-z]*(\(object\|inner\), "\([a-z_0-9]*\)".*/\2/p' \
        "$CTES_SOURCE_DIR"/src/cli/*.c | sort -u); do
        grep -qw "$key" "$page" || fail "JSON key $key is not in $page"
    done
done
for page in "$man/ctes.1" "$man/fr/ctes.1"; do
    for column in $(sed -n 's/^ *X(CTES_COLUMN_[A-Z_]*, "\([A-Z_]*\)".*/\1/p' \
        "$CTES_SOURCE_DIR/src/document/manifest.h"); do
        grep -q "^\.It $column\$" "$page" || fail "column $column is not in $page"
    done
done
for page in "$man/ctes-sandbox.1" "$man/fr/ctes-sandbox.1"; do
    assert_exit 0 "$SANDBOX" --help
    for option in $(printf '%s\n' "$OUT" | sed -n 's/^  --\([a-z0-9-]*\).*/\1/p'); do
        grep -Eq "Fl -$option( |\$)" "$page" || fail "--$option is not in $page"
    done
done
for page in "$man/ctes.conf.5" "$man/fr/ctes.conf.5"; do
    for key in $(sed -n 's/^ *{ "\([a-z]*\)", "\([a-z0-9_]*\)", KEY_.*/\2/p' \
        "$CTES_SOURCE_DIR/src/cli/config_keys.c"); do
        grep -Eq "^\.It Cm (.* )?$key( |\$)" "$page" || fail "key $key is not in $page"
        grep -Eq "^#?$key = " "$CTES_SOURCE_DIR/src/cli/ctes.conf.example" ||
            fail "key $key is not in the sample"
    done
done
assert_contains "$completion" "anomalie-enveloppe"
bash -n "$CTES_SOURCE_DIR/src/completion/ctes.bash" || fail "completion"

if command -v mandoc >/dev/null 2>&1; then
    mandoc -Tlint -Wwarning "$man"/*.[15] >"$WORK/lint" || fail "$(cat "$WORK/lint")"
    # the first section of a French page is NOM
    mandoc -Tlint -Wwarning "$man"/fr/*.[15] |
        grep -v -e 'first section is not "NAME"' -e 'outside NAME' >"$WORK/lint"
    [ -s "$WORK/lint" ] && fail "$(cat "$WORK/lint")"
fi
# French sets a space before these signs, which a macro's last word takes away
if command -v man >/dev/null 2>&1; then
    for page in "$man"/fr/*.[15]; do
        glued=$(LC_ALL=C.UTF-8 MANWIDTH=200 man -l "$page" 2>/dev/null | grep -nE '[[:alnum:])](;|:|\?)( |$)' || true)
        assert_eq "" "$glued" "$page"
    done
fi
if command -v systemd-analyze >/dev/null 2>&1; then
    for timer in "$CTES_SOURCE_DIR"/src/systemd/*.timer; do
        when=$(sed -n 's/^OnCalendar=//p' "$timer")
        systemd-analyze calendar "$when" >/dev/null || fail "$timer: $when"
    done
    for unit in ctes-batch ctes-status; do
        sed "s|@CMAKE_INSTALL_FULL_BINDIR@/ctes|$CTES|; /^Documentation=/d" \
            "$CTES_SOURCE_DIR/src/systemd/$unit.service.in" >"$WORK/$unit.service"
        assert_exit 0 systemd-analyze verify "$WORK/$unit.service"
        assert_not_contains "$ERR" "$unit.service:" "what systemd does not understand"
    done
fi
ASSERTIONS=$((ASSERTIONS + 1))
