#include "ledger/schema.h"
#include "ledger/sqlite.h"

/* The tables of schema.c as SQLite has them. */
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

    "PRAGMA application_id = 1129596243", /* LEDGER_MARK */
    "PRAGMA user_version = 1",
    NULL
};
_Static_assert(LEDGER_MARK == 1129596243, "the file's mark is written in version 1");

static const char *const VERSION_2[] = {
    "CREATE INDEX acte_id_acte ON acte (id_acte) WHERE id_acte IS NOT NULL",

    "CREATE TABLE courrier ("
    "  id INTEGER PRIMARY KEY,"
    "  cle TEXT NOT NULL UNIQUE,"
    "  siren TEXT NOT NULL CHECK (length(siren) = 9),"
    "  transac INTEGER NOT NULL,"
    "  flux INTEGER NOT NULL,"
    "  recu INTEGER NOT NULL CHECK (recu IN (0, 1)),"
    "  acte INTEGER REFERENCES acte (id),"
    "  id_acte TEXT NOT NULL,"
    "  date TEXT,"
    "  at_ms INTEGER NOT NULL,"
    "  texte TEXT,"
    "  answers INTEGER REFERENCES courrier (id),"
    "  nom TEXT,"
    "  archive_path TEXT,"
    "  archive_sha256 TEXT,"
    "  deadline TEXT,"
    "  state TEXT NOT NULL,"
    "  state_ms INTEGER NOT NULL,"
    "  suivi TEXT CHECK (suivi = 'attente'),"
    "  reason TEXT,"
    "  transaction_id INTEGER NOT NULL DEFAULT 0,"
    "  reception TEXT"
    ") STRICT",
    "CREATE INDEX courrier_acte ON courrier (acte) WHERE acte IS NOT NULL",
    "CREATE INDEX courrier_id_acte ON courrier (siren, id_acte, transac, flux, id)",
    "CREATE INDEX courrier_answers ON courrier (answers) WHERE answers IS NOT NULL",
    "CREATE INDEX courrier_deadline ON courrier (deadline, id)",
    "CREATE INDEX courrier_siren ON courrier (siren, deadline, id)",
    "CREATE INDEX courrier_suivi ON courrier (suivi, deadline, id) WHERE suivi IS NOT NULL",

    "CREATE TABLE courrier_piece ("
    "  courrier INTEGER NOT NULL REFERENCES courrier (id),"
    "  rang INTEGER NOT NULL,"
    "  path TEXT NOT NULL,"
    "  nom TEXT,"
    "  type_pj TEXT,"
    "  size INTEGER NOT NULL,"
    "  sha256 TEXT,"
    "  PRIMARY KEY (courrier, rang)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE courrier_evenement ("
    "  id INTEGER PRIMARY KEY,"
    "  courrier INTEGER NOT NULL REFERENCES courrier (id),"
    "  at_ms INTEGER NOT NULL,"
    "  from_state TEXT,"
    "  to_state TEXT NOT NULL,"
    "  detail TEXT"
    ") STRICT",
    "CREATE INDEX courrier_evenement_courrier ON courrier_evenement (courrier, id)",

    "CREATE TABLE courrier_accuse ("
    "  id INTEGER PRIMARY KEY,"
    "  courrier INTEGER NOT NULL REFERENCES courrier (id),"
    "  at_ms INTEGER NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  bytes BLOB NOT NULL,"
    "  sha256 TEXT,"
    "  invalid TEXT"
    ") STRICT",
    "CREATE INDEX courrier_accuse_courrier ON courrier_accuse (courrier, id)",

    "CREATE TABLE retour ("
    "  id INTEGER PRIMARY KEY,"
    "  cle TEXT NOT NULL UNIQUE,"
    "  at_ms INTEGER NOT NULL,"
    "  source TEXT,"
    "  path TEXT,"
    "  size INTEGER NOT NULL,"
    "  outcome TEXT NOT NULL CHECK (outcome IN ('recorded', 'reminder', 'aside')),"
    "  reason TEXT"
    ") STRICT",

    "CREATE TABLE classification ("
    "  id INTEGER PRIMARY KEY,"
    "  siren TEXT NOT NULL,"
    "  date TEXT NOT NULL,"
    "  received_ms INTEGER NOT NULL,"
    "  checked_ms INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL,"
    "  sha256 TEXT NOT NULL,"
    "  UNIQUE (siren, date, sha256)"
    ") STRICT",
    "CREATE INDEX classification_siren ON classification (siren, date, id)",

    "CREATE TRIGGER courrier_kept BEFORE DELETE ON courrier"
    "  BEGIN SELECT RAISE(ABORT, 'a letter is never deleted'); END",
    "CREATE TRIGGER courrier_identity"
    "  BEFORE UPDATE OF id, cle, siren, transac, flux, recu, acte, id_acte, date, at_ms, texte,"
    "    answers, nom, archive_path, archive_sha256 ON courrier"
    "  BEGIN SELECT RAISE(ABORT, 'what a letter says never changes'); END",
    "CREATE TRIGGER courrier_piece_kept BEFORE DELETE ON courrier_piece"
    "  BEGIN SELECT RAISE(ABORT, 'a letter keeps its documents'); END",
    "CREATE TRIGGER courrier_piece_fixed BEFORE UPDATE ON courrier_piece"
    "  BEGIN SELECT RAISE(ABORT, 'a letter keeps its documents'); END",
    "CREATE TRIGGER courrier_evenement_kept BEFORE DELETE ON courrier_evenement"
    "  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER courrier_evenement_fixed BEFORE UPDATE ON courrier_evenement"
    "  BEGIN SELECT RAISE(ABORT, 'history is append-only'); END",
    "CREATE TRIGGER courrier_accuse_kept BEFORE DELETE ON courrier_accuse"
    "  BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END",
    "CREATE TRIGGER courrier_accuse_fixed BEFORE UPDATE ON courrier_accuse"
    "  BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END",
    "CREATE TRIGGER retour_kept BEFORE DELETE ON retour"
    "  BEGIN SELECT RAISE(ABORT, 'what came is never deleted'); END",
    "CREATE TRIGGER retour_fixed BEFORE UPDATE OF id, cle, at_ms, source, path, size ON retour"
    "  BEGIN SELECT RAISE(ABORT, 'what came never changes'); END",
    "CREATE TRIGGER retour_settled BEFORE UPDATE ON retour WHEN OLD.outcome <> 'aside'"
    "  BEGIN SELECT RAISE(ABORT, 'what was understood stays so'); END",
    "CREATE TRIGGER classification_kept BEFORE DELETE ON classification"
    "  BEGIN SELECT RAISE(ABORT, 'a classification is never deleted'); END",
    "CREATE TRIGGER classification_fixed"
    "  BEFORE UPDATE OF id, siren, date, received_ms, bytes, sha256 ON classification"
    "  BEGIN SELECT RAISE(ABORT, 'a classification never changes'); END",

    "PRAGMA user_version = 2",
    NULL
};

static const char *const VERSION_3[] = {
    "CREATE TABLE envoi_message ("
    "  envoi INTEGER NOT NULL REFERENCES envoi (id),"
    "  rang INTEGER NOT NULL CHECK (rang > 1),"
    "  acte INTEGER NOT NULL REFERENCES acte (id),"
    "  message_nom TEXT NOT NULL,"
    "  message_sha256 TEXT NOT NULL,"
    "  unique_id TEXT NOT NULL,"
    "  PRIMARY KEY (envoi, rang),"
    "  UNIQUE (envoi, acte)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TRIGGER envoi_message_kept BEFORE DELETE ON envoi_message"
    "  BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END",
    "CREATE TRIGGER envoi_message_fixed BEFORE UPDATE ON envoi_message"
    "  BEGIN SELECT RAISE(ABORT, 'an attempt never changes'); END",

    "PRAGMA user_version = 3", NULL
};

const char *const *const ledger_sqlite_schema[] = { VERSION_1, VERSION_2, VERSION_3 };
_Static_assert(sizeof ledger_sqlite_schema / sizeof ledger_sqlite_schema[0] == LEDGER_VERSION,
               "one list a version");
