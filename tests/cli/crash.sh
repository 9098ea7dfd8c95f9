# What every test of a batch that is struck down needs: sourced after lib.sh and cli.sh.
#
# A night is a folder HERE in WORK: a manifest of NIGHT_ACTS acts and their documents, a configuration, and
# in STATE, a folder of its own, the register and its archives; where tests/fake/postgres gives a server, the
# register is a database of its own there, LEDGER. All nights share one sandbox, whose ledger (a database)
# judges them. Gives: sandbox_for_nights, night, strike, look, is_done, finish, assert_night.
NIGHT_ACTS=${NIGHT_ACTS:-8}
SETTLE_AFTER=2 # seconds; longer than the sandbox goes on with what it received
TRIP="$CTES_BUILD_DIR/tests/ctes-trip.so"
SANDBOX_DB="$WORK/sandbox.db"
[ -s "$TRIP" ] || skip "no $TRIP"

sandbox_for_nights() { # [SANDBOX ARGS...]
    local i
    sandbox_start --delay 0.1 --ledger "$SANDBOX_DB" "$@"
    for ((i = 1; i <= NIGHT_ACTS; i++)); do # long enough for an upload of several calls
        make_pdf "$WORK/doc$i.pdf" "$i $(head -c 60000 /dev/urandom | base64 -w 0)"
    done
}

register_for_night() {
    LEDGER=
    if [ -z "${CTES_TEST_LEDGER-}" ]; then
        set_key chemins register state/register.db
        return
    fi
    local name="night_${NIGHT//-/_}"
    psql -qd "$CTES_TEST_LEDGER" -c "CREATE DATABASE \"$name\"" || fail "no database for a night"
    LEDGER=${CTES_TEST_LEDGER/\/postgres\?//$name?}
    set_key chemins register "$LEDGER"
    set_key chemins archives state
}

# night NAME: a new one, which the functions below then act upon.
night() {
    local i
    NIGHT=$1
    HERE="$WORK/night-$1"
    STATE="$HERE/state"
    CONF="$HERE/ctes.conf"
    STAGES="$NIGHT_ACTS 0 0 0 0"
    mkdir -p "$STATE" "$HERE/acts" || fail "no room for a night"
    cli_config "$SANDBOX_URL"
    register_for_night
    set_key operateur settle_after $SETTLE_AFTER
    set_key operateur in_flight 4
    set_key operateur acts_per_enveloppe "${TOGETHER:-1}"
    {
        echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT'
        for ((i = 1; i <= NIGHT_ACTS; i++)); do
            echo "$NIGHT-$i;27/06/2022;7.10;finances locales/divers;Acte $i;a$i.pdf"
            ln "$WORK/doc$i.pdf" "$HERE/acts/a$i.pdf"
        done
    } >"$HERE/acts/manifest.csv"
}

night_fail() {
    echo "what night $NIGHT went through:" >&2
    tail -n 60 "$HERE/said" >&2
    umount -q "$STATE" 2>/dev/null
    fail "night $NIGHT: $*"
}

# tripped [VARIABLE=VALUE...] -- ARGS...: the program, stumbling as the variables ask for (see
# tests/crash/trip.c); its exit status in STATUS, what it says in HERE/said.
tripped() {
    local plan=()
    while [ "$1" != -- ]; do
        plan+=("$1")
        shift
    done
    echo "--- ${plan[*]} $*" >>"$HERE/said"
    STATUS=0
    { # the shell's own word on a killed process goes too
        timeout 600 env "${plan[@]}" CTES_TRIP_LOG="$HERE/trips" LD_PRELOAD="$TRIP" \
            ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
            "$CTES" --config "$CONF" "${@:2}" >>"$HERE/said" 2>&1 </dev/null || STATUS=$?
    } 2>/dev/null
    case $STATUS in # killed, or an end that the manual knows
    0 | 3 | 4 | 5 | 6 | 7 | 8 | 137) ;;
    *) night_fail "${plan[*]}: exit status $STATUS" ;;
    esac
}

strike() { tripped "$@" -- batch "$HERE/acts"; }

# What of the register is looked at where it is not a file.
declare -A COLUMNS=(
    [acte]='id, numero, numero_interne, state, transaction_id, id_acte, reception'
    [envoi]='archive_sha256, archive_path'
    [evenement]='acte, from_state, to_state'
    [bail]='acte'
)

# copy_register: the register as it is now, in the file COPY: opening it in its own place would mend it.
copy_register() {
    local table
    COPY="$HERE/copy/register.db"
    rm -rf "$HERE/copy"
    mkdir "$HERE/copy"
    if [ -z "$LEDGER" ]; then
        cp "$STATE"/register.db* "$HERE/copy/" 2>/dev/null
        return
    fi
    for table in "${!COLUMNS[@]}"; do
        : >"$HERE/copy/$table" # what is not there yet stays empty
        echo "\\copy (SELECT ${COLUMNS[$table]} FROM ctes.$table) TO '$HERE/copy/$table' CSV"
    done | psql -qd "$LEDGER" >>"$HERE/said" 2>&1
    for table in "${!COLUMNS[@]}"; do
        echo "CREATE TABLE $table (${COLUMNS[$table]});"
        echo ".import --csv '$HERE/copy/$table' $table"
    done | sqlite3 "$COPY" || night_fail "its register cannot be copied"
}

