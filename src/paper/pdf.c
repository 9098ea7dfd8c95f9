#include "paper/pdf.h"

#include "base/fail.h"
#include "paper/pdf_open.h"
#include "paper/pdf_page.h"

enum { PAGES_MAX = 5000 };

static void free_bytes(unsigned char **bytes) {
    free(*bytes);
}

/* The stamp's page as a form of the document; its number. */
static ctes_status import(qpdf_data pdf, const ctes_buffer *stamp, const ctes_pdf_laying *laying,
                          int *ret, ctes_error *err) {
    CTES_AUTO_PDF qpdf_data drawing = NULL;
    ctes_stamp_reason reason;
    CTES_TRY(ctes_pdf_open(stamp, &drawing, &reason, err));
    if (reason != CTES_STAMP_ON_PAGES || qpdf_get_num_pages(drawing) != 1)
        return ctes_pdf_fail(drawing, err);
    CTES_CLEANUP(free_bytes) unsigned char *bytes = NULL;
    size_t length = 0;
    qpdf_oh page = qpdf_get_page_n(drawing, 0);
    if ((qpdf_oh_get_page_content_data(drawing, page, &bytes, &length) & QPDF_ERRORS) != 0)
        return ctes_pdf_fail(drawing, err);
    qpdf_oh form = ctes_pdf_stream(pdf, (const char *)bytes, length);
    qpdf_oh dictionary = qpdf_oh_get_dict(pdf, form);
    qpdf_oh_replace_key(pdf, dictionary, "/Type", qpdf_oh_new_name(pdf, "/XObject"));
    qpdf_oh_replace_key(pdf, dictionary, "/Subtype", qpdf_oh_new_name(pdf, "/Form"));
    qpdf_oh corners = qpdf_oh_new_array(pdf);
    const double sides[] = { 0, 0, laying->width, laying->height };
    for (int i = 0; i < 4; i++)
        qpdf_oh_append_item(pdf, corners, qpdf_oh_new_real_from_double(pdf, sides[i], 2));
    qpdf_oh_replace_key(pdf, dictionary, "/BBox", corners);
    /* only what is numbered can be copied from one file to another */
    qpdf_oh resources =
        qpdf_make_indirect_object(drawing, qpdf_oh_get_key(drawing, page, "/Resources"));
    qpdf_oh_replace_key(pdf, dictionary, "/Resources",
                        qpdf_oh_copy_foreign_object(pdf, drawing, resources));
    *ret = qpdf_oh_get_object_id(pdf, form);
    return qpdf_has_error(pdf) ? ctes_pdf_fail(pdf, err) : CTES_OK;
}

static ctes_stamp_reason lay_on_pages(qpdf_data pdf, int form, const ctes_pdf_laying *laying,
                                      int count) {
    for (int i = 0; i < count; i++) {
        qpdf_oh page = qpdf_get_page_n(pdf, (size_t)i);
        ctes_stamp_reason reason = ctes_pdf_page_draw(pdf, page, form, laying);
        qpdf_oh_release_all(pdf);
        ctes_stamp_reason complaint = ctes_pdf_complaint(pdf);
        if (reason == CTES_STAMP_ON_PAGES || complaint == CTES_STAMP_TOO_LARGE)
            reason = complaint;
        if (reason != CTES_STAMP_ON_PAGES)
            return reason;
    }
    return CTES_STAMP_ON_PAGES;
}

/* Why an open document is not to be touched; how many pages it has. */
static ctes_stamp_reason look_at(qpdf_data pdf, const ctes_buffer *document, int *ret_count) {
    if (ctes_pdf_is_signed(pdf, document))
        return CTES_STAMP_SIGNED;
    int count = qpdf_get_num_pages(pdf);
    bool is_read = count > 0 && (qpdf_push_inherited_attributes_to_page(pdf) & QPDF_ERRORS) == 0;
    ctes_stamp_reason complaint = ctes_pdf_complaint(pdf);
    if (!is_read || complaint != CTES_STAMP_ON_PAGES)
        return complaint != CTES_STAMP_ON_PAGES ? complaint : CTES_STAMP_DAMAGED;
    *ret_count = count;
    return count > PAGES_MAX ? CTES_STAMP_TOO_LARGE : CTES_STAMP_ON_PAGES;
}

