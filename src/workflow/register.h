/*
 * The register as the workflow uses it: each function is one durable step, in this thread when one
 * act is under way, in the recorder's group when many are. What was exchanged with the operator
 * since the last step is written with the next one.
 */
#ifndef CTES_WORKFLOW_REGISTER_H
#define CTES_WORKFLOW_REGISTER_H

#include "workflow/session.h"

/** Runs a step of another file as one durable transaction; steps may call the store several times.
 */
ctes_status ctes_register_run(ctes_session *session, ctes_step step, void *data,
                              ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_get(ctes_session *session, const char *siren, const char *numero,
                              ctes_record *ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_register_load(ctes_session *session, int64_t acte, ctes_record *ret,
                               ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_register_used(ctes_session *session, int64_t acte, unsigned *ret,
                               ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_history(ctes_session *session, int64_t acte,
                                  void (*each)(void *user, const ctes_record_event *event),
                                  void *user, ctes_error *err) CTES_MUST_CHECK;

/** How long an act may be in one run's hands, where nobody can see whether the run is still at it:
 * as long as a deposit may take, or a look at its state. */
enum { CTES_LEASE_SEND_MS = 2 * 60 * 60 * 1000, CTES_LEASE_LOOK_MS = 10 * 60 * 1000 };

/** Takes an act for this run and loads it. */
ctes_status ctes_register_take(ctes_session *session, int64_t acte, int64_t lease_ms,
                               ctes_record *ret, ctes_error *err) CTES_MUST_CHECK;
/** Loads an act and gives it back; it is given back also when it cannot be loaded. */
ctes_status ctes_register_give_back(ctes_session *session, int64_t acte, ctes_record *ret,
                                    ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_release(ctes_session *session, int64_t acte,
                                  ctes_error *err) CTES_MUST_CHECK;

/** An act to be recorded (or found, when `replaces` is 0), taken and loaded. */
typedef struct ctes_admission {
    const ctes_acte *acte;
    const ctes_store_piece *pieces;
    size_t piece_count;
    int64_t replaces;
    int64_t lease_ms;
    unsigned holder;    /**< set by the call */
    bool known;         /**< set when the register had the act already */
    ctes_record record; /**< the act, this run's now */
    ctes_error error;   /**< set: what is wrong with this act, or CTES_E_ACTE_LEASED */
} ctes_admission;
/** Admits acts in one step; one that cannot be (`error` tells: its number is another act's, another
 *  run has it) keeps none of the others out.
 *  @return CTES_OK, or why the register took none. */
ctes_status ctes_register_admit(ctes_session *session, ctes_admission *admissions, size_t count,
                                ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_redescribe(ctes_session *session, int64_t acte,
                                     const ctes_acte *description, const ctes_store_piece *pieces,
                                     size_t piece_count, ctes_record *ret,
                                     ctes_error *err) CTES_MUST_CHECK;

/** The classification that an authority received; NULL when it never did. */
ctes_status ctes_register_arbre(ctes_session *session, const char *siren, ctes_arbre **ret,
                                ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_noted(ctes_session *session, const char *key, int64_t after_ms,
                                char **ret, ctes_error *err) CTES_MUST_CHECK;
/** The operator does not take an attempt's mode: noted, and the attempt changed. */
ctes_status ctes_register_other_mode(ctes_session *session, const char *key, const char *value,
                                     int64_t envoi, const char *mode,
                                     ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_register_serial(ctes_session *session, const char *siren, ctes_date day,
                                 unsigned floor, unsigned *ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_register_intend(ctes_session *session, int64_t acte, const ctes_store_envoi *envoi,
                                 int64_t *ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_register_last_envoi(ctes_session *session, int64_t acte, ctes_envoi_row *ret,
                                     ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_envoi_arrived. */
ctes_status ctes_register_arrived(ctes_session *session, int64_t envoi, bool *ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_recent_envois. */
ctes_status ctes_register_recent(ctes_session *session, int64_t after, int64_t since_ms,
                                 ctes_recent_fn each, void *user, ctes_error *err) CTES_MUST_CHECK;

/** Applies a change of state; `ret` (may be NULL) takes the act as it is then. */
ctes_status ctes_register_change(ctes_session *session, int64_t acte, ctes_state from,
                                 const ctes_store_change *change, ctes_record *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** A change of state that ends the work on an act. */
typedef struct ctes_conclusion {
    int64_t acte;
    ctes_state from;
    const ctes_store_change *change;
    ctes_record *ret; /**< takes the act as it is then */
} ctes_conclusion;

/** As ctes_register_change for each act, and gives them back; all in one step. */
ctes_status ctes_register_conclude(ctes_session *session, const ctes_conclusion *items,
                                   size_t count, ctes_error *err) CTES_MUST_CHECK;

#endif
