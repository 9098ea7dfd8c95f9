/* S2LOW's JSON, in which a number may be a string (S2LOW sheet T22). */
#ifndef CTES_OPERATOR_S2LOW_JSON_H
#define CTES_OPERATOR_S2LOW_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <ctes/error.h>

#include "base/cleanup.h"

static inline void ctes_s2low_json_freep(json_t **value) {
    json_decref(*value);
    *value = NULL;
}
#define CTES_AUTO_JSON CTES_CLEANUP(ctes_s2low_json_freep)

/** Parses one document and nothing behind it; its depth is bounded by the parser, its size by the
 *  transport. `what` names it in errors. The caller releases `*ret`.
 *  @return CTES_OK, CTES_E_OPERATOR_REPLY, CTES_E_MEMORY. */
ctes_status ctes_s2low_json_load(const char *body, size_t length, const char *what, json_t **ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** A non-negative integer, or its digits in a string; false for anything else. */
bool ctes_s2low_json_number(const json_t *value, int64_t *ret);

#endif
