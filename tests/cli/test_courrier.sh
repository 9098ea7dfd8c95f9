#!/usr/bin/env bash
# Letters in both directions through the sandbox: fetched, listed, answered, refused, closed; a
# cancellation; the classification. Whatever breaks on the way, each letter is here once and each
# answer is at the préfecture once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl

sandbox_start --delay 0 --keep GARDE
cli_config "$SANDBOX_URL"
set_key operateur settle_after 2
set_key operateur timeout 2
make_pdf "$WORK/plan.pdf" plan
make_pdf "$WORK/etat.pdf" "etat des lieux"

declare -A TRANSACTION
send_acte() { # NUMBER: sent and acknowledged; its identifier at the operator goes to TRANSACTION
    acte "$1"
    ctes send "${ACTE[@]}" --wait=60 --every=1 >"$WORK/out" 2>&1 </dev/null || fail "$1: $(cat "$WORK/out")"
    TRANSACTION[$1]=$(ctes show "$1" --json | jq .transaction)
}

write_letter() { # NUMBER TYPE [NAME=VALUE...]: the préfecture writes about an act
    local number=$1 type=$2 args=() one
    shift 2
    for one in "$@"; do args+=(--url-query "$one"); done
    sandbox_curl /sandbox/letter --request POST --get --fail --url-query "act=${TRANSACTION[$number]}" \
        --url-query "type=$type" "${args[@]}" >/dev/null || fail "no letter of type $type"
}

break_page() { # KIND PAGE
    sandbox_curl "/sandbox/fault?spec=$1@$2" --request POST --fail >/dev/null || fail "no fault $1@$2"
}

letter_of() { # KIND: number of the newest letter of that kind
    ctes inbox --all --json | jq -s "[.[] | select(.kind == \"$1\")] | max_by(.letter).letter"
}

letter_state() { # NUMBER
    ctes inbox "$1" --json | jq -r .state
}

# is_in_state LETTER STATE: after one more look
is_in_state() {
    ctes status >"$WORK/status.out" 2>"$WORK/status.err" </dev/null
    [ "$(letter_state "$1")" = "$2" ]
}

answers() { # at the operator, as "2-2 3-4 …"
    sandbox_ledger '[.answers[].message] | sort | join(" ")'
}

for number in B1 B2 B3 GARDE LU; do send_acte $number; done

# --- a plain letter: 2-1, 2-2 ---------------------------------------------------------------------------------
write_letter B1 2
assert_exit 0 ctes status
assert_contains "$ERR" "letter (act B1): to be read"
simple=$(letter_of 2-1)
assert_exit 0 ctes inbox
assert_contains "$OUT" "B1   letter of "
assert_exit 0 french inbox
assert_contains "$(plain "$OUT")" "courrier simple du"
assert_exit 5 ctes refuse "$simple" "$WORK/plan.pdf"
assert_contains "$ERR" "letter $simple (letter) does not allow this: to be read. Read it; answer with"
assert_exit 0 ctes reply "$simple" "$WORK/plan.pdf"
assert_contains "$OUT" "answer to a letter (act B1): sent, on its way to the prefecture"
wait_until is_in_state "$simple" closed
assert_eq done "$(letter_state "$(letter_of 2-2)")"

# --- letters that cannot be fetched: each is named as what it is, in the person's language ---------------------------
write_letter LU 2
write_letter LU 2
sandbox_curl "/sandbox/fault?spec=500@document:2" --request POST --fail >/dev/null || fail "no fault"
assert_exit 6 french status
said=$(plain "$ERR")
assert_eq 2 "$(grep -c "courrier n° [0-9]* chez l'opérateur : l'opérateur est en panne (détail technique : HTTP 500)" <<<"$said")" "$said"
assert_eq 1 "$(grep -c "attention" <<<"$said")" "the first failure is not told twice: $said"
assert_not_contains "$said" "s2low"
assert_exit 0 ctes --quiet status
assert_contains "$ERR" "letter (act LU): to be read" "a letter is told on a quiet night too"
for letter in $(ctes inbox --json | jq 'select(.state == "open").letter'); do
    assert_exit 0 ctes inbox --close "$letter"
done

