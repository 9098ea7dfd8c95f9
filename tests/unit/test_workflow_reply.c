/* Answers, refusals and cancellations at S2LOW: each is sent once, whatever happens on the way. */
#include "unit/courrier_bag.h"

/* The example is acknowledged and the préfecture asks for documents: the letter's identifier. */
static int64_t requested(world *w) {
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    bag_request(w);
    assert_ok(fetch(w));
    w->operator_.state = CTES_OP_POSTED;
    return b->told[0].courrier.id;
}

static ctes_courrier_outcome reply_with(world *w, int64_t id, bool refuses, size_t count,
                                        ctes_status expected) {
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    const ctes_reponse_piece pieces[] = { { w->path[4], NULL }, { w->path[5], "99_SE" } };
    ctes_status status = ctes_reply(w->session, id, refuses, pieces, count, &outcome, &err);
    if (status != expected)
        print_message("%s: %s %s\n", ctes_status_name(status), err.subject, err.detail);
    assert_status(status, expected);
    return outcome;
}

static void documents_are_sent_and_acknowledged(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 2, CTES_OK);
    assert_int_equal(b->answers, 1);
    assert_int_equal(b->last.letter, 50);
    assert_int_equal(b->last.transaction, 3);
    assert_false(b->last.refuses);
    assert_string_equal(b->last_file, "99_SE-" ID_ACTE "-3-4_2.pdf");
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_SENT);
    assert_int_equal(outcome.courrier.transaction_id, 700);
    assert_letter(w, id, CTES_COURRIER_ANSWERED);
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow = AR_OF_ANSWER("ARPieceComplementaire");
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = letter(w, outcome.courrier.id);
    assert_int_equal(answer.state, CTES_COURRIER_DONE);
    assert_int_equal(answer.reception.day, 30);
    assert_letter(w, id, CTES_COURRIER_CLOSED);
}

/* PostgreSQL takes no text that ends within a character: the answer would stay to be sent. */
static void long_words_of_the_operator_stay_text(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    const char *before = PUPPET_WORDS;
    char words[602] = "e";
    for (size_t i = 1; i + 2 < sizeof words; i += 2)
        memcpy(words + i, "é", 3);
    int64_t id = requested(w);
    b->answer = CTES_E_OPERATOR_REFUSED;
    for (size_t i = 0; i < 2; i++) { /* of two cuts one is within a character */
        PUPPET_WORDS = words + i;
        CTES_CLEANUP(ctes_courrier_outcome_clear)
        ctes_courrier_outcome outcome = reply_with(w, id, false, 2, CTES_OK);
        assert_non_null(outcome.courrier.reason);
        assert_true(ctes_text_is_utf8(outcome.courrier.reason, strlen(outcome.courrier.reason)));
        w->now_ms += 1000;
    }
    PUPPET_WORDS = before;
}

#define OTHER_ID "086-218601946-20220627-2022_0161-DE"

static void the_acknowledgement_of_another_acts_answer_is_none(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 2, CTES_OK);
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow =
        HEAD "<actes:ARPieceComplementaire " NAMESPACES " actes:DateReception=\"2022-06-30\">"
             "<actes:InfosCourrierPref actes:IDActe=\"" OTHER_ID "\" "
             "actes:DateCourrierPref=\"2022-06-28\"/></actes:ARPieceComplementaire>";
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_SENT);
    assert_int_equal(b->told_count, 1); /* to a person, every time */
    assert_status(b->told[0].error.code, CTES_E_AR_DISCORDANT);
    w->operator_.flow = AR_OF_ANSWER("ARPieceComplementaire");
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_DONE);
}

static void a_letter_is_answered_once(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, true, 1, CTES_OK);
    assert_true(b->last.refuses);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome again = reply_with(w, id, false, 1, CTES_E_ACTE_STATE);
    assert_int_equal(b->answers, 1);
}

static void a_refusal_takes_one_document(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, true, 2, CTES_E_TOO_MANY_FILES);
    assert_int_equal(b->answers, 0);
    assert_letter(w, id, CTES_COURRIER_OPEN);
}

