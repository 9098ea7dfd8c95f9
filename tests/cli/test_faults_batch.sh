#!/usr/bin/env bash
# Each fault of the sandbox before, during and after the uploads of batches that are under way at once, in both
# modes: whatever goes wrong, each act ends at the préfecture exactly once. There are so many faults that no
# act is safe, and most meet more than one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/crash.sh"
need curl sqlite3 sha256sum

kinds=(cut-before 500 503 429 413 html-200 g6-garbled redirect stall-before stall reply-lost 503-kept truncated
    slow charset-utf8 charset-broken late-commit)
nights=2 # in each mode

plan_fault() {
    sandbox_curl "/sandbox/fault?spec=$1" --request POST --fail >/dev/null || fail "the sandbox knows no fault $1"
}

# assert_patience: no act whose reply was lost was free again before the operator had its time (settle_after):
# a "no" that is believed too soon is seldom found out by what comes of it.
assert_patience() {
    local hasty
    copy_register
    hasty=$(sqlite3 "$COPY" "
        SELECT numero FROM evenement free JOIN acte ON acte.id = free.acte
            WHERE from_state = 'unsettled' AND to_state = 'prepared' AND at_ms < $((SETTLE_AFTER * 1000)) +
                (SELECT min(at_ms) FROM evenement WHERE acte = free.acte AND to_state = 'unsettled' AND id >
                    (SELECT max(id) FROM evenement WHERE acte = free.acte AND to_state = 'to-send' AND id < free.id))")
    [ -z "$hasty" ] || night_fail "free again too soon: $hasty"
}

# night_of_faults NAME MODE: a night that meets what was planned.
night_of_faults() {
    night "$1"
    set_key operateur mode "$2"
    set_key operateur timeout 1
    set_key operateur retry_for 4
    strike
    look
    finish
    assert_patience
    assert_night
}

# met KIND...: each at each moment, or it is told which was not.
met() {
    local wanted
    printf -v wanted "('%s')," "$@"
    sqlite3 "$SANDBOX_DB" "
        WITH kind(name) AS (VALUES ${wanted%,}), moment(name, pages) AS (VALUES
                ('before', '*/test-connexion.php */actes_transac_get_env_serial.php'),
                ('during', '*/actes_transac_submit.php'), ('during', '*/actes_transac_create.php'),
                ('after', '*/list_actes.php'), ('after', '*/actes_transac_get_status.php'))
        SELECT 'no ' || kind.name || ' ' || moment.name || ': ' || pages FROM kind, moment
            WHERE NOT EXISTS (SELECT 1 FROM request WHERE fault = kind.name
                AND instr(pages, substr(path, length(rtrim(path, replace(path, '/', '')))) ) > 0)"
}

sandbox_for_nights --late 1 --slow 0.01 --retry-after 1 --wrong-certificate "$PKI/bad/otherserver.pem" \
    --wrong-key "$PKI/bad/otherserver.key"
for kind in "${kinds[@]}"; do # before the uploads, then they, then what is asked after them
    for page in serial test-connexion submit create status list; do
        plan_fault "$kind@$page"
    done
done
jobs=()
for ((i = 1; i <= nights; i++)); do
    for mode in archive champs; do
        night_of_faults "$mode-$i" $mode &
        jobs+=($!)
    done
done
failed=0
for job in "${jobs[@]}"; do
    wait "$job" || failed=1
done
[ $failed -eq 0 ] || fail "a night failed"
missing=$(met "${kinds[@]}")
[ -z "$missing" ] || fail "$missing"

# what strikes a connection, and what only an acknowledgement has
plan_fault empty-ar@ar:2
plan_fault wrong-certificate:2 # the last, as we are struck, too
night_of_faults champs-w champs
faults=$(sqlite3 "$SANDBOX_DB" "SELECT count(DISTINCT fault) || ' kinds of faults struck ' || count(*) || ' requests'
    FROM request WHERE fault <> ''")
echo "$faults, of $((2 * nights + 1)) nights of $NIGHT_ACTS acts"
sandbox_stop
