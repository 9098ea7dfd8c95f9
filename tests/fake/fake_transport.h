/*
 * A ctes_transport in memory: it answers what the test scripted and keeps every request, with the
 * content of its files, for the test to look at. Running out of memory aborts.
 *
 *     fake_transport *fake = fake_transport_new();
 *     fake_reply_text(fake, "actes_transac_create.php", 200, "OK\n1234\n\n");
 *     fake_reply_failure(fake, "get_status", CTES_E_NET_TIMEOUT);
 *     ... use fake_transport_vtable(fake) as the transport ...
 *     assert_string_equal(fake_part_value(fake_request_at(fake, 0), "number"), "2024_01");
 *     assert_true(fake_transport_all_used(fake));
 *     fake_transport_free(fake);
 */
#ifndef CTES_TESTS_FAKE_TRANSPORT_H
#define CTES_TESTS_FAKE_TRANSPORT_H

#include "net/transport.h"

typedef struct fake_transport fake_transport;

/** A scripted reply. Each answers one request (or all of them, with `repeat`). */
typedef struct fake_reply {
    const char *url_contains; /**< must be part of the URL; NULL: any URL */
    ctes_status failure; /**< other than CTES_OK: perform() fails with it; the rest is unused */
    const char *detail;  /**< of the failure; or NULL */
    long status;         /**< HTTP status; 0 stands for 200 */
    const void *body;    /**< or NULL for none */
    size_t length;
    const char *content_type; /**< or NULL */
    const char *location;     /**< or NULL */
    long retry_after;         /**< seconds; 0 and less: absent */
    bool repeat;              /**< answers again and again */
    /** Called (unless NULL) when the reply is given, with `user`: to look at the world meanwhile,
     *  for instance that the register was written before the request left. */
    void (*during)(void *user);
    void *user;
} fake_reply;

/** A part as it would have left: `content` is its value or the bytes of its file. */
typedef struct fake_part {
    char *name;
    char *file_name;    /**< NULL for a plain value */
    char *content_type; /**< or NULL */
    char *content;      /**< NUL-terminated copy */
    size_t length;
} fake_part;

typedef struct fake_request {
    char *url;
    fake_part *parts; /**< NULL: a GET */
    size_t part_count;
    char *login;    /**< or NULL */
    char *password; /**< or NULL */
    bool account_in_url;
    size_t reply_max;   /**< as asked, 0 included */
    char *reply_path;   /**< as asked, or NULL */
    ctes_status result; /**< what perform() returned */
} fake_request;

fake_transport *fake_transport_new(void);
void fake_transport_free(fake_transport *fake);

/** The transport to give to the code under test. Its free() releases nothing and is counted. */
ctes_transport *fake_transport_vtable(fake_transport *fake);

/** Adds a reply; strings and body are copied. A request takes the first reply, in the order they
 *  were added, that is not used up and whose `url_contains` fits. With none left, perform() fails
 *  with CTES_E_INTERNAL and fake_transport_all_used() is false from then on. */
void fake_transport_reply(fake_transport *fake, const fake_reply *reply);
void fake_reply_text(fake_transport *fake, const char *url_contains, long status, const char *body);
void fake_reply_failure(fake_transport *fake, const char *url_contains, ctes_status failure);

/** Forgets replies not given yet; requests stay recorded. */
void fake_transport_forget(fake_transport *fake);

size_t fake_request_count(const fake_transport *fake);
/** The request at `index`, in order; NULL past the end. Borrowed until the fake is freed. */
const fake_request *fake_request_at(const fake_transport *fake, size_t index);
const fake_request *fake_request_last(const fake_transport *fake);

/** The `nth` part (from 0) of that name; NULL if there is none. */
const fake_part *fake_part_at(const fake_request *request, const char *name, size_t nth);
/** Content of the first part of that name; NULL if there is none. */
const char *fake_part_value(const fake_request *request, const char *name);
/** Number of parts of that name. */
size_t fake_part_count(const fake_request *request, const char *name);

/** True when every reply without `repeat` was given and no request went unanswered. */
bool fake_transport_all_used(const fake_transport *fake);
/** How often the transport's free() was called. */
size_t fake_transport_free_count(const fake_transport *fake);

#endif
