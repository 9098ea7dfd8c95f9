/* Every SQL statement of the register, by name. The text is in sql.c and nowhere else. */
#ifndef CTES_LEDGER_SQL_H
#define CTES_LEDGER_SQL_H

typedef enum ledger_dialect { LEDGER_SQLITE, LEDGER_POSTGRES } ledger_dialect;

typedef enum ledger_sql {
    /* transactions */
    SQL_BEGIN,
    SQL_BEGIN_READ,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SAVEPOINT,
    SQL_RELEASE,
    SQL_ROLLBACK_TO,
    /* what the register says of itself */
    SQL_MARK,
    SQL_VERSION,
    SQL_VERSION_LOCK,
    SQL_JOURNAL_WAL,
    /* acts */
    SQL_ACTE_INSERT,
    SQL_ACTE_BY_INTERNE,
    SQL_ACTE_LINK,
    SQL_ACTE_REDESCRIBE,
    SQL_ACTE_STATE, /* and keeps others from changing it */
    SQL_ACTE_TAKE,  /* the same, but no row for one that another session keeps */
    SQL_ACTE_CHANGE,
    SQL_ACTE_INTEND,
    SQL_PIECE_INSERT,
    SQL_PIECE_DELETE,
    /* attempts */
    SQL_ENVOI_INSERT,
    SQL_ENVOI_MESSAGE_INSERT,
    SQL_ENVOI_LAST,
    SQL_ENVOI_STATES,
    SQL_ENVOI_MODE,
    SQL_ENVOI_RECENT,
    SQL_SERIE_NEXT,
    /* history and evidence: only ever added to */
    SQL_EVENEMENT_INSERT,
    SQL_ACCUSE_INSERT,
    SQL_ECHANGE_INSERT,
    /* leases */
    SQL_BAIL_GET,
    SQL_BAIL_PUT,
    SQL_BAIL_RELEASE,
    SQL_BAIL_RELEASE_ALL,
    SQL_CLAIM,
    SQL_CLAIM_WAIT,
    SQL_UNCLAIM,
    /* what was learnt of an operator */
    SQL_NOTE_PUT,
    SQL_NOTE_GET,
    /* reading */
    SQL_FIND_INTERNE,
    SQL_FIND_NUMERO,
    SQL_RECORD,
    SQL_PIECES,
    SQL_LIST_DATE,
    SQL_LIST_SIREN,
    SQL_LIST_STATE,
    SQL_LIST_PENDING,
    SQL_TO_CHECK,
    SQL_CHAIN,
    SQL_HISTORY,
    SQL_EXCHANGES,
    /* letters, what came whole, the classification */
    SQL_ACTE_BY_ID_ACTE,
    SQL_ACTE_BY_PARTS,
    SQL_COURRIER_INSERT,
    SQL_COURRIER_BY_CLE,
    SQL_COURRIER_STATE, /* and keeps others from changing it */
    SQL_COURRIER_LIVE_ANSWERS,
    SQL_COURRIER_CHANGE,
    SQL_COURRIER_MOVE,
    SQL_COURRIER_PIECE_INSERT,
    SQL_COURRIER_EVENEMENT_INSERT,
    SQL_COURRIER_ACCUSE_INSERT,
    SQL_COURRIER,
    SQL_COURRIER_PIECES,
    SQL_COURRIER_HISTORY,
    SQL_COURRIER_EVIDENCE,
    SQL_COURRIER_BY_ARCHIVE,
    SQL_ENVOI_BY_ARCHIVE,
    SQL_COURRIER_FIND,
    SQL_COURRIER_ANSWER,
    SQL_COURRIERS,
    SQL_COURRIERS_ACTE,
    SQL_COURRIERS_SIREN,
    SQL_COURRIERS_PENDING,
    SQL_RETOUR_PUT,
    SQL_RETOUR_DONE,
    SQL_CLASSIFICATION_INSERT,
    SQL_CLASSIFICATION_GET,
    SQL_CLASSIFICATION_CHECKED,
    SQL_EVIDENCE,
    /* copying */
    SQL_LOCK_TABLES,
    SQL_DEFER, /* references are checked when the transaction ends */
    LEDGER_SQL_COUNT
} ledger_sql;

/** Text of a statement; its parameters are bound in the order ?1, ?2, … NULL: a dialect without. */
const char *ledger_sql_text(ledger_sql sql, ledger_dialect dialect);

/** Columns of SQL_RECORD and the SQL_LIST_… statements. */
enum ledger_record_column {
    COL_ID,
    COL_SIREN,
    COL_NUMERO,
    COL_NUMERO_INTERNE,
    COL_DATE,
    COL_NATURE,
    COL_MATIERE,
    COL_OBJET,
    COL_OBJET_TRANSMIS,
    COL_CLASSIFICATION_DATE,
    COL_PRECEDENT,
    COL_DOCUMENT_PAPIER,
    COL_FICHE,
    COL_STATE,
    COL_STATE_MS,
    COL_CREATED_MS,
    COL_REASON,
    COL_ARCHIVE,
    COL_ARCHIVE_SHA256,
    COL_SENT_MS,
    COL_TRANSACTION,
    COL_NATIVE,
    COL_ID_ACTE,
    COL_RECEPTION,
    COL_ANOMALIE_CODE,
    COL_REPLACES,
    COL_REPLACED_BY
};

/** Columns of SQL_COURRIER and the SQL_COURRIERS… statements. */
enum ledger_courrier_column {
    COURRIER_ID,
    COURRIER_SIREN,
    COURRIER_TRANSAC,
    COURRIER_FLUX,
    COURRIER_ACTE,
    COURRIER_NUMERO,
    COURRIER_ID_ACTE,
    COURRIER_DATE,
    COURRIER_AT_MS,
    COURRIER_DEADLINE,
    COURRIER_TEXTE,
    COURRIER_ANSWERS,
    COURRIER_ANSWERED_BY,
    COURRIER_STATE,
    COURRIER_STATE_MS,
    COURRIER_REASON,
    COURRIER_TRANSACTION,
    COURRIER_RECEPTION,
    COURRIER_NOM,
    COURRIER_ARCHIVE,
    COURRIER_ARCHIVE_SHA256
};

#endif
