/* A ready-made archive (sheet § 2.2). Its name is all that tells one deposit from another: sending
 * a name again overwrites what was stored under it, and a refusal then deletes it. */
#include "sandbox/deposit_import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pack/pack.h"
#include "sandbox/deposit.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

#define IMPORT_PREFIX "Erreur d'importation de l'enveloppe :\n"

static bool say(sb_import *import, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool say(sb_import *import, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(import->reason, sizeof import->reason, format, args);
    va_end(args);
    return false;
}

/* Step 1: case matters. */
static bool check_name(sb_import *import) {
    const sb_options *options = &import->x->box->options;
    const char *name = import->name;
    size_t first = strcspn(name, "-");
    const char *second = name[first] == '-' ? name + first + 1 : "";
    size_t length = strcspn(second, "-");
    if (strlen(options->trigramme) != first || memcmp(name, options->trigramme, first) != 0)
        return say(import,
                   "L'archive n'a pas un nom valide : Le trigramme trouvé (%.*s) ne correspond pas "
                   "au trigramme attendu (%s)",
                   (int)(first < 64 ? first : 64), name, options->trigramme);
    if (strlen(options->quadrigramme) != length ||
        memcmp(second, options->quadrigramme, length) != 0)
        return say(import,
                   "L'archive n'a pas un nom valide : Le quadrigramme trouvé (%.*s) ne correspond "
                   "pas au quadrigramme attendu (%s)",
                   (int)(length < 64 ? length : 64), second, options->quadrigramme);
    size_t whole = strlen(name);
    if (whole <= first + 8 || whole > 100 || strcmp(name + whole - 7, ".tar.gz") != 0)
        return say(import, "L'archive n'a pas un nom valide : %.100s", name);
    (void)snprintf(import->path, sizeof import->path, "%s/import/%s",
                   import->x->account->authority->siren, name);
    (void)snprintf(import->envelope_name, sizeof import->envelope_name, "%.*s.xml",
                   (int)(whole - first - 1 - 7), second);
    return true;
}

static ctes_status put_member(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    const sb_import *import = user;
    return store_member_add(import->x->box->store, import->path, name, bytes, length, err);
}

/* Step 2. */
static bool unpack(sb_import *import, const form_field *file, ctes_error *err) {
    const unsigned char *bytes = (const unsigned char *)file->value;
    if (file->length < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b)
        return say(import, IMPORT_PREFIX "Mauvais format de l'archive (.tar.gz requis).");
    if (file->length > import->x->box->options.limits.total)
        return say(import,
                   IMPORT_PREFIX "La taille de l'archive est trop élevée, %zu octets (maximum %zu "
                                 "octets autorisés)",
                   file->length, import->x->box->options.limits.total);
    const ctes_pack_limits limits = CTES_PACK_LIMITS_INIT;
    if (ctes_pack_read(file->value, file->length, &limits, put_member, import, err) == CTES_OK)
        return true;
    if (err->code == CTES_E_LEDGER_IO)
        return false;
    *err = (ctes_error)CTES_ERROR_INIT;
    return say(import, IMPORT_PREFIX "Mauvais format de l'archive (.tar.gz requis).");
}

/* Step 4: the envelope must be that of the account's authority. */
static bool check_authority(sb_import *import) {
    const ctes_enveloppe_cl *from = &import->envelope.enveloppe_cl;
    const sb_authority *own = import->x->account->authority;
    const struct {
        const char *found, *wanted, *text;
    } rows[] = {
        { from->siren, own->siren, "Le SIREN de l'enveloppe" },
        { from->nature, own->nature, "La nature de la collectivité de l'enveloppe" },
        { from->departement, own->departement, "Le département de l'enveloppe" },
        { from->arrondissement, own->arrondissement, "L'arrondissement de l'enveloppe" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = rows[i].found != NULL ? rows[i].found : "";
        if (strcmp(found, rows[i].wanted) != 0)
            return say(import,
                       IMPORT_PREFIX "%s (%.40s) ne correspond pas à celui de la collectivité "
                                     "(%s). Abandon.",
                       rows[i].text, found, rows[i].wanted);
    }
    if (from->adresse_count == 0)
        return say(import, IMPORT_PREFIX "L'élément AdressesRetour est absent.");
    return true;
}

/* The server puts its own mailbox first and writes the envelope anew. */
static ctes_status rewrite_envelope(sb_import *import, ctes_error *err) {
    ctes_enveloppe_cl *envelope = &import->envelope.enveloppe_cl;
    CTES_CLEANUP(ctes_enveloppe_cl_clear)
    ctes_enveloppe_cl given = { .adresses = envelope->adresses,
                                .adresse_count = envelope->adresse_count };
    envelope->adresses = NULL;
    envelope->adresse_count = 0;
    CTES_TRY(ctes_adresse_add(envelope, RETURN_MAILBOX, err));
    for (size_t i = 0; i < given.adresse_count; i++)
        CTES_TRY(ctes_adresse_add(envelope, given.adresses[i], err));
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    CTES_TRY(ctes_xml_write_enveloppe(envelope, &bytes, err));
    return store_member_replace(import->x->box->store, import->path, import->envelope_name,
                                bytes.data, bytes.length, err);
}

/* Steps 3 and 4. */
static bool read_envelope(sb_import *import, ctes_error *err) {
    sb_store *store = import->x->box->store;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_error fault = CTES_ERROR_INIT;
    if (store_member_get(store, import->path, import->envelope_name, &bytes, &fault) != CTES_OK)
        return say(import, IMPORT_PREFIX "Impossible de trouver le fichier XML enveloppe "
                                         "correspondant à l'archive.");
    if (ctes_xml_read(NULL, bytes.data, bytes.length, &import->envelope, NULL, &fault) != CTES_OK ||
        import->envelope.kind != CTES_M_ENVELOPPE_CL)
        return say(import, IMPORT_PREFIX "Le fichier XML enveloppe est illisible.");
    if (!check_authority(import))
        return false;
    if (rewrite_envelope(import, err) == CTES_OK)
        return true;
    if (err->code == CTES_E_CHARSET)
        return say(import, IMPORT_PREFIX "Le fichier XML enveloppe est illisible.");
    return false;
}

/* Step 5. */
static bool import_messages(sb_import *import, ctes_error *err) {
    const ctes_fichiers *list = &import->envelope.enveloppe_cl.formulaires;
    if (list->count == 0 || list->count > IMPORT_MAX)
        return say(import, IMPORT_PREFIX "Aucun formulaire dans l'enveloppe.");
    if (store_envelope_add(import->x->box->store, import->x->account->authority->siren,
                           import->x->account->name, import->path, "submit", box_now_ms(),
                           &import->envelope_id, err) != CTES_OK)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!import_formulaire(import, &list->items[i], err)) {
            char cause[sizeof import->reason];
            (void)ctes_text_copy(cause, sizeof cause, import->reason);
            return cause[0] == '\0'
                       ? false
                       : say(import, "Erreur d'importation transaction : %.900s", cause);
        }
    }
    return true;
}

