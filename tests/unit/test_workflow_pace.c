/* The operator's limits and its failures: what waits, until when, and what is tried again. */
#include "unit/workflow_fixture.h"

#include <limits.h>
#include <time.h>

#include "workflow/pace.h"
#include "workflow/retry.h"
#include "workflow/trace.h"
#include "workflow/volume.h"

#define SECOND_MS INT64_C(1000)
#define HOUR_MS   (3600 * SECOND_MS)

/* --- the puppet's part ------------------------------------------------------------------------ */

static unsigned good_from; /* the deposit that goes well */

static void recover(puppet *self) {
    if (self->deposits == good_from)
        self->deposit = CTES_OK;
}

static unsigned char chance; /* every byte of the random source */

static bool no_luck(void *user, void *bytes, size_t length) {
    (void)user;
    memset(bytes, chance, length);
    return true;
}

static bool stopped;

static bool stop_asked(void *user) {
    (void)user;
    return stopped;
}

static int setup(void **state) {
    int failed = world_setup(state);
    world *w = *state;
    good_from = 0;
    stopped = false;
    chance = 0xff;
    w->context.random = no_luck;
    w->operator_.during_deposit = recover;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    w->session->patient = true;
    return failed;
}

/* New settings are read when a session is opened. */
static void reopen(world *w) {
    world_restart(w);
    w->session->patient = true;
}

static ctes_status send_numbered(world *w, const char *numero, ctes_outcome *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    free(acte.numero);
    acte.numero = NULL;
    assert_ok(ctes_text_dup(numero, &acte.numero, NULL));
    return ctes_send(w->session, &acte, ret, err);
}

static ctes_result sent(world *w, const char *numero) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(send_numbered(w, numero, &outcome, NULL));
    return outcome.result;
}

/* --- trying again ----------------------------------------------------------------------------- */

static void who_is_turned_away_comes_back_and_asks_first(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_BUSY;
    good_from = 3;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 3);
    assert_int_equal(w->operator_.finds, 2);
    assert_true(w->now_ms > NOW_MS);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
}

static void an_act_kept_behind_a_busy_answer_is_not_sent_twice(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_BUSY;
    w->operator_.find = CTES_OK;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 1);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
}

static void the_next_run_asks_before_it_tries_again_too(void **state) {
    world *w = *state;
    w->settings.tries = 1;
    reopen(w);
    w->operator_.deposit = CTES_E_OPERATOR_BUSY;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_REFUSED);
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    reopen(w);
    w->operator_.find = CTES_OK;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_ALREADY);
    assert_int_equal(w->operator_.deposits, 1);
}

static void tries_are_counted(void **state) {
    world *w = *state;
    w->settings.tries = 3;
    reopen(w);
    w->operator_.deposit = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(send_numbered(w, "2022-0160", &outcome, NULL));
    assert_int_equal(outcome.error.code, CTES_E_NET_CONNECT);
    assert_int_equal(w->operator_.deposits, 3);
    assert_in_range(w->now_ms, NOW_MS + 1, NOW_MS + 3 * SECOND_MS); /* two waits, of 1 s and 2 s */
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

static void no_try_begins_after_its_time(void **state) {
    world *w = *state;
    w->settings.tries = 64;
    w->settings.retry_for_s = 10;
    reopen(w);
    w->operator_.preflight = CTES_E_NET_TIMEOUT;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_UNSETTLED); /* by its code alone … */
    assert_state(w, "2022-0160", CTES_STATE_PREPARED); /* … the register knows better */
    assert_in_range(w->now_ms, NOW_MS, NOW_MS + 10 * SECOND_MS);
    assert_int_equal(w->operator_.deposits, 0);
}

static void what_may_have_arrived_is_never_tried_again(void **state) {
    world *w = *state;
    static const ctes_status open[] = { CTES_E_NET_BROKEN, CTES_E_NET_TIMEOUT,
                                        CTES_E_OPERATOR_UNAVAILABLE, CTES_E_OPERATOR_REPLY };
    for (unsigned i = 0; i < 4; i++) {
        char numero[16];
        (void)snprintf(numero, sizeof numero, "2022-%u", i);
        w->operator_.deposit = open[i];
        assert_int_equal(sent(w, numero), CTES_RESULT_UNSETTLED);
        assert_int_equal(w->operator_.deposits, i + 1);
    }
    assert_int_equal(w->now_ms, NOW_MS);
}

