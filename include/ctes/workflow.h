/*
 * The use cases: check, send, resend, look for acknowledgements, the nightly batch.
 */
#ifndef CTES_WORKFLOW_H
#define CTES_WORKFLOW_H

#include <ctes/acte.h>
#include <ctes/context.h>
#include <ctes/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** How acts are deposited (S2LOW sheet § 2). */
typedef enum ctes_mode {
    CTES_MODE_AUTO, /**< the archive; where the operator has none, the fields for a day */
    CTES_MODE_ARCHIVE,
    CTES_MODE_CHAMPS
} ctes_mode;

/** Through whom acts reach the préfecture. */
typedef enum ctes_canal {
    CTES_CANAL_S2LOW,
    CTES_CANAL_DIRECT /**< straight to the ministry (norm sheet § 9) */
} ctes_canal;

/** Only for the direct channel. The strings are borrowed. */
typedef struct ctes_direct {
    const char *field; /**< name of the form's file part; NULL: the archive's name */
    bool url_account;  /**< login and password in the URL's query, not HTTP Basic */
    const char *pins; /**< "sha256//BASE64;sha256//…" of the server's key, any of them; or NULL */
    long success;     /**< HTTP status that means received; 0: 200 */
    const char *imap; /**< "imaps://host[:port]/INBOX": where the returns come */
    const char *imap_login, *imap_password_file;
    const char *imap_done, *imap_aside; /**< folders; NULL: "ctes/done", "ctes/aside" */
} ctes_direct;

/** Asks for the passphrase of the key in file `what`; writes at most `size` bytes with the NUL.
 *  Returns false to give up. The library wipes its copy; the caller wipes its own. */
typedef bool (*ctes_ask_fn)(void *user, const char *what, char *out, size_t size);

/** All that a session needs; the strings are borrowed and must outlive it. */
typedef struct ctes_settings {
    const ctes_autorite *autorites;
    size_t autorite_count;

    ctes_canal canal;
    ctes_mode mode; /**< on the direct channel: the archive */
    ctes_direct direct;
    const char *operator_url;
    const char *former_url;   /**< the address this same operator had before; or NULL */
    bool login_latin1;        /**< S2LOW wants login and password in ISO-8859-1, not in UTF-8 */
    const char *trigramme;    /**< the operator's, "SLO" */
    const char *quadrigramme; /**< "EACT", "TACT" for tests */

    const char *tls_certificate; /**< PEM, or PKCS#12 by its ending .p12 or .pfx */
    const char *tls_key;         /**< NULL when the certificate's file holds it */
    const char *tls_passphrase_file;
    const char *tls_ca;                /**< NULL: the system's authorities */
    long connect_timeout_s, timeout_s; /**< 0: the defaults */

    bool sign;                               /**< sign documents and message */
    const char *sign_certificate, *sign_key; /**< PEM */
    const char *sign_pkcs12;
    const char *sign_passphrase_file;

    const char *ledger;   /**< as ctes_ledger_open takes it */
    const char *archives; /**< folder of what was sent; NULL: that of the register's file (a
                               register in a database has none) */
    const char *schemas;  /**< folder of the XSD files */

    long in_flight; /**< exchanges that a batch has under way at once; 0: 8, at most 64 */
    /** Acts of one authority that a batch sends in one enveloppe, where archives are taken; 0 or 1:
     *  each has its own, at most 50. A refusal of the enveloppe by the préfecture strikes all of
     *  them. */
    long acts_per_enveloppe;
    long settle_after_s; /**< how long after a cut exchange the operator's "I do not hold it" is
                              believed: it may still be working on what it received. 0: 120 */

    /* what the operator asks of its clients; a batch waits, ctes_send as long as `wait_s` */
    const char *closed_hours; /**< "12:00-13:30, sam-dim, ven 18:00-08:00", local time; or NULL */
    uint64_t hourly_volume;   /**< bytes of archives within any hour; 0: no limit */
    long tries;               /**< of a deposit that certainly did not arrive; 0: 20, 1: no other */
    long retry_for_s;         /**< no other try begins later than this after the first. 0: 3600 */
    long wait_s; /**< how long ctes_send and ctes_resend wait for the hours, the volume, or an
                      operator that fails: then they give up with CTES_E_NOT_NOW or its failure */

    ctes_ask_fn ask; /**< or NULL: an encrypted key without passphrase file is an error */
    void *ask_user;
} ctes_settings;

