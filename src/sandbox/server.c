#include "sandbox/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/secret.h"
#include "base/text.h"
#include "sandbox/answer.h"
#include "sandbox/endpoint.h"
#include "sandbox/tls.h"

#define CONNECTIONS_MAX   1000u
#define CONNECTION_MEMORY ((size_t)128 << 10)
#define KEEP_ALIVE_S      120u
#define SLOW_PIECES       10
#define SLOW_UPLOAD_PIECE 16384
#define REPLY_MAX         ((size_t)256 << 20)

struct sb_server {
    sb_box *box;
    struct MHD_Daemon *daemon;
};

/* --- an exchange from its request line to its end --- */

/* Called with the raw URI before anything else; what it returns becomes the request's state. */
static void *on_uri(void *user, const char *uri, struct MHD_Connection *connection) {
    sb_exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    x->box = user;
    x->connection = connection;
    x->started_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    x->body.max = x->box->options.limits.body;
    x->reply.body.max = REPLY_MAX;
    x->reply.http = MHD_HTTP_OK;
    x->path = strdup(uri);
    if (x->path != NULL) {
        char *query = strchr(x->path, '?');
        if (query != NULL) {
            *query++ = '\0';
            form_read(&x->query, "application/x-www-form-urlencoded", query, strlen(query));
        }
    }
    return x;
}

static void exchange_free(sb_exchange *x) {
    reply_reset(x);
    ctes_buffer_clear(&x->reply.body);
    ctes_buffer_clear(&x->body);
    form_clear(&x->query);
    form_clear(&x->post);
    free(x->basic_login);
    free(x->method);
    free(x->path);
    free(x);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how) {
    (void)user, (void)connection, (void)how;
    sb_exchange *x = *state;
    *state = NULL;
    if (x == NULL)
        return;
    if (x->method != NULL && !x->started && x->fault != FAULT_CUT_BEFORE)
        answer_aborted(x);
    exchange_free(x);
}

