#include "operator/s2low_listing.h"

#include <string.h>

#include <jansson.h>

#include "base/fail.h"
#include "base/text.h"

/* Far above any page asked for; more is no listing of ours. */
enum { ROWS_MAX = 10000 };

static void decrefp(json_t **value) {
    json_decref(*value);
}

void ctes_s2low_page_clear(ctes_s2low_page *page) {
    if (page == NULL)
        return;
    ctes_operator_listing_clear(&page->match);
    *page = (ctes_s2low_page)CTES_S2LOW_PAGE_INIT;
}

/* A non-negative integer, or its digits in a string. */
static bool number_of(const json_t *value, int64_t *ret) {
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return *ret >= 0;
    }
    const char *text = json_string_value(value);
    if (text == NULL || text[0] == '\0')
        return false;
    int64_t number = 0;
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit > 9 || number > (INT64_MAX - (int64_t)digit) / 10)
            return false;
        number = number * 10 + (int64_t)digit;
    }
    *ret = number;
    return true;
}

/* The act's own number may be all digits, and come as a JSON number. */
static bool same_numero(const json_t *value, const char *numero) {
    if (json_is_string(value))
        return strcmp(json_string_value(value), numero) == 0;
    char text[24];
    if (!json_is_integer(value))
        return false;
    (void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return strcmp(text, numero) == 0;
}

static ctes_status fail_shape(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "list_actes: %s", what);
}

/* A date that cannot be read stays "not given": it only helps people recognise the act. */
static ctes_status read_match(const json_t *row, int64_t id, ctes_operator_listing *ret,
                              ctes_error *err) {
    const char *subject = json_string_value(json_object_get(row, "subject"));
    const char *date = json_string_value(json_object_get(row, "date"));
    ctes_operator_listing listing = { .transaction = id };
    if (date != NULL)
        (void)ctes_date_parse(date, &listing.date, NULL);
    CTES_TRY(ctes_text_dup(subject, &listing.objet, err));
    if (listing.objet != NULL)
        ctes_text_clean(listing.objet);
    *ret = listing;
    return CTES_OK;
}

/* Cancellations and letters bear the number of their act; type 1 is the act itself. */
static ctes_status read_row(const json_t *row, const char *numero, ctes_s2low_page *page,
                            ctes_error *err) {
    int64_t id = 0;
    int64_t type = 0;
    if (!number_of(json_object_get(row, "id"), &id) || id < 1)
        return fail_shape("a transaction without id", err);
    if (page->first_id == 0)
        page->first_id = id;
    if (page->found || !number_of(json_object_get(row, "type"), &type) || type != 1 ||
        !same_numero(json_object_get(row, "number"), numero))
        return CTES_OK;
    CTES_TRY(read_match(row, id, &page->match, err));
    page->found = true;
    return CTES_OK;
}

ctes_status ctes_s2low_page_read(const char *body, size_t length, const char *numero,
                                 ctes_s2low_page *ret, ctes_error *err) {
    json_error_t error;
    /* depth is bounded by the parser, size by the transport; two documents in one body (what an
     * invalid filter gives) are refused */
    CTES_CLEANUP(decrefp)
    json_t *root = json_loadb(body != NULL ? body : "", length, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        return json_error_code(&error) == json_error_out_of_memory ? ctes_fail_memory(err)
                                                                   : fail_shape(error.text, err);
    const json_t *rows = json_object_get(root, "transactions");
    if (!json_is_array(rows) || json_array_size(rows) > ROWS_MAX)
        return fail_shape("no transactions", err);
    CTES_AUTO_S2LOW_PAGE ctes_s2low_page page = CTES_S2LOW_PAGE_INIT;
    page.count = json_array_size(rows);
    if (!number_of(json_object_get(root, "limit"), &page.limit))
        page.limit = 0;
    for (size_t i = 0; i < page.count; i++)
        CTES_TRY(read_row(json_array_get(rows, i), numero, &page, err));
    ctes_s2low_page_clear(ret);
    *ret = page;
    page = (ctes_s2low_page)CTES_S2LOW_PAGE_INIT;
    return CTES_OK;
}
