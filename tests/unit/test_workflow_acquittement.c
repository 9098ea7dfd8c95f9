#include "unit/workflow_fixture.h"

#include <libxml/xmlmemory.h>

#include <ctes/versement.h>

#include "fake/scratch.h"
#include "workflow/register.h"

static const char AR[] = AR_OF("2022_0160", "20220627", "10", "2022-06-28");

static void sent(world *w) {
    ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    ctes_outcome_clear(&outcome);
}

static void answer(world *w, ctes_operator_state op_state, int native, const char *flow) {
    w->operator_.state = op_state;
    w->operator_.native = native;
    w->operator_.flow = flow;
    assert_ok(refresh(w, NULL));
}

static void the_acknowledgement_gives_identifier_and_date(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_TRANSMITTED, 3, NULL);
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ACKNOWLEDGED);
    assert_string_equal(record.id_acte, "086-218601946-20220627-2022_0160-DE");
    assert_int_equal(record.reception.day, 28);
    unsigned asked = w->operator_.statuses;
    assert_ok(refresh(w, NULL)); /* nothing is asked any more */
    assert_int_equal(w->operator_.statuses, asked);
}

static void past_the_acknowledgement_it_is_fetched(void **state) {
    world *w = *state;
    sent(w);
    w->operator_.ar_bytes = AR;
    answer(w, CTES_OP_ACKNOWLEDGED_AND_MORE, 5, NULL);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    assert_int_equal(w->operator_.ars, 1);
}

static void discordant(world *w, const char *ar) {
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, ar);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_DISCORDANT);
    assert_string_equal(record.id_acte, "");
    assert_false(record.reception.year); /* no date is written anywhere */
    assert_non_null(record.reason);
}

static void another_number_is_discordant(void **state) {
    discordant(*state, AR_OF("2022_0161", "20220627", "10", "2022-06-28"));
}

static void another_matiere_is_discordant(void **state) {
    discordant(*state, AR_OF("2022_0160", "20220627", "1", "2022-06-28"));
}

static void another_day_in_the_identifier_is_discordant(void **state) {
    discordant(*state, AR_OF("2022_0160", "20220628", "10", "2022-06-28"));
}

static void a_reception_before_the_decision_is_discordant(void **state) {
    discordant(*state, AR_OF("2022_0160", "20220627", "10", "2022-06-26"));
}

static void count_event(void *user, const ctes_record_event *event) {
    (void)event;
    ++*(int64_t *)user;
}

static void an_unreadable_acknowledgement_is_kept_and_asked_for_again(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, "<html>session</html>");
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

static int64_t count_events(world *w) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    int64_t count = 0;
    assert_ok(ctes_ledger_history(w->session->store, record.id, count_event, &count, NULL));
    return count;
}

static void what_stays_unreadable_is_kept_once(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, "<html>session</html>");
    int64_t before = count_events(w);
    for (int i = 0; i < 5; i++)
        answer(w, CTES_OP_ACKNOWLEDGED, 4, "<html>session</html>");
    assert_int_equal(count_events(w), before);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, "<html>another</html>");
    assert_int_equal(count_events(w), before + 1);
}

static void an_acknowledgement_that_is_not_in_the_status_is_fetched(void **state) {
    world *w = *state;
    sent(w);
    w->operator_.ar_bytes = AR;
    answer(w, CTES_OP_ACKNOWLEDGED, 4, "\n");
    assert_int_equal(w->operator_.ars, 1);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

static void the_right_acknowledgement_mends_a_discordant_one(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR_OF("2022_0160", "20220627", "9", "2022-06-28"));
    assert_state(w, "2022-0160", CTES_STATE_DISCORDANT);
    int64_t before = count_events(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR_OF("2022_0160", "20220627", "9", "2022-06-28"));
    assert_int_equal(count_events(w), before);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ACKNOWLEDGED);
    assert_string_equal(record.id_acte, "086-218601946-20220627-2022_0160-DE");
    assert_int_equal(record.reception.day, 28);
    assert_null(record.reason);
}

