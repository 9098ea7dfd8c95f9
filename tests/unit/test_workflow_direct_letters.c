/* Without an operator between: what is due leaves as archives, answers come by themselves. */
#include "unit/courrier_bag.h"

#include "xml/xml.h"

/* The example is sent straight to the ministry. */
static void send_direct(world *w) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED);
}

static void bring_ar(world *w) {
    bag_message(w, ID_ACTE "-1-2_57.xml", AR_OF("2022_0160", "20220627", "10", "2022-06-28"));
}

static void acknowledge_direct(world *w) {
    w->session->settings.canal = CTES_CANAL_DIRECT;
    send_direct(w);
    bring_ar(w);
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

static bool count_changed(void *user, const ctes_outcome *outcome) {
    unsigned *changed = user;
    *changed += outcome->result == CTES_RESULT_CHANGED;
    return true;
}

static void an_acknowledgement_that_comes_by_mail_is_told_as_news_of_its_act(void **state) {
    world *w = *state;
    unsigned changed = 0;
    (void)go_direct(w);
    w->session->settings.canal = CTES_CANAL_DIRECT;
    send_direct(w);
    bring_ar(w);
    assert_ok(ctes_refresh(w->session, NULL, NULL, 0, 0, count_changed, &changed, NULL));
    assert_int_equal(changed, 1);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.state, CTES_STATE_ACKNOWLEDGED);
    assert_string_equal(record.id_acte, ID_ACTE);
}

/* The names of the messages that an archive holds, its enveloppe's aside. */
static ctes_status see_member(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    char *names = user;
    (void)bytes;
    (void)length;
    (void)err;
    (void)strncat(names, name, 500 - strlen(names));
    (void)strncat(names, " ", 500 - strlen(names));
    return CTES_OK;
}

static void assert_archive_holds(world *w, const char *archive, const char *name) {
    char path[400], names[512] = "";
    const ctes_pack_limits limits = CTES_PACK_LIMITS_INIT;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(1 << 20);
    (void)snprintf(path, sizeof path, "%s/archives/218601946/2022-06-28/%s", w->session->archives,
                   archive);
    assert_ok(ctes_file_read(path, &bytes, NULL));
    assert_ok(ctes_pack_read(bytes.data, bytes.length, &limits, see_member, names, NULL));
    assert_non_null(strstr(names, name));
}

static void a_request_is_acknowledged_once_and_a_plain_letter_never(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_parcel *p = bag_request(w);
    bag_message(w, ID_ACTE "-2-1_1.xml", LETTER("CourrierSimple", DOCUMENT("a.pdf")));
    assert_ok(fetch(w));
    assert_int_equal(b->submits, 1);
    assert_archive_holds(w, b->submitted[0], ID_ACTE "-3-2_0.xml");
    assert_letter(w, b->told[0].courrier.id, CTES_COURRIER_OPEN);
    p->fate = CTES_PARCEL_LEFT;
    world_restart(w);
    w->session->settings.canal = CTES_CANAL_DIRECT;
    assert_ok(fetch(w));
    assert_int_equal(b->submits, 1);
}

static void an_acknowledgement_that_could_not_leave_leaves_later(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_request(w);
    b->submit = CTES_E_NET_CONNECT;
    assert_status(fetch(w), CTES_E_NET_CONNECT);
    int64_t id = b->told[0].courrier.id;
    assert_letter(w, id, CTES_COURRIER_RECEIVED);
    world_restart(w);
    w->session->settings.canal = CTES_CANAL_DIRECT;
    b->submit = CTES_OK;
    assert_ok(fetch(w));
    assert_letter(w, id, CTES_COURRIER_OPEN);
    assert_int_equal(b->submits, 2);
    assert_string_equal(b->submitted[0], b->submitted[1]); /* the same archive */
}

