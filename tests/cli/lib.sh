# What every test of the programs needs: sourced first, by `. "$(dirname "$0")/lib.sh"`.
#
# Surroundings (ctest gives them): CTES_BUILD_DIR holds `ctes` and `ctes-sandbox`, CTES_PKI_DIR the
# throw-away certificates of certs/make-pki, CTES_SOURCE_DIR the source tree.
# Gives: WORK, a folder of its own, removed at the end; the sandbox_* functions, SANDBOX_URL,
# SANDBOX_PORT, SANDBOX_PID, SANDBOX_ERR; assert_*, skip, fail. Nothing here waits by sleeping.
set -u
set -o pipefail

: "${CTES_SOURCE_DIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${CTES_BUILD_DIR:=$CTES_SOURCE_DIR/build}"
: "${CTES_PKI_DIR:=$CTES_BUILD_DIR/pki}"
CTES="$CTES_BUILD_DIR/ctes"
SANDBOX="$CTES_BUILD_DIR/ctes-sandbox"
PKI="$CTES_PKI_DIR"

WORK=$(mktemp -d "${TMPDIR:-/tmp}/ctes-test.XXXXXX") || exit 1
ASSERTIONS=0
SANDBOX_PID=
SANDBOX_FD=
SANDBOX_ERR="$WORK/sandbox.err"

