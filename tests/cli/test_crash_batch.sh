#!/usr/bin/env bash
# A batch of many acts at once is killed (kill -9) at system calls chosen by a seeded generator, started
# again, killed again, until nothing is left to do: each act is at the préfecture exactly once, and the
# register agrees with the operator's own ledger. The nights of some lanes send several acts in one
# enveloppe; others have two runs on one register and one folder at a time, a clock that is set back between
# runs and within them, or a run that sleeps in the middle of its uploads while others work. On PostgreSQL
# (tests/fake/postgres) it is two and four runs at a time.
#
# CTES_CRASH_BATCH_POINTS (300; 60 on PostgreSQL) kills in all, CTES_CRASH_SEED (2022), CTES_CRASH_LANES (4)
# nights side by side. A seed chooses the same calls each time; which act is at them is up to the threads.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/crash.sh"
need curl sqlite3 sha256sum
seed=${CTES_CRASH_SEED:-2022}
lanes=${CTES_CRASH_LANES:-4}
if [ -z "${CTES_TEST_LEDGER-}" ]; then
    points=${CTES_CRASH_BATCH_POINTS:-300}
    classes=(register archive flush send send recv sync) # more than once: more often
    hows=(alone together two_at_a_time clock_goes_back)
else
    need psql
    points=${CTES_CRASH_BATCH_POINTS:-60}
    classes=(register register archive send send recv)
    hows=(two_at_a_time four_at_a_time)
fi
moments=(before after middle)
SLEEPS=4
NIGHT_KILLS=12 # then its acts may get there, and others have their night

# learn: how many calls of each class a night without trouble makes, in CALLS. It leaves nothing open; and
# though kill -9 loses nothing of what was written, what a power cut would lose is forced to the disk: each
# package, and the register at each step.
declare -A CALLS
learn() {
    local class count
    night calm
    strike
    look
    case "$STATUS $STAGES" in
    "0 0 0 0 "*) ;;
    *) night_fail "without any trouble: exit status $STATUS, acts at $STAGES" ;;
    esac
    while read -r class count _; do
        CALLS[$class]=$count
    done <"$HERE/trips"
    [ "${CALLS[flush]}" -ge $((2 * NIGHT_ACTS)) ] || night_fail "${CALLS[flush]} packages and folders on the disk"
    [ -n "$LEDGER" ] || [ "${CALLS[sync]}" -ge "$NIGHT_ACTS" ] || night_fail "the register synced ${CALLS[sync]} times"
    finish
    assert_night
}

