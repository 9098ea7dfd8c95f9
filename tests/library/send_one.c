/*
 * A program of somebody else's: sends one deliberation with libctes and tells what became of it.
 *
 *   cc -DSCHEMAS="\"$(pkg-config --variable=schemasdir ctes)\"" send_one.c \
 *       $(pkg-config --cflags --libs ctes) -o send_one
 *   ./send_one https://localhost:8443 pki register.db 2024-012 deliberation.pdf
 *
 * `pki` holds client.pem, client.key and ca.pem. Everything that a session needs is in one struct;
 * nothing of the library prints or exits.
 */
#include <stdio.h>
#include <string.h>

#include <ctes/ctes.h>

static int complain(const ctes_error *err) {
    fprintf(stderr, "%s: %s (%s, %s)\n", err->subject, err->detail, ctes_status_name(err->code),
            ctes_stage_name(err->stage));
    return 1;
}

/* The session frees nothing of these: they must outlive it. */
typedef struct files {
    char certificate[512], key[512], ca[512];
} files;

static ctes_settings settings_of(const ctes_autorite *town, char **argv, files *pki) {
    ctes_settings settings = CTES_SETTINGS_INIT;
    (void)snprintf(pki->certificate, sizeof pki->certificate, "%s/client.pem", argv[2]);
    (void)snprintf(pki->key, sizeof pki->key, "%s/client.key", argv[2]);
    (void)snprintf(pki->ca, sizeof pki->ca, "%s/ca.pem", argv[2]);
    settings.autorites = town;
    settings.autorite_count = 1;
    settings.operator_url = argv[1];
    settings.quadrigramme = "TACT"; /* a rehearsal; EACT has legal effect */
    settings.tls_certificate = pki->certificate;
    settings.tls_key = pki->key;
    settings.tls_ca = pki->ca;
    settings.ledger = argv[3];
    settings.schemas = SCHEMAS;
    return settings;
}

static ctes_status describe(char **argv, ctes_acte *acte, ctes_error *err) {
    acte->numero = strdup(argv[4]);
    acte->objet = strdup("Subvention à l'école de musique");
    acte->document.path = strdup(argv[5]);
    acte->nature = CTES_NATURE_DELIBERATION;
    acte->date = (ctes_date){ 2024, 3, 14 };
    return ctes_matiere_parse("7.5", &acte->matiere, err);
}

int main(int argc, char **argv) {
    static char address[] = "actes@ville.test", *addresses[] = { address };
    ctes_autorite town = { .siren = "218601946",
                           .departement = "086",
                           .arrondissement = "3",
                           .nature = "31",
                           .adresses_retour = addresses,
                           .adresse_count = 1,
                           .classification_date = { 2022, 1, 1 } };
    const ctes_context context = CTES_CONTEXT_INIT;
    ctes_session *session = NULL;
    ctes_acte acte = CTES_ACTE_INIT;
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    files pki;
    if (argc != 6)
        return 2;
    const ctes_settings settings = settings_of(&town, argv, &pki);
    ctes_status status = ctes_session_open(&context, &settings, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK)
        status = describe(argv, &acte, &err);
    if (status == CTES_OK)
        status = ctes_send(session, &acte, &outcome, &err);
    if (status == CTES_OK && outcome.error.code != CTES_OK) {
        err = outcome.error;
        status = err.code;
    }
    if (status == CTES_OK)
        printf("%s: %s, transaction %lld\n", outcome.record.numero,
               ctes_state_name(outcome.record.state), (long long)outcome.record.transaction);
    ctes_outcome_clear(&outcome);
    ctes_acte_clear(&acte);
    ctes_session_free(session);
    return status == CTES_OK ? 0 : complain(&err);
}
