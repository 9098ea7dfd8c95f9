/* The acts that wait for news, as a round of looks at all of them needs them: small, since there
 * may be hundreds of thousands. */
#ifndef CTES_WORKFLOW_WAITING_H
#define CTES_WORKFLOW_WAITING_H

#include "workflow/session.h"

typedef struct ctes_waiting {
    int64_t acte;        /**< 0: no more looking is needed */
    int64_t transaction; /**< 0: none */
    int autorite;        /**< its rank in the settings; -1: configured no more */
    ctes_state state;    /**< as the register had it */
    bool here;           /**< it is with the operator that the session speaks to */
} ctes_waiting;

/** Those of one authority (`siren` NULL: all), oldest first. The caller frees `*ret`.
 *  @return CTES_OK, what reading the register can give. */
ctes_status ctes_waiting_read(ctes_session *session, const char *siren, ctes_waiting **ret,
                              size_t *ret_count, ctes_error *err) CTES_MUST_CHECK;

/** The same of one act that was loaded. */
ctes_waiting ctes_waiting_of(ctes_session *session, const ctes_record *record);

#endif
