#include "sandbox/control.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/endpoint.h"
#include "sandbox/mail.h"
#include "sandbox/prefecture.h"

bool control_allowed(sb_exchange *x, const char *method) {
    const sb_accounts *all = &x->box->accounts;
    bool known = false;
    for (size_t i = 0; i < all->count; i++)
        known |= memcmp(all->items[i].fingerprint, x->fingerprint, FINGERPRINT_SIZE) == 0;
    if (!known || strcmp(x->method, method) != 0)
        reply_error(x, MHD_HTTP_NOT_FOUND);
    else
        reply_type(x, "application/json");
    return known && strcmp(x->method, method) == 0;
}

void control_refuse(sb_exchange *x, const char *reason) {
    reply_reset(x);
    x->reply.http = MHD_HTTP_BAD_REQUEST;
    reply_type(x, "application/json");
    reply_puts(x, "{\"error\":");
    reply_json(x, reason);
    reply_puts(x, "}\n");
}

void page_control_advance(sb_exchange *x) {
    int64_t steps = 0;
    if (!control_allowed(x, MHD_HTTP_METHOD_POST))
        return;
    if (!parameter_id(x, "steps", false, &steps) || steps > 10) {
        reply_exception(x, NULL);
        return;
    }
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = CTES_OK;
    latch_release(x->box->latch);
    store_lock(x->box->store);
    for (int64_t i = 0; i < (steps == 0 ? 1 : steps) && status == CTES_OK; i++)
        status = prefecture_advance(x->box, &err);
    store_unlock(x->box->store);
    reply_puts(x, "{\"advanced\":true}\n");
    if (status != CTES_OK)
        reply_exception(x, &err);
}

void page_control_fault(sb_exchange *x) {
    if (!control_allowed(x, MHD_HTTP_METHOD_POST))
        return;
    if (fault_plan_add(x->box->faults, form_value(&x->query, "spec")))
        reply_puts(x, "{\"planned\":true}\n");
    else
        reply_exception(x, NULL);
}

void page_control_mail(sb_exchange *x) {
    unsigned forms = 0;
    if (!control_allowed(x, MHD_HTTP_METHOD_POST))
        return;
    if (!mail_forms_read(form_value(&x->query, "form"), &forms)) {
        control_refuse(x, "form: envelope-last, alternative, paths, twice");
        return;
    }
    store_lock(x->box->store);
    x->box->options.mail_forms = forms;
    store_unlock(x->box->store);
    reply_puts(x, "{\"set\":true}\n");
}

typedef struct sb_dumper {
    sb_exchange *x;
    size_t rows;
} sb_dumper;

static void dump_row(void *user, const dump_cell *cells, size_t count) {
    sb_dumper *dumper = user;
    sb_exchange *x = dumper->x;
    reply_puts(x, dumper->rows++ > 0 ? ",\n  {" : "\n  {");
    for (size_t i = 0; i < count; i++) {
        reply_printf(x, "%s\"%s\":", i > 0 ? "," : "", cells[i].name);
        if (cells[i].number)
            reply_puts(x, cells[i].text);
        else
            reply_json(x, cells[i].text);
    }
    reply_puts(x, "}");
}

void page_control_ledger(sb_exchange *x) {
    static const char *const names[] = {
        [DUMP_ACTS] = "acts",         [DUMP_LETTERS] = "letters",
        [DUMP_ANSWERS] = "answers",   [DUMP_DOCUMENTS] = "documents",
        [DUMP_DEPOTS] = "depots",     [DUMP_MAILS] = "mails",
        [DUMP_WORKFLOW] = "workflow", [DUMP_DUPLICATES] = "duplicates",
        [DUMP_REQUESTS] = "requests"
    };
    if (!control_allowed(x, MHD_HTTP_METHOD_GET))
        return;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = CTES_OK;
    reply_puts(x, "{");
    store_lock(x->box->store);
    for (int i = DUMP_ACTS; i <= DUMP_REQUESTS && status == CTES_OK; i++) {
        sb_dumper dumper = { .x = x };
        reply_printf(x, "%s\n\"%s\": [", i > 0 ? "," : "", names[i]);
        status = store_dump(x->box->store, (dump_table)i, dump_row, &dumper, &err);
        reply_puts(x, "]");
    }
    store_unlock(x->box->store);
    reply_puts(x, "\n}\n");
    if (status != CTES_OK)
        reply_exception(x, &err);
}
