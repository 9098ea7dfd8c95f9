#include "fake/tls_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { KEPT = 256 << 10, CHUNK = 16384, CONNECTIONS_MAX = 256 };

typedef struct connection {
    tls_server *server;
    pthread_t thread;
    int fd; /* -1 once ended */
} connection;

struct tls_server {
    tls_server_options options;
    char *reply;
    SSL_CTX *tls;
    int listener;
    int wake[2]; /* readable once the server is to stop */
    char url[64];
    int port;
    pthread_t thread;
    /* below: shared with the tests' thread */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    tls_server_seen seen;
    unsigned ended;
    char *kept; /* beginning of the last request */
    size_t kept_length;
    connection connections[CONNECTIONS_MAX]; /* `seen.connections` of them */
    bool stopping;
    bool held;
};

static void give_up(const char *what) {
    (void)fprintf(stderr, "tls_server: %s: %s\n", what, strerror(errno));
    ERR_print_errors_fp(stderr);
    abort();
}

static void lock(tls_server *server) {
    if (pthread_mutex_lock(&server->lock) != 0)
        give_up("lock");
}

static void unlock(tls_server *server) {
    (void)pthread_cond_broadcast(&server->changed);
    if (pthread_mutex_unlock(&server->lock) != 0)
        give_up("unlock");
}

/* --- requests --------------------------------------------------------------------------------- */

static void keep(tls_server *server, const char *bytes, size_t length, size_t body, bool first) {
    lock(server);
    if (first) { /* only now: the tests look at the request before while the next is waited for */
        server->kept_length = 0;
        server->seen.begun++;
        server->seen.body_bytes = 0;
    }
    size_t room = KEPT - server->kept_length;
    size_t taken = length < room ? length : room;
    memcpy(server->kept + server->kept_length, bytes, taken);
    server->kept_length += taken;
    server->kept[server->kept_length] = '\0';
    server->seen.body_bytes += body;
    unlock(server);
}

typedef enum read_part { READ_HEADERS, READ_PART, READ_WHOLE } read_part;

static uint64_t content_length(const char *headers) {
    const char *found = strcasestr(headers, "\r\nContent-Length:");
    return found != NULL ? strtoull(found + 17, NULL, 10) : 0;
}

/* what one connection knows of the request it is on */
typedef struct request {
    char path[64];
    uint64_t body;
} request;

/* reads headers and as much of the body as `part` says; false when the client went away */
static bool read_request(tls_server *server, SSL *tls, read_part part, request *ret) {
    char headers[CHUNK + 1];
    size_t length = 0;
    char *end = NULL;
    while (end == NULL) {
        int got = SSL_read(tls, headers + length, (int)(CHUNK - length));
        if (got <= 0)
            return false;
        length += (size_t)got;
        headers[length] = '\0';
        end = strstr(headers, "\r\n\r\n");
    }
    size_t body = length - (size_t)(end + 4 - headers);
    keep(server, headers, length, body, true);
    uint64_t expected = content_length(headers);
    uint64_t read = body;
    char chunk[CHUNK];
    if (part != READ_WHOLE)
        expected = part == READ_PART ? expected / 2 : 0;
    while (read < expected) {
        int got = SSL_read(tls, chunk, sizeof chunk);
        if (got <= 0)
            return false;
        keep(server, chunk, (size_t)got, (size_t)got, false);
        read += (uint64_t)got;
    }
    ret->body = read;
    ret->path[0] = '\0';
    (void)sscanf(headers, "%*s %63s", ret->path);
    lock(server);
    server->seen.requests++;
    server->seen.bodies += part == READ_WHOLE && read > 0;
    unlock(server);
    return true;
}

/* --- replies ---------------------------------------------------------------------------------- */