static void what_the_operator_refuses_leaves_the_letter_open(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    b->answer = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_REFUSED);
    assert_letter(w, id, CTES_COURRIER_OPEN);
    b->answer = CTES_OK;
    w->now_ms++;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome again = reply_with(w, id, false, 1, CTES_OK);
    assert_int_equal(again.courrier.state, CTES_COURRIER_SENT);
}

static void an_answer_whose_reply_was_lost_is_found_in_the_list(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    b->answer = CTES_E_NET_BROKEN;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_UNSETTLED);
    b->letters[0].id = 50; /* the letter itself */
    b->letters[0].type = 3;
    b->letters[0].native = 8;
    b->letters[1].id = 90; /* of another kind */
    b->letters[1].type = 4;
    b->letters[1].native = 1;
    b->letters[2].id = 71;
    b->letters[2].type = 3;
    b->letters[2].native = 1;
    b->letter_count = 3;
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = letter(w, outcome.courrier.id);
    assert_int_equal(answer.state, CTES_COURRIER_SENT);
    assert_int_equal(answer.transaction_id, 71);
    assert_int_equal(b->answers, 1);
}

static void an_answer_about_an_act_sent_by_another_program_is_found_as_well(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_request(w);
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    b->answer = CTES_E_NET_BROKEN;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    assert_int_equal(outcome.courrier.acte, 0);
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_UNSETTLED);
    b->letters[0].id = 71;
    b->letters[0].type = 3;
    b->letters[0].native = 1;
    b->letter_count = 1;
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = letter(w, outcome.courrier.id);
    assert_int_equal(answer.state, CTES_COURRIER_SENT);
    assert_int_equal(answer.transaction_id, 71);
}

static void
an_answer_that_is_not_there_did_not_arrive_once_the_operator_had_its_time(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    b->answer = CTES_E_NET_TIMEOUT;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    w->now_ms += 119 * 1000;
    assert_ok(fetch(w));
    assert_status(b->told[0].error.code, CTES_E_UNSETTLED);
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_UNSETTLED);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome early = reply_with(w, id, false, 1, CTES_E_UNSETTLED);
    w->now_ms += 2 * 1000;
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_REFUSED);
    assert_letter(w, id, CTES_COURRIER_OPEN);
    assert_int_equal(b->answers, 1);
}

static void a_clock_that_is_set_right_does_not_end_the_wait(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w);
    b->answer = CTES_E_NET_TIMEOUT;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    w->now_ms -= 2 * 1000;
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_UNSETTLED);
    w->now_ms -= DAY_MS; /* nor does one set back by a day make it wait until tomorrow */
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_REFUSED);
}

/* The disk of a process killed between the record and the reply. */
static void an_answer_cut_between_record_and_reply_is_not_sent_again(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    int64_t id = requested(w), answer = 0;
    bool known = false;
    const ctes_store_courrier killed = { .key = "answer by a killed run",
                                         .siren = "218601946",
                                         .transaction = 3,
                                         .flux = 4,
                                         .acte = 1,
                                         .id_acte = ID_ACTE,
                                         .date = { 2022, 6, 28 },
                                         .answers = id,
                                         .state = CTES_COURRIER_TO_SEND };
    assert_ok(ctes_store_courrier_add(w->session->store, &killed, &answer, &known, NULL));
    world_restart(w);
    assert_ok(fetch(w));
    assert_letter(w, answer, CTES_COURRIER_TO_SEND); /* its run may live yet */
    w->now_ms += DAY_MS;
    assert_ok(fetch(w));
    assert_letter(w, answer, CTES_COURRIER_REFUSED);
    assert_letter(w, id, CTES_COURRIER_OPEN);
    assert_int_equal(b->answers, 0);
}

static void a_simple_letter_is_answered_or_closed_never_refused(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    bag_message(w, ID_ACTE "-2-1_1.xml", LETTER("CourrierSimple", DOCUMENT("a.pdf")));
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome refused = reply_with(w, id, true, 1, CTES_E_ACTE_STATE);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    w->operator_.state = CTES_OP_TRANSMITTED; /* nobody acknowledges it */
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_DONE);
    assert_letter(w, id, CTES_COURRIER_CLOSED);
}

