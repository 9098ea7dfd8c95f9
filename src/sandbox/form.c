#include "sandbox/form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void form_clear(sb_form *form) {
    free(form->items);
    *form = (struct sb_form){ .items = NULL };
}

/* Next free place of an array, as `name[]` takes it. Files and values number separately. */
static long next_index(const sb_form *form, const char *name, bool file) {
    long next = 0;
    for (size_t i = 0; i < form->count; i++) {
        const form_field *field = &form->items[i];
        if (field->index >= next && (field->filename != NULL) == file &&
            strcmp(field->name, name) == 0)
            next = field->index + 1;
    }
    return next;
}

bool form_add(sb_form *form, char *name, const char *value, size_t length, const char *filename) {
    if (form->count == FORM_FIELDS_MAX)
        return false;
    if ((form->count & (form->count - 1)) == 0) { /* a power of two: time to double */
        size_t room = form->count == 0 ? 1 : form->count * 2;
        form_field *items = realloc(form->items, room * sizeof *items);
        if (items == NULL)
            return false;
        form->items = items;
    }
    form_field made = {
        .name = name, .index = FORM_NO_INDEX, .value = value, .length = length, .filename = filename
    };
    char *bracket = strchr(name, '[');
    if (bracket != NULL && bracket != name) {
        *bracket = '\0';
        char *end = NULL;
        long index = strtol(bracket + 1, &end, 10);
        bool given = end != bracket + 1 && *end == ']' && index >= 0 && index < FORM_FIELDS_MAX;
        made.index = given ? index : next_index(form, name, filename != NULL);
    }
    form->items[form->count++] = made;
    return true;
}

