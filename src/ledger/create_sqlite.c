#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "ledger/schema.h"
#include "ledger/sqlite.h"

/*
 * A register is made under another name and linked to its own when it is whole: nobody ever sees
 * half of one, and an empty file under the name is known to be damage, not a new register.
 */

static ctes_status fail_system(int error_number, const char *path, ctes_error *err) {
    ctes_status status = ctes_fail_errno(err, error_number, path);
    if (status == CTES_E_PERMISSION)
        return ledger_refuse(err, CTES_E_LEDGER_READONLY, path, "%s",
                             strerrordesc_np(error_number));
    return ctes_fail_at(err, status, CTES_STAGE_REGISTER, NULL);
}

static ctes_status fill(const ctes_context *context, const ledger_place *place, ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    CTES_TRY(ledger_connect(context, place, LEDGER_WRITER, &ledger, err));
    CTES_TRY(ledger_set_durable(ledger, err));
    CTES_TRY(ledger_migrate(ledger, err));
    /* everything into the file itself: only the file is linked to its final name */
    int rc = sqlite3_wal_checkpoint_v2(ledger->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return rc == SQLITE_OK ? CTES_OK : ledger_fail(ledger, rc, err);
}

static void remove_all(const char *path) {
    static const char *const ENDINGS[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(8192);
        if (ctes_buffer_printf(&name, NULL, "%s%s", path, ENDINGS[i]) == CTES_OK)
            (void)unlink(name.data);
    }
}

static ctes_status sync_folder(const char *folder, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return fail_system(errno, folder, err);
    return CTES_OK;
}

ctes_status ledger_create(const ctes_context *context, const ledger_place *place, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(8192);
    CTES_TRY(ctes_buffer_printf(&name, err, "%s.XXXXXX", place->path));
    int fd = mkostemp(name.data, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return fail_system(errno, place->path, err);
    (void)close(fd); /* before SQLite opens it: closing any descriptor drops the process's locks */
    ledger_place temporary = { .folder = place->folder, .path = name.data };
    ctes_status status = fill(context, &temporary, err);
    if (status == CTES_OK && link(name.data, place->path) != 0 && errno != EEXIST)
        status = fail_system(errno, place->path, err);
    remove_all(name.data);
    CTES_TRY(status);
    return sync_folder(place->folder, err);
}
