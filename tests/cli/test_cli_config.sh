#!/bin/bash
# The configuration file: where it is found, what it may hold, how a fault in it is told.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq
acte 2022-0160
check() { ctes check "${ACTE[@]}"; }

# fault LINE PART: the configuration is refused with this line and words.
fault() {
    assert_exit 3 ctes --json check "${ACTE[@]}"
    assert_json config-invalid '.[0].error.code'
    assert_json "$1" '.[0].error.line'
    assert_json "$CONF" '.[0].error.subject'
    assert_contains "$(printf '%s' "$OUT" | jq -r .error.detail)" "$2"
}

cli_config
assert_exit 0 check
assert_contains "$OUT" "2022-0160: ready to be sent"

# --- unknown, twice, wrong ---
printf '[operateru]\nurl = https://x\n' >>"$CONF"
fault 26 'unknown section "operateru"; did you mean "operateur"?'
cli_config
printf '[zzz]\nurl = https://x\n' >>"$CONF"
fault 26 'unknown section "zzz"'
cli_config && set_key tls certifcate x
fault 16 'unknown key "certifcate"; did you mean "certificate"?'
cli_config && set_key tls zzzzzzzz x
fault 16 'unknown key "zzzzzzzz"'
cli_config && sed -i '2a siren = 218601946' "$CONF"
fault 3 '"siren" is given twice'
cli_config && sed -i '1i url = https://x' "$CONF"
fault 1 'unknown section ""'
cli_config && sed -i '3i not a key' "$CONF"
fault 3 'neither a [section] nor'
cli_config && sed -i "3i nom = $(printf 'Hôtel' | iconv -t ISO-8859-1)" "$CONF"
fault 3 'not UTF-8'
cli_config && sed -i "3i referent_nom = $(printf 'x%.0s' $(seq 300))" "$CONF"
fault 3 'the line is too long'
cli_config && sed -i "3i referent_nom =" "$CONF"
fault 3 'a value is expected'

wrong() { # wrong SECTION KEY VALUE PART
    cli_config && set_key "$1" "$2" "$3"
    assert_exit 3 check
    assert_contains "$ERR" "$2 = $3: $4"
}
wrong autorite siren 12345 "9 digits are expected"
wrong autorite siren 21860194X "9 digits are expected"
wrong autorite nic 13 "5 digits are expected"
wrong autorite departement 86 "3 letters or digits are expected"
wrong autorite arrondissement 12 "1 digit is expected"
wrong autorite nature 3 "2 digits are expected"
wrong autorite classification_date 2019-02-30 "a date such as"
wrong operateur url http://www.s2low.test "an address such as https://"
wrong operateur url https:// "an address such as https://"
wrong operateur url https://user@host "an address such as https://"
wrong operateur mode both "auto, archive or champs"
wrong operateur trigramme SLOW "3 letters are expected"
wrong operateur trigramme S1O "3 letters are expected"
wrong operateur quadrigramme tact "4 capital letters"
wrong operateur timeout 0 "a number of seconds"
wrong operateur timeout 10s "a number of seconds"
wrong operateur settle_after 999999999999999999999 "a number of seconds"
wrong operateur hourly_volume "500 miles" "a size such as 500 MB"
wrong operateur hourly_volume 0 "a size such as 500 MB"
wrong operateur hourly_volume -1 "a size such as 500 MB"
wrong operateur hourly_volume "99999999999 GB" "a size such as 500 MB"
wrong operateur tries 65 "a number from 1 to 64"
wrong signature sign maybe "yes or no"
cli_config && printf '[general]\ntimezone = Mars/Phobos\n' >>"$CONF"
fault 26 "a time zone such as Europe/Paris"
cli_config && printf '[general]\ntimezone = ../../../etc/passwd\n' >>"$CONF"
fault 26 "a time zone such as Europe/Paris"
# hours and volumes that are some, and hours that are none
cli_config && set_key operateur hourly_volume "2 Go" && set_key operateur closed_hours "12:00-13:30, sam-dim"
assert_exit 0 check
for hours in noon "lun-dim" "12:00-12:00"; do
    set_key operateur closed_hours "$hours"
    assert_exit 3 check
    assert_contains "$ERR" "closed_hours = $hours"
done

# the key of a SIREN and the norm's own patterns are the library's to refuse
cli_config && set_key autorite siren 218601947
assert_exit 3 check
assert_contains "$ERR" "SIREN"