# --- a request for documents: 3-1, 3-4, 3-5; another one refused: 3-3 ---------------------------------------------
write_letter B1 3 "texte=Le plan & l'état, SVP" numero=5279
assert_exit 0 ctes status
demande=$(letter_of 3-1)
assert_contains "$ERR" "$demande: request for further documents (act B1): to be answered; last day "
assert_contains "$ERR" "ctes reply $demande FILE..."
assert_exit 0 ctes inbox "$demande"
assert_contains "$OUT" "Ville de Poitiers (218601946)"
assert_contains "$OUT" "Le plan & l'état, SVP"
assert_exit 0 ctes inbox "$demande" --json
assert_json 1 '.[0].documents | length'
assert_exit 0 ctes inbox --json
assert_json 1 "[.[] | select(.letter == $demande).documents[]] | length"
assert_file "$(jq -r '.documents[0].path' <<<"$OUT")"
assert_json true '.[0].days_left | . >= 58 and . <= 62' # two months
assert_exit 0 ctes status
assert_contains "$OUT" "No act is waiting"
assert_exit 5 ctes inbox --close "$demande"
assert_exit 4 ctes reply "$demande" "$WORK/nothing.pdf"
assert_eq open "$(letter_state "$demande")"
assert_exit 0 ctes reply "$demande" "$WORK/plan.pdf" 99_SE:"$WORK/etat.pdf"
assert_eq answered "$(letter_state "$demande")"
assert_exit 5 ctes reply "$demande" "$WORK/plan.pdf"
wait_until is_in_state "$demande" closed
assert_exit 0 ctes inbox "$demande" --json
assert_json "open,answered,closed" '.[0].history | map(.to) | join(",")'
assert_json "" '.[0].history[0].from // ""'
assert_file "$(jq -r .package <<<"$OUT")"
assert_json "$(sha256sum "$(jq -r .package <<<"$OUT")" | cut -d' ' -f1)" '.[0].package_sha256'
assert_exit 0 ctes inbox "$demande"
assert_contains "$OUT" "History:"
assert_contains "$OUT" "  to be answered"
assert_contains "$OUT" "Evidence:"
assert_contains "$OUT" "/retour.tar.gz"
assert_exit 0 ctes inbox "$(letter_of 3-4)"
assert_contains "$OUT" "ARPieceComplementaire"
assert_exit 0 ctes inbox "$(letter_of 3-4)" --json
assert_json "ARPieceComplementaire 64" '.[0].evidence | map("\(.kind) \(.sha256 | length)") | join(",")'
assert_json "to-send,sent,done" '.[0].history | map(.to) | join(",")'
assert_json done '.[0].state'
assert_json "$(date +%F)" '.[0].reception'
assert_json 2 '.[0].documents | length'
write_letter B1 3
assert_exit 0 ctes status
demande=$(letter_of 3-1)
assert_exit 2 ctes refuse "$demande" "$WORK/plan.pdf" "$WORK/etat.pdf"
assert_exit 0 ctes refuse "$demande" "$WORK/plan.pdf"
wait_until is_in_state "$demande" closed

# --- letters of observations: 4-1, 4-4, 4-3, 4-5 ------------------------------------------------------------------
write_letter B1 4
write_letter B2 4
assert_exit 0 ctes status
for number in B1 B2; do
    lettre=$(ctes inbox --json | jq -s ".[] | select(.kind == \"4-1\" and .numero == \"$number\").letter")
    assert_exit 0 ctes "$([ "$number" = B1 ] && echo reply || echo refuse)" "$lettre" "$WORK/plan.pdf"
    wait_until is_in_state "$lettre" closed
done
assert_eq "2-2 3-3 3-4 4-3 4-4" "$(answers)"
assert_exit 0 ctes show B1
assert_contains "$OUT" "letter of observations: dealt with"
assert_exit 0 ctes show B1 --json
assert_json 2-1,2-2,3-1,3-1,3-3,3-4,4-1,4-4 '.[0].letters | map(.kind) | sort | join(",")'

# --- the court: 5-1 ----------------------------------------------------------------------------------------------------
write_letter B1 5 documents=3
assert_exit 0 ctes status
defere=$(letter_of 5-1)
assert_exit 0 ctes inbox "$defere" --json
assert_json 3 '.[0].documents | length'
assert_json null '.[0].deadline'
assert_exit 5 ctes reply "$defere" "$WORK/plan.pdf"
assert_exit 0 ctes inbox --close "$defere"
assert_exit 0 ctes inbox --close "$defere"
assert_exit 0 ctes inbox
assert_eq "" "$OUT"
assert_contains "$ERR" "No letter waits"
assert_exit 4 ctes inbox 99
assert_exit 2 ctes inbox rose

