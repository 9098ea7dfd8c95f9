#!/bin/bash
# Keys, certificates, servers, networks and registers that are not as they should be: nothing is
# sent, or it is known that something may have been; never twice.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl sqlite3
trouble() { # trouble STATUS CODE: of a sending
    assert_exit "$1" ctes --json send "${ACTE[@]}"
    assert_json "$2" '.[0].error.code'
    assert_exit "$1" french send "${ACTE[@]}"
    assert_not_contains "$ERR" "{"
}
acte 2022-0500

# --- nothing was sent yet: the register is named, not only its folder ---
cli_config "https://localhost:1"
set_key chemins register none/register.db
assert_exit 8 ctes list
assert_contains "$ERR" "none/register.db\" cannot be opened: it does not exist yet"

# --- keys and certificates ---
tls() { # tls STATUS CODE CERTIFICATE KEY
    cli_config "https://localhost:1"
    set_key tls certificate "$3"
    set_key tls key "$4"
    trouble "$1" "$2"
}
tls 3 key-unreadable "$PKI/client.pem" "$WORK/none.key"
install -m 600 "$WORK/a.pdf" "$WORK/no.key"
tls 3 key-unreadable "$PKI/client.pem" "$WORK/no.key"
tls 3 key-exposed "$PKI/client.pem" "$PKI/bad/exposed.key"
tls 3 key-mismatch "$PKI/client.pem" "$PKI/bad/mismatch.key"
tls 3 certificate-unreadable "$WORK/none.pem" "$PKI/client.key"
tls 3 certificate-expired "$PKI/bad/expired.pem" "$PKI/bad/expired.key"
assert_contains "$(plain "$ERR")" "a expiré le 01/01/2021."
tls 3 certificate-not-yet-valid "$PKI/bad/notyet.pem" "$PKI/bad/notyet.key"
sign() { # sign STATUS CODE KEY VALUE...
    local status=$1 code=$2
    shift 2
    cli_config "https://localhost:1"
    set_key signature sign yes
    while [ $# -gt 0 ]; do
        set_key signature "$1" "$2"
        shift 2
    done
    trouble "$status" "$code"
}
sign 3 certificate-expired certificate "$PKI/bad/signer-expired.pem" key "$PKI/bad/signer-expired.key"
sign 3 key-passphrase certificate "$PKI/signer.pem" key "$PKI/signer-enc.key"
sign 3 key-passphrase certificate "$PKI/signer.pem" key "$PKI/signer-enc.key" passphrase_file "$PKI/client.pass"
assert_contains "$(plain "$ERR")" "ne s'ouvre pas : la phrase secrète est fausse. "
[ ! -e "$WORK/register.db" ] || assert_eq 0 "$(sqlite3 "$WORK/register.db" 'SELECT count(*) FROM acte')" \
    "acts recorded before the keys were checked"

# --- the network ---
cli_config "https://localhost:1"
trouble 6 net-connect
assert_contains "$(plain "$ERR")" "2022-0500 : l'opérateur ne répond pas"
cli_config "https://nowhere.invalid"
trouble 6 net-resolve
assert_exit 0 ctes --json list
assert_json prepared '.[0].state'

# --- the server ---
sandbox_start --delay 0
cli_config "$SANDBOX_URL" && set_key tls ca "$PKI/bad/otherca.pem"
trouble 3 tls-server
cli_config "$SANDBOX_URL" && drop_key tls ca
trouble 3 tls-server
cli_config "$SANDBOX_URL" && set_key tls certificate "$PKI/bad/stranger.pem" && set_key tls key "$PKI/bad/stranger.key"
trouble 3 tls-client
cli_config "$SANDBOX_URL" && set_key tls certificate "$PKI/client2.pem" && set_key tls key "$PKI/client2.key"
trouble 3 operator-access
assert_eq 0 "$(sandbox_ledger '.acts | length')"

# --- a reply that is lost: settled at once, or by the next status; sent once ---
cli_config "$SANDBOX_URL"
sandbox_curl "/sandbox/fault?spec=reply-lost@actes_transac_submit" --request POST >/dev/null
assert_exit 0 ctes --json send "${ACTE[@]}"
assert_eq 1 "$(sandbox_ledger '.acts | length')"
acte 2022-0501
cli_config "$SANDBOX_URL" && set_key operateur settle_after 1
sandbox_curl "/sandbox/fault?spec=cut-before@actes_transac_submit" --request POST >/dev/null
status=0
ctes --json send "${ACTE[@]}" >"$WORK/out" 2>"$WORK/err" || status=$?
OUT=$(cat "$WORK/out")
case $status in
0) ;; # settled within the second
7)
    assert_json unsettled '.[0].result'
    assert_json true '.[0].error.maybe_received'
    ctes status --wait=30 --every=1 2022-0501 >/dev/null 2>&1
    assert_exit 0 ctes --json list
    assert_json prepared '.[] | select(.numero == "2022-0501") | .state'
    ;;
