/* Is a PDF signed? Asked in four ways, because a signature that is overlooked is destroyed. */
#include <string.h>

#include "paper/pdf_open.h"

enum {
    FIELDS_MAX = 20000, /* of a form, all levels */
    DEPTH_MAX = 32,
    OBJECTS_MAX = 2000000
};

static bool has_key(qpdf_data pdf, qpdf_oh object, const char *key) {
    return qpdf_oh_is_dictionary(pdf, object) && qpdf_oh_has_key(pdf, object, key);
}

static bool is_name(qpdf_data pdf, qpdf_oh dictionary, const char *key, const char *name) {
    return qpdf_oh_is_name_and_equals(pdf, qpdf_oh_get_key(pdf, dictionary, key), name);
}

/* A signature's value, or a field that has or awaits one. Names are compared as qpdf gives them,
 * their #xx written out. */
static bool is_signature(qpdf_data pdf, qpdf_oh object) {
    return qpdf_oh_is_dictionary(pdf, object) &&
           (qpdf_oh_has_key(pdf, object, "/ByteRange") || is_name(pdf, object, "/FT", "/Sig") ||
            is_name(pdf, object, "/Type", "/Sig") ||
            is_name(pdf, object, "/Type", "/DocTimeStamp"));
}

/* Fields that the file keeps within one another have no number of their own. A form too deep or
 * too large to be walked is taken for signed: the cautious answer. */
static bool field_is_signed(qpdf_data pdf, qpdf_oh field, int depth, int *left) {
    if (depth > DEPTH_MAX || --*left < 0)
        return true;
    if (is_signature(pdf, field) || is_signature(pdf, qpdf_oh_get_key_if_dict(pdf, field, "/V")))
        return true;
    qpdf_oh kids = qpdf_oh_get_key_if_dict(pdf, field, "/Kids");
    int count = qpdf_oh_is_array(pdf, kids) ? qpdf_oh_get_array_n_items(pdf, kids) : 0;
    for (int i = 0; i < count; i++)
        if (field_is_signed(pdf, qpdf_oh_get_array_item(pdf, kids, i), depth + 1, left))
            return true;
    return false;
}

static bool form_is_signed(qpdf_data pdf) {
    qpdf_oh root = qpdf_get_root(pdf);
    if (has_key(pdf, root, "/Perms")) /* certified, or with usage rights */
        return true;
    qpdf_oh form = qpdf_oh_get_key_if_dict(pdf, root, "/AcroForm");
    if (!qpdf_oh_is_dictionary(pdf, form))
        return false;
    int flags = 0;
    if (qpdf_oh_get_value_as_int(pdf, qpdf_oh_get_key(pdf, form, "/SigFlags"), &flags) &&
        flags != 0)
        return true;
    qpdf_oh fields = qpdf_oh_get_key(pdf, form, "/Fields");
    int left = FIELDS_MAX;
    int count = qpdf_oh_is_array(pdf, fields) ? qpdf_oh_get_array_n_items(pdf, fields) : 0;
    for (int i = 0; i < count; i++)
        if (field_is_signed(pdf, qpdf_oh_get_array_item(pdf, fields, i), 0, &left))
            return true;
    return false;
}

/* Every numbered object, those within object streams too. */
static bool objects_are_signed(qpdf_data pdf) {
    long long size = 0;
    qpdf_oh trailer = qpdf_get_trailer(pdf);
    if (!qpdf_oh_get_value_as_longlong(pdf, qpdf_oh_get_key(pdf, trailer, "/Size"), &size))
        return false;
    if (size > OBJECTS_MAX)
        return true;
    for (int id = 1; id < (int)size; id++) {
        qpdf_oh object = qpdf_get_object_by_id(pdf, id, 0);
        bool found = is_signature(pdf, object);
        qpdf_oh_release_all(pdf);
        if (found)
            return true;
    }
    return false;
}

bool ctes_pdf_is_signed(qpdf_data pdf, const ctes_buffer *bytes) {
    static const char mark[] = "/ByteRange";
    if (memmem(bytes->data, bytes->length, mark, sizeof mark - 1) != NULL)
        return true;
    return pdf != NULL && (form_is_signed(pdf) || objects_are_signed(pdf));
}
