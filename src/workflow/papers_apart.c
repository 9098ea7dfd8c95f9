#include "workflow/papers_apart.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>

#include <ctes/ctes.h>

#include "base/apart.h"
#include "base/fail.h"

enum {
    MEMORY = 256 << 20, /* beside three times the document: read, changed, written */
    SECONDS = 60
};

typedef struct job {
    const ctes_stamp *stamp;
    const ctes_tampon *tampon;       /* to lay the stamp on */
    const ctes_cover *cover;         /* or to draw on a cover page */
    const ctes_bordereau *bordereau; /* or a slip */
    const ctes_pdf_attachment *document;
} job;

/* Beside the file that this code is in, and nowhere else. */
static ctes_status path_of_library(char **ret, ctes_error *err) {
    static const char here;
    Dl_info info;
    if (dladdr(&here, &info) == 0 || info.dli_fname == NULL)
        return ctes_fail(err, CTES_E_PAPERS_MISSING, NULL, "%s", CTES_PAPER_LIBRARY);
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(PATH_MAX);
    const char *slash = strrchr(info.dli_fname, '/');
    size_t folder = slash != NULL ? (size_t)(slash - info.dli_fname) + 1 : 0;
    CTES_TRY(ctes_buffer_append(&path, info.dli_fname, folder, err));
    CTES_TRY(ctes_buffer_puts(&path, CTES_PAPER_LIBRARY, err));
    return ctes_buffer_take(&path, ret, err);
}

/* NULL with `err` filled (CTES_E_PAPERS_MISSING). It stays open: the child ends with it. */
static const ctes_paper_engine *open_engine(const char *path, ctes_error *err) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const ctes_paper_engine *engine = library != NULL ? dlsym(library, CTES_PAPER_ENGINE) : NULL;
    if (engine == NULL) {
        (void)ctes_fail(err, CTES_E_PAPERS_MISSING, NULL, "%s", dlerror());
    } else if (strcmp(engine->version, CTES_VERSION) != 0) {
        (void)ctes_fail(err, CTES_E_PAPERS_MISSING, NULL, "%s %s, ctes %s", CTES_PAPER_LIBRARY,
                        engine->version, CTES_VERSION);
        return NULL;
    }
    return engine;
}

/* A laid stamp's reason is the last byte. */
static ctes_status make(void *user, ctes_buffer *out, ctes_error *err) {
    const job *j = user;
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(path_of_library(&path, err));
    const ctes_paper_engine *engine = open_engine(path, err);
    if (engine == NULL)
        return CTES_E_PAPERS_MISSING;
    if (j->bordereau != NULL)
        return engine->bordereau_draw(j->bordereau, out, err);
    if (j->cover != NULL)
        return engine->stamp_cover(j->stamp, j->cover, j->document, out, err);
    ctes_stamp_reason reason;
    CTES_TRY(engine->stamp_lay(j->stamp, j->tampon, j->document->bytes, out, &reason, err));
    const char last = (char)reason;
    return ctes_buffer_append(out, &last, 1, err);
}

static ctes_status make_apart(job *j, ctes_buffer *out, ctes_error *err) {
    ctes_apart_bounds bounds = { MEMORY, SECONDS };
    if (j->document != NULL)
        bounds.memory += 3 * j->document->bytes->length;
    return ctes_apart(&bounds, make, j, out, err);
}

ctes_status ctes_papers_lay(const ctes_stamp *stamp, const ctes_tampon *tampon,
                            const ctes_buffer *document, ctes_buffer *out,
                            ctes_stamp_reason *ret_reason, ctes_error *err) {
    const ctes_pdf_attachment file = { .bytes = document };
    job j = { .stamp = stamp, .tampon = tampon, .document = &file };
    ctes_error cause = CTES_ERROR_INIT;
    ctes_status status = make_apart(&j, out, &cause);
    if (status == CTES_E_LIMIT) {
        *ret_reason = CTES_STAMP_TOO_LARGE;
        return CTES_OK;
    }
    if (status != CTES_OK) {
        if (err != NULL)
            *err = cause;
        return status;
    }
    *ret_reason = (ctes_stamp_reason)out->data[--out->length];
    return CTES_OK;
}

ctes_status ctes_papers_cover(const ctes_stamp *stamp, const ctes_cover *cover,
                              const ctes_pdf_attachment *document, ctes_buffer *out,
                              ctes_error *err) {
    job j = { .stamp = stamp, .cover = cover, .document = document };
    return make_apart(&j, out, err);
}

ctes_status ctes_papers_bordereau(const ctes_bordereau *bordereau, ctes_buffer *out,
                                  ctes_error *err) {
    job j = { .bordereau = bordereau };
    return make_apart(&j, out, err);
}
