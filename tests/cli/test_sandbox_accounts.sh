#!/bin/bash
# Who is logged in: certificate, shared certificate with a login, nounce, session; rights.
. "$(dirname "$0")/lib.sh"
need curl jq xxd iconv

(umask 077 && printf 'pa:ss é\n' >"$WORK/pass" && printf 'other\n' >"$WORK/pass2")
cat >"$WORK/accounts.ini" <<END
[one]
certificate = $PKI/client.pem
login = one
password-file = pass
service = s1
[two]
certificate = $PKI/client.pem
login = two
password-file = pass2
role = ADM
[nopass]
certificate = $PKI/client.pem
login = nopass
[disabled]
certificate = $PKI/client.pem
login = disabled
password-file = pass
disabled = yes
[group]
certificate = $PKI/client.pem
login = group
password-file = pass
role = GADM
[neighbour]
certificate = $PKI/client.pem
login = neighbour
password-file = pass
service = s1
[stranger]
certificate = $PKI/client2.pem
siren = 213401722
departement = 034
arrondissement = 3
nature = 31
END
ONE=(--user 'one:pa:ss é')
CONNECT=/modules/actes/actes_transac_get_status.php
STRANGER=(--cert "$PKI/client2.pem" --key "$PKI/client2.key")

bad_accounts() { # bad_accounts LINE: a file with this line is refused, without showing secrets
    printf '[x]\ncertificate = %s/client.pem\n%s\n' "$PKI" "$1" >"$WORK/bad.ini"
    assert_exit 78 "$SANDBOX" --ca "$PKI/ca.pem" --certificate "$PKI/server.pem" \
        --key "$PKI/server.key" --schemas "$CTES_SOURCE_DIR/schemas" --accounts "$WORK/bad.ini"
}
bad_accounts "perm = ALL"
bad_accounts "unknown = 1"
bad_accounts "siren = 123456789"
printf 'open' >"$WORK/open" && chmod 644 "$WORK/open"
bad_accounts "password-file = open"
assert_contains "$ERR" "key-exposed"

sandbox_start --accounts "$WORK/accounts.ini" --manual

# --- § 1.2, with api=1 and without -------------------------------------------------------------------------
ask "$CONNECT?transaction=1&api=1"
assert_eq "KO
La connexion n&#039;a pas pu être établie" "$(reply_text)" "several accounts, no login"
ask "$CONNECT?transaction=1"
assert_eq "302 $SANDBOX_URL/login.php" "$HTTP $(header Location)"
assert_bytes "" "$REPLY"
ask "$CONNECT?transaction=1&api=1" --user one:wrong
{ printf 'KO\n'; latin1 "Le certificat n&#039;est pas valide : aucun compte trouvé"; printf '\n'; } >"$WORK/wanted"
assert_bytes "$(xxd -p "$WORK/wanted")" "$REPLY" "a wrong password is said like no account"
ask "$CONNECT?transaction=1" --user one:wrong
assert_eq "302 $SANDBOX_URL/connexion-status" "$HTTP $(header Location)"
ask "$CONNECT?api=1" --user nobody:x
assert_bytes "$(xxd -p "$WORK/wanted")" "$REPLY"
ask "$CONNECT?api=1" --user nopass:x
assert_contains "$(reply_text)" "KO
Connexion Impossible. Aucun mot de passe ne correspond à cet identifiant de connexion."
ask "$CONNECT?api=1" --user 'disabled:pa:ss é'
assert_eq "KO
Échec de l'authentification" "$(reply_text)"
ask "/modules/actes/actes_transac_cancel.php" --user 'disabled:pa:ss é' --data api=1
assert_eq "KO
Échec de l&#039;authentification" "$(reply_text)"
ask "/modules/actes/api/number_actes.php" --user 'disabled:pa:ss é'
assert_contains "$(cat "$REPLY")" nb_transactions "not tested by the JSON pages"
ask "$CONNECT?api=1" --user 'group:pa:ss é'
assert_eq "KO
Accès refusé" "$(reply_text)"
ask "/modules/actes/actes_transac_submit.php?api=1" --user 'group:pa:ss é' --form api=1
assert_eq "KO
Pas de fichier archive spécifié." "$(reply_text)" "archives are taken from an administrator of groups"
ANSWER=/modules/actes/actes_transac_reponse_create.php
ask "$ANSWER" --user 'group:pa:ss é' --form api=1
assert_eq "KO
Accès refusé" "$(reply_text)"
ask "$ANSWER?api=1" --user 'group:pa:ss é' --form id=1
assert_eq "200 text/plain; charset=UTF-8 KO : Accès refusé" \
    "$HTTP $(header Content-Type) $(cat "$REPLY")" "with api in the address, one block"
ask "$ANSWER?api=1" --user 'disabled:pa:ss é' --form id=1
assert_eq "KO : Échec de l'authentification" "$(cat "$REPLY")"
ask "$ANSWER" --user 'disabled:pa:ss é' --form id=1
assert_eq "302 $SANDBOX_URL/connexion-status" "$HTTP $(header Location)"
ask /admin/users/api-list-login.php
assert_eq "one two nopass disabled group neighbour" "$(tr '\n' ' ' <"$REPLY" | sed 's/ $//')"
assert_not_contains "$(cat "$SANDBOX_ERR")" "pa:ss" "no secret in the log"

