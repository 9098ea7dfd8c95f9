/*
 * What every operator's API comes down to. A connector fills this table and speaks through a
 * transport; it knows no register and keeps no state but its settings and what it learnt of the
 * operator's wording in this session.
 *
 * Every exchange with the operator is told to `trace`, before and after, so that the caller can
 * record what was sent and received.
 */
#ifndef CTES_OPERATOR_OPERATOR_H
#define CTES_OPERATOR_OPERATOR_H

#include <ctes/acte.h>
#include <ctes/context.h>

#include "base/buffer.h"
#include "net/transport.h"

/** How an act is deposited. */
typedef enum ctes_depot_mode {
    CTES_DEPOT_ARCHIVE, /**< the finished archive (actes_transac_submit.php) */
    CTES_DEPOT_CHAMPS   /**< field by field (actes_transac_create.php) */
} ctes_depot_mode;

/** Life of a transaction at the operator, whatever numbers its API uses. */
typedef enum ctes_operator_state {
    CTES_OP_UNKNOWN, /**< a state this connector does not know; see `native` */
    CTES_OP_ERROR,   /**< final error; `flow` and `message` tell */
    CTES_OP_CANCELLED,
    CTES_OP_POSTED,      /**< received by the operator, checks pending */
    CTES_OP_WAITING,     /**< checked, waits for a transmission window */
    CTES_OP_TRANSMITTED, /**< at the ministry */
    CTES_OP_ACKNOWLEDGED,
    CTES_OP_PARKED,               /**< waits for a person to confirm (S2LOW 17) */
    CTES_OP_TO_SIGN,              /**< waits for a signature (S2LOW 18) */
    CTES_OP_ACKNOWLEDGED_AND_MORE /**< validated, refused, archived …: past the acknowledgement */
} ctes_operator_state;

/** One exchange, for the record. Everything is borrowed for the time of the call. */
typedef struct ctes_exchange {
    bool done;          /**< false: about to leave, the last four members say nothing yet */
    const char *method; /**< "GET", "POST" */
    const char *url;    /**< without credentials */
    const char *fields; /**< what was sent besides files, "name=value" lines, UTF-8; or NULL */
    long http_status;   /**< 0: no reply */
    long retry_after;   /**< seconds that the reply asks to wait; -1: it does not */
    const void *reply;  /**< body as received, or NULL */
    size_t reply_length;
    ctes_status outcome; /**< of the transport */
} ctes_exchange;

typedef void (*ctes_trace_fn)(void *user, const ctes_exchange *exchange);

/** A deposited file with what the operator needs to know of it. */
typedef struct ctes_depot_piece {
    const char *path;
    const char *nom; /**< name of the norm: "99_DE-…_1.pdf" */
    const char *type_pj;
    const char *mime;
    const char *signature; /**< PEM text, or NULL; only PEM passes S2LOW unchanged (sheet § 2.3) */
    size_t signature_length;
} ctes_depot_piece;

typedef struct ctes_depot {
    ctes_depot_mode mode;
    const ctes_acte *acte;    /**< checked: numero_interne, objet_transmis … are set */
    const char *archive_path; /**< the finished archive */
    const char *archive_nom;
    size_t more; /**< acts in the archive beside `acte`; field by field there is none */
    ctes_depot_piece document;
    const ctes_depot_piece *annexes;
    size_t annexe_count;
} ctes_depot;

typedef struct ctes_operator_status {
    ctes_operator_state state;
    int native;       /**< the operator's own number: S2LOW -1 … 22 */
    ctes_buffer flow; /**< all that came with the state, byte for byte; may be empty. The XML of
                           the préfecture comes first, if any; when the state is CTES_OP_ERROR the
                           operator's words (ISO-8859-1) follow without separator: cut the XML at
                           the end of its root element (S2LOW sheet T9) */
    char *message;    /**< the operator's words, UTF-8, when the state is CTES_OP_ERROR and `flow`
                           holds nothing but words; else NULL */
} ctes_operator_status;

#define CTES_OPERATOR_STATUS_INIT                                                                  \
    { .flow = CTES_BUFFER_INIT(CTES_NET_REPLY_MAX) }
void ctes_operator_status_clear(ctes_operator_status *status);
#define CTES_AUTO_OPERATOR_STATUS CTES_CLEANUP(ctes_operator_status_clear)

/** What the operator's listing says of a transaction found by its number. */
typedef struct ctes_operator_listing {
    int64_t transaction;
    int native;
    char *objet;
    ctes_date date;
} ctes_operator_listing;
void ctes_operator_listing_clear(ctes_operator_listing *listing);

/** Told of an act that the operator lists. */
typedef void (*ctes_listed_fn)(void *user, int64_t transaction, ctes_operator_state state,
                               int native);

