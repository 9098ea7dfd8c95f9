/*
 * Status codes: the single list every other table is made from.
 *
 * A function that can fail returns a ctes_status: CTES_OK (0) or a negative code. Each code
 * belongs to one kind, which decides the program's exit status, and answers two questions:
 * may the same call be repeated without a person looking at it, and may the operator have
 * received what was being sent?
 */
#ifndef CTES_STATUS_H
#define CTES_STATUS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** What a code is about; `ctes --help` documents the exit status of each kind. */
typedef enum ctes_kind {
    CTES_KIND_OK,      /**< nothing went wrong */
    CTES_KIND_USAGE,   /**< the call itself is wrong (command line, API argument) */
    CTES_KIND_CONFIG,  /**< configuration, key, certificate, schemas */
    CTES_KIND_INPUT,   /**< the act, its files, the fiche or the manifest */
    CTES_KIND_REFUSED, /**< the operator or the préfecture said no */
    CTES_KIND_LATER,   /**< nothing was sent; the same call may work later */
    CTES_KIND_UNKNOWN, /**< something may have been received: to be settled, never resent blindly */
    CTES_KIND_HOSTILE, /**< bytes from elsewhere that are not what they should be */
    CTES_KIND_SYSTEM   /**< disk, memory, register, a defect in ctes */
} ctes_kind;

/*
 * X(identifier, name, kind, repeatable, maybe_received)
 * `name` is stable and machine-readable (JSON, journald); sentences are made by the program.
 */
