/*
 * The error that a failing call hands to its caller: what, where, about which act or file.
 *
 * It lives in the caller's frame and needs no allocation, so that running out of memory can be
 * told. It holds facts, not sentences: the program makes the sentence a person reads from the
 * code and these facts, in the person's language.
 */
#ifndef CTES_ERROR_H
#define CTES_ERROR_H

#include <ctes/status.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define CTES_SUBJECT_MAX 192
#define CTES_DETAIL_MAX  768

/** The step of an act's way at which something happened; the order is that of the way. */
typedef enum ctes_stage {
    CTES_STAGE_NONE,
    CTES_STAGE_CONFIG,       /**< reading configuration, keys, schemas */
    CTES_STAGE_ACTE,         /**< describing and checking the act */
    CTES_STAGE_MESSAGE,      /**< writing the message and the enveloppe */
    CTES_STAGE_SIGNATURE,    /**< signing */
    CTES_STAGE_PACKAGE,      /**< making the archive */
    CTES_STAGE_SUBMISSION,   /**< sending to the operator, or settling a lost reply */
    CTES_STAGE_ACQUITTEMENT, /**< fetching and reading what the préfecture answered */
    CTES_STAGE_REGISTER,     /**< reading or writing the register */
    CTES_STAGE_DOCUMENT      /**< fiche, manifest, table, bordereau */
} ctes_stage;

/** Name of a stage for logs and JSON ("package"); never NULL. */
const char *ctes_stage_name(ctes_stage stage);

typedef struct ctes_error {
    ctes_status code;               /**< CTES_OK while nothing went wrong */
    ctes_stage stage;               /**< CTES_STAGE_NONE until a layer that knows it says so */
    int line;                       /**< line of a fiche or manifest, 0 if none */
    char subject[CTES_SUBJECT_MAX]; /**< the act (number as its authority writes it) or file; UTF-8
                                     */
    char detail[CTES_DETAIL_MAX]; /**< the fact: a value, a library's or the operator's words; UTF-8
                                   */
} ctes_error;

#define CTES_ERROR_INIT                                                                            \
    { .code = CTES_OK, .stage = CTES_STAGE_NONE }

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
