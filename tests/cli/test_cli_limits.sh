#!/bin/bash
# A disk that is full, a second ctes at the same time, secrets: nothing lost, nothing told.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl sqlite3

# --- the disk is full: of the package, then of the register; the next run sends the act once ---
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
{
    printf '\x89PNG\r\n\x1a\n'
    head -c 3000000 /dev/urandom
} >"$WORK/plan.png"
acte 2022-0600 --annexe "$WORK/plan.png"
full() { # full BLOCKS: with files of at most that many kB
    assert_exit 8 bash -c 'ulimit -f "$1"; trap "" XFSZ; shift; exec "$@"' limit "$1" \
        "$CTES" --config "$CONF" --json send "${ACTE[@]}"
    assert_json disk-full '.[0].error.code'
    assert_eq 0 "$(sandbox_ledger '.acts | length')" "sent from a full disk"
}
full 1000 # the package does not fit
assert_eq prepared "$(ctes --json show 2022-0600 | jq -r .state)"
assert_eq "" "$(find "$WORK/archives" -type f)" "half a package"
assert_exit 0 ctes send "${ACTE[@]}"
assert_eq 1 "$(sandbox_ledger '.acts | length')"
# a register that cannot be made
set_key chemins register small/register.db
assert_exit 8 bash -c 'ulimit -f 8; trap "" XFSZ; shift; exec "$@"' limit limit \
    "$CTES" --config "$CONF" --json send "${ACTE[@]}"
assert_json disk-full '.[0].error.code'
assert_eq "" "$(find "$WORK/small" -name 'register.db*')" "half a register"
cli_config "$SANDBOX_URL"

# --- two at a time: one sends, the other says that the first is at it, or that it is done ---
acte 2022-0601
exec 3< <(exec "$CTES" --config "$CONF" --json send "${ACTE[@]}" 2>"$WORK/first.err")
first=$!
second=0
"$CTES" --config "$CONF" --json send "${ACTE[@]}" >"$WORK/second.out" 2>"$WORK/second.err" || second=$?
status=0
wait $first || status=$?
exec 3<&-
case "$status $second" in
"0 0" | "0 6" | "6 0") ;;
*) fail "two at a time: $status $second: $(cat "$WORK/first.err" "$WORK/second.out" "$WORK/second.err")" ;;
esac
assert_eq 1 "$(sandbox_ledger '[.acts[] | select(.number == "2022_0601")] | length')"
assert_eq 0 "$(sandbox_ledger '.duplicates | length')" "blind deposits"

# --- an act the register has forgotten (restored from an old copy) is not sent a second time ---
set_key chemins register restored/register.db
assert_exit 5 ctes --json send "${ACTE[@]}"
assert_json operator-twin '.[0].error.code'
assert_json null '.[0].proposed'
assert_exit 5 french send "${ACTE[@]}"
assert_contains "$ERR" "ctes resend"
assert_exit 5 ctes --json resend 2022-0601 --suffix
assert_exit 0 ctes --json status 2022-0601
assert_json acknowledged '.[0].state'
assert_eq 1 "$(sandbox_ledger '[.acts[] | select(.number | startswith("2022_0601"))] | length')"
cli_config "$SANDBOX_URL"

# --- an act rehearsed here is not taken for sent elsewhere ---
set_key operateur url "https://127.0.0.2:$SANDBOX_PORT"
assert_exit 5 ctes --json send "${ACTE[@]}"
assert_json operator-other '.[0].error.code'
set_key operateur former_url "$SANDBOX_URL"
assert_exit 0 ctes --json send "${ACTE[@]}"
assert_json already '.[0].result'
cli_config "$SANDBOX_URL"

# --- an account is a login and a password ---
set_key autorite login mairie
assert_exit 3 ctes --json status 2022-0601
assert_json config-invalid '.[0].error.code'
assert_contains "$OUT" password_file
printf 'correct-horse-battery\n' >"$WORK/password" && chmod 600 "$WORK/password"
set_key autorite password_file "$WORK/password"
ctes -v -v send "${ACTE[@]}" >"$WORK/out" 2>&1 </dev/null
ctes -v -v status 2022-0601 >>"$WORK/out" 2>&1 </dev/null
sqlite3 "$WORK/register.db" .dump >>"$WORK/out"
for secret in correct-horse-battery "$(printf 'mairie:correct-horse-battery' | base64)" "PRIVATE KEY"; do
    assert_eq 0 "$(cat "$WORK/out" "$WORK"/register.db* | grep -a -c -F -e "$secret")" "a secret was told"
done
sandbox_stop
