/* A multipart form for S2LOW: values in ISO-8859-1 (T2), files streamed from disk, and the readable
 * record of what is sent. */
#ifndef CTES_OPERATOR_S2LOW_FORM_H
#define CTES_OPERATOR_S2LOW_FORM_H

#include "base/buffer.h"
#include "net/transport.h"

/** Files in one request, signatures included: PHP's max_file_uploads (sheet § 6). */
#define CTES_S2LOW_FILES_MAX 200

typedef struct ctes_s2low_form {
    ctes_part *parts;
    size_t part_count;
    size_t part_capacity;
    size_t file_count;
    ctes_buffer fields; /* "name=value" lines, UTF-8, of what is no file */
} ctes_s2low_form;

#define CTES_S2LOW_FORM_INIT                                                                       \
    { .fields = CTES_BUFFER_INIT(64u << 10) }

void ctes_s2low_form_clear(ctes_s2low_form *form);
#define CTES_AUTO_S2LOW_FORM CTES_CLEANUP(ctes_s2low_form_clear)

/** Adds a plain value, UTF-8. @return CTES_OK, CTES_E_CHARSET, CTES_E_LIMIT, CTES_E_MEMORY. */
ctes_status ctes_s2low_form_value(ctes_s2low_form *form, const char *name, const char *utf8,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Adds a file on disk under the name `posted`.
 *  @return CTES_OK, CTES_E_TOO_MANY_FILES, CTES_E_MEMORY. */
ctes_status ctes_s2low_form_file(ctes_s2low_form *form, const char *name, const char *posted,
                                 const char *mime, const char *path,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Adds a file whose content is in memory; `bytes` is borrowed until the form is cleared. */
ctes_status ctes_s2low_form_bytes(ctes_s2low_form *form, const char *name, const char *posted,
                                  const char *mime, const char *bytes, size_t length,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Makes a file name that every generation stores unharmed (T16): [A-Za-z0-9._ ], anything else one
 *  '_', ending as `mime` has it. */
ctes_status ctes_s2low_posted_name(const char *name, const char *mime, char **ret,
                                   ctes_error *err) CTES_MUST_CHECK;

#endif