static void documents_go_again_under_their_name_until_they_are_received(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_request(w);
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    const ctes_reponse_piece pieces[] = { { w->path[4], NULL }, { w->path[5], NULL } };
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    b->submit = CTES_E_NET_BROKEN;
    assert_ok(ctes_reply(w->session, id, false, pieces, 2, &outcome, NULL));
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_UNSETTLED);
    assert_archive_holds(w, b->submitted[1], ID_ACTE "-3-4_0.xml");
    assert_archive_holds(w, b->submitted[1], "99_DE-" ID_ACTE "-3-4_2.pdf");
    b->submit = CTES_OK;
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_SENT);
    assert_string_equal(b->submitted[1], b->submitted[2]);
    bag_message(w, ID_ACTE "-3-5_9.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_DONE);
    assert_letter(w, id, CTES_COURRIER_CLOSED);
}

/* Another request of the same day about the same act. */
static bag_parcel *bag_second_request(world *w) {
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ID_ACTE "-3-1_18.xml", "%s",
             LETTER("DemandePieceComplementaire",
                    "<actes:DescriptionPieces>le devis</actes:DescriptionPieces>" DOCUMENT(
                        ID_ACTE "-3-1_16.pdf")));
    bag_file(p, ID_ACTE "-3-1_16.pdf", "%s", "%PDF-1.4\nplease\n");
    bag_file(p, ENVELOPPE_NOM, "%s", ENVELOPPE("218601946", ID_ACTE "-3-1_18.xml"));
    return p;
}

static int64_t reply_to(world *w, int64_t request, bool refuse) {
    const ctes_reponse_piece piece = { w->path[4], NULL };
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_ok(ctes_reply(w->session, request, refuse, &piece, 1, &outcome, NULL));
    return outcome.courrier.id;
}

/* An acknowledgement names its letter by act and day alone: each settles one answer, the oldest
 * first, and the same mail never two. */
static void each_of_two_answers_of_a_day_takes_an_acknowledgement(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_request(w);
    bag_second_request(w);
    assert_ok(fetch(w));
    int64_t first = reply_to(w, b->told[0].courrier.id, false);
    int64_t second = reply_to(w, b->told[1].courrier.id, false);
    bag_message(w, ID_ACTE "-3-5_9.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    bag_parcel *p = &b->parcels[b->count - 1];
    assert_ok(fetch(w));
    assert_letter(w, first, CTES_COURRIER_DONE);
    assert_letter(w, second, CTES_COURRIER_SENT);
    p->fate = CTES_PARCEL_LEFT;
    assert_ok(fetch(w));
    assert_int_equal(p->fetched, 2);
    assert_letter(w, second, CTES_COURRIER_SENT);
    bag_message(w, ID_ACTE "-3-5_10.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    assert_ok(fetch(w));
    assert_letter(w, second, CTES_COURRIER_DONE);
}

static void an_acknowledgement_twice_is_not_that_of_an_answer_that_did_not_leave(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_request(w);
    assert_ok(fetch(w));
    int64_t request = b->told[0].courrier.id;
    b->submit = CTES_E_OPERATOR_REFUSED;
    int64_t refusal = reply_to(w, request, true);
    assert_letter(w, refusal, CTES_COURRIER_REFUSED);
    b->submit = CTES_OK;
    int64_t documents = reply_to(w, request, false);
    bag_message(w, ID_ACTE "-3-5_9.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    bag_message(w, ID_ACTE "-3-5_10.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    assert_ok(fetch(w));
    assert_letter(w, documents, CTES_COURRIER_DONE);
    assert_letter(w, refusal, CTES_COURRIER_REFUSED);
    assert_letter(w, request, CTES_COURRIER_CLOSED);
}

static void a_late_anomaly_changes_nothing_and_is_put_aside(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_message(w, "086-218601946----1-3_1.xml", ANOMALIE_OF("2022_0160", "002", "trop tard"));
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    assert_int_equal(b->parcels[1].fate, CTES_PARCEL_ASIDE);
    assert_letter(w, b->told[0].courrier.id, CTES_COURRIER_ASIDE);
}

static void an_anomaly_of_an_act_that_waits_refuses_it(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    send_direct(w);
    bag_message(w, "086-218601946----1-3_1.xml", ANOMALIE_OF("2022_0160", "002", "périmée"));
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_ANOMALIE_ACTE);
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 0);
}

/* A run was killed before it could put the mail away, or the mail came twice. */
static void an_anomaly_that_comes_again_is_known(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    send_direct(w);
    bag_message(w, "086-218601946----1-3_1.xml", ANOMALIE_OF("2022_0160", "002", "périmée"));
    bag_message(w, "086-218601946----1-3_2.xml", ANOMALIE_OF("2022_0160", "002", "périmée"));
    assert_ok(fetch(w));
    b->parcels[0].fate = CTES_PARCEL_LEFT;
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_ANOMALIE_ACTE);
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->parcels[1].fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 0);
}

