#!/usr/bin/env bash
# A batch whose disk is full, from a byte chosen by a seeded generator on, for its register, its archives, or
# both; whose report goes to a full disk; whose register may not be written. What was not recorded is not
# sent, what was sent is settled, and with room again each act gets there exactly once.
#
# CTES_DISK_POINTS (8) full disks, CTES_CRASH_SEED (2022).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/crash.sh"
need jq curl sqlite3 sha256sum
points=${CTES_DISK_POINTS:-8}
seed=${CTES_CRASH_SEED:-2022}
sandbox_for_nights
RANDOM=$seed

# --- full from a byte on, in the middle of a write: three times, each with a little more room ---
full=0
midway=0
for ((i = 1; i <= points; i++)); do
    night "D-$i"
    class=register most=500000
    [ $((i % 3)) -eq 0 ] && class=archive most=150000
    for ((j = 0; j < 3; j++)); do
        strike "CTES_TRIP_FULL=$class:$(((RANDOM * 32768 + RANDOM) % most + 1))"
        look
        [ "$STATUS" -eq 8 ] || continue
        full=$((full + 1))
        case $STAGES in
        "$NIGHT_ACTS "*) ;; # nothing had begun
        *) midway=$((midway + 1)) ;;
        esac
    done
    finish
    assert_night
done
echo "$full of $((points * 3)) runs met a full disk, $midway of them with acts on their way (seed $seed)"
[ "$full" -ge "$points" ] && [ "$midway" -ge $((points / 2)) ] || fail "the disk was hardly full"

# --- what it says has no room: the acts are sent all the same ---
night D-said
STATUS=0
ctes batch "$HERE/acts" >/dev/full 2>"$HERE/said" </dev/null || STATUS=$?
assert_ne 0 "$STATUS" "a report that was lost is no success"
look
finish
assert_night

# --- a real one ---
mounts() {
    [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o "size=$1k,mode=700" tmpfs "$STATE" 2>/dev/null
}
night D-tmpfs
if mounts 500; then
    for size in 500 600 800; do
        mount -o "remount,size=${size}k" "$STATE"
        strike "CTES_TRIP_LOG="
        [ "$STATUS" -eq 8 ] || night_fail "with $size kB: exit status $STATUS"
        look
    done
    mount -o "remount,size=64m" "$STATE"
    finish
    assert_night
else
    echo "no tmpfs may be mounted here: no real disk was full"
fi

# --- a register that may not be written: new, or there already ---
# read_only: makes STATE so; false where that cannot be done.
read_only() {
    if [ "$(id -u)" -ne 0 ]; then
        chmod 500 "$STATE" && chmod -f 400 "$STATE"/register.db*
        return 0
    fi
    mount --bind "$STATE" "$STATE" 2>/dev/null && mount -o remount,bind,ro "$STATE"
}
writable() {
    if [ "$(id -u)" -ne 0 ]; then
        chmod 700 "$STATE" && chmod -f 600 "$STATE"/register.db*
        return 0
    fi
    umount "$STATE"
}
for when in new half; do
    night "R-$when"
    [ $when = new ] || strike "CTES_TRIP=send:60:before"
    look
    before=$STAGES
    if ! read_only; then
        echo "nothing can be made read-only here (root, no mount): not tested"
        break
    fi
    assert_exit 8 ctes --json batch "$HERE/acts"
    assert_json ledger-readonly '.[-1].error.code'
    look
    assert_eq "$before" "$STAGES" "acts of a register that may not be written"
    writable
    finish
    assert_night
done
sandbox_stop
