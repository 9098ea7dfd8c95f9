/* The classification, as the préfecture has it and as the operator last received it. */
#ifndef CTES_SANDBOX_CLASSIFICATION_H
#define CTES_SANDBOX_CLASSIFICATION_H

#include "sandbox/box.h"

#define CLASSIFICATION_MAX (4u << 20)

/** Is this type of document allowed for this nature, by the classification that the operator has?
 */
bool classification_allows(const sb_box *box, int nature, const char *code);

/** Reads or makes the classification: the one in force, which the operator has too. */
ctes_status classification_load(sb_box *box, ctes_error *err) CTES_MUST_CHECK;

/** The operator receives the one in force. */
ctes_status classification_deliver(sb_box *box, ctes_error *err) CTES_MUST_CHECK;

/** Takes the place of what was there. @return what reading the XML answered. */
ctes_status classification_set(sb_classification *classification, const void *xml, size_t length,
                               ctes_error *err) CTES_MUST_CHECK;
void classification_clear(sb_classification *classification);

#endif
