#!/bin/bash
# A syndicate serves many authorities: what the operator refuses to one of them keeps no answer and no
# letter from the others.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl sqlite3
sandbox_start --delay 0
cli_config "$SANDBOX_URL"
(umask 077 && echo wrong >"$WORK/password")

state() { ctes show "$1" --json | jq -r .state; }

acte 2022-0160
assert_exit 0 ctes send "${ACTE[@]}" --wait=60 --every=1
acte 2022-0161
assert_exit 0 ctes send "${ACTE[@]}"
assert_ne acknowledged "$(state 2022-0161)"
transaction=$(ctes show 2022-0160 --json | jq .transaction)
sandbox_curl "/sandbox/letter?act=$transaction&type=2" --request POST --fail >/dev/null || fail "no letter"

# --- the first of them has an account that the operator does not know ---
two_autorites "login = nobody" "password_file = $WORK/password"
assert_exit 3 ctes status --wait=60 --every=1
assert_contains "$ERR" "autre: "
assert_eq 1 "$(grep -c "autre: " <<<"$ERR")" "told once"
assert_contains "$ERR" "letter (act 2022-0160): to be read"
assert_eq acknowledged "$(state 2022-0161)"
assert_exit 3 ctes status --autorite autre
assert_exit 0 ctes status --autorite poitiers

# --- an authority that has left (a merger gives a new SIREN) has an act that still waits: so does that of another ---
acte 2022-0162
assert_exit 0 ctes send "${ACTE[@]}" --autorite poitiers
acte 2022-0163
assert_exit 0 ctes send "${ACTE[@]}" --autorite poitiers
sqlite3 "$WORK/register.db" "DROP TRIGGER acte_identity;
    UPDATE acte SET siren = '213401722' WHERE numero = '2022-0162'" || fail "the register cannot be changed"
assert_exit 3 ctes status --wait=20 --every=1
assert_contains "$ERR" 213401722
assert_eq acknowledged "$(state 2022-0163)"

# --- a night for both: what one of them cannot send keeps nothing of the other's here ---
for number in 1 2 3; do make_pdf "$WORK/n$number.pdf" $number; done
cat >"$WORK/manifest.csv" <<END
COLL_SIRET;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT
21340000500015;2022-0201;27/06/2022;7.10;finances locales/divers;Premier;n1.pdf
21860194600013;2022-0202;27/06/2022;7.10;finances locales/divers;Deuxième;n2.pdf
21340000500015;2022-0203;27/06/2022;7.10;finances locales/divers;Troisième;n3.pdf
END
set_key operateur in_flight 1
assert_exit 3 ctes --json batch "$WORK/manifest.csv"
assert_json '2022-0201 refused operator-access, 2022-0202 sent, 2022-0203 refused operator-access' \
    '[.[] | select(.numero // "" | startswith("2022-020")) | select(.result == "sent" or .result == "refused")
        | .numero + " " + .result + (if .error then " " + .error.code else "" end)] | unique | join(", ")'
sandbox_stop