/** How what came in is packed. */
typedef enum ctes_parcel_form {
    CTES_PARCEL_ARCHIVE, /**< tar.gz of an enveloppe, its messages and documents */
    CTES_PARCEL_MAIL     /**< a mail (RFC 5322) with the same as attachments */
} ctes_parcel_form;

/** Something that came for an authority, whole and as received. Borrowed for the time of the call,
 *  but the file is the caller's: to be moved away or deleted. */
typedef struct ctes_parcel {
    ctes_parcel_form form;
    const char *path;             /**< the bytes, in the folder that was given to `collect` */
    uint64_t beyond;              /**< bytes of a mail that is too large and of which only the
                                       beginning came; 0: it is whole */
    const char *source;           /**< for the record: "s2low 12", "imaps://host/INBOX 17" */
    int64_t transaction, related; /**< identifiers at the operator, of it and its act; 0: unknown */
} ctes_parcel;

/** What became of a parcel, which the operator is then told. */
typedef enum ctes_parcel_fate {
    CTES_PARCEL_LEFT,     /**< not dealt with: it stays where it is, and nothing more is fetched */
    CTES_PARCEL_RECORDED, /**< on disk here: marked as read, or moved to the folder of such */
    CTES_PARCEL_ASIDE     /**< kept here too, but a person looks: moved to the folder of such */
} ctes_parcel_fate;
typedef ctes_parcel_fate (*ctes_parcel_fn)(void *user, const ctes_parcel *parcel);

/** An answer of the authority to a letter. */
typedef struct ctes_reponse {
    int64_t letter;                 /**< the letter's identifier at the operator */
    unsigned transaction;           /**< of the letter: 2, 3 or 4 */
    bool refuses;                   /**< 3-3 or 4-3, else 2-2, 3-4 or 4-4 */
    const ctes_depot_piece *pieces; /**< the first is the document; several for 3-4 only */
    size_t piece_count;
} ctes_reponse;

/** Told of a letter about an act: its identifier, the kind of transaction (2 to 5: of the letter
 *  and of the answer alike), the operator's own number of its state (S2LOW: 7, 8, 21 and 9 to 11
 *  for one received, those of an act for an answer). */
typedef void (*ctes_letter_fn)(void *user, int64_t transaction, unsigned type, int native);

typedef struct ctes_operator ctes_operator;

struct ctes_operator {
    const char *name; /**< "s2low"; static */

    /** Certificate, account, rights: everything that would refuse a deposit, asked before one.
     *  @return CTES_OK, CTES_E_OPERATOR_ACCESS (certificate or login: detail shows both causes; or
     *          a certificate not fit for depositing), CTES_E_OPERATOR_RIGHTS,
     *          CTES_E_OPERATOR_BUSY, CTES_E_OPERATOR_UNAVAILABLE, CTES_E_OPERATOR_REPLY, or the
     *          transport's. */
    ctes_status (*preflight)(ctes_operator *self, ctes_error *err);

    /** Takes a serial of the operator's daily counter for an archive name.
     *  @return CTES_OK, CTES_E_OPERATOR_UNSUPPORTED when the operator gives none, or as above. */
    ctes_status (*serial)(ctes_operator *self, unsigned *ret, ctes_error *err);

    /** Deposits one act, or the archive of several. CTES_OK: received, `ret_transaction` takes the
     *  operator's identifier of each act, in the order of the enveloppe (nothing of use else).
     *  Not received: CTES_E_OPERATOR_REFUSED (detail: why, in the operator's words),
     *  CTES_E_OPERATOR_HOLDS (the number is in use there), CTES_E_OPERATOR_UNSUPPORTED (this mode
     *  was removed), CTES_E_OPERATOR_TOO_LARGE, CTES_E_OPERATOR_ACCESS, CTES_E_OPERATOR_RIGHTS,
     *  CTES_E_OPERATOR_BUSY (it asks to come back later).
     *  Nothing left this machine: CTES_E_TYPE_PJ_INVALID, CTES_E_SIGNATURE_INVALID (a signature
     *  that would not arrive as it is), CTES_E_TOO_MANY_FILES, CTES_E_NOM_FICHIER, CTES_E_CHARSET,
     *  CTES_E_MEMORY, the transport's codes of that kind.
     *  Perhaps received: any code with maybe_received. */
    ctes_status (*deposit)(ctes_operator *self, const ctes_depot *depot, int64_t *ret_transaction,
                           ctes_error *err);

    /** Does the operator hold this act? By the name of its message without "_0.xml", which is known
     *  before any acknowledgement. CTES_OK: held; `ret` takes its state.
     *  CTES_E_OPERATOR_NOT_FOUND: a clear no, the operator's own answer and nothing else. (S2LOW
     *  says the same when several transactions bear the name, after an administrator's deletion;
     *  `lookup` finds those.) CTES_E_OPERATOR_RIGHTS, detail "held …": it is there, but another
     *  account's. */
    ctes_status (*find)(ctes_operator *self, const char *unique_id, ctes_operator_status *ret,
                        ctes_error *err);

