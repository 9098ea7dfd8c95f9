/* Letters: recorded once, answered once, listed by what is urgent, never forgotten. */
#include "courrier_fixture.h"

static void names_and_numbers_agree(void **state) {
    (void)state;
    for (ctes_courrier_state s = CTES_COURRIER_RECEIVED; s <= CTES_COURRIER_FAILED; s++)
        assert_int_equal(ctes_courrier_state_of(ctes_courrier_state_name(s)), s);
    assert_string_equal(ctes_courrier_state_name(CTES_COURRIER_NONE), "");
    assert_int_equal(ctes_courrier_state_of(""), CTES_COURRIER_NONE);
    assert_int_equal(ctes_courrier_state_of("no such state"), CTES_COURRIER_NONE);
    assert_string_equal(ctes_courrier_state_name((ctes_courrier_state)4000), "");
    assert_true(ctes_courrier_pending(CTES_COURRIER_ASIDE));
    assert_false(ctes_courrier_pending(CTES_COURRIER_DONE));
    assert_false(ctes_courrier_pending((ctes_courrier_state)-1));
}

/* --- recording --- */

static void a_letter_is_read_as_it_was_recorded(void **state) {
    fixture *f = *state;
    int64_t acte = add_acte(f, SIREN_A, "A1", 0);
    ctes_store_courrier letter = sample_letter("k1", acte);
    int64_t id = add_letter(f, &letter);
    ctes_courrier c = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_OK);
    assert_int_equal(c.id, id);
    assert_string_equal(c.siren, SIREN_A);
    assert_int_equal(c.transaction, 3);
    assert_int_equal(c.flux, 1);
    assert_int_equal(c.acte, acte);
    assert_string_equal(c.numero, "A1");
    assert_string_equal(c.id_acte, ID_ACTE);
    assert_int_equal(c.date.day, 2);
    assert_int_equal(c.at_ms, NOON);
    assert_int_equal(c.deadline.month, 9);
    assert_string_equal(c.texte, "le plan, « complet »");
    assert_int_equal(c.answers, 0);
    assert_int_equal(c.answered_by, 0);
    assert_int_equal(c.state, CTES_COURRIER_RECEIVED);
    assert_int_equal(c.state_ms, NOON);
    assert_null(c.reason);
    assert_int_equal(c.transaction_id, 4242);
    assert_int_equal(c.reception.year, 0);
    assert_string_equal(c.nom, letter.nom);
    assert_int_equal(c.piece_count, 2);
    assert_string_equal(c.pieces[0].nom, LETTER_PIECES[0].nom);
    assert_null(c.pieces[0].type_pj);
    assert_string_equal(c.pieces[1].path, LETTER_PIECES[1].path);
    assert_string_equal(c.pieces[1].type_pj, "99_AU");
    assert_int_equal(c.pieces[1].size, 77);
    assert_string_equal(c.pieces[1].sha256, SHA);
    ctes_courrier_clear(&c);
    ctes_courrier_clear(NULL);
    assert_int_equal(direct_number(f->path, "SELECT length(bytes) FROM courrier_accuse WHERE kind ="
                                            " 'message' AND invalid = 'line 1: no'"),
                     sizeof "<DemandePieceComplementaire/>\0\xff");
    assert_int_equal(ctes_ledger_courrier(f->store, 99, &c, &f->err), CTES_E_COURRIER_UNKNOWN);
    assert_int_equal(c.id, 0);
}

static void a_second_recording_is_harmless(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t id = add_letter(f, &letter);
    letter.texte = "something else";
    letter.state = CTES_COURRIER_CLOSED;
    int64_t again = 0;
    bool known = false;
    assert_int_equal(ctes_store_courrier_add(f->store, &letter, &again, &known, &f->err), CTES_OK);
    assert_true(known);
    assert_int_equal(again, id);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_RECEIVED);
    assert_int_equal(direct_number(f->path, "SELECT (SELECT count(*) FROM courrier)"
                                            " + (SELECT count(*) FROM courrier_evenement)"
                                            " + (SELECT count(*) FROM courrier_accuse)"
                                            " + (SELECT count(*) FROM courrier_piece)"),
                     1 + 1 + 1 + 2);
}

