#!/bin/bash
# A night's work: a table or a folder, one bad act among good ones, and the same again the next night.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl sqlite3
sandbox_start --delay 0 --anomalie 2022_0404=002:perimee
cli_config "$SANDBOX_URL"
make_pdf "$WORK/a.pdf"
mkdir "$WORK/night"
make_pdf "$WORK/night/a.pdf" a
printf 'PK' >"$WORK/night/bad.pdf"
cat >"$WORK/night/manifest.csv" <<'EOF'
DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT
2022-0401;27/06/2022;7.10;finances locales/divers;Premier;a.pdf
2022-0402;27/06/2022;7.1;finances locales/divers;Tableur;a.pdf
2022-0403;27/06/2022;7.10;finances locales/divers;Mauvais;bad.pdf
EOF

# --- checked: nothing leaves ---
assert_exit 4 ctes check "$WORK/night"
assert_eq 0 "$(sandbox_ledger '.acts | length')"
assert_contains "$(tr -s ' ' <<<"$OUT")" "Acts 3
 ready to be sent 1
 refused 2
"
assert_contains "$ERR" "line 3"
assert_contains "$ERR" "the code and the name of the matiere disagree"

# --- sent: the good one ---
assert_exit 4 ctes --json batch "$WORK/night/manifest.csv"
assert_json 'sent refused refused' '.[:3] | sort_by(.numero) | map(.result) | join(" ")'
assert_json '3 4' '.[:3] | sort_by(.numero) | .[1:] | map(.line | tostring) | join(" ")'
assert_json 'matiere-discordant document-type' '.[:3] | sort_by(.numero) | .[1:] | map(.error.code) | join(" ")'
assert_json '3 1 2 1' '.[3].summary | [.total, .sent, .refused, .invalid] | map(tostring) | join(" ")'
assert_eq 1 "$(sandbox_ledger '.acts | length')"

# --- the next night, corrected: only what was not sent ---
cat >"$WORK/night/manifest.csv" <<'EOF'
DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT
2022-0401;27/06/2022;7.10;finances locales/divers;Premier;a.pdf
2022-0402;27/06/2022;7.10;finances locales/divers;Tableur;a.pdf
EOF
assert_exit 0 french --verbose batch "$WORK/night"
assert_contains "$(plain "$OUT")" "2022-0401 : déjà envoyé"
assert_contains "$(plain "$OUT")" "2022-0402 : envoyé"
assert_contains "$(tr -s ' ' <<<"$OUT")" "Envoyés cette fois 1 "
assert_contains "$(tr -s ' ' <<<"$OUT")" "Déjà envoyés auparavant 1"
assert_exit 0 ctes --quiet batch "$WORK/night"
assert_eq "" "$OUT$ERR" "a quiet night"
assert_eq 2 "$(sandbox_ledger '.acts | length')"

# --- a folder of forms; one of them ends refused by the préfecture ---
mkdir "$WORK/forms"
for number in 2022-0404 2022-0405; do
    printf 'Conseil Municipal du 27 juin 2022\nN° identifiant %s\nTitre Objet %s\nNomenclature Préfecture\t7.10\n' \
        $number $number >"$WORK/forms/$number.txt"
    make_pdf "$WORK/forms/$number.pdf" $number
done
: >"$WORK/forms/2022-0406.txt"
assert_exit 4 ctes batch "$WORK/forms"
assert_contains "$ERR" "2022-0406.txt"
assert_exit 5 ctes --json status --wait=60 --every=1
assert_contains "$OUT" '"state":"anomalie-acte"'
assert_exit 5 ctes batch "$WORK/forms"
assert_contains "$ERR" "2022-0404: already sent on "
assert_contains "$ERR" ", nothing was sent again; refused by the prefecture (reason: perimee; next number, "
rm "$WORK/forms/2022-0406.txt"
# replaced by another act, it is no fault any more
assert_exit 0 ctes resend 2022-0404 --suffix --wait=60 --every=1
assert_exit 0 ctes batch "$WORK/forms"
assert_eq "" "$ERR"
# whoever asks for this very act is told so
assert_exit 5 ctes resend 2022-0404 --suffix
assert_contains "$ERR" "it was replaced by 2022_0404_2. Nothing was sent"

