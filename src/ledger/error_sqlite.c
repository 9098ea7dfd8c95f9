#include <errno.h>

#include "ledger/sqlite.h"

/* What the system said of a file operation that SQLite gave up. */
static ctes_status status_of_errno(int error_number, ctes_status otherwise) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return CTES_E_DISK_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
        return CTES_E_LEDGER_READONLY;
    case ENOMEM:
        return CTES_E_MEMORY;
    default:
        return otherwise;
    }
}

/* SQLite keeps the system's word of a failed statement, but not of a failed COMMIT: that is asked
 * of the files themselves, the database and its write-ahead log. */
static int errno_of_files(sqlite3 *db) {
    int error_number = 0;
    sqlite3_file *log = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
        log != NULL && log->pMethods != NULL)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error_number);
    if (error_number == 0)
        (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &error_number);
    return error_number;
}

static ctes_status status_of_io(sqlite3 *db, ctes_status otherwise) {
    int error_number = sqlite3_system_errno(db);
    return status_of_errno(error_number != 0 ? error_number : errno_of_files(db), otherwise);
}

ctes_status ledger_status_of(sqlite3 *db, int rc) {
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return CTES_OK;
    case SQLITE_FULL:
        return CTES_E_DISK_FULL;
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_NOMEM)
            return CTES_E_MEMORY;
        if (rc == SQLITE_IOERR_CORRUPTFS)
            return CTES_E_LEDGER_CORRUPT;
        return status_of_io(db, CTES_E_LEDGER_IO);
    case SQLITE_CANTOPEN:
        return status_of_errno(sqlite3_system_errno(db), CTES_E_LEDGER_OPEN);
    case SQLITE_READONLY:
        return CTES_E_LEDGER_READONLY;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return CTES_E_PERMISSION;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: /* a race for the locks of the write-ahead log, lost many times */
        return CTES_E_LEDGER_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CTES_E_LEDGER_CORRUPT;
    case SQLITE_NOMEM:
        return CTES_E_MEMORY;
    case SQLITE_TOOBIG:
        return CTES_E_LIMIT;
    case SQLITE_INTERRUPT:
        return CTES_E_INTERRUPTED;
    case SQLITE_NOLFS:
        return CTES_E_LEDGER_IO;
    default:
        return CTES_E_INTERNAL;
    }
}

ctes_status ledger_fail(const ctes_ledger *ledger, int rc, ctes_error *err) {
    ctes_status status = ledger_status_of(ledger->db, rc);
    /* a call may fail before it reaches the connection, which then still tells of success */
    bool told = (sqlite3_errcode(ledger->db) & 0xff) == (rc & 0xff);
    return ledger_refuse(err, status, ledger->path, "%s",
                         told ? sqlite3_errmsg(ledger->db) : sqlite3_errstr(rc));
}
