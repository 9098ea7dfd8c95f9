#include "sandbox/exchange.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sandbox/json.h"

void reply_put(sb_exchange *x, const void *bytes, size_t length) {
    if (ctes_buffer_append(&x->reply.body, bytes, length, NULL) != CTES_OK)
        x->reply.failed = true;
}

void reply_puts(sb_exchange *x, const char *text) {
    reply_put(x, text, strlen(text));
}

void reply_printf(sb_exchange *x, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        x->reply.failed = true;
        return;
    }
    reply_put(x, text, (size_t)length);
    free(text);
}

void reply_json(sb_exchange *x, const char *text) {
    if (json_string(&x->reply.body, text, NULL) != CTES_OK)
        x->reply.failed = true;
}

void reply_type(sb_exchange *x, const char *content_type) {
    x->reply.content_type = content_type;
}

void reply_header(sb_exchange *x, const char *name, const char *format, ...) {
    if (x->reply.header_count == REPLY_HEADERS_MAX)
        return;
    va_list args;
    va_start(args, format);
    char *value = NULL;
    int length = vasprintf(&value, format, args);
    va_end(args);
    if (length < 0) {
        x->reply.failed = true;
        return;
    }
    x->reply.headers[x->reply.header_count].name = name;
    x->reply.headers[x->reply.header_count++].value = value;
}

void reply_reset(sb_exchange *x) {
    for (size_t i = 0; i < x->reply.header_count; i++)
        free(x->reply.headers[i].value);
    x->reply.header_count = 0;
    x->reply.http = MHD_HTTP_OK;
    x->reply.content_type = NULL;
    ctes_buffer_reset(&x->reply.body);
}

/* One character of UTF-8 to one byte; returns the bytes eaten. */
static size_t to_latin1(const unsigned char *in, char *ret) {
    if (in[0] < 0x80) {
        *ret = (char)in[0];
        return 1;
    }
    if ((in[0] == 0xc2 || in[0] == 0xc3) && (in[1] & 0xc0) == 0x80) {
        *ret = (char)((in[0] & 0x03) << 6 | (in[1] & 0x3f));
        return 2;
    }
    size_t length = 1;
    while ((in[length] & 0xc0) == 0x80)
        length++;
    *ret = '?';
    return length;
}

void reply_latin1(sb_exchange *x, const char *utf8) {
    if (x->fault == FAULT_CHARSET_UTF8) {
        reply_puts(x, utf8);
        return;
    }
    bool broken = x->fault == FAULT_CHARSET_BROKEN;
    bool left = false; /* broken: every other accented letter stays UTF-8 */
    for (const unsigned char *in = (const unsigned char *)utf8; *in != '\0';) {
        char byte = '?';
        size_t eaten = to_latin1(in, &byte);
        if (broken && eaten > 1)
            left = !left;
        if (broken && eaten > 1 && left)
            reply_put(x, in, eaten);
        else
            reply_put(x, &byte, 1);
        in += eaten;
    }
    if (broken)
        reply_put(x, "\x81\xff", 2);
}

/* htmlspecialchars with quotes (sheet § 1.3). Generation 4 echoed as is. */
static void put_escaped(sb_exchange *x, const char *utf8) {
    if (x->box->options.generation <= 4) {
        reply_latin1(x, utf8);
        return;
    }
    CTES_AUTO_BUFFER ctes_buffer escaped = CTES_BUFFER_INIT(1u << 20);
    for (const char *in = utf8; *in != '\0'; in++) {
        const char *entity = *in == '\''  ? "&#039;"
                             : *in == '"' ? "&quot;"
                             : *in == '&' ? "&amp;"
                             : *in == '<' ? "&lt;"
                             : *in == '>' ? "&gt;"
                                          : NULL;
        ctes_status status = entity != NULL ? ctes_buffer_puts(&escaped, entity, NULL)
                                            : ctes_buffer_append(&escaped, in, 1, NULL);
        if (status != CTES_OK)
            x->reply.failed = true;
    }
    reply_latin1(x, escaped.data != NULL ? escaped.data : "");
}

void reply_success(sb_exchange *x, const char *payload) {
    if (!x->api) {
        reply_redirect(x, "/modules/actes/index.php");
        return;
    }
    reply_printf(x, "OK\n%s\n", payload);
}

void reply_success_text(sb_exchange *x, const char *message) {
    if (!x->api) {
        reply_redirect(x, "/modules/actes/index.php");
        return;
    }
    reply_puts(x, "OK\n");
    put_escaped(x, message);
    reply_puts(x, "\n");
}

void reply_failure(sb_exchange *x, const char *message) {
    if (!x->api) {
        reply_redirect(x, "/modules/actes/index.php");
        return;
    }
    reply_puts(x, "KO\n");
    put_escaped(x, message);
    reply_puts(x, "\n");
}

void reply_plain_failure(sb_exchange *x, const char *message) {
    reply_printf(x, "KO\n%s", message);
}

void reply_redirect(sb_exchange *x, const char *target) {
    reply_reset(x);
    x->reply.http = MHD_HTTP_FOUND;
    reply_header(x, "Location", "%s%s", target[0] == '/' ? x->box->base_url : "", target);
}

static const char *reason(unsigned http) {
    switch (http) {
    case MHD_HTTP_BAD_REQUEST:
        return "Bad Request";
    case MHD_HTTP_UNAUTHORIZED:
        return "Unauthorized";
    case MHD_HTTP_FORBIDDEN:
        return "Forbidden";
    case MHD_HTTP_NOT_FOUND:
        return "Not Found";
    case MHD_HTTP_CONTENT_TOO_LARGE:
        return "Request Entity Too Large";
    case MHD_HTTP_TOO_MANY_REQUESTS:
        return "Too Many Requests";
    case MHD_HTTP_SERVICE_UNAVAILABLE:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

void reply_error(sb_exchange *x, unsigned http) {
    reply_reset(x);
    x->reply.http = http;
    reply_type(x, "text/html; charset=iso-8859-1");
    reply_printf(x,
                 "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n"
                 "<title>%u %s</title>\n</head><body>\n<h1>%s</h1>\n</body></html>\n",
                 http, reason(http), reason(http));
}

void reply_exception(sb_exchange *x, const ctes_error *err) {
    if (err != NULL && x->box->options.verbose)
        (void)fprintf(stderr, "ctes-sandbox: %s: %s\n", ctes_status_name(err->code), err->detail);
    reply_error(x, MHD_HTTP_INTERNAL_SERVER_ERROR);
}