/* What cannot be recorded whole is not recorded. */
static void nothing_is_left_of_a_letter_that_fails(void **state) {
    fixture *f = *state;
    ctes_store_courrier answer = sample_answer("a1", 0, 4711);
    int64_t id = -1;
    bool known = true;
    assert_int_not_equal(ctes_store_courrier_add(f->store, &answer, &id, &known, &f->err), CTES_OK);
    assert_int_equal(id, -1);
    assert_true(known);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier"), 0);
}

/* --- changing --- */

static void note_event(void *user, const ctes_courrier_event *event) {
    char *said = user;
    (void)snprintf(said + strlen(said), 100, "%s%s>%s:%s", said[0] != '\0' ? " " : "",
                   ctes_courrier_state_name(event->from), ctes_courrier_state_name(event->to),
                   event->detail != NULL ? event->detail : "-");
}

static void note_evidence(void *user, const ctes_record_evidence *evidence) {
    char *said = user;
    assert_string_equal(evidence->sha256, SHA);
    (void)snprintf(said + strlen(said), 100, " %s=%.*s", evidence->kind, (int)evidence->length,
                   (const char *)evidence->bytes);
}

static void a_change_brings_its_history_and_evidence(void **state) {
    fixture *f = *state;
    ctes_store_courrier answer = sample_answer("b.tar.gz", 0, 0);
    int64_t id = add_letter(f, &answer);
    f->now += 1000;
    assert_int_equal(change_letter(f, id, CTES_COURRIER_TO_SEND, CTES_COURRIER_SENT), CTES_OK);
    assert_int_equal(change_letter(f, id, CTES_COURRIER_TO_SEND, CTES_COURRIER_SENT),
                     CTES_E_ACTE_STATE);
    assert_string_equal(f->err.detail, "sent");
    ctes_store_courrier_change change = { .to = CTES_COURRIER_DONE,
                                          .reason = "reçu",
                                          .transaction_id = 77,
                                          .reception = { 2024, 7, 4 },
                                          .kind = "ARPieceComplementaire",
                                          .evidence = "<AR/>",
                                          .evidence_length = 5,
                                          .evidence_sha256 = SHA };
    assert_int_equal(
        ctes_store_courrier_change_state(f->store, id, CTES_COURRIER_SENT, &change, &f->err),
        CTES_OK);
    ctes_courrier c = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_OK);
    assert_int_equal(c.state, CTES_COURRIER_DONE);
    assert_int_equal(c.state_ms, NOON + 1000);
    assert_string_equal(c.reason, "reçu");
    assert_int_equal(c.transaction_id, 77);
    assert_int_equal(c.reception.day, 4);
    ctes_courrier_clear(&c);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier_evenement"), 3);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier_accuse WHERE kind ="
                                            " 'ARPieceComplementaire'"),
                     1);
    char said[256] = "";
    assert_int_equal(ctes_ledger_courrier_history(f->store, id, note_event, said, &f->err),
                     CTES_OK);
    assert_int_equal(ctes_ledger_courrier_evidence(f->store, id, note_evidence, said, &f->err),
                     CTES_OK);
    assert_string_equal(said,
                        ">to-send:- to-send>sent:- sent>done:reçu ARPieceComplementaire=<AR/>");
    /* the same state again, without news: no line; what was known stays, a reason can be removed */
    change = (ctes_store_courrier_change){ .reason = "" };
    assert_int_equal(
        ctes_store_courrier_change_state(f->store, id, CTES_COURRIER_DONE, &change, &f->err),
        CTES_OK);
    assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_OK);
    assert_null(c.reason);
    assert_int_equal(c.transaction_id, 77);
    assert_int_equal(c.reception.day, 4);
    ctes_courrier_clear(&c);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier_evenement"), 3);
    assert_int_equal(change_letter(f, 99, CTES_COURRIER_SENT, CTES_COURRIER_DONE),
                     CTES_E_COURRIER_UNKNOWN);
}

