/* An act on its way to the operator: what is known of it from its description to its outcome. */
#ifndef CTES_WORKFLOW_SENDING_H
#define CTES_WORKFLOW_SENDING_H

#include "workflow/depot.h"

typedef struct ctes_sending {
    ctes_link *link;
    ctes_acte *acte; /**< borrowed */
    ctes_paquet paquet;
    ctes_outcome *ret; /**< borrowed */
    bool known;        /**< the register had it before the attempt that comes next */
    bool tried;        /**< by this call */
    bool stale;        /**< time has passed since it was taken: it is taken anew */
    bool given_back;   /**< its lease is over */
} ctes_sending;

#define CTES_SENDING_INIT                                                                          \
    { .paquet = CTES_PAQUET_INIT }
void ctes_sending_clear(ctes_sending *sending);
#define CTES_AUTO_SENDING CTES_CLEANUP(ctes_sending_clear)

/** Checks the description and looks at the files. `acte` and `outcome` outlive `ret`. */
ctes_status ctes_sending_begin(ctes_session *session, ctes_acte *acte, ctes_outcome *outcome,
                               ctes_sending *ret, ctes_error *err) CTES_MUST_CHECK;

/** Records the acts or finds them, and takes them for this run; `replaces` as in ctes_admission.
 *  What is wrong with one of several is told in `whys` and keeps none of the others out.
 *  @return CTES_OK, or why the register took none. */
ctes_status ctes_sending_admit(ctes_session *session, ctes_sending **sendings, size_t count,
                               int64_t replaces, ctes_error *whys, ctes_error *err) CTES_MUST_CHECK;

/** Takes an act anew after a wait: its lease may be over, and another run may have sent it. */
ctes_status ctes_sending_renew(ctes_session *session, ctes_sending *sending,
                               ctes_error *err) CTES_MUST_CHECK;

/** Makes the attempts that it takes at an act that was admitted, and gives it back. */
ctes_status ctes_sending_run(ctes_session *session, ctes_sending *sending,
                             ctes_error *err) CTES_MUST_CHECK;

/** What became of an act: its outcome tells, if its sending ended with `status` for a reason of its
 *  own. @return CTES_OK then; `status` when no act could have fared better. */
ctes_status ctes_sending_conclude(ctes_session *session, const ctes_acte *acte, ctes_status status,
                                  ctes_error *why, ctes_outcome *ret,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
