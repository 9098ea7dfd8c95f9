#!/usr/bin/env bash
# Each fault of the sandbox at each step of a deposit, in both modes: whatever goes wrong, the act is
# at the préfecture exactly once and the register knows it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
. "$(dirname "$0")/settle.sh"
need jq curl

sandbox_start --delay 0 --late 1 --slow 0.01
cli_config "$SANDBOX_URL"
set_key operateur settle_after 2
set_key operateur timeout 2

break_it() { # KIND PAGE NUMBER
    acte "$3"
    sandbox_curl "/sandbox/fault?spec=$1@$2" --request POST --fail >/dev/null ||
        fail "the sandbox knows no fault $1"
    local status=0
    ctes send "${ACTE[@]}" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    case $status in
    0 | 3 | 5 | 6 | 7) ;; # sent all the same, or a clear refusal, or to be tried, or to be settled
    *) fail "$1@$2: exit status $status: $(cat "$WORK/out" "$WORK/err")" ;;
    esac
    settle "$3"
    assert_once "$3"
}

number=0
for mode in archive champs; do
    set_key operateur mode "$mode"
    page=actes_transac_submit
    [ "$mode" = champs ] && page=actes_transac_create
    for kind in cut-before 500 503 503-kept 429 413 html-200 g6-garbled redirect stall-before stall reply-lost \
        truncated slow charset-utf8 charset-broken late-commit; do
        break_it "$kind" "$page" "F-$((++number))"
    done
done
for page in actes_transac_get_env_serial actes_transac_get_status; do
    set_key operateur mode archive
    for kind in cut-before 500 html-200 redirect truncated reply-lost charset-broken; do
        break_it "$kind" "$page" "F-$((++number))"
    done
done
set_key operateur mode champs
for kind in empty-ar html-200 truncated; do # while the acknowledgement is fetched
    break_it "$kind" actes_transac_get_ARActe "F-$((++number))"
done
sandbox_stop
