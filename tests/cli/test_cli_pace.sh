#!/bin/bash
# A batch keeps to what the operator asks of its clients, tries again what certainly did not arrive,
# and ends as it is asked to: every act is at the operator exactly once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl

# table FILE FIRST LAST: a table of acts P-FIRST … P-LAST of one document.
table() {
    local i
    echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_OBJET;ACTE_DOCUMENT' >"$1"
    for ((i = $2; i <= $3; i++)); do
        echo "P-$i;27/06/2022;7.10;Acte $i;a.pdf" >>"$1"
    done
}
acts_at_operator() { sandbox_ledger '.acts | length'; }
acts_are() { [ "$(acts_at_operator)" -ge "$1" ]; }
# each_once COUNT: the operator has so many acts, none of which was deposited again.
each_once() {
    assert_eq "$1" "$(acts_at_operator)" "acts at the operator"
    assert_eq "$1" "$(sandbox_ledger '[.acts[].number] | unique | length')" "numbers at the operator"
    assert_eq 0 "$(sandbox_ledger '.duplicates | length')" "blind deposits"
}
# batch FILE: in the background; BATCH is its process, "$WORK/batch.out" and .err what it says.
batch() { # not with "&", which makes a program ignore SIGINT
    exec {BATCH_FD}< <(exec "$CTES" --config "$CONF" --json batch "$1" \
        >"$WORK/batch.out" 2>"$WORK/batch.err" </dev/null)
    BATCH=$!
}
# batch_ends STATUS: it does, with this status; OUT is what it said.
batch_ends() {
    local status=0
    wait "$BATCH" || status=$?
    exec {BATCH_FD}<&-
    OUT=$(cat "$WORK/batch.out")
    assert_eq "$1" "$status" "exit status of the batch: $OUT $(cat "$WORK/batch.err")"
}
fault() {
    sandbox_curl "/sandbox/fault?spec=$1" --request POST --fail >/dev/null || fail "no fault $1"
}
answers() { # answers HTTP: how many requests were answered so
    sandbox_ledger "[.requests[] | select(.http == $1)] | length"
}
operator() { # operator [ARGS...]: starts it, on the ledger it had
    sandbox_start --delay 0 --ledger "$WORK/operator.db" --retry-after 1 --slow 0.2 "$@"
}
make_pdf "$WORK/a.pdf"
table "$WORK/first.csv" 1 5

# --- turned away, once after the act was kept: it comes back when asked to, and asks first ---
operator
cli_config "$SANDBOX_URL"
set_key operateur settle_after 1
fault 503@submit:2
fault 429@serial
fault 503-kept@submit
assert_exit 0 ctes --json batch "$WORK/first.csv"
assert_json '5 5 0 0' '.[-1].summary | [.total, .sent, .refused, .unsettled] | map(tostring) | join(" ")'
each_once 5
assert_eq "3 1" "$(answers 503) $(answers 429)"

# --- the operator is down when the batch begins ---
sandbox_stop
table "$WORK/second.csv" 6 8
set_key operateur tries 2
assert_exit 6 ctes --json batch "$WORK/second.csv"
assert_contains "$OUT" '"code":"net-connect"'
set_key operateur tries 20
batch "$WORK/second.csv"
operator --port "$SANDBOX_PORT"
batch_ends 0
each_once 8

# --- closed hours: today and tomorrow ---
set_key operateur closed_hours "$(LC_ALL=C date +%a), $(LC_ALL=C date -d tomorrow +%a)"
acte P-9
assert_exit 6 ctes --json send "${ACTE[@]}"
assert_json not-now '.[0].error.code'
assert_exit 6 french send "${ACTE[@]}"
open=$(date -d '2 days' +%d/%m/%Y)
assert_contains "$(plain "$ERR")" "les télétransmissions sont fermées jusqu'au $open 00:00."
assert_exit 6 ctes send "${ACTE[@]}" --wait=1
each_once 8
table "$WORK/third.csv" 9 16
batch "$WORK/third.csv"
registered() { ctes --json list 2>/dev/null | grep -q '"P-9"'; }
wait_until registered
kill -INT "$BATCH" # it waits for the hours
batch_ends 130
each_once 8
drop_key operateur closed_hours

# --- volume: the hour's attempts count, whoever made them ---
set_key operateur hourly_volume 1
assert_exit 6 ctes --json send "${ACTE[@]}"
assert_json not-now '.[0].error.code'
assert_contains "$OUT" '"volume: '
drop_key operateur hourly_volume

# --- interrupted once: what is under way is finished, nothing starts ---
set_key operateur in_flight 2
fault 'slow@submit:*'
batch "$WORK/third.csv"
wait_until acts_are 9
kill -INT "$BATCH"
batch_ends 130
done_ones=$(acts_at_operator)
[ "$done_ones" -lt 16 ] || fail "it went on to the end"
assert_json "$((done_ones - 8))" '[.[] | select(.result == "sent")] | length'
assert_json "$((done_ones - 8))" '.[] | select(.summary) | .summary.sent'
assert_json '8 true' '.[] | select(.summary) | .summary | [.total + .left, .left > 0] | map(tostring) | join(" ")'
assert_json interrupted '.[-1].error.code'
assert_exit 0 ctes --json list
assert_json "$done_ones" 'map(select(.state | IN("deposited", "waiting", "transmitted", "acknowledged"))) | length'
assert_json 0 'map(select(.state | IN("to-send", "unsettled"))) | length'

# --- interrupted twice: gone at once, and the next run finds out and completes ---
sandbox_stop
operator --port "$SANDBOX_PORT" --fault 'stall@submit:2'
table "$WORK/fourth.csv" 17 20
batch "$WORK/fourth.csv"
wait_until acts_are $((done_ones + 2))
kill -INT "$BATCH"
stopping() { kill -0 "$BATCH" 2>/dev/null && [ "$(ctes --json list | grep -c '"to-send"')" = 2 ]; }
wait_until stopping
kill -INT "$BATCH"
batch_ends 130
assert_exit 0 ctes --json list
assert_json 2 'map(select(.state == "to-send")) | length'
assert_exit 0 ctes --json batch "$WORK/fourth.csv"
assert_json '4 0 0' '.[-1].summary | [.total, .refused, .unsettled] | map(tostring) | join(" ")'
assert_exit 0 ctes --json batch "$WORK/third.csv"
each_once 20
sandbox_stop
