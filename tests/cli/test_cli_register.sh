#!/bin/bash
# The register is copied elsewhere and work goes on there; no password is ever shown.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
register=${CTES_TEST_LEDGER:-$WORK/register.db}
copy=$WORK/copy/register.db

# --- the command line ---
for words in "" "copy" "copy a" "copy a b c" "move a b"; do
    # shellcheck disable=SC2086 # words are words
    assert_exit 2 ctes register $words
done
assert_exit 8 ctes register copy "$WORK/none.db" "$copy"
assert_contains "$ERR" "it does not exist yet"
[ ! -e "$copy" ] || fail "a copy of nothing was made"

# --- there and back ---
acte 2022-0160
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
acte 2022-0161
assert_exit 0 ctes send "${ACTE[@]}"
assert_exit 0 ctes --json show 2022-0160
before=$OUT
assert_exit 0 ctes --json register copy "$register" "$copy"
assert_json 16 length
assert_json 2 '.[] | select(.table == "acte").rows'
assert_exit 8 ctes register copy "$register" "$copy"
assert_contains "$ERR" "already holds something"
assert_exit 0 ctes --quiet register copy "$copy" "$WORK/again.db"
assert_eq "" "$OUT$ERR"

# --- work goes on in the copy; the packages are where the configuration says ---
set_key chemins register "$copy"
set_key chemins archives "$WORK/packages"
assert_exit 0 ctes --json show 2022-0160
assert_eq "$before" "$OUT" "the act in the copy"
assert_exit 0 ctes --json send "${ACTE[@]}"
assert_json already '.[0].result'
assert_exit 0 ctes status --wait=60 --every=1 2022-0161
acte 2022-0162
assert_exit 0 ctes send "${ACTE[@]}"
archive=$(ctes --json show 2022-0162 | jq -r .archive)
assert_file "$WORK/packages/archives/218601946/$(date +%Y-%m-%d)/$archive"
assert_eq 3 "$(sandbox_ledger '.acts | length')" "acts at the operator"

# --- by default, a database keeps its packages where this user keeps things (root: /var/lib) ---
if [ -n "${CTES_TEST_LEDGER-}" ] && [ "$(id -u)" -ne 0 ]; then
    set_key chemins register "$CTES_TEST_LEDGER"
    drop_key chemins archives
    acte 2022-0163
    assert_exit 0 ctes send "${ACTE[@]}"
    archive=$(ctes --json show 2022-0163 | jq -r .archive)
    assert_file "$HOME/.local/state/ctes/archives/218601946/$(date +%Y-%m-%d)/$archive"
fi

# --- no password is shown, wherever the URL is wrong ---
for url in "postgresql://u:s3cret@/b?host=$WORK" "postgresql://u:s3@cret@h/b" \
    "postgresql://u:s3cret%zz@h/b" "postgresql://u:s3/cret@h/b"; do
    set_key chemins register "${url//&/\\&}"
    for command in "-vv list" "--json -vv status"; do
        # shellcheck disable=SC2086
        assert_exit 8 ctes $command
        assert_not_contains "$OUT$ERR" s3
    done
    # an argument is seen by other users, so it is not taken; nor a file that they read
    for pair in "$url $WORK/other.db" "$copy $url"; do
        # shellcheck disable=SC2086
        assert_exit 2 ctes -vv register copy $pair
        assert_contains "$ERR" .pgpass
        assert_not_contains "$OUT$ERR" s3
    done
    chmod 604 "$CONF"
    assert_exit 3 ctes -vv list
    assert_contains "$ERR" .pgpass
    assert_not_contains "$OUT$ERR" s3
    chmod 600 "$CONF"
done
assert_exit 2 ctes register copy "postgresql:///b?password=x" "$copy"
for url in "postgresql://u@h:1/b?host=$WORK/none" "postgresql://h:1/b?host=$WORK/none&user=u@x"; do
    assert_exit 8 ctes register copy "$url" "$WORK/other.db"
done
sandbox_stop