#define CTES_SETTINGS_INIT                                                                         \
    { .trigramme = "SLO", .quadrigramme = "EACT" }

typedef struct ctes_session ctes_session;

/** What a session is opened for decides what must be there: key and certificate are loaded and
 *  checked, the register opened, before anything is sent. */
typedef enum ctes_purpose {
    CTES_FOR_CHECK, /**< no network, no register */
    CTES_FOR_SEND,  /**< everything */
    CTES_FOR_STATUS /**< network and register, no signing key */
} ctes_purpose;

ctes_status ctes_session_open(const ctes_context *context, const ctes_settings *settings,
                              ctes_purpose purpose, ctes_session **ret, ctes_error *err);
void ctes_session_free(ctes_session *session);

/** What became of one act. Strings are owned by the outcome. */
typedef enum ctes_result {
    CTES_RESULT_NONE,
    CTES_RESULT_CHECKED, /**< would be sent */
    CTES_RESULT_SENT,    /**< deposited by this call */
    CTES_RESULT_ALREADY, /**< the register knew it: nothing was sent */
    CTES_RESULT_CHANGED, /**< a status check learnt something */
    CTES_RESULT_UNCHANGED,
    CTES_RESULT_UNSETTLED, /**< perhaps received; the next status check asks again */
    CTES_RESULT_REFUSED    /**< by the rules, the operator or the préfecture: `error` tells */
} ctes_result;

typedef struct ctes_outcome {
    ctes_result result;
    ctes_record record;    /**< as the register has it; id 0 when it is not there */
    char *objet_changes;   /**< replacements made in the subject ("’ → '"), or NULL */
    bool numero_changed;   /**< the number had to be normalised */
    char *proposed;        /**< number under which a refused act can be sent again, or NULL */
    unsigned late_days;    /**< days since the decision when past 15, else 0: worth a warning */
    uint64_t archive_size; /**< bytes of the package made */
    ctes_error error;
} ctes_outcome;

#define CTES_OUTCOME_INIT                                                                          \
    { .result = CTES_RESULT_NONE, .error = CTES_ERROR_INIT }
void ctes_outcome_clear(ctes_outcome *outcome);

/** Everything short of sending: rules, files, message and enveloppe against the schemas,
 * signatures, the archive's size. Nothing is recorded. `acte` is completed in place. */
ctes_status ctes_check(ctes_session *session, ctes_acte *acte, ctes_outcome *ret, ctes_error *err);

/** Checks, packages, records, deposits and looks once at the state. An act that the register knows
 *  as held is not sent again: CTES_RESULT_ALREADY. An act that lies unsettled is settled first.
 *  @return CTES_OK when `ret` tells what became of the act (also CTES_RESULT_REFUSED or
 *          _UNSETTLED: `ret->error`); a failure when nothing could be done for any act (register,
 *          key, certificate, operator's access). */
ctes_status ctes_send(ctes_session *session, ctes_acte *acte, ctes_outcome *ret, ctes_error *err);

/** What a person corrects when sending an act again; NULL and zero members keep what was. */
typedef struct ctes_correction {
    bool suffix;        /**< take the next suffixed number */
    const char *numero; /**< or this number */
    const char *objet;
    const char *document;  /**< path */
    const char *signature; /**< path: a detached signature of the document, made elsewhere */
    ctes_matiere matiere;
    ctes_nature nature;
    ctes_date date;
    ctes_date classification_date;
    const ctes_piece *annexes; /**< all of them anew, when `annexes_given` */
    size_t annexe_count;
    bool annexes_given;
} ctes_correction;

#define CTES_CORRECTION_INIT                                                                       \
    { .suffix = false }

/** Sends one recorded act again, each file with the signature that it was sent with, as long as it
 *  fits; CTES_E_SIGNATURE_LOST in `ret->error` when one that was made elsewhere cannot go along:
 * the package that was kept is gone or altered, the file is another one, or the act never left.
 * Refused (CTES_E_OPERATOR_HOLDS in `ret->error`) when the operator already holds it under its
 * number, which is asked, not guessed; `ret->proposed` then names the number to use if the
 * préfecture refused it. */