/* Found at the operator by the first try, which then fails on the acknowledgement; the second one
 * begins at once, chance having given it no wait. */
static void what_one_try_found_is_known_to_the_next(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome lost = send_example(w);
    w->now_ms += 121 * SECOND_MS;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    chance = 0;
    w->operator_.find = CTES_OK;
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.native = 4;
    w->operator_.ar = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome found = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    assert_int_equal(found.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 1);
}

static void a_refusal_stops_at_once(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_REFUSED);
    w->operator_.preflight = CTES_E_OPERATOR_RIGHTS;
    reopen(w);
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_int_equal(send_numbered(w, "2022-0161", &outcome, NULL), CTES_E_OPERATOR_RIGHTS);
    ctes_outcome_clear(&outcome);
    assert_int_equal(w->operator_.deposits, 1);
    assert_int_equal(w->now_ms, NOW_MS);
}

static void one_act_at_a_screen_is_not_kept_waiting(void **state) {
    world *w = *state;
    w->session->patient = false;
    w->operator_.deposit = CTES_E_NET_CONNECT;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_REFUSED);
    assert_int_equal(w->operator_.deposits, 1);
    w->session->settings.wait_s = 60;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_REFUSED);
    assert_true(w->operator_.deposits > 3);
    assert_in_range(w->now_ms, NOW_MS, NOW_MS + 60 * SECOND_MS);
}

static void a_backoff_is_anything_up_to_its_bound(void **state) {
    world *w = *state;
    const int64_t bounds[] = { 1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };
    for (unsigned failed = 0; failed < 12; failed++) {
        chance = 0;
        assert_int_equal(ctes_backoff_ms(&w->context, failed), 0);
        for (int byte = 1; byte < 256; byte++) {
            chance = (unsigned char)byte;
            assert_in_range(ctes_backoff_ms(&w->context, failed), 0, bounds[failed] * SECOND_MS);
        }
    }
    assert_in_range(ctes_backoff_ms(&w->context, UINT_MAX), 0, 300 * SECOND_MS);
    int64_t least = INT64_MAX, most = 0; /* and of the system's own chance */
    for (int i = 0; i < 2000; i++) {
        int64_t ms = ctes_backoff_ms(NULL, 9);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_true(least < 32 * SECOND_MS);
    assert_true(most > 224 * SECOND_MS && most <= 256 * SECOND_MS);
}

/* --- the operator's wish ---------------------------------------------------------------------- */

static void answer(world *w, long http_status, long retry_after) {
    const ctes_exchange exchange = { .done = true,
                                     .method = "GET",
                                     .url = "https://operator.test/",
                                     .http_status = http_status,
                                     .retry_after = retry_after };
    ctes_trace_record(w->session, &exchange);
}

static void retry_after_holds_everything_back(void **state) {
    world *w = *state;
    answer(w, 200, 50);
    answer(w, 503, -1);
    assert_int_equal(ctes_pace_held_ms(w->session), 0);
    answer(w, 429, 50);
    answer(w, 503, 20); /* a shorter wish does not shorten the first */
    assert_int_equal(ctes_pace_held_ms(w->session), 50 * SECOND_MS);
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_SENT);
    assert_int_equal(w->now_ms, NOW_MS + 50 * SECOND_MS);
}

static void no_wish_lasts_for_ever(void **state) {
    world *w = *state;
    answer(w, 503, LONG_MAX);
    assert_int_equal(ctes_pace_held_ms(w->session), HOUR_MS);
    w->now_ms -= DAY_MS; /* the clock is set back: not until tomorrow for that */
    assert_int_equal(ctes_pace_held_ms(w->session), 0);
    answer(w, 503, 10);
    assert_int_equal(ctes_pace_held_ms(w->session), 10 * SECOND_MS);
}

static void a_wish_beyond_the_time_for_tries_ends_them(void **state) {
    world *w = *state;
    w->settings.retry_for_s = 60;
    reopen(w);
    ctes_attempts attempts = CTES_ATTEMPTS_INIT;
    const ctes_error busy = { .code = CTES_E_OPERATOR_BUSY };
    answer(w, 503, 61);
    assert_false(ctes_attempts_another(&attempts, w->session, CTES_STATE_PREPARED, &busy));
    assert_int_equal(w->now_ms, NOW_MS);
}

/* --- hours ------------------------------------------------------------------------------------ */

typedef struct told {
    unsigned count;
    ctes_wait why;
    int64_t until_ms;
} told;

