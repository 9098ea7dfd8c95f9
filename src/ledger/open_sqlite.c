#include "ledger/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "ledger/schema.h"

/* Whether a file is there. Anything but a plain file is refused unopened: a FIFO would hang. */
static ctes_status look_at(const char *path, bool *ret_exists, ctes_error *err) {
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT) {
            *ret_exists = false;
            return CTES_OK;
        }
        ctes_status status = ctes_fail_errno(err, errno, path);
        return ctes_fail_at(err, status, CTES_STAGE_REGISTER, NULL);
    }
    if (!S_ISREG(info.st_mode))
        return ledger_refuse(err, CTES_E_LEDGER_FOREIGN, path, "%s", "");
    *ret_exists = true;
    return CTES_OK;
}

/* Nothing is written before the file is known to be ours. The first read also shows whether it is
 * a database at all. */
static ctes_status check_identity(ctes_ledger *ledger, ctes_error *err) {
    int64_t mark = 0;
    ctes_status status = ledger_mark(ledger, &mark, err);
    if (status != CTES_OK && (sqlite3_errcode(ledger->db) & 0xff) == SQLITE_NOTADB)
        return ledger_refuse(err, CTES_E_LEDGER_FOREIGN, ledger->path, "%s",
                             sqlite3_errmsg(ledger->db));
    CTES_TRY(status);
    if (mark != LEDGER_MARK)
        return ledger_refuse(err, CTES_E_LEDGER_FOREIGN, ledger->path, "application_id %lld",
                             (long long)mark);
    return CTES_OK;
}

ctes_status ledger_sqlite_write(const ctes_context *context, const char *url, ctes_ledger **ret,
                                ctes_error *err) {
    LEDGER_AUTO_PLACE ledger_place place = { .path = NULL };
    CTES_TRY(ledger_place_find(url, true, &place, err));
    bool exists = false;
    CTES_TRY(look_at(place.path, &exists, err));
    if (!exists)
        CTES_TRY(ledger_create(context, &place, err));
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    CTES_TRY(ledger_connect(context, &place, LEDGER_WRITER, &ledger, err));
    CTES_TRY(check_identity(ledger, err));
    int64_t version = 0;
    CTES_TRY(ledger_version_known(ledger, &version, err));
    CTES_TRY(ledger_set_durable(ledger, err));
    CTES_TRY(ledger_migrate(ledger, err));
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}

static ctes_status open_reader(const ctes_context *context, const ledger_place *place,
                               ledger_mode mode, int64_t *ret_version, ctes_ledger **ret,
                               ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    CTES_TRY(ledger_connect(context, place, mode, &ledger, err));
    CTES_TRY(check_identity(ledger, err));
    CTES_TRY(ledger_version_known(ledger, ret_version, err));
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}

/* True if the folder takes no file from us and nothing waits in a write-ahead log: then the file
 * alone holds everything, and SQLite need only be told not to look for more. */
static bool is_frozen(const ledger_place *place) {
    CTES_AUTO_BUFFER ctes_buffer log = CTES_BUFFER_INIT(8192);
    struct stat info;
    if (faccessat(AT_FDCWD, place->folder, W_OK, AT_EACCESS) == 0 ||
        ctes_buffer_printf(&log, NULL, "%s-wal", place->path) != CTES_OK)
        return false;
    return stat(log.data, &info) != 0 ? errno == ENOENT : info.st_size == 0;
}

/* A log beside the file is shared memory between processes and wants a writable folder; the
 * ordinary way comes first all the same, because a writer may hold that memory open for us. */
static ctes_status open_any_reader(const ctes_context *context, const ledger_place *place,
                                   int64_t *ret_version, ctes_ledger **ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = open_reader(context, place, LEDGER_READER, ret_version, ret, &why);
    if ((status == CTES_E_LEDGER_OPEN || status == CTES_E_LEDGER_READONLY) && is_frozen(place))
        return open_reader(context, place, LEDGER_FROZEN, ret_version, ret, err);
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* A version before ours is brought up to date by whoever opens it, if it can be. */
static ctes_status upgrade(const ctes_context *context, const char *url, ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    return ledger_sqlite_write(context, url, &ledger, err);
}

ctes_status ledger_sqlite_read(const ctes_context *context, const char *url, ctes_ledger **ret,
                               ctes_error *err) {
    LEDGER_AUTO_PLACE ledger_place place = { .path = NULL };
    CTES_TRY(ledger_place_find(url, false, &place, err));
    bool exists = false;
    CTES_TRY(look_at(place.path, &exists, err));
    if (!exists)
        return ledger_refuse(err, CTES_E_NOT_FOUND, place.path, "%s", "");
    if (faccessat(AT_FDCWD, place.path, R_OK, AT_EACCESS) != 0) {
        ctes_status status = ctes_fail_errno(err, errno, place.path);
        return ctes_fail_at(err, status, CTES_STAGE_REGISTER, NULL);
    }
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    int64_t version = 0;
    CTES_TRY(open_any_reader(context, &place, &version, &ledger, err));
    if (version < LEDGER_VERSION) {
        ledger_closep(&ledger);
        CTES_TRY(upgrade(context, url, err));
        CTES_TRY(open_reader(context, &place, LEDGER_READER, &version, &ledger, err));
    }
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}