static const char *header(const sb_exchange *x, const char *name) {
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static void read_basic(sb_exchange *x) {
    char *password = NULL;
    char *login = MHD_basic_auth_get_username_password(x->connection, &password);
    if (login == NULL)
        return;
    const char *secret = password != NULL ? password : "";
    (void)gnutls_hash_fast(GNUTLS_DIG_SHA256, secret, strlen(secret), x->basic_password);
    x->basic_login = strdup(login);
    if (password != NULL) {
        ctes_wipe(password, strlen(password));
        MHD_free(password);
    }
    MHD_free(login);
}

static void read_session(sb_exchange *x) {
    const char *cookie = MHD_lookup_connection_value(x->connection, MHD_COOKIE_KIND, "PHPSESSID");
    if (cookie != NULL && strlen(cookie) == SESSION_SIZE - 1) {
        (void)ctes_text_copy(x->session, sizeof x->session, cookie);
        return;
    }
    session_make(x->session);
    x->session_new = true;
}

/* Once the request's headers are there. False: memory is short. */
static bool begin(sb_exchange *x, const char *method) {
    const sb_box *box = x->box;
    x->method = strdup(method);
    if (x->method == NULL || x->path == NULL)
        return false;
    x->endpoint = endpoint_find(x->path, box->options.generation);
    (void)tls_fingerprint(x->connection, x->fingerprint);
    read_basic(x);
    if (x->endpoint != NULL && x->endpoint->control)
        return true;
    read_session(x);
    x->fault = fault_take(box->faults, x->endpoint != NULL ? endpoint_script(x->endpoint) : NULL,
                          x->endpoint != NULL ? x->endpoint->alias : NULL);
    const char *length = header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
    x->too_large = length != NULL && strtoull(length, NULL, 10) > box->options.limits.body;
    return true;
}

/* --- the reply --- */

/* A reply sent piece by piece, slowly, or only its first half. */
typedef struct sb_trickle {
    const sb_exchange *x; /* lives until on_completed, past the response */
    size_t limit;         /* bytes after which the connection is cut */
} sb_trickle;

static ssize_t on_trickle(void *user, uint64_t position, char *out, size_t max) {
    const sb_trickle *trickle = user;
    const ctes_buffer *body = &trickle->x->reply.body;
    if (position >= trickle->limit)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t piece = trickle->limit - (size_t)position;
    if (trickle->x->fault == FAULT_SLOW) {
        answer_pause(trickle->x, trickle->x->box->options.slow_ms);
        size_t slow = body->length / SLOW_PIECES + 1;
        piece = piece < slow ? piece : slow;
    }
    piece = piece < max ? piece : max;
    memcpy(out, body->data + position, piece);
    return (ssize_t)piece;
}

static struct MHD_Response *make_response(sb_exchange *x) {
    ctes_buffer *body = &x->reply.body;
    if ((x->fault == FAULT_SLOW || x->fault == FAULT_TRUNCATED) && body->length > 0) {
        sb_trickle *made = malloc(sizeof *made);
        if (made == NULL)
            return NULL;
        *made = (sb_trickle){ .x = x, .limit = body->length };
        if (x->fault == FAULT_TRUNCATED)
            made->limit = body->length / 2;
        return MHD_create_response_from_callback(body->length, 4096, on_trickle, made, free);
    }
    if (body->length == 0)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(body->length, CTES_TAKE(body->data),
                                           MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(sb_exchange *x) {
    struct MHD_Response *response = make_response(x);
    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, "Apache");
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                  x->reply.content_type != NULL ? x->reply.content_type
                                                                : "text/html; charset=UTF-8");
    for (size_t i = 0; i < x->reply.header_count; i++)
        (void)MHD_add_response_header(response, x->reply.headers[i].name,
                                      x->reply.headers[i].value);
    if (x->session_new && x->endpoint != NULL) {
        char cookie[96];
        (void)snprintf(cookie, sizeof cookie, "PHPSESSID=%s; path=/; secure; HttpOnly", x->session);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    }
    enum MHD_Result result = MHD_queue_response(x->connection, x->reply.http, response);
    MHD_destroy_response(response);
    return result;
}

/* --- what MHD calls --- */

static enum MHD_Result take_upload(sb_exchange *x, const char *data, size_t *size) {
    size_t length = *size;
    if (x->fault == FAULT_CUT_BEFORE)
        return answer(x) == ANSWER_CUT ? MHD_NO : MHD_YES;
    if (x->fault == FAULT_SLOW) {
        answer_pause(x, x->box->options.slow_ms);
        length = length < SLOW_UPLOAD_PIECE ? length : SLOW_UPLOAD_PIECE;
    }
    x->received += length;
    if (!x->too_large && ctes_buffer_append(&x->body, data, length, NULL) != CTES_OK) {
        x->too_large = true;
        ctes_buffer_clear(&x->body);
    }
    *size -= length;
    return MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state) {
    (void)user, (void)connection, (void)url, (void)version;
    sb_exchange *x = *state;
    if (x == NULL)
        return MHD_NO;
    if (x->method == NULL) {
        if (!begin(x, method))
            return MHD_NO;
        /* a client that waits for "100 Continue" is told before it sends it all */
        if (!x->too_large || header(x, MHD_HTTP_HEADER_EXPECT) == NULL)
            return MHD_YES;
    } else if (*size > 0) {
        return take_upload(x, data, size);
    }
    if (x->started)
        return MHD_YES;
    x->started = true;
    return answer(x) == ANSWER_REPLY ? send_reply(x) : MHD_NO;
}

static void on_connection(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code) {
    (void)context;
    sb_box *box = user;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        tls_prepare(box->tls, connection,
                    fault_take_kind(box->faults, FAULT_WRONG_CERTIFICATE, NULL, NULL));
}

static void on_log(void *user, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void on_log(void *user, const char *format, va_list args) {
    const sb_box *box = user;
    if (box->options.verbose)
        (void)vfprintf(stderr, format, args);
}

/* --- start and stop --- */

/* A listening socket on loopback, and the address it got: known before any thread answers. */
static ctes_status open_socket(sb_box *box, int *ret, ctes_error *err) {
    bool six = strchr(box->options.listen, ':') != NULL;
    struct sockaddr_in v4 = { .sin_family = AF_INET,
                              .sin_port = htons(box->options.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons(box->options.port),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct sockaddr *address = six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
    socklen_t length = six ? sizeof v6 : sizeof v4;
    const int on = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, address, length) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, address, &length) != 0) {
        ctes_status status = ctes_fail_errno(err, errno, box->options.listen);
        if (fd >= 0)
            (void)close(fd);
        return status;
    }
    (void)snprintf(box->base_url, sizeof box->base_url, "https://localhost:%u",
                   (unsigned)ntohs(six ? v6.sin6_port : v4.sin_port));
    *ret = fd;
    return CTES_OK;
}

static ctes_status start_daemon(sb_server *server, ctes_error *err) {
    sb_box *box = server->box;
    int fd = -1;
    CTES_TRY(open_socket(box, &fd, err));
    /* a thread for each connection: one that stalls on purpose holds up no other */
    unsigned flags = MHD_USE_TLS | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, box, MHD_OPTION_EXTERNAL_LOGGER, on_log, box,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_HTTPS_MEM_CERT, tls_certificate_pem(box->tls),
        MHD_OPTION_HTTPS_MEM_KEY, tls_key_pem(box->tls), MHD_OPTION_HTTPS_PRIORITIES,
        tls_priorities(&box->options), MHD_OPTION_NOTIFY_CONNECTION, on_connection, box,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, box, MHD_OPTION_NOTIFY_COMPLETED, on_completed, box,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, KEEP_ALIVE_S, MHD_OPTION_END);
    if (server->daemon == NULL)
        return ctes_fail_errno(err, errno, box->options.listen);
    return CTES_OK; /* the socket is the daemon's now */
}

ctes_status server_start(sb_box *box, sb_server **ret, ctes_error *err) {
    sb_server *made = calloc(1, sizeof *made);
    if (made == NULL)
        return ctes_fail_memory(err);
    made->box = box;
    ctes_status status = start_daemon(made, err);
    if (status != CTES_OK) {
        free(made);
        return status;
    }
    *ret = made;
    return CTES_OK;
}

void server_stop(sb_server *server) {
    if (server == NULL)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}