/* What answers another act is evidence too, and no acknowledgement of this one. */
static void an_archiving_service_gets_the_right_acknowledgement(void **state) {
    world *w = *state;
    char output[128], path[256];
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR_OF("2022_0161", "20220627", "10", "2022-06-28"));
    assert_state(w, "2022-0160", CTES_STATE_DISCORDANT);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    const ctes_versement_options options = { .service_archives = "AD086",
                                             .archives = w->session->archives,
                                             .schemas = w->settings.schemas };
    (void)snprintf(output, sizeof output, "%s/versement", w->folder);
    assert_ok(
        ctes_versement_write(&w->context, w->session->store, &record, 1, &options, output, NULL));
    (void)snprintf(path, sizeof path, "%s/content/%s-1-2_0.xml", output, record.id_acte);
    size_t length = 0;
    char *bytes = scratch_read(path, &length);
    assert_int_equal(length, sizeof AR - 1);
    assert_memory_equal(bytes, AR, length);
    free(bytes);
}

/* As the XSD allows it, and as no other act differs from ours. */
static void small_letters_folders_and_time_zones_are_no_discordance(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    free(acte.numero);
    acte.numero = NULL;
    assert_ok(ctes_text_dup("D-1", &acte.numero, NULL));
    assert_ok(ctes_send(w->session, &acte, &outcome, NULL));
    char *ar = NULL;
    static const char TEXT[] = AR_OF("D_1", "20220627", "10", "2022-06-28+02:00");
    assert_ok(ctes_text_dup(TEXT, &ar, NULL));
    for (char *at = ar; (at = strstr(at, "D_1")) != NULL; at++)
        if (at[-1] == '"' || (at[-1] == '-' && strncmp(at, "D_1-DE\"", 7) == 0))
            *at = 'd';
    answer(w, CTES_OP_ACKNOWLEDGED, 4, ar);
    free(ar);
    w->operator_.flow = NULL;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "D-1");
    assert_string_equal(ctes_state_name(record.state), "acknowledged");
    assert_int_equal(record.reception.day, 28);
}

static void an_anomaly_is_recorded_with_code_and_text(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ERROR, -1,
           ANOMALIE_OF("2022_0160", "002",
                       "ODT-VERIF-01 : classification p\xe9rim\xe9"
                       "e") "Anomalie signal\xe9"
                            "e par le MI");
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ANOMALIE_ACTE);
    assert_string_equal(record.anomalie_code, "002");
    assert_string_equal(record.reason, "ODT-VERIF-01 : classification périmée");
}

static void an_anomaly_of_another_act_is_only_the_operators_error(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ERROR, -1, ANOMALIE_OF("OTHER", "002", "x") "mot");
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_OPERATOR_ERROR);
    assert_null(record.anomalie_code);
}

static void an_error_without_xml_is_the_operators(void **state) {
    world *w = *state;
    sent(w);
    w->operator_.message = "L'archive est infectée par un virus.";
    answer(w, CTES_OP_ERROR, -1, NULL);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_OPERATOR_ERROR);
    assert_string_equal(record.reason, "L'archive est infectée par un virus.");
}

static void closing_after_thirty_days_has_its_state_and_a_late_answer_another(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_TRANSMITTED, 3, NULL);
    w->now_ms += 31 * DAY_MS;
    w->operator_.message = "Fermeture automatique de la transaction de plus de 30 jours";
    answer(w, CTES_OP_ERROR, -1, NULL);
    assert_state(w, "2022-0160", CTES_STATE_CLOSED);
    w->now_ms += 3 * DAY_MS;
    w->operator_.message = NULL;
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ACKNOWLEDGED_LATE);
    assert_int_equal(record.reception.day, 28);
}

static void nothing_takes_an_acknowledgement_back(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.flow = ANOMALIE_OF("2022_0160", "001", "x");
    assert_ok(refresh(w, "2022-0160"));
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

/* The operator may learn of a cancellation after its receipt came, or never. */
static void nothing_revives_a_cancelled_act(void **state) {
    world *w = *state;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    const ctes_store_change cancelled = { .to = CTES_STATE_CANCELLED };
    assert_ok(ctes_register_change(w->session, record.id, record.state, &cancelled, NULL, NULL));
    assert_ok(refresh(w, "2022-0160")); /* named by a person: it waits for nothing */
    assert_state(w, "2022-0160", CTES_STATE_CANCELLED);
    static const ctes_operator_state others[] = { CTES_OP_TRANSMITTED, CTES_OP_ERROR };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        w->operator_.state = others[i];
        assert_ok(refresh(w, "2022-0160"));
        assert_state(w, "2022-0160", CTES_STATE_CANCELLED);
    }
}

