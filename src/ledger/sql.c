#include "ledger/sql.h"

#include <stddef.h>

/*
 * A record in the order of enum ledger_record_column. An act counts until another is sent in its
 * place: the newest of its chain has the greatest id, because each is recorded after the one it
 * replaces.
 */
#define RECORD                                                                                     \
    "SELECT a.id, a.siren, a.numero, a.numero_interne, a.date_decision, a.nature, a.matiere,"      \
    "  a.objet, a.objet_transmis, a.classification_date, a.precedent, a.document_papier, a.fiche," \
    "  a.state, a.state_ms, a.created_ms, a.reason, e.archive, e.archive_sha256, e.at_ms,"         \
    "  a.transaction_id, a.native, a.id_acte, a.reception, a.anomalie_code, p.numero,"             \
    "  (SELECT n.numero FROM acte n"                                                               \
    "    WHERE n.racine = coalesce(a.racine, a.id) AND n.id > a.id ORDER BY n.id DESC LIMIT 1)"    \
    " FROM acte a LEFT JOIN envoi e ON e.id = a.envoi LEFT JOIN acte p ON p.id = a.replaces"

/* PostgreSQL infers the type of a parameter from the first place that tells it. */

/* ?1, ?2: decision dates; ?3: authority or NULL; ?4: state or NULL. Each list walks the index that
 * its most telling condition has, already in the order asked for. */
#define WAITING                                                                                    \
    "SELECT a.id, a.transaction_id, a.state, a.siren, e.operator_url FROM acte a"                  \
    " LEFT JOIN envoi e ON e.id = a.envoi"

#define BY_DATE " ORDER BY a.date_decision, a.id"

/* Acts that still wait. A "+" keeps SQLite from walking the index of a date or a state: these acts
 * are few, so that sorting them costs less than walking all the others. */
#define PENDING(plus)                                                                              \
    RECORD " WHERE a.suivi IN ('attente', 'echec', 'refus')"                                       \
           " AND (a.suivi = 'attente'"                                                             \
           "  OR NOT EXISTS (SELECT 1 FROM acte s WHERE s.replaces = a.id))"                       \
           " AND " plus "a.date_decision >= ?1 AND " plus "a.date_decision <= ?2"                  \
           " AND (" plus "a.siren = ?3 OR ?3 IS NULL) AND (" plus "a.state = ?4 OR ?4 IS NULL)"    \
           " ORDER BY " plus "a.date_decision, a.id"

#define STATE "SELECT state FROM acte WHERE id = ?1"

/* What counts as the answer to a letter: not its acknowledgement (3-2, 4-2), and not what did not
 * arrive. */
#define IS_ANSWER(r)                                                                               \
    " NOT (" r ".flux = 2 AND " r ".transac IN (3, 4)) AND " r ".state NOT IN ('refused', "        \
    "'failed')"

/* A letter in the order of enum ledger_courrier_column. */
#define COURRIER                                                                                   \
    "SELECT c.id, c.siren, c.transac, c.flux, c.acte, a.numero, c.id_acte, c.date, c.at_ms,"       \
    "  c.deadline, c.texte, c.answers,"                                                            \
    "  (SELECT max(r.id) FROM courrier r WHERE r.answers = c.id AND" IS_ANSWER(                    \
        "r") "),"                                                                                  \
             "  c.state, c.state_ms, c.reason, c.transaction_id, c.reception, c.nom,"              \
             "  c.archive_path, c.archive_sha256"                                                  \
             " FROM courrier c LEFT JOIN acte a ON a.id = c.acte"

/* ?1: act; ?2: authority; ?3: "attente"; ?4: 1 received, 0 sent; each NULL for any. */
#define COURRIERS(condition)                                                                       \
    COURRIER " WHERE " condition "(c.acte = ?1 OR ?1 IS NULL)"                                     \
             " AND (c.siren = ?2 OR ?2 IS NULL) AND (c.suivi = ?3 OR ?3 IS NULL)"                  \
             " AND (c.recu = ?4 OR ?4 IS NULL) ORDER BY c.deadline NULLS LAST, c.id"

#define COURRIER_OF "SELECT state, recu, answers, transac, flux FROM courrier WHERE id = ?1"

/*
 * Where the dialects differ: how a transaction begins, what the register says of itself, and locks.
 * SQLite has one writer at a time. PostgreSQL has many, each seeing what is committed when its
 * statement begins (READ COMMITTED), so an act is locked before it is looked at; a lock that only
 * keeps its key lets others refer to it. Who wants to work on an act that another session has
 * locked goes on to the next (SKIP LOCKED). Numbers, archive names and serials are told apart by
 * unique indexes, where a second writer waits for the first.
 */
