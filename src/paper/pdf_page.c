#include "paper/pdf_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paper/pdf_content.h"

#define MARGIN      14.0 /* points between the stamp and the page's edge */
#define LEAST       0.55 /* a stamp made smaller than this cannot be read */
#define SIDE_MAX    1e6
#define RAW_MAX     ((size_t)8 << 20)  /* of a page's content, as the file has it */
#define CONTENT_MAX ((size_t)64 << 20) /* of the same, decompressed */

typedef struct box {
    double x0, y0, x1, y1;
} box;

/* From what the reader sees (points from the bottom left) to the page's own space. */
typedef struct matrix {
    double a, b, c, d, e, f;
} matrix;

static bool read_box(qpdf_data pdf, qpdf_oh page, const char *key, box *ret) {
    qpdf_oh array = qpdf_oh_get_key(pdf, page, key);
    if (!qpdf_oh_is_array(pdf, array) || qpdf_oh_get_array_n_items(pdf, array) != 4)
        return false;
    double side[4];
    for (int i = 0; i < 4; i++) {
        qpdf_oh number = qpdf_oh_get_array_item(pdf, array, i);
        if (!qpdf_oh_get_value_as_number(pdf, number, &side[i]) || !isfinite(side[i]) ||
            fabs(side[i]) > SIDE_MAX)
            return false;
    }
    *ret = (box){ fmin(side[0], side[2]), fmin(side[1], side[3]), fmax(side[0], side[2]),
                  fmax(side[1], side[3]) };
    return true;
}

/* ISO 32000-1 § 14.11.2: what is shown is the crop box, within the media box. */
static bool visible_box(qpdf_data pdf, qpdf_oh page, box *ret) {
    box media, crop;
    if (!read_box(pdf, page, "/MediaBox", &media))
        return false;
    if (read_box(pdf, page, "/CropBox", &crop)) {
        const box both = { fmax(media.x0, crop.x0), fmax(media.y0, crop.y0),
                           fmin(media.x1, crop.x1), fmin(media.y1, crop.y1) };
        if (both.x0 < both.x1 && both.y0 < both.y1)
            media = both;
    }
    *ret = media;
    return media.x0 < media.x1 && media.y0 < media.y1;
}

static int rotation(qpdf_data pdf, qpdf_oh page) {
    int degrees = 0;
    (void)qpdf_oh_get_value_as_int(pdf, qpdf_oh_get_key(pdf, page, "/Rotate"), &degrees);
    return degrees % 90 == 0 ? ((degrees % 360) + 360) % 360 : 0;
}

static double unit(qpdf_data pdf, qpdf_oh page) {
    double points = 1;
    bool given = qpdf_oh_get_value_as_number(pdf, qpdf_oh_get_key(pdf, page, "/UserUnit"), &points);
    return given && points >= 0.01 && points <= 1e5 ? points : 1;
}

/* Where the stamp's own corner and axes lie in the page's space; false when it has no room. */
static bool place(const box *shown, int degrees, double points, const ctes_pdf_laying *laying,
                  matrix *ret) {
    bool is_turned = degrees % 180 != 0;
    double across = (is_turned ? shown->y1 - shown->y0 : shown->x1 - shown->x0) * points;
    double down = (is_turned ? shown->x1 - shown->x0 : shown->y1 - shown->y0) * points;
    double scale =
        fmin(1, fmin((across - 2 * MARGIN) / laying->width, (down - 2 * MARGIN) / laying->height));
    if (!(scale >= LEAST))
        return false;
    double free_x = across - 2 * MARGIN - scale * laying->width;
    double free_y = down - 2 * MARGIN - scale * laying->height;
    double x = (MARGIN + free_x * laying->tampon.place.x / 100) / points;
    double y = (MARGIN + free_y * (100 - laying->tampon.place.y) / 100) / points;
    double s = scale / points;
    switch (degrees) {
    case 90:
        *ret = (matrix){ 0, s, -s, 0, shown->x1 - y, shown->y0 + x };
        break;
    case 180:
        *ret = (matrix){ -s, 0, 0, -s, shown->x1 - x, shown->y1 - y };
        break;
    case 270:
        *ret = (matrix){ 0, -s, s, 0, shown->x0 + y, shown->y1 - x };
        break;
    default:
        *ret = (matrix){ s, 0, 0, s, shown->x0 + x, shown->y0 + y };
    }
    return true;
}

