#!/usr/bin/env bash
# The direct channel: acts and letters in both directions between `ctes`, the sandbox's ministry and a
# real mail server. Whatever breaks on the way, each archive is at the ministry once and each mail is
# recorded once.
[ -n "${CTES_TEST_IMAP_URL:-}" ] || exec "$CTES_SOURCE_DIR/tests/fake/imap" bash "$0"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl

MAILS="$CTES_TEST_IMAP_MAIL/actes@ville.test"
sandbox_start --delay 0 --maildir "$MAILS" --refuse E_2=100:enveloppe
cli_config "$SANDBOX_URL/depot"
printf '%s' "$CTES_TEST_IMAP_PASSWORD" >"$WORK/imap.pass"
chmod 600 "$WORK/imap.pass"
set_key operateur canal direct
set_key operateur settle_after 1
set_key operateur timeout 2
cat >>"$CONF" <<EOF
[direct]
imap = $CTES_TEST_IMAP_URL
imap_login = actes@ville.test
imap_password_file = imap.pass
EOF
make_pdf "$WORK/plan.pdf" plan
make_pdf "$WORK/etat.pdf" "etat des lieux"

number_there() { # NUMBER: the act's identifier at the ministry
    sandbox_ledger "[.acts[] | select(.number == \"$1\")][0].id"
}

write_letter() { # NUMBER TYPE [NAME=VALUE...]
    local id args=() one
    id=$(number_there "$1")
    for one in "${@:3}"; do args+=(--url-query "$one"); done
    sandbox_curl /sandbox/letter --request POST --get --fail --url-query "act=$id" \
        --url-query "type=$2" "${args[@]}" >/dev/null || fail "no letter of type $2"
}

mail_form() { # FORM,…: what mails look like from now on
    sandbox_curl "/sandbox/mail?form=$1" --request POST --fail >/dev/null || fail "no form $1"
}

break_page() { # KIND PAGE
    sandbox_curl "/sandbox/fault?spec=$1@$2" --request POST --fail >/dev/null || fail "no fault $1@$2"
}

letter_of() { # KIND: number of the newest letter of that kind
    ctes inbox --all --json | jq -s "[.[] | select(.kind == \"$1\")] | max_by(.letter).letter"
}

letter_state() { ctes inbox "$1" --json | jq -r .state; }

is_in_state() { # LETTER STATE, after one more look
    ctes status >"$WORK/status.out" 2>"$WORK/status.err" </dev/null
    [ "$(letter_state "$1")" = "$2" ]
}

is_act() { # NUMBER STATE, after one more look
    ctes status >"$WORK/status.out" 2>"$WORK/status.err" </dev/null
    [ "$(state_of "$1")" = "$2" ]
}

answers() { sandbox_ledger '[.answers[].message] | sort | join(" ")'; }

in_folder() { # NAME: mails in a folder of the box
    find "$MAILS" -path "*$1*" -type f \( -path '*/new/*' -o -path '*/cur/*' \) | wc -l
}

# --- acts: 1-1, 1-2, whatever the mails look like ------------------------------------------------------------------
for form in envelope-last alternative paths twice; do
    mail_form $form
    acte "D-$form"
    assert_exit 0 ctes send "${ACTE[@]}" --numero "D-${form:0:5}"
    assert_eq transmitted "$(state_of "D-${form:0:5}")"
    wait_until is_act "D-${form:0:5}" acknowledged
    assert_contains "$(cat "$WORK/status.out")" "received by the prefecture"
done
assert_exit 0 ctes show D-twice --json
assert_json "086-218601946-20220627-D_TWICE-DE" '.[0].id_acte'
mail_form envelope-last
assert_eq 0 "$(in_folder aside)"
assert_ne 0 "$(in_folder done)" "mails that were recorded"
acte D-papier --papier
assert_exit 0 ctes send "${ACTE[@]}"
wait_until is_act D-papier acknowledged
assert_exit 0 ctes status # the reminder to send the paper is no error
assert_eq 0 "$(in_folder aside)"

# --- several acts in one enveloppe; a lost answer; one that is refused whole -----------------------------------------
set_key operateur acts_per_enveloppe 3
table() { # FOLDER NUMBER...: a manifest of acts
    local number
    mkdir -p "$WORK/$1"
    {
        echo 'DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT'
        for number in "${@:2}"; do
            make_pdf "$WORK/$1/$number.pdf" "$number"
            echo "$number;27/06/2022;7.10;finances locales/divers;Acte $number;$number.pdf"
        done
    } >"$WORK/$1/manifest.csv"
}
there() { sandbox_ledger "[.acts[] | select(.number | startswith(\"$1\"))] | length"; }
table together G-1 G-2 G-3
assert_exit 0 ctes batch "$WORK/together"
break_page reply-lost depot
table lost L-1 L-2 L-3
assert_exit 7 ctes batch "$WORK/lost"
for number in G-1 G-2 G-3 L-1 L-2 L-3; do wait_until is_act $number acknowledged; done
assert_eq "3 3" "$(there G_) $(there L_)" "acts at the ministry"
table refused E-1 E-2 E-3
assert_exit 5 ctes batch "$WORK/refused" # the answer is there at once
for number in E-1 E-2 E-3; do wait_until is_act $number anomalie-enveloppe; done
assert_eq 0 "$(in_folder aside)"
set_key operateur acts_per_enveloppe 1

