/*
 * What the puppet operator brings and takes besides acts: parcels made of files, answers,
 * cancellations, archives. Included by the workflow's tests of letters only.
 */
#ifndef CTES_TESTS_COURRIER_BAG_H
#define CTES_TESTS_COURRIER_BAG_H

#include "unit/workflow_fixture.h"

#include "base/file.h"
#include "ledger/courrier.h"
#include "pack/pack.h"
#include <ctes/exchange.h>

#define BAG_FILES 12

/* One parcel that lies at the operator until it is dealt with. */
typedef struct bag_parcel {
    ctes_member members[BAG_FILES];
    char *text[BAG_FILES];
    size_t count;
    const void *bytes; /* instead of members: anything */
    size_t length;
    ctes_parcel_form form;
    int64_t transaction;
    ctes_parcel_fate fate;
    unsigned fetched;
} bag_parcel;

typedef struct bag {
    bag_parcel parcels[8];
    size_t count;
    ctes_status collect, answer, cancel, submit, classification, ask;
    int64_t answer_id, cancel_id;
    unsigned answers, cancels, submits, asks;
    ctes_reponse last;
    char last_file[256], submitted[4][128];
    struct {
        int64_t id;
        unsigned type;
        int native;
    } letters[4];
    size_t letter_count;
    const char *classification_bytes;
    void (*during)(world *w);
    ctes_courrier_outcome told[12];
    size_t told_count, acts_told;
} bag;

static bag *bag_of(ctes_operator *table) {
    return ((puppet *)table)->bag;
}

static ctes_status bag_collect(ctes_operator *self, const char *folder, ctes_parcel_fn each,
                               void *user, ctes_error *err) {
    bag *b = bag_of(self);
    for (size_t i = 0; i < b->count; i++) {
        bag_parcel *p = &b->parcels[i];
        char path[300], source[32];
        uint64_t size = 0;
        if (p->fate != CTES_PARCEL_LEFT)
            continue;
        (void)snprintf(path, sizeof path, "%s/arrived-%zu", folder, i);
        (void)snprintf(source, sizeof source, "puppet %zu", i);
        if (p->bytes != NULL) {
            FILE *file = fopen(path, "w");
            assert_non_null(file);
            assert_int_equal(fwrite(p->bytes, 1, p->length, file), p->length);
            assert_int_equal(fclose(file), 0);
        } else {
            assert_ok(ctes_pack_write(path, p->members, p->count, 0, CTES_ARCHIVE_MAX, NULL, NULL,
                                      &size, NULL));
        }
        const ctes_parcel parcel = {
            .form = p->form, .path = path, .source = source, .transaction = p->transaction
        };
        p->fetched++;
        p->fate = each(user, &parcel);
        if (p->fate == CTES_PARCEL_LEFT)
            break;
    }
    return puppet_say(b->collect, err);
}

static ctes_status bag_answer(ctes_operator *self, const ctes_reponse *reponse, int64_t *ret,
                              ctes_error *err) {
    bag *b = bag_of(self);
    b->answers++;
    b->last = *reponse;
    (void)snprintf(b->last_file, sizeof b->last_file, "%s",
                   reponse->pieces[reponse->piece_count - 1].nom);
    if (b->during != NULL)
        b->during(((puppet *)self)->world);
    if (b->answer == CTES_OK)
        *ret = b->answer_id;
    return puppet_say(b->answer, err);
}

static ctes_status bag_cancel(ctes_operator *self, int64_t transaction, int64_t *ret,
                              ctes_error *err) {
    bag *b = bag_of(self);
    b->cancels++;
    assert_int_equal(transaction, 1234);
    if (b->cancel == CTES_OK)
        *ret = b->cancel_id;
    return puppet_say(b->cancel, err);
}

static ctes_status bag_submit(ctes_operator *self, const char *path, const char *nom,
                              ctes_error *err) {
    bag *b = bag_of(self);
    assert_int_equal(access(path, R_OK), 0);
    assert_true(b->submits < 4);
    (void)snprintf(b->submitted[b->submits++], sizeof b->submitted[0], "%s", nom);
    if (b->during != NULL)
        b->during(((puppet *)self)->world);
    return puppet_say(b->submit, err);
}

