/* The préfecture made to write: POST /sandbox/letter. */
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#include "norm/regles.h"
#include "sandbox/control.h"
#include "sandbox/endpoint.h"
#include "sandbox/letter.h"

/* A number from the query within bounds, `fallback` when absent. */
static bool read_number(const sb_exchange *x, const char *name, int64_t low, int64_t high,
                        int64_t fallback, int64_t *ret) {
    if (form_value(&x->query, name)[0] == '\0') {
        *ret = fallback;
        return true;
    }
    return parameter_id(x, name, false, ret) && *ret >= low && *ret <= high;
}

/* NULL when the order can be carried out. */
static const char *read_order(sb_exchange *x, sb_letter *letter, int64_t *ret_act) {
    const char *date = form_value(&x->query, "date");
    int64_t type = 0;
    if (!read_number(x, "act", 1, INT64_MAX, 0, ret_act) || *ret_act == 0)
        return "act: the identifier of an act's transaction";
    if (!read_number(x, "type", 2, 5, 0, &type) || type == 0)
        return "type: 2, 3, 4 or 5";
    if (!read_number(x, "documents", 0, LETTER_DOCUMENTS_MAX, 1, &letter->documents) ||
        (letter->documents == 0 && type != 5))
        return "documents: 1 to 9, or 0 for a letter of type 5";
    if (!read_number(x, "numero", 1, INT64_MAX / 2, 17, &letter->number))
        return "numero: a number";
    letter->date = box_today(x->box);
    if (*date != '\0' && ctes_date_parse(date, &letter->date, NULL) != CTES_OK)
        return "date: YYYY-MM-DD";
    letter->form_names = form_value(&x->query, "form");
    if (!letter_forms_read(letter->form_names, &letter->forms))
        return "form: envelope-last, invalid, missing, paths, unknown, duplicate";
    letter->type = (int)type;
    letter->texte = form_value(&x->query, "texte");
    return NULL;
}

static const char *find_act(sb_exchange *x, int64_t id, sb_transac *ret) {
    ctes_error none = CTES_ERROR_INIT;
    if (store_transac_get(x->box->store, id, ret, &none) != CTES_OK || ret->type != 1)
        return "act: no such act";
    return ret->unique_id[0] == '\0' ? "act: it was never acknowledged" : NULL;
}

static void send_letter(sb_exchange *x, sb_letter *letter, int64_t act_id) {
    ctes_error err = CTES_ERROR_INIT;
    int64_t ids[2];
    size_t count = 0;
    const char *reason = find_act(x, act_id, &letter->act);
    if (reason != NULL) {
        control_refuse(x, reason);
    } else if (letter_send(x->box, letter, ids, &count, &err) != CTES_OK) {
        if (err.code == CTES_E_CHARSET)
            control_refuse(x, "texte: Latin-1 characters only");
        else
            reply_exception(x, &err);
    } else {
        reply_puts(x, "{\"ids\":[");
        for (size_t i = 0; i < count; i++)
            reply_printf(x, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
        reply_puts(x, "]}\n");
    }
}

void page_control_letter(sb_exchange *x) {
    sb_letter letter = { .type = 0 };
    int64_t act = 0;
    if (!control_allowed(x, MHD_HTTP_METHOD_POST))
        return;
    const char *reason = read_order(x, &letter, &act);
    if (reason != NULL) {
        control_refuse(x, reason);
        return;
    }
    store_lock(x->box->store);
    send_letter(x, &letter, act);
    store_unlock(x->box->store);
}
