#!/bin/bash
# One act's whole way, as a person sees it: check, send, ask, list, show, the form given back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
id=086-218601946-20220627-2022_0160-DE

# --- nothing is there before anything was sent ---
assert_exit 8 ctes list
assert_contains "$ERR" "it does not exist yet"
acte 2022-0160
assert_exit 0 ctes check "${ACTE[@]}"
assert_contains "$OUT" "2022-0160: ready to be sent"
[ ! -e "$WORK/register.db" ] || fail "check made a register"
assert_exit 0 ctes status
assert_eq "No act is waiting." "$OUT"

# --- send, then once more ---
acte 2022-0160 --objet "Adhésion à l’association – 5 000 €"
assert_exit 0 ctes send "${ACTE[@]}"
assert_contains "$OUT" "2022-0160: sent; "
assert_contains "$OUT" "sent as 2022_0160"
assert_contains "$OUT" "signs replaced in the subject: ’ → '"
assert_contains "$OUT" "days ago: some acts must be sent within 15 days"
assert_eq "" "$ERR"
assert_eq 1 "$(sandbox_ledger '.acts | length')" "transactions at the operator"
assert_exit 0 ctes --json send "${ACTE[@]}"
assert_json already '.[0].result'
assert_json 2022_0160 '.[0].numero_interne'
assert_json null '.[0].error'
assert_exit 0 ctes --quiet send "${ACTE[@]}"
assert_eq "" "$OUT$ERR"
assert_eq 1 "$(sandbox_ledger '.acts | length')" "transactions after three sendings"
# the same number for another act is no repetition
acte 2022-0160 --objet "Autre chose"
assert_exit 4 ctes --json send "${ACTE[@]}"
assert_json numero-taken '.[0].error.code'
assert_eq 1 "$(sandbox_ledger '.acts | length')"

# --- until the acknowledgement ---
assert_exit 0 ctes list --pending
assert_contains "$OUT" "2022-0160"
assert_exit 0 ctes status --wait=60 --every=1 2022-0160
assert_contains "$OUT" "2022-0160: received by the prefecture"
assert_contains "$OUT" "identifier: $id"
assert_exit 0 ctes list --pending
assert_eq "" "$OUT"
assert_contains "$ERR" "No act matches."
assert_exit 0 ctes --json status 2022_0160
assert_json acknowledged '.[0].state'
assert_json "$id" '.[0].id_acte'
assert_json true '.[0].final'
today=$(date +%d/%m/%Y)
assert_exit 0 french status 2022-0160
assert_contains "$(plain "$OUT")" "date de réception en préfecture : $today"

# --- the register ---
assert_exit 0 ctes --json show 2022-0160
assert_json "$id" '.[0].id_acte'
assert_json 99_DE '.[0].files[0].type_pj'
assert_json "$(sha256sum "$WORK/a.pdf" | cut -d' ' -f1)" '.[0].files[0].sha256'
assert_json 'prepared to-send deposited' '.[0].history[:3] | map(.to) | join(" ")'
assert_json acknowledged '.[0].history[-1].to'
assert_json true '.[0].exchanges | length > 2'
assert_exit 0 french show 2022-0160
assert_contains "$OUT" "reçu en préfecture"
assert_contains "$(plain "$OUT")" "Historique :"
assert_exit 4 ctes show 2022-9999
assert_contains "$ERR" "the register has no such act"
assert_exit 4 ctes status 2022-9999

# --- lists ---
assert_exit 0 ctes list --format csv
assert_eq "siren,numero,numero_interne,date,nature,matiere,objet,state,reception,id_acte,transaction,reason,replaces,replaced_by" \
    "$(printf '%s' "$OUT" | head -1 | tr -d '\r')"
assert_contains "$OUT" '"218601946","2022-0160","2022_0160","2022-06-27","DE","7.10","Adhésion à l’association – 5 000 €","acknowledged"'
assert_exit 0 ctes list --format scdl --with-id
assert_contains "$OUT" "Ville de Poitiers,21860194600013,2022-0160,2022-06-27,7.10,finances locales/divers,"
assert_contains "$OUT" "$id"
assert_exit 0 ctes list --format json --state acknowledged --from 2022-06-27 --to 27/06/2022
assert_json 1 length
assert_exit 0 ctes list --json --from 2022-06-28
assert_eq "" "$OUT"
assert_exit 0 ctes list --json --siren 218601946
assert_json 1 length
assert_exit 0 ctes list --json --siren 552100554
assert_eq "" "$OUT"
acte 2022-0163 --objet "=HYPERLINK(\"x\";\"y\")"
assert_exit 0 ctes send "${ACTE[@]}"
assert_exit 0 ctes list --format csv
assert_contains "$OUT" '"'"'"'=HYPERLINK(""x"";""y"")"'