/* NOLINTBEGIN(bugprone-suspicious-missing-comma): a long text goes on in the next line */
static const char *const SQLITE_TEXTS[LEDGER_SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_MARK] = "PRAGMA application_id",
    [SQL_VERSION] = "PRAGMA user_version",
    [SQL_JOURNAL_WAL] = "PRAGMA journal_mode = WAL",
    [SQL_ACTE_STATE] = STATE,
    [SQL_ACTE_TAKE] = STATE,
    [SQL_COURRIER_STATE] = COURRIER_OF,
    [SQL_LIST_PENDING] = PENDING("+"),
    [SQL_DEFER] = "PRAGMA defer_foreign_keys = ON",
};

static const char *const POSTGRES_TEXTS[LEDGER_SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN",
    [SQL_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    /* ours, none yet (an administrator may have made the schema for us), or another's */
    [SQL_MARK] =
        "SELECT CASE WHEN to_regclass('ctes.registre') IS NOT NULL THEN 1129596243"
        "  WHEN EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('ctes'))"
        "  THEN 1 ELSE 0 END",
    [SQL_VERSION] = "SELECT version FROM ctes.registre",
    [SQL_VERSION_LOCK] = "SELECT 1 FROM pg_advisory_xact_lock(?1)",
    [SQL_ACTE_STATE] = STATE " FOR NO KEY UPDATE",
    [SQL_ACTE_TAKE] = STATE " FOR NO KEY UPDATE SKIP LOCKED",
    [SQL_COURRIER_STATE] = COURRIER_OF " FOR NO KEY UPDATE",
    [SQL_CLAIM] = "SELECT pg_try_advisory_lock(?1)",
    [SQL_CLAIM_WAIT] = "SELECT 1 FROM pg_advisory_lock(?1)",
    [SQL_UNCLAIM] = "SELECT pg_advisory_unlock(?1)",
    [SQL_LIST_PENDING] = PENDING(""),
    [SQL_LOCK_TABLES] = "LOCK TABLE acte, piece, envoi, evenement, accuse, echange, serie, bail,"
                        " note, courrier, courrier_piece, courrier_evenement, courrier_accuse,"
                        " retour, classification IN SHARE MODE",
    [SQL_DEFER] = "SET CONSTRAINTS ALL DEFERRED",
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */

static const char *const TEXTS[LEDGER_SQL_COUNT] = {
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVEPOINT] = "SAVEPOINT step",
    [SQL_RELEASE] = "RELEASE SAVEPOINT step",
    [SQL_ROLLBACK_TO] = "ROLLBACK TO SAVEPOINT step",

    [SQL_ACTE_INSERT] =
        "INSERT INTO acte (siren, numero, numero_interne, state, suivi, state_ms, created_ms,"
        "  replaces, racine, date_decision, nature, matiere, objet, objet_transmis,"
        "  classification_date, precedent, document_papier, fiche)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " ON CONFLICT (numero_interne, siren) DO NOTHING RETURNING id",
    [SQL_ACTE_BY_INTERNE] = "SELECT numero FROM acte WHERE numero_interne = ?1 AND siren = ?2",
    [SQL_ACTE_LINK] = "SELECT a.siren, coalesce(a.racine, a.id),"
                      "  (SELECT s.numero_interne FROM acte s WHERE s.replaces = a.id) FROM acte a"
                      " WHERE a.id = ?1",
    [SQL_ACTE_REDESCRIBE] =
        "UPDATE acte SET date_decision = ?2, nature = ?3, matiere = ?4, objet = ?5,"
        "  objet_transmis = ?6, classification_date = ?7, precedent = ?8, document_papier = ?9,"
        "  fiche = ?10 WHERE id = ?1",
    [SQL_ACTE_CHANGE] =
        "UPDATE acte SET state_ms = CASE WHEN state = ?2 THEN state_ms ELSE ?4 END,"
        "  state = ?2, suivi = ?3,"
        "  reason = CASE WHEN ?5 = '' THEN NULL ELSE coalesce(?5, reason) END,"
        "  transaction_id = coalesce(?6, transaction_id), native = coalesce(?7, native),"
        "  anomalie_code = coalesce(?8, anomalie_code), id_acte = coalesce(?9, id_acte),"
        "  reception = coalesce(?10, reception) WHERE id = ?1",
    /* what an earlier attempt learnt does not concern the new one */
    [SQL_ACTE_INTEND] =
        "UPDATE acte SET state = ?2, suivi = ?3, state_ms = ?4, envoi = ?5, reason = NULL,"
        "  transaction_id = 0, native = 0, anomalie_code = NULL WHERE id = ?1",
    [SQL_PIECE_INSERT] = "INSERT INTO piece (acte, rang, path, nom, type_pj, mime, size, sha256)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_PIECE_DELETE] = "DELETE FROM piece WHERE acte = ?1",

    [SQL_ENVOI_INSERT] =
        "INSERT INTO envoi (acte, at_ms, archive, archive_path, archive_sha256, archive_size,"
        "  message_nom, message_sha256, enveloppe_nom, enveloppe_sha256, unique_id,"
        "  operator_name, operator_url, mode)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        " ON CONFLICT (archive) DO NOTHING RETURNING id",
    [SQL_ENVOI_MESSAGE_INSERT] =
        "INSERT INTO envoi_message (envoi, rang, acte, message_nom, message_sha256, unique_id)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_ENVOI_LAST] =
        "SELECT e.id, e.at_ms, e.archive, e.archive_path, coalesce(m.unique_id, e.unique_id),"
        "  e.operator_url, e.mode, e.acte FROM acte a LEFT JOIN envoi e ON e.id = a.envoi"
        " LEFT JOIN envoi_message m ON m.envoi = e.id AND m.acte = a.id WHERE a.id = ?1",
    [SQL_ENVOI_STATES] = "SELECT a.state FROM acte a WHERE a.envoi = ?1 AND a.id IN ("
                         "SELECT e.acte FROM envoi e WHERE e.id = ?1"
                         " UNION ALL SELECT m.acte FROM envoi_message m WHERE m.envoi = ?1)",
    [SQL_ENVOI_MODE] = "UPDATE envoi SET mode = ?2 WHERE id = ?1 RETURNING id",
    /* newest first, along the key, a page at a time: the caller stops where its hour begins */
    [SQL_ENVOI_RECENT] = "SELECT id, at_ms, archive_size FROM envoi WHERE id > ?1 AND id < ?2"
                         " ORDER BY id DESC LIMIT 1000",
    [SQL_SERIE_NEXT] = "INSERT INTO serie (siren, jour, dernier) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (siren, jour) DO UPDATE SET dernier ="
                       "  CASE WHEN serie.dernier < excluded.dernier THEN excluded.dernier"
                       "       ELSE serie.dernier + 1 END RETURNING dernier",

    [SQL_EVENEMENT_INSERT] = "INSERT INTO evenement (acte, at_ms, from_state, to_state, detail)"
                             " VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_ACCUSE_INSERT] = "INSERT INTO accuse (acte, at_ms, kind, bytes, sha256, invalid)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_ECHANGE_INSERT] =
        "INSERT INTO echange (acte, at_ms, method, url, fields, http_status, outcome, reply,"
        "  reply_size, reply_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",

    [SQL_BAIL_GET] = "SELECT host, boot, namespace, pid, start, token, taken_ms, until_ms"
                     " FROM bail WHERE acte = ?1",
    [SQL_BAIL_PUT] =
        "INSERT INTO bail (acte, host, boot, namespace, pid, start, token, taken_ms, until_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT (acte) DO UPDATE SET host = excluded.host, boot = excluded.boot,"
        "  namespace = excluded.namespace, pid = excluded.pid, start = excluded.start,"
        "  token = excluded.token, taken_ms = excluded.taken_ms, until_ms = excluded.until_ms",
    [SQL_BAIL_RELEASE] = "DELETE FROM bail WHERE acte = ?1 AND token = ?2 RETURNING acte",
    [SQL_BAIL_RELEASE_ALL] = "DELETE FROM bail WHERE token BETWEEN ?1 AND ?2",

    [SQL_NOTE_PUT] = "INSERT INTO note (operator_url, key, value, at_ms) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (operator_url, key) DO UPDATE SET value = excluded.value,"
                     "  at_ms = excluded.at_ms",
    [SQL_NOTE_GET] = "SELECT value FROM note WHERE operator_url = ?1 AND key = ?2 AND at_ms > ?3",

    [SQL_FIND_INTERNE] = "SELECT id, siren FROM acte WHERE numero_interne IN (?1, ?2)"
                         " AND (siren = ?3 OR ?3 IS NULL)",
    [SQL_FIND_NUMERO] = "SELECT id, siren FROM acte WHERE numero = ?1"
                        " AND (siren = ?2 OR ?2 IS NULL) ORDER BY id DESC",
    [SQL_RECORD] = RECORD " WHERE a.id = ?1",
    [SQL_PIECES] = "SELECT path, nom, type_pj, mime, size, sha256 FROM piece WHERE acte = ?1"
                   " ORDER BY rang",
    [SQL_LIST_DATE] = RECORD " WHERE a.date_decision >= ?1 AND a.date_decision <= ?2"
                             " AND CAST(?3 AS TEXT) IS NULL AND CAST(?4 AS TEXT) IS NULL" BY_DATE,
    [SQL_LIST_SIREN] = RECORD " WHERE a.siren = ?3"
                              " AND a.date_decision >= ?1 AND a.date_decision <= ?2"
                              " AND (a.state = ?4 OR ?4 IS NULL)" BY_DATE,
    [SQL_LIST_STATE] = RECORD " WHERE a.state = ?4"
                              " AND a.date_decision >= ?1 AND a.date_decision <= ?2"
                              " AND (a.siren = ?3 OR ?3 IS NULL)" BY_DATE,
    [SQL_TO_CHECK] = WAITING " WHERE a.suivi = 'attente' AND (a.siren = ?1 OR ?1 IS NULL)"
                             " UNION ALL " WAITING " WHERE a.suivi = 'echec' AND a.state_ms >= ?2"
                             " AND (a.siren = ?1 OR ?1 IS NULL) ORDER BY 1",
    [SQL_CHAIN] =
        "SELECT coalesce(max(n.id), a.id), 1 + count(n.id) FROM acte a LEFT JOIN acte n"
        "  ON n.racine = coalesce(a.racine, a.id) AND n.id > a.id WHERE a.id = ?1 GROUP BY a.id",
    [SQL_HISTORY] = "SELECT at_ms, from_state, to_state, detail FROM evenement WHERE acte = ?1"
                    " ORDER BY id",
    [SQL_EXCHANGES] =
        "SELECT at_ms, method, url, outcome, http_status, reply_size, reply_sha256 FROM echange"
        " WHERE acte = ?1 ORDER BY id",

    [SQL_ACTE_BY_ID_ACTE] = "SELECT id FROM acte WHERE id_acte = ?1 AND siren = ?2"
                            " ORDER BY id DESC LIMIT 1",
    [SQL_ACTE_BY_PARTS] = "SELECT id FROM acte WHERE numero_interne = ?1 AND siren = ?2"
                          " AND date_decision = ?3 AND nature = ?4",
    [SQL_COURRIER_INSERT] =
        "INSERT INTO courrier (cle, siren, transac, flux, recu, acte, id_acte, date, at_ms, texte,"
        "  answers, nom, archive_path, archive_sha256, deadline, state, state_ms, suivi, reason,"
        "  transaction_id)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?9, ?17,"
        "  ?18, ?19) ON CONFLICT (cle) DO NOTHING RETURNING id",
    [SQL_COURRIER_BY_CLE] = "SELECT id FROM courrier WHERE cle = ?1",
    [SQL_COURRIER_LIVE_ANSWERS] =
        "SELECT count(*) FROM courrier r WHERE r.answers = ?1 AND r.id <> ?2 AND" IS_ANSWER("r"),
    [SQL_COURRIER_CHANGE] =
        "UPDATE courrier SET state_ms = CASE WHEN state = ?2 THEN state_ms ELSE ?4 END,"
        "  state = ?2, suivi = ?3,"
        "  reason = CASE WHEN ?5 = '' THEN NULL ELSE coalesce(?5, reason) END,"
        "  transaction_id = coalesce(?6, transaction_id), reception = coalesce(?7, reception)"
        " WHERE id = ?1",
    [SQL_COURRIER_MOVE] = "UPDATE courrier SET state = ?2, suivi = ?3, state_ms = ?4 WHERE id = ?1",
    [SQL_COURRIER_PIECE_INSERT] =
        "INSERT INTO courrier_piece (courrier, rang, path, nom, type_pj, size, sha256)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_COURRIER_EVENEMENT_INSERT] =
        "INSERT INTO courrier_evenement (courrier, at_ms, from_state, to_state, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_COURRIER_ACCUSE_INSERT] =
        "INSERT INTO courrier_accuse (courrier, at_ms, kind, bytes, sha256, invalid)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_COURRIER] = COURRIER " WHERE c.id = ?1",
    [SQL_COURRIER_PIECES] = "SELECT nom, path, type_pj, size, sha256 FROM courrier_piece"
                            " WHERE courrier = ?1 ORDER BY rang",
    [SQL_COURRIER_HISTORY] = "SELECT at_ms, from_state, to_state, detail FROM courrier_evenement"
                             " WHERE courrier = ?1 ORDER BY id",
    [SQL_COURRIER_EVIDENCE] = "SELECT at_ms, kind, bytes, sha256, invalid FROM courrier_accuse"
                              " WHERE courrier = ?1 ORDER BY id",
    /* an acknowledgement's key is not its archive's name; its path ends with it */
    [SQL_COURRIER_BY_ARCHIVE] = "SELECT id FROM courrier WHERE siren = ?2 AND recu = 0"
                                " AND (cle = ?1 OR archive_path LIKE '%/' || ?1)"
                                " ORDER BY id DESC LIMIT 1",
    [SQL_ENVOI_BY_ARCHIVE] =
        "SELECT a.id, 1 AS rang FROM envoi e JOIN acte a ON a.id = e.acte AND a.envoi = e.id"
        " WHERE e.archive = ?1"
        " UNION ALL SELECT a.id, m.rang FROM envoi e JOIN envoi_message m ON m.envoi = e.id"
        " JOIN acte a ON a.id = m.acte AND a.envoi = e.id WHERE e.archive = ?1 ORDER BY 2",
    [SQL_COURRIER_FIND] = "SELECT c.id FROM courrier c WHERE c.siren = ?1 AND c.id_acte = ?2"
                          " AND c.transac = ?3 AND c.flux = ?4 AND (c.date = ?5 OR ?5 IS NULL)"
                          " ORDER BY c.id DESC LIMIT 1",
    /* what waits for it before what does not, the oldest first; then the newest, acknowledged ones
     * before those that did not arrive */
    [SQL_COURRIER_ANSWER] =
        "SELECT c.id FROM courrier c WHERE c.siren = ?1 AND c.id_acte = ?2 AND c.transac = ?3"
        " AND c.flux IN (3, 4) AND c.recu = 0 AND (c.date = ?4 OR ?4 IS NULL)"
        " ORDER BY CASE c.state WHEN 'sent' THEN 0 WHEN 'unsettled' THEN 1 WHEN 'to-send' THEN 2"
        "  WHEN 'done' THEN 3 ELSE 4 END,"
        "  CASE WHEN c.state IN ('sent', 'unsettled', 'to-send') THEN c.id ELSE -c.id END LIMIT 1",
    [SQL_COURRIERS] = COURRIERS(""),
    [SQL_COURRIERS_ACTE] = COURRIERS("c.acte = ?1 AND "),
    [SQL_COURRIERS_SIREN] = COURRIERS("c.siren = ?2 AND "),
    [SQL_COURRIERS_PENDING] = COURRIERS("c.suivi = 'attente' AND "),
    [SQL_RETOUR_PUT] = "INSERT INTO retour (cle, at_ms, source, path, size, outcome, reason)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (cle) DO UPDATE"
                       "  SET outcome = excluded.outcome, reason = excluded.reason"
                       "  WHERE retour.outcome = 'aside' RETURNING id",
    [SQL_RETOUR_DONE] = "SELECT id FROM retour WHERE cle = ?1 AND outcome <> 'aside'",
    [SQL_CLASSIFICATION_INSERT] =
        "INSERT INTO classification (siren, date, received_ms, checked_ms, bytes, sha256)"
        " VALUES (?1, ?2, ?3, ?3, ?4, ?5) ON CONFLICT (siren, date, sha256) DO NOTHING",
    [SQL_CLASSIFICATION_GET] = "SELECT id, date, received_ms, checked_ms, sha256, bytes"
                               " FROM classification WHERE siren = ?1"
                               " ORDER BY date DESC, id DESC LIMIT 1",
    [SQL_CLASSIFICATION_CHECKED] = "UPDATE classification SET checked_ms = ?2 WHERE id = ?1",
    [SQL_EVIDENCE] = "SELECT at_ms, kind, bytes, sha256, invalid FROM accuse WHERE acte = ?1"
                     " ORDER BY id",
};

const char *ledger_sql_text(ledger_sql sql, ledger_dialect dialect) {
    const char *own = (dialect == LEDGER_SQLITE ? SQLITE_TEXTS : POSTGRES_TEXTS)[sql];
    return own != NULL ? own : TEXTS[sql];
}
