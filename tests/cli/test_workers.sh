#!/usr/bin/env bash
# Several workers on one register, killed at system calls chosen by a seeded generator, then started
# again: each act is at the préfecture exactly once, and the register agrees with the operator's own
# ledger. CTES_CRASH_ROUNDS and CTES_CRASH_SEED make the run longer or another one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl strace sqlite3
rounds=${CTES_CRASH_ROUNDS:-3}
RANDOM=${CTES_CRASH_SEED:-2022}
names=(openat write pwrite64 fdatasync sendto sendmsg writev rename)
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # no leak check under a tracer

strace -qq -f -o /dev/null -e trace=none true 2>/dev/null || skip "strace may not trace here"
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
set_key operateur settle_after 1

# worker [NAME OCCURRENCE]: a batch over the folder, killed at that call if it comes to it.
worker() {
    local inject=()
    [ $# -eq 0 ] || inject=(-e "inject=$1:signal=KILL:when=$2")
    strace -qq -f -o /dev/null -e "trace=${1:-none}" "${inject[@]}" \
        "$CTES" --config "$CONF" batch "$WORK/acts" >/dev/null 2>&1 </dev/null
}

# count_rows TABLE: in the register itself.
count_rows() {
    if [ -n "${CTES_TEST_LEDGER-}" ]; then
        psql -Atqd "$CTES_TEST_LEDGER" -c "SELECT count(*) FROM ctes.$1"
    else
        sqlite3 "$WORK/register.db" "SELECT count(*) FROM $1"
    fi
}

killed=0
make_pdf "$WORK/a.pdf"
for workers in 2 4; do
    numbers=()
    rm -rf "$WORK/acts"
    mkdir "$WORK/acts"
    echo "DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_OBJET,ACTE_DOCUMENT" \
        >"$WORK/acts/manifest.csv"
    for ((i = 1; i <= 6; i++)); do
        numbers+=("W$workers-$i")
        echo "W$workers-$i,2022-06-27,7.10,Essai,$WORK/a.pdf" >>"$WORK/acts/manifest.csv"
    done
    for ((round = 0; round < rounds; round++)); do
        pids=()
        for ((w = 0; w < workers; w++)); do
            { worker "${names[RANDOM % ${#names[@]}]}" $((1 + RANDOM % 25)); } 2>/dev/null &
            pids+=($!)
        done
        for pid in "${pids[@]}"; do
            status=0
            { wait "$pid" || status=$?; } 2>/dev/null
            [ "$status" -ne 137 ] || killed=$((killed + 1))
        done
    done
    for number in "${numbers[@]}"; do # what is left, as the next night finds it
        acte "$number" --objet Essai
        settle "$number"
        assert_once "$number"
    done
done
assert_eq 0 "$(count_rows bail)" "leases left"
assert_eq 12 "$(count_rows acte)" "acts in the register"
assert_eq 12 "$(sandbox_ledger '.acts | length')" "acts at the operator"
[ "$killed" -ge "$rounds" ] || fail "only $killed workers were killed"
echo "$killed workers killed (seed ${CTES_CRASH_SEED:-2022})"
sandbox_stop
