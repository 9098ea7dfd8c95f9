#include "sandbox/session.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SESSION_SLOTS   4096 /* a newcomer may take the place of an older one: it has "expired" */
#define SESSION_LIFE_MS (INT64_C(24) * 60 * 1000)
#define NOUNCE_SLOTS    256
#define NOUNCE_LIFE_MS  (INT64_C(5) * 60 * 1000)

struct sb_sessions {
    pthread_mutex_t mutex;
    struct {
        char id[SESSION_SIZE];
        int64_t account, until_ms;
    } slots[SESSION_SLOTS];
    struct {
        char nounce[NOUNCE_SIZE];
        char login[128];
        char hash[65];
        int64_t authority, until_ms;
    } nounces[NOUNCE_SLOTS];
    size_t next_nounce;
};

sb_sessions *sessions_new(void) {
    sb_sessions *made = calloc(1, sizeof *made);
    if (made != NULL && pthread_mutex_init(&made->mutex, NULL) != 0) {
        free(made);
        return NULL;
    }
    return made;
}

void sessions_free(sb_sessions *sessions) {
    if (sessions == NULL)
        return;
    (void)pthread_mutex_destroy(&sessions->mutex);
    free(sessions);
}

static void random_text(char *out, size_t length) {
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned char bytes[32] = { 0 };
    (void)gnutls_rnd(GNUTLS_RND_NONCE, bytes, sizeof bytes);
    for (size_t i = 0; i < length; i++)
        out[i] = alphabet[bytes[i] % (sizeof alphabet - 1)];
    out[length] = '\0';
}

void session_make(char ret[static SESSION_SIZE]) {
    random_text(ret, SESSION_SIZE - 1);
}

static size_t slot_of(const char *id) {
    uint32_t hash = 2166136261u;
    for (; *id != '\0'; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619u;
    return hash % SESSION_SLOTS;
}

int64_t session_account(sb_sessions *sessions, const char *id, int64_t now_ms) {
    size_t slot = slot_of(id);
    (void)pthread_mutex_lock(&sessions->mutex);
    int64_t account = 0;
    if (sessions->slots[slot].until_ms > now_ms && strcmp(sessions->slots[slot].id, id) == 0)
        account = sessions->slots[slot].account;
    (void)pthread_mutex_unlock(&sessions->mutex);
    return account;
}

void session_hold(sb_sessions *sessions, const char *id, int64_t account, int64_t now_ms) {
    size_t slot = slot_of(id);
    (void)pthread_mutex_lock(&sessions->mutex);
    (void)ctes_text_copy(sessions->slots[slot].id, SESSION_SIZE, id);
    sessions->slots[slot].account = account;
    sessions->slots[slot].until_ms = now_ms + SESSION_LIFE_MS;
    (void)pthread_mutex_unlock(&sessions->mutex);
}

void nounce_make(sb_sessions *sessions, const char *login, const char *password, int64_t authority,
                 int64_t now_ms, char ret[static NOUNCE_SIZE]) {
    random_text(ret, NOUNCE_SIZE - 1);
    gnutls_hash_hd_t hash;
    uint8_t digest[32] = { 0 };
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) >= 0) {
        (void)gnutls_hash(hash, password, strlen(password));
        (void)gnutls_hash(hash, ":", 1);
        (void)gnutls_hash(hash, ret, NOUNCE_SIZE - 1);
        gnutls_hash_deinit(hash, digest);
    }
    (void)pthread_mutex_lock(&sessions->mutex);
    size_t slot = sessions->next_nounce++ % NOUNCE_SLOTS;
    memcpy(sessions->nounces[slot].nounce, ret, NOUNCE_SIZE);
    (void)ctes_text_copy(sessions->nounces[slot].login, sizeof sessions->nounces[slot].login,
                         login);
    ctes_text_hex(digest, sizeof digest, sessions->nounces[slot].hash);
    sessions->nounces[slot].authority = authority;
    sessions->nounces[slot].until_ms = now_ms + NOUNCE_LIFE_MS;
    (void)pthread_mutex_unlock(&sessions->mutex);
}

int64_t nounce_check(sb_sessions *sessions, const char *login, const char *nounce, const char *hash,
                     int64_t now_ms) {
    int64_t authority = 0;
    (void)pthread_mutex_lock(&sessions->mutex);
    for (size_t i = 0; i < NOUNCE_SLOTS; i++) {
        if (sessions->nounces[i].until_ms > now_ms &&
            strcmp(sessions->nounces[i].nounce, nounce) == 0 &&
            strcmp(sessions->nounces[i].login, login) == 0 &&
            strcmp(sessions->nounces[i].hash, hash) == 0)
            authority = sessions->nounces[i].authority;
    }
    (void)pthread_mutex_unlock(&sessions->mutex);
    return authority;
}
