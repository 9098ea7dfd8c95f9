#!/usr/bin/env bash
# A signature made elsewhere goes with its act whenever the act goes again, or the act does not go: judged by
# `openssl cms` on what the operator received.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl openssl tar

sandbox_start --delay 0 --anomalie S_1=002:'classification perimee' --anomalie S_3=001:x --anomalie S_4=001:x \
    --anomalie S_5=001:x --anomalie S_7=001:x --anomalie S_8=001:x --anomalie S_9=001:x --refuse S_11=100:enveloppe
cli_config "$SANDBOX_URL"
make_pdf "$WORK/a.pdf"
make_pdf "$WORK/other.pdf" other
cp "$WORK/a.pdf" "$WORK/annexe.pdf"

sign_by() { # WHO FILE SIGNATURE
    openssl cms -sign -binary -in "$2" -signer "$PKI/$1.pem" -inkey "$PKI/$1.key" -outform PEM -out "$3" 2>/dev/null ||
        fail "openssl cms -sign"
}
sign_by signer-ec "$WORK/a.pdf" "$WORK/a.p7s"
sign_by signer-ec "$WORK/other.pdf" "$WORK/other.p7s"
openssl x509 -in "$PKI/signer-ec.pem" -noout -fingerprint >"$WORK/elsewhere" || fail "fingerprint"
openssl x509 -in "$PKI/signer.pem" -noout -fingerprint >"$WORK/ours" || fail "fingerprint"

# received NUMBER: downloads the document that the operator holds, and its signature.
received() {
    local transaction id
    transaction=$(ctes show "$1" --json | jq .transaction)
    ask "/modules/actes/actes_transac_get_files_list.php?transaction=$transaction"
    id=$(jq '.[1].id' "$REPLY") || fail "no files of $1: $(cat "$REPLY")"
    jq -r '.[1].sign' "$REPLY" >"$WORK/got.p7s"
    sandbox_curl "/modules/actes/actes_download_file.php?file=$id" >"$WORK/got.pdf" || fail "no document of $1"
}

# signed NUMBER WHO FILE: the operator got FILE with a signature of WHO's (elsewhere, ours).
signed() {
    received "$1"
    [ "$(wc -c <"$WORK/got.p7s")" -gt 1 ] || fail "$1 went without a signature"
    assert_exit 0 openssl cms -verify -binary -inform PEM -in "$WORK/got.p7s" -content "$3" -CAfile "$PKI/ca.pem" \
        -purpose any -signer "$WORK/got.pem" -out /dev/null
    assert_eq "$(cat "$WORK/$2")" "$(openssl x509 -in "$WORK/got.pem" -noout -fingerprint)" "signer of $1"
}

refused_send() { # NUMBER ARGS...: deposited, and refused by the préfecture
    acte "$1" "${@:2}"
    ctes send "${ACTE[@]}" --wait=60 --every=1 >"$WORK/out" 2>"$WORK/err" </dev/null
    case $(state_of "$1") in
    anomalie-acte | anomalie-enveloppe) ;;
    *) fail "$1 was not refused: $(state_of "$1") $(cat "$WORK/out" "$WORK/err")" ;;
    esac
}

archive_of() { find "$WORK/archives" -name "$(ctes show "$1" --json | jq -r .archive)"; }

not_sent() { # REASON ARGS...: `ctes resend` refuses, and the operator hears nothing of it
    local before after reason=$1
    shift
    before=$(sandbox_ledger '.acts | length')
    assert_exit 4 ctes --json resend "$@"
    assert_json signature-lost '.[0].error.code'
    assert_exit 4 ctes resend "$@"
    assert_contains "$ERR" "$1"
    assert_contains "$ERR" "$reason"
    assert_contains "$ERR" "without a signature that was made elsewhere"
    assert_contains "$ERR" "--signature"
    after=$(sandbox_ledger '.acts | length')
    assert_eq "$before" "$after" "acts at the operator"
}

# --- refused for its classification, sent again under the next number; and that one again ---
refused_send S-1 --signature "$WORK/a.p7s"
rm "$WORK/a.p7s" # the register never knew where it lay
assert_exit 0 ctes resend S-1 --suffix --matiere 7.1 --classification-date 2019-04-18 --wait=60 --every=1
signed S_1_2 elsewhere "$WORK/a.pdf"
sign_by signer-ec "$WORK/a.pdf" "$WORK/a.p7s"

# --- refused at the deposit, sent again under its number, in either way of depositing ---
for mode in archive champs; do
    page=actes_transac_create
    [ $mode = champs ] || page=actes_transac_submit
    set_key operateur mode $mode
    sandbox_curl "/sandbox/fault?spec=413@$page" --request POST --fail >/dev/null || fail "no fault"
    acte "S-2-$mode" --signature "$WORK/a.p7s"
    assert_exit 5 ctes send "${ACTE[@]}"
    assert_eq refused "$(state_of "S-2-$mode")"
    assert_exit 0 ctes resend "S-2-$mode" --wait=60 --every=1
    signed "S-2-$mode" elsewhere "$WORK/a.pdf"
done
drop_key operateur mode