static bool send_bytes(SSL *tls, const char *bytes, size_t length) {
    while (length > 0) {
        int sent = SSL_write(tls, bytes, (int)(length < CHUNK ? length : CHUNK));
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* until the client has enough of it */
static void send_for_ever(SSL *tls, const char *first, const char *again) {
    char chunk[CHUNK];
    size_t length = 0;
    for (; length + strlen(again) <= sizeof chunk; length += strlen(again))
        memcpy(chunk + length, again, strlen(again));
    if (!send_bytes(tls, first, strlen(first)))
        return;
    while (send_bytes(tls, chunk, length))
        ;
}

static void wait_for_stop(const tls_server *server, int fd) {
    /* also until the client goes away; what it sends meanwhile is left unread */
    struct pollfd events[] = { { .fd = server->wake[0], .events = POLLIN },
                               { .fd = fd, .events = POLLRDHUP } };
    while (poll(events, 2, -1) < 0 && errno == EINTR)
        ;
}

static bool is_once(tls_behaviour behaviour) {
    return behaviour == TLS_SERVER_REPLY_ONCE || behaviour == TLS_SERVER_ONCE_CLOSE_HEADERS ||
           behaviour == TLS_SERVER_ONCE_CLOSE_PARTLY;
}

/* how much of a connection's `count`th request is read */
static read_part part_of(tls_behaviour behaviour, unsigned count) {
    if (behaviour == TLS_SERVER_CLOSE_HEADERS ||
        (behaviour == TLS_SERVER_ONCE_CLOSE_HEADERS && count > 1))
        return READ_HEADERS;
    return behaviour == TLS_SERVER_ONCE_CLOSE_PARTLY && count > 1 ? READ_PART : READ_WHOLE;
}

static bool echo(tls_server *server, SSL *tls, const request *asked) {
    lock(server);
    server->seen.in_flight++;
    if (server->seen.in_flight > server->seen.most_in_flight)
        server->seen.most_in_flight = server->seen.in_flight;
    (void)pthread_cond_broadcast(&server->changed);
    while (server->held && !server->stopping)
        (void)pthread_cond_wait(&server->changed, &server->lock);
    server->seen.in_flight--; /* before the client can know of the answer */
    unlock(server);
    char body[128];
    char reply[256];
    int length =
        snprintf(body, sizeof body, "%s %llu", asked->path, (unsigned long long)asked->body);
    length = snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s",
                      length, body);
    return send_bytes(tls, reply, (size_t)length);
}

static void serve_echoes(tls_server *server, SSL *tls, int fd) {
    request asked;
    while (read_request(server, tls, READ_WHOLE, &asked)) {
        if (strncmp(asked.path, "/cut", 4) == 0)
            return;
        if (strncmp(asked.path, "/stall", 6) == 0) {
            wait_for_stop(server, fd);
            return;
        }
        if (!echo(server, tls, &asked))
            return;
    }
}

static void serve_requests(tls_server *server, SSL *tls) {
    const tls_server_options *options = &server->options;
    tls_behaviour behaviour = options->behaviour;
    for (unsigned count = 1;; count++) {
        request asked;
        if (!read_request(server, tls, part_of(behaviour, count), &asked))
            return;
        if (behaviour == TLS_SERVER_CLOSE_HEADERS || behaviour == TLS_SERVER_CLOSE_READ ||
            (is_once(behaviour) && count > 1))
            return;
        if (!send_bytes(tls, server->reply, options->reply_length))
            return;
        if (behaviour == TLS_SERVER_REPLY_THEN_CUT)
            return;
        if (behaviour == TLS_SERVER_REPLY_THEN_CLOSE) {
            (void)SSL_shutdown(tls);
            return;
        }
    }
}

/* --- other protocols -------------------------------------------------------------------------- */

struct tls_talk {
    const tls_server *server;
    SSL *tls;
    int fd;
};

bool tls_talk_line(tls_talk *talk, char *line, size_t size) {
    for (size_t length = 0; length < size && SSL_read(talk->tls, line + length, 1) == 1; length++) {
        if (line[length] != '\n')
            continue;
        line[length > 0 && line[length - 1] == '\r' ? length - 1 : length] = '\0';
        return true;
    }
    return false;
}

bool tls_talk_send(tls_talk *talk, const char *text) {
    return send_bytes(talk->tls, text, strlen(text));
}

void tls_talk_send_for_ever(tls_talk *talk, const char *text) {
    send_for_ever(talk->tls, "", text);
}

void tls_talk_stall(tls_talk *talk) {
    wait_for_stop(talk->server, talk->fd);
}

/* --- connections ------------------------------------------------------------------------------ */

static void serve(tls_server *server, SSL *tls, int fd) {
    request asked;
    static const char START[] = "HTTP/1.1 200 OK\r\n";
    switch (server->options.behaviour) {
    case TLS_SERVER_CLOSE_UNREAD:
        return;
    case TLS_SERVER_REPLY_WITHOUT_READING:
        (void)send_bytes(tls, server->reply, server->options.reply_length);
        (void)SSL_shutdown(tls);
        return;
    case TLS_SERVER_STALL_READ:
        if (read_request(server, tls, READ_WHOLE, &asked))
            wait_for_stop(server, fd);
        return;
    case TLS_SERVER_ENDLESS_HEADERS:
        if (read_request(server, tls, READ_WHOLE, &asked))
            send_for_ever(tls, START, "X-Filler: nothing at all\r\n");
        return;
    case TLS_SERVER_ENDLESS_HEADER:
        if (read_request(server, tls, READ_WHOLE, &asked))
            send_for_ever(tls, "HTTP/1.1 200 OK\r\nX-Filler: ", "nothing at all ");
        return;
    case TLS_SERVER_ENDLESS_BODY:
        if (read_request(server, tls, READ_WHOLE, &asked))
            send_for_ever(tls, "HTTP/1.1 200 OK\r\n\r\n", "nothing at all, again and again\n");
        return;
    case TLS_SERVER_ECHO:
        serve_echoes(server, tls, fd);
        return;
    case TLS_SERVER_TALK:
        server->options.talk(server->options.talk_user,
                             &(tls_talk){ .server = server, .tls = tls, .fd = fd });
        return;
    default:
        serve_requests(server, tls);
    }
}

static void note_handshake(tls_server *server, SSL *tls) {
    lock(server);
    server->seen.handshakes++;
    server->seen.resumed += SSL_session_reused(tls) == 1;
    server->seen.peer[0] = '\0';
    X509 *peer = SSL_get1_peer_certificate(tls);
    if (peer != NULL)
        (void)X509_NAME_oneline(X509_get_subject_name(peer), server->seen.peer,
                                sizeof server->seen.peer);
    X509_free(peer);
    unlock(server);
}

/* lets the client read what was sent to it before it learns that nobody listens any more */
static void linger(int fd) {
    (void)shutdown(fd, SHUT_WR);
    struct timeval limit = { .tv_sec = 5 };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char chunk[CHUNK];
    while (recv(fd, chunk, sizeof chunk, 0) > 0)
        ;
}

static void serve_socket(tls_server *server, int fd) {
    static const char GARBAGE[] = "220 mail.example.invalid ESMTP ready\r\n";
    switch (server->options.behaviour) {
    case TLS_SERVER_CLOSE_ACCEPTED:
        return;
    case TLS_SERVER_STALL_ACCEPTED:
        wait_for_stop(server, fd);
        return;
    case TLS_SERVER_GARBAGE:
        (void)send(fd, GARBAGE, sizeof GARBAGE - 1, MSG_NOSIGNAL);
        linger(fd);
        return;
    default:
        break;
    }
    SSL *tls = SSL_new(server->tls);
    if (tls == NULL || SSL_set_fd(tls, fd) != 1)
        give_up("SSL_new");
    if (SSL_accept(tls) == 1) {
        note_handshake(server, tls);
        serve(server, tls, fd);
    } else {
        linger(fd); /* an alert has been sent */
    }
    ERR_clear_error();
    SSL_free(tls);
}

static void *run_connection(void *argument) {
    connection *own = argument;
    tls_server *server = own->server;
    serve_socket(server, own->fd);
    lock(server);
    (void)close(own->fd);
    own->fd = -1;
    server->ended++;
    unlock(server);
    return NULL;
}

static void start_connection(tls_server *server, int fd) {
    lock(server);
    if (server->seen.connections == CONNECTIONS_MAX)
        give_up("too many connections");
    connection *made = &server->connections[server->seen.connections++];
    *made = (connection){ .server = server, .fd = fd };
    if (server->stopping) /* stop() has looked before this connection was known */
        (void)shutdown(fd, SHUT_RDWR);
    if (pthread_create(&made->thread, NULL, run_connection, made) != 0)
        give_up("thread");
    unlock(server);
}

static void *run(void *argument) {
    tls_server *server = argument;
    /* for the connections too: OpenSSL writes without MSG_NOSIGNAL */
    sigset_t pipe_signal;
    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
    for (;;) {
        struct pollfd events[] = { { .fd = server->wake[0], .events = POLLIN },
                                   { .fd = server->listener, .events = POLLIN } };
        if (poll(events, 2, -1) < 0)
            give_up("poll");
        if (events[0].revents != 0)
            return NULL;
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            give_up("accept");
        start_connection(server, fd);
    }
}

/* --- life ------------------------------------------------------------------------------------- */

/* turns a client certificate that is good into a bad one, as a revocation list would */
static int refuse_client(int good, X509_STORE_CTX *store) {
    const SSL *tls = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const tls_server *server = SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls));
    if (!good || server->options.refuse_client_as == 0 ||
        X509_STORE_CTX_get_error_depth(store) != 0)
        return good;
    X509_STORE_CTX_set_error(store, server->options.refuse_client_as);
    return 0;
}