static void what_the_prefecture_refuses_opens_the_letter_again(void **state) {
    world *w = *state;
    int64_t id = requested(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = reply_with(w, id, false, 1, CTES_OK);
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.message = (char *)"Enveloppe invalide";
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = letter(w, outcome.courrier.id);
    assert_int_equal(answer.state, CTES_COURRIER_FAILED);
    assert_string_equal(answer.reason, "Enveloppe invalide");
    assert_letter(w, id, CTES_COURRIER_OPEN);
}

/* --- cancellations ---------------------------------------------------------------------------- */

static ctes_courrier_outcome cancel_with(world *w, ctes_status expected) {
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_status(ctes_cancel(w->session, NULL, "2022-0160", &outcome, NULL), expected);
    return outcome;
}

static void a_cancellation_is_asked_for_once_and_acknowledged(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    w->operator_.state = CTES_OP_POSTED;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = cancel_with(w, CTES_OK);
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_SENT);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome again = cancel_with(w, CTES_OK);
    assert_true(again.known);
    assert_int_equal(b->cancels, 1);
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow = AR_OF_CANCELLATION;
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_CANCELLED);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = letter(w, outcome.courrier.id);
    assert_int_equal(request.state, CTES_COURRIER_DONE);
    assert_int_equal(request.reception.day, 30);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome late = cancel_with(w, CTES_E_ACTE_STATE);
}

static void the_receipt_of_another_cancellation_cancels_nothing(void **state) {
    world *w = *state;
    acknowledge_example(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = cancel_with(w, CTES_OK);
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow = HEAD "<actes:ARAnnulation " NAMESPACES
                             " actes:DateReception=\"2022-06-30\" actes:IDActe=\"" OTHER_ID "\"/>";
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_SENT);
}

static void an_act_without_acknowledgement_is_not_cancelled(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = cancel_with(w, CTES_E_ACTE_STATE);
    assert_int_equal(b->cancels, 0);
}

static void a_lost_cancellation_is_found_by_asking_again_when_a_person_does(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    b->cancel = CTES_E_NET_BROKEN;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = cancel_with(w, CTES_OK);
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_UNSETTLED);
    w->now_ms += DAY_MS;
    assert_ok(fetch(w)); /* the act is not cancelled: nothing is known, nothing is sent */
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_UNSETTLED);
    assert_int_equal(b->cancels, 1);
    b->cancel = CTES_E_OPERATOR_HOLDS;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome again = cancel_with(w, CTES_OK);
    assert_int_equal(again.courrier.id, outcome.courrier.id);
    assert_int_equal(again.courrier.state, CTES_COURRIER_SENT);
    w->operator_.state = CTES_OP_CANCELLED;
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_DONE);
    assert_state(w, "2022-0160", CTES_STATE_CANCELLED);
}

