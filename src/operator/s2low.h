/* The S2LOW connector inside: what its files share. "The sheet" is that of the S2LOW API. */
#ifndef CTES_OPERATOR_S2LOW_H
#define CTES_OPERATOR_S2LOW_H

#include "operator/operator.h"
#include "operator/s2low_form.h"
#include "operator/s2low_reply.h"
#include "operator/wire.h"

#define CTES_S2LOW_SUBMIT "/modules/actes/actes_transac_submit.php"
#define CTES_S2LOW_CREATE "/modules/actes/actes_transac_create.php"
#define CTES_S2LOW_STATUS "/modules/actes/actes_transac_get_status.php"
#define CTES_S2LOW_AR     "/modules/actes/actes_transac_get_ARActe.php"
#define CTES_S2LOW_SERIAL "/modules/actes/actes_transac_get_env_serial.php"
#define CTES_S2LOW_LIST   "/modules/actes/api/list_actes.php"

#define CTES_S2LOW_LETTERS     "/modules/actes/api/list_document_prefecture.php"
#define CTES_S2LOW_LETTER_READ "/modules/actes/api/document_prefecture_mark_as_read.php"
#define CTES_S2LOW_DOCUMENT    "/modules/actes/actes_transac_get_document.php"
#define CTES_S2LOW_DOWNLOAD    "/modules/actes/actes_download_file.php"
#define CTES_S2LOW_ANSWER_FORM "/modules/actes/actes_transac_reponse_create.php"
#define CTES_S2LOW_CANCEL_FORM "/modules/actes/actes_transac_cancel.php"
#define CTES_S2LOW_TREE        "/modules/actes/actes_classification_fetch.php"
#define CTES_S2LOW_TREE_ASK    "/modules/actes/actes_classification_request.php"

/** The most that an authority's archive may be, and all files of a form (sheet § 6). */
#define CTES_S2LOW_SIZE_MAX (150u << 20)

typedef struct ctes_s2low {
    ctes_operator table; /* first: the table's address is the connector's */
    char *base;          /* URL without a '/' at its end */
    char *login;         /* or NULL */
    char *login_sent;    /* the same in the charset it goes out in */
    ctes_secret password;
    ctes_wire wire;
    char *no_such; /* how this server says that a transaction does not exist; NULL: not learnt */
} ctes_s2low;

/* --- s2low.c: exchanges --- */

/** GET of `path`, which includes the query. @return CTES_OK whatever the HTTP status, or the
 *  transport's. */