static SSL_CTX *make_tls(tls_server *server) {
    const tls_server_options *options = &server->options;
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, options->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, options->key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_set_max_proto_version(tls, options->max_version) != 1 ||
        SSL_CTX_set_session_id_context(tls, (const unsigned char *)"ctes", 4) != 1)
        give_up("TLS settings");
    if (options->max_version != 0 && options->max_version < TLS1_2_VERSION) {
        /* as servers that should have been switched off are */
        if (SSL_CTX_set_min_proto_version(tls, TLS1_VERSION) != 1 ||
            SSL_CTX_set_cipher_list(tls, "ALL:@SECLEVEL=0") != 1)
            give_up("old TLS");
    }
    (void)SSL_CTX_set_app_data(tls, server);
    if (options->client_ca != NULL) {
        if (SSL_CTX_load_verify_file(tls, options->client_ca) != 1)
            give_up(options->client_ca);
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, refuse_client);
    }
    return tls;
}

static int bind_loopback(int *ret_port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        give_up("bind");
    *ret_port = ntohs(address.sin_port);
    return fd;
}

int tls_server_dead_port(void) {
    int port;
    (void)close(bind_loopback(&port));
    return port;
}

tls_server *tls_server_start(const tls_server_options *options) {
    static const char DEFAULT_REPLY[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    tls_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        give_up("memory");
    server->options = *options;
    const char *reply = options->reply != NULL ? options->reply : DEFAULT_REPLY;
    if (options->reply == NULL || options->reply_length == 0)
        server->options.reply_length = strlen(reply);
    server->reply = malloc(server->options.reply_length + 1);
    server->kept = calloc(1, KEPT + 1);
    if (server->reply == NULL || server->kept == NULL)
        give_up("memory");
    memcpy(server->reply, reply, server->options.reply_length);
    server->tls = make_tls(server);
    server->listener = bind_loopback(&server->port);
    (void)snprintf(server->url, sizeof server->url, "https://localhost:%d", server->port);
    if (listen(server->listener, 16) != 0 || pipe2(server->wake, O_CLOEXEC) != 0 ||
        pthread_mutex_init(&server->lock, NULL) != 0 ||
        pthread_cond_init(&server->changed, NULL) != 0 ||
        pthread_create(&server->thread, NULL, run, server) != 0)
        give_up("start");
    return server;
}

void tls_server_stop(tls_server *server) {
    if (server == NULL)
        return;
    lock(server);
    server->stopping = true;
    for (unsigned i = 0; i < server->seen.connections; i++) {
        if (server->connections[i].fd >= 0)
            (void)shutdown(server->connections[i].fd, SHUT_RDWR);
    }
    unlock(server);
    if (write(server->wake[1], "", 1) != 1 || pthread_join(server->thread, NULL) != 0)
        give_up("stop");
    for (unsigned i = 0; i < server->seen.connections; i++) {
        if (pthread_join(server->connections[i].thread, NULL) != 0)
            give_up("stop");
    }
    (void)close(server->wake[0]);
    (void)close(server->wake[1]);
    (void)close(server->listener);
    (void)pthread_cond_destroy(&server->changed);
    (void)pthread_mutex_destroy(&server->lock);
    SSL_CTX_free(server->tls);
    free(server->reply);
    free(server->kept);
    free(server);
}

const char *tls_server_url(const tls_server *server) {
    return server->url;
}

int tls_server_port(const tls_server *server) {
    return server->port;
}

void tls_server_look(tls_server *server, tls_server_seen *ret) {
    lock(server);
    *ret = server->seen;
    unlock(server);
}

char *tls_server_request(tls_server *server, size_t *ret_length) {
    lock(server);
    char *copy = malloc(server->kept_length + 1);
    if (copy == NULL)
        give_up("memory");
    memcpy(copy, server->kept, server->kept_length + 1);
    if (ret_length != NULL)
        *ret_length = server->kept_length;
    unlock(server);
    return copy;
}

void tls_server_wait_ended(tls_server *server, unsigned connections) {
    lock(server);
    while (server->ended < connections)
        (void)pthread_cond_wait(&server->changed, &server->lock);
    unlock(server);
}

void tls_server_hold(tls_server *server, bool hold) {
    lock(server);
    server->held = hold;
    unlock(server);
}

void tls_server_wait_in_flight(tls_server *server, unsigned count) {
    lock(server);
    while (server->seen.in_flight < count)
        (void)pthread_cond_wait(&server->changed, &server->lock);
    unlock(server);
}

/* --- certificates ----------------------------------------------------------------------------- */

static EVP_PKEY *load_key(const char *path) {
    FILE *file = fopen(path, "re");
    EVP_PKEY *key = file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (key == NULL)
        give_up(path);
    (void)fclose(file);
    return key;
}

static X509 *load_certificate(const char *path) {
    FILE *file = fopen(path, "re");
    X509 *certificate = file != NULL ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (certificate == NULL)
        give_up(path);
    (void)fclose(file);
    return certificate;
}

static void add_host(X509 *certificate, X509 *issuer) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension =
        X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "DNS:localhost");
    if (extension == NULL || X509_add_ext(certificate, extension, -1) != 1)
        give_up("subject alternative name");
    X509_EXTENSION_free(extension);
}

void tls_server_issue(const char *ca, const char *ca_key, const char *key, long from, long until,
                      const char *out) {
    X509 *issuer = load_certificate(ca);
    EVP_PKEY *issuer_key = load_key(ca_key);
    EVP_PKEY *own_key = load_key(key);
    X509 *made = X509_new();
    if (made == NULL || X509_set_version(made, X509_VERSION_3) != 1 ||
        ASN1_INTEGER_set(X509_get_serialNumber(made), 4711) != 1 ||
        X509_set_issuer_name(made, X509_get_subject_name(issuer)) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(made), from) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(made), until) == NULL ||
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                                   (const unsigned char *)"localhost", -1, -1, 0) != 1 ||
        X509_set_pubkey(made, own_key) != 1)
        give_up("certificate");
    add_host(made, issuer);
    FILE *file = fopen(out, "we");
    if (X509_sign(made, issuer_key, EVP_sha256()) == 0 || file == NULL ||
        PEM_write_X509(file, made) != 1 || fclose(file) != 0)
        give_up(out);
    X509_free(made);
    X509_free(issuer);
    EVP_PKEY_free(own_key);
    EVP_PKEY_free(issuer_key);
}