#define CTES_STATUS_LIST(X)                                                                        \
    /* the call */                                                                                 \
    X(CTES_E_USAGE, "usage", CTES_KIND_USAGE, false, false)                                        \
    /* configuration */                                                                            \
    X(CTES_E_CONFIG_MISSING, "config-missing", CTES_KIND_CONFIG, false, false)                     \
    X(CTES_E_CONFIG_INVALID, "config-invalid", CTES_KIND_CONFIG, false, false)                     \
    X(CTES_E_AUTORITE_UNKNOWN, "autorite-unknown", CTES_KIND_CONFIG, false, false)                 \
    X(CTES_E_SIREN_INVALID, "siren-invalid", CTES_KIND_CONFIG, false, false)                       \
    X(CTES_E_KEY_UNREADABLE, "key-unreadable", CTES_KIND_CONFIG, false, false)                     \
    X(CTES_E_KEY_EXPOSED, "key-exposed", CTES_KIND_CONFIG, false, false)                           \
    X(CTES_E_KEY_PASSPHRASE, "key-passphrase", CTES_KIND_CONFIG, false, false)                     \
    X(CTES_E_KEY_MISMATCH, "key-mismatch", CTES_KIND_CONFIG, false, false)                         \
    X(CTES_E_CERT_UNREADABLE, "certificate-unreadable", CTES_KIND_CONFIG, false, false)            \
    X(CTES_E_CERT_EXPIRED, "certificate-expired", CTES_KIND_CONFIG, false, false)                  \
    X(CTES_E_CERT_NOT_YET, "certificate-not-yet-valid", CTES_KIND_CONFIG, false, false)            \
    X(CTES_E_SCHEMA_MISSING, "schema-missing", CTES_KIND_CONFIG, false, false)                     \
    X(CTES_E_PAPERS_MISSING, "papers-missing", CTES_KIND_CONFIG, false, false)                     \
    /* the act */                                                                                  \
    X(CTES_E_NUMERO_MISSING, "numero-missing", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_NUMERO_INVALID, "numero-invalid", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_NUMERO_TOO_LONG, "numero-too-long", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_NUMERO_COLLISION, "numero-collision", CTES_KIND_INPUT, false, false)                  \
    X(CTES_E_NUMERO_TAKEN, "numero-taken", CTES_KIND_INPUT, false, false)                          \
    X(CTES_E_DATE_MISSING, "date-missing", CTES_KIND_INPUT, false, false)                          \
    X(CTES_E_DATE_INVALID, "date-invalid", CTES_KIND_INPUT, false, false)                          \
    X(CTES_E_DATE_FUTURE, "date-future", CTES_KIND_INPUT, false, false)                            \
    X(CTES_E_NATURE_MISSING, "nature-missing", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_NATURE_INVALID, "nature-invalid", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_MATIERE_MISSING, "matiere-missing", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_MATIERE_INVALID, "matiere-invalid", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_MATIERE_UNKNOWN, "matiere-unknown", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_MATIERE_DISCORDANT, "matiere-discordant", CTES_KIND_INPUT, false, false)              \
    X(CTES_E_OBJET_MISSING, "objet-missing", CTES_KIND_INPUT, false, false)                        \
    X(CTES_E_OBJET_TOO_LONG, "objet-too-long", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_OBJET_CHARACTER, "objet-character", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_CLASSIFICATION_DATE, "classification-date", CTES_KIND_INPUT, false, false)            \
    X(CTES_E_PRECEDENT_INVALID, "precedent-invalid", CTES_KIND_INPUT, false, false)                \
    X(CTES_E_DOCUMENT_MISSING, "document-missing", CTES_KIND_INPUT, false, false)                  \
    X(CTES_E_DOCUMENT_UNREADABLE, "document-unreadable", CTES_KIND_INPUT, false, false)            \
    X(CTES_E_DOCUMENT_EMPTY, "document-empty", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_DOCUMENT_TYPE, "document-type", CTES_KIND_INPUT, false, false)                        \
    X(CTES_E_DOCUMENT_LOCKED, "document-locked", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_DOCUMENT_CHANGED, "document-changed", CTES_KIND_INPUT, false, false)                  \
    X(CTES_E_BUDGET_INVALID, "budget-invalid", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_TYPE_PJ_INVALID, "type-pj-invalid", CTES_KIND_INPUT, false, false)                    \
    X(CTES_E_TYPE_PJ_FORBIDDEN, "type-pj-forbidden", CTES_KIND_INPUT, false, false)                \
    X(CTES_E_TOO_MANY_FILES, "too-many-files", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_TOO_LARGE, "too-large", CTES_KIND_INPUT, false, false)                                \
    X(CTES_E_SIGNATURE_INVALID, "signature-invalid", CTES_KIND_INPUT, false, false)                \
    X(CTES_E_SIGNATURE_LOST, "signature-lost", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_FICHE_INVALID, "fiche-invalid", CTES_KIND_INPUT, false, false)                        \
    X(CTES_E_MANIFEST_INVALID, "manifest-invalid", CTES_KIND_INPUT, false, false)                  \
    X(CTES_E_MANIFEST_ROW, "manifest-row", CTES_KIND_INPUT, false, false)                          \
    /* the network */                                                                              \
    X(CTES_E_NET_RESOLVE, "net-resolve", CTES_KIND_LATER, true, false)                             \
    X(CTES_E_NET_CONNECT, "net-connect", CTES_KIND_LATER, true, false)                             \
    X(CTES_E_TLS_SERVER, "tls-server", CTES_KIND_CONFIG, false, false)                             \
    X(CTES_E_TLS_CLIENT, "tls-client", CTES_KIND_CONFIG, false, false)                             \
    X(CTES_E_TLS_HANDSHAKE, "tls-handshake", CTES_KIND_LATER, true, false)                         \
    X(CTES_E_NET_BROKEN, "net-broken", CTES_KIND_UNKNOWN, false, true)                             \
    X(CTES_E_NET_TIMEOUT, "net-timeout", CTES_KIND_UNKNOWN, false, true)                           \
    X(CTES_E_NET_REPLY_TOO_LARGE, "net-reply-too-large", CTES_KIND_UNKNOWN, false, true)           \
    /* the operator */                                                                             \
    X(CTES_E_OPERATOR_REFUSED, "operator-refused", CTES_KIND_REFUSED, false, false)                \
    X(CTES_E_OPERATOR_HOLDS, "operator-holds", CTES_KIND_REFUSED, false, false)                    \
    X(CTES_E_OPERATOR_TWIN, "operator-twin", CTES_KIND_REFUSED, false, false)                      \
    X(CTES_E_OPERATOR_OTHER, "operator-other", CTES_KIND_REFUSED, false, false)                    \
    X(CTES_E_OPERATOR_ACCESS, "operator-access", CTES_KIND_CONFIG, false, false)                   \
    X(CTES_E_OPERATOR_RIGHTS, "operator-rights", CTES_KIND_CONFIG, false, false)                   \
    X(CTES_E_OPERATOR_UNSUPPORTED, "operator-unsupported", CTES_KIND_REFUSED, false, false)        \
    X(CTES_E_OPERATOR_NOT_FOUND, "operator-not-found", CTES_KIND_REFUSED, false, false)            \
    X(CTES_E_OPERATOR_TOO_LARGE, "operator-too-large", CTES_KIND_REFUSED, false, false)            \
    X(CTES_E_OPERATOR_BUSY, "operator-busy", CTES_KIND_LATER, true, false)                         \
    X(CTES_E_OPERATOR_UNAVAILABLE, "operator-unavailable", CTES_KIND_UNKNOWN, false, true)         \
    X(CTES_E_OPERATOR_REPLY, "operator-reply", CTES_KIND_UNKNOWN, false, true)                     \
    X(CTES_E_UNSETTLED, "unsettled", CTES_KIND_UNKNOWN, false, true)                               \
    X(CTES_E_ANOMALIE, "anomalie", CTES_KIND_REFUSED, false, false)                                \
    X(CTES_E_AR_DISCORDANT, "ar-discordant", CTES_KIND_REFUSED, false, false)                      \
    X(CTES_E_NOT_NOW, "not-now", CTES_KIND_LATER, true, false)                                     \
    X(CTES_E_NOT_YET, "not-yet", CTES_KIND_LATER, true, false)                                     \
    /* foreign bytes */                                                                            \
    X(CTES_E_XML_MALFORMED, "xml-malformed", CTES_KIND_HOSTILE, false, false)                      \
    X(CTES_E_XML_LIMIT, "xml-limit", CTES_KIND_HOSTILE, false, false)                              \
    X(CTES_E_XML_ROOT, "xml-root", CTES_KIND_HOSTILE, false, false)                                \
    X(CTES_E_XML_FIELD, "xml-field", CTES_KIND_HOSTILE, false, false)                              \
    X(CTES_E_XML_INVALID, "xml-invalid", CTES_KIND_HOSTILE, false, false)                          \
    X(CTES_E_NOM_FICHIER, "nom-fichier", CTES_KIND_HOSTILE, false, false)                          \
    X(CTES_E_ARCHIVE_MALFORMED, "archive-malformed", CTES_KIND_HOSTILE, false, false)              \
    X(CTES_E_ARCHIVE_MEMBER, "archive-member", CTES_KIND_HOSTILE, false, false)                    \
    X(CTES_E_ARCHIVE_LIMIT, "archive-limit", CTES_KIND_HOSTILE, false, false)                      \
    X(CTES_E_MAIL_MALFORMED, "mail-malformed", CTES_KIND_HOSTILE, false, false)                    \
    X(CTES_E_MAIL_TOO_LARGE, "mail-too-large", CTES_KIND_HOSTILE, false, false)                    \
    X(CTES_E_CHARSET, "charset", CTES_KIND_HOSTILE, false, false)                                  \
    /* the register */                                                                             \
    X(CTES_E_LEDGER_OPEN, "ledger-open", CTES_KIND_SYSTEM, false, false)                           \
    X(CTES_E_LEDGER_NEWER, "ledger-newer", CTES_KIND_SYSTEM, false, false)                         \
    X(CTES_E_LEDGER_FOREIGN, "ledger-foreign", CTES_KIND_SYSTEM, false, false)                     \
    X(CTES_E_LEDGER_CORRUPT, "ledger-corrupt", CTES_KIND_SYSTEM, false, false)                     \
    X(CTES_E_LEDGER_READONLY, "ledger-readonly", CTES_KIND_SYSTEM, false, false)                   \
    X(CTES_E_LEDGER_BUSY, "ledger-busy", CTES_KIND_LATER, true, false)                             \
    X(CTES_E_LEDGER_NOT_EMPTY, "ledger-not-empty", CTES_KIND_SYSTEM, false, false)                 \
    X(CTES_E_LEDGER_IO, "ledger-io", CTES_KIND_SYSTEM, false, false)                               \
    X(CTES_E_ACTE_UNKNOWN, "acte-unknown", CTES_KIND_INPUT, false, false)                          \
    X(CTES_E_COURRIER_UNKNOWN, "courrier-unknown", CTES_KIND_INPUT, false, false)                  \
    X(CTES_E_ACTE_AMBIGUOUS, "acte-ambiguous", CTES_KIND_INPUT, false, false)                      \
    X(CTES_E_ACTE_LEASED, "acte-leased", CTES_KIND_LATER, true, false)                             \
    X(CTES_E_ACTE_STATE, "acte-state", CTES_KIND_REFUSED, false, false)                            \
    /* the machine */                                                                              \
    X(CTES_E_NOT_FOUND, "not-found", CTES_KIND_SYSTEM, false, false)                               \
    X(CTES_E_PERMISSION, "permission", CTES_KIND_SYSTEM, false, false)                             \
    X(CTES_E_DISK_FULL, "disk-full", CTES_KIND_SYSTEM, false, false)                               \
    X(CTES_E_IO, "io", CTES_KIND_SYSTEM, false, false)                                             \
    X(CTES_E_MEMORY, "memory", CTES_KIND_SYSTEM, false, false)                                     \
    X(CTES_E_LIMIT, "limit", CTES_KIND_SYSTEM, false, false)                                       \
    X(CTES_E_CRYPTO, "crypto", CTES_KIND_SYSTEM, false, false)                                     \
    X(CTES_E_INTERRUPTED, "interrupted", CTES_KIND_LATER, true, false)                             \
    X(CTES_E_INTERNAL, "internal", CTES_KIND_SYSTEM, false, false)

/* positions in the list, so that the codes are -1, -2, ... without being written twice */
enum ctes_status_position {
    CTES_STATUS_POSITION_OK,
#define CTES_STATUS_POSITION(id, name, kind, repeatable, received) id##_POSITION,
    CTES_STATUS_LIST(CTES_STATUS_POSITION)
#undef CTES_STATUS_POSITION
        CTES_STATUS_COUNT
};

/** CTES_OK, or a negative code of CTES_STATUS_LIST. */
typedef enum ctes_status {
    CTES_OK = 0,
#define CTES_STATUS_VALUE(id, name, kind, repeatable, received) id = -id##_POSITION,
    CTES_STATUS_LIST(CTES_STATUS_VALUE)
#undef CTES_STATUS_VALUE
} ctes_status;

/** Stable machine name of a code ("numero-invalid"); "unknown" for a value outside the list. */
const char *ctes_status_name(ctes_status status);

/** Kind of a code; CTES_KIND_SYSTEM for a value outside the list. */
ctes_kind ctes_status_kind(ctes_status status);

/** True when repeating the same call is safe without a person looking at it. */
bool ctes_status_repeatable(ctes_status status);

/** True when the operator may have received what was being sent. */
bool ctes_status_maybe_received(ctes_status status);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