ctes_status ctes_resend(ctes_session *session, const char *siren, const char *numero,
                        const ctes_correction *correction, ctes_outcome *ret, ctes_error *err);

/** Called for each act looked at, one at a time but from any thread; return false to stop. */
typedef bool (*ctes_outcome_fn)(void *user, const ctes_outcome *outcome);

/** Asks the operator about one act (`numero` given) or all that wait, and records what is new:
 *  state, ARActe, anomaly. Settles what was left unsettled. With `wait_s` > 0 asks again, every
 *  `every_s` seconds (0: soon at first, then every half minute), until nothing waits any more or
 * the time is over.
 *  @return CTES_OK, CTES_E_ACTE_UNKNOWN, CTES_E_NOT_YET when acts still wait at the end of
 *          `wait_s`, CTES_E_INTERRUPTED, or why the operator could not be asked. */
ctes_status ctes_refresh(ctes_session *session, const char *siren, const char *numero, long wait_s,
                         long every_s, ctes_outcome_fn each, void *user, ctes_error *err);

/** Where every act of a batch stands at its end: acknowledged + pending + refused + unsettled, and
 *  the `total` they make (in a check: the rest of it is ready to be sent). */
typedef struct ctes_batch_summary {
    size_t total, acknowledged, pending, refused, unsettled;
    size_t sent;    /**< of them: deposited by this call */
    size_t already; /**< of them: the register knew them, nothing was sent */
    size_t invalid; /**< of `refused`: rows that describe no act */
    uint64_t bytes; /**< of the packages deposited by this call */
} ctes_batch_summary;

/** Why nothing leaves for a while. */
typedef enum ctes_wait {
    CTES_WAIT_WINDOW, /**< the operator's hours */
    CTES_WAIT_VOLUME, /**< the hourly volume is used up */
    CTES_WAIT_RETRY   /**< the operator asked for time, or failed */
} ctes_wait;

/** Who watches a batch; every member may be NULL. The calls come one at a time, from any thread. */
typedef struct ctes_batch_watch {
    ctes_outcome_fn each; /**< what became of an act */
    /** Acts in the batch, told once before the first is sent. */
    void (*counted)(void *user, size_t total);
    /** Nothing leaves until then (milliseconds since the epoch, as the session's clock has it). */
    void (*waits)(void *user, ctes_wait why, int64_t until_ms);
    void *user;
} ctes_batch_watch;

/** Sends every act of a manifest (CSV file) or a folder (fiches *.txt with their documents), then
 *  looks at what still waited from before. One bad act never stops the others; a broken register,
 *  key or certificate stops before anything is sent. Numbers of one batch that normalise to the
 *  same one are all refused. The outcome's `error.line` is the manifest's line.
 *  In a session opened CTES_FOR_CHECK every act goes through ctes_check (CTES_RESULT_CHECKED or
 *  _REFUSED) and nothing is sent, recorded or looked at. `watch` may be NULL. */
ctes_status ctes_batch(ctes_session *session, const char *path, const ctes_batch_watch *watch,
                       ctes_batch_summary *ret, ctes_error *err);

/* --- documents for people, made from the register --- */

/** Reads a fiche file into `acte` (document/fiche.h tells the rules); the document beside it (same
 *  name, .pdf) and annexes (folder of the same name) are taken when `with_files`. */
ctes_status ctes_fiche_load(const char *path, bool with_files, ctes_acte *acte, ctes_error *err);

/** Called with each piece of text written; return false to stop. */
typedef bool (*ctes_text_fn)(void *user, const char *text, size_t length);

/** The act's form with its two blanks filled (`record` acknowledged and with its fiche).
 *  @return CTES_OK, CTES_E_FICHE_INVALID without a fiche, CTES_E_NOT_YET without acknowledgement,
 *          CTES_E_ACTE_STATE for an act that was cancelled since. */
ctes_status ctes_fiche_write(const ctes_record *record, ctes_text_fn write, void *user,
                             ctes_error *err);

/** SCDL table of the deliberations that `filter` selects. */
ctes_status ctes_scdl_write(ctes_ledger *ledger, const ctes_filter *filter,
                            const ctes_autorite *autorites, size_t autorite_count, bool with_id,
                            ctes_text_fn write, void *user, ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
