#!/usr/bin/env bash
# Several acts in one enveloppe: each is deposited once, followed and acknowledged on its own, and whatever goes
# wrong with the enveloppe is mended act by act.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl sqlite3

sandbox_start --delay 0 --late 1 --slow 0.01 --refuse R_2=100:enveloppe
cli_config "$SANDBOX_URL"
set_key operateur acts_per_enveloppe 3
set_key operateur settle_after 2
set_key operateur timeout 2
set_key operateur in_flight 1

# table NAME NUMBER...: a folder NAME with a manifest of acts, each with a document of its own.
table() {
    local folder="$WORK/$1" number
    mkdir -p "$folder"
    echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT' >"$folder/manifest.csv"
    for number in "${@:2}"; do
        make_pdf "$folder/$number.pdf" "$number"
        echo "$number;27/06/2022;7.10;finances locales/divers;Acte $number;$number.pdf" >>"$folder/manifest.csv"
    done
}

break_page() { # KIND PAGE
    sandbox_curl "/sandbox/fault?spec=$1@$2" --request POST --fail >/dev/null || fail "no fault $1@$2"
}

submissions() { sandbox_ledger '[.requests[] | select(.path | endswith("actes_transac_submit.php"))] | length'; }

all_once() {
    local number
    for number in "$@"; do
        acte "$number"
        settle "$number"
        assert_once "$number"
    done
}

archives_of() { # NUMBER...: the archive each act left in, once each
    local number
    for number in "$@"; do
        ctes show "$number" --json | jq -r .archive
    done | sort -u
}

# --- seven acts: 3 + 3 + 1 ---
numbers=(T-1 T-2 T-3 T-4 T-5 T-6 T-7)
table calm "${numbers[@]}"
assert_exit 0 ctes --json batch "$WORK/calm"
assert_json 7 '[.[] | select(.result == "sent")] | length'
assert_json '7 7' '.[] | .summary // empty | [.total, .sent] | map(tostring) | join(" ")'
assert_eq 3 "$(submissions)" "enveloppes"
all_once "${numbers[@]}"
assert_eq 3 "$(archives_of "${numbers[@]}" | wc -l)" "archives"
assert_contains "$(ctes show T-2)" "actes_transac_submit.php" "the exchange that T-2 was sent in"
assert_exit 0 ctes --json batch "$WORK/calm"
assert_json 7 '.[] | .summary.already // empty'
assert_eq 3 "$(submissions)" "nothing was sent again"

printf '[archivage]\nservice_archives = AD086\nregle_utilite = APP-00005\nregle_acces = ACC-00002\naccord = A\n' >>"$CONF"
assert_exit 0 ctes archive T-2 --output "$WORK/sae"
assert_eq 1 "$(find "$WORK/sae" -name '*T_2*-1-1_0.xml' | wc -l)" "its own message"
assert_eq 0 "$(find "$WORK/sae" -name '*T_[13]*' | wc -l)" "what else lay in the enveloppe"

# --- what programs that we did not write make of it ---
archive=$(find "$WORK/archives" -name "$(archives_of T-1)")
mkdir "$WORK/open"
tar -xzf "$archive" -C "$WORK/open" || fail "tar does not read $archive"
assert_eq 7 "$(find "$WORK/open" -type f | wc -l)" "an enveloppe, three messages, three documents"
assert_eq 3 "$(grep -o '<actes:NomFichier>[^<]*_0.xml' "$WORK"/open/*TACT*.xml | wc -l)" "Formulaire"
if [ -d "${CTES_SHARED_DIR:-$CTES_SOURCE_DIR/../shared}/norm" ] && command -v xmllint >/dev/null; then
    xsd=$(find "${CTES_SHARED_DIR:-$CTES_SOURCE_DIR/../shared}/norm" -name 'actesv1_1.xsd' | head -n 1)
    for xml in "$WORK"/open/*.xml; do
        xmllint --nonet --noout --schema "$xsd" "$xml" 2>"$WORK/xmllint.err" || fail "$(cat "$WORK/xmllint.err")"
    done
else
    echo "not judged by the official schema: it or xmllint is not here"
fi

# --- a number that somebody else took strikes the enveloppe, and only its own act ---
set_key chemins register other.db
table taken H-2 # by another program, word for word: a person has to look
assert_exit 0 ctes batch "$WORK/taken"
acte H-3 # and this one for another act
assert_exit 0 ctes send "${ACTE[@]}"
set_key chemins register register.db
table held H-1 H-2 H-3 H-4
set_key operateur acts_per_enveloppe 4
assert_exit 5 ctes --json batch "$WORK/held"
assert_json 'H-1 H-4' '[.[] | select(.result == "sent") | .numero] | sort | join(" ")'
assert_json 'H-2 operator-twin, H-3 operator-holds' \
    '[.[] | select(.result == "refused") | "\(.numero) \(.error.code)"] | sort | join(", ")'
all_once H-1 H-4
assert_eq 2 "$(sandbox_ledger '[.acts[] | select(.number == "H_2" or .number == "H_3")] | length')" "H-2, H-3"
set_key operateur acts_per_enveloppe 3

# --- whatever happens to the enveloppe on its way ---
round=0
for kind in cut-before 503-kept 413 stall reply-lost truncated late-commit; do
    numbers=("F$((++round))-1" "F$round-2" "F$round-3")
    table "fault-$kind" "${numbers[@]}"
    break_page "$kind" actes_transac_submit
    status=0
    ctes batch "$WORK/fault-$kind" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    case $status in
    0 | 5 | 6 | 7) ;;
    *) fail "$kind: exit status $status: $(cat "$WORK/out" "$WORK/err")" ;;
    esac
    all_once "${numbers[@]}"
done

# --- an enveloppe that the préfecture refuses whole: each of its acts can go again by itself ---
table refused R-1 R-2 R-3
ctes batch "$WORK/refused" >"$WORK/out" 2>"$WORK/err" </dev/null
is_refused() { ctes status "$1" >/dev/null 2>&1 </dev/null; [ "$(state_of "$1")" = anomalie-enveloppe ]; }
for number in R-1 R-2 R-3; do wait_until is_refused $number; done
assert_exit 0 ctes resend R-1 --suffix
is_there() { ctes status R_1_2 >/dev/null 2>&1 </dev/null; [ "$(state_of R_1_2)" = acknowledged ]; }
wait_until is_there

# --- an operator that takes no archives: act by act ---
table champs C-1 C-2 C-3
set_key operateur mode champs
before=$(submissions)
assert_exit 0 ctes --json batch "$WORK/champs"
assert_eq "$before" "$(submissions)" "no enveloppe of ours"
all_once C-1 C-2 C-3
sandbox_stop

# --- archives were removed: the first enveloppe finds it out, and no act is left behind ---
sandbox_start --delay 0 --submit off
set_key operateur url "$SANDBOX_URL"
set_key operateur mode auto
set_key chemins register removed.db
numbers=(S-1 S-2 S-3 S-4 S-5 S-6 S-7)
table removed "${numbers[@]}"
assert_exit 0 ctes --json batch "$WORK/removed"
assert_json 7 '.[] | .summary.sent // empty'
all_once "${numbers[@]}"
sandbox_stop
