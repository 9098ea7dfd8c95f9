/*
 * The way of a transaction: the operator's checks, the sending, the préfecture's judgement.
 * Every function is called with the store's lock held.
 */
#ifndef CTES_SANDBOX_PREFECTURE_H
#define CTES_SANDBOX_PREFECTURE_H

#include "norm/message.h"
#include "sandbox/box.h"

/** When something that moved (or came in) at `now_ms` takes its next step. */
int64_t prefecture_due(const sb_box *box, int64_t now_ms);

/** Something was deposited or confirmed: with --immediate it runs to its end. */
ctes_status prefecture_deposited(sb_box *box, int64_t id, ctes_error *err) CTES_MUST_CHECK;
/** An archive came by the direct channel, where nobody asks: unless time or a command moves things,
 *  its messages are judged at once. */
ctes_status prefecture_deposited_directly(sb_box *box, int64_t id, ctes_error *err) CTES_MUST_CHECK;
/** Its status is being asked. */
ctes_status prefecture_asked(sb_box *box, int64_t id, ctes_error *err) CTES_MUST_CHECK;
/** A listing is being asked: everything that is due moves. */
ctes_status prefecture_listed(sb_box *box, ctes_error *err) CTES_MUST_CHECK;
/** One step for everything that may move. */
ctes_status prefecture_advance(sb_box *box, ctes_error *err) CTES_MUST_CHECK;

/* --- between the prefecture_*.c files --- */

typedef enum verdict_kind {
    VERDICT_GOOD,
    VERDICT_INVALID,  /**< the operator's checks: -1 without XML */
    VERDICT_ACTE,     /**< AnomalieActe */
    VERDICT_ENVELOPPE /**< AnomalieEnveloppe: every transaction of the envelope */
} verdict_kind;

typedef struct sb_verdict {
    verdict_kind kind;
    char code[8];
    char text[640];
} sb_verdict;

/** Sets a verdict once: the first fault found stands. */
void verdict_set(sb_verdict *verdict, verdict_kind kind, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** A deposited transaction opened: its envelope, its message. */
typedef struct sb_dossier {
    const sb_transac *transac;
    ctes_message envelope, message;
    char envelope_name[128], message_name[128];
    ctes_buffer envelope_bytes, message_bytes;
    bool missing; /**< its archive is gone */
} sb_dossier;

ctes_status dossier_open(sb_box *box, const sb_transac *transac, sb_dossier *ret,
                         ctes_error *err) CTES_MUST_CHECK;
void dossier_close(sb_dossier *dossier);
/** "…/SLO-TACT--SIREN--DATE-1.tar.gz" → "TACT--SIREN--DATE-1.xml" */
void dossier_envelope_name(const char *path, char *out, size_t size);

/** From 1 to 2: antivirus, schemas, types of documents, PDF. */
ctes_status prefecture_check(sb_box *box, sb_dossier *dossier, sb_verdict *ret,
                             ctes_error *err) CTES_MUST_CHECK;
/** From 3: what the ministry and the préfecture say. */
ctes_status prefecture_judge(sb_box *box, sb_dossier *dossier, sb_verdict *ret,
                             ctes_error *err) CTES_MUST_CHECK;
/** Writes the answer and sets the state(s) it leads to. */
ctes_status prefecture_answer(sb_box *box, sb_dossier *dossier, const sb_verdict *verdict,
                              ctes_error *err) CTES_MUST_CHECK;

/** A message from the ministry that sets a state: kept with it, and mailed for what came by the
 *  direct channel. */
ctes_status prefecture_reply(sb_box *box, const sb_transac *t, int status, const char *text,
                             const ctes_buffer *flow, const char *name,
                             ctes_error *err) CTES_MUST_CHECK;
/* Numbers of the ministry's files are its own and tell nothing (sheet actes-norm § 3.2). */
#define PREFECTURE_NUMBER 5279

/* --- prefecture_courrier.c --- */

/** Transaction and flux of a message; true for what an authority sends about a letter. */
bool courrier_codes(ctes_message_kind kind, unsigned *ret_transaction, unsigned *ret_flux);
/** Notes such a message, with the letter it answers, for a transaction; nothing for another. */
ctes_status courrier_record(sb_box *box, int64_t transac, const ctes_message *message,
                            ctes_error *err) CTES_MUST_CHECK;
ctes_status prefecture_judge_courrier(sb_box *box, sb_dossier *dossier, sb_verdict *ret,
                                      ctes_error *err) CTES_MUST_CHECK;
ctes_status prefecture_answer_courrier(sb_box *box, sb_dossier *dossier,
                                       ctes_error *err) CTES_MUST_CHECK;

#endif
