#!/bin/bash
# A batch as people see it: the bar on a terminal, the table, lines for the journal, the page to mail.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need jq curl script xmllint
# slow enough for the bar to be drawn again
sandbox_start --delay 0 --anomalie 2022_0403=002:perimee --fault 'slow@submit:2' --slow 0.05
cli_config "$SANDBOX_URL"
mkdir "$WORK/night"
make_pdf "$WORK/night/a.pdf" a
cat >"$WORK/night/manifest.csv" <<'EOT'
DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;ACTE_DOCUMENT
2022-0401;27/06/2022;7.10;finances locales/divers;"<script>alert(1)</script> & ""suite""";a.pdf
2022-0402;27/06/2022;7.1;finances locales/divers;Tableur;a.pdf
2022-0403;27/06/2022;7.10;finances locales/divers;Trois;a.pdf
EOT
page="$WORK/page.html"
cd "$WORK" || exit 1
terminal() { # terminal ENVIRONMENT… -- ARGS…: on a terminal of its own; what it showed is left in OUT
    local setting=()
    while [ "$1" != -- ]; do setting+=("$1") && shift; done
    shift
    OUT=$(env TERM=xterm "${setting[@]}" script -qec "$CTES --config $CONF $*" /dev/null </dev/null)
}

# --- a page that cannot be written: nothing is sent ---
assert_exit 8 ctes batch --report "$WORK/none/page.html" night
assert_contains "$ERR" "none/page.html"
assert_eq 0 "$(sandbox_ledger '.acts | length')"
assert_exit 2 ctes batch --report

# --- on a terminal: a bar, what needs a person above it, the table below ---
terminal NO_COLOR=1 LANGUAGE=fr -- batch --report page.html night
shown=$(plain "$OUT")
assert_contains "$shown" "3 actes · "
assert_contains "$shown" "refus : 1"
assert_contains "$shown" "░"
assert_not_contains "$OUT" $'\033[3' "colours, though NO_COLOR is set"
assert_contains "$shown" $'\r\033[K2022-0402 : ligne 3 : '
assert_contains "$shown" "en attente de réponse"
assert_not_contains "$shown" "2022-0401 : envoyé" "a line for what went well"
bar_end=${OUT##*actes}
assert_contains "$bar_end" $'\r\033[K' "the bar is left behind"
terminal LC_ALL=C -- batch night
assert_contains "$OUT" "/3 acts"
assert_contains "$OUT" $'\033[2m-' "the bar in ASCII"
LC_ALL=C grep -q '[^ -~[:cntrl:]]' <<<"${OUT%%acts*}" && fail "more than ASCII: $OUT"
terminal TERM=dumb -- batch night
assert_not_contains "$OUT" $'\033' "a dumb terminal"
terminal LANGUAGE=en -- --verbose batch night
assert_contains "$OUT" "2022-0401: already sent"

# --- the page ---
assert_file "$page"
assert_eq 640 "$(stat -c %a "$page")"
assert_eq "" "$(find "$WORK" -name '.ctes-*')" "files left behind"
xmllint --html --noout "$page" 2>"$WORK/lint" || fail "page: $(cat "$WORK/lint")"
assert_eq "" "$(cat "$WORK/lint")" "the page is valid"
text=$(plain "$(cat "$page")")
assert_contains "$text" '<html lang="fr">'
assert_contains "$text" "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;suite&quot;"
assert_not_contains "$text" "<script"
grep -Eqi 'https?://|src=|@import|url\(' "$page" && fail "the page fetches something"
assert_contains "$text" "1 acte demande votre attention."
assert_contains "${text%%En attente de réponse*}" "2022-0402"
assert_contains "${text#*En attente de réponse}" "2022-0401"
assert_contains "$text" "Ville de Poitiers, décision du 27/06/2022"
assert_contains "$text" "écrivez le code comme du texte"

# --- the next night: acknowledged, refused by the préfecture; told in French and English alike ---
sandbox_advance 9
assert_exit 5 ctes batch --report page.html night
text=$(cat "$page")
assert_contains "$text" "2 acts need somebody."
assert_contains "$text" "Acknowledged: 1"
person=${text%%Acknowledged: 1*}
assert_contains "$person" "2022-0403"
assert_contains "${text#*Acknowledged: 1}" "218601946-20220627-2022_0401-DE"
assert_eq 1 "$(grep -o '<b[^>]*>2022-0403</b>' "$page" | wc -l)" "an act stands once"
assert_contains "$(tr -s ' ' <<<"$OUT")" "Acts 3"
assert_exit 5 ctes --json batch night
assert_json '3 3' '.[-1].summary | [.total, (.acknowledged + .pending + .refused + .unsettled)] | map(tostring) | join(" ")'
assert_json '5 true' '.[-1].summary | [.exit_status, (.duration_ms >= 0)] | map(tostring) | join(" ")'

# --- the journal: a line an event, with its priority ---
: >"$WORK/journal"
export JOURNAL_STREAM
JOURNAL_STREAM=$(stat -c %d:%i "$WORK/journal")
"$CTES" --config "$CONF" batch night >>"$WORK/journal" 2>>"$WORK/journal" </dev/null
log=$(cat "$WORK/journal")
assert_contains "$log" "<3>2022-0402: line 3: "
assert_eq 3 "$(wc -l <"$WORK/journal")" "lines: $log"
assert_contains "$log" "Acts: 3. Acknowledged: 1. "
LC_ALL=C grep -q '[[:cntrl:]]' <<<"${log//$'\n'/}" && fail "control characters in $log"
unset JOURNAL_STREAM

# --- stopped by a failure: the page says so ---
set_key tls key "$WORK/nowhere.key"
assert_exit 3 ctes batch --report page.html night
assert_contains "$(cat "$page")" "The batch ended before all was done."
sandbox_stop