#define ANOMALIE_ENVELOPPE                                                                         \
    HEAD "<actes:AnomalieEnveloppe " NAMESPACES "><actes:Date>2022-06-28</actes:Date>"             \
         "<actes:Nature>005</actes:Nature><actes:Detail>SIREN inconnu</actes:Detail>"              \
         "<actes:EnveloppeRecue><actes:Emetteur><actes:IDCL insee:SIREN=\"218601946\" "            \
         "actes:Departement=\"086\" actes:Arrondissement=\"3\" actes:Nature=\"31\"/>"              \
         "</actes:Emetteur><actes:AdressesRetour><actes:Email>a@b.fr</actes:Email>"                \
         "</actes:AdressesRetour><actes:FormulairesEnvoyes><actes:Formulaire>" FILE_OF(            \
             "x.xml") "</actes:Formulaire></actes:FormulairesEnvoyes></actes:EnveloppeRecue>"      \
                      "</actes:AnomalieEnveloppe>"

/* "ANO_EACT--SIREN--DAY-N.xml" for "SLO-EACT--SIREN--DAY-N.tar.gz". */
static const char *refusal_of(const char *archive, char out[128]) {
    (void)snprintf(out, 128, "ANO_%.*s.xml", (int)(strlen(archive) - 4 - strlen(".tar.gz")),
                   archive + 4);
    return out;
}

static void an_enveloppe_refused_whole_refuses_its_act(void **state) {
    world *w = *state;
    char name[128];
    (void)go_direct(w);
    send_direct(w);
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, refusal_of(w->operator_.last_archive, name), "%s", ANOMALIE_ENVELOPPE);
    assert_ok(fetch(w));
    assert_int_equal(p->fate, CTES_PARCEL_RECORDED);
    assert_state(w, "2022-0160", CTES_STATE_ANOMALIE_ENVELOPPE);
}

/* The act has left in another archive since: that one is not refused. */
static void an_enveloppe_of_before_refuses_no_act(void **state) {
    world *w = *state;
    char name[128];
    bag *b = go_direct(w);
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome refused = send_example(w);
    assert_int_equal(refused.result, CTES_RESULT_REFUSED);
    (void)refusal_of(w->operator_.last_archive, name);
    w->operator_.deposit = CTES_OK;
    send_direct(w);
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED);
    bag_file(bag_parcel_new(w), name, "%s", ANOMALIE_ENVELOPPE);
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED);
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_ASIDE);
}

static void an_enveloppe_refused_whole_refuses_its_answer(void **state) {
    world *w = *state;
    char name[128];
    bag *b = go_direct(w);
    acknowledge_direct(w);
    bag_request(w);
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    const ctes_reponse_piece piece = { w->path[4], NULL };
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_ok(ctes_reply(w->session, id, true, &piece, 1, &outcome, NULL));
    assert_letter(w, id, CTES_COURRIER_ANSWERED);
    bag_file(bag_parcel_new(w), refusal_of(b->submitted[1], name), "%s", ANOMALIE_ENVELOPPE);
    assert_ok(fetch(w));
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_FAILED);
    assert_letter(w, id, CTES_COURRIER_OPEN);
}