cleanup() {
    local status=$?
    [ -n "$SANDBOX_PID" ] && kill -KILL "$SANDBOX_PID" 2>/dev/null
    rm -rf "$WORK"
    [ $status -eq 0 ] && echo "ok: $ASSERTIONS assertions"
    exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# skip REASON: this machine cannot run the test.
skip() {
    echo "skipped: $*"
    exit 77
}

# fail TEXT: the test failed; says where it was called from.
fail() {
    local frame
    echo "FAILED: $*" >&2
    for ((frame = 1; frame < ${#BASH_LINENO[@]} - 1; frame++)); do
        echo "  at ${BASH_SOURCE[$((frame + 1))]##*/}:${BASH_LINENO[$frame]}" >&2
    done
    if [ -s "$SANDBOX_ERR" ]; then
        echo "  last words of the sandbox:" >&2
        tail -n 15 "$SANDBOX_ERR" | sed 's/^/    /' >&2
    fi
    exit 1
}

need() { # need PROGRAM...: or the test is skipped
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || skip "$program is not installed"
    done
}

assert_eq() { # assert_eq WANTED GOT [WHAT]
    ASSERTIONS=$((ASSERTIONS + 1))
    [ "$1" = "$2" ] || fail "${3:-assert_eq}: wanted '$1', got '$2'"
}

assert_ne() { # assert_ne UNWANTED GOT [WHAT]
    ASSERTIONS=$((ASSERTIONS + 1))
    [ "$1" != "$2" ] || fail "${3:-assert_ne}: did not want '$1'"
}

assert_contains() { # assert_contains TEXT PART [WHAT]
    ASSERTIONS=$((ASSERTIONS + 1))
    case "$1" in
    *"$2"*) ;;
    *) fail "${3:-assert_contains}: '$2' is not in '$1'" ;;
    esac
}

assert_not_contains() { # assert_not_contains TEXT PART [WHAT]
    ASSERTIONS=$((ASSERTIONS + 1))
    case "$1" in
    *"$2"*) fail "${3:-assert_not_contains}: '$2' is in '$1'" ;;
    esac
}

assert_file() { # assert_file PATH: exists and is not empty
    ASSERTIONS=$((ASSERTIONS + 1))
    [ -s "$1" ] || fail "no file, or an empty one: $1"
}

# assert_bytes HEX FILE [WHAT]: the file holds exactly these bytes; white space in HEX is free.
assert_bytes() {
    local wanted got
    wanted=$(printf '%s' "$1" | tr -d ' \n' | tr 'A-F' 'a-f')
    got=$(xxd -p "$2" | tr -d '\n')
    assert_eq "$wanted" "$got" "${3:-assert_bytes}"
}

# assert_exit STATUS COMMAND...: runs it; its output is left in OUT (stdout) and ERR (stderr).
assert_exit() {
    local wanted=$1 got=0
    shift
    "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || got=$?
    OUT=$(cat "$WORK/out")
    ERR=$(cat "$WORK/err")
    ASSERTIONS=$((ASSERTIONS + 1))
    [ "$got" -eq "$wanted" ] || fail "exit status $got, wanted $wanted: $*
$OUT
$ERR"
}

# wait_until COMMAND...: runs it again and again until it succeeds; a minute is too long.
wait_until() {
    local end=$((SECONDS + 60))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || fail "waited in vain: $*"
    done
}

# latin1 TEXT: the text's bytes in ISO-8859-1.
latin1() {
    printf '%s' "$1" | iconv -f UTF-8 -t ISO-8859-1
}

# --- the sandbox ------------------------------------------------------------------------------------

# sandbox_start ARGS...: starts it with the test PKI and returns once it listens. Its log goes to
# SANDBOX_ERR. One runs at a time; start again after sandbox_stop (add --port "$SANDBOX_PORT" to come
# back at the same address).
sandbox_start() {
    local word=
    [ -x "$SANDBOX" ] || skip "no ctes-sandbox in $CTES_BUILD_DIR"
    [ -s "$PKI/ca.pem" ] || skip "no test certificates in $PKI"
    [ -z "$SANDBOX_PID" ] || fail "a sandbox already runs"
    exec {SANDBOX_FD}< <(exec "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" \
        --key "$PKI/server.key" --schemas "$CTES_SOURCE_DIR/schemas" --verbose "$@" \
        2>>"$SANDBOX_ERR")
    SANDBOX_PID=$!
    SANDBOX_URL=
    read -r -t 60 -u "$SANDBOX_FD" word SANDBOX_URL
    [ "$word" = ready ] || fail "the sandbox did not start: $*"
    SANDBOX_PORT=${SANDBOX_URL##*:}
}

# sandbox_stop: SIGTERM, and it must end well (a leak found by ASan is a failure).
sandbox_stop() {
    local status=0 pid=$SANDBOX_PID
    [ -n "$pid" ] || return 0
    SANDBOX_PID=
    kill -TERM "$pid" || fail "the sandbox was gone"
    wait "$pid" || status=$?
    exec {SANDBOX_FD}<&-
    assert_eq 0 "$status" "exit status of the sandbox"
}

# sandbox_kill: kill -9, as a machine that loses power.
sandbox_kill() {
    local pid=$SANDBOX_PID
    SANDBOX_PID=
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    exec {SANDBOX_FD}<&-
}

# sandbox_curl PATH [CURL ARGS...]: a request as the account of client.pem; the body on stdout.
sandbox_curl() {
    local path=$1
    shift
    curl --silent --show-error --max-time 60 --noproxy '*' --cacert "$PKI/ca.pem" \
        --cert "$PKI/client.pem" --key "$PKI/client.key" "$@" "$SANDBOX_URL$path"
}

# sandbox_advance [STEPS]: every transaction goes its next step(s).
sandbox_advance() {
    sandbox_curl "/sandbox/advance?steps=${1:-1}" --request POST >/dev/null ||
        fail "the sandbox did not advance"
}

# sandbox_ledger [JQ FILTER]: what the sandbox saw, as JSON (see ctes-sandbox(1)).
sandbox_ledger() {
    sandbox_curl /sandbox/ledger | jq -r "${1:-.}"
}

# requests_are COUNT: has the sandbox seen that many?
requests_are() {
    [ "$(sandbox_ledger '.requests | length')" = "$1" ]
}

# make_pdf FILE [TEXT]: a small PDF of one empty page; TEXT makes it differ from others.
make_pdf() {
    {
        printf '%%PDF-1.4\n%% %s\n' "${2:-acte}"
        printf '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n'
        printf '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n'
        printf '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n'
        printf 'trailer<</Root 1 0 R/Size 4>>\n%%%%EOF\n'
    } >"$1"
}

# ask PATH [CURL ARGS...]: a request whose reply is left in REPLY (file), HEAD (file) and HTTP (status;
# 000 when there was none). Redirects are never followed.
REPLY="$WORK/reply"
HEAD="$WORK/head"
ask() {
    local path=$1
    shift
    : >"$REPLY"
    : >"$HEAD"
    HTTP=$(sandbox_curl "$path" --output "$REPLY" --dump-header "$HEAD" --write-out '%{http_code}' \
        "$@" 2>"$WORK/curl.err")
    CURL_STATUS=$?
}

# reply_text: the reply as UTF-8, whatever its charset.
reply_text() {
    if iconv -f UTF-8 -t UTF-8 "$REPLY" >/dev/null 2>&1; then
        cat "$REPLY"
    else
        iconv -f ISO-8859-1 -t UTF-8 "$REPLY"
    fi
}

# header NAME: a header of the last reply.
header() {
    tr -d '\r' <"$HEAD" | sed -n "s/^$1: //Ip" | head -n 1
}

# deposit NUMBER [FIELD=VALUE...]: an act by fields (actes_transac_create.php), as `ask`. A field given
# replaces the usual one, an empty one removes it; text goes in ISO-8859-1. Further curl arguments
# are taken from the array DEPOSIT_ARGS.
DEPOSIT_ARGS=()
deposit() {
    local number=$1 field value args=() pdf="$WORK/acte.pdf"
    local -A fields=([api]=1 [nature_code]=1 [classif1]=7 [classif2]=10 [decision_date]=2024-01-05
        [subject]='Délibération' [type_acte]=99_DE [acte_pdf_file]="@$pdf;type=application/pdf")
    shift
    [ -s "$pdf" ] || make_pdf "$pdf"
    fields[number]=$number
    for field in "$@"; do
        value=${field#*=}
        fields[${field%%=*}]=$value
    done
    for field in "${!fields[@]}"; do
        value=${fields[$field]}
        [ -n "$value" ] && args+=(--form "$field=$(latin1 "$value")")
    done
    ask "/modules/actes/actes_transac_create.php?api=1" "${args[@]}" "${DEPOSIT_ARGS[@]}"
}

# ask_status TRANSACTION: its state, as `ask`; STATUS is the number.
ask_status() {
    ask "/modules/actes/actes_transac_get_status.php?transaction=$1&api=1"
    STATUS=$(sed -n 2p "$REPLY" | tr -d '\0')
}
