#!/bin/bash
# No certificate of the right authority, no HTTP; and the sandbox never leaves this machine.
. "$(dirname "$0")/lib.sh"
need curl openssl

assert_exit 64 "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" --key "$PKI/server.key" \
    --listen 0.0.0.0
assert_contains "$ERR" "listen"
assert_exit 64 "$SANDBOX" --ca "$PKI/ca.pem"
assert_exit 64 "$SANDBOX" --unknown
assert_exit 0 "$SANDBOX" --help
assert_contains "$OUT" "--fault"
assert_exit 0 "$SANDBOX" --version
assert_exit 78 "$SANDBOX" --ca "$PKI/none.pem" --certificate "$PKI/server.pem" \
    --key "$PKI/server.key" --account "$PKI/client.pem" --schemas "$CTES_SOURCE_DIR/schemas"

refused() { # refused ALERT [CURL ARGS...]: the handshake fails with this alert
    local alert=$1 status=0
    shift
    curl --silent --show-error --noproxy '*' --cacert "$PKI/ca.pem" "$@" \
        "$SANDBOX_URL/api/test-connexion.php" >"$WORK/out" 2>"$WORK/err" || status=$?
    assert_ne 0 "$status" "a handshake that should fail"
    assert_eq "" "$(cat "$WORK/out")"
    assert_contains "$(cat "$WORK/err")" "$alert"
}
for tls13 in "" --tls13; do
    # shellcheck disable=SC2086
    sandbox_start $tls13
    if [ -z "$tls13" ]; then
        refused "handshake failure"
        refused "" --tlsv1.3 --cert "$PKI/client.pem" --key "$PKI/client.key"
    else
        refused ""
    fi
    refused "unknown ca" --cert "$PKI/bad/stranger.pem" --key "$PKI/bad/stranger.key"
    refused "" --cert "$PKI/bad/expired.pem" --key "$PKI/bad/expired.key"
    ask /api/test-connexion.php
    assert_eq OK "$(cat "$REPLY")"
    # known to the CA, unknown to the operator: this one speaks HTTP
    ask /api/test-connexion.php --cert "$PKI/client2.pem" --key "$PKI/client2.key"
    assert_contains "$(reply_text)" "KO
Le certificat n&#039;est pas valide : aucun compte trouvé"
    assert_eq 404 "$(curl -s --cacert "$PKI/ca.pem" --cert "$PKI/client2.pem" --key "$PKI/client2.key" \
        -o "$WORK/out" -w '%{http_code}' -X POST "$SANDBOX_URL/sandbox/advance")" \
        "control pages are for accounts"
    sandbox_stop
done

# IPv6 loopback
if sandbox_start --listen ::1 2>/dev/null; then
    ask /api/test-connexion.php
    assert_eq OK "$(cat "$REPLY")"
    sandbox_stop
fi

# another certificate on demand, once
sandbox_start --fault wrong-certificate --wrong-certificate "$PKI/bad/otherserver.pem" \
    --wrong-key "$PKI/bad/otherserver.key"
ask /api/test-connexion.php
assert_eq 000 "$HTTP"
assert_eq 60 "$CURL_STATUS"
ask /api/test-connexion.php
assert_eq 200 "$HTTP"
sandbox_stop

# a revoked certificate
serial=$(openssl x509 -in "$PKI/client2.pem" -noout -serial)
printf 'R\t360101000000Z\t240101000000Z\t%s\tunknown\t/CN=x\n' "${serial#*=}" >"$WORK/index.txt"
printf '[ca]\ndefault_ca = it\n[it]\ndatabase = %s/index.txt\ndefault_md = sha256\ndefault_crl_days = 30\n' \
    "$WORK" >"$WORK/ca.cnf"
openssl ca -gencrl -config "$WORK/ca.cnf" -cert "$PKI/ca.pem" -keyfile "$PKI/ca.key" \
    -out "$WORK/crl.pem" 2>"$WORK/err" || fail "no revocation list: $(cat "$WORK/err")"
sandbox_start --crl "$WORK/crl.pem"
refused "revoked" --cert "$PKI/client2.pem" --key "$PKI/client2.key"
ask /api/test-connexion.php
assert_eq 200 "$HTTP"
sandbox_stop