static void note_wait(void *user, ctes_wait why, int64_t until_ms) {
    told *t = user;
    t->count++;
    t->why = why;
    t->until_ms = until_ms;
}

/* NOW_MS is 12:00 in Paris. */
static void closed_hours_are_waited_for_and_told_once(void **state) {
    world *w = *state;
    told t = { 0 };
    w->settings.closed_hours = "11:30-13:30";
    reopen(w);
    ctes_pace_watch(w->session->pace, note_wait, &t);
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_SENT);
    assert_int_equal(sent(w, "2022-0161"), CTES_RESULT_SENT);
    assert_int_equal(w->now_ms, NOW_MS + HOUR_MS + HOUR_MS / 2);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.why, CTES_WAIT_WINDOW);
    assert_int_equal(t.until_ms, w->now_ms);
    /* what is there already needs no hours */
    w->now_ms += DAY_MS - HOUR_MS;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_ALREADY);
    assert_int_equal(t.count, 1);
}

static void at_a_screen_closed_hours_are_said(void **state) {
    world *w = *state;
    w->settings.closed_hours = "11:30-13:30";
    reopen(w);
    w->session->patient = false;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(send_numbered(w, "2022-0160", &outcome, NULL));
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_int_equal(outcome.error.code, CTES_E_NOT_NOW);
    assert_string_equal(outcome.error.detail, "closed: 2022-06-28 13:30:00");
    assert_int_equal(w->operator_.deposits, 0);
    w->session->settings.wait_s = 5400;
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_SENT);
}

static void hours_that_are_none_open_no_session(void **state) {
    world *w = *state;
    w->settings.closed_hours = "noon";
    ctes_session *session = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_session_open(&w->context, &w->settings, CTES_FOR_CHECK, &session, &err),
                     CTES_E_CONFIG_INVALID);
    assert_string_equal(err.detail, "closed_hours = noon");
}

static void a_stop_ends_the_wait_at_once(void **state) {
    world *w = *state;
    w->settings.closed_hours = "11:30-13:30";
    w->context.stop = stop_asked;
    reopen(w);
    stopped = true;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(send_numbered(w, "2022-0160", &outcome, &err));
    assert_int_equal(outcome.error.code, CTES_E_INTERRUPTED);
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    assert_int_equal(w->now_ms, NOW_MS);
    assert_int_equal(w->operator_.deposits, 0);
}

/* A run of hours in a closed window: the act may have been sent by another run meanwhile. */
static bool sleep_while_another_sends(void *user, int64_t ms) {
    world *w = user;
    w->now_ms += ms;
    if (w->now_ms != NOW_MS + SECOND_MS)
        return true;
    ctes_store *other = NULL;
    int64_t envoi = 0;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_ok(ctes_store_open(&w->context, w->settings.ledger, &other, NULL));
    const ctes_store_envoi made = { .archive = "other.tar.gz",
                                    .archive_path = "other.tar.gz",
                                    .archive_sha256 = "",
                                    .operator_name = "puppet",
                                    .operator_url = w->settings.operator_url,
                                    .mode = "archive" };
    const ctes_store_change held = { .to = CTES_STATE_DEPOSITED, .transaction = 1234 };
    assert_ok(ctes_store_intend(other, record.id, &made, &envoi, NULL));
    assert_ok(ctes_store_change_state(other, record.id, CTES_STATE_TO_SEND, &held, NULL));
    ctes_ledger_close(other);
    return true;
}

static void what_another_run_sent_meanwhile_is_left_alone(void **state) {
    world *w = *state;
    w->settings.closed_hours = "11:30-13:30";
    w->context.sleep_ms = sleep_while_another_sends;
    reopen(w);
    assert_int_equal(sent(w, "2022-0160"), CTES_RESULT_ALREADY);
    assert_int_equal(w->operator_.deposits, 0);
}

/* --- volume ----------------------------------------------------------------------------------- */

static uint64_t size_of_an_archive(world *w) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(send_numbered(w, "2022-0001", &outcome, NULL));
    return outcome.archive_size;
}