# --- letters: 2-1 2-2, 3-1 3-2 3-4 3-5, 4-1 4-2 4-3 4-5, 5-1 --------------------------------------------------------
NUMBER=D_TWICE
write_letter $NUMBER 2
write_letter $NUMBER 3 "texte=Le plan, SVP"
write_letter $NUMBER 4
write_letter $NUMBER 5 documents=2
assert_exit 0 ctes status
assert_contains "$ERR" "request for further documents"
assert_eq "3-2 4-2" "$(answers)"
assert_exit 0 ctes status
assert_eq "3-2 4-2" "$(answers)" # once
demande=$(letter_of 3-1)
assert_eq open "$(letter_state "$demande")"
assert_exit 0 ctes reply "$demande" "$WORK/plan.pdf" 99_SE:"$WORK/etat.pdf"
wait_until is_in_state "$demande" closed
observations=$(letter_of 4-1)
assert_exit 0 ctes refuse "$observations" "$WORK/plan.pdf"
wait_until is_in_state "$observations" closed
simple=$(letter_of 2-1)
assert_exit 0 ctes reply "$simple" "$WORK/plan.pdf"
assert_eq closed "$(letter_state "$simple")"
assert_eq "2-2 3-2 3-4 4-2 4-3" "$(answers)"
assert_exit 0 ctes inbox --close "$(letter_of 5-1)"
assert_exit 0 ctes inbox
assert_eq "" "$OUT"

# --- a reply that was lost, a run that was killed: the same archive goes again, and counts once --------------------------
for round in lost killed; do
    write_letter $NUMBER 3 "texte=encore une pièce ($round)"
    assert_exit 0 ctes status
    demande=$(letter_of 3-1)
    if [ $round = lost ]; then
        break_page reply-lost depot
        assert_exit 7 ctes reply "$demande" "$WORK/plan.pdf"
    else
        break_page stall-before depot
        set_key operateur timeout 30
        "$CTES" --config "$CONF" reply "$demande" "$WORK/plan.pdf" >"$WORK/out" 2>&1 </dev/null &
        killed=$!
        is_recorded() { [ "$(letter_state "$demande")" = answered ]; }
        wait_until is_recorded
        kill -KILL $killed
        wait $killed 2>/dev/null
        set_key operateur timeout 2
    fi
    wait_until is_in_state "$demande" closed
done
assert_eq "2-2 3-2 3-2 3-2 3-4 3-4 3-4 4-2 4-3" "$(answers)"

# --- a cancellation: 6-1, 6-2; the classification: 7-1, 7-2, 7-3 ----------------------------------------------------------
assert_exit 0 ctes cancel D-alter
assert_contains "$OUT" "sent, waiting for its acknowledgement"
wait_until is_act D-alter cancelled
assert_exit 0 ctes classification --tree
assert_contains "$OUT" "National classification"
tomorrow() { # the préfecture is asked once a day
    env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" CTES_TRIP_CLOCK="$days" \
        LD_PRELOAD="$CTES_BUILD_DIR/tests/ctes-trip.so" "$CTES" --config "$CONF" "$@"
}
days=0
for answer in 7-2 7-3; do # the whole tree, then, the day after, that nothing changed
    assert_exit 0 tomorrow classification --refresh
    days=90000
    assert_contains "$OUT" "the prefecture was asked"
    request=$(letter_of 7-1)
    wait_until is_in_state "$request" done
    assert_exit 0 ctes classification --tree
    assert_contains "$OUT" "Classification of" "after $answer"
done

# --- mails that nobody understands -----------------------------------------------------------------------------------------
printf 'From: a@b.test\r\nSubject: bonjour\r\n\r\nBonjour.\r\n' >"$MAILS/tmp/odd"
chmod 644 "$MAILS/tmp/odd"
mv "$MAILS/tmp/odd" "$MAILS/new/1.odd.test"
assert_exit 5 ctes status
assert_contains "$ERR" "put aside: a person has to look at it"
assert_eq 1 "$(in_folder aside)"
assert_exit 0 ctes status
assert_exit 0 ctes inbox --json
assert_json aside '.[0].state'
assert_exit 0 ctes inbox --close "$(jq .letter <<<"$OUT")"

# --- a mail that is too large: its beginning is kept, it is moved unread, and never asked for again -----------------------
printf 'From: pref@pref.test\r\nSubject: enorme\r\n\r\n' >"$MAILS/tmp/big"
truncate -s 240000000 "$MAILS/tmp/big"
set_key operateur timeout 60 # a busy mail server may count for long
chmod 644 "$MAILS/tmp/big"
mv "$MAILS/tmp/big" "$MAILS/new/2.big.test"
assert_exit 5 ctes status
assert_contains "$ERR" "too large to be fetched (228.8 MB): $CTES_TEST_IMAP_URL"
assert_contains "$ERR" "put aside: a person has to look at it"
assert_eq 2 "$(in_folder aside)"
assert_eq 1 "$(find "$MAILS" -path '*aside*' -type f -size +200M | wc -l)" "the mail, whole"
[ -z "$(find "$MAILS" -path '*aside*' -name '*:2,*S*' -size +200M)" ] || fail "the mail was marked as read"
begun=$(find "$WORK" -name retour-debut.eml)
assert_eq 65536 "$(stat -c %s "$begun")"
assert_contains "$(head -2 "$begun")" "Subject: enorme"
asked() { cat "$CTES_TEST_IMAP_COMMANDS"/actes@ville.test/*.in | grep -ac 'UID FETCH'; }
said=$(asked)
assert_exit 0 ctes status
assert_eq "$said" "$(asked)" "asked for again"
assert_exit 0 ctes inbox --json
assert_json "mail-too-large:" '.[0].reason | split(" ")[0]'
assert_exit 0 ctes inbox --close "$(jq .letter <<<"$OUT")"

# --- the mailbox is not there, or not ours --------------------------------------------------------------------------------
printf 'wrong' >"$WORK/imap.pass"
assert_exit 3 ctes status
drop_key direct imap_login
assert_exit 3 ctes status
assert_contains "$ERR" "imap_login"
sandbox_stop