# --- cancellations: 6-1, 6-2 -----------------------------------------------------------------------------------------
assert_exit 4 ctes cancel B9
assert_exit 0 ctes cancel B2
assert_contains "$OUT" "request to cancel the act (act B2): sent"
is_cancelled() {
    ctes status >/dev/null 2>&1 </dev/null
    [ "$(state_of "$1")" = cancelled ]
}
wait_until is_cancelled B2
assert_exit 5 ctes cancel B2
assert_contains "$ERR" "cancelled"
# it has its date of reception still, which neither a stamp nor an archive gives out as valid
assert_exit 5 ctes stamp B2
assert_contains "$ERR" "cancelled"
printf '[archivage]\nservice_archives = AD086\n' >>"$CONF"
assert_exit 5 ctes archive B2 --output "$WORK/versement"
assert_contains "$ERR" "cancelled"
if command -v pdftotext >/dev/null; then # in the list before its own page, among its facts, as a step
    assert_exit 0 ctes bordereau B1 B2 --output "$WORK/slip.pdf"
    assert_eq 3 "$(pdftotext -layout "$WORK/slip.pdf" - | grep -c 'Annulé')" "that B2 is cancelled"
fi
assert_exit 0 ctes cancel GARDE
wait_until is_in_state "$(letter_of 6-1)" failed
assert_eq acknowledged "$(state_of GARDE)"
assert_exit 0 ctes inbox "$(letter_of 6-1)"
assert_contains "$OUT" "Annulation refus"

# --- the classification: 7-1, 7-2, 7-3 ----------------------------------------------------------------------------------
assert_exit 0 ctes classification --refresh
assert_contains "$OUT" "a newer classification was recorded"
sandbox_curl "/sandbox/classification?date=2024-01-15&code=7.5.1&libelle=Associations" --request POST --fail \
    >/dev/null || fail "no classification"
assert_exit 0 ctes classification --refresh
assert_contains "$OUT" "the prefecture was asked"
sandbox_advance 4 # nobody asks how far a request for the classification is
assert_exit 0 ctes classification --refresh --json
assert_json new '.[0].classification'
assert_exit 2 ctes classification

# --- what breaks while letters are fetched ----------------------------------------------------------------------------
count() {
    ctes inbox --all --json | jq -s '[.[] | select(.kind == "2-1")] | length'
}
before=$(count)
write_letter B3 2
for fault in 500@letters truncated@letters 500@document truncated@download html-200@download reply-lost@mark-as-read; do
    break_page "${fault%@*}" "${fault#*@}"
    ctes status >"$WORK/out" 2>&1 </dev/null
done
assert_exit 0 ctes status
assert_eq $((before + 1)) "$(count)"

# --- lost replies: the answer is found, not sent again -------------------------------------------------------------------
lost=$(letter_of 2-1)
break_page reply-lost reponse
assert_exit 7 ctes reply "$lost" "$WORK/plan.pdf"
wait_until is_in_state "$lost" closed
assert_eq "2-2 2-2 3-3 3-4 4-3 4-4" "$(answers)"
break_page reply-lost cancel
assert_exit 7 ctes cancel B3
sandbox_advance 4 # the act alone is asked about, its request goes on meanwhile
wait_until is_cancelled B3

# --- kill -9 between the record and the reply: not received, so it is to be answered again ---------------------------------
write_letter B1 3
assert_exit 0 ctes status
demande=$(letter_of 3-1)
set_key operateur timeout 30
break_page stall-before reponse
ctes reply "$demande" "$WORK/plan.pdf" >"$WORK/out" 2>&1 </dev/null &
killed=$!
is_recorded() {
    [ "$(letter_state "$demande")" = answered ]
}
wait_until is_recorded
kill -KILL "$(pgrep -P $killed 2>/dev/null || echo $killed)" 2>/dev/null
wait $killed 2>/dev/null
set_key operateur timeout 1
before=$(answers)
wait_until is_in_state "$demande" open
assert_eq "$before" "$(answers)" "nothing was sent meanwhile"
assert_exit 0 ctes reply "$demande" "$WORK/plan.pdf"
wait_until is_in_state "$demande" closed
sandbox_stop