/* --- application/x-www-form-urlencoded --- */

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; returns the new length and ends the text there. */
static size_t url_decode(char *text) {
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (*in == '+') {
            *out++ = ' ';
        } else if (*in == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
            *out++ = (char)(hex(in[1]) * 16 + hex(in[2]));
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return (size_t)(out - text);
}

static void read_urlencoded(sb_form *form, char *body) {
    for (char *pair; (pair = strsep(&body, "&")) != NULL;) {
        char *value = strchr(pair, '=');
        if (value != NULL)
            *value++ = '\0';
        else
            value = pair + strlen(pair);
        (void)url_decode(pair);
        if (*pair != '\0' && !form_add(form, pair, value, url_decode(value), NULL))
            return;
    }
}

/* --- multipart/form-data --- */

/* `key="value"` of a header line, unquoted in place (backslash escapes as PHP reads them). */
static char *parameter(char *line, const char *key) {
    size_t length = strlen(key);
    for (char *at = line; (at = strcasestr(at, key)) != NULL; at += length) {
        if (at == line || strchr("; \t", at[-1]) == NULL || at[length] != '=')
            continue;
        char *in = at + length + 1;
        bool quoted = *in == '"';
        if (quoted)
            in++;
        char *start = in, *out = in;
        while (*in != '\0' && (quoted ? *in != '"' : strchr("; \t", *in) == NULL)) {
            if (quoted && in[0] == '\\' && (in[1] == '"' || in[1] == '\\'))
                in++;
            *out++ = *in++;
        }
        *out = '\0';
        return start;
    }
    return NULL;
}

/* The two names of a part; `headers` ends with NUL and has no empty line. */
static void read_part_headers(char *headers, char **ret_name, char **ret_filename) {
    for (char *line; (line = strsep(&headers, "\r\n")) != NULL;) {
        if (strncasecmp(line, "Content-Disposition:", 20) != 0)
            continue;
        /* the file name is looked for first: unquoting `name` ends the line behind it */
        char *filename = parameter(line, "filename");
        *ret_name = parameter(line, "name");
        if (filename != NULL) {
            char *slash = strrchr(filename, '/');
            filename = slash != NULL ? slash + 1 : filename;
            slash = strrchr(filename, '\\');
            filename = slash != NULL ? slash + 1 : filename;
        }
        *ret_filename = filename;
    }
}

static void read_multipart(sb_form *form, const char *boundary, char *body, size_t length) {
    char mark[80] = "\r\n--";
    size_t boundary_length = strcspn(boundary, "\"; \t\r\n");
    if (boundary_length == 0 || boundary_length > 70)
        return;
    memcpy(mark + 4, boundary, boundary_length);
    size_t mark_length = boundary_length + 4;
    char *end = body + length;
    /* the first mark has no line end before it */
    char *at = memmem(body, length, mark + 2, mark_length - 2);
    if (at == NULL)
        return;
    at += mark_length - 2;
    while (end - at > 4 && memcmp(at, "\r\n", 2) == 0) {
        char *headers = at + 2;
        char *data = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
        if (data == NULL)
            return;
        *data = '\0';
        data += 4;
        /* back over two bytes: an empty part's mark shares the line end of its headers */
        char *next = memmem(data - 2, (size_t)(end - data) + 2, mark, mark_length);
        if (next == NULL)
            return; /* cut short: PHP drops an unfinished part */
        size_t size = next > data ? (size_t)(next - data) : 0;
        char *name = NULL, *filename = NULL;
        if (data - 4 > headers)
            read_part_headers(headers, &name, &filename);
        at = next + mark_length;
        *next = '\0';
        if (next < data)
            data = next;
        if (name != NULL && *name != '\0' && !form_add(form, name, data, size, filename))
            return;
    }
}

void form_read(sb_form *form, const char *content_type, char *body, size_t length) {
    if (content_type == NULL)
        return;
    if (strncasecmp(content_type, "multipart/form-data", 19) == 0) {
        const char *boundary = strcasestr(content_type, "boundary=");
        if (boundary == NULL)
            return;
        boundary += 9;
        read_multipart(form, boundary + (*boundary == '"'), body, length);
    } else if (strncasecmp(content_type, "application/x-www-form-urlencoded", 33) == 0) {
        read_urlencoded(form, body);
    }
}

/* --- asking --- */

static const form_field *find(const sb_form *form, const char *name, long index, bool file) {
    for (size_t i = form->count; i > 0; i--) {
        const form_field *field = &form->items[i - 1];
        if (field->index == index && (field->filename != NULL) == file &&
            strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

const char *form_item(const sb_form *form, const char *name, long index) {
    const form_field *field = find(form, name, index, false);
    return field != NULL ? field->value : "";
}

const char *form_value(const sb_form *form, const char *name) {
    return form_item(form, name, FORM_NO_INDEX);
}

bool form_has(const sb_form *form, const char *name) {
    return find(form, name, FORM_NO_INDEX, false) != NULL;
}

bool form_digits(const char *text, int64_t *ret) {
    int64_t value = 0;
    for (const char *in = text; *in != '\0'; in++) {
        if (*in < '0' || *in > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (*in - '0');
    }
    *ret = value;
    return *text != '\0';
}

bool form_true(const sb_form *form, const char *name) {
    const char *value = form_value(form, name);
    return *value != '\0' && strcmp(value, "0") != 0;
}

const form_field *form_file(const sb_form *form, const char *name, long index) {
    return find(form, name, index, true);
}

long form_next_file(const sb_form *form, const char *name, long index) {
    long best = FORM_NO_INDEX;
    for (size_t i = 0; i < form->count; i++) {
        const form_field *field = &form->items[i];
        if (field->filename != NULL && field->index > index &&
            (best == FORM_NO_INDEX || field->index < best) && strcmp(field->name, name) == 0)
            best = field->index;
    }
    return best;
}

size_t form_file_count(const sb_form *form) {
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += form->items[i].filename != NULL;
    return count;
}

size_t form_file_bytes(const sb_form *form) {
    size_t bytes = 0;
    for (size_t i = 0; i < form->count; i++)
        bytes += form->items[i].filename != NULL ? form->items[i].length : 0;
    return bytes;
}
