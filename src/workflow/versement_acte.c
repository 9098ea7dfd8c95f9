#include "workflow/versement_acte.h"

#include <ctype.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "sign/sign.h"
#include "workflow/kept.h"

void ctes_versement_acte_clear(ctes_versement_acte *acte) {
    if (acte == NULL)
        return;
    for (size_t i = 0; acte->textes != NULL && i < acte->count; i++) {
        free(acte->textes[i].uri);
        free(acte->textes[i].nom);
        free(acte->textes[i].titre);
    }
    free(acte->textes);
    free(acte->objets);
    free(acte->titre);
    free(acte->matiere);
    *acte = (ctes_versement_acte){ .objets = NULL };
}

/* A file being put into the folder: where it comes from decides what it must be. */
typedef struct filling {
    const ctes_record *record;
    const char *content;
    const ctes_envoi_row *envoi; /* whose package is being read */
    ctes_versement_acte *acte;
    size_t accuses;     /* acknowledgements that are still to come */
    ctes_status status; /* of a callback that cannot return one */
    ctes_error *err;
} filling;

static ctes_status write_file(const char *folder, const char *nom, const void *bytes, size_t length,
                              ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(folder, nom, &path, err));
    CTES_AUTO_FILE_WRITER ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&writer, path, err));
    CTES_TRY(ctes_file_write(&writer, bytes, length, err));
    return ctes_file_commit(&writer, err);
}

/* `expected` is what the register says of the file's bytes; NULL: nothing. */
static ctes_status put(filling *f, size_t at, const char *nom, const void *bytes, size_t length,
                       const char *expected, ctes_error *err) {
    ctes_seda_objet *objet = &f->acte->objets[at];
    ctes_versement_textes *textes = &f->acte->textes[at];
    CTES_AUTO_BUFFER ctes_buffer uri = CTES_BUFFER_INIT(sizeof "content/" + CTES_NOM_MAX);
    ctes_hash hash;
    CTES_TRY(ctes_hash_bytes(bytes, length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, textes->sha256);
    if (expected != NULL && strcmp(textes->sha256, expected) != 0)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, nom, "SHA-256 %s", textes->sha256);
    if (objet->uri != NULL)
        return ctes_fail(err, CTES_E_ARCHIVE_MEMBER, nom, "%s", "2");
    CTES_TRY(ctes_buffer_printf(&uri, err, "content/%s", nom));
    CTES_TRY(ctes_buffer_take(&uri, &textes->uri, err));
    objet->uri = textes->uri; /* from here on the file is known and forgotten with the others */
    objet->sha256 = textes->sha256;
    objet->size = length;
    return write_file(f->content, nom, bytes, length, err);
}

static ctes_status describe(filling *f, size_t at, const char *nom, const char *titre,
                            const char *mime, const char *type, ctes_error *err) {
    ctes_seda_objet *objet = &f->acte->objets[at];
    ctes_versement_textes *textes = &f->acte->textes[at];
    CTES_TRY(ctes_text_display(nom, strlen(nom), &textes->nom, err));
    CTES_TRY(ctes_text_dup(titre, &textes->titre, err));
    objet->nom = textes->nom;
    objet->titre = textes->titre;
    objet->mime = mime;
    objet->type = type != NULL && type[0] != '\0' ? type : NULL;
    return CTES_OK;
}

static ctes_status describe_pieces(filling *f, ctes_error *err) {
    for (size_t i = 0; i < f->record->piece_count; i++) {
        const ctes_record_piece *piece = &f->record->pieces[i];
        char titre[64];
        if (i == 0)
            (void)snprintf(titre, sizeof titre, "%s", f->acte->titre);
        else
            (void)snprintf(titre, sizeof titre, "Annexe %zu", i);
        CTES_TRY(
            describe(f, i, ctes_path_base(piece->path), titre, piece->mime, piece->type_pj, err));
    }
    return CTES_OK;
}

static size_t message_at(const filling *f) {
    return f->record->piece_count;
}

static size_t accuse_at(const filling *f) {
    return f->record->piece_count + 1;
}

/* The package's enveloppe is the operator's business, and other acts in it are theirs: they stay
 * behind. */
static ctes_status visit(void *user, const char *name, const void *bytes, size_t length,
                         ctes_error *err) {
    filling *f = user;
    for (size_t i = 0; i < f->record->piece_count; i++) {
        const ctes_record_piece *piece = &f->record->pieces[i];
        if (piece->nom != NULL && strcmp(piece->nom, name) == 0)
            return put(f, i, name, bytes, length, piece->sha256, err);
    }
    if (!ctes_kept_is_message(f->envoi, name))
        return CTES_OK;
    CTES_TRY(put(f, message_at(f), name, bytes, length, NULL, err));
    return describe(f, message_at(f), name, "Message de transmission (1-1)", "application/xml",
                    NULL, err);
}

