/* The numbers of one batch: two acts that would go under the same one are both refused. */
#ifndef CTES_WORKFLOW_NUMBERS_H
#define CTES_WORKFLOW_NUMBERS_H

#include "workflow/session.h"

typedef struct ctes_number ctes_number;

typedef struct ctes_numbers {
    ctes_number *items;
    size_t count, room;
} ctes_numbers;

void ctes_numbers_clear(ctes_numbers *numbers);

/** Notes an act's number; one without a usable number is passed over. */
ctes_status ctes_numbers_note(ctes_numbers *numbers, ctes_session *session, const ctes_acte *acte,
                              ctes_error *err) CTES_MUST_CHECK;

/** Once all are noted, and before the first question. */
void ctes_numbers_sort(ctes_numbers *numbers);

/** True when another act of the batch has the number of this one. */
bool ctes_numbers_collide(const ctes_numbers *numbers, ctes_session *session,
                          const ctes_acte *acte);

#endif