static void a_cancellation_that_the_prefecture_refuses_leaves_the_act_as_it_is(void **state) {
    world *w = *state;
    acknowledge_example(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = cancel_with(w, CTES_OK);
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.message = (char *)"refus";
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_FAILED);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

/* --- classification --------------------------------------------------------------------------- */

#define TREE(date)                                                                                 \
    HEAD                                                                                           \
        "<actes:RetourClassification " NAMESPACES "><actes:DateClassification>" date               \
        "</actes:DateClassification><actes:NaturesActes><actes:NatureActe "                        \
        "actes:CodeNatureActe=\"1\" actes:Libelle=\"D\" actes:TypeAbrege=\"DE\">"                  \
        "<actes:TypePJNatureActe actes:CodeTypePJ=\"99_DE\" actes:Libelle=\"D\"/>"                 \
        "</actes:NatureActe></actes:NaturesActes><actes:Matieres><actes:Matiere1 "                 \
        "actes:CodeMatiere=\"1\" actes:Libelle=\"C\"><actes:Matiere2 actes:CodeMatiere=\"1\" "     \
        "actes:Libelle=\"M\"/></actes:Matiere1></actes:Matieres></actes:RetourClassification>\r\n"

static ctes_classification_result refreshed(world *w, bool ask, ctes_status expected) {
    ctes_classification_result result = CTES_CLASSIFICATION_UNCHANGED;
    assert_status(ctes_classification_refresh(w->session, NULL, ask, &result, NULL), expected);
    return result;
}

static void a_classification_is_kept_when_it_is_newer(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    b->classification_bytes = TREE("2022-01-01");
    assert_int_equal(refreshed(w, false, CTES_OK), CTES_CLASSIFICATION_NEW);
    assert_int_equal(refreshed(w, false, CTES_OK), CTES_CLASSIFICATION_UNCHANGED);
    b->classification_bytes = TREE("2022-06-01");
    assert_int_equal(refreshed(w, true, CTES_OK), CTES_CLASSIFICATION_NEW);
    assert_int_equal(b->asks, 0); /* the new one was there already */
    b->classification_bytes = TREE("2021-01-01");
    assert_int_equal(refreshed(w, true, CTES_OK), CTES_CLASSIFICATION_ASKED);
    assert_int_equal(b->asks, 1);
}

static void a_classification_that_was_never_received_is_asked_for(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    b->classification = CTES_E_NOT_YET;
    (void)refreshed(w, false, CTES_E_NOT_YET);
    assert_int_equal(refreshed(w, true, CTES_OK), CTES_CLASSIFICATION_ASKED);
    b->ask = CTES_E_NOT_NOW;
    assert_int_equal(refreshed(w, true, CTES_OK), CTES_CLASSIFICATION_ASKED);
}

/* 99_SE is known to the norm, and not to this préfecture. */
static void documents_of_an_answer_have_types_that_the_classification_takes(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    b->classification_bytes = TREE("2022-06-01");
    assert_int_equal(refreshed(w, false, CTES_OK), CTES_CLASSIFICATION_NEW);
    bag_request(w);
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome refused = reply_with(w, id, false, 2, CTES_E_TYPE_PJ_FORBIDDEN);
    assert_int_equal(b->answers, 0);
    assert_letter(w, id, CTES_COURRIER_OPEN);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome sent = reply_with(w, id, false, 1, CTES_OK);
    assert_int_equal(b->answers, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BAG_TEST(documents_are_sent_and_acknowledged),
        BAG_TEST(long_words_of_the_operator_stay_text),
        BAG_TEST(the_acknowledgement_of_another_acts_answer_is_none),
        BAG_TEST(a_letter_is_answered_once),
        BAG_TEST(a_refusal_takes_one_document),
        BAG_TEST(what_the_operator_refuses_leaves_the_letter_open),
        BAG_TEST(an_answer_about_an_act_sent_by_another_program_is_found_as_well),
        BAG_TEST(an_answer_whose_reply_was_lost_is_found_in_the_list),
        BAG_TEST(an_answer_that_is_not_there_did_not_arrive_once_the_operator_had_its_time),
        BAG_TEST(a_clock_that_is_set_right_does_not_end_the_wait),
        BAG_TEST(an_answer_cut_between_record_and_reply_is_not_sent_again),
        BAG_TEST(a_simple_letter_is_answered_or_closed_never_refused),
        BAG_TEST(what_the_prefecture_refuses_opens_the_letter_again),
        BAG_TEST(a_cancellation_is_asked_for_once_and_acknowledged),
        BAG_TEST(the_receipt_of_another_cancellation_cancels_nothing),
        BAG_TEST(an_act_without_acknowledgement_is_not_cancelled),
        BAG_TEST(a_lost_cancellation_is_found_by_asking_again_when_a_person_does),
        BAG_TEST(a_cancellation_that_the_prefecture_refuses_leaves_the_act_as_it_is),
        BAG_TEST(documents_of_an_answer_have_types_that_the_classification_takes),
        BAG_TEST(a_classification_is_kept_when_it_is_newer),
        BAG_TEST(a_classification_that_was_never_received_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
