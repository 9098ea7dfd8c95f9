#include "paper/pdf_open.h"

#include <string.h>

#include "base/fail.h"

/* qpdf tells of memory that was refused in the library's words alone. */
static bool is_memory(const char *words) {
    return strstr(words, "bad_alloc") != NULL;
}

static ctes_stamp_reason reason_of(qpdf_data pdf, qpdf_error what) {
    if (qpdf_get_error_code(pdf, what) == qpdf_e_password)
        return CTES_STAMP_ENCRYPTED;
    return is_memory(qpdf_get_error_message_detail(pdf, what)) ? CTES_STAMP_TOO_LARGE
                                                               : CTES_STAMP_DAMAGED;
}

ctes_status ctes_pdf_fail(qpdf_data pdf, ctes_error *err) {
    const char *why = qpdf_has_error(pdf) ? qpdf_get_error_message_detail(pdf, qpdf_get_error(pdf))
                                          : "a paper of ours";
    return ctes_fail(err, is_memory(why) ? CTES_E_MEMORY : CTES_E_INTERNAL, NULL, "qpdf: %s", why);
}

ctes_stamp_reason ctes_pdf_complaint(qpdf_data pdf) {
    ctes_stamp_reason worst = CTES_STAMP_ON_PAGES;
    while (worst != CTES_STAMP_TOO_LARGE && qpdf_more_warnings(pdf))
        worst = reason_of(pdf, qpdf_next_warning(pdf));
    while (qpdf_more_warnings(pdf))
        (void)qpdf_next_warning(pdf);
    if (qpdf_has_error(pdf)) {
        ctes_stamp_reason error = reason_of(pdf, qpdf_get_error(pdf));
        worst = worst == CTES_STAMP_TOO_LARGE ? worst : error;
    }
    return worst;
}

/* qpdf writes neither warnings nor errors of its own: a library does not print. */
static qpdf_data quiet_handle(void) {
    qpdf_data pdf = qpdf_init();
    if (pdf != NULL) {
        qpdf_silence_errors(pdf);
        qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
        qpdf_set_attempt_recovery(pdf, QPDF_FALSE); /* no guessing */
    }
    return pdf;
}

ctes_status ctes_pdf_open(const ctes_buffer *bytes, qpdf_data *ret, ctes_stamp_reason *ret_reason,
                          ctes_error *err) {
    CTES_AUTO_PDF qpdf_data pdf = quiet_handle();
    if (pdf == NULL)
        return ctes_fail_memory(err);
    QPDF_ERROR_CODE read =
        qpdf_read_memory(pdf, "document", bytes->data, (unsigned long long)bytes->length, NULL);
    ctes_stamp_reason reason = ctes_pdf_complaint(pdf);
    if ((read & QPDF_ERRORS) == 0 && qpdf_is_encrypted(pdf))
        reason = CTES_STAMP_ENCRYPTED;
    *ret_reason = reason;
    *ret = CTES_TAKE(pdf);
    return CTES_OK;
}

ctes_status ctes_pdf_save(qpdf_data pdf, ctes_buffer *out, ctes_error *err) {
    QPDF_ERROR_CODE code = qpdf_init_write_memory(pdf);
    if ((code & QPDF_ERRORS) == 0) {
        qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
        qpdf_set_stream_data_mode(pdf, qpdf_s_preserve);
        qpdf_set_minimum_pdf_version(pdf, "1.5"); /* what cairo writes */
        code = qpdf_write(pdf);
    }
    if ((code & QPDF_ERRORS) != 0)
        return ctes_pdf_fail(pdf, err);
    return ctes_buffer_append(out, qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf), err);
}

qpdf_oh ctes_pdf_stream(qpdf_data pdf, const char *bytes, size_t length) {
    qpdf_oh stream = qpdf_oh_new_stream(pdf);
    qpdf_oh_replace_stream_data(pdf, stream, (const unsigned char *)bytes, length,
                                qpdf_oh_new_null(pdf), qpdf_oh_new_null(pdf));
    return stream;
}