/* A letter and its answer move together. */
static void an_answer_takes_its_letter_along(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t id = add_letter(f, &letter);
    assert_int_equal(change_letter(f, id, CTES_COURRIER_RECEIVED, CTES_COURRIER_OPEN), CTES_OK);
    ctes_store_courrier answer = sample_answer("a1", 0, id);
    int64_t first = add_letter(f, &answer);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_ANSWERED);
    ctes_courrier c = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_OK);
    assert_int_equal(c.answered_by, first);
    ctes_courrier_clear(&c);

    /* never two at once */
    ctes_store_courrier other = sample_answer("a2", 0, id);
    int64_t second = 0;
    bool known = false;
    assert_int_equal(ctes_store_courrier_add(f->store, &other, &second, &known, &f->err),
                     CTES_E_ACTE_STATE);
    assert_string_equal(f->err.detail, "answered");
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier"), 2);

    assert_int_equal(change_letter(f, first, CTES_COURRIER_TO_SEND, CTES_COURRIER_REFUSED),
                     CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_OPEN);
    second = add_letter(f, &other);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_ANSWERED);
    /* the first may not leave any more, and its end changes nothing */
    assert_int_equal(change_letter(f, first, CTES_COURRIER_REFUSED, CTES_COURRIER_TO_SEND),
                     CTES_E_ACTE_STATE);
    assert_int_equal(change_letter(f, first, CTES_COURRIER_REFUSED, CTES_COURRIER_FAILED), CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_ANSWERED);
    assert_int_equal(change_letter(f, second, CTES_COURRIER_TO_SEND, CTES_COURRIER_UNSETTLED),
                     CTES_OK);
    assert_int_equal(change_letter(f, second, CTES_COURRIER_UNSETTLED, CTES_COURRIER_SENT),
                     CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_ANSWERED);
    assert_int_equal(change_letter(f, second, CTES_COURRIER_SENT, CTES_COURRIER_DONE), CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_CLOSED);
    /* received, open, answered, open, answered, closed */
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM courrier_evenement WHERE courrier"
                                            " = 1"),
                     6);
}

static void an_answer_that_did_not_arrive_may_leave_again(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t id = add_letter(f, &letter);
    ctes_store_courrier answer = sample_answer("a1", 0, id);
    int64_t reply = add_letter(f, &answer);
    assert_int_equal(change_letter(f, reply, CTES_COURRIER_TO_SEND, CTES_COURRIER_FAILED), CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_OPEN);
    assert_int_equal(change_letter(f, reply, CTES_COURRIER_FAILED, CTES_COURRIER_TO_SEND), CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_ANSWERED);
}

/* 3-2 and 4-2 say that a letter came; the deadline runs on. */
static void an_acknowledgement_is_no_answer(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t id = add_letter(f, &letter);
    ctes_store_courrier ar = sample_answer("ar", 0, id);
    ar.flux = 2;
    int64_t sent = add_letter(f, &ar);
    assert_int_equal(change_letter(f, sent, CTES_COURRIER_TO_SEND, CTES_COURRIER_DONE), CTES_OK);
    assert_int_equal(state_of_letter(f, id), CTES_COURRIER_RECEIVED);
    ctes_courrier c = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_OK);
    assert_int_equal(c.answered_by, 0);
    ctes_courrier_clear(&c);
    ctes_store_courrier answer = sample_answer("a1", 0, id);
    (void)add_letter(f, &answer);
    /* what the authority sent takes no answer of its own */
    answer = sample_answer("a2", 0, sent);
    bool known = false;
    assert_int_equal(ctes_store_courrier_add(f->store, &answer, &id, &known, &f->err),
                     CTES_E_ACTE_STATE);
}

