#include "operator/s2low_listing.h"

#include <stdio.h>

#include <jansson.h>

#include "base/fail.h"

/* Far above any page asked for; more is no listing of ours. */
enum { ROWS_MAX = 10000 };

static void decrefp(json_t **value) {
    json_decref(*value);
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
static const char *numero_of(const json_t *value, char *digits, size_t size) {
    if (json_is_integer(value)) {
        (void)snprintf(digits, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return digits;
    }
    return json_is_string(value) ? json_string_value(value) : "";
}

static ctes_status fail_shape(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "list_actes: %s", what);
}

/* Cancellations and letters bear the number of their act; type 1 is the act itself. */
static ctes_status read_row(const json_t *json, ctes_s2low_row_fn each, void *user,
                            ctes_s2low_page *page, ctes_error *err) {
    int64_t type = 0;
    char digits[24];
    ctes_s2low_row row = { .id = 0 };
    if (!number_of(json_object_get(json, "id"), &row.id) || row.id < 1)
        return fail_shape("a transaction without id", err);
    if (page->first_id == 0)
        page->first_id = row.id;
    if (page->ended || !number_of(json_object_get(json, "type"), &type) || type != 1)
        return CTES_OK;
    row.numero = numero_of(json_object_get(json, "number"), digits, sizeof digits);
    row.objet = json_string_value(json_object_get(json, "subject"));
    row.date = json_string_value(json_object_get(json, "date"));
    page->ended = !each(user, &row);
    return CTES_OK;
}

ctes_status ctes_s2low_page_read(const char *body, size_t length, ctes_s2low_row_fn each,
                                 void *user, ctes_s2low_page *ret, ctes_error *err) {
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
    ctes_s2low_page page = { .count = json_array_size(rows) };
    if (!number_of(json_object_get(root, "limit"), &page.limit))
        page.limit = 0;
    for (size_t i = 0; i < page.count; i++)
        CTES_TRY(read_row(json_array_get(rows, i), each, user, &page, err));
    *ret = page;
    return CTES_OK;
}
