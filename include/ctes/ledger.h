/*
 * The register: every act, every state it went through and when, every byte sent and received.
 * This header is its reading side; writing belongs to the workflow.
 */
#ifndef CTES_LEDGER_H
#define CTES_LEDGER_H

#include <ctes/acte.h>
#include <ctes/context.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * X(identifier, name, held, final, resend)
 * held:   the operator holds (or may hold) the act: it is never deposited again under its number
 * final:  nothing more is expected by itself (status checks still notice a late acknowledgement)
 * resend: how a person may send it again: 'n' not, 's' same number, 'x' under a suffixed number
 */
#define CTES_STATE_LIST(X)                                                                         \
    X(CTES_STATE_PREPARED, "prepared", false, false, 's')      /* described and packaged */        \
    X(CTES_STATE_TO_SEND, "to-send", true, false, 'n')         /* on disk before the 1st byte */   \
    X(CTES_STATE_UNSETTLED, "unsettled", true, false, 'n')     /* perhaps received: being asked */ \
    X(CTES_STATE_REFUSED, "refused", false, true, 's')         /* not received, reason known */    \
    X(CTES_STATE_DEPOSITED, "deposited", true, false, 'n')     /* S2LOW 1 */                       \
    X(CTES_STATE_WAITING, "waiting", true, false, 'n')         /* S2LOW 2 */                       \
    X(CTES_STATE_TRANSMITTED, "transmitted", true, false, 'n') /* S2LOW 3 */                       \
    X(CTES_STATE_PARKED, "parked", true, false, 'n')           /* S2LOW 17: a person confirms */   \
    X(CTES_STATE_TO_SIGN, "to-sign", true, false, 'n')         /* S2LOW 18 */                      \
    X(CTES_STATE_ACKNOWLEDGED, "acknowledged", true, true, 'n')                                    \
    X(CTES_STATE_ACKNOWLEDGED_LATE, "acknowledged-late", true, true, 'n') /* after an error */     \
    X(CTES_STATE_DISCORDANT, "discordant", true, true, 'n') /* answers another act than sent */    \
    X(CTES_STATE_ANOMALIE_ACTE, "anomalie-acte", true, true, 'x')                                  \
    X(CTES_STATE_ANOMALIE_ENVELOPPE, "anomalie-enveloppe", true, true, 'x')                        \
    X(CTES_STATE_OPERATOR_ERROR, "operator-error", true, true, 'x') /* virus, schema, PAdES … */ \
    X(CTES_STATE_CLOSED, "closed", true, true, 'x') /* S2LOW gave up after 30 days */              \
    X(CTES_STATE_CANCELLED, "cancelled", true, true, 'x')

typedef enum ctes_state {
    CTES_STATE_NONE,
#define CTES_STATE_VALUE(id, name, held, final, resend) id,
    CTES_STATE_LIST(CTES_STATE_VALUE)
#undef CTES_STATE_VALUE
        CTES_STATE_COUNT
} ctes_state;

const char *ctes_state_name(ctes_state state); /**< "" for CTES_STATE_NONE */
ctes_state ctes_state_of(const char *name);    /**< CTES_STATE_NONE for an unknown name */
bool ctes_state_held(ctes_state state);
bool ctes_state_final(ctes_state state);
char ctes_state_resend(ctes_state state);

/** Has the préfecture acknowledged the act, in time or after an error? */
static inline bool ctes_state_acknowledged(ctes_state state) {
    return state == CTES_STATE_ACKNOWLEDGED || state == CTES_STATE_ACKNOWLEDGED_LATE;
}

/** A file of a recorded act. */
typedef struct ctes_record_piece {
    char *path; /**< as given */
    char *nom;  /**< name of the norm */
    char type_pj[6];
    char *mime;
    uint64_t size; /**< bytes */
    char sha256[65];
} ctes_record_piece;

/** A recorded act. Text is owned by the record. Instants are milliseconds since the epoch. */
typedef struct ctes_record {
    int64_t id;
    char siren[10];
    char *numero;                             /**< as its authority writes it */
    char numero_interne[CTES_NUMERO_MAX + 1]; /**< as sent */
    ctes_date date;
    ctes_nature nature;
    ctes_matiere matiere;
    char *objet, *objet_transmis;
    ctes_date classification_date;
    char precedent[CTES_ID_ACTE_MAX];
    bool document_papier;
    char *fiche;               /**< text of the form it was read from, or NULL */
    ctes_record_piece *pieces; /**< [0] the document, then the annexes; filled by ctes_ledger_get */
    size_t piece_count;

    ctes_state state;
    int64_t state_ms; /**< since when */
    int64_t created_ms;
    char *reason; /**< why, in the words of the operator or the préfecture; or NULL */

    char *archive; /**< name of the last archive made for it; or NULL */
    char archive_sha256[65];
    int64_t sent_ms;     /**< when its last deposit began; 0: never */
    int64_t transaction; /**< identifier at the operator; 0: none known */
    int native;          /**< the operator's own number of its state */

    char id_acte[CTES_ID_ACTE_MAX]; /**< « Identifiant de télétransmission »; empty before the AR */
    ctes_date reception;            /**< DateReception of the ARActe: starts the appeal period */
    char *anomalie_code;            /**< "002", or NULL */

    char *replaces; /**< number, as written, of the act this one is sent in place of, or NULL */
    char *
        replaced_by; /**< number, as written, of the act that counts instead of this one, or NULL */
} ctes_record;