static bool take_text(void *user, const char *text, size_t length) {
    (void)text;
    *(size_t *)user += length;
    return true;
}

/* Its date of reception is known still, and a form would give it out as valid. */
static void the_form_of_a_cancelled_act_is_not_filled_in(void **state) {
    world *w = *state;
    size_t length = 0;
    sent(w);
    answer(w, CTES_OP_ACKNOWLEDGED, 4, AR);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_ok(ctes_text_dup("Objet : x\n", &record.fiche, NULL));
    assert_ok(ctes_fiche_write(&record, take_text, &length, NULL));
    assert_true(length > 0);
    record.state = CTES_STATE_CANCELLED;
    length = 0;
    assert_status(ctes_fiche_write(&record, take_text, &length, NULL), CTES_E_ACTE_STATE);
    assert_int_equal(length, 0);
}

/* --- no memory for XML ------------------------------------------------------------------------ */

static bool STARVED;

static void *starved_malloc(size_t size) {
    return STARVED ? NULL : malloc(size);
}

static void *starved_realloc(void *old, size_t size) {
    return STARVED ? NULL : realloc(old, size);
}

static char *starved_strdup(const char *text) {
    return STARVED ? NULL : strdup(text);
}

static void answer_starved(world *w, ctes_operator_state state, const char *flow) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    w->operator_.state = state;
    w->operator_.flow = flow;
    int64_t before = count_events(w);
    STARVED = true;
    ctes_status status = refresh(w, NULL);
    STARVED = false;
    assert_status(status, CTES_E_MEMORY);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    assert_int_equal(count_events(w), before);
}

/* It is read at the next look, and no less of it is known then. */
static void what_there_is_no_memory_for_is_left_to_be_read_again(void **state) {
    world *w = *state;
    sent(w);
    assert_int_equal(xmlMemSetup(free, starved_malloc, starved_realloc, starved_strdup), 0);
    answer_starved(w, CTES_OP_ERROR, ANOMALIE_OF("2022_0160", "002", "x"));
    answer_starved(w, CTES_OP_ACKNOWLEDGED, AR);
    answer(w, CTES_OP_ERROR, -1, ANOMALIE_OF("2022_0160", "002", "x"));
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ANOMALIE_ACTE);
    assert_string_equal(record.anomalie_code, "002");
}

static void waiting_ends_with_the_answer_or_the_time(void **state) {
    world *w = *state;
    sent(w);
    int64_t start = w->now_ms;
    assert_status(ctes_refresh(w->session, NULL, "2022-0160", 90, 30, NULL, NULL, NULL),
                  CTES_E_NOT_YET);
    assert_int_equal(w->now_ms - start, 90 * 1000);
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow = AR;
    assert_ok(ctes_refresh(w->session, NULL, "2022-0160", 90, 30, NULL, NULL, NULL));
    assert_int_equal(w->now_ms - start, 90 * 1000);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_acknowledgement_gives_identifier_and_date),
        TEST(past_the_acknowledgement_it_is_fetched),
        TEST(another_number_is_discordant),
        TEST(another_matiere_is_discordant),
        TEST(another_day_in_the_identifier_is_discordant),
        TEST(a_reception_before_the_decision_is_discordant),
        TEST(an_unreadable_acknowledgement_is_kept_and_asked_for_again),
        TEST(what_stays_unreadable_is_kept_once),
        TEST(an_acknowledgement_that_is_not_in_the_status_is_fetched),
        TEST(the_right_acknowledgement_mends_a_discordant_one),
        TEST(an_archiving_service_gets_the_right_acknowledgement),
        TEST(small_letters_folders_and_time_zones_are_no_discordance),
        TEST(an_anomaly_is_recorded_with_code_and_text),
        TEST(an_anomaly_of_another_act_is_only_the_operators_error),
        TEST(an_error_without_xml_is_the_operators),
        TEST(closing_after_thirty_days_has_its_state_and_a_late_answer_another),
        TEST(nothing_takes_an_acknowledgement_back),
        TEST(nothing_revives_a_cancelled_act),
        TEST(the_form_of_a_cancelled_act_is_not_filled_in),
        TEST(what_there_is_no_memory_for_is_left_to_be_read_again),
        TEST(waiting_ends_with_the_answer_or_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