/* --- finding --- */

static void letters_are_found_by_their_act(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    (void)add_letter(f, &letter);
    letter.key = "k2";
    letter.date = (ctes_date){ 2024, 8, 1 };
    int64_t newer = add_letter(f, &letter);
    ctes_store_courrier asked = {
        .key = "c1", .siren = SIREN_B, .transaction = 7, .flux = 1, .state = CTES_COURRIER_SENT
    };
    int64_t classification = add_letter(f, &asked);
    static const struct {
        const char *siren, *id_acte;
        unsigned transaction, flux;
        ctes_date date;
        int rank; /* 0: none; else the letter's */
    } CASES[] = {
        { SIREN_A, ID_ACTE, 3, 1, { 0 }, 2 },
        { SIREN_A, ID_ACTE, 3, 1, { 2024, 7, 2 }, 1 },
        { SIREN_A, ID_ACTE, 3, 1, { 2024, 7, 3 }, 0 },
        { SIREN_A, ID_ACTE, 3, 4, { 0 }, 0 },
        { SIREN_B, ID_ACTE, 3, 1, { 0 }, 0 },
        { SIREN_B, NULL, 7, 1, { 0 }, 3 },
    };
    assert_int_equal(newer, 2);
    assert_int_equal(classification, 3);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_courrier c = CTES_COURRIER_INIT;
        ctes_status status = ctes_store_courrier_find(f->store, CASES[i].siren, CASES[i].id_acte,
                                                      CASES[i].transaction, CASES[i].flux,
                                                      CASES[i].date, &c, &f->err);
        assert_int_equal(status, CASES[i].rank != 0 ? CTES_OK : CTES_E_COURRIER_UNKNOWN);
        assert_int_equal(c.id, CASES[i].rank);
        ctes_courrier_clear(&c);
    }
}

static int64_t answer_found(fixture *f, ctes_date date) {
    ctes_courrier c = CTES_COURRIER_INIT;
    ctes_status status =
        ctes_store_courrier_answer(f->store, SIREN_A, ID_ACTE, 3, date, &c, &f->err);
    assert_int_equal(status, c.id != 0 ? CTES_OK : CTES_E_COURRIER_UNKNOWN);
    int64_t id = c.id;
    ctes_courrier_clear(&c);
    return id;
}

static void an_acknowledgement_finds_the_oldest_answer_that_waits(void **state) {
    fixture *f = *state;
    const ctes_date day = { 2024, 7, 2 };
    ctes_store_courrier letter = sample_letter("k1", 0), other = sample_letter("k2", 0);
    int64_t k1 = add_letter(f, &letter), k2 = add_letter(f, &other);
    assert_int_equal(answer_found(f, day), 0);
    ctes_store_courrier answer = sample_answer("a1", 0, k1), later = sample_answer("a2", 0, k2);
    int64_t a1 = add_letter(f, &answer), a2 = add_letter(f, &later);
    assert_int_equal(answer_found(f, day), a1);
    assert_int_equal(answer_found(f, (ctes_date){ 0 }), a1);
    assert_int_equal(answer_found(f, (ctes_date){ 2024, 7, 3 }), 0);
    assert_int_equal(change_letter(f, a2, CTES_COURRIER_TO_SEND, CTES_COURRIER_SENT), CTES_OK);
    assert_int_equal(answer_found(f, day), a2); /* it left for certain */
    assert_int_equal(change_letter(f, a1, CTES_COURRIER_TO_SEND, CTES_COURRIER_SENT), CTES_OK);
    assert_int_equal(answer_found(f, day), a1);
    assert_int_equal(change_letter(f, a1, CTES_COURRIER_SENT, CTES_COURRIER_DONE), CTES_OK);
    assert_int_equal(answer_found(f, day), a2);
    assert_int_equal(change_letter(f, a2, CTES_COURRIER_SENT, CTES_COURRIER_FAILED), CTES_OK);
    assert_int_equal(answer_found(f, day), a1);
}

