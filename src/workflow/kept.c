#include "workflow/kept.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "sign/sign.h"
#include "xml/xml.h"

/* It is ours to the last byte: all that is made here may be read again, whatever it deflates to. */
static const ctes_pack_limits OURS = {
    .members = 1 + (size_t)CTES_ENVOI_MAX * (CTES_ANNEXES_MAX + 2),
    .member_size = CTES_ARCHIVE_MAX,
    .total_size = CTES_ARCHIVE_MAX + (uint64_t)(CTES_ENVOI_MAX + 1) * CTES_XML_SIZE_MAX,
    .ratio = 1100, /* more than deflate reaches */
};

static ctes_status check(const ctes_buffer *package, const ctes_envoi_row *envoi,
                         const char *sha256, ctes_error *err) {
    ctes_hash hash;
    char hex[65];
    CTES_TRY(ctes_hash_bytes(package->data, package->length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
    if (strcmp(hex, sha256) != 0)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, envoi->archive, "SHA-256 %s", hex);
    return CTES_OK;
}

ctes_status ctes_kept_read(const char *archives, const ctes_envoi_row *envoi, const char *sha256,
                           ctes_pack_visit visit, void *user, ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    if (envoi->archive_path == NULL)
        return ctes_fail(err, CTES_E_NOT_FOUND, envoi->archive, "%s", "");
    CTES_TRY(ctes_path_join(archives, envoi->archive_path, &path, err));
    CTES_AUTO_BUFFER ctes_buffer package = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    ctes_status status = ctes_file_read(path, &package, err);
    if (status == CTES_E_LIMIT) /* none that large was made */
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, envoi->archive, "> %d", CTES_ARCHIVE_MAX);
    CTES_TRY(status);
    CTES_TRY(check(&package, envoi, sha256, err));
    return ctes_pack_read(package.data, package.length, &OURS, visit, user, err);
}

bool ctes_kept_is_message(const ctes_envoi_row *envoi, const char *name) {
    size_t stem = envoi->unique_id != NULL ? strlen(envoi->unique_id) : 0;
    return stem > 0 && strncmp(name, envoi->unique_id, stem) == 0 &&
           strcmp(name + stem, "_0.xml") == 0;
}