*) fail "exit status $status: $OUT $(cat "$WORK/err")" ;;
esac
assert_exit 0 ctes send "${ACTE[@]}"
assert_eq 2 "$(sandbox_ledger '.acts | length')"

# --- a question without answer says nothing against the act ---
sandbox_curl "/sandbox/fault?spec=500@actes_transac_get_status" --request POST >/dev/null
assert_exit 6 ctes --json status 2022-0501
assert_json false '.[0].error.maybe_received'

# --- stopped while waiting ---
sandbox_stop
sandbox_start --manual
cli_config "$SANDBOX_URL"
set_key chemins register second/other.db
acte 2022-0502
assert_exit 0 ctes send "${ACTE[@]}"
before=$(wc -l <"$SANDBOX_ERR")
exec 3< <(
    exec "$CTES" --config "$CONF" -v status --wait=120 --every=100 2022-0502 2>&1
)
waiting=$!
# the second look of this program in the sandbox's log: from now on it waits
while read -r line; do
    case $line in *get_status*) looks=$((${looks:-0} + 1)) ;; esac
    [ "${looks:-0}" -ge 2 ] && break
done < <(tail -n +$((before + 1)) -f --pid=$waiting "$SANDBOX_ERR")
assert_eq "0 0" "$(awk '/^Max core/ { print $5, $6 }' /proc/$waiting/limits)" "a crash would write keys"
kill -INT $waiting
status=0
wait $waiting || status=$?
exec 3<&-
assert_eq 130 $status "exit status when interrupted"
sandbox_stop

# --- registers ---
register() { # register STATUS CODE
    assert_exit "$1" ctes --json list
    assert_json "$2" '.[0].error.code'
    assert_exit "$1" ctes --json send "${ACTE[@]}"
    assert_json "$2" '.[0].error.code'
    assert_exit "$1" french list
    assert_contains "$ERR" "$WORK/second/other.db"
}
cp "$WORK/second/other.db" "$WORK/second/kept.db"
version=$(sqlite3 "$WORK/second/other.db" 'PRAGMA user_version')
sqlite3 "$WORK/second/other.db" "PRAGMA user_version = $((version + 1))"
register 8 ledger-newer
cp "$WORK/a.pdf" "$WORK/second/other.db"
register 8 ledger-foreign
rm -f "$WORK/second/other.db"* && sqlite3 "$WORK/second/other.db" 'CREATE TABLE t(x)'
register 8 ledger-foreign
assert_eq t "$(sqlite3 "$WORK/second/other.db" .tables)" "a foreign file is left as it was"
cp "$WORK/second/kept.db" "$WORK/second/other.db"
assert_exit 0 ctes list
if [ "$(id -u)" -ne 0 ]; then
    chmod 000 "$WORK/second/other.db"
    assert_exit 8 ctes list
fi

# --- schemas ---
set_key chemins schemas "$WORK/none"
assert_exit 3 ctes --json check "${ACTE[@]}"
assert_json schema-missing '.[0].error.code'

# --- the certificate of an authority that still enciphers with RC2, which libcurl cannot open ---
sandbox_start --delay 0
cli_config "$SANDBOX_URL" && set_key chemins register third/register.db
old="$WORK/old.p12"
if openssl pkcs12 -export -legacy -in "$PKI/client.pem" -inkey "$PKI/client.key" -certfile "$PKI/ca.pem" \
    -passout "file:$PKI/client.pass" -out "$old" 2>/dev/null; then
    chmod 600 "$old"
    drop_key tls key && set_key tls certificate "$old"
    trouble 3 key-passphrase
    set_key tls passphrase_file "$PKI/signer.pass"
    trouble 3 key-passphrase
    set_key tls passphrase_file "$PKI/client.pass"
    assert_exit 0 ctes send "${ACTE[@]}"
    assert_eq 1 "$(sandbox_ledger '.acts | length')"
    chmod 640 "$old"
    trouble 3 key-exposed
fi
sandbox_stop