# --- whose transaction it is ----------------------------------------------------------------------------------
DEPOSIT_ARGS=("${ONE[@]}")
deposit W1
assert_bytes "4f4b0a310a0a" "$REPLY"
ask "$CONNECT?transaction=1" --user two:other
assert_bytes "4f4b0a310a" "$REPLY" "an administrator of the authority follows it"
ask "$CONNECT?transaction=1" --user 'neighbour:pa:ss é'
assert_eq "KO
Accès refusé" "$(reply_text)" "the same service does not follow"
ask "/modules/actes/actes_transac_get_ARActe.php?id=1&api=1" --user 'neighbour:pa:ss é'
assert_eq "200 application/xml" "$HTTP $(header Content-Type)" "but it sees"
ask "/modules/actes/actes_transac_get_files_list.php?transaction=1" --user 'neighbour:pa:ss é'
assert_eq "KO
Accès refusé" "$(reply_text)" "nor does it list files"
ask "/modules/actes/actes_transac_get_tampon.php?transaction=1" --user 'neighbour:pa:ss é'
assert_eq "KO
Pas d'acquittement recu" "$(reply_text)" "the stamped document is for who sees"
ask "/modules/actes/actes_transac_get_tampon.php?transaction=1" "${STRANGER[@]}"
assert_eq "KO
Accès refusé" "$(reply_text)"
ask "/modules/actes/actes_transac_get_ARActe.php?id=1&api=1" "${STRANGER[@]}"
assert_contains "$(reply_text)" "Accès refusé"
ask "/modules/actes/actes_download_file.php?file=1" "${STRANGER[@]}"
assert_eq 302 "$HTTP"
DEPOSIT_ARGS=("${STRANGER[@]}")
deposit W1
assert_bytes "4f4b0a320a0a" "$REPLY" "a number is kept per authority"
assert_eq "1.tar.gz 1.tar.gz" "$(sandbox_ledger '[.acts[].path | split("-") | last] | join(" ")')" \
    "and so is the day's counter"
ask "/modules/actes/api/list_actes.php?status_id=1" "${STRANGER[@]}"
assert_eq '["2"]' "$(jq -c '[.transactions[].id]' "$REPLY")"

# --- nounce ---------------------------------------------------------------------------------------------------
ask /api/get-nounce.php "${ONE[@]}"
nounce=$(jq -r .nounce "$REPLY")
[[ $nounce =~ ^[0-9a-zA-Z]{7}$ ]] || fail "nounce: $nounce"
hash=$(printf 'pa:ss é:%s' "$nounce" | sha256sum | cut -d' ' -f1)
for try in 1 2; do
    ask "$CONNECT?transaction=1&api=1&login=one&nounce=$nounce&hash=$hash"
    assert_bytes "4f4b0a310a" "$REPLY" "nounce, time $try"
done
ask "$CONNECT?transaction=1&api=1&login=one&nounce=$nounce&hash=${hash/[0-9]/x}"
assert_contains "$(reply_text)" "La connexion n&#039;a pas pu" "falls back to the certificate alone"
assert_not_contains "$(cat "$SANDBOX_ERR")" "$hash"
assert_not_contains "$(sandbox_ledger)" "$hash"

# --- a session pins its account ---------------------------------------------------------------------------------
jar="$WORK/jar"
ask "$CONNECT?transaction=1&api=1" "${ONE[@]}" --cookie-jar "$jar"
ask "$CONNECT?transaction=1&api=1" --user nobody:x --cookie "$jar"
assert_bytes "4f4b0a310a" "$REPLY" "the login sent is not looked at any more"
ask "$CONNECT?transaction=1&api=1" "${STRANGER[@]}" --cookie "$jar"
assert_contains "$(reply_text)" "KO" "but the certificate is"
ask "$CONNECT?transaction=1&api=1" --user nobody:x
assert_contains "$(reply_text)" "KO"
sandbox_stop

# --- generation 6 --------------------------------------------------------------------------------------------------
sandbox_start --accounts "$WORK/accounts.ini" --manual --generation 6
garbled="4b4f0a 4c6120636f6e6e6578696f6e206e262330 33393b612070617320707520 3f74726520 3f7461626c69650a"
ask "$CONNECT?api=1"
assert_bytes "$garbled" "$REPLY" "several accounts"
ask "$CONNECT?api=1" --user one:wrong
assert_eq 302 "$HTTP" "even with api=1"
assert_contains "$(header Location)" "/login.php?error="
ask "/modules/actes/api/list_actes.php" --user one:wrong
assert_bytes "$garbled" "$REPLY" "where the address holds /api"
ask "$CONNECT?api=1&login=one&nounce=aaaaaaa&hash=0"
assert_bytes "$garbled" "$REPLY"
ask "$CONNECT?api=1&login=one&nounce=aaaaaaa&hash=0&url_return=https://back.example/"
assert_eq "302 https://back.example/" "$HTTP $(header Location)"
sandbox_stop
printf '[x]\ncertificate = %s/client.pem\n' "$PKI" >"$WORK/accounts.ini"
sandbox_start --accounts "$WORK/accounts.ini" --generation 6
ask "$CONNECT?api=1" "${STRANGER[@]}"
assert_eq 302 "$HTTP" "unknown certificate"
sandbox_stop

# --- generation 4 --------------------------------------------------------------------------------------------------
sandbox_start --manual --generation 4
DEPOSIT_ARGS=()
deposit G1
ask "/modules/actes/api/list_actes.php?status_id=1&min_date=$(date -d tomorrow +%F)"
assert_eq '["1"]' "$(jq -c '[.transactions[].id]' "$REPLY")" "dates are not known before 5.0.38"
ask "/modules/actes/actes_transac_get_ARActe.php?id=99&api=1"
assert_eq 302 "$HTTP" "get_ARActe is not for the API before 5.0.47"
assert_bytes "" "$REPLY"
ask "/modules/actes/actes_transac_get_ARActe.php?id=1&api=1"
assert_eq "200 application/xml" "$HTTP $(header Content-Type)"
sandbox_stop