static void an_act_is_found_by_what_the_prefecture_calls_it(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    int64_t a2 = add_acte(f, SIREN_A, "2024-02", 0);
    ctes_store_change change = { .to = CTES_STATE_ACKNOWLEDGED,
                                 .id_acte = "034-213400172-20240627-SOMETHING-DE" };
    assert_int_equal(ctes_store_change_state(f->store, a1, CTES_STATE_PREPARED, &change, &f->err),
                     CTES_OK);
    const struct {
        const char *siren, *id_acte;
        int64_t acte;
    } CASES[] = {
        { SIREN_A, "034-213400172-20240627-SOMETHING-DE", a1 },
        { SIREN_A, "034-213400172-20240627-A1-DE", a1 },
        { SIREN_A, "034-213400172-20240627-2024_02-DE", a2 },
        { SIREN_A, "034-213400172-20240627-2024_02-AR", 0 }, /* another nature, day, authority */
        { SIREN_A, "034-213400172-20240628-2024_02-DE", 0 },
        { SIREN_B, "034-213400172-20240627-2024_02-DE", 0 },
        { SIREN_B, "034-218601946-20240627-2024_02-DE", 0 },
        { SIREN_A, "no identifier", 0 },
        { SIREN_A, "", 0 },
        { SIREN_A, NULL, 0 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t id = 0;
        ctes_status status =
            ctes_store_acte_of(f->store, CASES[i].siren, CASES[i].id_acte, &id, &f->err);
        assert_int_equal(status, CASES[i].acte != 0 ? CTES_OK : CTES_E_ACTE_UNKNOWN);
        assert_int_equal(id, CASES[i].acte);
    }
}

static void the_archive_of_a_letter_can_be_sent_again(void **state) {
    fixture *f = *state;
    ctes_store_courrier answer = sample_answer("SLO-EACT--213400172--20240703-1.tar.gz", 0, 0);
    int64_t sent = add_letter(f, &answer);
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t received = add_letter(f, &letter);
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier loaded = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, sent, &loaded, &f->err), CTES_OK);
    assert_string_equal(loaded.archive, answer.archive_path);
    ctes_courrier_clear(&loaded);
    assert_int_equal(ctes_ledger_courrier(f->store, received, &loaded, &f->err), CTES_OK);
    assert_null(loaded.archive);
}

/* --- listing --- */

typedef struct seen {
    int64_t ids[16];
    size_t count, stop_at;
} seen;

static bool note_letter(void *user, const ctes_courrier *courrier) {
    seen *s = user;
    assert_true(s->count < 16);
    assert_null(courrier->pieces);
    s->ids[s->count++] = courrier->id;
    return s->count != s->stop_at;
}

static void assert_lists(fixture *f, ctes_courrier_filter filter, const char *expected) {
    seen s = { .count = 0 };
    assert_int_equal(ctes_ledger_courriers(f->store, &filter, note_letter, &s, &f->err), CTES_OK);
    char text[64] = "";
    for (size_t i = 0; i < s.count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%lld ",
                       (long long)s.ids[i]);
    assert_string_equal(text, expected);
}

