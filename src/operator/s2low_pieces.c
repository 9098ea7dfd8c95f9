/* The documents of a form: each with its type, and with its signature where it has one. */
#include "operator/s2low.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

/* Always said: the server's default for a missing type is dead code, it refuses (T1). */
static ctes_status add_type(ctes_s2low_form *form, const char *name, const ctes_depot_piece *piece,
                            ctes_error *err) {
    if (piece->type_pj == NULL || strlen(piece->type_pj) != 5)
        return ctes_fail(err, CTES_E_TYPE_PJ_INVALID, piece->nom, "%s",
                         piece->type_pj != NULL ? piece->type_pj : "");
    return ctes_s2low_form_value(form, name, piece->type_pj, err);
}

static ctes_status add_piece(ctes_s2low_form *form, const char *name, const ctes_depot_piece *piece,
                             ctes_error *err) {
    char *posted CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_posted_name(piece->nom, piece->mime, &posted, err));
    return ctes_s2low_form_file(form, name, posted, piece->mime, piece->path, err);
}

/* The content goes into the message as it stands, but for each '"', which the server turns into
 * '\"' (§ 2.3): what is not PEM would arrive as another signature. */
static ctes_status add_signature(ctes_s2low_form *form, const char *name,
                                 const ctes_depot_piece *piece, ctes_error *err) {
    static const char PEM[] = "-----BEGIN ";
    if (piece->signature == NULL || piece->signature_length == 0)
        return CTES_OK; /* an empty part would be an error (T15) */
    if (piece->signature_length < strlen(PEM) || memcmp(piece->signature, PEM, strlen(PEM)) != 0 ||
        memchr(piece->signature, '"', piece->signature_length) != NULL ||
        memchr(piece->signature, '\0', piece->signature_length) != NULL)
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, piece->nom, "PEM");
    char *stem CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_posted_name(piece->nom, piece->mime, &stem, err));
    CTES_AUTO_BUFFER ctes_buffer posted = CTES_BUFFER_INIT(512);
    CTES_TRY(ctes_buffer_printf(&posted, err, "%s.p7s", stem));
    return ctes_s2low_form_bytes(form, name, posted.data, "application/x-pkcs7-signature",
                                 piece->signature, piece->signature_length, err);
}

static ctes_status add_annexes(ctes_s2low_form *form, const ctes_depot_piece *annexes, size_t count,
                               ctes_error *err) {
    for (size_t i = 0; i < count; i++) {
        const ctes_depot_piece *annexe = &annexes[i];
        char name[48];
        CTES_TRY(add_type(form, "type_pj[]", annexe, err));
        CTES_TRY(add_piece(form, "acte_attachments[]", annexe, err));
        /* explicit, because not every annexe has one (§ 2.1) */
        (void)snprintf(name, sizeof name, "acte_attachments_sign[%zu]", i);
        CTES_TRY(add_signature(form, name, annexe, err));
    }
    return CTES_OK;
}

ctes_status ctes_s2low_form_pieces(ctes_s2low_form *form, const ctes_depot_piece *document,
                                   const ctes_depot_piece *annexes, size_t annexe_count,
                                   ctes_error *err) {
    CTES_TRY(add_type(form, "type_acte", document, err));
    CTES_TRY(add_piece(form, "acte_pdf_file", document, err));
    CTES_TRY(add_signature(form, "acte_pdf_file_sign", document, err));
    return add_annexes(form, annexes, annexe_count, err);
}
