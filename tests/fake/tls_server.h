/*
 * A small TLS server on the loopback that behaves as badly as it is told to; a thread serves each
 * connection. Every failure of its own aborts with a message.
 */
#ifndef CTES_TESTS_TLS_SERVER_H
#define CTES_TESTS_TLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum tls_behaviour {
    TLS_SERVER_REPLY,                 /**< read the request, send `reply`, wait for the next one */
    TLS_SERVER_REPLY_THEN_CLOSE,      /**< the same, then end the connection */
    TLS_SERVER_REPLY_THEN_CUT,        /**< the same without the end mark of TLS */
    TLS_SERVER_REPLY_WITHOUT_READING, /**< send `reply` at once, end the connection */
    TLS_SERVER_CLOSE_ACCEPTED,        /**< end the connection before TLS */
    TLS_SERVER_CLOSE_UNREAD,          /**< end it after the handshake */
    TLS_SERVER_CLOSE_HEADERS,         /**< read the request's headers, end it */
    TLS_SERVER_CLOSE_READ,            /**< read the whole request, end it */
    TLS_SERVER_REPLY_ONCE,         /**< answer the first request of a connection, end it without an
                                        answer at the second */
    TLS_SERVER_ONCE_CLOSE_HEADERS, /**< the same, but read only the headers of the second */
    TLS_SERVER_ONCE_CLOSE_PARTLY,  /**< the same, but read only a part of the second's body */
    TLS_SERVER_ECHO, /**< reply with the request's path, a space and the length of its body; a
                          path "/stall…" gets no answer, "/cut…" ends the connection */
    TLS_SERVER_STALL_ACCEPTED,  /**< never begin TLS */
    TLS_SERVER_STALL_READ,      /**< read the request, never answer */
    TLS_SERVER_GARBAGE,         /**< talk something else than TLS */
    TLS_SERVER_ENDLESS_HEADERS, /**< read the request, send headers for ever */
    TLS_SERVER_ENDLESS_HEADER,  /**< read the request, send one header for ever */
    TLS_SERVER_ENDLESS_BODY,    /**< read the request, send a body for ever */
    TLS_SERVER_TALK             /**< another protocol: what `talk` does is the connection */
} tls_behaviour;

/** A connection, while `talk` runs. */
typedef struct tls_talk tls_talk;

/** Reads a line, whose end is left away; false when the client went away or the line is longer. */
bool tls_talk_line(tls_talk *talk, char *line, size_t size);
bool tls_talk_send(tls_talk *talk, const char *text);
/** Sends it until the client has enough. */
void tls_talk_send_for_ever(tls_talk *talk, const char *text);
/** Until the client goes away. */
void tls_talk_stall(tls_talk *talk);

typedef struct tls_server_options {
    tls_behaviour behaviour;
    const char *certificate; /**< PEM */
    const char *key;         /**< PEM */
    const char *client_ca;   /**< PEM: a client certificate of it is required; or NULL */
    int refuse_client_as;    /**< X509_V_ERR_…: why a good client certificate is refused; or 0 */
    int max_version;         /**< TLS1_1_VERSION, TLS1_2_VERSION …; 0: the newest */
    const char *reply;       /**< bytes of the reply, headers included; NULL: 200 "OK" */
    size_t reply_length;     /**< 0: strlen(reply) */
    void (*talk)(void *user, tls_talk *talk);
    void *talk_user;
} tls_server_options;

typedef struct tls_server tls_server;

tls_server *tls_server_start(const tls_server_options *options);
/** Ends connection and thread, and releases all. */
void tls_server_stop(tls_server *server);

/** "https://localhost:PORT"; borrowed. */
const char *tls_server_url(const tls_server *server);
int tls_server_port(const tls_server *server);

/** What the server saw so far; whole once the client has the reply. */
typedef struct tls_server_seen {
    unsigned connections; /**< accepted */
    unsigned handshakes;  /**< completed */
    unsigned resumed;     /**< of them, by taking up a session */
    unsigned begun;       /**< requests, as far as their headers */
    unsigned requests;    /**< read to their end */
    unsigned bodies;      /**< of them, with a body that was read to its end */
    unsigned in_flight;   /**< requests read and not yet answered */
    unsigned most_in_flight;
    uint64_t body_bytes; /**< of the last request, as far as read */
    char peer[256];      /**< subject of the client's certificate, of the last handshake */
} tls_server_seen;

void tls_server_look(tls_server *server, tls_server_seen *ret);
/** The beginning (up to 256 KiB) of the last request, NUL-terminated; freed by the caller. */
char *tls_server_request(tls_server *server, size_t *ret_length);

/** Waits until `connections` have been accepted and ended. */
void tls_server_wait_ended(tls_server *server, unsigned connections);

/** While held, requests are read but not answered (TLS_SERVER_ECHO). */
void tls_server_hold(tls_server *server, bool hold);

/** Waits until so many requests are in flight. */
void tls_server_wait_in_flight(tls_server *server, unsigned count);

/** A port of the loopback where nobody listens. */
int tls_server_dead_port(void);

/** Writes a server certificate for localhost over the key `key`, issued by `ca`/`ca_key`, valid
 *  from and until so many seconds from now. */
void tls_server_issue(const char *ca, const char *ca_key, const char *key, long from, long until,
                      const char *out);

#endif