ctes_status ctes_s2low_get(ctes_s2low *self, const char *path, ctes_response *ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** GET of a file: with HTTP 200 it lies at `file`, at most CTES_S2LOW_SIZE_MAX bytes.
 *  @return as ctes_s2low_get, and what writing gives. */
ctes_status ctes_s2low_download(ctes_s2low *self, const char *path, const char *file,
                                ctes_response *ret, ctes_error *err) CTES_MUST_CHECK;

/** POST of a form that deposits an act, answers or asks. A failure after which it is open whether
 * the act arrived is always one with maybe_received. */
ctes_status ctes_s2low_post(ctes_s2low *self, const char *path, const ctes_s2low_form *form,
                            ctes_response *ret, ctes_error *err) CTES_MUST_CHECK;

/* --- s2low_judge.c: what a response means --- */

typedef enum ctes_s2low_call {
    CTES_S2LOW_READ,
    CTES_S2LOW_TAKE_SERIAL,
    CTES_S2LOW_DEPOSIT_ARCHIVE,
    CTES_S2LOW_DEPOSIT_CHAMPS,
    CTES_S2LOW_ANSWER,
    CTES_S2LOW_CANCEL,
    CTES_S2LOW_ASK_TREE
} ctes_s2low_call;

/** @return CTES_OK for HTTP 200, else the code of the table in s2low_judge.c. */
ctes_status ctes_s2low_judge_http(const ctes_s2low *self, ctes_s2low_call call,
                                  const ctes_response *response, ctes_error *err) CTES_MUST_CHECK;

/** The code of a KO, never CTES_OK. */
ctes_status ctes_s2low_judge_refusal(const ctes_s2low *self, ctes_s2low_call call,
                                     const ctes_s2low_reply *reply,
                                     ctes_error *err) CTES_MUST_CHECK;

/** CTES_E_OPERATOR_REPLY, with the beginning of the body for detail. */
ctes_status ctes_s2low_judge_foreign(const ctes_response *response, const char *why,
                                     ctes_error *err) CTES_MUST_CHECK;

/** All three: CTES_OK means an HTTP 200 that begins "OK\n", and `ret` what follows. */
ctes_status ctes_s2low_judge(const ctes_s2low *self, ctes_s2low_call call,
                             const ctes_response *response, ctes_s2low_reply *ret,
                             ctes_error *err) CTES_MUST_CHECK;

/** CTES_E_OPERATOR_ACCESS: the operator's words, and the causes it does not tell apart (T7). */
ctes_status ctes_s2low_fail_access(const ctes_s2low *self, const char *words,
                                   ctes_error *err) CTES_MUST_CHECK;

/** "OK\n<id>\n\n", the answer to a form that makes a transaction (sheet § 1.3). */
ctes_status ctes_s2low_judge_made(const ctes_s2low *self, ctes_s2low_call call,
                                  const ctes_response *response, int64_t *ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** A KO about a transaction, never CTES_OK: CTES_E_OPERATOR_NOT_FOUND only for a clear no. */
ctes_status ctes_s2low_judge_no(ctes_s2low *self, const ctes_s2low_reply *reply,
                                ctes_error *err) CTES_MUST_CHECK;

/** The body of an HTTP 200, which has to be XML. @return CTES_OK, CTES_E_OPERATOR_REPLY … */
ctes_status ctes_s2low_take_xml(const ctes_response *response, const char *what, ctes_buffer *ret,
                                ctes_error *err) CTES_MUST_CHECK;

/* --- s2low_pieces.c --- */

/** Adds a document, its annexes, the type and the signature of each.
 *  @return CTES_OK, CTES_E_TYPE_PJ_INVALID, CTES_E_SIGNATURE_INVALID, as s2low_form.h. */
ctes_status ctes_s2low_form_pieces(ctes_s2low_form *form, const ctes_depot_piece *document,
                                   const ctes_depot_piece *annexes, size_t annexe_count,
                                   ctes_error *err) CTES_MUST_CHECK;

/* --- s2low_access.c and the others: the table --- */

/** Learns how the server words "no such transaction" by asking for one that cannot exist.
 *  @return CTES_OK (`no_such` is set), CTES_E_OPERATOR_RIGHTS, CTES_E_OPERATOR_ACCESS, … */
ctes_status ctes_s2low_learn(ctes_s2low *self, ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_s2low_preflight(ctes_operator *table, ctes_error *err);
ctes_status ctes_s2low_serial(ctes_operator *table, unsigned *ret, ctes_error *err);
ctes_status ctes_s2low_deposit(ctes_operator *table, const ctes_depot *depot,
                               int64_t *ret_transaction, ctes_error *err);
ctes_status ctes_s2low_find(ctes_operator *table, const char *unique_id, ctes_operator_status *ret,
                            ctes_error *err);
ctes_status ctes_s2low_status(ctes_operator *table, int64_t transaction, ctes_operator_status *ret,
                              ctes_error *err);
ctes_status ctes_s2low_acknowledgement(ctes_operator *table, int64_t transaction, ctes_buffer *ret,
                                       ctes_error *err);
ctes_status ctes_s2low_lookup(ctes_operator *table, const char *numero_interne, ctes_date since,
                              ctes_operator_listing *ret, ctes_error *err);
ctes_status ctes_s2low_waiting(ctes_operator *table, ctes_listed_fn each, void *user,
                               ctes_error *err);

ctes_status ctes_s2low_collect(ctes_operator *table, const char *folder, ctes_parcel_fn each,
                               void *user, ctes_error *err);
ctes_status ctes_s2low_letters(ctes_operator *table, int64_t acte, ctes_letter_fn each, void *user,
                               ctes_error *err);
ctes_status ctes_s2low_answer(ctes_operator *table, const ctes_reponse *reponse, int64_t *ret,
                              ctes_error *err);
ctes_status ctes_s2low_cancel(ctes_operator *table, int64_t transaction, int64_t *ret,
                              ctes_error *err);
ctes_status ctes_s2low_classification(ctes_operator *table, ctes_buffer *ret, ctes_error *err);
ctes_status ctes_s2low_classification_ask(ctes_operator *table, int64_t *ret, ctes_error *err);

/** What a number of state means (sheet § 5). */
ctes_operator_state ctes_s2low_state(int native);

#endif
