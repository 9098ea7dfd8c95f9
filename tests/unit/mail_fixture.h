/* Reading a mail, and what came out of it. */
#ifndef CTES_TESTS_MAIL_FIXTURE_H
#define CTES_TESTS_MAIL_FIXTURE_H

#include "cmocka_all.h"

#include "base/buffer.h"
#include "fake/scratch.h"
#include "mail/mail.h"

enum { PIECES_MAX = 64 };

typedef struct world {
    char *folder, *out;
    ctes_mail mail;
    size_t count;
    struct {
        char *nom, *path, *bytes;
        size_t size;
        uint64_t said_size;
    } pieces[PIECES_MAX];
    size_t refuse_at; /* number of the piece that is not taken; 0: none */
    ctes_error err;
} world;

static inline void forget(world *w) {
    for (size_t i = 0; i < w->count; i++) {
        free(w->pieces[i].nom);
        free(w->pieces[i].path);
        free(w->pieces[i].bytes);
    }
    w->count = 0;
    ctes_mail_clear(&w->mail);
    if (w->out != NULL)
        scratch_remove(w->out);
    w->out = scratch_make();
}

static inline int set_up(void **state) {
    world *w = calloc(1, sizeof *w);
    w->folder = scratch_make();
    *state = w;
    return 0;
}

static inline int tear_down(void **state) {
    world *w = *state;
    forget(w);
    scratch_remove(w->out);
    scratch_remove(w->folder);
    free(w);
    return 0;
}

static inline ctes_status on_piece(void *user, const ctes_mail_piece *piece, ctes_error *err) {
    world *w = user;
    if (w->count < PIECES_MAX) {
        w->pieces[w->count].nom = strdup(piece->nom);
        w->pieces[w->count].path = strdup(piece->path);
        w->pieces[w->count].bytes = scratch_read(piece->path, &w->pieces[w->count].size);
        w->pieces[w->count].said_size = piece->size;
        w->count++;
    }
    if (w->refuse_at > 0 && w->count == w->refuse_at) {
        err->code = CTES_E_DISK_FULL;
        return CTES_E_DISK_FULL;
    }
    return CTES_OK;
}

static inline ctes_status read_bytes(world *w, const char *mail, size_t length) {
    forget(w);
    char *path = scratch_path(w->folder, "mail");
    scratch_write(path, mail, length);
    w->err = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = ctes_mail_read(path, w->out, on_piece, w, &w->mail, &w->err);
    assert_int_equal(w->err.code, status);
    free(path);
    return status;
}

/* tests/golden/mails/NAME.eml */
static inline char *golden(const world *w, const char *name, size_t *length) {
    (void)w;
    char path[512];
    assert_non_null(getenv("CTES_SOURCE_DIR"));
    (void)snprintf(path, sizeof path, "%s/tests/golden/mails/%s.eml", getenv("CTES_SOURCE_DIR"),
                   name);
    return scratch_read(path, length);
}

static inline void read_golden(world *w, const char *name) {
    size_t length = 0;
    char *mail = golden(w, name, &length);
    ctes_status status = read_bytes(w, mail, length);
    free(mail);
    if (status != CTES_OK)
        fail_msg("%s: %s", ctes_status_name(status), w->err.detail);
}

#endif