# choose: a point (POINT) within half of what the acts that are left make a run go through.
choose() {
    local class=${classes[RANDOM % ${#classes[@]}]} left=$((NIGHT_ACTS - ${STAGES##* })) within
    [ "${STAGES%% *}" != 0 ] || [[ $class != archive && $class != flush ]] || class=send # none is made any more
    within=$((CALLS[$class] * (left > 0 ? left : 1) / NIGHT_ACTS / 2))
    POINT="$class:$((RANDOM % (within > 0 ? within : 1) + 1)):${moments[RANDOM % 3]}"
}

# struck_at [CLOCK]: a run that is killed at the point chosen, or ends as a night without trouble at the
# operator's may: done, to be tried later, to be settled.
struck_at() {
    strike "CTES_TRIP=$POINT" "CTES_TRIP_CLOCK=${1:-0}"
    case $STATUS in
    0 | 6 | 7 | 137) ;;
    *) night_fail "exit status $STATUS" ;;
    esac
}

alone() {
    choose
    struck_at
}

# so many runs on one register and one folder, each struck at a point of its own
at_a_time() {
    local runs=() run i
    for ((i = 0; i < $1; i++)); do
        choose
        struck_at &
        runs+=($!)
    done
    for run in "${runs[@]}"; do
        wait "$run" || exit 1
    done
}
together() { alone; } # with three acts in an enveloppe

two_at_a_time() { at_a_time 2; }
four_at_a_time() { at_a_time 4; }

# a run whose clock is behind that of the run before, and is set back once more on its way
clock_goes_back() {
    local first=$((AHEAD * (RANDOM % 50 + 50) / 100))
    AHEAD=$((first * (RANDOM % 50 + 50) / 100))
    choose
    struck_at "$first,send:$((RANDOM % 40 + 1)):$AHEAD"
}

# sleeping_lane SEED: in each night the uploads of a run fall asleep in their middle, longer than what lies
# unsettled is waited for, while others work on the same register and folder. Its acts stay its own; it wakes and
# goes on.
sleeping_lane() {
    local number run word asleep=0
    RANDOM=$1
    for ((number = 1; number <= SLEEPS; number++)); do
        night "S-$number"
        set_key operateur settle_after 1
        mkfifo "$HERE/trips.wake"
        strike "CTES_TRIP=send:$((CALLS[send] * (RANDOM % 40 + 30) / 100)):sleep" &
        run=$!
        until [ -s "$HERE/trips" ]; do # asleep, or through
            kill -0 $run 2>/dev/null || fail "a run that was to sleep left no word"
        done
        read -r word <"$HERE/trips"
        tripped -- batch "$HERE/acts"
        tripped -- status --wait=3 --every=1
        tripped -- batch "$HERE/acts"
        [ "$word" = asleep ] && : >"$HERE/trips.wake" && asleep=$((asleep + 1))
        wait $run || exit 1
        look
        finish
        assert_night
    done
    echo "a run sleeps: $asleep of $SLEEPS nights"
    [ $asleep -ge $((SLEEPS / 2)) ] || fail "it hardly slept"
}

# note_kills: the trips of the last run or runs, and where the acts stood after them, in KILLS.
note_kills() {
    awk -v "stages=$STAGES" 'NF == 5 { print $0, stages }' "$HERE/trips" >>"$KILLS"
    : >"$HERE/trips"
}

killed() { wc -l <"$KILLS"; }

# lane NAME HOW POINTS SEED: nights one after the other until so many runs were killed.
lane() {
    local name=$1 how=$2 wanted=$3 number=0 before TOGETHER=1
    [ "$how" = together ] && TOGETHER=3
    RANDOM=$4
    KILLS="$WORK/kills-$name"
    : >"$KILLS"
    while [ "$(killed)" -lt "$wanted" ]; do
        night "$name-$((++number))"
        before=$(killed)
        AHEAD=400000
        while [ "$(killed)" -lt "$wanted" ] && [ $(($(killed) - before)) -lt $NIGHT_KILLS ]; do
            $how
            look
            note_kills
            is_done && break # a run that had nothing left to do was killed, too
        done
        [ "$how" = clock_goes_back ] || AHEAD=0
        finish "CTES_TRIP_CLOCK=$AHEAD"
        assert_night
    done
    echo "$how: $number nights, $(killed) kills"
}

# told: kills by what was struck, and by the stages that acts were in at that moment. Struck in one stage only,
# it would prove nothing: false.
told() {
    cat "$WORK"/kills-* | awk -v seed="$seed" '
        # of few kills chance takes a part: then each stage has to be struck at all
        function enough(kills) { return kills < 200 ? 1 : kills / 20 }
        BEGIN {
            split("not yet intended|intended, not held by the operator|held, which the register does not know|" \
                  "recorded as held, not acknowledged|acknowledged", stage, "|")
        }
        {
            calls[$1]++
            moments[$4]++
            if ($5 > 0) uploading++
            for (i = 1; i <= 5; i++) {
                if ($(5 + i) > 0) kills[i]++
                acts[i] += $(5 + i)
            }
        }
        END {
            printf "%d kills (seed %d)", NR, seed
            for (name in calls) printf ", %d at %s", calls[name], name
            printf "; %d before the call, %d in its middle, %d after it\n", moments["b"], moments["m"], moments["a"]
            for (i = 1; i <= 5; i++) {
                printf "%5d kills met acts %s (%d acts)\n", kills[i], stage[i], acts[i]
                if (kills[i] < enough(NR)) hardly = 1
            }
            printf "%5d kills met an upload under way\n", uploading
            exit NR == 0 || hardly || uploading < enough(NR)
        }'
}

sandbox_for_nights
learn
jobs=()
for ((i = 0; i < lanes; i++)); do
    lane "K$i" "${hows[i % ${#hows[@]}]}" $((points / lanes + (i < points % lanes))) $((seed + i)) &
    jobs+=($!)
done
sleeping_lane "$seed" &
jobs+=($!)
failed=0
for job in "${jobs[@]}"; do
    wait "$job" || failed=1
done
[ $failed -eq 0 ] || fail "with CTES_CRASH_SEED=$seed CTES_CRASH_BATCH_POINTS=$points CTES_CRASH_LANES=$lanes"
told || fail "a stage was hardly struck"
sandbox_stop