# look: where the acts stand, in STAGES: how many are not yet intended; intended; held by the operator, which
# the register does not know; recorded as held; acknowledged. An act that the operator holds and the register
# takes for free would be sent again: that fails, unless the register knows of an attempt that came to no clear
# end, as then the operator is asked before the next one.
look() {
    local blind
    copy_register
    read -r blind STAGES < <(sqlite3 -separator ' ' "$COPY" "
        ATTACH 'file:$SANDBOX_DB?mode=ro' AS sandbox;
        CREATE TEMP TABLE seen AS SELECT state IN ('prepared', 'refused') AS free,
            state IN ('to-send', 'unsettled') AS open, state = 'acknowledged' AS done,
            EXISTS (SELECT 1 FROM sandbox.transac t WHERE t.number = numero_interne) AS held,
            EXISTS (SELECT 1 FROM evenement e WHERE e.acte = acte.id AND (to_state = 'unsettled'
                OR from_state IN ('to-send', 'unsettled') AND to_state = 'prepared')) AS asked
            FROM acte;
        SELECT count(*) FILTER (WHERE free AND held AND NOT asked),
            $NIGHT_ACTS - count(*) + count(*) FILTER (WHERE free), count(*) FILTER (WHERE open AND NOT held),
            count(*) FILTER (WHERE open AND held), count(*) FILTER (WHERE NOT free AND NOT open AND NOT done),
            count(*) FILTER (WHERE done) FROM seen" 2>/dev/null)
    : "${STAGES:=$NIGHT_ACTS 0 0 0 0}" # killed before the register had its tables
    [ "${blind:-0}" -eq 0 ] || night_fail "$blind acts are held by the operator and free in the register"
}

is_done() { [ "$STAGES" = "0 0 0 0 $NIGHT_ACTS" ]; }

# finish [VARIABLE=VALUE...]: again and again, undisturbed, as the following nights would.
finish() {
    local round
    for ((round = 0; round < 12; round++)); do
        strike "$@"
        look
        is_done && return
        tripped "$@" -- status --wait=20 --every=1 # until what lies unsettled may be sent again
    done
    night_fail "still not done: $STAGES"
}

# assert_night: the operator holds each act exactly once, nobody tried to deposit one twice, the register
# tells the same as the operator's own ledger (identifiers, date of reception), nothing is leased, and every
# package that the register speaks of is there, as it was.
assert_night() {
    local wrong
    ASSERTIONS=$((ASSERTIONS + NIGHT_ACTS))
    [ -n "$LEDGER" ] ||
        assert_eq ok "$(sqlite3 "$STATE/register.db" 'PRAGMA integrity_check')" "register of night $NIGHT"
    copy_register
    wrong=$(sqlite3 "$COPY" "
        ATTACH 'file:$SANDBOX_DB?mode=ro' AS sandbox;
        SELECT 'acts in the register: ' || count(*) FROM acte HAVING count(*) <> $NIGHT_ACTS;
        SELECT numero || ' at the operator: ' || (SELECT count(*) FROM sandbox.transac t
            WHERE t.number = numero_interne) AS n FROM acte WHERE n NOT LIKE '% 1';
        SELECT number || ' was tried again' FROM sandbox.duplicate
            WHERE number IN (SELECT numero_interne FROM acte);
        SELECT numero || ' is ' || state || ', ' || transaction_id || ', ' || ifnull(id_acte, '') || ', ' ||
            ifnull(reception, '') FROM acte WHERE state <> 'acknowledged' OR NOT EXISTS
            (SELECT 1 FROM sandbox.transac t JOIN sandbox.workflow w ON w.transac = t.id
                WHERE t.number = numero_interne AND t.id = transaction_id AND w.status = 4
                AND instr(CAST(w.flow AS TEXT), 'IDActe=\"' || acte.id_acte || '\"') > 0
                AND instr(CAST(w.flow AS TEXT), 'DateReception=\"' || acte.reception || '\"') > 0);
        SELECT numero || ' is still leased' FROM bail JOIN acte ON acte.id = bail.acte" 2>&1)
    [ -z "$wrong" ] || night_fail "$wrong"
    sqlite3 -separator '  ' "$COPY" 'SELECT archive_sha256, archive_path FROM envoi' |
        (cd "$STATE" && sha256sum --check --quiet --strict >>"$HERE/said" 2>&1) ||
        night_fail "a package is not what the register says"
    umount -q "$STATE" 2>/dev/null
    rm -rf "$HERE"
}
