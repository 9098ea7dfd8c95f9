/*
 * A session whose operator is a puppet and whose clock is the test's: what the workflow makes of
 * each answer can be seen without a network. Included by the workflow tests only.
 */
#ifndef CTES_TESTS_WORKFLOW_FIXTURE_H
#define CTES_TESTS_WORKFLOW_FIXTURE_H

#include <ftw.h>
#include <sys/stat.h>

#include "unit/cmocka_all.h"

#include <ctes/ctes.h>

#include "base/text.h"
#include "fake/fake_transport.h"
#include "workflow/session.h"

#define DAY_MS (INT64_C(86400) * 1000)
/* 28 June 2022, 10:00 UTC */
#define NOW_MS INT64_C(1656410400000)

/* The puppet: its members say what each call answers, and count the calls. */
typedef struct puppet {
    ctes_operator table;
    ctes_status preflight, deposit, find, lookup, waiting, status, ar; /* what each returns */
    ctes_status deposit_champs; /* for the field-by-field mode */
    int64_t transaction;
    ctes_operator_state state;
    int native;
    const char *flow, *message; /* of status and find */
    const char *ar_bytes;
    const char *listed_objet;
    ctes_date listed_date;
    unsigned deposits, finds, statuses, ars, serials, surveys;
    ctes_operator_state listed_state, listed_later; /* of `waiting`, if any */
    ctes_depot_mode last_mode;
    char last_archive[128];
    void (*during_deposit)(struct puppet *self);
    struct world *world;
    void *bag; /* courrier_bag.h */
} puppet;

typedef struct world {
    char folder[64];
    char path[7][256];
    int64_t now_ms;
    ctes_context context;
    ctes_autorite autorite;
    char *addresses[1];
    ctes_settings settings;
    fake_transport *transport;
    ctes_session *session;
    puppet operator_;
} world;

static ctes_status puppet_preflight(ctes_operator *self, ctes_error *err) {
    (void)err;
    return ((puppet *)self)->preflight;
}

static ctes_status puppet_serial(ctes_operator *self, unsigned *ret, ctes_error *err) {
    (void)err;
    *ret = 40 + ++((puppet *)self)->serials;
    return CTES_OK;
}

static const char *PUPPET_WORDS = "the operator's words";

static ctes_status puppet_say(ctes_status status, ctes_error *err) {
    if (status != CTES_OK && err != NULL) {
        *err = (ctes_error)CTES_ERROR_INIT;
        err->code = status;
        (void)ctes_text_copy(err->detail, sizeof err->detail, PUPPET_WORDS);
    }
    return status;
}

static ctes_status puppet_deposit(ctes_operator *table, const ctes_depot *depot,
                                  int64_t *ret_transaction, ctes_error *err) {
    puppet *self = (puppet *)table;
    self->deposits++;
    self->last_mode = depot->mode;
    (void)ctes_text_copy(self->last_archive, sizeof self->last_archive, depot->archive_nom);
    if (self->during_deposit != NULL)
        self->during_deposit(self);
    ctes_status status = depot->mode == CTES_DEPOT_ARCHIVE ? self->deposit : self->deposit_champs;
    if (status == CTES_OK)
        *ret_transaction = self->transaction;
    return puppet_say(status, err);
}

static ctes_status puppet_answer(puppet *self, ctes_status status, ctes_operator_status *ret,
                                 ctes_error *err) {
    if (status != CTES_OK)
        return puppet_say(status, err);
    ret->state = self->state;
    ret->native = self->native;
    if (self->flow != NULL)
        assert_ok(ctes_buffer_puts(&ret->flow, self->flow, err));
    return ctes_text_dup(self->message, &ret->message, err);
}

static ctes_status puppet_find(ctes_operator *table, const char *unique_id,
                               ctes_operator_status *ret, ctes_error *err) {
    puppet *self = (puppet *)table;
    (void)unique_id;
    self->finds++;
    return puppet_answer(self, self->find, ret, err);
}

static ctes_status puppet_status(ctes_operator *table, int64_t transaction,
                                 ctes_operator_status *ret, ctes_error *err) {
    puppet *self = (puppet *)table;
    self->statuses++;
    assert_int_equal(transaction, self->transaction);
    return puppet_answer(self, self->status, ret, err);
}

static ctes_status puppet_lookup(ctes_operator *table, const char *numero_interne, ctes_date since,
                                 ctes_operator_listing *ret, ctes_error *err) {
    puppet *self = (puppet *)table;
    (void)numero_interne;
    (void)since;
    if (self->lookup != CTES_OK)
        return puppet_say(self->lookup, err);
    ret->transaction = self->transaction;
    ret->native = self->native;
    ret->date = self->listed_date;
    return ctes_text_dup(self->listed_objet, &ret->objet, err);
}

