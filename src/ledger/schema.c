#include "ledger/schema.h"

/*
 * The register's tables. Instants (…_ms) are milliseconds since 1970-01-01T00:00:00Z, dates are
 * "2022-06-27", states are the names of CTES_STATE_LIST. What happened is told by the order of
 * `id`, never by the clock, which may be set back. Rows are never deleted, but for the files of an
 * act described anew and ended leases; what is history or evidence is never changed either, and
 * triggers see to both.
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
 */
static const char *const VERSION_1[] = {
    "CREATE TABLE acte ("
    "  id INTEGER PRIMARY KEY,"
    "  siren TEXT NOT NULL CHECK (length(siren) = 9),"
    "  numero TEXT NOT NULL,"
    "  numero_interne TEXT NOT NULL CHECK (length(numero_interne) BETWEEN 1 AND 15),"
    "  date_decision TEXT NOT NULL,"
    "  nature INTEGER NOT NULL,"
    "  matiere TEXT,"
    "  objet TEXT,"
    "  objet_transmis TEXT,"
    "  classification_date TEXT,"
    "  precedent TEXT,"
    "  document_papier INTEGER NOT NULL CHECK (document_papier IN (0, 1)),"
    "  fiche TEXT,"
    "  state TEXT NOT NULL,"
    "  state_ms INTEGER NOT NULL,"
    "  suivi TEXT CHECK (suivi IN ('attente', 'echec', 'refus')),"
    "  reason TEXT,"
    "  created_ms INTEGER NOT NULL,"
    "  envoi INTEGER REFERENCES envoi (id),"
    "  transaction_id INTEGER NOT NULL DEFAULT 0,"
    "  native INTEGER NOT NULL DEFAULT 0,"
    "  id_acte TEXT,"
    "  reception TEXT,"
    "  anomalie_code TEXT,"
    "  replaces INTEGER REFERENCES acte (id),"
    "  racine INTEGER REFERENCES acte (id),"
    "  UNIQUE (numero_interne, siren)"
    ") STRICT",
    "CREATE INDEX acte_numero ON acte (numero)",
    "CREATE INDEX acte_date ON acte (date_decision, id)",
    "CREATE INDEX acte_siren ON acte (siren, date_decision, id)",
    "CREATE INDEX acte_state ON acte (state, date_decision, id)",
    "CREATE INDEX acte_suivi ON acte (suivi, state_ms) WHERE suivi IS NOT NULL",
    "CREATE UNIQUE INDEX acte_replaces ON acte (replaces) WHERE replaces IS NOT NULL",
    "CREATE INDEX acte_racine ON acte (racine, id) WHERE racine IS NOT NULL",

    "CREATE TABLE piece ("
    "  acte INTEGER NOT NULL REFERENCES acte (id),"
    "  rang INTEGER NOT NULL,"
    "  path TEXT NOT NULL,"
    "  nom TEXT,"
    "  type_pj TEXT,"
    "  mime TEXT,"
    "  size INTEGER NOT NULL,"
    "  sha256 TEXT,"
    "  PRIMARY KEY (acte, rang)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE envoi ("
    "  id INTEGER PRIMARY KEY,"
    "  acte INTEGER NOT NULL REFERENCES acte (id),"
    "  at_ms INTEGER NOT NULL,"
    "  archive TEXT NOT NULL UNIQUE,"
    "  archive_path TEXT,"
    "  archive_sha256 TEXT,"
    "  archive_size INTEGER NOT NULL,"
    "  message_nom TEXT,"
    "  message_sha256 TEXT,"
    "  enveloppe_nom TEXT,"
    "  enveloppe_sha256 TEXT,"
    "  unique_id TEXT,"
    "  operator_name TEXT,"
    "  operator_url TEXT,"
    "  mode TEXT"
    ") STRICT",
    "CREATE INDEX envoi_acte ON envoi (acte, id)",

    "CREATE TABLE evenement ("
    "  id INTEGER PRIMARY KEY,"
    "  acte INTEGER NOT NULL REFERENCES acte (id),"
    "  at_ms INTEGER NOT NULL,"
    "  from_state TEXT,"
    "  to_state TEXT NOT NULL,"
    "  detail TEXT"
    ") STRICT",
    "CREATE INDEX evenement_acte ON evenement (acte, id)",

    "CREATE TABLE accuse ("
    "  id INTEGER PRIMARY KEY,"
    "  acte INTEGER NOT NULL REFERENCES acte (id),"
    "  at_ms INTEGER NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  bytes BLOB NOT NULL,"
    "  sha256 TEXT,"
    "  invalid TEXT"
    ") STRICT",
    "CREATE INDEX accuse_acte ON accuse (acte, id)",

    "CREATE TABLE echange ("
    "  id INTEGER PRIMARY KEY,"
    "  acte INTEGER REFERENCES acte (id),"
    "  at_ms INTEGER NOT NULL,"
    "  method TEXT,"
    "  url TEXT,"
    "  fields TEXT,"
    "  http_status INTEGER NOT NULL,"
    "  outcome TEXT,"
    "  reply BLOB NOT NULL,"
    "  reply_size INTEGER NOT NULL,"
    "  reply_sha256 TEXT"
    ") STRICT",
    "CREATE INDEX echange_acte ON echange (acte, id)",

    "CREATE TABLE serie ("
    "  siren TEXT NOT NULL,"
    "  jour TEXT NOT NULL,"
    "  dernier INTEGER NOT NULL,"
    "  PRIMARY KEY (siren, jour)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE bail ("
    "  acte INTEGER PRIMARY KEY REFERENCES acte (id),"
    "  host TEXT NOT NULL,"
    "  boot TEXT NOT NULL,"
    "  namespace TEXT NOT NULL,"
    "  pid INTEGER NOT NULL,"
    "  start INTEGER NOT NULL,"
    "  token INTEGER NOT NULL,"
    "  taken_ms INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL"
    ") STRICT",

    "CREATE TABLE note ("
    "  operator_url TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  value TEXT NOT NULL,"
    "  at_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (operator_url, key)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TRIGGER acte_kept BEFORE DELETE ON acte"
    "  BEGIN SELECT RAISE(ABORT, 'an act is never deleted'); END",
    "CREATE TRIGGER acte_identity"
    "  BEFORE UPDATE OF id, siren, numero, numero_interne, created_ms, replaces, racine ON acte"
    "  BEGIN SELECT RAISE(ABORT, 'the identity of an act never changes'); END",
    "CREATE TRIGGER envoi_kept BEFORE DELETE ON envoi"
    "  BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END",
    "CREATE TRIGGER envoi_fixed"
    "  BEFORE UPDATE OF id, acte, at_ms, archive, archive_path, archive_sha256, archive_size,"
    "    message_nom, message_sha256, enveloppe_nom, enveloppe_sha256, unique_id, operator_name,"
    "    operator_url ON envoi"
    "  BEGIN SELECT RAISE(ABORT, 'an attempt never changes'); END",
    "CREATE TRIGGER evenement_kept BEFORE DELETE ON evenement"
    "  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER evenement_fixed BEFORE UPDATE ON evenement"
    "  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER accuse_kept BEFORE DELETE ON accuse"
    "  BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END",
    "CREATE TRIGGER accuse_fixed BEFORE UPDATE ON accuse"
    "  BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END",
    "CREATE TRIGGER echange_kept BEFORE DELETE ON echange"
    "  BEGIN SELECT RAISE(ABORT, 'exchanges are append-only'); END",
    "CREATE TRIGGER echange_fixed BEFORE UPDATE ON echange"
    "  BEGIN SELECT RAISE(ABORT, 'exchanges are append-only'); END",
    "CREATE TRIGGER serie_kept BEFORE DELETE ON serie"
    "  BEGIN SELECT RAISE(ABORT, 'a serial is never given twice'); END",
    "CREATE TRIGGER serie_rises BEFORE UPDATE ON serie WHEN NEW.dernier <= OLD.dernier"
    "  BEGIN SELECT RAISE(ABORT, 'a serial is never given twice'); END",

    "PRAGMA application_id = 1129596243", /* LEDGER_APPLICATION_ID */
    "PRAGMA user_version = 1",
    NULL
};
_Static_assert(LEDGER_APPLICATION_ID == 1129596243, "the file's mark is written in version 1");

