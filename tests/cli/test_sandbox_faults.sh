#!/bin/bash
# Faults on demand: how each looks to a client, and what the sandbox kept.
. "$(dirname "$0")/lib.sh"
need curl jq xxd iconv

acts() {
    sandbox_ledger '[.acts[].number] | join(" ")'
}
acts_are() {
    [ "$(acts)" = "$1" ]
}
plan() {
    ask "/sandbox/fault?spec=${1//@/%40}" --request POST
    assert_eq 200 "$HTTP" "planning $1"
}
assert_exit 64 "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" --key "$PKI/server.key" \
    --account "$PKI/client.pem" --fault nonsense
for spec in 500:0 500:x 500@ ; do
    assert_exit 64 "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" \
        --key "$PKI/server.key" --account "$PKI/client.pem" --fault "$spec"
done

sandbox_start --manual --fault reply-lost@create --fault 503@actes_transac_get_status.php:2 \
    --late 60 --slow 0.02

# committed, then cut before any byte
deposit F1
assert_eq "000 52" "$HTTP $CURL_STATUS" "an empty reply"
assert_eq "F1" "$(acts)"
assert_eq "0 reply-lost" "$(sandbox_ledger '.requests[0] | "\(.http) \(.fault)"')"
deposit F1
assert_contains "$(reply_text)" "même numéro interne"
assert_eq "F1 1" "$(sandbox_ledger '.duplicates[0] | "\(.number) \(.held)"')"

# counted, by page, first come
for wanted in 503 503 200; do
    ask_status 1
    assert_eq "$wanted" "$HTTP"
    [ "$wanted" = 200 ] || assert_eq 30 "$(header Retry-After)"
done

# nothing kept
for kind in cut-before 500 503 413 html-200 g6-garbled redirect; do
    plan "$kind@create"
    deposit F2
    case $kind in
    cut-before) assert_eq 000 "$HTTP" ;;
    html-200)
        assert_eq 200 "$HTTP"
        assert_contains "$(cat "$REPLY")" "<form" ;;
    g6-garbled) assert_eq "KO
La connexion n&#039;a pas pu ?tre ?tablie" "$(cat "$REPLY")" ;;
    redirect) assert_eq "302 $SANDBOX_URL/login.php" "$HTTP $(header Location)" ;;
    *) assert_eq "$kind" "$HTTP" ;;
    esac
    assert_eq "F1" "$(acts)" "$kind keeps nothing"
done
head -c 3000000 /dev/zero >"$WORK/big"
plan cut-before@create
deposit F2 acte_pdf_file="@$WORK/big"
assert_ne 0 "$CURL_STATUS" "cut in the middle of an upload"
assert_bytes "" "$REPLY"

# come back later
plan 429@create
deposit F2
assert_eq "429 30" "$HTTP $(header Retry-After)"
assert_eq "F1" "$(acts)"

# kept, whatever the reply looks like
plan truncated@create
deposit F2
assert_eq 18 "$CURL_STATUS" "half a reply"
assert_bytes "4f4b0a" "$REPLY" "it begins like a success"
plan truncated@status
ask_status 2
assert_eq 18 "$CURL_STATUS"
plan stall@create
deposit F3 2>/dev/null &
wait_until acts_are "F1 F2 F3" # others are served meanwhile
kill $!
wait $! 2>/dev/null
plan stall-before@create
seen=$(sandbox_ledger '.requests | length')
deposit F4 2>/dev/null &
wait_until requests_are $((seen + 1))
kill $!
wait $! 2>/dev/null
assert_eq "0 stall-before" "$(sandbox_ledger '.requests[-1] | "\(.http) \(.fault)"')"
assert_eq "F1 F2 F3" "$(acts)"
plan late-commit@create
deposit F4
assert_eq 000 "$HTTP"
ask "/modules/actes/actes_transac_get_status.php?unique_id=086-218601946-20240105-F4-DE-1-1"
assert_contains "$(reply_text)" "KO" "not held yet"
sandbox_advance 1
wait_until acts_are "F1 F2 F3 F4"
ask "/modules/actes/actes_transac_get_status.php?unique_id=086-218601946-20240105-F4-DE-1-1"
assert_eq OK "$(head -n 1 "$REPLY")" "held after all"
plan slow@create
head -c 60000 /dev/urandom >"$WORK/noise"
deposit F5 acte_attachments[]="@$WORK/noise" type_pj[]=99_SE
assert_contains "$(reply_text)" "Erreur de validation d&#039;un fichier"

plan 503-kept@create
deposit F6
assert_eq "503 30" "$HTTP $(header Retry-After)"
assert_eq "F1 F2 F3 F4 F6" "$(acts)" "turned away too late"

# charsets
plan charset-utf8@create
deposit F1
assert_bytes "$(printf 'KO\nUn acte portant le même numéro' | xxd -p)" <(head -c 35 "$REPLY")
plan charset-broken@create
deposit F1
iconv -f UTF-8 -t UTF-8 "$REPLY" >/dev/null 2>&1 && fail "should be no charset at all"
assert_contains "$(tail -c 3 "$REPLY" | xxd -p)" "81ff0a"

# acknowledgement and stamp
sandbox_advance 3
plan empty-ar@ar
AR="/modules/actes/actes_transac_get_ARActe.php?id=1&api=1"
ask "$AR"
assert_bytes "" "$REPLY"
ask "$AR"
assert_eq "<?xml" "$(head -c 5 "$REPLY")"
plan empty-ar
ask_status 1
assert_bytes "4f4b0a340a" "$REPLY"
plan unstamped
ask "/modules/actes/actes_download_file.php?file=2&tampon=1"
cmp "$REPLY" "$WORK/acte.pdf" || fail "the unstamped file, 200"
ask "/modules/actes/actes_download_file.php?file=2&tampon=1"
assert_contains "$(cat "$REPLY")" "ID : 086-"

# for ever, and not for the control pages
plan 500:%2A
for try in 1 2 3; do
    ask /api/test-connexion.php
    assert_eq 500 "$HTTP" "time $try"
done
assert_eq "F1 F2 F3 F4 F6" "$(acts)"

# a sandbox that is stopped while a client stalls ends well
plan stall@nothing
sandbox_stop
sandbox_start --fault 'stall:*'
for client in 1 2; do
    (ask /api/test-connexion.php) &
    wait_until requests_are $client
done
sandbox_stop
wait
