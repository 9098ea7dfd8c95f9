#!/bin/bash
# What tests of the program `ctes` need beside lib.sh: sourced after it.
#
# Gives: CONF, a configuration in WORK; ctes (the program with it), french (same, in French),
# cli_config, set_key, drop_key, assert_json.
export LC_ALL=C.UTF-8 LANGUAGE=en TZ=Europe/Paris
unset XDG_CONFIG_HOME XDG_STATE_HOME CREDENTIALS_DIRECTORY JOURNAL_STREAM
export HOME="$WORK/home"
mkdir -p "$HOME"
CONF="$WORK/ctes.conf"

[ -x "$CTES" ] || skip "no ctes in $CTES_BUILD_DIR"

# cli_config [URL]: writes CONF for the test authority, with the test PKI and a register in WORK, or
# in the database that CTES_TEST_LEDGER names (tests/fake/postgres).
cli_config() {
    cat >"$CONF" <<EOF
[autorite]
siren = 218601946
nic = 00013
nom = Ville de Poitiers
departement = 086
arrondissement = 3
nature = 31
adresses_retour = retours@operateur.test, actes@commune.test
classification_date = 2019-04-18

[operateur]
url = ${1:-https://127.0.0.1:1}
quadrigramme = TACT

[tls]
certificate = $PKI/client.pem
key = $PKI/client.key
ca = $PKI/ca.pem

[signature]
sign = no

[chemins]
register = ${CTES_TEST_LEDGER:-register.db}
EOF
    [ -z "${CTES_TEST_LEDGER-}" ] || echo "archives = ." >>"$CONF"
    chmod 600 "$CONF"
}

ctes() { "$CTES" --config "$CONF" "$@"; }

french() { LANGUAGE=fr "$CTES" --config "$CONF" "$@"; }

# set_key SECTION KEY VALUE: in CONF, whether the key is there or not.
set_key() {
    drop_key "$1" "$2"
    sed -i "s|^\[$1\]\$|&\n$2 = $3|" "$CONF"
}

drop_key() { sed -i "/^\[$1\]/,/^\[/{/^$2 *=/d}" "$CONF"; }

# two_autorites [LINE...]: CONF has a second authority, "autre", with such lines beside; before the first one,
# which is "poitiers" then.
two_autorites() {
    {
        printf '%s\n' '[autorite autre]' 'siren = 213400005' 'departement = 034' 'arrondissement = 1' 'nature = 31' \
            'adresses_retour = a@b.test' 'classification_date = 2019-04-18' "$@" ''
        sed 's/^\[autorite\]/[autorite poitiers]/' "$CONF"
    } >"$WORK/two.conf"
    cat "$WORK/two.conf" >"$CONF"
}

# plain TEXT: with ordinary spaces, as French writes some that do not break.
plain() { printf '%s' "$1" | sed 's/\xc2\xa0/ /g'; }

# assert_json WANTED FILTER: on the last output (OUT), each line of which must be an object.
assert_json() {
    local got
    printf '%s\n' "$OUT" | jq -e -s 'all(type == "object")' >/dev/null 2>&1 ||
        fail "not one JSON object a line: $OUT"
    got=$(printf '%s\n' "$OUT" | jq -r -s "$2")
    assert_eq "$1" "$got" "$2"
}

# acte NUMBER [ARGS...]: the options of an ordinary act whose document is WORK/a.pdf.
# shellcheck disable=SC2034 # ACTE is for the test
acte() {
    local numero=$1
    shift
    [ -s "$WORK/a.pdf" ] || make_pdf "$WORK/a.pdf"
    ACTE=(--numero "$numero" --date 27/06/2022 --nature DE --matiere 7.10
        --objet "Adhésion à l'association" --document "$WORK/a.pdf" "$@")
}
