#include "workflow/retour.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "mail/mail.h"
#include "pack/pack.h"

void ctes_retour_clear(ctes_retour *retour) {
    if (retour == NULL)
        return;
    for (size_t i = 0; i < retour->count; i++) {
        free(retour->files[i].nom);
        free(retour->files[i].path);
    }
    free(retour->files);
    free(retour->words);
    ctes_message_clear(&retour->contents);
    *retour = (ctes_retour)CTES_RETOUR_INIT;
}

/* The part behind the last separator, of whichever system: a message seen in tests names
 * "/tmp/…", a mail program may name "C:\…". */
static const char *base_of(const char *nom) {
    const char *slash = strrchr(nom, '/'), *backslash = strrchr(nom, '\\');
    const char *last =
        slash == NULL || (backslash != NULL && backslash > slash) ? backslash : slash;
    return last != NULL ? last + 1 : nom;
}

ctes_status ctes_retour_add(ctes_retour *retour, const char *nom, const char *path, uint64_t size,
                            ctes_error *err) {
    if (retour->count == CTES_RETOUR_FILES_MAX)
        return ctes_fail(err, CTES_E_ARCHIVE_LIMIT, NULL, "> %d", CTES_RETOUR_FILES_MAX);
    void *items =
        ctes_array_room(retour->files, retour->count, &retour->room, sizeof *retour->files);
    if (items == NULL)
        return ctes_fail_memory(err);
    retour->files = items;
    ctes_retour_file *file = &retour->files[retour->count];
    *file = (ctes_retour_file){ .size = size };
    retour->count++; /* what of it is filled in is released with the rest */
    CTES_TRY(ctes_text_dup(base_of(nom), &file->nom, err));
    return ctes_text_dup(path, &file->path, err);
}

/* --- archives --------------------------------------------------------------------------------- */

typedef struct unpacking {
    ctes_retour *retour;
    const char *folder;
} unpacking;

static ctes_status unpack_one(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    const unpacking *u = user;
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(4096);
    ctes_file_writer writer CTES_AUTO_FILE_WRITER = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_buffer_printf(&path, err, "%s/%03zu", u->folder, u->retour->count));
    CTES_TRY(ctes_file_create(&writer, path.data, err));
    CTES_TRY(ctes_file_write(&writer, bytes, length, err));
    CTES_TRY(ctes_file_commit(&writer, err));
    return ctes_retour_add(u->retour, name, path.data, length, err);
}

static ctes_status open_archive(const char *path, const char *folder, ctes_retour *retour,
                                ctes_error *err) {
    const ctes_pack_limits limits = CTES_PACK_LIMITS_INIT;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    unpacking u = { retour, folder };
    ctes_status status = ctes_file_read(path, &bytes, err);
    if (status == CTES_E_LIMIT)
        return ctes_fail(err, CTES_E_ARCHIVE_LIMIT, NULL, "> %d", CTES_ARCHIVE_MAX);
    CTES_TRY(status);
    return ctes_pack_read(bytes.data, bytes.length, &limits, unpack_one, &u, err);
}

/* --- mails ------------------------------------------------------------------------------------ */

static ctes_status take_attachment(void *user, const ctes_mail_piece *piece, ctes_error *err) {
    return ctes_retour_add(user, piece->nom, piece->path, piece->size, err);
}

static ctes_status open_mail(const char *path, const char *folder, ctes_retour *retour,
                             ctes_error *err) {
    CTES_CLEANUP(ctes_mail_clear) ctes_mail mail = CTES_MAIL_INIT;
    CTES_TRY(ctes_mail_read(path, folder, take_attachment, retour, &mail, err));
    CTES_AUTO_BUFFER ctes_buffer words = CTES_BUFFER_INIT(1u << 20);
    CTES_TRY(ctes_buffer_printf(&words, err, "%s\n%s", mail.subject != NULL ? mail.subject : "",
                                mail.text != NULL ? mail.text : ""));
    return ctes_buffer_take(&words, &retour->words, err);
}

/* --- the enveloppe ---------------------------------------------------------------------------- */

ctes_status ctes_retour_bytes(const ctes_retour_file *file, ctes_buffer *ret, ctes_error *err) {
    if (file->size > CTES_XML_SIZE_MAX)
        return ctes_fail(err, CTES_E_XML_LIMIT, file->nom, "> %u", CTES_XML_SIZE_MAX);
    return ctes_file_read(file->path, ret, err);
}

static bool is_enveloppe(ctes_message_kind kind) {
    return kind == CTES_M_ENVELOPPE_MI || kind == CTES_M_ANOMALIE_ENVELOPPE;
}

/* Is there XML at all? Documents are of many megabytes and need not be read for that. */
static bool begins_like_xml(const char *bytes, size_t length) {
    static const char MARK[] = "\xEF\xBB\xBF";
    size_t at = length >= 3 && memcmp(bytes, MARK, 3) == 0 ? 3 : 0;
    while (at < length && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
        at++;
    return at < length && bytes[at] == '<';
}

/* What one file says: a document that is no message of the norm (an annexe in XML) says nothing. */
static ctes_status look_into(ctes_session *session, ctes_retour *retour,
                             const ctes_retour_file *file, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    if (file->size > CTES_XML_SIZE_MAX)
        return CTES_OK;
    CTES_TRY(ctes_file_read(file->path, &bytes, err));
    if (!begins_like_xml(bytes.data, bytes.length))
        return CTES_OK;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status =
        ctes_xml_read(session->schemas, bytes.data, bytes.length, &message, NULL, &why);
    if (status == CTES_E_MEMORY)
        return ctes_fail_memory(err);
    /* one that lacks a member, or is cut, was meant as one all the same */
    retour->holds_xml = retour->holds_xml || status != CTES_E_XML_ROOT;
    if (status != CTES_OK || !is_enveloppe(message.kind))
        return CTES_OK;
    if (retour->enveloppe != NULL)
        return ctes_fail(err, CTES_E_ARCHIVE_MEMBER, file->nom, "%s, %s",
                         ctes_message_root(retour->contents.kind), ctes_message_root(message.kind));
    retour->enveloppe = file;
    retour->contents = message;
    message = (ctes_message)CTES_MESSAGE_INIT;
    return CTES_OK;
}

ctes_status ctes_retour_open(ctes_session *session, const ctes_parcel *parcel, const char *folder,
                             ctes_retour *ret, ctes_error *err) {
    ctes_retour_clear(ret);
    CTES_TRY(parcel->form == CTES_PARCEL_MAIL ? open_mail(parcel->path, folder, ret, err)
                                              : open_archive(parcel->path, folder, ret, err));
    for (size_t i = 0; i < ret->count; i++)
        CTES_TRY(look_into(session, ret, &ret->files[i], err));
    return CTES_OK;
}

ctes_retour_file *ctes_retour_find(const ctes_retour *retour, const char *nom) {
    const char *base = base_of(nom);
    for (size_t i = 0; i < retour->count; i++)
        if (strcasecmp(retour->files[i].nom, base) == 0)
            return &retour->files[i];
    return NULL;
}

bool ctes_retour_is_reminder(const ctes_retour *retour) {
    static const char *const words[] = { "multi canal", "multi-canal", "multicanal" };
    if (retour->words == NULL || retour->holds_xml || retour->enveloppe != NULL)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(retour->words, words[i]) != NULL)
            return true;
    return false;
}
