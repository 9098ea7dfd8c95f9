/* One request from its first byte to its reply, and what every page needs to answer it. */
#ifndef CTES_SANDBOX_EXCHANGE_H
#define CTES_SANDBOX_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "sandbox/account.h"
#include "sandbox/box.h"
#include "sandbox/fault.h"
#include "sandbox/form.h"

struct MHD_Connection;
struct sb_endpoint;

#define REPLY_HEADERS_MAX 4

typedef struct sb_reply {
    unsigned http;
    const char *content_type; /**< NULL: PHP's false "text/html; charset=UTF-8" (sheet § 1.3) */
    struct {
        const char *name;
        char *value;
    } headers[REPLY_HEADERS_MAX];
    size_t header_count;
    ctes_buffer body;
    bool failed; /**< memory ran out while it was made */
} sb_reply;

typedef struct sb_exchange {
    sb_box *box;
    struct MHD_Connection *connection;
    const struct sb_endpoint *endpoint; /**< NULL: no such page */
    char *method;
    char *path;
    sb_form query, post;
    ctes_buffer body;
    size_t received; /**< bytes of body, kept or not */
    bool too_large;
    bool started; /**< the reply is under way: the handler is not to be run again */
    fault_kind fault;
    uint8_t fingerprint[FINGERPRINT_SIZE];
    char *basic_login; /**< HTTP Basic, NULL when not sent */
    uint8_t basic_password[32];
    const sb_account *account; /**< once logged in */
    char session[32];          /**< identifier sent back in the cookie, or "" */
    bool session_new;
    bool api;
    sb_reply reply;
    int64_t started_us;
} sb_exchange;

/* --- building the reply (reply.c); what fails is remembered and becomes HTTP 500 --- */

void reply_put(sb_exchange *x, const void *bytes, size_t length);
void reply_puts(sb_exchange *x, const char *text);
void reply_printf(sb_exchange *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Appends a JSON string in PHP's form. */
void reply_json(sb_exchange *x, const char *text);
void reply_type(sb_exchange *x, const char *content_type);
void reply_header(sb_exchange *x, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Forgets what was said so far. */
void reply_reset(sb_exchange *x);

/** Appends UTF-8 text as ISO-8859-1, `?` for what it lacks; unless a charset fault is on. */
void reply_latin1(sb_exchange *x, const char *utf8);

/** § 1.3, success: "OK\n" + payload + "\n". The payload is not escaped. */
void reply_success(sb_exchange *x, const char *payload);
/** § 1.3, success with the human message: escaped. */
void reply_success_text(sb_exchange *x, const char *message);
/** § 1.3, failure: "KO\n" + escaped Latin-1 + "\n"; a redirect outside API mode. */
void reply_failure(sb_exchange *x, const char *message);
/** The other family (§ 3.1): "KO\n" + UTF-8, not escaped, no newline at the end. */
void reply_plain_failure(sb_exchange *x, const char *message);
/** 302 without a body. A target beginning with '/' becomes absolute (site base + path). */
void reply_redirect(sb_exchange *x, const char *target);
/** An Apache error page. */
void reply_error(sb_exchange *x, unsigned http);
/** An uncaught exception: HTTP 500. */
void reply_exception(sb_exchange *x, const ctes_error *err);

/* --- coming in (login.c) --- */

/** How a page says no. */
typedef enum page_style {
    STYLE_GENERIC, /**< § 1.3 */
    STYLE_PLAIN,   /**< "KO\n" + UTF-8 */
    STYLE_REDIRECT /**< 302, whatever happens */
} page_style;

typedef enum page_right {
    RIGHT_LOGIN,  /**< any account, the "disabled" mark is not tested */
    RIGHT_ACCESS, /**< any permission but NONE */
    RIGHT_EDIT,   /**< RW only */
    RIGHT_ENTER,  /**< CS or RW */
    RIGHT_SEND    /**< TT or RW */
} page_right;

/** Logs in and checks the right, group administrators kept out when `no_group`. On false the reply
 *  is made. */
bool enter(sb_exchange *x, page_style style, page_right right, bool no_group);
/** Why an account that is logged in may not; NULL if it may. */
const char *no_right(const sb_account *account, page_right right, bool no_group);

/** Logs in only. */
bool login(sb_exchange *x);

/** Says no in the page's style. */
void refuse(sb_exchange *x, page_style style, const char *message);

/** The RGS certificate that depositing needs; on false the reply is made. */
bool require_rgs(sb_exchange *x);
#define RGS_TEXT                                                                                   \
    "La télétransmission nécessite un certificat RGS<br/>Erreur : error 20 at 0 depth lookup: " \
    "unable to get local issuer certificate"

/* --- parameters --- */

/** A positive integer from the query (or, `post`, from POST first). Returns false for anything
 * else;
 *  `*ret` is 0 when the parameter is absent or empty. */
bool parameter_id(const sb_exchange *x, const char *name, bool post, int64_t *ret);

#endif