static ctes_status bag_letters(ctes_operator *self, int64_t acte, ctes_letter_fn each, void *user,
                               ctes_error *err) {
    bag *b = bag_of(self);
    (void)err;
    assert_int_equal(acte, 1234);
    for (size_t i = 0; i < b->letter_count; i++)
        each(user, b->letters[i].id, b->letters[i].type, b->letters[i].native);
    return CTES_OK;
}

static ctes_status bag_classification(ctes_operator *self, ctes_buffer *ret, ctes_error *err) {
    bag *b = bag_of(self);
    return b->classification != CTES_OK ? puppet_say(b->classification, err)
                                        : ctes_buffer_puts(ret, b->classification_bytes, err);
}

static ctes_status bag_ask(ctes_operator *self, int64_t *ret, ctes_error *err) {
    bag *b = bag_of(self);
    b->asks++;
    *ret = 99;
    return puppet_say(b->ask, err);
}

/* A status of any transaction, unlike the puppet's own. */
static ctes_status bag_status(ctes_operator *self, int64_t transaction, ctes_operator_status *ret,
                              ctes_error *err) {
    puppet *p = (puppet *)self;
    (void)transaction;
    p->statuses++;
    return puppet_answer(p, p->status, ret, err);
}

static int bag_setup(void **state) {
    assert_int_equal(world_setup(state), 0);
    world *w = *state;
    bag *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->answer_id = 700;
    b->cancel_id = 800;
    w->operator_.bag = b;
    ctes_operator *table = &w->operator_.table;
    table->collect = bag_collect;
    table->answer = bag_answer;
    table->cancel = bag_cancel;
    table->letters = bag_letters;
    table->status = bag_status;
    table->classification = bag_classification;
    table->classification_ask = bag_ask;
    return 0;
}

/* From now on there is no operator between. */
__attribute__((unused)) static bag *go_direct(world *w) {
    ctes_operator *table = &w->operator_.table;
    table->answer = NULL;
    table->cancel = NULL;
    table->letters = NULL;
    table->classification = NULL;
    table->classification_ask = NULL;
    table->status = NULL;
    table->find = NULL;
    table->lookup = NULL;
    table->acknowledgement = NULL;
    table->submit = bag_submit;
    return w->operator_.bag;
}

static void bag_forget(bag *b) {
    for (size_t i = 0; i < b->told_count; i++)
        ctes_courrier_outcome_clear(&b->told[i]);
    b->told_count = 0;
}

static int bag_teardown(void **state) {
    world *w = *state;
    bag *b = w->operator_.bag;
    bag_forget(b);
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; k < b->parcels[i].count; k++)
            free(b->parcels[i].text[k]);
    free(b);
    return world_teardown(state);
}

#define BAG_TEST(function) cmocka_unit_test_setup_teardown(function, bag_setup, bag_teardown)

/* --- parcels ---------------------------------------------------------------------------------- */

__attribute__((unused)) static bag_parcel *bag_parcel_new(world *w) {
    bag *b = w->operator_.bag;
    assert_true(b->count < sizeof b->parcels / sizeof b->parcels[0]);
    b->parcels[b->count].transaction = 50 + (int64_t)b->count;
    return &b->parcels[b->count++];
}

__attribute__((unused, format(printf, 3, 4))) static void bag_file(bag_parcel *p, const char *name,
                                                                   const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    assert_true(p->count < BAG_FILES);
    assert_true(vasprintf(&p->text[p->count], format, arguments) >= 0);
    va_end(arguments);
    p->members[p->count] = (ctes_member){ .name = name,
                                          .bytes = p->text[p->count],
                                          .length = strlen(p->text[p->count]) };
    p->count++;
}

#define ID_ACTE "086-218601946-20220627-2022_0160-DE"
#define HEAD    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
#define NAMESPACES                                                                                 \
    "xmlns:actes=\"http://www.interieur.gouv.fr/ACTES#v1.1-20040216\" "                            \
    "xmlns:insee=\"http://xml.insee.fr/schema\""
#define FILE_OF(nom)  "<actes:NomFichier>" nom "</actes:NomFichier>"
#define DOCUMENT(nom) "<actes:Document>" FILE_OF(nom) "</actes:Document>"
#define LETTER(root, children)                                                                     \
    HEAD "<actes:" root " " NAMESPACES " actes:IDActe=\"" ID_ACTE                                  \
         "\" actes:DateCourrierPref=\"2022-06-28\">" children "</actes:" root ">"
