#include "operator/s2low_listing.h"

#include <stdio.h>

#include "base/fail.h"
#include "operator/s2low_json.h"

/* Far above any page asked for; more is no listing of ours. */
enum { ROWS_MAX = 10000 };

/* The act's own number may be all digits, and come as a JSON number. */
static const char *numero_of(const json_t *value, char *digits, size_t size) {
    if (json_is_integer(value)) {
        (void)snprintf(digits, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return digits;
    }
    return json_is_string(value) ? json_string_value(value) : "";
}

static const char LISTING[] = "list_actes";

static ctes_status fail_shape(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "%s: %s", LISTING, what);
}

/* Cancellations and letters bear the number of their act; type 1 is the act itself. */
static ctes_status read_row(const json_t *json, ctes_s2low_row_fn each, void *user,
                            ctes_s2low_page *page, ctes_error *err) {
    int64_t type = 0;
    char digits[24];
    ctes_s2low_row row = { .id = 0 };
    if (!ctes_s2low_json_number(json_object_get(json, "id"), &row.id) || row.id < 1)
        return fail_shape("a transaction without id", err);
    if (page->first_id == 0)
        page->first_id = row.id;
    if (page->ended || !ctes_s2low_json_number(json_object_get(json, "type"), &type) || type != 1)
        return CTES_OK;
    row.numero = numero_of(json_object_get(json, "number"), digits, sizeof digits);
    row.objet = json_string_value(json_object_get(json, "subject"));
    row.date = json_string_value(json_object_get(json, "date"));
    page->ended = !each(user, &row);
    return CTES_OK;
}

ctes_status ctes_s2low_page_read(const char *body, size_t length, ctes_s2low_row_fn each,
                                 void *user, ctes_s2low_page *ret, ctes_error *err) {
    CTES_AUTO_JSON json_t *root = NULL;
    /* two documents in one body (what an invalid filter gives) are refused */
    CTES_TRY(ctes_s2low_json_load(body, length, LISTING, &root, err));
    const json_t *rows = json_object_get(root, "transactions");
    if (!json_is_array(rows) || json_array_size(rows) > ROWS_MAX)
        return fail_shape("no transactions", err);
    ctes_s2low_page page = { .count = json_array_size(rows) };
    if (!ctes_s2low_json_number(json_object_get(root, "limit"), &page.limit))
        page.limit = 0;
    for (size_t i = 0; i < page.count; i++)
        CTES_TRY(read_row(json_array_get(rows, i), each, user, &page, err));
    *ret = page;
    return CTES_OK;
}
