#include "ledger/schema.h"

/*
 * The register's tables. Instants (…_ms) are milliseconds since 1970-01-01T00:00:00Z, dates are
 * "2022-06-27", states are the names of CTES_STATE_LIST. What happened is told by the order of
 * `id`, never by the clock, which may be set back. Rows are never deleted, but for the files of an
 * act described anew and ended leases; what is history or evidence is never changed either, and
 * triggers see to both. schema_sqlite.c and schema_postgres.c make them: the same tables and
 * columns in the same order, because a register is copied from one to the other. A new version is
 * appended to both, never edited once released; its last statement is its number.
 *
 * acte       one act, under one number of its authority
 *   siren, numero, numero_interne   authority; number as written; as sent. Never change.
 *   date_decision, nature, matiere, objet, objet_transmis, classification_date, precedent,
 *   document_papier, fiche          the description (acte.h); NULL for what is not given
 *   state, state_ms, reason         where it stands, since when, why in the words of others
 *   suivi           what is still expected: "attente" an answer; "echec" a final error that a late
 *                   acknowledgement may mend or a person sends again; "refus" not received: a
 *                   person sends it again; NULL nothing. Made from `state`, for a small index.
 *   created_ms      when it was recorded
 *   envoi           its last attempt
 *   transaction_id, native          the operator's identifier, and its number of the state
 *   id_acte, reception, anomalie_code   what the préfecture answered
 *   replaces        the act it is sent in place of; each is replaced once at most
 *   racine          the first act of its chain of replacements; NULL for that first act itself
 * piece      a file of an act: rang 0 the document, then the annexes
 *   path, nom, type_pj, mime, size, sha256   where it was, name of the norm, kind, bytes
 * envoi      an attempt to deposit an act; committed before the first byte leaves
 *   archive, archive_path, archive_sha256, archive_size   the package; its name is unique for ever
 *   message_nom, message_sha256, enveloppe_nom, enveloppe_sha256   what is inside
 *   unique_id       by which the operator is asked after a lost reply
 *   operator_name, operator_url, mode   to whom and how; only `mode` may change
 * evenement  history: one line a change of state, with the reason given
 * accuse     evidence: what came back, byte for byte, with its hash and the schema's complaint
 * echange    each exchange with the operator; `reply` is cut at 64 kB, its size and hash are whole
 * serie      last serial given for archive names, by authority and day
 * bail       who works on an act: the process (host, boot, PID namespace, pid, start) and store
 * note       what was learnt of an operator, by its URL
 *
 * Since version 2:
 *
 * courrier   a letter: what the préfecture sends about an act, what the authority answers or asks
 *   cle             makes a second recording harmless; unique for ever (courrier.h)
 *   siren, transac, flux, recu   authority; kind, as in the norm (3-1: 3 and 1); 1 received, 0 sent
 *   acte, id_acte   the act it is about; its IDActe, '' for none (7-1)
 *   date, texte, nom, archive_path, archive_sha256   what it says, its message, what it lay in
 *   answers         the letter it answers or acknowledges
 *   deadline        last day to answer; NULL for none
 *   state, state_ms, reason      as an act's, with the names of CTES_COURRIER_STATE_LIST
 *   suivi           "attente" while somebody or something is expected to act; NULL else. Made from
 *                   `state`, for a small index.
 *   transaction_id, reception    the operator's identifier; DateReception of what answers it
 * courrier_piece       a document of a letter, as it came or was sent
 * courrier_evenement   history of a letter, as `evenement`
 * courrier_accuse      evidence: the letter itself (kind "message") and what answers it
 * retour     a mail or a parcel that came whole: where its bytes lie, what became of it. Only what
 *            was put aside may be looked at again.
 * classification       each classification that an authority received; `checked_ms` is when the
 *                      newest was last confirmed
 *
 * Since version 3:
 *
 * envoi_message   the further messages of an attempt whose enveloppe carries several acts: rang 2
 *                 on, in its order; `acte.envoi` of each is that attempt
 *   acte, message_nom, message_sha256, unique_id   as in `envoi`, which has the first act's
 */

static ctes_status read_number(ctes_ledger *ledger, ledger_sql sql, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, sql, &query, err));
    bool found = false;
    return ledger_query_number(&query, ret, &found, err);
}

ctes_status ledger_mark(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    return read_number(ledger, SQL_MARK, ret, err);
}

/* What does not carry our mark yet has no version to read. */
static ctes_status read_version(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    int64_t mark = 0;
    CTES_TRY(ledger_mark(ledger, &mark, err));
    *ret = 0;
    return mark == LEDGER_MARK ? read_number(ledger, SQL_VERSION, ret, err) : CTES_OK;
}

ctes_status ledger_version_known(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    int64_t version = 0;
    CTES_TRY(read_version(ledger, &version, err));
    if (version < 0 || version > LEDGER_VERSION)
        return ledger_refuse(err, CTES_E_LEDGER_NEWER, ledger->path, "version %lld",
                             (long long)version);
    *ret = version;
    return CTES_OK;
}

/* SQLite's write lock keeps others out; PostgreSQL is asked to. */
static ctes_status keep_others_out(ctes_ledger *ledger, ctes_error *err) {
    if (ledger_sql_text(SQL_VERSION_LOCK, ledger->driver->dialect) == NULL)
        return CTES_OK;
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_VERSION_LOCK, &query, err));
    ledger_bind_int(&query, LEDGER_LOCK_BASE);
    return ledger_query_run(&query, err);
}

/* Goes one version up; `*ret` is the version that the register has afterwards. */
static ctes_status migrate_once(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(ledger, &step, err));
    CTES_TRY(keep_others_out(ledger, err));
    /* read under the lock: another process may have done it meanwhile */
    int64_t version = 0;
    CTES_TRY(ledger_version_known(ledger, &version, err));
    if (version < LEDGER_VERSION) {
        for (const char *const *sql = ledger->driver->versions[version]; *sql != NULL; sql++)
            CTES_TRY(ledger->driver->execute(ledger, *sql, err));
        version++;
    }
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = version;
    return CTES_OK;
}

ctes_status ledger_migrate(ctes_ledger *ledger, ctes_error *err) {
    int64_t version = 0;
    CTES_TRY(ledger_version_known(ledger, &version, err));
    while (version < LEDGER_VERSION)
        CTES_TRY(migrate_once(ledger, &version, err));
    return CTES_OK;
}
