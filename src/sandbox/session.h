/* PHP sessions and nounces: what the server remembers of a client between two requests. */
#ifndef CTES_SANDBOX_SESSION_H
#define CTES_SANDBOX_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#define SESSION_SIZE 27 /**< 26 characters and NUL */
#define NOUNCE_SIZE  8  /**< 7 characters and NUL */

typedef struct sb_sessions sb_sessions;

sb_sessions *sessions_new(void); /**< NULL when memory is short */
void sessions_free(sb_sessions *sessions);

/** Makes a new identifier that remembers nothing yet. */
void session_make(char ret[static SESSION_SIZE]);

/** Account held by a session: 0 when it is unknown, expired (24 minutes) or holds none. */
int64_t session_account(sb_sessions *sessions, const char *id, int64_t now_ms);
void session_hold(sb_sessions *sessions, const char *id, int64_t account, int64_t now_ms);

/** A nounce tied to an authority, a login and SHA-256(password:nounce); good for 5 minutes, as
 *  often as one likes (sheet § 1.5). */
void nounce_make(sb_sessions *sessions, const char *login, const char *password, int64_t authority,
                 int64_t now_ms, char ret[static NOUNCE_SIZE]);
/** Authority of the nounce, 0 if login or hash do not match or it is too old. */
int64_t nounce_check(sb_sessions *sessions, const char *login, const char *nounce, const char *hash,
                     int64_t now_ms);

#endif
