/*
 * The connections beneath a transport, watched for one question: is what libcurl is about to use
 * again still there? A server that ends an idle connection says so with a TLS close_notify, which
 * libcurl takes for a sign of life; the request would leave into nothing, with an outcome nobody
 * knows. So the socket is looked at just before the request: on an idle HTTP/1.1 connection nothing
 * may be waiting to be read, neither bytes nor the connection's end.
 *
 * Here is also where libcurl is kept from sending a body again, a second lock beside that of
 * curl_body.c.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/curl_internal.h"

struct ctes_connection {
    ctes_connection *next;
    int fd;               /* -1 once closed */
    long port;            /* its own, once it served: until then the socket may change hands */
    unsigned long served; /* requests begun on it */
    unsigned users;       /* exchanges on it now: more than one with HTTP/2 */
    bool http2;
    bool leaving; /* the server takes no stream above `last_stream` (HTTP/2 GOAWAY) */
    unsigned long last_stream;
};

/* --- which connection ------------------------------------------------------------------------- */

static long local_port(int fd) {
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof address;
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -1;
    if (address.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
    return -1;
}

/* libcurl's callback names the connection by its ports; its CURLINFO_ACTIVESOCKET still tells the
 * exchange before. */
static ctes_connection *find(const ctes_connections *all, int port) {
    for (ctes_connection *one = all->first; one != NULL; one = one->next) {
        long own = one->port != 0 && one->fd >= 0 ? one->port : local_port(one->fd);
        if (own == port) {
            one->port = own;
            return one;
        }
    }
    return NULL;
}

static void drop_unused(ctes_connections *all) {
    ctes_connection **at = &all->first;
    while (*at != NULL) {
        ctes_connection *one = *at;
        if (one->fd < 0 && one->users == 0) {
            *at = one->next;
            free(one);
        } else {
            at = &one->next;
        }
    }
}

void ctes_curl_leave_connection(ctes_curl *curl) {
    ctes_connection *connection = curl->exchange.connection;
    if (connection == NULL)
        return;
    curl->exchange.connection = NULL;
    long version = 0;
    if (curl_easy_getinfo(curl->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK &&
        version >= CURL_HTTP_VERSION_2_0)
        connection->http2 = true;
    /* RFC 9113 § 6.8: streams above the last one were not and will not be processed */
    curl->exchange.refused = connection->leaving && curl->exchange.stream > connection->last_stream;
    connection->users--;
    drop_unused(curl->connections);
}

void ctes_connections_clear(ctes_connections *all) {
    while (all->first != NULL) {
        ctes_connection *one = all->first;
        all->first = one->next;
        free(one);
    }
}

/* --- sockets ---------------------------------------------------------------------------------- */

static void forget(ctes_connections *all, int fd) {
    for (ctes_connection *one = all->first; one != NULL; one = one->next) {
        if (one->fd == fd)
            one->fd = -1;
    }
    drop_unused(all);
}

static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    ctes_curl *curl = user;
    ctes_connection *made = calloc(1, sizeof *made);
    if (made == NULL)
        return CURL_SOCKET_BAD;
    made->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made->fd < 0) {
        free(made);
        return CURL_SOCKET_BAD;
    }
    forget(curl->connections,
           made->fd); /* libcurl closed one without a word: it failed to connect */
    made->next = curl->connections->first;
    curl->connections->first = made;
    return made->fd;
}

static int on_close(void *user, curl_socket_t fd) {
    forget(user, fd);
    return close(fd);
}

/* --- before a request ------------------------------------------------------------------------- */

static bool has_ended(const ctes_connection *connection) {
    /* one in use by another exchange as well is HTTP/2, of which libcurl reads all the time */
    if (connection->served == 0 || connection->users > 0 || connection->http2)
        return false;
    char byte;
    ssize_t got = recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static int on_request(void *user, char *remote, char *local, int remote_port, int port) {
    (void)remote;
    (void)local;
    (void)remote_port;
    ctes_curl *curl = user;
    ctes_exchange *exchange = &curl->exchange;
    bool again = exchange->begun;
    exchange->begun = true;
    if (again && exchange->submission && exchange->body_read) {
        exchange->resend_barred = true;
        return CURL_PREREQFUNC_ABORT;
    }
    ctes_curl_leave_connection(curl);
    ctes_connection *connection = find(curl->connections, port);
    if (connection == NULL)
        return CURL_PREREQFUNC_OK;
    if (has_ended(connection)) {
        exchange->stale = !again || !exchange->submission;
        return CURL_PREREQFUNC_ABORT;
    }
    connection->served++;
    connection->users++;
    exchange->connection = connection;
    exchange->stream = 0;
    return CURL_PREREQFUNC_OK;
}

/* --- HTTP/2 ----------------------------------------------------------------------------------- */

/* The number behind `words` in libcurl's text, if they are there. */
static bool number_behind(const char *text, const char *words, unsigned long *ret) {
    const char *found = strstr(text, words);
    if (found == NULL)
        return false;
    char *end = NULL;
    unsigned long number = strtoul(found + strlen(words), &end, 10);
    if (end == found + strlen(words))
        return false;
    *ret = number;
    return true;
}

/* A server that ends an HTTP/2 connection (nginx after 1000 requests, Apache after 100) says which
 * streams it still serves; later ones were sent in vain and may be sent again. Nothing but these
 * words of libcurl tells them from streams that broke: should another version choose others, such a
 * submission's outcome counts as unknown, which is safe. */
static int on_words(CURL *easy, curl_infotype type, char *bytes, size_t size, void *user) {
    (void)easy;
    ctes_curl *curl = user;
    ctes_connection *connection = curl->exchange.connection;
    char text[128];
    if (type != CURLINFO_TEXT || connection == NULL || size >= sizeof text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    (void)number_behind(text, "Using Stream ID: ", &curl->exchange.stream);
    unsigned long last = 0;
    if (strstr(text, "GOAWAY") != NULL && number_behind(text, "last_stream=", &last)) {
        connection->leaving = true;
        connection->last_stream = last;
    }
    return 0;
}

CURLcode ctes_curl_watch_connections(ctes_curl *curl) {
    CTES_CURL_SET(curl->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    CTES_CURL_SET(curl->easy, CURLOPT_OPENSOCKETDATA, curl);
    CTES_CURL_SET(curl->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    CTES_CURL_SET(curl->easy, CURLOPT_CLOSESOCKETDATA, curl->connections);
    CTES_CURL_SET(curl->easy, CURLOPT_PREREQFUNCTION, on_request);
    CTES_CURL_SET(curl->easy, CURLOPT_PREREQDATA, curl);
    CTES_CURL_SET(curl->easy, CURLOPT_DEBUGFUNCTION, on_words);
    CTES_CURL_SET(curl->easy, CURLOPT_DEBUGDATA, curl);
    return CURLE_OK;
}
