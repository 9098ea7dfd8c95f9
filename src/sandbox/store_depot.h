/* What the ledger knows of the direct channel: archives received, mails sent. */
#ifndef CTES_SANDBOX_STORE_DEPOT_H
#define CTES_SANDBOX_STORE_DEPOT_H

#include "sandbox/store.h"

/** Notes an archive; one whose name is known is only counted, and told apart when its bytes are not
 *  those of the first. `*ret_known` is true then. */
ctes_status store_depot_add(sb_store *store, const char *name, size_t size, const char *sha256,
                            int64_t at_ms, bool *ret_known, ctes_error *err) CTES_MUST_CHECK;
/** What became of it: its envelope (0: none could be read), and why not. */
ctes_status store_depot_set(sb_store *store, const char *name, int64_t envelope,
                            const char *verdict, ctes_error *err) CTES_MUST_CHECK;

/** An act with the same number, date and nature that came before and was not refused, or 0. */
ctes_status store_act_before(sb_store *store, const sb_transac *act, int64_t *ret,
                             ctes_error *err) CTES_MUST_CHECK;

/** `attachments`: their names, one a line. */
ctes_status store_mail_add(sb_store *store, int64_t transac, const char *file, const char *subject,
                           const char *attachments, int64_t at_ms, ctes_error *err) CTES_MUST_CHECK;
ctes_status store_mail_count(sb_store *store, int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
