/* Signatures that an act was sent with, which go with it when it goes again. */
#ifndef CTES_WORKFLOW_CARRY_H
#define CTES_WORKFLOW_CARRY_H

#include "workflow/session.h"

/** Gives the files of `acte` that have no signature of their own those that `record` was last sent
 *  with, wherever they still fit: they are read in the package that was kept, of the act itself or
 *  of the one it replaces. What our own key signed and no longer fits is left to be signed anew.
 *  With `annexes_anew` the annexes are not those of the record: a signature that fits none of them
 *  is gone with its annexe.
 *  @return CTES_OK; CTES_E_SIGNATURE_LOST when one that was made elsewhere fits no longer, or when
 *          nobody can tell whether there was one (detail: why); CTES_E_DOCUMENT_MISSING, or why the
 *          register or the package cannot be read. */
ctes_status ctes_carry_signatures(ctes_session *session, const ctes_record *record,
                                  bool annexes_anew, ctes_acte *acte,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
