/* JSON with the bytes of PHP's json_encode: "\/" for a slash, \uXXXX for what is not ASCII. */
#ifndef CTES_SANDBOX_JSON_H
#define CTES_SANDBOX_JSON_H

#include "base/buffer.h"

/** Appends a quoted string; NULL gives null. What is not UTF-8 is read as ISO-8859-1. */
ctes_status json_string(ctes_buffer *out, const char *text, ctes_error *err) CTES_MUST_CHECK;

#endif
