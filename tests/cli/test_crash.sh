#!/usr/bin/env bash
# kill -9 at system calls chosen by a seeded generator, then run again: each act is at the préfecture
# exactly once, and the register agrees with the operator's own ledger.
# CTES_CRASH_POINTS and CTES_CRASH_SEED make the run longer or another one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl strace
points=${CTES_CRASH_POINTS:-25}
RANDOM=${CTES_CRASH_SEED:-2022}

# the calls by which something leaves the process: for the disk, for the operator
calls=openat,write,pwrite64,fdatasync,fsync,ftruncate,link,linkat,rename,renameat2,unlink,mkdir,sendto,sendmsg,writev
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # no leak check under a tracer

strace -qq -f -o /dev/null -e trace=none true 2>/dev/null || skip "strace may not trace here"
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
set_key operateur settle_after 1

# the calls of one undisturbed run, each as "NAME OCCURRENCE": strace counts each name by itself. The
# run before it makes the register, which the runs to be killed find made.
acte B-0
assert_exit 0 ctes send "${ACTE[@]}"
acte C-0
strace -qq -f -o "$WORK/calls" -e "trace=$calls" "$CTES" --config "$CONF" send "${ACTE[@]}" \
    >/dev/null 2>&1 </dev/null || fail "the undisturbed run failed"
mapfile -t points_of_a_run < <(awk '
    NR == 1 { main = $1 }
    $1 == main && match($2, /^[a-z0-9_]+\(/) { name = substr($2, 1, RLENGTH - 1); print name, ++seen[name] }
' "$WORK/calls")
total=${#points_of_a_run[@]}
[ "$total" -gt 50 ] || fail "only $total calls were seen"
settle C-0
assert_once C-0

killed=0
for ((i = 1; i <= points; i++)); do
    acte "C-$i"
    read -r name at <<<"${points_of_a_run[RANDOM % total]}"
    status=0
    { # the shell's own word on the killed process goes too
        strace -qq -f -o /dev/null -e "trace=$name" -e "inject=$name:signal=KILL:when=$at" \
            "$CTES" --config "$CONF" send "${ACTE[@]}" >/dev/null </dev/null || status=$?
    } 2>/dev/null
    [ "$status" -eq 137 ] && killed=$((killed + 1))
    settle "C-$i"
    assert_once "C-$i"
done
[ "$killed" -ge $((points / 2)) ] || fail "only $killed of $points runs were killed"
echo "$killed of $points runs killed, among $total calls (seed ${CTES_CRASH_SEED:-2022})"
sandbox_stop
