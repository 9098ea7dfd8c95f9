#include "workflow/pli.h"

#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "pack/pack.h"
#include "workflow/register.h"
#include "xml/xml.h"

enum { SERIALS_TRIED = 500 };

/* The messages that an enveloppe carries. */
typedef struct contents {
    const ctes_paquet *const *paquets;
    size_t count;
} contents;

void ctes_pli_clear(ctes_pli *pli) {
    if (pli == NULL)
        return;
    ctes_buffer_clear(&pli->enveloppe);
    ctes_free_charp(&pli->archive_path);
    ctes_free_charp(&pli->archive_relative);
    *pli = (ctes_pli)CTES_PLI_INIT;
}

/* --- the enveloppe ---------------------------------------------------------------------------- */

static ctes_status address(const ctes_autorite *autorite, const contents *inside,
                           ctes_enveloppe_cl *ret, ctes_error *err) {
    CTES_TRY(ctes_text_dup(autorite->siren, &ret->siren, err));
    CTES_TRY(ctes_text_dup(autorite->departement, &ret->departement, err));
    CTES_TRY(ctes_text_dup(autorite->arrondissement, &ret->arrondissement, err));
    CTES_TRY(ctes_text_dup(autorite->nature, &ret->nature, err));
    CTES_TRY(ctes_text_dup(autorite->referent_nom, &ret->referent.nom, err));
    CTES_TRY(ctes_text_dup(autorite->referent_telephone, &ret->referent.telephone, err));
    CTES_TRY(ctes_text_dup(autorite->referent_email, &ret->referent.email, err));
    for (size_t i = 0; i < autorite->adresse_count; i++)
        CTES_TRY(ctes_adresse_add(ret, autorite->adresses_retour[i], err));
    for (size_t i = 0; i < inside->count; i++)
        CTES_TRY(ctes_fichiers_add(&ret->formulaires, inside->paquets[i]->message_nom.text,
                                   inside->paquets[i]->message_signature.data, err));
    return CTES_OK;
}

static ctes_prefixe prefixe_of(const ctes_session *session) {
    ctes_prefixe prefixe = { "", "" }; /* checked when the session was opened */
    (void)ctes_text_copy(prefixe.trigramme, sizeof prefixe.trigramme, session->settings.trigramme);
    (void)ctes_text_copy(prefixe.quadrigramme, sizeof prefixe.quadrigramme,
                         session->settings.quadrigramme);
    return prefixe;
}