#define CTES_RECORD_INIT                                                                           \
    { .id = 0 }
void ctes_record_clear(ctes_record *record);

/** One step of an act's way. */
typedef struct ctes_record_event {
    int64_t at_ms;
    ctes_state from, to;
    const char *detail; /**< UTF-8, or NULL */
} ctes_record_event;

/** What came back about an act, byte for byte. */
typedef struct ctes_record_evidence {
    int64_t at_ms;
    const char *kind; /**< "ARActe", "AnomalieActe" … */
    const void *bytes;
    size_t length;
    const char *sha256;
    const char *invalid; /**< the schema's complaint, or NULL */
} ctes_record_evidence;

/** One exchange with the operator about an act. */
typedef struct ctes_record_exchange {
    int64_t at_ms;
    const char *method, *url;
    const char *outcome; /**< name of a status code */
    long http_status;    /**< 0: no reply */
    uint64_t reply_size;
    const char *reply_sha256;
} ctes_record_exchange;

typedef struct ctes_ledger ctes_ledger;

/** Opens a register for reading. `url` is a path or "sqlite:PATH" for a file, or
 *  "postgresql://USER@HOST:PORT/BASE" for several machines (libpq tells the rest: its URLs,
 * ~/.pgpass, service files). A password in the URL is never told: not in errors, the log or the
 * register.
 *  @return CTES_OK, CTES_E_NOT_FOUND when there is none yet, CTES_E_LEDGER_OPEN,
 * CTES_E_LEDGER_NEWER, CTES_E_LEDGER_FOREIGN (a file that is no register of ctes),
 * CTES_E_LEDGER_CORRUPT, CTES_E_LEDGER_BUSY, CTES_E_PERMISSION, CTES_E_MEMORY. */
ctes_status ctes_ledger_open(const ctes_context *context, const char *url, ctes_ledger **ret,
                             ctes_error *err);
void ctes_ledger_close(ctes_ledger *ledger);

/** What to list; zero members do not filter. */
typedef struct ctes_filter {
    const char *siren;
    ctes_state state;
    ctes_date from, to; /**< decision date, inclusive */
    bool pending;       /**< only what still waits for an answer or a person */
} ctes_filter;

/** Return false to stop. The record is the ledger's and lives until the function returns. */
typedef bool (*ctes_record_fn)(void *user, const ctes_record *record);

/** Lists acts, oldest decision first, one row in memory at a time; pieces are not filled. */
ctes_status ctes_ledger_list(ctes_ledger *ledger, const ctes_filter *filter, ctes_record_fn each,
                             void *user, ctes_error *err);

/** Finds an act by its number in either form, within an authority or (siren NULL) all.
 *  @return CTES_OK, CTES_E_ACTE_UNKNOWN, CTES_E_ACTE_AMBIGUOUS (several authorities have it). */
ctes_status ctes_ledger_get(ctes_ledger *ledger, const char *siren, const char *numero,
                            ctes_record *ret, ctes_error *err);

ctes_status ctes_ledger_history(ctes_ledger *ledger, int64_t acte,
                                void (*each)(void *user, const ctes_record_event *event),
                                void *user, ctes_error *err);
ctes_status ctes_ledger_exchanges(ctes_ledger *ledger, int64_t acte,
                                  void (*each)(void *user, const ctes_record_exchange *exchange),
                                  void *user, ctes_error *err);

/** Oldest first; the bytes live until the function returns. */
ctes_status ctes_ledger_evidence(ctes_ledger *ledger, int64_t acte,
                                 void (*each)(void *user, const ctes_record_evidence *evidence),
                                 void *user, ctes_error *err);

/** Called for each table that was copied, with its number of rows. */
typedef void (*ctes_copy_fn)(void *user, const char *table, uint64_t rows);

/** Copies every row of a register into an empty one (made if there is none), of the same or the
 *  other kind. Nobody writes to `from` meanwhile; both are then read again and compared byte for
 *  byte. Whole or not at all. `each` (may be NULL) is called at the end. The packages that were
 * sent are files and stay where they are.
 *  @return CTES_OK, CTES_E_LEDGER_NOT_EMPTY, CTES_E_ACTE_LEASED when somebody is at work in `from`,
 *          CTES_E_CHARSET for text that PostgreSQL cannot hold (no UTF-8), CTES_E_INTERRUPTED, or
 * why a register cannot be read or written. */
ctes_status ctes_ledger_copy(const ctes_context *context, const char *from, const char *to,
                             ctes_copy_fn each, void *user, ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