static ctes_status take_package(filling *f, ctes_ledger *ledger, const char *archives,
                                ctes_error *err) {
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { .id = 0 };
    CTES_TRY(ctes_store_last_envoi(ledger, f->record->id, &envoi, err));
    f->envoi = &envoi;
    ctes_status status = ctes_kept_read(archives, &envoi, f->record->archive_sha256, visit, f, err);
    f->envoi = NULL;
    CTES_TRY(status);
    for (size_t i = 0; i <= message_at(f); i++)
        if (f->acte->objets[i].uri == NULL)
            return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, envoi.archive, "%zu / %zu", i,
                             message_at(f) + 1);
    return CTES_OK;
}

static bool is_accuse(const ctes_record_evidence *evidence) {
    return strcmp(evidence->kind, "ARActe") == 0;
}

static void count_accuse(void *user, const ctes_record_evidence *evidence) {
    filling *f = user;
    f->accuses += is_accuse(evidence);
}

/* The last one is the act's own: it ends the wait, and before it there may be some that answer
 * another act (CTES_STATE_DISCORDANT). */
static void take_accuse(void *user, const ctes_record_evidence *evidence) {
    filling *f = user;
    ctes_nom nom;
    if (f->status != CTES_OK || !is_accuse(evidence) || --f->accuses > 0)
        return;
    f->status = ctes_nom_message(f->record->id_acte, 1, 2, 0, &nom, f->err);
    if (f->status == CTES_OK)
        f->status = put(f, accuse_at(f), nom.text, evidence->bytes, evidence->length,
                        evidence->sha256, f->err);
    if (f->status == CTES_OK)
        f->status =
            describe(f, accuse_at(f), nom.text, "Accusé de réception de la préfecture (1-2)",
                     "application/xml", NULL, f->err);
}

static ctes_status make_titles(filling *f, ctes_error *err) {
    const ctes_record *record = f->record;
    CTES_AUTO_BUFFER ctes_buffer titre = CTES_BUFFER_INIT(4096);
    char date[24], code[32];
    ctes_date_francais(record->date, date);
    ctes_matiere_format(&record->matiere, code);
    CTES_TRY(ctes_buffer_printf(&titre, err, "%s n° %s du %s", ctes_nature_nom(record->nature),
                                record->numero, date));
    CTES_TRY(ctes_buffer_take(&titre, &f->acte->titre, err));
    f->acte->titre[0] = (char)toupper((unsigned char)f->acte->titre[0]);
    return ctes_text_dup(code, &f->acte->matiere, err);
}

ctes_status ctes_versement_acte_fill(ctes_ledger *ledger, const char *archives,
                                     const ctes_record *record, const char *content,
                                     ctes_versement_acte *acte, ctes_seda_dossier *dossier,
                                     ctes_error *err) {
    filling f = { .record = record, .content = content, .acte = acte, .err = err };
    size_t room = record->piece_count + 2;
    acte->objets = calloc(room, sizeof *acte->objets);
    acte->textes = calloc(room, sizeof *acte->textes);
    if (acte->objets == NULL || acte->textes == NULL)
        return ctes_fail_memory(err);
    acte->count = room;
    CTES_TRY(make_titles(&f, err));
    CTES_TRY(describe_pieces(&f, err));
    CTES_TRY(take_package(&f, ledger, archives, err));
    CTES_TRY(ctes_ledger_evidence(ledger, record->id, count_accuse, &f, err));
    CTES_TRY(ctes_ledger_evidence(ledger, record->id, take_accuse, &f, err));
    CTES_TRY(f.status);
    if (acte->objets[accuse_at(&f)].uri == NULL)
        return ctes_fail(err, CTES_E_NOT_FOUND, "ARActe", "%s", record->id_acte);
    *dossier = (ctes_seda_dossier){
        .titre = acte->titre,
        .numero = record->numero,
        .id_acte = record->id_acte,
        .objet = record->objet,
        .nature = ctes_nature_libelle(record->nature),
        .matiere = acte->matiere,
        .matiere_nom = ctes_matiere_libelle(&record->matiere, 2),
        .producteur = record->siren,
        .date = record->date,
        .envoi = ctes_date_of_ms(record->sent_ms),
        .reception = record->reception,
        .objets = acte->objets,
        .objet_count = acte->count,
    };
    return CTES_OK;
}
