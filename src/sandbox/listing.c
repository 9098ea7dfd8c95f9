/* JSON listings (sheet § 3.6), the serial (§ 3.7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"
#include "sandbox/status_name.h"

/* A whole number with its sign; `fallback` when absent or empty. False: an exception there. */
static bool parameter_number(const sb_exchange *x, const char *name, const char *fallback,
                             const char **ret_text, int64_t *ret) {
    const char *text = form_value(&x->query, name);
    text = *text != '\0' ? text : fallback;
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    *ret_text = text;
    *ret = value;
    return end != text && *end == '\0';
}

/* A day as its first instant; 0 when not given. */
static bool parameter_day(const sb_exchange *x, const char *name, int64_t fallback,
                          int64_t *ret_ms) {
    const char *text = form_value(&x->query, name);
    ctes_date date;
    *ret_ms = fallback;
    if (*text == '\0')
        return true;
    if (ctes_date_parse(text, &date, NULL) != CTES_OK)
        return false;
    struct tm day = {
        .tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day, .tm_isdst = -1
    };
    *ret_ms = (int64_t)mktime(&day) * 1000;
    return true;
}

static const char *nature_label(int nature) {
    return nature >= 1 && nature <= 6 ? ctes_nature_libelle((ctes_nature)nature) : "";
}

typedef struct sb_lister {
    sb_exchange *x;
    size_t count;
} sb_lister;

static void put_text(sb_exchange *x, const char *name, const char *value) {
    reply_printf(x, ",\"%s\":", name);
    reply_json(x, value);
}

/* Every scalar is a string in this listing, and only here: trap T22. */
static void list_one(void *user, const sb_listed *listed) {
    sb_lister *lister = user;
    sb_exchange *x = lister->x;
    const sb_transac *t = &listed->transac;
    reply_printf(x, "%s{\"id\":\"%lld\"", lister->count++ > 0 ? "," : "", (long long)t->id);
    put_text(x, "subject", listed->subject);
    put_text(x, "number", t->number);
    put_text(x, "date", t->date);
    put_text(x, "nature_descr", nature_label(t->nature));
    put_text(x, "classification", t->classification);
    reply_printf(x, ",\"type\":\"%d\"}", t->type);
}

static ctes_status list(sb_exchange *x, const list_filter *filter, ctes_error *err) {
    sb_lister lister = { .x = x };
    CTES_TRY(prefecture_listed(x->box, err));
    return store_list(x->box->store, filter, list_one, &lister, err);
}

/* What generation 4 has no word for is not looked at (min and max came with 5.0.38). */
static bool read_days(const sb_exchange *x, list_filter *filter) {
    if (x->box->options.generation <= 4)
        return true;
    return parameter_day(x, "min_date", 0, &filter->min_ms) &&
           parameter_day(x, "max_date", filter->min_ms != 0 ? INT64_MAX : 0, &filter->max_ms);
}

void page_list_actes(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    const char *status_text, *offset_text, *limit_text;
    int64_t status = 0;
    list_filter filter = { .siren = x->account->authority->siren };
    if (!parameter_number(x, "status_id", "0", &status_text, &status) ||
        !parameter_number(x, "offset", "0", &offset_text, &filter.offset) ||
        !parameter_number(x, "limit", "100", &limit_text, &filter.limit) || filter.offset < 0 ||
        filter.limit < 0 || !read_days(x, &filter)) {
        reply_exception(x, NULL);
        return;
    }
    filter.status = (int)status;
    reply_puts(x, "{\"status_id\":");
    reply_json(x, status_text);
    reply_printf(x, ",\"authority_id\":\"%lld\"", (long long)x->account->authority->id);
    put_text(x, "offset", offset_text);
    put_text(x, "limit", limit_text);
    reply_puts(x, ",\"transactions\":[");
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status done = list(x, &filter, &err);
    store_unlock(x->box->store);
    reply_puts(x, "]}");
    if (done != CTES_OK)
        reply_exception(x, &err);
}

void page_number_actes(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    const char *text;
    int64_t status = 0, count = 0;
    if (!parameter_number(x, "status_id", "0", &text, &status)) {
        reply_exception(x, NULL);
        return;
    }
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status done = prefecture_listed(x->box, &err);
    if (done == CTES_OK)
        done = store_count(x->box->store, x->account->authority->siren, (int)status, &count, &err);
    store_unlock(x->box->store);
    reply_printf(x, "{\"status_id\":%lld,\"authority_id\":%lld,\"nb_transactions\":%lld}",
                 (long long)status, (long long)x->account->authority->id, (long long)count);
    if (done != CTES_OK)
        reply_exception(x, &err);
}

void page_actes_status(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    for (int i = -1; i <= STATUS_LAST; i++) {
        reply_printf(x, "%s\"%d\":", i < 0 ? "{" : ",", i);
        reply_json(x, status_name(i));
    }
    reply_puts(x, "}");
}

void page_env_serial(sb_exchange *x) {
    if (!enter(x, STYLE_PLAIN, RIGHT_ENTER, true))
        return;
    char day[11];
    unsigned serial = 0;
    ctes_error err = CTES_ERROR_INIT;
    ctes_date_format(box_today(x->box), day);
    store_lock(x->box->store);
    ctes_status status =
        store_serial(x->box->store, x->account->authority->siren, day, &serial, &err);
    store_unlock(x->box->store);
    if (status == CTES_OK)
        reply_printf(x, "OK\n%u\n", serial);
    else if (status == CTES_E_LIMIT)
        reply_plain_failure(x, "Nombre maximum d'enveloppes atteint pour la journée");
    else
        reply_exception(x, &err);
}
