#include "cli/selection.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

void cli_selection_clear(cli_selection *selection) {
    for (size_t i = 0; i < selection->count; i++)
        ctes_record_clear(&selection->records[i]);
    free(selection->records);
    *selection = (cli_selection){ .records = NULL };
}

ctes_status cli_selection_add(cli_selection *selection, ctes_ledger *ledger, const char *siren,
                              const char *numero, ctes_error *err) {
    ctes_record record = CTES_RECORD_INIT;
    ctes_status status = ctes_ledger_get(ledger, siren, numero, &record, err);
    if (status != CTES_OK)
        return status;
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->records[i].id == record.id) { /* named, and decided in the period too */
            ctes_record_clear(&record);
            return CTES_OK;
        }
    }
    selection->records =
        cli_realloc(selection->records, selection->count + 1, sizeof *selection->records);
    selection->records[selection->count++] = record;
    return CTES_OK;
}

/* A listing gives acts without their files: they are named first, and read one by one after it. */
typedef struct naming {
    bool (*wanted)(const ctes_record *record);
    char **names; /* "SIREN NUMBER" */
    size_t count;
} naming;

static void naming_clear(naming *n) {
    for (size_t i = 0; i < n->count; i++)
        free(n->names[i]);
    free((void *)n->names);
}

static bool take_name(void *user, const ctes_record *record) {
    naming *n = user;
    if (!n->wanted(record))
        return true;
    n->names = (char **)cli_realloc((void *)n->names, n->count + 1, sizeof *n->names);
    n->names[n->count++] = cli_format("%s %s", record->siren, record->numero);
    return true;
}

ctes_status cli_selection_list(cli_selection *selection, ctes_ledger *ledger,
                               const ctes_filter *filter, bool (*wanted)(const ctes_record *record),
                               ctes_error *err) {
    __attribute__((cleanup(naming_clear))) naming n = { .wanted = wanted };
    ctes_status status = ctes_ledger_list(ledger, filter, take_name, &n, err);
    for (size_t i = 0; status == CTES_OK && i < n.count; i++) {
        char *numero = strchr(n.names[i], ' ');
        *numero++ = '\0';
        status = cli_selection_add(selection, ledger, n.names[i], numero, err);
    }
    return status;
}