/* The antivirus job is queued for the last transaction only: the others lag (trap T20). */
static ctes_status lag_behind(sb_import *import, ctes_error *err) {
    for (size_t i = 0; i + 1 < import->count; i++) {
        sb_transac t;
        CTES_TRY(store_transac_get(import->x->box->store, import->ids[i], &t, err));
        t.lag = 1;
        CTES_TRY(store_transac_move(import->x->box->store, &t, err));
    }
    return CTES_OK;
}

static bool import_archive(sb_import *import, const form_field *file, ctes_error *err) {
    sb_store *store = import->x->box->store;
    /* the file takes its place before anything is known of it */
    if (store_begin(store, err) != CTES_OK ||
        store_archive_delete(store, import->path, err) != CTES_OK)
        return false;
    return unpack(import, file, err) && read_envelope(import, err) &&
           import_messages(import, err) && lag_behind(import, err) == CTES_OK &&
           store_commit(store, err) == CTES_OK;
}

static void say_success(sb_import *import, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer payload = CTES_BUFFER_INIT(1u << 16);
    ctes_status status = ctes_buffer_printf(&payload, err, "%zu\n", import->count);
    for (size_t i = 0; i < import->count && status == CTES_OK; i++)
        status = ctes_buffer_printf(&payload, err, "%lld\n", (long long)import->ids[i]);
    reply_success(import->x, payload.data != NULL ? payload.data : "");
    for (size_t i = 0; i < import->count && status == CTES_OK; i++)
        status = prefecture_deposited(import->x->box, import->ids[i], err);
    if (status != CTES_OK)
        reply_exception(import->x, err);
}

static void run(sb_import *import, const form_field *file) {
    sb_store *store = import->x->box->store;
    ctes_error err = CTES_ERROR_INIT;
    store_lock(store);
    bool done = import_archive(import, file, &err);
    if (!done) {
        ctes_error ignored = CTES_ERROR_INIT;
        store_rollback(store);
        /* all or nothing, and the archive goes: also one that lay there before (sheet § 6) */
        if (store_archive_delete(store, import->path, &ignored) != CTES_OK)
            err = ignored;
    }
    if (done)
        say_success(import, &err);
    store_unlock(store);
    if (!done && import->reason[0] != '\0')
        reply_failure(import->x, import->reason);
    else if (!done)
        reply_exception(import->x, &err);
}

void page_submit(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_EDIT, false))
        return;
    if (x->box->options.submit_off) {
        reply_failure(x, "Cette fonctionnalité est déprécié. Veuillez utiliser "
                         "actes_transac_create.php");
        return;
    }
    if (!require_rgs(x))
        return;
    const form_field *file = form_file(&x->post, "enveloppe", FORM_NO_INDEX);
    char detail[80];
    if (file == NULL || file->filename[0] == '\0') {
        reply_failure(x, "Pas de fichier archive spécifié.");
        return;
    }
    if (deposit_upload_fault(x, file, detail, sizeof detail) != NULL) {
        reply_failure(x, "Envoi de fichier incorrect.");
        return;
    }
    sb_import import = { .x = x, .name = file->filename };
    if (!check_name(&import))
        reply_failure(x, import.reason);
    else
        run(&import, file);
    ctes_message_clear(&import.envelope);
}
