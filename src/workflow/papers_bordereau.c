/* The acknowledgement slip of acts in the register. */
#include <string.h>

#include <ctes/document.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/papers.h"
#include "workflow/papers_apart.h"

enum {
    OUT_MAX = 64 << 20,
    STEPS_MAX = 200, /* of one act, on a slip */
    ACTES_MAX = 2000 /* of a slip */
};

typedef struct steps {
    ctes_bordereau_step step[STEPS_MAX];
    size_t count;
} steps;

static void take_step(void *user, const ctes_record_event *event) {
    steps *list = user;
    if (event->to != event->from && list->count < STEPS_MAX)
        list->step[list->count++] = (ctes_bordereau_step){ event->at_ms, event->to };
}

/* The acts of a slip with what the register tells of each. */
typedef struct dossier {
    ctes_bordereau_acte *actes;
    steps *steps;
} dossier;

static void clear_dossier(dossier *d) {
    free(d->actes);
    free(d->steps);
}

static ctes_status check_records(const ctes_record *records, size_t count, const char *output,
                                 ctes_error *err) {
    if (count == 0 || count > ACTES_MAX)
        return ctes_fail(err, CTES_E_USAGE, NULL, "%zu", count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(records[i].siren, records[0].siren) != 0)
            return ctes_fail(err, CTES_E_USAGE, records[i].numero, "%s", records[i].siren);
        CTES_TRY(ctes_papers_spare(&records[i], output, err));
    }
    return CTES_OK;
}

static ctes_status fill_dossier(ctes_ledger *ledger, const ctes_record *records, size_t count,
                                dossier *d, ctes_error *err) {
    d->actes = calloc(count, sizeof *d->actes);
    d->steps = calloc(count, sizeof *d->steps);
    if (d->actes == NULL || d->steps == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        CTES_TRY(ctes_ledger_history(ledger, records[i].id, take_step, &d->steps[i], err));
        d->actes[i] = (ctes_bordereau_acte){ &records[i], d->steps[i].step, d->steps[i].count };
    }
    return CTES_OK;
}

ctes_status ctes_bordereau_write(const ctes_context *context, ctes_ledger *ledger,
                                 const ctes_record *records, size_t count,
                                 const ctes_bordereau_options *options, const char *output,
                                 ctes_error *err) {
    CTES_CLEANUP(clear_dossier) dossier d = { NULL, NULL };
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(OUT_MAX);
    ctes_status status = check_records(records, count, output, err);
    if (status == CTES_OK)
        status = fill_dossier(ledger, records, count, &d, err);
    if (status == CTES_OK) {
        const ctes_bordereau bordereau = { .autorite = options->autorite,
                                           .siren = records[0].siren,
                                           .simulated = options->simulated,
                                           .made_ms = ctes_now_ms(context),
                                           .actes = d.actes,
                                           .acte_count = count };
        status = ctes_papers_bordereau(&bordereau, &out, err);
    }
    if (status == CTES_OK)
        status = ctes_papers_publish(output, &out, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, NULL);
}