static ctes_status envelop(ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                           unsigned numero, const contents *inside, ctes_pli *pli,
                           ctes_error *err) {
    CTES_CLEANUP(ctes_enveloppe_cl_clear) ctes_enveloppe_cl enveloppe = { 0 };
    const ctes_prefixe prefixe = prefixe_of(session);
    ctes_hash hash;
    CTES_TRY(ctes_nom_archive(&prefixe, autorite->siren, day, numero, &pli->archive_nom, err));
    CTES_TRY(ctes_nom_enveloppe(&prefixe, autorite->siren, day, numero, &pli->enveloppe_nom, err));
    CTES_TRY(address(autorite, inside, &enveloppe, err));
    ctes_buffer_reset(&pli->enveloppe);
    CTES_TRY(ctes_xml_write_enveloppe(&enveloppe, &pli->enveloppe, err));
    CTES_TRY(ctes_xml_validate(session->schemas, pli->enveloppe.data, pli->enveloppe.length, err));
    CTES_TRY(ctes_hash_bytes(pli->enveloppe.data, pli->enveloppe.length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, pli->enveloppe_sha256);
    return CTES_OK;
}

ctes_status ctes_pli_envelop(ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                             unsigned numero, const ctes_paquet *const *paquets, size_t count,
                             ctes_pli *ret, ctes_error *err) {
    const contents inside = { paquets, count };
    return envelop(session, autorite, day, numero, &inside, ret, err);
}

/* --- the archive ------------------------------------------------------------------------------ */

static ctes_status tap(void *user, const void *bytes, size_t length, ctes_error *err) {
    return ctes_hasher_update(user, bytes, length, err);
}

static void free_hasherp(ctes_hasher **hasher) {
    ctes_hasher_free(*hasher);
}

static ctes_status write_members(const ctes_member *members, size_t count, ctes_date day,
                                 ctes_pli *pli, ctes_error *err) {
    CTES_CLEANUP(free_hasherp) ctes_hasher *hasher = NULL;
    ctes_hash hash;
    CTES_TRY(ctes_hasher_new(&hasher, err));
    int64_t mtime = (int64_t)ctes_date_days((ctes_date){ 1970, 1, 1 }, day) * 86400;
    CTES_TRY(ctes_pack_write(pli->archive_path, members, count, mtime, CTES_ARCHIVE_MAX, tap,
                             hasher, &pli->archive_size, err));
    CTES_TRY(ctes_hasher_final(hasher, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, pli->archive_sha256);
    return CTES_OK;
}

static size_t count_members(const contents *inside) {
    size_t count = 1;
    for (size_t i = 0; i < inside->count; i++)
        count += 1 + inside->paquets[i]->look_count;
    return count;
}

/* Message, document, annexes, and the next message. @return behind the last */
static ctes_member *list_members(const ctes_paquet *paquet, ctes_member *next) {
    *next++ = (ctes_member){ .name = paquet->message_nom.text,
                             .bytes = paquet->message.data,
                             .length = paquet->message.length };
    for (size_t i = 0; i < paquet->look_count; i++)
        *next++ = (ctes_member){ .name = paquet->looks[i].nom.text,
                                 .path = paquet->looks[i].piece->path };
    return next;
}

static ctes_status write_archive(const ctes_session *session, ctes_date day, const contents *inside,
                                 ctes_pli *pli, ctes_error *err) {
    size_t count = count_members(inside);
    ctes_member *members = calloc(count, sizeof *members);
    if (members == NULL)
        return ctes_fail_memory(err);
    members[0] = (ctes_member){ .name = pli->enveloppe_nom.text,
                                .bytes = pli->enveloppe.data,
                                .length = pli->enveloppe.length };
    ctes_member *next = members + 1;
    for (size_t i = 0; i < inside->count; i++)
        next = list_members(inside->paquets[i], next);
    ctes_seats_take(session->seats);
    ctes_status status = write_members(members, count, day, pli, err);
    ctes_seats_leave(session->seats);
    free(members);
    for (size_t i = 0; status == CTES_OK && i < inside->count; i++)
        status = ctes_paquet_unchanged(inside->paquets[i], err);
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_PACKAGE, pli->archive_nom.text);
}

/* --- its place and its serial ----------------------------------------------------------------- */

static ctes_status place(const ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                         ctes_pli *pli, ctes_error *err) {
    char date[11];
    ctes_date_format(day, date);
    CTES_AUTO_BUFFER ctes_buffer relative = CTES_BUFFER_INIT(4096);
    char *folder CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_buffer_printf(&relative, err, "archives/%s/%s", autorite->siren, date));
    CTES_TRY(ctes_path_join(session->archives, relative.data, &folder, err));
    CTES_TRY(ctes_folder_make(folder, err));
    CTES_TRY(ctes_buffer_printf(&relative, err, "/%s", pli->archive_nom.text));
    ctes_free_charp(&pli->archive_relative);
    ctes_free_charp(&pli->archive_path);
    CTES_TRY(ctes_buffer_take(&relative, &pli->archive_relative, err));
    return ctes_path_join(folder, pli->archive_nom.text, &pli->archive_path, err);
}

/* The operator's own counter where archives go to it, since a name that another client of the
 * authority takes too would destroy the archive that came first (S2LOW sheet § 6). What it gives is
 * nobody else's, and is used as it comes. */
static ctes_status take_serial(ctes_session *session, const ctes_link *link, bool theirs,
                               ctes_date day, unsigned *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = CTES_E_OPERATOR_UNSUPPORTED;
    if (theirs)
        status = link->operator_->serial(link->operator_, ret, &why);
    if (status == CTES_E_OPERATOR_UNSUPPORTED)
        return ctes_register_serial(session, link->autorite->siren, day, 1, ret, err);
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* Names made without the operator's counter, or forgotten by a register restored from an older
 * copy, are met once only. A serial that was asked for before midnight and came after it may be of
 * either day: under the wrong one it could be another client's name, and is dropped. */
ctes_status ctes_pli_make(ctes_session *session, const ctes_link *link, bool theirs,
                          const ctes_paquet *const *paquets, size_t count, ctes_pli *ret,
                          ctes_error *err) {
    const contents inside = { paquets, count };
    unsigned numero = 0;
    for (int i = 0; i < SERIALS_TRIED; i++) {
        ctes_date day = ctes_today(session->context);
        CTES_TRY(take_serial(session, link, theirs, day, &numero, err));
        if (ctes_date_compare(day, ctes_today(session->context)) != 0)
            continue;
        CTES_TRY(envelop(session, link->autorite, day, numero, &inside, ret, err));
        CTES_TRY(place(session, link->autorite, day, ret, err));
        if (access(ret->archive_path, F_OK) != 0)
            return write_archive(session, day, &inside, ret, err);
    }
    return ctes_fail(err, CTES_E_LIMIT, ret->archive_nom.text, "%d", SERIALS_TRIED);
}
