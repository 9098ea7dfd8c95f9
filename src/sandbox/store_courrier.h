/* What the ledger knows of letters, and of what was answered to them. */
#ifndef CTES_SANDBOX_STORE_COURRIER_H
#define CTES_SANDBOX_STORE_COURRIER_H

#include "sandbox/store.h"

/** A transaction that is a letter of the préfecture (2-1, 3-1, 4-1, 5-1) or something the authority
 *  sent about one (2-2, 3-2 … 4-4). */
typedef struct sb_courrier {
    int64_t transac;
    int64_t letter;  /**< transaction of the letter it answers; 0: none, or unknown */
    bool unread;     /**< a letter that the operator lists */
    char message[4]; /**< "3-1" */
    char id_acte[64];
    char date[11]; /**< DateCourrierPref, DateDepot; "" when the message gave none */
} sb_courrier;

/** `texte` and `form` (how the sandbox shaped it on purpose) are for the ledger's reader. */
ctes_status store_courrier_add(sb_store *store, const sb_courrier *courrier, const char *texte,
                               const char *form, ctes_error *err) CTES_MUST_CHECK;
/** @return CTES_OK or CTES_E_NOT_FOUND. */
ctes_status store_courrier_get(sb_store *store, int64_t transac, sb_courrier *ret,
                               ctes_error *err) CTES_MUST_CHECK;
/** The letter with this code about this act, of this date: its transaction, or 0. */
ctes_status store_courrier_find(sb_store *store, const char *message, const char *id_acte,
                                const char *date, int64_t *ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status store_courrier_read(sb_store *store, const char *siren, int64_t transac,
                                ctes_error *err) CTES_MUST_CHECK;

typedef void (*sb_transac_fn)(void *user, const sb_transac *transac);

/** Letters of an authority that were not marked as read, oldest first. */
ctes_status store_unread(sb_store *store, const char *siren, sb_transac_fn each, void *user,
                         ctes_error *err) CTES_MUST_CHECK;
/** What came and went about an act, cancellations left out, oldest first. */
ctes_status store_related(sb_store *store, int64_t act, sb_transac_fn each, void *user,
                          ctes_error *err) CTES_MUST_CHECK;
/** Their identifiers. */
ctes_status store_related_ids(sb_store *store, int64_t act, int64_t *ids, size_t max, size_t *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** How an envelope came: "create", "submit", "own", "received" … */
ctes_status store_envelope_is(sb_store *store, int64_t envelope, const char *mode, bool *ret,
                              ctes_error *err) CTES_MUST_CHECK;

#endif
