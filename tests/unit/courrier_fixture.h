/* Letters for the tests of the register. */
#ifndef CTES_TESTS_COURRIER_FIXTURE_H
#define CTES_TESTS_COURRIER_FIXTURE_H

#include "ledger_fixture.h"

#define ID_ACTE "034-213400172-20240627-A1-DE"

static const ctes_store_courrier_piece LETTER_PIECES[] = {
    { "034-213400172-20240627-A1-DE-3-1_16.pdf", "213400172/retours/2024/1/16.pdf", NULL, 1234,
      SHA },
    { "99_AU-034-213400172-20240627-A1-DE-3-1_17.png", "213400172/retours/2024/1/17.png", "99_AU",
      77, SHA },
};

/* A request for documents about act A1 of SIREN_A. */
static inline ctes_store_courrier sample_letter(const char *key, int64_t acte) {
    static const char MESSAGE[] = "<DemandePieceComplementaire/>\0\xff";
    return (ctes_store_courrier){ .key = key,
                                  .siren = SIREN_A,
                                  .transaction = 3,
                                  .flux = 1,
                                  .acte = acte,
                                  .id_acte = ID_ACTE,
                                  .date = { 2024, 7, 2 },
                                  .deadline = { 2024, 9, 3 },
                                  .texte = "le plan, « complet »",
                                  .state = CTES_COURRIER_RECEIVED,
                                  .transaction_id = 4242,
                                  .nom = "034-213400172-20240627-A1-DE-3-1_17.xml",
                                  .message = MESSAGE,
                                  .message_length = sizeof MESSAGE,
                                  .message_sha256 = SHA,
                                  .invalid = "line 1: no",
                                  .pieces = LETTER_PIECES,
                                  .piece_count = 2 };
}

/* The documents asked for by `letter`. */
static inline ctes_store_courrier sample_answer(const char *key, int64_t acte, int64_t letter) {
    return (ctes_store_courrier){ .key = key,
                                  .siren = SIREN_A,
                                  .transaction = 3,
                                  .flux = 4,
                                  .acte = acte,
                                  .id_acte = ID_ACTE,
                                  .date = { 2024, 7, 2 },
                                  .answers = letter,
                                  .state = CTES_COURRIER_TO_SEND,
                                  .nom = "034-213400172-20240627-A1-DE-3-4_0.xml",
                                  .archive_path = "archives/2024/b.tar.gz",
                                  .archive_sha256 = SHA };
}

static inline int64_t add_letter(fixture *f, const ctes_store_courrier *letter) {
    int64_t id = 0;
    bool known = true;
    ctes_status status = ctes_store_courrier_add(f->store, letter, &id, &known, &f->err);
    if (status != CTES_OK)
        fail_msg("%s %s", ctes_status_name(f->err.code), f->err.detail);
    assert_false(known);
    assert_true(id > 0);
    return id;
}

static inline ctes_status change_letter(fixture *f, int64_t id, ctes_courrier_state from,
                                        ctes_courrier_state to) {
    ctes_store_courrier_change change = { .to = to };
    return ctes_store_courrier_change_state(f->store, id, from, &change, &f->err);
}

static inline ctes_courrier_state state_of_letter(fixture *f, int64_t id) {
    ctes_courrier letter = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(f->store, id, &letter, &f->err), CTES_OK);
    ctes_courrier_state state = letter.state;
    ctes_courrier_clear(&letter);
    return state;
}

#endif