# --- what is no batch ---
assert_exit 4 ctes batch "$WORK/none"
mkdir "$WORK/nothing"
assert_exit 4 ctes batch "$WORK/nothing"
assert_exit 4 ctes --json batch "$WORK/a.pdf"
printf 'A;B\n1;2\n' >"$WORK/no.csv"
assert_exit 4 ctes --json batch "$WORK/no.csv"
assert_json manifest-invalid '.[-1].error.code'
sandbox_stop

# --- the night after: each act is told as it stands, and by whom ---
sandbox_start --delay 0 --invalid 2022_0420 --close 2022_0421 --park 2022_0422
cli_config "$SANDBOX_URL"
set_key chemins register ends.db
mkdir "$WORK/ends"
make_pdf "$WORK/ends/a.pdf"
{
    echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_OBJET;ACTE_DOCUMENT'
    printf '2022-042%s;27/06/2022;7.10;Acte %s;a.pdf\n' 0 0 1 1 2 2 3 3
} >"$WORK/ends/manifest.csv"
ends_reached() { ! ctes --json list | grep -qE '"state":"(deposited|waiting|transmitted)"'; }
batch_again() { ctes batch "$WORK/ends" >"$WORK/last" 2>&1; ends_reached; }
batch_again
wait_until batch_again
assert_not_contains "$(tr -s ' ' <"$WORK/last")" "earlier"
assert_exit 0 ctes cancel 2022-0423
cancelled() { ctes status >/dev/null 2>&1; ctes --json list | grep -q '"state":"cancelled"'; }
wait_until cancelled
assert_exit 5 ctes batch "$WORK/ends"
assert_contains "$ERR" "2022-0420: already sent on "
assert_contains "$ERR" "; refused by the operator (reason: "
assert_contains "$ERR" "; closed without an answer (reason: "
assert_contains "$ERR" "; cancelled ("
assert_not_contains "$ERR" "the prefecture refuses"
assert_contains "$ERR" "2022-0422: already sent on "
assert_contains "$ERR" "to be confirmed at the operator. Confirm the sending on the operator's site."
assert_exit 5 ctes --quiet batch "$WORK/ends"
assert_contains "$ERR" "2022-0422: " "a quiet night still tells whom the operator waits for"
: >"$WORK/journal"
JOURNAL_STREAM=$(stat -c %d:%i "$WORK/journal") ctes batch "$WORK/ends" >>"$WORK/journal" 2>>"$WORK/journal" </dev/null
assert_eq 4 "$(grep -c '^<3>2022-042' "$WORK/journal")" "what needs a person is an error in the journal"
assert_exit 5 ctes --json batch "$WORK/ends"
assert_contains "$OUT" '"message":"closed without an answer"'
assert_not_contains "$OUT" '"message":"the prefecture refuses'
sandbox_stop

# --- many acts under way: the operator's listings are read, no question an act ---
sandbox_stop
sandbox_start --delay 86400
cli_config "$SANDBOX_URL"
set_key chemins register many.db
mkdir "$WORK/many"
make_pdf "$WORK/many/a.pdf"
{
    echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT'
    for i in {10..29}; do
        echo "2022-05$i;27/06/2022;7.10;finances locales/divers;Acte $i;a.pdf"
    done
} >"$WORK/many/manifest.csv"
asked() { # WORDS of the URL: how often the operator was asked so about an act
    ctes show --json 2022-0511 >/dev/null || fail "show"
    sqlite3 "$WORK/many.db" "SELECT count(*) FROM echange WHERE url LIKE '%$1%'"
}
assert_exit 0 ctes --json batch "$WORK/many"
assert_json '20 20 20' '.[-1].summary | [.total, .sent, .pending] | map(tostring) | join(" ")'
assert_eq 20 "$(sandbox_ledger '.acts | length')"
before=$(asked get_status)
[ "$before" -le 5 ] || fail "$before questions for 20 acts"
assert_exit 0 ctes --json status
assert_eq 20 "$(printf '%s\n' "$OUT" | grep -c '"numero":"2022-05')" "status tells each act"
[ "$(asked get_status)" -le $((before + 5)) ] || fail "status asked for each act"