/* Those with a deadline first, the nearest first, then by arrival. */
static void what_is_urgent_comes_first(void **state) {
    fixture *f = *state;
    int64_t acte = add_acte(f, SIREN_A, "A1", 0);
    ctes_store_courrier letter = sample_letter("1", acte);
    letter.transaction = 2;
    letter.deadline = (ctes_date){ 0 };
    letter.state = CTES_COURRIER_OPEN;
    (void)add_letter(f, &letter); /* 1: no deadline */
    letter = sample_letter("2", 0);
    letter.deadline = (ctes_date){ 2024, 9, 9 };
    (void)add_letter(f, &letter); /* 2 */
    letter = sample_letter("3", acte);
    (void)add_letter(f, &letter); /* 3: six days before */
    letter.key = "4";
    letter.siren = SIREN_B;
    letter.state = CTES_COURRIER_CLOSED;
    (void)add_letter(f, &letter); /* 4: closed */
    ctes_store_courrier answer = sample_answer("5", acte, 0);
    (void)add_letter(f, &answer); /* 5 */
    answer.key = "6";
    answer.state = CTES_COURRIER_DONE;
    (void)add_letter(f, &answer); /* 6 */
    assert_lists(f, (ctes_courrier_filter){ 0 }, "3 4 2 1 5 6 ");
    assert_lists(f, (ctes_courrier_filter){ .pending = true }, "3 2 1 5 ");
    assert_lists(f, (ctes_courrier_filter){ .siren = SIREN_A }, "3 2 1 5 6 ");
    assert_lists(f, (ctes_courrier_filter){ .siren = SIREN_B, .pending = true }, "");
    assert_lists(f, (ctes_courrier_filter){ .acte = acte }, "3 4 1 5 6 ");
    assert_lists(f, (ctes_courrier_filter){ .received = true }, "3 4 2 1 ");
    assert_lists(f, (ctes_courrier_filter){ .sent = true }, "5 6 ");
    assert_lists(f, (ctes_courrier_filter){ .sent = true, .received = true }, "3 4 2 1 5 6 ");
    assert_lists(f, (ctes_courrier_filter){ .sent = true, .pending = true, .acte = acte }, "5 ");
    ctes_courrier_filter all = { 0 };
    seen s = { .stop_at = 2 };
    assert_int_equal(ctes_ledger_courriers(f->store, &all, note_letter, &s, &f->err), CTES_OK);
    assert_int_equal(s.count, 2);
}

/* --- what is kept --- */

static void letters_history_and_evidence_only_grow(void **state) {
    fixture *f = *state;
    static const char *const FORBIDDEN[] = {
        "DELETE FROM courrier",
        "UPDATE courrier SET texte = 'x'",
        "UPDATE courrier SET acte = NULL",
        "UPDATE courrier SET cle = 'y'",
        "DELETE FROM courrier_piece",
        "UPDATE courrier_piece SET path = 'x'",
        "DELETE FROM courrier_evenement",
        "UPDATE courrier_evenement SET detail = 'x'",
        "DELETE FROM courrier_accuse",
        "UPDATE courrier_accuse SET kind = 'x'",
        "DELETE FROM retour",
        "UPDATE retour SET path = 'x'",
        "UPDATE retour SET outcome = 'aside'",
        "INSERT INTO retour (cle, at_ms, size, outcome) VALUES ('x', 0, 0, 'forgotten')",
        "DELETE FROM classification",
        "UPDATE classification SET date = '2020-01-01'",
        "INSERT INTO courrier_piece (courrier, rang, path, size) VALUES (99, 0, 'x', 0)",
    };
    int64_t acte = add_acte(f, SIREN_A, "A1", 0);
    ctes_store_courrier letter = sample_letter("k1", acte);
    (void)add_letter(f, &letter);
    ctes_store_retour retour = { .key = SHA, .source = "s2low 12", .outcome = "recorded" };
    bool known = true;
    assert_int_equal(ctes_store_retour_add(f->store, &retour, &known, &f->err), CTES_OK);
    assert_int_equal(ctes_store_classification_set(f->store, SIREN_A, (ctes_date){ 2024, 1, 1 },
                                                   "<c/>", 4, SHA, &f->err),
                     CTES_OK);
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; i++)
        if (direct_run(f->path, FORBIDDEN[i]) != DIRECT_REFUSED &&
            (postgres_url() != NULL ||
             strncmp(FORBIDDEN[i], "INSERT INTO courrier_piece", 26) != 0))
            fail_msg("%s", FORBIDDEN[i]);
}

