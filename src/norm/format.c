/* What a file is, by its content (fact sheet § 10). */
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "norm/regles.h"

typedef struct format_row {
    const char *magic;
    size_t length;
    const char *extension, *mime;
} format_row;

static const format_row FORMATS[] = {
    [CTES_FORMAT_UNKNOWN] = { "", 0, "", "application/octet-stream" },
    [CTES_FORMAT_PDF] = { "%PDF-", 5, "pdf", "application/pdf" },
    [CTES_FORMAT_PNG] = { "\x89PNG\r\n\x1a\n", 8, "png", "image/png" },
    [CTES_FORMAT_JPEG] = { "\xff\xd8\xff", 3, "jpg", "image/jpeg" },
    [CTES_FORMAT_XML] = { "<?xml", 5, "xml", "application/xml" },
};

enum { FORMAT_COUNT = sizeof FORMATS / sizeof FORMATS[0] };

ctes_format ctes_format_sniff(const void *head, size_t length) {
    for (size_t i = 1; i < FORMAT_COUNT; i++)
        if (length >= FORMATS[i].length && memcmp(head, FORMATS[i].magic, FORMATS[i].length) == 0)
            return (ctes_format)i;
    return CTES_FORMAT_UNKNOWN;
}

const char *ctes_format_extension(ctes_format format) {
    return FORMATS[(size_t)format < FORMAT_COUNT ? format : 0].extension;
}

const char *ctes_format_mime(ctes_format format) {
    return FORMATS[(size_t)format < FORMAT_COUNT ? format : 0].mime;
}

static ctes_status refuse(const char *path, ctes_format found, const char *wanted,
                          ctes_error *err) {
    const char *name = ctes_format_extension(found);
    return ctes_fail(err, CTES_E_DOCUMENT_TYPE, path, "%s ≠ %s", *name != '\0' ? name : "?",
                     wanted);
}

ctes_status ctes_format_check(const ctes_acte *acte, ctes_format document, ctes_format piece,
                              bool is_annexe, ctes_error *err) {
    if (is_annexe) {
        if (document == CTES_FORMAT_XML && piece != CTES_FORMAT_PDF)
            return refuse(NULL, piece, "pdf", err);
        return piece != CTES_FORMAT_UNKNOWN ? CTES_OK
                                            : refuse(NULL, piece, "pdf, png, jpg, xml", err);
    }
    bool budget = acte->nature == CTES_NATURE_BUDGET && acte->matiere.count >= 2 &&
                  acte->matiere.level[0] == 7 && acte->matiere.level[1] == 1;
    if (document == CTES_FORMAT_PDF || (document == CTES_FORMAT_XML && budget))
        return CTES_OK;
    return refuse(acte->document.path, document, budget ? "pdf, xml" : "pdf", err);
}

bool ctes_pdf_locked(const char *tail, size_t tail_length, const char *xref, size_t xref_length) {
    static const char MARK[] = "/Encrypt";
    return (tail != NULL && memmem(tail, tail_length, MARK, sizeof MARK - 1) != NULL) ||
           (xref != NULL && memmem(xref, xref_length, MARK, sizeof MARK - 1) != NULL);
}