static void the_hour_s_volume_is_kept_to_across_runs(void **state) {
    world *w = *state;
    told t = { 0 };
    uint64_t size = size_of_an_archive(w);
    assert_true(size > 500);
    w->settings.hourly_volume = 2 * size + size / 2;
    reopen(w); /* another run: the register alone knows of the first act */
    w->now_ms += 600 * SECOND_MS;
    assert_int_equal(sent(w, "2022-0002"), CTES_RESULT_SENT);
    assert_int_equal(sent(w, "2022-0003"), CTES_RESULT_SENT);
    assert_int_equal(w->now_ms, NOW_MS + 600 * SECOND_MS);
    ctes_pace_watch(w->session->pace, note_wait, &t);
    assert_int_equal(sent(w, "2022-0004"), CTES_RESULT_SENT);
    assert_in_range(w->now_ms, NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + 20 * SECOND_MS);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.why, CTES_WAIT_VOLUME);
    assert_in_range(t.until_ms, NOW_MS + HOUR_MS, w->now_ms);
    reopen(w);
    w->session->patient = false;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(send_numbered(w, "2022-0005", &outcome, NULL));
    assert_int_equal(outcome.error.code, CTES_E_NOT_NOW);
    assert_memory_equal(outcome.error.detail, "volume: ", 8);
}

static void an_act_larger_than_the_volume_leaves_alone(void **state) {
    world *w = *state;
    w->settings.hourly_volume = 1;
    reopen(w);
    assert_int_equal(sent(w, "2022-0001"), CTES_RESULT_SENT);
    assert_int_equal(w->now_ms, NOW_MS);
    assert_int_equal(sent(w, "2022-0002"), CTES_RESULT_SENT);
    assert_in_range(w->now_ms, NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + 20 * SECOND_MS);
}

static void a_clock_set_back_does_not_fill_the_hour(void **state) {
    world *w = *state;
    w->settings.hourly_volume = 1;
    reopen(w);
    assert_int_equal(sent(w, "2022-0001"), CTES_RESULT_SENT);
    w->now_ms -= DAY_MS / 2;
    assert_int_equal(sent(w, "2022-0002"), CTES_RESULT_SENT);
    assert_int_equal(w->now_ms, NOW_MS - DAY_MS / 2);
}

static void an_hour_slides(void **state) {
    (void)state;
    ctes_volume volume = { 0 };
    int64_t now = NOW_MS;
    for (int i = 0; i < 3 * 3600; i++, now += SECOND_MS)
        ctes_volume_add(&volume, now, now, 1);
    assert_in_range(ctes_volume_hour(&volume, now), 3600, 3610);
    ctes_volume_add(&volume, now, now - 2 * HOUR_MS, 1000000);
    ctes_volume_add(&volume, now, now + HOUR_MS, 1000000);
    assert_in_range(ctes_volume_hour(&volume, now), 3600, 3610);
    int64_t until = ctes_volume_free_ms(&volume, now, 600);
    assert_in_range(until - now, 590 * SECOND_MS, 620 * SECOND_MS);
    assert_in_range(ctes_volume_hour(&volume, until), 2980, 3010);
    assert_int_equal(ctes_volume_free_ms(&volume, now, 0), now);
    assert_in_range(ctes_volume_free_ms(&volume, now, UINT64_MAX), now, now + 2 * HOUR_MS);
    assert_int_equal(ctes_volume_hour(&volume, now + 2 * HOUR_MS), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void) {
    /* spelled out, so that it holds where no zone file is installed */
    if (setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1) != 0)
        return 1;
    tzset();
    const struct CMUnitTest tests[] = {
        CASE(who_is_turned_away_comes_back_and_asks_first),
        CASE(an_act_kept_behind_a_busy_answer_is_not_sent_twice),
        CASE(the_next_run_asks_before_it_tries_again_too),
        CASE(tries_are_counted),
        CASE(no_try_begins_after_its_time),
        CASE(what_may_have_arrived_is_never_tried_again),
        CASE(what_one_try_found_is_known_to_the_next),
        CASE(a_refusal_stops_at_once),
        CASE(one_act_at_a_screen_is_not_kept_waiting),
        CASE(a_backoff_is_anything_up_to_its_bound),
        CASE(retry_after_holds_everything_back),
        CASE(no_wish_lasts_for_ever),
        CASE(a_wish_beyond_the_time_for_tries_ends_them),
        CASE(closed_hours_are_waited_for_and_told_once),
        CASE(at_a_screen_closed_hours_are_said),
        CASE(hours_that_are_none_open_no_session),
        CASE(a_stop_ends_the_wait_at_once),
        CASE(what_another_run_sent_meanwhile_is_left_alone),
        CASE(the_hour_s_volume_is_kept_to_across_runs),
        CASE(an_act_larger_than_the_volume_leaves_alone),
        CASE(a_clock_set_back_does_not_fill_the_hour),
        CASE(an_hour_slides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