static void an_act_is_cancelled_when_its_acknowledgement_comes(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    acknowledge_direct(w);
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_ok(ctes_cancel(w->session, NULL, "2022-0160", &outcome, NULL));
    assert_archive_holds(w, b->submitted[0], ID_ACTE "-6-1_0.xml");
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    bag_message(w, ID_ACTE "-6-2_10.xml", AR_OF_CANCELLATION);
    bag_parcel *again = bag_parcel_new(w);
    bag_file(again, ID_ACTE "-6-2_10.xml", "%s", AR_OF_CANCELLATION);
    bag_file(again, ENVELOPPE_NOM, "%s", ENVELOPPE("218601946", ID_ACTE "-6-2_10.xml"));
    assert_ok(fetch(w));
    assert_state(w, "2022-0160", CTES_STATE_CANCELLED);
    assert_letter(w, outcome.courrier.id, CTES_COURRIER_DONE);
    assert_int_equal(again->fate, CTES_PARCEL_RECORDED); /* duplicates are harmless */
}

static void the_classification_is_asked_for_once_a_day(void **state) {
    world *w = *state;
    bag *b = go_direct(w);
    ctes_classification_result result = CTES_CLASSIFICATION_NEW;
    assert_ok(ctes_classification_refresh(w->session, NULL, true, &result, NULL));
    assert_int_equal(result, CTES_CLASSIFICATION_ASKED);
    assert_archive_holds(w, b->submitted[0], "086-218601946----7-1_0.xml");
    assert_ok(ctes_classification_refresh(w->session, NULL, true, &result, NULL));
    assert_int_equal(b->submits, 1);
    bag_message(w, "086-218601946----7-3_4.xml",
                HEAD "<actes:ReponseClassificationSansChangement " NAMESPACES
                     "><actes:DateClassification>2022-01-01</actes:DateClassification>"
                     "</actes:ReponseClassificationSansChangement>");
    assert_ok(ctes_classification_refresh(w->session, NULL, false, &result, NULL));
    assert_int_equal(result, CTES_CLASSIFICATION_UNCHANGED);
    assert_letter(w, 1, CTES_COURRIER_DONE);
    assert_ok(ctes_classification_refresh(w->session, NULL, true, &result, NULL));
    assert_int_equal(result, CTES_CLASSIFICATION_UNCHANGED); /* as it said today */
    assert_int_equal(b->submits, 1);
    w->now_ms += 86400 * (int64_t)1000;
    assert_ok(ctes_classification_refresh(w->session, NULL, true, &result, NULL));
    assert_int_equal(result, CTES_CLASSIFICATION_ASKED);
    assert_int_equal(b->submits, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BAG_TEST(an_acknowledgement_that_comes_by_mail_is_told_as_news_of_its_act),
        BAG_TEST(a_request_is_acknowledged_once_and_a_plain_letter_never),
        BAG_TEST(an_acknowledgement_that_could_not_leave_leaves_later),
        BAG_TEST(documents_go_again_under_their_name_until_they_are_received),
        BAG_TEST(each_of_two_answers_of_a_day_takes_an_acknowledgement),
        BAG_TEST(an_acknowledgement_twice_is_not_that_of_an_answer_that_did_not_leave),
        BAG_TEST(a_late_anomaly_changes_nothing_and_is_put_aside),
        BAG_TEST(an_anomaly_of_an_act_that_waits_refuses_it),
        BAG_TEST(an_anomaly_that_comes_again_is_known),
        BAG_TEST(an_enveloppe_refused_whole_refuses_its_act),
        BAG_TEST(an_enveloppe_of_before_refuses_no_act),
        BAG_TEST(an_enveloppe_refused_whole_refuses_its_answer),
        BAG_TEST(an_act_is_cancelled_when_its_acknowledgement_comes),
        BAG_TEST(the_classification_is_asked_for_once_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