# --- the package that was sent is gone, or is no longer what was sent ---
refused_send S-3 --signature "$WORK/a.p7s"
archive=$(archive_of S-3)
mv "$archive" "$archive.away"
not_sent "is gone" S-3 --suffix
cp "$archive.away" "$archive"
printf x >>"$archive"
not_sent "no longer what was sent" S-3 --suffix
assert_exit 4 french resend S-3 --suffix
assert_contains "$(plain "$ERR")" "n'est plus ce qui a été transmis"
# handed over once more, it goes
assert_exit 0 ctes resend S-3 --suffix --signature "$WORK/a.p7s" --wait=60 --every=1
signed S_3_2 elsewhere "$WORK/a.pdf"

# --- another document: its signature has to come with it; the same one elsewhere keeps it ---
refused_send S-4 --signature "$WORK/a.p7s"
not_sent "other.pdf" S-4 --suffix --document "$WORK/other.pdf"
assert_exit 4 ctes --json resend S-4 --suffix --signature "$WORK/other.p7s"
assert_json signature-invalid '.[0].error.code'
assert_eq null "$(ctes show S-4 --json | jq -r .replaced_by)"
assert_exit 0 ctes resend S-4 --as S-4-BIS --document "$WORK/other.pdf" --signature "$WORK/other.p7s" --wait=60 --every=1
signed S-4-BIS elsewhere "$WORK/other.pdf"
refused_send S-5 --signature "$WORK/a.p7s"
mkdir "$WORK/moved"
cp "$WORK/a.pdf" "$WORK/moved"
assert_exit 0 ctes resend S-5 --suffix --document "$WORK/moved/a.pdf" --wait=60 --every=1
signed S_5_2 elsewhere "$WORK/a.pdf"

# --- never sent: nothing was kept of it ---
set_key operateur closed_hours "$(LC_ALL=C date +%a), $(LC_ALL=C date -d tomorrow +%a)"
acte S-6 --signature "$WORK/a.p7s"
assert_exit 6 ctes send "${ACTE[@]}"
drop_key operateur closed_hours
not_sent "never sent" S-6
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
signed S-6 elsewhere "$WORK/a.pdf"

# --- a replacement that never left: what it replaces tells ---
refused_send S-7 --signature "$WORK/a.p7s"
set_key operateur closed_hours "$(LC_ALL=C date +%a), $(LC_ALL=C date -d tomorrow +%a)"
assert_exit 6 ctes resend S-7 --suffix
drop_key operateur closed_hours
assert_eq prepared "$(state_of S_7_2)"
assert_exit 0 ctes resend S_7_2 --wait=60 --every=1
signed S_7_2 elsewhere "$WORK/a.pdf"

# --- where our own key signs: ours is made anew, also for another document; one from elsewhere goes again ---
set_key signature sign yes
set_key signature certificate "$PKI/signer.pem"
set_key signature key "$PKI/signer.key"
refused_send S-8
signed S-8 ours "$WORK/a.pdf"
assert_exit 0 ctes resend S-8 --suffix --document "$WORK/other.pdf" --wait=60 --every=1
signed S_8_2 ours "$WORK/other.pdf"
refused_send S-9 --signature "$WORK/a.p7s"
not_sent "other.pdf" S-9 --suffix --document "$WORK/other.pdf" # ours does not stand in for it
assert_exit 0 ctes resend S-9 --suffix --wait=60 --every=1
signed S_9_2 elsewhere "$WORK/a.pdf"
set_key signature sign no

# --- several acts in one enveloppe: each has its own ---
mkdir "$WORK/several"
echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT;ACTE_SIGNATURE' \
    >"$WORK/several/manifest.csv"
for number in S-10 S-11 S-12; do
    make_pdf "$WORK/several/$number.pdf" "$number"
    sign_by signer-ec "$WORK/several/$number.pdf" "$WORK/several/$number.p7s"
    echo "$number;27/06/2022;7.10;finances locales/divers;Acte $number;$number.pdf;$number.p7s" \
        >>"$WORK/several/manifest.csv"
done
set_key operateur acts_per_enveloppe 3
ctes batch "$WORK/several" >"$WORK/out" 2>"$WORK/err" </dev/null
assert_eq "$(archive_of S-10)" "$(archive_of S-12)" "their archive"
is_refused() { ctes status "$1" >/dev/null 2>&1 </dev/null; [ "$(state_of "$1")" = anomalie-enveloppe ]; }
for number in S-12 S-10; do
    wait_until is_refused $number
    assert_exit 0 ctes resend $number --suffix --wait=60 --every=1
    signed "${number/-/_}_2" elsewhere "$WORK/several/$number.pdf"
done

# --- without any signature an act goes again as it went ---
sandbox_curl "/sandbox/fault?spec=413@actes_transac_submit" --request POST --fail >/dev/null || fail "no fault"
acte S-13
assert_exit 5 ctes send "${ACTE[@]}"
assert_exit 0 ctes resend S-13 --wait=60 --every=1
received S-13
assert_eq "" "$(cat "$WORK/got.p7s")" "signature of S-13"
sandbox_stop
