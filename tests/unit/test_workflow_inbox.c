/* What the préfecture sends: recorded once, whole, with its documents; nothing is dropped. */
#include "unit/courrier_bag.h"

static void a_request_is_recorded_with_its_documents_and_its_last_day(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    bag_parcel *p = bag_request(w);
    assert_ok(fetch(w));
    assert_int_equal(p->fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 1);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = letter(w, b->told[0].courrier.id);
    assert_int_equal(request.transaction, 3);
    assert_int_equal(request.flux, 1);
    assert_string_equal(request.numero, "2022-0160");
    assert_string_equal(request.texte, "le plan");
    assert_int_equal(request.deadline.month, 8);
    assert_int_equal(request.deadline.day, 28);
    assert_int_equal(request.transaction_id, 50);
    assert_int_equal(request.piece_count, 1);
    assert_string_equal(request.pieces[0].nom, ID_ACTE "-3-1_16.pdf");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", w->session->archives, request.pieces[0].path);
    assert_int_equal(access(path, R_OK), 0);
    assert_letter(w, request.id, CTES_COURRIER_OPEN); /* the operator acknowledges it */
}

/* From the day that the préfecture sent it, however late it is fetched. */
static void the_last_day_counts_from_the_day_in_the_enveloppe_s_name(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    static const struct {
        const char *enveloppe;
        unsigned month, day;
    } CASES[] = {
        { "EACT--PREF086-218601946-20220701-57.xml", 9, 1 },
        { "EACT--PREF086-218601946-20220627-57.xml", 8, 28 }, /* before it was written */
        { "EACT--PREF086-218601946-20220704-57.xml", 9, 3 },  /* tomorrow */
        { "enveloppe.xml", 9, 3 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        bag_parcel *p = bag_parcel_new(w);
        bag_file(p, ID_ACTE "-3-1_17.xml", "%s", REQUEST);
        bag_file(p, CASES[i].enveloppe, "%s", ENVELOPPE("218601946", ID_ACTE "-3-1_17.xml"));
    }
    w->now_ms += 5 * 86400 * (int64_t)1000; /* 3 July */
    assert_ok(fetch(w));
    assert_int_equal(b->told_count, sizeof CASES / sizeof CASES[0]);
    for (size_t i = 0; i < b->told_count; i++) {
        CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = letter(w, b->told[i].courrier.id);
        assert_int_equal(request.deadline.month, CASES[i].month);
        assert_int_equal(request.deadline.day, CASES[i].day);
    }
}

static void fetching_again_what_could_not_be_marked_as_read_changes_nothing(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    bag_parcel *p = bag_request(w);
    assert_ok(fetch(w));
    int64_t id = b->told[0].courrier.id;
    p->fate = CTES_PARCEL_LEFT; /* it lies there still */
    world_restart(w);
    assert_ok(fetch(w));
    assert_int_equal(p->fetched, 2);
    assert_int_equal(b->told_count, 1);
    assert_true(b->told[0].known);
    assert_int_equal(b->told[0].courrier.id, id);
}

static void two_letters_in_the_same_words_are_two_at_the_operator(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    acknowledge_example(w);
    bag_request(w);
    bag_request(w);
    assert_ok(fetch(w));
    assert_int_equal(b->told_count, 2);
    assert_false(b->told[1].known);
    assert_int_not_equal(b->told[0].courrier.id, b->told[1].courrier.id);
}

static void the_other_letters_have_no_last_day(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_message(w, ID_ACTE "-2-1_1.xml",
                LETTER("CourrierSimple", DOCUMENT("/tmp/x/" ID_ACTE "-2-1_2.pdf")));
    bag_message(w, ID_ACTE "-5-1_1.xml",
                HEAD "<actes:DefereTA " NAMESPACES " actes:IDActe=\"" ID_ACTE
                     "\"><actes:DateDepot>2022-06-20</actes:DateDepot><actes:NatureIllegalite>"
                     "vice</actes:NatureIllegalite><actes:PiecesJointes/></actes:DefereTA>");
    bag_message(
        w, ID_ACTE "-4-1_1.xml",
        LETTER("LettreObservations", "<actes:Motif>erreur</actes:Motif>" DOCUMENT("a.pdf")));
    bag_file(&b->parcels[0], ID_ACTE "-2-1_2.pdf", "%s", "%PDF-1.4\nhello\n");
    assert_ok(fetch(w));
    assert_int_equal(b->told_count, 3);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier simple = letter(w, b->told[0].courrier.id);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier defere = letter(w, b->told[1].courrier.id);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier remarks = letter(w, b->told[2].courrier.id);
    assert_int_equal(simple.deadline.year, 0);
    assert_int_equal(simple.acte, 0); /* not an act of this register */
    assert_int_equal(simple.piece_count, 1);
    assert_int_equal(defere.deadline.year, 0);
    assert_int_equal(defere.date.day, 20);
    assert_string_equal(defere.texte, "vice");
    assert_int_equal(remarks.deadline.month, 8);
    assert_int_equal(remarks.piece_count, 0); /* its document did not come, which is told */
    assert_non_null(strstr(remarks.reason, "a.pdf"));
    assert_letter(w, remarks.id, CTES_COURRIER_OPEN);
}

static void expect_aside(world *w, ctes_status why) {
    bag *b = w->operator_.bag;
    assert_ok(fetch(w));
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_ASIDE);
    assert_int_equal(b->told_count, 1);
    assert_status(b->told[0].error.code, why);
    assert_letter(w, b->told[0].courrier.id, CTES_COURRIER_ASIDE);
}

