#include "operator/s2low_json.h"

#include "base/fail.h"

ctes_status ctes_s2low_json_load(const char *body, size_t length, const char *what, json_t **ret,
                                 ctes_error *err) {
    json_error_t error;
    json_t *root = json_loadb(body != NULL ? body : "", length, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        return ctes_fail_memory(err);
    if (root == NULL)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "%s: %s", what, error.text);
    *ret = root;
    return CTES_OK;
}

bool ctes_s2low_json_number(const json_t *value, int64_t *ret) {
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
