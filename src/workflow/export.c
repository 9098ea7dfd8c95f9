/* Documents for people, made from the register. */
#include <string.h>

#include <ctes/workflow.h>

#include "base/fail.h"
#include "base/text.h"
#include "document/fiche.h"
#include "document/scdl.h"
#include "norm/regles.h"

ctes_status ctes_fiche_write(const ctes_record *record, ctes_text_fn write, void *user,
                             ctes_error *err) {
    if (record->fiche == NULL)
        return ctes_fail(err, CTES_E_FICHE_INVALID, record->numero, "%s", "");
    if (record->state == CTES_STATE_CANCELLED) /* what it would be filled with counts no more */
        return ctes_fail(err, CTES_E_ACTE_STATE, record->numero, "%s",
                         ctes_state_name(record->state));
    if (record->id_acte[0] == '\0' || !ctes_date_given(record->reception))
        return ctes_fail(err, CTES_E_NOT_YET, record->numero, "%s", ctes_state_name(record->state));
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT((size_t)2 * CTES_FICHE_MAX);
    ctes_status status =
        ctes_fiche_fill(record->fiche, record->reception, record->id_acte, &out, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, record->numero);
    (void)write(user, out.data, out.length);
    return CTES_OK;
}

/* What the table's rows need while the register is walked. */
typedef struct table {
    ctes_ledger *ledger;
    const ctes_autorite *autorites;
    size_t autorite_count;
    bool with_id;
    ctes_text_fn write;
    void *user;
    ctes_status status;
    ctes_error *err;
} table;

/* The number the authority itself gave: a replacement goes under the number it replaces. */
static ctes_status own_number(table *t, ctes_record *row, ctes_error *err) {
    char *before CTES_AUTO_FREE = CTES_TAKE(row->replaces);
    while (before != NULL) {
        CTES_CLEANUP(ctes_record_clear) ctes_record earlier = CTES_RECORD_INIT;
        CTES_TRY(ctes_ledger_get(t->ledger, row->siren, before, &earlier, err));
        free(row->numero);
        row->numero = CTES_TAKE(earlier.numero);
        free(before);
        before = CTES_TAKE(earlier.replaces);
    }
    return CTES_OK;
}

static const ctes_autorite *autorite_of(const table *t, const char *siren) {
    for (size_t i = 0; i < t->autorite_count; i++)
        if (strcmp(t->autorites[i].siren, siren) == 0)
            return &t->autorites[i];
    return NULL;
}

static ctes_status write_row(table *t, const ctes_record *record, bool *ret_go_on,
                             ctes_error *err) {
    const ctes_autorite *autorite = autorite_of(t, record->siren);
    if (autorite == NULL)
        return ctes_fail(err, CTES_E_AUTORITE_UNKNOWN, record->numero, "%s", record->siren);
    CTES_AUTO_BUFFER ctes_buffer line = CTES_BUFFER_INIT(1u << 20);
    CTES_TRY(ctes_scdl_row(record, autorite, t->with_id, &line, err));
    *ret_go_on = t->write(t->user, line.data, line.length);
    return CTES_OK;
}

static bool each_record(void *user, const ctes_record *record) {
    table *t = user;
    bool go_on = true;
    /* the schema is of deliberations; an act that another replaces does not count */
    if (record->nature != CTES_NATURE_DELIBERATION || record->replaced_by != NULL ||
        record->state == CTES_STATE_CANCELLED)
        return true;
    if (record->replaces == NULL) {
        t->status = write_row(t, record, &go_on, t->err);
        return t->status == CTES_OK && go_on;
    }
    ctes_record row = *record; /* borrows all but its number */
    row.replaces = NULL;
    row.numero = NULL;
    t->status = ctes_text_dup(record->replaces, &row.replaces, t->err);
    if (t->status == CTES_OK)
        t->status = own_number(t, &row, t->err);
    if (t->status == CTES_OK)
        t->status = write_row(t, &row, &go_on, t->err);
    free(row.numero);
    free(row.replaces);
    return t->status == CTES_OK && go_on;
}

ctes_status ctes_scdl_write(ctes_ledger *ledger, const ctes_filter *filter,
                            const ctes_autorite *autorites, size_t autorite_count, bool with_id,
                            ctes_text_fn write, void *user, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer header = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_scdl_header(with_id, &header, err));
    if (!write(user, header.data, header.length))
        return CTES_OK;
    table t = { ledger, autorites, autorite_count, with_id, write, user, CTES_OK, err };
    CTES_TRY(ctes_ledger_list(ledger, filter, each_record, &t, err));
    return t.status;
}