static void bytes_that_are_no_archive_are_put_aside_whole(void **state) {
    world *w = *state;
    bag_parcel *p = bag_parcel_new(w);
    p->bytes = "not an archive at all";
    p->length = 21;
    expect_aside(w, CTES_E_ARCHIVE_MALFORMED);
}

static void a_parcel_without_enveloppe_is_put_aside_with_its_files(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ID_ACTE "-3-1_17.xml", "%s", REQUEST);
    bag_file(p, "x.pdf", "%s", "%PDF-1.4\n");
    expect_aside(w, CTES_E_XML_ROOT);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier aside = letter(w, b->told[0].courrier.id);
    assert_int_equal(aside.piece_count, 2);
    assert_non_null(strstr(aside.pieces[1].path, "/002")); /* its name is none of the norm's */
}

static void what_is_for_another_authority_is_put_aside(void **state) {
    world *w = *state;
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ID_ACTE "-3-1_17.xml", "%s", REQUEST);
    bag_file(p, ENVELOPPE_NOM, "%s", ENVELOPPE("213400172", ID_ACTE "-3-1_17.xml"));
    expect_aside(w, CTES_E_AUTORITE_UNKNOWN);
}

static void a_message_that_the_enveloppe_promised_is_missed(void **state) {
    world *w = *state;
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ENVELOPPE_NOM, "%s", ENVELOPPE("218601946", ID_ACTE "-3-1_17.xml"));
    expect_aside(w, CTES_E_NOM_FICHIER);
}

static void a_message_that_cannot_be_read_is_put_aside(void **state) {
    world *w = *state;
    bag_message(w, ID_ACTE "-3-1_17.xml", "<actes:Demande");
    expect_aside(w, CTES_E_XML_MALFORMED);
}

static void what_only_an_authority_sends_is_put_aside(void **state) {
    world *w = *state;
    bag_message(w, ID_ACTE "-6-1_0.xml",
                HEAD "<actes:Annulation " NAMESPACES " actes:IDActe=\"" ID_ACTE "\"/>");
    expect_aside(w, CTES_E_XML_ROOT);
}

static void the_acknowledgement_of_an_answer_that_nobody_sent_is_put_aside(void **state) {
    world *w = *state;
    bag_message(w, ID_ACTE "-3-5_9.xml", AR_OF_ANSWER("ARPieceComplementaire"));
    expect_aside(w, CTES_E_COURRIER_UNKNOWN);
}

