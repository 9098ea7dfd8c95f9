#include "operator/s2low_form.h"

#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/text.h"

/* Names end up in a 512-character column; ours stay far below (sheet § 6). */
enum { POSTED_MAX = 200 };

/* A part's strings are const to the transport that sends them, but the form owns them. */
static void free_const(const char *owned) {
    free((void *)owned);
}

static bool owns_value(const ctes_part *part) {
    return part->file_name == NULL;
}

void ctes_s2low_form_clear(ctes_s2low_form *form) {
    if (form == NULL)
        return;
    for (size_t i = 0; i < form->part_count; i++) {
        const ctes_part *part = &form->parts[i];
        if (owns_value(part))
            free_const(part->value);
        free_const(part->name);
        free_const(part->file_name);
        free_const(part->content_type);
        free_const(part->path);
    }
    free(form->parts);
    ctes_buffer_clear(&form->fields);
    *form = (ctes_s2low_form)CTES_S2LOW_FORM_INIT;
}

static ctes_status grow(ctes_s2low_form *form, ctes_error *err) {
    if (form->part_count < form->part_capacity)
        return CTES_OK;
    size_t capacity = form->part_capacity > 0 ? 2 * form->part_capacity : 32;
    ctes_part *larger = realloc(form->parts, capacity * sizeof *larger);
    if (larger == NULL)
        return ctes_fail_memory(err);
    form->parts = larger;
    form->part_capacity = capacity;
    return CTES_OK;
}

ctes_status ctes_s2low_form_value(ctes_s2low_form *form, const char *name, const char *utf8,
                                  ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer latin1 = CTES_BUFFER_INIT(16u << 10);
    char *own_name CTES_AUTO_FREE = NULL;
    char *own_value CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_to_latin1(utf8, &latin1, err));
    size_t length = latin1.length;
    CTES_TRY(ctes_buffer_take(&latin1, &own_value, err));
    CTES_TRY(ctes_text_dup(name, &own_name, err));
    CTES_TRY(grow(form, err));
    CTES_TRY(ctes_buffer_printf(&form->fields, err, "%s=%s\n", name, utf8));
    form->parts[form->part_count++] = (ctes_part){ .name = CTES_TAKE(own_name),
                                                   .value = CTES_TAKE(own_value),
                                                   .value_length = length };
    return CTES_OK;
}

/* Adds a file part with copies of its names; its content is set by the caller. */
static ctes_status add_file(ctes_s2low_form *form, const char *name, const char *posted,
                            const char *mime, const char *path, ctes_error *err) {
    if (form->file_count >= CTES_S2LOW_FILES_MAX)
        return ctes_fail(err, CTES_E_TOO_MANY_FILES, NULL, "%d", CTES_S2LOW_FILES_MAX);
    char *own_name CTES_AUTO_FREE = NULL;
    char *own_posted CTES_AUTO_FREE = NULL;
    char *own_mime CTES_AUTO_FREE = NULL;
    char *own_path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(name, &own_name, err));
    CTES_TRY(ctes_text_dup(posted, &own_posted, err));
    CTES_TRY(ctes_text_dup(mime, &own_mime, err));
    CTES_TRY(ctes_text_dup(path, &own_path, err));
    CTES_TRY(grow(form, err));
    form->parts[form->part_count++] = (ctes_part){ .name = CTES_TAKE(own_name),
                                                   .file_name = CTES_TAKE(own_posted),
                                                   .content_type = CTES_TAKE(own_mime),
                                                   .path = CTES_TAKE(own_path) };
    form->file_count++;
    return CTES_OK;
}

ctes_status ctes_s2low_form_file(ctes_s2low_form *form, const char *name, const char *posted,
                                 const char *mime, const char *path, ctes_error *err) {
    return add_file(form, name, posted, mime, path, err);
}

ctes_status ctes_s2low_form_bytes(ctes_s2low_form *form, const char *name, const char *posted,
                                  const char *mime, const char *bytes, size_t length,
                                  ctes_error *err) {
    CTES_TRY(add_file(form, name, posted, mime, NULL, err));
    ctes_part *part = &form->parts[form->part_count - 1];
    part->value = bytes;
    part->value_length = length;
    return CTES_OK;
}

/* --- names ----------------------------------------------------------------------------------- */

/* The ending a name of that type must have; the first is added when none is there. */
static const char *const *endings_of(const char *mime) {
    static const struct {
        const char *mime;
        const char *endings[3];
    } TYPES[] = {
        { "application/pdf", { ".pdf", NULL } },
        { "application/xml", { ".xml", NULL } },
        { "text/xml", { ".xml", NULL } },
        { "image/png", { ".png", NULL } },
        { "image/jpeg", { ".jpg", ".jpeg", NULL } },
    };
    static const char *const NONE[] = { NULL };
    for (size_t i = 0; mime != NULL && i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(mime, TYPES[i].mime) == 0)
            return TYPES[i].endings;
    return NONE;
}

static bool ends_with(const char *name, const char *ending) {
    size_t length = strlen(name);
    size_t ending_length = strlen(ending);
    return length > ending_length && strcasecmp(name + length - ending_length, ending) == 0;
}

static bool kept(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == ' ';
}

ctes_status ctes_s2low_posted_name(const char *name, const char *mime, char **ret,
                                   ctes_error *err) {
    const char *const *endings = endings_of(mime);
    const char *ending = endings[0] != NULL ? endings[0] : "";
    for (size_t i = 0; endings[i] != NULL; i++)
        if (ends_with(name, endings[i]))
            ending = endings[i]; /* in lower case, whatever the name has */
    size_t stem = strlen(name);
    if (ends_with(name, ending))
        stem -= strlen(ending);
    CTES_AUTO_BUFFER ctes_buffer made = CTES_BUFFER_INIT(POSTED_MAX + 8);
    for (size_t i = 0; i < stem && made.length < POSTED_MAX; i++) {
        if (((unsigned char)name[i] & 0xc0u) == 0x80u)
            continue; /* one '_' a character, not one a byte */
        CTES_TRY(ctes_buffer_append(&made, kept(name[i]) ? &name[i] : "_", 1, err));
    }
    CTES_TRY(ctes_buffer_puts(&made, ending, err));
    return ctes_buffer_take(&made, ret, err);
}
