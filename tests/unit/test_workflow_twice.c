/* An act is never sent twice, nor taken for another: what the register, the operator's listing and
 * the clock can say against each other. */
#include "unit/workflow_fixture.h"

#include "ledger/store.h"

static const char OBJET[] = "Adhésion à la 27ème Région";

static void listed(world *w, const char *objet) {
    w->operator_.listed_objet = objet;
    w->operator_.listed_date = (ctes_date){ 2022, 6, 27 };
}

static ctes_outcome resend(world *w, const char *numero, ctes_correction correction) {
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(ctes_resend(w->session, NULL, numero, &correction, &outcome, NULL));
    return outcome;
}

static const ctes_correction AS_IT_IS = CTES_CORRECTION_INIT;
static const ctes_correction SUFFIXED = { .suffix = true };

/* --- replaced --------------------------------------------------------------------------------- */

static void a_refused_act_that_was_replaced_is_not_sent_under_its_old_number(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
    w->operator_.deposit = CTES_OK;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = resend(w, "2022-0160", SUFFIXED);
    assert_string_equal(second.record.numero_interne, "2022_0160_2");
    assert_int_equal(w->operator_.deposits, 2);
    /* the table of the night still names the old number */
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = send_example(w);
    assert_int_equal(again.result, CTES_RESULT_REFUSED);
    assert_status(again.error.code, CTES_E_ACTE_STATE);
    assert_null(again.proposed);
    assert_int_equal(w->operator_.deposits, 2);
}

static void send_meanwhile(puppet *self) {
    world *w = self->world;
    self->during_deposit = NULL;
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_session *other = NULL;
    fake_transport *transport = fake_transport_new();
    assert_ok(ctes_session_open_over(&w->context, &w->settings, CTES_FOR_SEND,
                                     fake_transport_vtable(transport), &other, NULL));
    ctes_operator_free(other->links[0].operator_);
    other->links[0].operator_ = &self->table;
    assert_ok(ctes_send(other, &acte, &outcome, NULL));
    assert_status(outcome.error.code, CTES_E_ACTE_LEASED);
    ctes_session_free(other);
    fake_transport_free(transport);
}

static void while_a_replacement_is_sent_nobody_sends_the_act_itself(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    w->operator_.deposit = CTES_OK;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    w->operator_.during_deposit = send_meanwhile;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = resend(w, "2022-0160", SUFFIXED);
    assert_int_equal(second.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 2);
}

static bool no_proposal(void *user, const ctes_outcome *outcome) {
    ++*(unsigned *)user;
    assert_int_equal(outcome->record.state, CTES_STATE_ANOMALIE_ACTE);
    assert_null(outcome->proposed);
    return true;
}

static void no_number_is_proposed_for_what_is_replaced(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.native = -1;
    w->operator_.flow = ANOMALIE_OF("2022_0160", "001", "x");
    assert_ok(refresh(w, NULL));
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = resend(w, "2022-0160", SUFFIXED);
    assert_string_equal(second.record.replaces, "2022-0160");
    unsigned told = 0;
    assert_ok(ctes_refresh(w->session, NULL, "2022-0160", 0, 0, no_proposal, &told, NULL));
    assert_int_equal(told, 1);
}

/* --- the wait after a lost reply -------------------------------------------------------------- */

static void half_an_hour_passes(puppet *self) {
    self->world->now_ms += INT64_C(1800) * 1000;
}

static void the_wait_starts_when_the_exchange_is_over(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    w->operator_.during_deposit = half_an_hour_passes;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_UNSETTLED);
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 119 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 2 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

/* As a process leaves it that was killed while it sent. */
static void killed_while_sending(world *w) {
    w->operator_.deposit = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    const ctes_store_envoi envoi = { .archive = "SLO-EACT--218601946-20220628-99.tar.gz",
                                     .unique_id = "086-218601946-20220627-2022_0160-DE-1-1",
                                     .operator_url = w->settings.operator_url,
                                     .operator_name = "puppet",
                                     .mode = "archive" };
    int64_t id = 0;
    assert_ok(ctes_store_intend(w->session->store, record.id, &envoi, &id, NULL));
    assert_state(w, "2022-0160", CTES_STATE_TO_SEND);
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    world_restart(w);
}