static void what_was_put_aside_is_closed_by_a_person(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_message(w, ID_ACTE "-3-1_17.xml", "<actes:Demande");
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_ok(ctes_courrier_close(w->session, b->told[0].courrier.id, &outcome, NULL));
    assert_int_equal(outcome.courrier.state, CTES_COURRIER_CLOSED);
    assert_ok(ctes_courrier_close(w->session, b->told[0].courrier.id, &outcome, NULL));
    assert_true(outcome.known);
}

static void a_request_is_not_closed_by_reading_it(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_request(w);
    assert_ok(fetch(w));
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    assert_status(ctes_courrier_close(w->session, b->told[0].courrier.id, &outcome, NULL),
                  CTES_E_ACTE_STATE);
}

/* The enveloppe of two messages. */
#define ENVELOPPE_OF_TWO(first, second)                                                            \
    ENVELOPPE("218601946", first "</actes:NomFichier></actes:Formulaire><actes:Formulaire>"        \
                                 "<actes:NomFichier>" second)

/* More than a message may have, and not so regular that its archive is refused; the caller frees.
 */
static char *noise(unsigned seed) {
    size_t length = CTES_XML_SIZE_MAX + 1u;
    char *text = malloc(length + 1);
    assert_non_null(text);
    for (size_t i = 0; i < length; i++) {
        seed = seed * 1103515245u + 12345u;
        text[i] = (char)('a' + (seed >> 16) % 26);
    }
    text[length] = '\0';
    return text;
}

static void messages_too_large_to_be_read_are_each_put_aside(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_parcel *p = bag_parcel_new(w);
    char *texts[] = { noise(17), noise(18) };
    bag_file(p, ID_ACTE "-2-1_17.xml", "<%s", texts[0]);
    bag_file(p, ID_ACTE "-2-1_18.xml", "<%s", texts[1]);
    free(texts[0]);
    free(texts[1]);
    bag_file(p, ENVELOPPE_NOM, "%s",
             ENVELOPPE_OF_TWO(ID_ACTE "-2-1_17.xml", ID_ACTE "-2-1_18.xml"));
    assert_ok(fetch(w));
    assert_int_equal(p->fate, CTES_PARCEL_ASIDE);
    assert_status(b->told[0].error.code, CTES_E_XML_LIMIT);
    assert_int_equal(b->told_count, 2);
    assert_int_not_equal(b->told[0].courrier.id, b->told[1].courrier.id);
    assert_status(b->told[1].error.code, CTES_E_XML_LIMIT);
    assert_false(b->told[1].known);
}

static void a_message_that_another_names_as_its_document_stops_nothing(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ID_ACTE "-2-1_17.xml", "%s",
             LETTER("CourrierSimple", DOCUMENT(ID_ACTE "-3-1_18.xml")));
    bag_file(p, ID_ACTE "-3-1_18.xml", "%s", REQUEST);
    bag_file(p, ID_ACTE "-3-1_16.pdf", "%s", "%PDF-1.4\nplease\n");
    bag_file(p, ENVELOPPE_NOM, "%s",
             ENVELOPPE_OF_TWO(ID_ACTE "-2-1_17.xml", ID_ACTE "-3-1_18.xml"));
    bag_parcel *next = bag_request(w);
    assert_ok(fetch(w));
    assert_int_equal(p->fate, CTES_PARCEL_RECORDED);
    assert_int_equal(next->fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 3);
}

static void one_bad_parcel_does_not_stop_the_next(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_parcel *bad = bag_parcel_new(w);
    bad->bytes = "?";
    bad->length = 1;
    bag_parcel *good = bag_request(w);
    assert_ok(fetch(w));
    assert_int_equal(bad->fate, CTES_PARCEL_ASIDE);
    assert_int_equal(good->fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 2);
}

