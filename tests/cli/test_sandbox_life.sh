#!/bin/bash
# The sandbox's own life: ledger in a file, killed and started again, many clients at once, the page.
. "$(dirname "$0")/lib.sh"
need curl jq sqlite3

LEDGER="$WORK/ledger.db"
sandbox_start --manual --ledger "$LEDGER" --pid-file "$WORK/pid"
assert_eq "$SANDBOX_PID" "$(cat "$WORK/pid")"
deposit L1
sandbox_advance 2
port=$SANDBOX_PORT
sandbox_kill
sandbox_start --manual --ledger "$LEDGER" --port "$port" --pid-file "$WORK/pid"
assert_eq "$port" "$SANDBOX_PORT"
ask_status 1
assert_eq 3 "$STATUS" "what was acknowledged to a client outlives a kill"
deposit L1
assert_contains "$(reply_text)" "même numéro interne"
assert_eq "L1|3" "$(sqlite3 "$LEDGER" 'SELECT number, status FROM transac')" "read by others meanwhile"
ask "/modules/actes/actes_transac_get_env_serial.php"
assert_eq 2 "$(sed -n 2p "$REPLY")" "the day's counter too"

# twenty clients at once, one connection each, several deposits
make_pdf "$WORK/acte.pdf"
for client in $(seq 20); do
    args=()
    for n in 1 2 3; do
        [ $n -gt 1 ] && args+=(--next)
        args+=(--silent --show-error --cacert "$PKI/ca.pem" --cert "$PKI/client.pem" --key "$PKI/client.key"
            --form api=1 --form nature_code=1 --form classif1=7 --form classif2=10 --form number="C${client}_$n"
            --form decision_date=2024-01-05 --form subject=x --form type_acte=99_DE
            --form "acte_pdf_file=@$WORK/acte.pdf" --output "$WORK/reply.$client.$n"
            "$SANDBOX_URL/modules/actes/actes_transac_create.php?api=1")
    done
    curl "${args[@]}" &
    pids+=($!)
done
wait "${pids[@]}"
assert_eq 60 "$(cat "$WORK"/reply.*.* | grep -c '^OK$')"
assert_eq 61 "$(sandbox_ledger '.acts | length')"
assert_eq 60 "$(sandbox_ledger '[.acts[1:][].path] | unique | length')" "each has its own serial"
sandbox_stop
[ -e "$WORK/pid" ] && fail "the process number is left behind"
assert_exit 78 "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" --key "$PKI/server.key" \
    --account "$PKI/client.pem" --schemas "$CTES_SOURCE_DIR/schemas" --ledger "$WORK/no/such/folder"

# a client that is killed in the middle of its upload leaves a trace, and nothing else
sandbox_start --immediate
mkfifo "$WORK/endless"
curl --silent --cacert "$PKI/ca.pem" --cert "$PKI/client.pem" --key "$PKI/client.key" --upload-file - \
    --request POST "$SANDBOX_URL/modules/actes/actes_transac_create.php?api=1" <"$WORK/endless" &
client=$!
exec 9>"$WORK/endless"
head -c 100000 /dev/zero >&9
kill -KILL $client
wait $client 2>/dev/null
exec 9>&-
wait_until requests_are 1
assert_eq "0 0" "$(sandbox_ledger '"\(.requests[0].http) \(.acts | length)"')"
sandbox_stop

# hostile bodies
sandbox_start --immediate
CREATE="/modules/actes/actes_transac_create.php?api=1"
for body in '--b' $'--b\r\n' $'--b\r\n\r\n\r\n--b--' $'--b\r\nContent-Disposition: form-data; name="' \
    $'--b\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n--b--\r\n' \
    $'--b\r\nContent-Disposition: form-data; name="a[[][]"; filename="\\\r\n\r\nx\r\n--b--' \
    $'--b\r\nX: y\r\n\r\n--b\r\n\r\n--b--' $'--b--\r\n--b\r\n--b\r\n'; do
    printf '%s' "$body" | ask "$CREATE" --header 'Content-Type: multipart/form-data; boundary=b' --data-binary @-
    assert_contains "200 302" "$HTTP"
done
ask "$CREATE" --header 'Content-Type: multipart/form-data; boundary=' --data-binary x
ask "$CREATE" --header 'Content-Type: multipart/form-data' --data-binary x
ask "$CREATE" --data 'a=%&=b&%zz=%4&c[999999999999]=1&[=1&api=1'
assert_contains "$(reply_text)" "Le numéro n&#039;est pas correct"
ask "/?%00%ff=%00&&&=&api" ; assert_eq 404 "$HTTP"
sandbox_stop

if command -v mandoc >/dev/null; then
    page="$CTES_SOURCE_DIR/src/man/ctes-sandbox.1"
    assert_eq "" "$(mandoc -Tlint -Wwarning "$page" 2>&1)" "the manual page"
    mandoc -Tascii "$page" | col -b >"$WORK/page"
    for option in $("$SANDBOX" --help | grep -oE '^  --[a-z0-9-]+' | tr -d ' '); do
        grep -q -- "$option" "$WORK/page" || fail "$option is not in the manual page"
    done
fi
