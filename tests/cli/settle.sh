# What every test of lost replies and crashes ends with: sourced after cli.sh.

# settle NUMBER: asks, waits and sends again as a nightly run would, until the act needs nothing more.
# Fails if that takes more than eight rounds.
settle() {
    local round state
    for ((round = 0; round < 8; round++)); do
        ctes status "$1" --wait=20 --every=1 >"$WORK/settle.out" 2>"$WORK/settle.err" </dev/null
        state=$(state_of "$1")
        case $state in
        acknowledged) return 0 ;;
        prepared | refused | '') ctes send "${ACTE[@]}" >"$WORK/settle.out" 2>"$WORK/settle.err" </dev/null ;;
        esac
    done
    fail "$1 is still '$state': $(cat "$WORK/settle.out" "$WORK/settle.err")"
}

# state_of NUMBER: its state in the register, '' when it is not there.
state_of() {
    ctes show "$1" --json 2>/dev/null </dev/null | jq -r '.state // empty'
}

# assert_once NUMBER: the operator holds the act exactly once, nobody tried to deposit it twice, and the
# register tells the same as the operator's own ledger.
assert_once() {
    local number=$1 interne ledger
    interne=${number//-/_}
    ledger=$(sandbox_ledger "[.acts[] | select(.number == \"$interne\")]") || fail "no ledger"
    assert_eq 1 "$(jq length <<<"$ledger")" "$number at the operator"
    assert_eq 0 "$(sandbox_ledger "[.duplicates[] | select(.number == \"$interne\")] | length")" \
        "blind deposits of $number"
    assert_eq "$(jq '.[0].id' <<<"$ledger")" \
        "$(ctes show "$number" --json | jq .transaction)" "identifier of $number"
    assert_eq acknowledged "$(state_of "$number")" "state of $number"
}