static void what_a_killed_run_left_half_unpacked_is_removed(void **state) {
    world *w = *state;
    char left[400];
    (void)snprintf(left, sizeof left, "%s/archives", w->session->archives);
    assert_ok(ctes_folder_make(left, NULL));
    (void)snprintf(left, sizeof left, "%s/archives/.arriving-abcdef", w->session->archives);
    assert_ok(ctes_folder_make(left, NULL));
    assert_ok(fetch(w));
    assert_int_not_equal(access(left, F_OK), 0);
}

/* --- mails ------------------------------------------------------------------------------------ */

static void bring_mail(world *w, const char *mail) {
    bag_parcel *p = bag_parcel_new(w);
    p->form = CTES_PARCEL_MAIL;
    p->bytes = mail;
    p->length = strlen(mail);
}

#define MAIL_HEAD "From: actes@interieur.test\r\nSubject: ACTES\r\nMIME-Version: 1.0\r\n"
#define ATTACHED(name, text)                                                                       \
    "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "           \
    "filename=\"" name "\"\r\n\r\n" text "\r\n"

static void a_mail_yields_what_an_archive_would(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bring_mail(
        w, MAIL_HEAD
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n" ATTACHED(ID_ACTE "-3-1_17.xml", REQUEST)
            ATTACHED(ID_ACTE "-3-1_16.pdf", "%PDF-1.4\nplease")
                ATTACHED(ENVELOPPE_NOM, ENVELOPPE("218601946", ID_ACTE "-3-1_17.xml")) "--b--\r\n");
    assert_ok(fetch(w));
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_RECORDED);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = letter(w, b->told[0].courrier.id);
    assert_int_equal(request.transaction, 3);
    assert_int_equal(request.piece_count, 1);
    assert_int_equal(request.pieces[0].size, 15);
}

static void a_reminder_to_send_the_paper_is_no_error(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bring_mail(w, MAIL_HEAD "Content-Type: text/html\r\n\r\n<p>Votre acte est transmis en "
                            "<b>multi canal</b> : envoyez le papier.</p>\r\n");
    assert_ok(fetch(w));
    assert_int_equal(b->parcels[0].fate, CTES_PARCEL_RECORDED);
    assert_int_equal(b->told_count, 0);
}

static void any_other_mail_is_put_aside(void **state) {
    world *w = *state;
    bring_mail(w, MAIL_HEAD "Content-Type: text/plain\r\n\r\nBonjour,\r\n");
    expect_aside(w, CTES_E_XML_ROOT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BAG_TEST(a_request_is_recorded_with_its_documents_and_its_last_day),
        BAG_TEST(the_last_day_counts_from_the_day_in_the_enveloppe_s_name),
        BAG_TEST(fetching_again_what_could_not_be_marked_as_read_changes_nothing),
        BAG_TEST(two_letters_in_the_same_words_are_two_at_the_operator),
        BAG_TEST(the_other_letters_have_no_last_day),
        BAG_TEST(bytes_that_are_no_archive_are_put_aside_whole),
        BAG_TEST(a_parcel_without_enveloppe_is_put_aside_with_its_files),
        BAG_TEST(what_is_for_another_authority_is_put_aside),
        BAG_TEST(a_message_that_the_enveloppe_promised_is_missed),
        BAG_TEST(a_message_that_cannot_be_read_is_put_aside),
        BAG_TEST(what_only_an_authority_sends_is_put_aside),
        BAG_TEST(the_acknowledgement_of_an_answer_that_nobody_sent_is_put_aside),
        BAG_TEST(what_was_put_aside_is_closed_by_a_person),
        BAG_TEST(a_request_is_not_closed_by_reading_it),
        BAG_TEST(messages_too_large_to_be_read_are_each_put_aside),
        BAG_TEST(a_message_that_another_names_as_its_document_stops_nothing),
        BAG_TEST(one_bad_parcel_does_not_stop_the_next),
        BAG_TEST(a_mail_yields_what_an_archive_would),
        BAG_TEST(a_reminder_to_send_the_paper_is_no_error),
        BAG_TEST(any_other_mail_is_put_aside),
        BAG_TEST(what_a_killed_run_left_half_unpacked_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