/* A page's content is decompressed only when it is of a sane size as the file has it. */
static bool is_sane_size(qpdf_data pdf, qpdf_oh contents) {
    bool is_array = qpdf_oh_is_array(pdf, contents) != 0;
    int count = is_array ? qpdf_oh_get_array_n_items(pdf, contents) : 1;
    size_t sum = 0;
    for (int i = 0; i < count && sum <= RAW_MAX; i++) {
        qpdf_oh stream = is_array ? qpdf_oh_get_array_item(pdf, contents, i) : contents;
        long long length = 0;
        if (qpdf_oh_is_stream(pdf, stream)) /* qpdf has made /Length true when it read the stream */
            (void)qpdf_oh_get_value_as_longlong(
                pdf, qpdf_oh_get_key(pdf, qpdf_oh_get_dict(pdf, stream), "/Length"), &length);
        sum += length > 0 && (unsigned long long)length < RAW_MAX ? (size_t)length
               : length > 0                                       ? RAW_MAX + 1
                                                                  : 0;
    }
    return sum <= RAW_MAX;
}

/* A number with six decimals, whatever the locale says of the decimal sign. */
static void put_number(char *out, size_t size, double value) {
    long long millionths = llround(value * 1000000);
    long long whole = llabs(millionths);
    (void)snprintf(out, size, "%s%lld.%06lld ", millionths < 0 ? "-" : "", whole / 1000000,
                   whole % 1000000);
}

static void put_drawing(char *out, size_t size, const char *before, const matrix *m,
                        const char *name) {
    const double numbers[] = { m->a, m->b, m->c, m->d, m->e, m->f };
    char text[6][40];
    for (int i = 0; i < 6; i++)
        put_number(text[i], sizeof text[i], numbers[i]);
    (void)snprintf(out, size, "%sq %s%s%s%s%s%scm /Artifact BMC %s Do EMC Q\n", before, text[0],
                   text[1], text[2], text[3], text[4], text[5], name);
}

/* The page's own dictionary of its kind, made when it has none. */
static qpdf_oh subdictionary(qpdf_data pdf, qpdf_oh owner, const char *key) {
    qpdf_oh found = qpdf_oh_get_key(pdf, owner, key);
    if (qpdf_oh_is_dictionary(pdf, found))
        return found;
    qpdf_oh made = qpdf_oh_new_dictionary(pdf);
    qpdf_oh_replace_key(pdf, owner, key, made);
    return made;
}

/* Resources may be shared by pages: the stamp goes in once, under a name nobody has. */
static void name_form(qpdf_data pdf, qpdf_oh page, int form, char name[static 24]) {
    qpdf_oh forms = subdictionary(pdf, subdictionary(pdf, page, "/Resources"), "/XObject");
    for (unsigned rank = 0;; rank++) {
        (void)snprintf(name, 24, "/CtesTampon%u", rank);
        if (!qpdf_oh_has_key(pdf, forms, name))
            break;
        if (qpdf_oh_get_object_id(pdf, qpdf_oh_get_key(pdf, forms, name)) == form)
            return;
    }
    qpdf_oh_replace_key(pdf, forms, name, qpdf_get_object_by_id(pdf, form, 0));
}

