/* The whole sandbox: what it was started with, and the parts that requests share. */
#ifndef CTES_SANDBOX_BOX_H
#define CTES_SANDBOX_BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/account.h"
#include "sandbox/fault.h"
#include "sandbox/latch.h"
#include "sandbox/options.h"
#include "sandbox/session.h"
#include "sandbox/store.h"
#include "sign/sign.h"
#include "xml/xml.h"

struct sb_tls;

/** A RetourClassification. Changes with the store's lock held only. */
typedef struct sb_classification {
    ctes_buffer xml;
    ctes_message tree;
    ctes_date date;
} sb_classification;

typedef struct sb_box {
    sb_options options;
    sb_accounts accounts;
    fault_plan *faults;
    ctes_schemas *schemas;
    ctes_trust *trust;                /**< signers' authorities, or NULL: any signer */
    sb_classification en_vigueur;     /**< what the préfecture goes by */
    sb_classification classification; /**< the last that the operator received */
    sb_store *store;
    sb_sessions *sessions;
    struct sb_tls *tls;
    sb_latch *latch;   /**< what --fault late-commit waits for */
    int stop_fd;       /**< readable once the sandbox is asked to stop */
    char base_url[64]; /**< "https://localhost:PORT" */
} sb_box;

/** Today, for the operator and for the préfecture: --today, or the machine's. */
ctes_date box_today(const sb_box *box);
/** Milliseconds since the epoch. */
int64_t box_now_ms(void);

#endif
