#include "workflow/delivery.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "workflow/courrier_register.h"
#include "workflow/outcome.h"

void ctes_delivery_clear(ctes_delivery *delivery) {
    ctes_free_charp(&delivery->relative);
    ctes_free_charp(&delivery->absolute);
    ctes_free_charp(&delivery->raw);
}

void ctes_delivered_clear(ctes_delivered *delivered) {
    ctes_buffer_clear(&delivered->bytes);
    ctes_message_clear(&delivered->message);
    ctes_free_charp(&delivered->invalid);
}

bool ctes_about_the_parcel(ctes_status status) {
    switch (ctes_status_kind(status)) {
    case CTES_KIND_HOSTILE:
    case CTES_KIND_INPUT:
    case CTES_KIND_REFUSED:
        return true;
    default:
        return status == CTES_E_LIMIT || status == CTES_E_AUTORITE_UNKNOWN;
    }
}

/* --- places ----------------------------------------------------------------------------------- */

/* The hash makes the place: what is fetched again comes to lie where it lay. */
static ctes_status make_place(ctes_delivery *delivery, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(4096);
    ctes_date today = ctes_today(delivery->session->context);
    CTES_TRY(ctes_buffer_printf(&path, err, "archives/%s/retours/%04d/%.16s",
                                delivery->link->autorite->siren, today.year, delivery->sha256));
    CTES_TRY(ctes_buffer_take(&path, &delivery->relative, err));
    CTES_TRY(
        ctes_path_join(delivery->session->archives, delivery->relative, &delivery->absolute, err));
    return ctes_folder_make(delivery->absolute, err);
}

ctes_status ctes_delivery_keep(ctes_delivery *delivery, ctes_error *err) {
    const ctes_parcel *parcel = delivery->parcel;
    const char *name = parcel->form != CTES_PARCEL_MAIL ? "retour.tar.gz"
                       : parcel->beyond > 0             ? "retour-debut.eml"
                                                        : "retour.eml";
    char *place CTES_AUTO_FREE = NULL;
    CTES_TRY(make_place(delivery, err));
    CTES_TRY(ctes_path_join(delivery->relative, name, &delivery->raw, err));
    CTES_TRY(ctes_path_join(delivery->absolute, name, &place, err));
    return ctes_file_keep(delivery->parcel->path, place, err);
}

/* A name from outside is a name here only if the norm would make it so. */
static bool may_name_a_file(const ctes_delivery *delivery, const ctes_retour_file *file) {
    ctes_nom_parts parts;
    return strlen(file->nom) <= CTES_NOM_MAX && strchr(file->nom, '/') == NULL &&
           ctes_text_is_ascii(file->nom, strlen(file->nom)) &&
           ctes_nom_parse(file->nom, &parts, NULL) == CTES_OK &&
           ctes_retour_find(delivery->retour, file->nom) == file;
}

ctes_status ctes_delivery_keep_file(const ctes_delivery *delivery, ctes_retour_file *file,
                                    char **ret, char ret_sha256[static 65], ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(256);
    char *relative CTES_AUTO_FREE = NULL, *place CTES_AUTO_FREE = NULL;
    ctes_hash hash;
    if (may_name_a_file(delivery, file))
        CTES_TRY(ctes_buffer_puts(&name, file->nom, err));
    else
        CTES_TRY(
            ctes_buffer_printf(&name, err, "%03zu", (size_t)(file - delivery->retour->files) + 1));
    CTES_TRY(ctes_path_join(delivery->relative, name.data, &relative, err));
    CTES_TRY(ctes_path_join(delivery->absolute, name.data, &place, err));
    CTES_TRY(ctes_hash_file(file->path, &hash, NULL, err));
    if (strcmp(file->path, place) != 0) { /* else two messages name it */
        CTES_TRY(ctes_file_keep(file->path, place, err));
        free(file->path);
        file->path = CTES_TAKE(place); /* it may be a message as well, and still be read */
    }
    ctes_text_hex(hash.bytes, sizeof hash.bytes, ret_sha256);
    *ret = CTES_TAKE(relative);
    return CTES_OK;
}

/* --- telling ---------------------------------------------------------------------------------- */

ctes_status ctes_delivery_tell(ctes_delivery *delivery, int64_t courrier, bool known,
                               const ctes_error *why, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    if (delivery->watch->each == NULL || delivery->stopped)
        return CTES_OK;
    outcome.known = known;
    CTES_TRY(ctes_courrier_load(delivery->session, courrier, &outcome.courrier, err));
    if (why != NULL) {
        outcome.error = *why;
        (void)ctes_fail_at(&outcome.error, why->code, CTES_STAGE_ACQUITTEMENT, NULL);
        CTES_TRY(ctes_text_dup(delivery->parcel->source, &outcome.source, err));
    }
    delivery->stopped = !delivery->watch->each(delivery->watch->user, &outcome);
    return CTES_OK;
}

void ctes_delivery_tell_acte(ctes_delivery *delivery, const ctes_record *before, int64_t acte) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    const ctes_inbox_watch *watch = delivery->watch;
    if (watch->acte == NULL || delivery->stopped ||
        ctes_outcome_load(delivery->session, acte, &outcome, NULL) != CTES_OK ||
        outcome.record.state == before->state)
        return;
    outcome.result = CTES_RESULT_CHANGED;
    delivery->stopped = !watch->acte(watch->acte_user, &outcome);
}