static void what_came_whole_is_known_again(void **state) {
    fixture *f = *state;
    ctes_store_retour retour = { .key = SHA,
                                 .source = "imaps://mail.example.org/INBOX 17",
                                 .path = "213400172/retours/2024/m17.eml",
                                 .size = 4321,
                                 .outcome = "aside",
                                 .reason = "no envelope" };
    bool known = true, done = true;
    assert_int_equal(ctes_store_retour_done(f->store, SHA, &done, &f->err), CTES_OK);
    assert_false(done);
    assert_int_equal(ctes_store_retour_add(f->store, &retour, &known, &f->err), CTES_OK);
    assert_false(known);
    assert_int_equal(ctes_store_retour_done(f->store, SHA, &done, &f->err), CTES_OK);
    assert_false(done);
    /* looked at again, it is understood; then it stays so */
    retour.outcome = "recorded";
    retour.reason = NULL;
    assert_int_equal(ctes_store_retour_add(f->store, &retour, &known, &f->err), CTES_OK);
    assert_false(known);
    assert_int_equal(ctes_store_retour_done(f->store, SHA, &done, &f->err), CTES_OK);
    assert_true(done);
    retour.outcome = "aside";
    assert_int_equal(ctes_store_retour_add(f->store, &retour, &known, &f->err), CTES_OK);
    assert_true(known);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM retour WHERE outcome ="
                                            " 'recorded' AND reason IS NULL AND size = 4321"),
                     1);
}

static void content_that_we_never_write_is_corrupt(void **state) {
    fixture *f = *state;
    ctes_store_courrier letter = sample_letter("k1", 0);
    int64_t id = add_letter(f, &letter);
    static const char *const TAMPERING[] = {
        "UPDATE courrier SET deadline = '03/09/2024'",
        "UPDATE courrier SET deadline = NULL, state = 'no-such-state'",
    };
    for (size_t i = 0; i < sizeof TAMPERING / sizeof TAMPERING[0]; i++) {
        assert_int_equal(direct_run(f->path, TAMPERING[i]), DIRECT_DONE);
        ctes_courrier c = CTES_COURRIER_INIT;
        assert_int_equal(ctes_ledger_courrier(f->store, id, &c, &f->err), CTES_E_LEDGER_CORRUPT);
        assert_int_equal(c.id, 0);
    }
    assert_int_equal(change_letter(f, id, CTES_COURRIER_RECEIVED, CTES_COURRIER_OPEN),
                     CTES_E_LEDGER_CORRUPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_agree),
        cmocka_unit_test_setup_teardown(a_letter_is_read_as_it_was_recorded, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_second_recording_is_harmless, setup_store, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_left_of_a_letter_that_fails, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_change_brings_its_history_and_evidence, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_takes_its_letter_along, setup_store, teardown),
        cmocka_unit_test_setup_teardown(an_answer_that_did_not_arrive_may_leave_again, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_acknowledgement_is_no_answer, setup_store, teardown),
        cmocka_unit_test_setup_teardown(letters_are_found_by_their_act, setup_store, teardown),
        cmocka_unit_test_setup_teardown(an_acknowledgement_finds_the_oldest_answer_that_waits,
                                        setup_store, teardown),
        cmocka_unit_test_setup_teardown(an_act_is_found_by_what_the_prefecture_calls_it,
                                        setup_store, teardown),
        cmocka_unit_test_setup_teardown(the_archive_of_a_letter_can_be_sent_again, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_urgent_comes_first, setup_store, teardown),
        cmocka_unit_test_setup_teardown(letters_history_and_evidence_only_grow, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_came_whole_is_known_again, setup_store, teardown),
        cmocka_unit_test_setup_teardown(content_that_we_never_write_is_corrupt, setup_store,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
