/* Taking an archive in: what is inside becomes transactions, all or none. */
#ifndef CTES_SANDBOX_DEPOSIT_IMPORT_H
#define CTES_SANDBOX_DEPOSIT_IMPORT_H

#include "norm/message.h"
#include "sandbox/exchange.h"

#define IMPORT_MAX 256

/** An import on its way. `reason` holds the text of the refusal, in UTF-8. */
typedef struct sb_import {
    sb_exchange *x;
    const char *name; /**< of the archive */
    char path[160];
    char envelope_name[128];
    ctes_message envelope;
    int64_t envelope_id;
    int64_t ids[IMPORT_MAX];
    size_t count;
    char reason[1024];
} sb_import;

/** Step 5 for one Formulaire. With the lock held, in a transaction of the ledger. False: refused
 *  (`reason` is set) or broken (`err` is). */
bool import_formulaire(sb_import *import, const ctes_fichier *formulaire, ctes_error *err);

#endif