# --- from its form, with what is given beside it ---
mkdir -p "$WORK/f/2022-0161"
cat >"$WORK/f/2022-0161.txt" <<'EOF'
Conseil Municipal du 27 juin 2022

N° identifiant 2022-0161

Titre Adhésion à la 27ème Région

Affichée le
Date de réception en préfecture

Identifiant de télétransmission

Nomenclature Préfecture	7.10
Nomenclature Préfecture	Divers
EOF
make_pdf "$WORK/f/2022-0161.pdf" fiche
make_pdf "$WORK/f/2022-0161/99_SE-plan.pdf" annexe
assert_exit 0 ctes send --fiche "$WORK/f/2022-0161.txt" --nature DE --wait=60 --every=1
assert_contains "$OUT" "086-218601946-20220627-2022_0161-DE"
assert_exit 0 ctes --json show 2022-0161
assert_json '99_DE 99_SE' '.[0].files | map(.type_pj) | join(" ")'
assert_exit 0 ctes show 2022-0161 --fiche
assert_contains "$OUT" "086-218601946-20220627-2022_0161-DE"
assert_contains "$OUT" "Titre Adhésion à la 27ème Région"
assert_not_contains "$(grep 'Affichée' <<<"$OUT")" "20"
# options have the last word over the form, its files included
make_pdf "$WORK/other.pdf" other
assert_exit 0 ctes --json send --fiche "$WORK/f/2022-0161.txt" --nature DE --numero 2022-0162 \
    --objet "Corrigé" --document "$WORK/other.pdf"
assert_json Corrigé '.[0].objet'
assert_json 2022-0162 '.[0].numero'
assert_exit 0 ctes --json show 2022-0162
assert_json "$WORK/other.pdf" '.[0].files[0].path'

# --- the log goes where it should ---
assert_exit 0 ctes -vv status 2022-0160
journal=$(stat -c %d:%i "$WORK/err") # where assert_exit sends standard error
assert_exit 4 env JOURNAL_STREAM=1:2 "$CTES" --config "$CONF" show 2022-9999
assert_eq "2022-9999" "${ERR%%:*}" "somebody else's journal"
assert_exit 4 env JOURNAL_STREAM="$journal" "$CTES" --config "$CONF" show 2022-9999
assert_contains "$ERR" "<3>2022-9999: the register has no such act"
assert_exit 0 env JOURNAL_STREAM="$journal" "$CTES" --config "$CONF" -vv status 2022-0162
printf '%s\n' "$ERR" | grep -v '^<[0-7]>' | grep -q . && fail "a line without priority: $ERR"
sandbox_stop

# --- a fresh test instance, whose three letters are small (S2LOW sheet § 2.1) ---
sandbox_start --immediate --trigramme abc
cli_config "$SANDBOX_URL"
set_key operateur trigramme abc
set_key operateur mode archive
set_key autorite adresses_retour "actes@commune.test, maire@commune.test, actes@commune.test"
acte 2022-0170
assert_exit 0 ctes send --wait=60 --every=1 "${ACTE[@]}"
assert_contains "$OUT" "2022-0170: sent; received by the prefecture"
assert_contains "$(sandbox_ledger '.acts[].path')" "/abc-TACT--218601946--"
archive=$(find "$WORK" -name 'abc-TACT--*.tar.gz')
assert_eq "actes@commune.test maire@commune.test" "$(tar xzOf "$archive" --wildcards 'TACT--*.xml' |
    grep -o '[a-z]*@commune.test' | paste -sd ' ')" "an address is written once (norm sheet § 5.3)"
sandbox_stop

# --- an instance that reads logins and passwords as ISO-8859-1 (S2LOW sheet § 1.2) ---
(umask 077 && latin1 "gelée" >"$WORK/theirs" && printf 'gelée' >"$WORK/ours")
latin1 "[mairie]
certificate = $PKI/client.pem
login = prénom
password-file = $WORK/theirs
" >"$WORK/accounts.ini"
sandbox_start --immediate --accounts "$WORK/accounts.ini"
cli_config "$SANDBOX_URL"
set_key autorite login prénom
set_key autorite password_file "$WORK/ours"
acte 2022-0171
assert_exit 3 ctes send "${ACTE[@]}"
assert_contains "$ERR" 'login "prénom"'
set_key operateur login_latin1 yes
assert_exit 0 ctes send --wait=60 --every=1 "${ACTE[@]}"
assert_contains "$OUT" "2022-0171: sent; received by the prefecture"
sandbox_stop
printf 'gelée €' >"$WORK/ours"
assert_exit 3 ctes send "${ACTE[@]}"
assert_contains "$ERR" "password (ISO-8859-1)"