/* A new version is appended here, never edited once released; its last statement is its number. */
static const char *const *const VERSIONS[] = { VERSION_1 };
_Static_assert(sizeof VERSIONS / sizeof VERSIONS[0] == LEDGER_VERSION, "one list a version");

ctes_status ledger_version(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_USER_VERSION, &query, err));
    bool found = false;
    return ledger_query_number(&query, ret, &found, err);
}

/* Goes one version up; `*ret` is the version that the register has afterwards. */
static ctes_status migrate_once(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(ledger, &step, err));
    /* read under the write lock: another process may have done it meanwhile */
    int64_t version = 0;
    CTES_TRY(ledger_version(ledger, &version, err));
    if (version >= 0 && version < LEDGER_VERSION) {
        for (const char *const *sql = VERSIONS[version]; *sql != NULL; sql++) {
            int rc = sqlite3_exec(ledger->db, *sql, NULL, NULL, NULL);
            if (rc != SQLITE_OK)
                return ledger_fail(ledger, rc, err);
        }
        version++;
    }
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = version;
    return CTES_OK;
}

ctes_status ledger_migrate(ctes_ledger *ledger, ctes_error *err) {
    int64_t version = 0;
    CTES_TRY(ledger_version(ledger, &version, err));
    while (version >= 0 && version < LEDGER_VERSION)
        CTES_TRY(migrate_once(ledger, &version, err));
    if (version != LEDGER_VERSION)
        return ledger_refuse(err, CTES_E_LEDGER_NEWER, ledger->path, "version %lld",
                             (long long)version);
    return CTES_OK;
}
