/* A directory for an archiving service: manifest and files, from the register and its evidence. */
#include <ctes/versement.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "ledger/store.h"
#include "norm/regles.h"
#include "workflow/versement_acte.h"
#include "xml/seda.h"

/* Not known to anybody until it has its final name. */
typedef struct chantier {
    char *folder; /* NULL once it bears that name */
    char *content;
    ctes_versement_acte *actes;
    ctes_seda_dossier *dossiers;
    size_t count;
} chantier;

static void forget_file(const char *folder, const char *name) {
    char *path CTES_AUTO_FREE = NULL;
    if (ctes_path_join(folder, name, &path, NULL) == CTES_OK)
        (void)unlink(path);
}

static void chantier_clear(chantier *c) {
    for (size_t i = 0; i < c->count; i++) {
        for (size_t j = 0; c->folder != NULL && j < c->actes[i].count; j++)
            if (c->actes[i].objets[j].uri != NULL)
                forget_file(c->content, ctes_path_base(c->actes[i].objets[j].uri));
        ctes_versement_acte_clear(&c->actes[i]);
    }
    if (c->folder != NULL) {
        forget_file(c->folder, "manifest.xml");
        if (c->content != NULL)
            (void)rmdir(c->content);
        (void)rmdir(c->folder);
    }
    free(c->actes);
    free(c->dossiers);
    free(c->content);
    free(c->folder);
}

static ctes_status chantier_open(chantier *c, const char *output, size_t count, ctes_error *err) {
    char *template CTES_AUTO_FREE = NULL;
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&name, err, "%s.XXXXXX", output));
    CTES_TRY(ctes_buffer_take(&name, &template, err));
    if (mkdtemp(template) == NULL)
        return ctes_fail_errno(err, errno, output);
    c->folder = CTES_TAKE(template);
    CTES_TRY(ctes_path_join(c->folder, "content", &c->content, err));
    CTES_TRY(ctes_folder_make(c->content, err));
    c->actes = calloc(count, sizeof *c->actes);
    c->dossiers = calloc(count, sizeof *c->dossiers);
    return c->actes != NULL && c->dossiers != NULL ? CTES_OK : ctes_fail_memory(err);
}

static ctes_status check(const ctes_record *records, size_t count,
                         const ctes_versement_options *options, const char *output,
                         ctes_error *err) {
    struct stat there;
    if (count == 0 || count > CTES_VERSEMENT_ACTES_MAX)
        return ctes_fail(err, CTES_E_USAGE, NULL, "%zu (1 … %d)", count, CTES_VERSEMENT_ACTES_MAX);
    if (options->service_archives == NULL || options->service_archives[0] == '\0')
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "archivage", "service_archives = ?");
    if (lstat(output, &there) == 0)
        return ctes_fail(err, CTES_E_USAGE, output, "%s", strerror(EEXIST));
    for (size_t i = 0; i < count; i++)
        if (!ctes_state_acknowledged(records[i].state))
            return ctes_fail(
                err, ctes_state_final(records[i].state) ? CTES_E_ACTE_STATE : CTES_E_NOT_YET,
                records[i].numero, "%s", ctes_state_name(records[i].state));
    return CTES_OK;
}

/* "versement/" and "versement" name one folder; it is there only once it is made. */
static ctes_status without_slash(const char *output, char **ret, ctes_error *err) {
    CTES_TRY(ctes_text_dup(output, ret, err));
    for (size_t length = strlen(*ret); length > 1 && (*ret)[length - 1] == '/';)
        (*ret)[--length] = '\0';
    return CTES_OK;
}

/* NULL when the acts have several. */
static const char *one_siren(const ctes_record *records, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (strcmp(records[i].siren, records[0].siren) != 0)
            return NULL;
    return records[0].siren;
}

static ctes_status write_manifest(const chantier *c, const ctes_context *context,
                                  const ctes_record *records, const ctes_versement_options *options,
                                  ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    char identifiant[64], comment[64];
    const char *producteur =
        options->producteur != NULL ? options->producteur : one_siren(records, c->count);
    int64_t now = ctes_now_ms(context);
    (void)snprintf(identifiant, sizeof identifiant, "ctes-%s-%lld-%zu", records[0].siren,
                   (long long)now, c->count);
    (void)snprintf(comment, sizeof comment, "Actes télétransmis (%zu)", c->count);
    const ctes_seda seda = {
        .comment = comment,
        .at_ms = now,
        .identifiant = identifiant,
        .accord = options->accord,
        .service_archives = options->service_archives,
        .service_versant =
            options->service_versant != NULL ? options->service_versant : records[0].siren,
        .producteur = producteur,
        .profil = options->profil,
        .niveau_service = options->niveau_service,
        .mode_entree = options->mode_entree,
        .regle_utilite = options->regle_utilite,
        .detruire = options->detruire,
        .regle_acces = options->regle_acces,
        .dossiers = c->dossiers,
        .dossier_count = c->count,
    };
    CTES_AUTO_BUFFER ctes_buffer manifest = CTES_BUFFER_INIT(CTES_SEDA_MAX);
    CTES_TRY(ctes_seda_write(&seda, &manifest, err));
    CTES_TRY(ctes_seda_validate(options->schemas, manifest.data, manifest.length, err));
    CTES_TRY(ctes_path_join(c->folder, "manifest.xml", &path, err));
    CTES_AUTO_FILE_WRITER ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&writer, path, err));
    CTES_TRY(ctes_file_write(&writer, manifest.data, manifest.length, err));
    return ctes_file_commit(&writer, err);
}

/* The archiving service's account reads it, like a report: its group's, not everybody's. */
static ctes_status publish(chantier *c, const char *output, ctes_error *err) {
    assert(c->content != NULL && c->folder != NULL);
    if (chmod(c->content, 0750) != 0 || chmod(c->folder, 0750) != 0 ||
        rename(c->folder, output) != 0)
        return ctes_fail_errno(err, errno, output);
    free(c->folder);
    c->folder = NULL;
    return CTES_OK;
}

ctes_status ctes_versement_write(const ctes_context *context, ctes_ledger *ledger,
                                 const ctes_record *records, size_t count,
                                 const ctes_versement_options *options, const char *output_name,
                                 ctes_error *err) {
    char *output CTES_AUTO_FREE = NULL;
    CTES_TRY(without_slash(output_name, &output, err));
    CTES_TRY(check(records, count, options, output, err));
    const char *archives =
        options->archives != NULL ? options->archives : ctes_store_folder(ledger);
    if (archives == NULL)
        return ctes_fail(err, CTES_E_CONFIG_MISSING, "chemins", "archives = ?");
    CTES_CLEANUP(chantier_clear) chantier c = { .folder = NULL };
    CTES_TRY(chantier_open(&c, output, count, err));
    assert(c.actes != NULL && c.dossiers != NULL);
    for (; c.count < count; c.count++) {
        const ctes_record *record = &records[c.count];
        ctes_status status = ctes_versement_acte_fill(ledger, archives, record, c.content,
                                                      &c.actes[c.count], &c.dossiers[c.count], err);
        if (options->producteur != NULL)
            c.dossiers[c.count].producteur = options->producteur;
        if (status != CTES_OK) {
            c.count++; /* its files are to be forgotten too */
            return ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, record->numero);
        }
    }
    CTES_TRY(write_manifest(&c, context, records, options, err));
    return publish(&c, output, err);
}