# --- what is missing ---
missing() { # missing SECTION KEY COMMAND...
    local section=$1 key=$2
    shift 2
    cli_config && drop_key "$section" "$key"
    assert_exit 3 ctes --json "$@"
    assert_json config-missing '.[0].error.code'
    assert_json "\"$key\" is missing in [$section]" '.[0].error.detail'
}
for key in siren departement arrondissement nature adresses_retour; do
    missing autorite $key check "${ACTE[@]}"
done
missing operateur url send "${ACTE[@]}"
cli_config && drop_key autorite classification_date
assert_exit 4 ctes --json check "${ACTE[@]}"
assert_json classification-date '.[0].error.code'
missing tls certificate send "${ACTE[@]}"
missing operateur url status
cli_config && drop_key operateur url && drop_key tls certificate
assert_exit 0 check
cli_config && set_key signature sign yes
assert_exit 3 check
assert_contains "$ERR" '"certificate" is missing in [signature]'
set_key signature certificate "$PKI/signer.pem"
assert_exit 3 check
assert_contains "$ERR" '"key" is missing in [signature]'

# --- who may write it ---
cli_config && chmod 622 "$CONF"
assert_exit 3 check
assert_contains "$ERR" "others can write this file"
assert_contains "$ERR" "chmod go-w"
cli_config && chmod 660 "$CONF"
assert_exit 3 check
mkdir "$WORK/folder"
assert_exit 3 "$CTES" --config "$WORK/folder" check "${ACTE[@]}"
assert_exit 3 "$CTES" --config "$WORK/none.conf" check "${ACTE[@]}"
assert_contains "$ERR" "\"$WORK/none.conf\" is not found"

# --- what is allowed: BOM, comments, lists over lines, relative paths, ~, %d ---
cli_config && sed -i '1s/^/\xef\xbb\xbf/' "$CONF"
assert_exit 0 check
cli_config && sed -i 's/^adresses_retour.*/adresses_retour = a@b.test,\n  c@d.test, e@f.test ; the last/' "$CONF"
assert_exit 0 check
cli_config && sed -i 's/^nom = .*/&\n  more/' "$CONF"
assert_exit 3 check
assert_contains "$ERR" '"nom" is given twice'
cli_config && set_key autorite adresses_retour 'a@b.test, not an address'
assert_exit 3 check
cli_config && cp "$PKI/signer.pem" "$WORK/s.pem" && cp "$PKI/signer.key" "$HOME/s.key" && chmod 600 "$HOME/s.key"
set_key signature sign oui && set_key signature certificate s.pem && set_key signature key '~/s.key'
assert_exit 0 check
set_key signature key '%d/s.key'
assert_exit 3 check
assert_contains "$ERR" "CREDENTIALS_DIRECTORY is not set"
CREDENTIALS_DIRECTORY=$HOME assert_exit 0 check

# --- where it is found ---
cli_config
alone() { "$CTES" check "${ACTE[@]}"; }
if [ ! -e /etc/ctes/ctes.conf ]; then
    assert_exit 3 alone
    assert_contains "$ERR" "neither $HOME/.config/ctes/ctes.conf nor /etc/ctes/ctes.conf"
fi
mkdir -p "$HOME/.config/ctes" "$WORK/xdg/ctes"
cp -p "$CONF" "$HOME/.config/ctes/ctes.conf"
assert_exit 0 alone
echo "[wrong" >"$WORK/xdg/ctes/ctes.conf"
XDG_CONFIG_HOME="$WORK/xdg" assert_exit 3 alone
assert_contains "$ERR" "$WORK/xdg/ctes/ctes.conf: line 1"

# --- several authorities ---
cli_config
two_autorites
assert_exit 3 check
assert_contains "$ERR" "--autorite"
assert_exit 0 ctes check "${ACTE[@]}" --autorite autre
assert_exit 0 ctes check "${ACTE[@]}" --autorite 218601946
assert_exit 3 ctes check "${ACTE[@]}" --autorite nobody
assert_contains "$ERR" 'no authority of the configuration matches "nobody"'
drop_key 'autorite autre' siren
assert_exit 3 ctes check "${ACTE[@]}" --autorite poitiers
assert_contains "$ERR" '"siren" is missing in [autorite autre]'

# --- the sample is taken as it is, but for keys that are not there ---
cp "$CTES_SOURCE_DIR/src/cli/ctes.conf.example" "$CONF" && chmod 600 "$CONF"
assert_exit 0 ctes check "${ACTE[@]}" --autorite 218601946