#define REQUEST                                                                                    \
    LETTER("DemandePieceComplementaire",                                                           \
           "<actes:DescriptionPieces>le plan</actes:DescriptionPieces>" DOCUMENT(ID_ACTE           \
                                                                                 "-3-1_16.pdf"))
#define AR_OF_ANSWER(root)                                                                         \
    HEAD "<actes:" root " " NAMESPACES                                                             \
         " actes:DateReception=\"2022-06-30\"><actes:InfosCourrierPref actes:IDActe=\"" ID_ACTE    \
         "\" actes:DateCourrierPref=\"2022-06-28\"/></actes:" root ">"
#define AR_OF_CANCELLATION                                                                         \
    HEAD "<actes:ARAnnulation " NAMESPACES                                                         \
         " actes:DateReception=\"2022-06-30\" actes:IDActe=\"" ID_ACTE "\"/>"

/* The enveloppe of one message for the authority of `siren`. */
#define ENVELOPPE(siren, nom)                                                                      \
    HEAD "<actes:EnveloppeMISILLCL " NAMESPACES                                                    \
         "><actes:Emetteur><actes:IDPref actes:Departement=\"086\"/></actes:Emetteur>"             \
         "<actes:FormulairesEnvoyes><actes:Formulaire>" FILE_OF(                                   \
             nom) "</actes:Formulaire></actes:FormulairesEnvoyes><actes:Destinataire "             \
                  "insee:SIREN=\"" siren "\"/></actes:EnveloppeMISILLCL>"
#define ENVELOPPE_NOM "EACT--PREF086-218601946-20220628-57.xml"

/* A parcel of one message, its enveloppe last. */
#define bag_message(w, nom, xml)                                                                   \
    do {                                                                                           \
        bag_parcel *p_ = bag_parcel_new(w);                                                        \
        bag_file(p_, nom, "%s", xml);                                                              \
        bag_file(p_, ENVELOPPE_NOM, "%s", ENVELOPPE("218601946", nom));                            \
    } while (0)

/* The préfecture asks for documents about the example. */
__attribute__((unused)) static bag_parcel *bag_request(world *w) {
    bag_parcel *p = bag_parcel_new(w);
    bag_file(p, ID_ACTE "-3-1_17.xml", "%s", REQUEST);
    bag_file(p, ID_ACTE "-3-1_16.pdf", "%s", "%PDF-1.4\nplease\n");
    bag_file(p, ENVELOPPE_NOM, "%s", ENVELOPPE("218601946", ID_ACTE "-3-1_17.xml"));
    return p;
}

/* --- fetching --------------------------------------------------------------------------------- */

static bool bag_told(void *user, const ctes_courrier_outcome *outcome) {
    bag *b = user;
    assert_true(b->told_count < sizeof b->told / sizeof b->told[0]);
    ctes_courrier_outcome *kept = &b->told[b->told_count++];
    *kept = (ctes_courrier_outcome)CTES_COURRIER_OUTCOME_INIT;
    kept->known = outcome->known;
    kept->error = outcome->error;
    kept->courrier.id = outcome->courrier.id;
    kept->courrier.state = outcome->courrier.state;
    kept->courrier.transaction = outcome->courrier.transaction;
    kept->courrier.flux = outcome->courrier.flux;
    return true;
}

__attribute__((unused)) static ctes_status fetch(world *w) {
    bag *b = w->operator_.bag;
    bag_forget(b);
    const ctes_inbox_watch watch = { .each = bag_told, .user = b };
    return ctes_inbox_fetch(w->session, NULL, &watch, NULL);
}

__attribute__((unused)) static ctes_courrier letter(world *w, int64_t id) {
    ctes_courrier courrier = CTES_COURRIER_INIT;
    assert_ok(ctes_ledger_courrier(w->session->store, id, &courrier, NULL));
    return courrier;
}

__attribute__((unused)) static ctes_courrier_state letter_state(world *w, int64_t id) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier courrier = letter(w, id);
    return courrier.state;
}

#define assert_letter(w, id, expected)                                                             \
    assert_string_equal(ctes_courrier_state_name(letter_state(w, id)),                             \
                        ctes_courrier_state_name(expected))

/* The example, acknowledged. */
__attribute__((unused)) static void acknowledge_example(world *w) {
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.flow = AR_OF("2022_0160", "20220627", "10", "2022-06-28");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
    w->operator_.flow = NULL;
}

#endif
