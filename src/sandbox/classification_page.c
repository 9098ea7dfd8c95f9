/* The classification served and asked for (sheet § 3.5). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sandbox/change.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

void page_classification_fetch(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_ENTER, true))
        return;
    store_lock(x->box->store);
    bool never = x->box->options.never_classified;
    if (!never) {
        reply_type(x, "text/xml;charset=iso-8859-1");
        reply_header(x, "Content-disposition", "attachment; filename=classification.xml");
        reply_put(x, x->box->classification.xml.data, x->box->classification.xml.length);
        reply_puts(x, "\r\n");
    }
    store_unlock(x->box->store);
    if (never)
        reply_failure(x, "Erreur de récupération de la dernière classification.");
}

static int64_t start_of_today_ms(void) {
    time_t now = time(NULL);
    struct tm day;
    if (localtime_r(&now, &day) == NULL)
        return 0;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    return (int64_t)mktime(&day) * 1000;
}

static void request(sb_exchange *x) {
    const sb_authority *a = x->account->authority;
    int64_t pending = 0;
    ctes_error err = CTES_ERROR_INIT;
    if (x->box->options.restrict_classification &&
        (store_type_pending(x->box->store, a->siren, 7, start_of_today_ms(), &pending, &err) !=
             CTES_OK ||
         pending != 0)) {
        reply_failure(x, "La dernière demande de classification date de moins d'un jour.");
        return;
    }
    char name[64];
    (void)snprintf(name, sizeof name, "%s-%s----7-1_0.xml", a->departement, a->siren);
    deposit_own_message(
        x, &(own_message){ .type = 7,
                           .name = name,
                           .xml = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
                                  "<actes:DemandeClassification xmlns:actes=\"" CTES_XML_NS_ACTES
                                  "\"/>\n" });
}

void page_classification_request(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_SEND, true))
        return;
    store_lock(x->box->store);
    request(x);
    store_unlock(x->box->store);
}