static ctes_status puppet_ar(ctes_operator *table, int64_t transaction, ctes_buffer *ret,
                             ctes_error *err) {
    puppet *self = (puppet *)table;
    (void)transaction;
    self->ars++;
    return self->ar != CTES_OK ? puppet_say(self->ar, err)
                               : ctes_buffer_puts(ret, self->ar_bytes, err);
}

static ctes_status puppet_waiting(ctes_operator *table, ctes_listed_fn each, void *user,
                                  ctes_error *err) {
    puppet *self = (puppet *)table;
    const ctes_operator_state states[] = { self->listed_state, self->listed_later };
    self->surveys++;
    for (size_t i = 0; i < 2; i++)
        if (states[i] != CTES_OP_UNKNOWN)
            each(user, self->transaction, states[i], self->native);
    return puppet_say(self->waiting, err);
}

static void puppet_free(ctes_operator *self) {
    (void)self;
}

static int64_t world_now(void *user) {
    return ((world *)user)->now_ms;
}

static bool world_sleep(void *user, int64_t ms) {
    ((world *)user)->now_ms += ms; /* time passes at once */
    return true;
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void world_open(world *w) {
    ctes_error err = CTES_ERROR_INIT;
    w->transport = fake_transport_new();
    ctes_status status =
        ctes_session_open_over(&w->context, &w->settings, CTES_FOR_SEND,
                               fake_transport_vtable(w->transport), &w->session, &err);
    if (status != CTES_OK)
        print_message("%s: %s %s\n", ctes_status_name(status), err.subject, err.detail);
    assert_ok(status);
    ctes_operator_free(w->session->links[0].operator_);
    w->session->links[0].operator_ = &w->operator_.table;
}

static void world_close(world *w) {
    ctes_session_free(w->session);
    w->session = NULL;
    fake_transport_free(w->transport);
}

/* The process dies and another one starts on the same register. */
__attribute__((unused)) static void world_restart(world *w) {
    world_close(w);
    world_open(w);
}

static int world_setup(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/ctes-workflow-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    w->now_ms = NOW_MS;
    w->context = (ctes_context){ .user = w, .now_ms = world_now, .sleep_ms = world_sleep };
    static char address[] = "actes@ville.test", key[] = "poitiers", nom[] = "Ville de Poitiers";
    w->addresses[0] = address;
    w->autorite = (ctes_autorite){ .key = key,
                                   .nom = nom,
                                   .siren = "218601946",
                                   .nic = "00013",
                                   .departement = "086",
                                   .arrondissement = "3",
                                   .nature = "31",
                                   .adresses_retour = w->addresses,
                                   .adresse_count = 1,
                                   .classification_date = { 2022, 1, 1 } };
    (void)snprintf(w->path[0], sizeof w->path[0], "%s/state/register.db", w->folder);
    (void)snprintf(w->path[1], sizeof w->path[1], "%s/schemas", getenv("CTES_SOURCE_DIR"));
    w->settings = (ctes_settings)CTES_SETTINGS_INIT;
    w->settings.autorites = &w->autorite;
    w->settings.autorite_count = 1;
    w->settings.operator_url = "https://operator.test";
    w->settings.ledger = w->path[0];
    w->settings.schemas = w->path[1];
    w->settings.sign = false; /* the certificates of the test PKI are of today, the acts of 2022 */
    w->operator_ = (puppet){ .table = { .name = "puppet",
                                        .preflight = puppet_preflight,
                                        .serial = puppet_serial,
                                        .deposit = puppet_deposit,
                                        .find = puppet_find,
                                        .lookup = puppet_lookup,
                                        .waiting = puppet_waiting,
                                        .status = puppet_status,
                                        .acknowledgement = puppet_ar,
                                        .free = puppet_free },
                             .transaction = 1234,
                             .state = CTES_OP_POSTED,
                             .native = 1,
                             .world = w };
    (void)snprintf(w->path[4], sizeof w->path[4], "%s/acte.pdf", w->folder);
    (void)snprintf(w->path[5], sizeof w->path[5], "%s/annexe.pdf", w->folder);
    write_file(w->path[4], "%PDF-1.4\nthe act\n");
    write_file(w->path[5], "%PDF-1.4\nits annexe\n");
    world_open(w);
    *state = w;
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int world_teardown(void **state) {
    world *w = *state;
    if (w->session != NULL)
        world_close(w);
    int failed = nftw(w->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(w);
    return failed;
}

/* The act of 27 June 2022, with one annexe. */
static ctes_acte example_acte(world *w) {
    ctes_acte acte = CTES_ACTE_INIT;
    assert_ok(ctes_text_dup("2022-0160", &acte.numero, NULL));
    assert_ok(ctes_text_dup("Adhésion à la 27ème Région", &acte.objet, NULL));
    assert_ok(ctes_text_dup(w->path[4], &acte.document.path, NULL));
    assert_ok(ctes_acte_add_annexe(&acte, w->path[5], "99_DE", NULL, NULL));
    acte.date = (ctes_date){ 2022, 6, 27 };
    acte.nature = CTES_NATURE_DELIBERATION;
    acte.matiere = (ctes_matiere){ 2, { 7, 10 } };
    return acte;
}

/* Sends the example and gives what became of it. */
__attribute__((unused)) static ctes_outcome send_example(world *w) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(ctes_send(w->session, &acte, &outcome, &err));
    return outcome;
}

static ctes_record recorded(world *w, const char *numero) {
    ctes_record record = CTES_RECORD_INIT;
    assert_ok(ctes_ledger_get(w->session->store, NULL, numero, &record, NULL));
    return record;
}

__attribute__((unused)) static ctes_state state_of(world *w, const char *numero) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, numero);
    return record.state;
}