static void a_killed_process_is_waited_for_from_the_first_look(void **state) {
    world *w = *state;
    killed_while_sending(w);
    w->now_ms += 121 * 1000; /* it may have sent until a moment ago */
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 121 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

static void a_process_killed_long_ago_is_not_waited_for(void **state) {
    world *w = *state;
    killed_while_sending(w);
    w->now_ms += DAY_MS;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

/* Before its exchange began it may have stood in line behind others, each as long as its own. */
static void an_act_that_waited_for_its_turn_is_waited_for_longer(void **state) {
    world *w = *state;
    killed_while_sending(w);
    w->now_ms += (INT64_C(1800) + 121) * 1000; /* an exchange and the wait since it was recorded */
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 121 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

static void a_clock_set_back_does_not_make_the_act_wait_until_that_day(void **state) {
    world *w = *state;
    w->now_ms += 400 * DAY_MS;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    w->now_ms -= 400 * DAY_MS;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED); /* the wait starts anew */
    w->now_ms += 119 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 2 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

/* --- what the operator holds ------------------------------------------------------------------ */

static void an_act_the_register_has_forgotten_is_not_sent_under_a_suffix(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_HOLDS;
    listed(w, OBJET);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_TWIN);
    assert_non_null(strstr(outcome.error.detail, "1234"));
    assert_null(outcome.proposed);
    /* a person who says so takes it over, with or without asking for a suffix */
    w->operator_.deposit = CTES_OK;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome taken = resend(w, "2022-0160", SUFFIXED);
    assert_int_equal(taken.record.transaction, 1234);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    assert_int_equal(w->operator_.deposits, 1);
}

static void another_act_under_our_number_is_never_taken_for_ours(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_HOLDS;
    listed(w, "Autre objet");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_status(outcome.error.code, CTES_E_OPERATOR_HOLDS);
    assert_string_equal(outcome.proposed, "2022_0160_2");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, "2022-0160", AS_IT_IS);
    assert_status(again.error.code, CTES_E_OPERATOR_HOLDS);
    assert_non_null(strstr(again.error.detail, "Autre objet"));
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
}

static void a_lost_reply_is_not_settled_by_another_act(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    listed(w, "Autre objet");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_HOLDS);
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
}

static void a_subject_that_suffered_on_the_way_is_still_ours(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    listed(w, "Adh?sion  a la 27?me région");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
}

static void a_reply_lost_before_a_refusal_is_remembered(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome lost = send_example(w);
    w->now_ms += 121 * 1000;
    assert_ok(refresh(w, NULL));
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome refused = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
    w->operator_.deposit = CTES_E_OPERATOR_HOLDS; /* the first has arrived after all */
    listed(w, OBJET);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(outcome.record.transaction, 1234);
}

/* --- another operator ------------------------------------------------------------------------- */

static void move_to(world *w, const char *url) {
    world_close(w);
    w->settings.operator_url = url;
    world_open(w);
}

static void what_was_rehearsed_elsewhere_does_not_count_as_sent(void **state) {
    world *w = *state;
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.native = 4;
    w->operator_.flow = AR_OF("2022_0160", "20220627", "10", "2022-06-28");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome rehearsed = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    move_to(w, "https://production.test");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_OTHER);
    assert_string_equal(outcome.error.detail, "https://operator.test");
}

static void another_operator_is_not_asked_for_what_it_never_had(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    unsigned asked = w->operator_.statuses;
    move_to(w, "https://production.test");
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.native = -1;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    assert_int_equal(w->operator_.statuses, asked);
}

static void another_operators_no_settles_nothing(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome lost = send_example(w);
    move_to(w, "https://production.test");
    w->now_ms += DAY_MS;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->settings.former_url = "https://OPERATOR.test:8443/"; /* the same, at another port */
    move_to(w, "https://renamed.test");
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

/* --- archives and files ----------------------------------------------------------------------- */

static void send_as(world *w, const char *numero) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    free(acte.numero);
    acte.numero = NULL;
    assert_ok(ctes_text_dup(numero, &acte.numero, NULL));
    assert_ok(ctes_send(w->session, &acte, &outcome, NULL));
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
}