    /** Finds the transaction whose number is `numero_interne` in the operator's listings, decided
     *  since `since` at the earliest if given.
     *  @return CTES_OK, CTES_E_OPERATOR_NOT_FOUND, CTES_E_OPERATOR_REPLY when the listings are too
     *          long to be read to their end … */
    ctes_status (*lookup)(ctes_operator *self, const char *numero_interne, ctes_date since,
                          ctes_operator_listing *ret, ctes_error *err);

    /** Lists the acts that are on their way: neither acknowledged nor ended in another way. An act
     *  that moves meanwhile may be told twice, the later state last, or not at all.
     *  @return CTES_OK, CTES_E_OPERATOR_REPLY when the listings are too long to be read to their
     *          end … */
    ctes_status (*waiting)(ctes_operator *self, ctes_listed_fn each, void *user, ctes_error *err);

    /** State of a transaction. @return CTES_OK, CTES_E_OPERATOR_NOT_FOUND … as `find`. */
    ctes_status (*status)(ctes_operator *self, int64_t transaction, ctes_operator_status *ret,
                          ctes_error *err);

    /** The ARActe, as received: it begins with '<' and is no HTML page; nothing more is checked.
     *  @return CTES_OK, CTES_E_NOT_YET while there is none … */
    ctes_status (*acknowledgement)(ctes_operator *self, int64_t transaction, ctes_buffer *ret,
                                   ctes_error *err);

    /* --- besides acts; a NULL member: this operator has no such call --- */

    /** Fetches what came in and is not dealt with yet, one parcel after the other, each into a file
     *  of its own in `folder`. A parcel that cannot be fetched is skipped and told by the failure
     *  returned at the end; the others are still fetched.
     *  @return CTES_OK, or as `preflight`. */
    ctes_status (*collect)(ctes_operator *self, const char *folder, ctes_parcel_fn each, void *user,
                           ctes_error *err);

    /** Sends any finished archive (the direct channel: letters travel as acts do). Sending the same
     *  archive again under the same name is harmless, and what to do when an answer was lost.
     *  @return as `deposit`. */
    ctes_status (*submit)(ctes_operator *self, const char *path, const char *nom, ctes_error *err);

    /** Lists the letters about an act, those received and the answers sent: whether an answer is
     *  there whose own reply was lost. Cancellations are not among them.
     *  @return CTES_OK, CTES_E_OPERATOR_NOT_FOUND for an act that is not there, or as `status`. */
    ctes_status (*letters)(ctes_operator *self, int64_t acte, ctes_letter_fn each, void *user,
                           ctes_error *err);

    /** Answers a letter through the operator's own form. @return as `deposit`. */
    ctes_status (*answer)(ctes_operator *self, const ctes_reponse *reponse,
                          int64_t *ret_transaction, ctes_error *err);

    /** Asks for an acknowledged act's cancellation. `ret` is the identifier of the request.
     *  @return as `deposit`; CTES_E_OPERATOR_HOLDS when such a request is already under way. */
    ctes_status (*cancel)(ctes_operator *self, int64_t transaction, int64_t *ret, ctes_error *err);

    /** The classification that the operator keeps for this authority, as received.
     *  @return CTES_OK, CTES_E_NOT_YET when it never received one, or as `status`. */
    ctes_status (*classification)(ctes_operator *self, ctes_buffer *ret, ctes_error *err);

    /** Has the operator ask the préfecture for the classification; `classification` gives it later.
     *  @return as `deposit`; CTES_E_NOT_NOW when it was asked already today. */
    ctes_status (*classification_ask)(ctes_operator *self, int64_t *ret, ctes_error *err);

    void (*free)(ctes_operator *self);
};

static inline void ctes_operator_free(ctes_operator *self) {
    if (self != NULL)
        self->free(self);
}

typedef struct ctes_operator_settings {
    const char *url;             /**< "https://host[:port][/prefix]" */
    const char *login;           /**< or NULL */
    const ctes_secret *password; /**< copied, wiped when freed */
    bool login_latin1;           /**< S2LOW: both go out in ISO-8859-1, not in UTF-8 */
    ctes_transport *transport;   /**< borrowed: must outlive the operator */
    const ctes_context *context;
    ctes_trace_fn trace; /**< or NULL */
    void *trace_user;
} ctes_operator_settings;

/** S2LOW, generations 4 to 6 (S2LOW sheet). The strings are copied.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID for a URL that is not plain https or a login or password
 *          that ISO-8859-1 has no signs for, CTES_E_MEMORY. */
ctes_status ctes_operator_s2low_new(const ctes_operator_settings *settings, ctes_operator **ret,
                                    ctes_error *err) CTES_MUST_CHECK;

#endif