ctes_status ctes_pdf_lay(const ctes_buffer *document, const ctes_buffer *stamp,
                         const ctes_pdf_laying *laying, ctes_buffer *out,
                         ctes_stamp_reason *ret_reason, ctes_error *err) {
    CTES_AUTO_PDF qpdf_data pdf = NULL;
    ctes_stamp_reason reason;
    CTES_TRY(ctes_pdf_open(document, &pdf, &reason, err));
    int count = 0, form = 0;
    if (reason == CTES_STAMP_ON_PAGES)
        reason = look_at(pdf, document, &count);
    else if (ctes_pdf_is_signed(NULL, document)) /* said first: what a person wants to know */
        reason = CTES_STAMP_SIGNED;
    if (reason == CTES_STAMP_ON_PAGES) {
        CTES_TRY(import(pdf, stamp, laying, &form, err));
        reason =
            lay_on_pages(pdf, form, laying, laying->tampon.pages == CTES_TAMPON_ALL ? count : 1);
    }
    if (reason == CTES_STAMP_ON_PAGES) {
        size_t before = out->length;
        ctes_status status = ctes_pdf_save(pdf, out, err);
        if (status != CTES_OK)
            return status;
        reason = ctes_pdf_complaint(pdf); /* an object that could be read only in part */
        if (reason != CTES_STAMP_ON_PAGES)
            out->length = before;
    }
    *ret_reason = reason;
    return CTES_OK;
}

static void attach(qpdf_data pdf, const ctes_pdf_attachment *attachment) {
    const ctes_buffer *bytes = attachment->bytes;
    qpdf_oh stream = ctes_pdf_stream(pdf, bytes->data, bytes->length);
    qpdf_oh dictionary = qpdf_oh_get_dict(pdf, stream);
    char type[80];
    (void)snprintf(type, sizeof type, "/%s", attachment->mime);
    qpdf_oh_replace_key(pdf, dictionary, "/Type", qpdf_oh_new_name(pdf, "/EmbeddedFile"));
    qpdf_oh_replace_key(pdf, dictionary, "/Subtype", qpdf_oh_new_name(pdf, type));
    qpdf_oh params = qpdf_oh_new_dictionary(pdf);
    qpdf_oh_replace_key(pdf, params, "/Size", qpdf_oh_new_integer(pdf, (long long)bytes->length));
    qpdf_oh_replace_key(pdf, dictionary, "/Params", params);
    qpdf_oh file = qpdf_oh_new_dictionary(pdf), embedded = qpdf_oh_new_dictionary(pdf);
    qpdf_oh name = qpdf_oh_new_unicode_string(pdf, attachment->name);
    qpdf_oh_replace_key(pdf, embedded, "/F", stream);
    qpdf_oh_replace_key(pdf, embedded, "/UF", stream);
    qpdf_oh_replace_key(pdf, file, "/Type", qpdf_oh_new_name(pdf, "/Filespec"));
    qpdf_oh_replace_key(pdf, file, "/F", name);
    qpdf_oh_replace_key(pdf, file, "/UF", name);
    qpdf_oh_replace_key(pdf, file, "/EF", embedded);
    qpdf_oh_replace_key(pdf, file, "/AFRelationship", qpdf_oh_new_name(pdf, "/Source"));
    file = qpdf_make_indirect_object(pdf, file);
    qpdf_oh pairs = qpdf_oh_new_array(pdf), tree = qpdf_oh_new_dictionary(pdf),
            names = qpdf_oh_new_dictionary(pdf), associated = qpdf_oh_new_array(pdf);
    qpdf_oh_append_item(pdf, pairs, name);
    qpdf_oh_append_item(pdf, pairs, file);
    qpdf_oh_replace_key(pdf, tree, "/Names", pairs);
    qpdf_oh_replace_key(pdf, names, "/EmbeddedFiles", tree);
    qpdf_oh_append_item(pdf, associated, file);
    qpdf_oh root = qpdf_get_root(pdf);
    qpdf_oh_replace_key(pdf, root, "/Names", names);
    qpdf_oh_replace_key(pdf, root, "/AF", associated);
    qpdf_oh_replace_key(pdf, root, "/PageMode", qpdf_oh_new_name(pdf, "/UseAttachments"));
}

ctes_status ctes_pdf_dress(const ctes_buffer *paper, const ctes_pdf_attachment *attachment,
                           ctes_buffer *out, ctes_error *err) {
    CTES_AUTO_PDF qpdf_data pdf = NULL;
    ctes_stamp_reason reason;
    CTES_TRY(ctes_pdf_open(paper, &pdf, &reason, err));
    if (reason != CTES_STAMP_ON_PAGES)
        return ctes_pdf_fail(pdf, err);
    qpdf_oh root = qpdf_get_root(pdf);
    qpdf_oh preferences = qpdf_oh_new_dictionary(pdf);
    qpdf_oh_replace_key(pdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool(pdf, QPDF_TRUE));
    qpdf_oh_replace_key(pdf, root, "/ViewerPreferences", preferences);
    qpdf_oh_replace_key(pdf, root, "/Lang", qpdf_oh_new_string(pdf, "fr-FR"));
    if (qpdf_oh_has_key(pdf, root, "/StructTreeRoot")) /* cairo 1.16 makes it and does not say so */
        qpdf_oh_replace_key(pdf, root, "/MarkInfo", qpdf_oh_parse(pdf, "<</Marked true>>"));
    if (attachment != NULL)
        attach(pdf, attachment);
    return qpdf_has_error(pdf) ? ctes_pdf_fail(pdf, err) : ctes_pdf_save(pdf, out, err);
}
