/* The stamped copy of an act. */
#include <string.h>

#include <ctes/document.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sign/sign.h"
#include "workflow/papers.h"
#include "workflow/papers_apart.h"

enum { OUT_MAX = CTES_ARCHIVE_MAX + (64 << 20) };

static ctes_status read_document(const ctes_record *record, ctes_buffer *out, ctes_error *err) {
    const ctes_record_piece *piece = &record->pieces[0];
    ctes_error cause = CTES_ERROR_INIT;
    ctes_status status = ctes_file_read(piece->path, out, &cause);
    if (status == CTES_E_NOT_FOUND)
        return ctes_fail(err, CTES_E_DOCUMENT_MISSING, piece->path, "%s", "");
    if (status == CTES_E_LIMIT)
        return ctes_fail(err, CTES_E_TOO_LARGE, piece->path, "%s", cause.detail);
    if (status == CTES_E_MEMORY)
        return ctes_fail_memory(err);
    if (status != CTES_OK)
        return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, piece->path, "%s", cause.detail);
    ctes_hash hash;
    char sha256[65];
    CTES_TRY(ctes_hash_bytes(out->data, out->length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, sha256);
    if (strcmp(sha256, piece->sha256) != 0) /* a stamp on other words would be a false one */
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, piece->path, "SHA-256 %s", sha256);
    return CTES_OK;
}

static ctes_status put_cover(const ctes_stamp *stamp, const ctes_record *record,
                             const char *autorite, const ctes_buffer *document,
                             ctes_stamp_reason reason, ctes_buffer *out, ctes_error *err) {
    const ctes_record_piece *piece = &record->pieces[0];
    char *name CTES_AUTO_FREE = NULL;
    const char *base = ctes_path_base(piece->path);
    CTES_TRY(ctes_text_display(base, strlen(base), &name, err));
    const ctes_cover cover = { record, autorite, piece->sha256, reason };
    const ctes_pdf_attachment attachment = {
        name, piece->mime != NULL ? piece->mime : "application/octet-stream", document
    };
    return ctes_papers_cover(stamp, &cover, &attachment, out, err);
}

static ctes_tampon tampon_of(const ctes_stamp_options *options) {
    ctes_tampon tampon = options->tampon;
    if (!tampon.place.given)
        tampon.place = (ctes_tampon_place){ .given = true, .x = 100, .y = 0 };
    if (tampon.pages == CTES_TAMPON_UNSET)
        tampon.pages = CTES_TAMPON_FIRST;
    return tampon;
}

static ctes_status make_stamped(const ctes_context *context, const ctes_record *record,
                                const ctes_stamp_options *options, const ctes_buffer *document,
                                ctes_buffer *out, ctes_stamp_reason *ret, ctes_error *err) {
    const ctes_stamp stamp = { .sent = ctes_date_of_ms(record->sent_ms),
                               .received = record->reception,
                               .published = options->published,
                               .id_acte = record->id_acte,
                               .simulated = options->simulated,
                               .made_ms = ctes_now_ms(context) };
    ctes_stamp_reason reason = CTES_STAMP_NOT_PDF;
    if (ctes_format_sniff(document->data, document->length) == CTES_FORMAT_PDF) {
        const ctes_tampon tampon = tampon_of(options);
        CTES_TRY(ctes_papers_lay(&stamp, &tampon, document, out, &reason, err));
    }
    if (reason != CTES_STAMP_ON_PAGES)
        CTES_TRY(put_cover(&stamp, record, options->autorite, document, reason, out, err));
    *ret = reason;
    return CTES_OK;
}

/* A cancelled act has its date of reception still, which a stamp would give out as valid. */
static ctes_status check_state(const ctes_record *record, ctes_error *err) {
    bool received = record->id_acte[0] != '\0' && ctes_date_given(record->reception);
    if (received && record->state != CTES_STATE_CANCELLED)
        return CTES_OK;
    return ctes_fail(err, ctes_state_final(record->state) ? CTES_E_ACTE_STATE : CTES_E_NOT_YET,
                     record->numero, "%s", ctes_state_name(record->state));
}

ctes_status ctes_stamp_write(const ctes_context *context, const ctes_record *record,
                             const ctes_stamp_options *options, const char *output,
                             ctes_stamp_reason *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer document = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(OUT_MAX);
    ctes_stamp_reason reason;
    ctes_status status = check_state(record, err);
    if (status == CTES_OK && record->piece_count == 0)
        status = ctes_fail(err, CTES_E_DOCUMENT_MISSING, record->numero, "%s", "");
    if (status == CTES_OK)
        status = ctes_papers_spare(record, output, err);
    if (status == CTES_OK)
        status = read_document(record, &document, err);
    if (status == CTES_OK)
        status = make_stamped(context, record, options, &document, &out, &reason, err);
    if (status == CTES_OK)
        status = ctes_papers_publish(output, &out, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, record->numero);
    *ret = reason;
    return CTES_OK;
}