/* Names made without the operator's counter (42, while files went one by one) lie ahead of it. */
static void a_counter_behind_ours_never_gives_a_name_twice(void **state) {
    world *w = *state;
    unsigned ours = 0;
    assert_ok(ctes_store_serial(w->session->store, "218601946", (ctes_date){ 2022, 6, 28 }, 41,
                                &ours, NULL));
    w->session->settings.mode = CTES_MODE_CHAMPS;
    send_as(w, "2022-1");
    assert_string_equal(w->operator_.last_archive, "SLO-EACT--218601946--20220628-42.tar.gz");
    w->session->settings.mode = CTES_MODE_ARCHIVE;
    send_as(w, "2022-2");
    assert_string_equal(w->operator_.last_archive, "SLO-EACT--218601946--20220628-41.tar.gz");
    assert_int_equal(w->operator_.serials, 1); /* one act, one serial */
    send_as(w, "2022-3");
    assert_string_equal(w->operator_.last_archive, "SLO-EACT--218601946--20220628-43.tar.gz");
    assert_int_equal(w->operator_.serials, 3);
}

static ctes_status same_serial(ctes_operator *self, unsigned *ret, ctes_error *err) {
    (void)err;
    ((puppet *)self)->serials++;
    *ret = 7;
    return CTES_OK;
}

/* The first serial is asked for in the last second of the day, and is the next day's. */
static ctes_status serial_past_midnight(ctes_operator *self, unsigned *ret, ctes_error *err) {
    puppet *p = (puppet *)self;
    (void)err;
    if (p->serials == 0)
        p->world->now_ms += DAY_MS / 2 + DAY_MS / 4;
    *ret = ++p->serials;
    return CTES_OK;
}

/* Under that day's name it might destroy the first archive of another client (S2LOW sheet § 6). */
static void a_serial_of_one_day_makes_no_name_of_another(void **state) {
    world *w = *state;
    w->operator_.table.serial = serial_past_midnight;
    send_as(w, "2022-1");
    assert_string_equal(w->operator_.last_archive, "SLO-EACT--218601946--20220629-2.tar.gz");
}

static void a_counter_that_stands_still_is_not_asked_for_ever(void **state) {
    world *w = *state;
    w->operator_.table.serial = same_serial;
    send_as(w, "2022-1");
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_status(ctes_send(w->session, &acte, &outcome, NULL), CTES_E_LIMIT);
    assert_int_equal(w->operator_.deposits, 1);
}

static void change_the_document(puppet *self) {
    self->during_deposit = NULL;
    write_file(self->world->path[4], "%PDF-1.4\nanother act\n");
}

static void a_file_that_changes_before_it_leaves_is_not_sent(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_UNSUPPORTED; /* so the files go one by one */
    w->operator_.during_deposit = change_the_document;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_status(outcome.error.code, CTES_E_DOCUMENT_CHANGED);
    assert_int_equal(w->operator_.deposits, 1);
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
}

static void a_file_that_changes_while_it_leaves_is_told(void **state) {
    world *w = *state;
    w->session->settings.mode = CTES_MODE_CHAMPS;
    w->operator_.during_deposit = change_the_document;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_non_null(outcome.record.reason);
    assert_non_null(strstr(outcome.record.reason, "document-changed"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_refused_act_that_was_replaced_is_not_sent_under_its_old_number),
        TEST(while_a_replacement_is_sent_nobody_sends_the_act_itself),
        TEST(no_number_is_proposed_for_what_is_replaced),
        TEST(the_wait_starts_when_the_exchange_is_over),
        TEST(a_killed_process_is_waited_for_from_the_first_look),
        TEST(a_process_killed_long_ago_is_not_waited_for),
        TEST(an_act_that_waited_for_its_turn_is_waited_for_longer),
        TEST(a_clock_set_back_does_not_make_the_act_wait_until_that_day),
        TEST(an_act_the_register_has_forgotten_is_not_sent_under_a_suffix),
        TEST(another_act_under_our_number_is_never_taken_for_ours),
        TEST(a_lost_reply_is_not_settled_by_another_act),
        TEST(a_subject_that_suffered_on_the_way_is_still_ours),
        TEST(a_reply_lost_before_a_refusal_is_remembered),
        TEST(what_was_rehearsed_elsewhere_does_not_count_as_sent),
        TEST(another_operator_is_not_asked_for_what_it_never_had),
        TEST(another_operators_no_settles_nothing),
        TEST(a_counter_behind_ours_never_gives_a_name_twice),
        TEST(a_serial_of_one_day_makes_no_name_of_another),
        TEST(a_counter_that_stands_still_is_not_asked_for_ever),
        TEST(a_file_that_changes_before_it_leaves_is_not_sent),
        TEST(a_file_that_changes_while_it_leaves_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