__attribute__((unused)) static ctes_status refresh(world *w, const char *numero) {
    return ctes_refresh(w->session, NULL, numero, 0, 0, NULL, NULL, NULL);
}

#define assert_state(w, numero, expected)                                                          \
    assert_string_equal(ctes_state_name(state_of(w, numero)), ctes_state_name(expected))

/* An acknowledgement of the example as the préfecture writes it. */
#define AR_OF(number, day, matiere2, reception)                                                    \
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:ARActe "                              \
    "xmlns:actes=\"http://www.interieur.gouv.fr/ACTES#v1.1-20040216\" "                            \
    "xmlns:insee=\"http://xml.insee.fr/schema\" actes:DateReception=\"" reception "\" "            \
    "actes:IDActe=\"086-218601946-" day "-" number "-DE\"><actes:ActeRecu actes:CodeNatureActe="   \
    "\"1\" actes:Date=\"2022-06-27\" actes:NumeroInterne=\"" number "\"><actes:CodeMatiere1 "      \
    "actes:CodeMatiere=\"7\"/><actes:CodeMatiere2 actes:CodeMatiere=\"" matiere2 "\"/>"            \
    "<actes:Objet>x</actes:Objet><actes:ClassificationDateVersion>2022-01-01"                      \
    "</actes:ClassificationDateVersion><actes:Document><actes:NomFichier>99_DE-086-218601946-"     \
    "20220627-" number "-DE-1-1_1.pdf</actes:NomFichier></actes:Document><actes:Annexes "          \
    "actes:Nombre=\"1\"><actes:Annexe><actes:NomFichier>99_DE-086-218601946-20220627-" number      \
    "-DE-1-1_2.pdf</actes:NomFichier></actes:Annexe></actes:Annexes><actes:DocumentPapier>N"       \
    "</actes:DocumentPapier></actes:ActeRecu><actes:ClassificationDateVersionEnCours>2022-01-01"   \
    "</actes:ClassificationDateVersionEnCours></actes:ARActe>"

#define ANOMALIE_OF(number, code, detail)                                                          \
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:AnomalieActe "                        \
    "xmlns:actes=\"http://www.interieur.gouv.fr/ACTES#v1.1-20040216\"><actes:Date>2022-06-28"      \
    "</actes:Date><actes:Nature>" code "</actes:Nature><actes:Detail>" detail "</actes:Detail>"    \
    "<actes:ActeRecu actes:CodeNatureActe=\"1\" actes:Date=\"2022-06-27\" "                        \
    "actes:NumeroInterne=\"" number                                                                \
    "\"><actes:CodeMatiere1 actes:CodeMatiere=\"7\"/><actes:CodeMatiere2 "                         \
    "actes:CodeMatiere=\"10\"/><actes:Objet>x</actes:Objet><actes:ClassificationDateVersion>"      \
    "2022-01-01</actes:ClassificationDateVersion><actes:Document><actes:NomFichier>a.pdf"          \
    "</actes:NomFichier></actes:Document><actes:Annexes actes:Nombre=\"0\"/>"                      \
    "<actes:DocumentPapier/></actes:ActeRecu><actes:ClassificationDateVersionEnCours>2022-06-01"   \
    "</actes:ClassificationDateVersionEnCours></actes:AnomalieActe>"

#endif
