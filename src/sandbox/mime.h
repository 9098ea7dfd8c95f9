/* What a file is, by its content alone (sheet § 2.1: libmagic, never the name). */
#ifndef CTES_SANDBOX_MIME_H
#define CTES_SANDBOX_MIME_H

#include <stdbool.h>
#include <stddef.h>

typedef struct mime_type {
    const char *mime;
    const char *extension; /**< "" for a type that is not taken */
} mime_type;

const mime_type *mime_sniff(const void *bytes, size_t length);

/** Is it a type of document that is taken at all, by its name? */
bool mime_taken(const char *mime);
bool mime_is_pdf(const mime_type *type);
bool mime_is_xml(const mime_type *type);

#endif