/* A content that would leave its marks behind becomes a form, which ends with itself. */
static void isolate(qpdf_data pdf, qpdf_oh page, const char *bytes, size_t length) {
    qpdf_oh form = ctes_pdf_stream(pdf, bytes, length);
    qpdf_oh dictionary = qpdf_oh_get_dict(pdf, form);
    qpdf_oh_replace_key(pdf, dictionary, "/Type", qpdf_oh_new_name(pdf, "/XObject"));
    qpdf_oh_replace_key(pdf, dictionary, "/Subtype", qpdf_oh_new_name(pdf, "/Form"));
    qpdf_oh_replace_key(pdf, dictionary, "/BBox", qpdf_oh_get_key(pdf, page, "/MediaBox"));
    qpdf_oh_replace_key(pdf, dictionary, "/Resources", subdictionary(pdf, page, "/Resources"));
    qpdf_oh resources = qpdf_oh_new_dictionary(pdf);
    qpdf_oh_replace_key(pdf, page, "/Resources", resources);
    qpdf_oh_replace_key(pdf, subdictionary(pdf, resources, "/XObject"), "/CtesPage", form);
    static const char draw[] = "q /CtesPage Do Q\n";
    qpdf_oh_replace_key(pdf, page, "/Contents", ctes_pdf_stream(pdf, draw, sizeof draw - 1));
}

/* The page's content as an array of its own, that can be added to. */
static qpdf_oh content_array(qpdf_data pdf, qpdf_oh page) {
    qpdf_oh contents = qpdf_oh_get_key(pdf, page, "/Contents");
    qpdf_oh array = qpdf_oh_new_array(pdf);
    if (qpdf_oh_is_array(pdf, contents))
        for (int i = 0; i < qpdf_oh_get_array_n_items(pdf, contents); i++)
            qpdf_oh_append_item(pdf, array, qpdf_oh_get_array_item(pdf, contents, i));
    else if (qpdf_oh_is_stream(pdf, contents))
        qpdf_oh_append_item(pdf, array, contents);
    qpdf_oh_replace_key(pdf, page, "/Contents", array);
    return array;
}

static void draw(qpdf_data pdf, qpdf_oh page, int form, const matrix *m, bool is_balanced) {
    char name[24], text[400];
    name_form(pdf, page, form, name);
    put_drawing(text, sizeof text, is_balanced ? "\nQ\n" : "\n", m, name);
    qpdf_oh array = content_array(pdf, page);
    if (is_balanced)
        qpdf_oh_insert_item(pdf, array, 0, ctes_pdf_stream(pdf, "q\n", 2));
    qpdf_oh_append_item(pdf, array, ctes_pdf_stream(pdf, text, strlen(text)));
}

static void free_bytes(unsigned char **bytes) {
    free(*bytes);
}

ctes_stamp_reason ctes_pdf_page_draw(qpdf_data pdf, qpdf_oh page, int form,
                                     const ctes_pdf_laying *laying) {
    box shown;
    matrix m;
    if (!visible_box(pdf, page, &shown) ||
        !place(&shown, rotation(pdf, page), unit(pdf, page), laying, &m))
        return CTES_STAMP_NO_ROOM;
    if (!is_sane_size(pdf, qpdf_oh_get_key(pdf, page, "/Contents")))
        return CTES_STAMP_TOO_LARGE;
    CTES_CLEANUP(free_bytes) unsigned char *bytes = NULL;
    size_t length = 0;
    if (qpdf_oh_has_key(pdf, page, "/Contents") &&
        (qpdf_oh_get_page_content_data(pdf, page, &bytes, &length) & QPDF_ERRORS) != 0)
        return CTES_STAMP_DAMAGED;
    if (length > CONTENT_MAX)
        return CTES_STAMP_TOO_LARGE;
    bool is_balanced = length == 0 || ctes_pdf_content_is_balanced((const char *)bytes, length);
    if (!is_balanced)
        isolate(pdf, page, (const char *)bytes, length);
    draw(pdf, page, form, &m, is_balanced);
    return CTES_STAMP_ON_PAGES;
}
