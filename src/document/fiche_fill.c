/* A form with its two blanks filled in. */
#include "document/fiche.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "document/form.h"
#include "document/source.h"
#include "norm/nom.h"
#include "norm/regles.h"

enum { DATE_FRANCAISE = 24 };

/* The two blanks, what stands in them, and whether the form had them. */
typedef struct blanks {
    ctes_date reception;
    char date[DATE_FRANCAISE];
    const char *id_acte;
    bool has_reception, has_identifiant;
} blanks;

static const char *wanted(const blanks *values, ctes_form_field field) {
    return field == CTES_FORM_RECEPTION ? values->date : values->id_acte;
}

typedef enum finding {
    FINDING_BLANK,
    FINDING_FILLED,  /* in with the same value */
    FINDING_SENTENCE /* no blank at all: text that begins with the label's words */
} finding;

static ctes_status look_at(const blanks *values, const ctes_form_hit *hit, finding *ret,
                           ctes_error *err) {
    char *value CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_form_value(hit->value, &value, err));
    bool understood = false, same = false;
    if (hit->field == CTES_FORM_RECEPTION) {
        ctes_date date;
        understood = ctes_form_date(value, &date, NULL);
        same = understood && ctes_date_compare(date, values->reception) == 0;
    } else {
        ctes_nom_parts parts;
        same = strcmp(value, values->id_acte) == 0;
        understood = same || ctes_nom_id_acte_parse(value, &parts, NULL) == CTES_OK;
    }
    if (same)
        *ret = FINDING_FILLED;
    else if (value[0] == '\0' || (!hit->same_line && !understood)) /* below: something else */
        *ret = FINDING_BLANK;
    else if (!hit->separated && !understood)
        *ret = FINDING_SENTENCE;
    else
        return ctes_fail(err, CTES_E_FICHE_INVALID, NULL, "%s ≠ %s", value,
                         wanted(values, hit->field));
    return CTES_OK;
}

/* Writes a value over its slot, blanks around it chosen so that a table keeps its columns. */
static ctes_status write_value(const ctes_form_hit *hit, const char *value, ctes_buffer *out,
                               ctes_error *err) {
    bool tabbed = hit->slot_is_cell && hit->slot.start[-1] == '\t';
    bool keeps_width = true;
    for (size_t i = 0; i < hit->slot.length; i++)
        keeps_width = keeps_width && hit->slot.start[i] == ' ';
    size_t lead = tabbed ? 0 : 1;
    size_t used = lead + ctes_text_count(value);
    size_t tail = keeps_width && hit->slot.length > used ? hit->slot.length - used : 0;
    if (hit->slot_is_barred && tail == 0)
        tail = 1;
    return ctes_buffer_printf(out, err, "%*s%s%*s", (int)lead, "", value, (int)tail, "");
}

/* Lines are ended as the form ends its own. */
static const char *line_end(const char *fiche) {
    size_t length = strcspn(fiche, "\r\n");
    return strncmp(fiche + length, "\r\n", 2) == 0 ? "\r\n" : fiche[length] == '\r' ? "\r" : "\n";
}

static ctes_status append_missing(const char *fiche, const blanks *values, ctes_buffer *out,
                                  ctes_error *err) {
    const char *end = line_end(fiche);
    char last = out->length > 0 ? out->data[out->length - 1] : '\n';
    if ((!values->has_reception || !values->has_identifiant) && last != '\n' && last != '\r')
        CTES_TRY(ctes_buffer_puts(out, end, err));
    if (!values->has_reception)
        CTES_TRY(ctes_buffer_printf(out, err, "Date de réception en préfecture\t%s%s", values->date,
                                    end));
    if (!values->has_identifiant)
        CTES_TRY(ctes_buffer_printf(out, err, "Identifiant de télétransmission\t%s%s",
                                    values->id_acte, end));
    return CTES_OK;
}

static ctes_status fill(const char *fiche, blanks *values, ctes_buffer *out, ctes_error *err) {
    const char *copied = fiche;
    ctes_form form;
    ctes_form_begin(&form, fiche);
    for (;;) {
        ctes_form_hit hit;
        bool more = false;
        CTES_TRY(ctes_form_next(&form, &hit, &more, err));
        if (!more)
            break;
        if (hit.field != CTES_FORM_RECEPTION && hit.field != CTES_FORM_IDENTIFIANT)
            continue;
        finding found = FINDING_BLANK;
        ctes_status status = look_at(values, &hit, &found, err);
        if (status != CTES_OK)
            return ctes_source_fail(status, hit.line, err);
        if (found == FINDING_SENTENCE)
            continue;
        if (found == FINDING_BLANK) {
            CTES_TRY(ctes_buffer_append(out, copied, (size_t)(hit.slot.start - copied), err));
            CTES_TRY(write_value(&hit, wanted(values, hit.field), out, err));
            copied = hit.slot.start + hit.slot.length;
        }
        *(hit.field == CTES_FORM_RECEPTION ? &values->has_reception : &values->has_identifiant) =
            true;
    }
    CTES_TRY(ctes_buffer_puts(out, copied, err));
    return append_missing(fiche, values, out, err);
}

ctes_status ctes_fiche_fill(const char *fiche, ctes_date reception, const char *id_acte,
                            ctes_buffer *out, ctes_error *err) {
    ctes_nom_parts parts;
    if (!ctes_date_given(reception) || ctes_nom_id_acte_parse(id_acte, &parts, NULL) != CTES_OK)
        return ctes_source_fail(ctes_fail(err, CTES_E_USAGE, NULL, "%s", id_acte), 0, err);
    blanks values = { .reception = reception, .id_acte = id_acte };
    ctes_date_francais(reception, values.date);
    ctes_buffer filled CTES_AUTO_BUFFER = CTES_BUFFER_INIT(out->max);
    ctes_status status = fill(fiche, &values, &filled, err);
    if (status == CTES_OK && filled.length > 0)
        status = ctes_buffer_append(out, filled.data, filled.length, err);
    return status == CTES_OK ? CTES_OK : ctes_source_fail(status, 0, err);
}
