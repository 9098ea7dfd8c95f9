/*
 * A layer under SQLite that lets the n-th write, truncation or sync of a file fail, or kills the
 * process there: before the operation, or after half of a write.
 */
#ifndef CTES_TESTS_LEDGER_FAULT_VFS_H
#define CTES_TESTS_LEDGER_FAULT_VFS_H

#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef enum fault_kind {
    FAULT_NONE,
    FAULT_KILL,
    FAULT_KILL_HALF,
    FAULT_IO,
    FAULT_FULL
} fault_kind;

typedef struct fault_plan {
    fault_kind kind;
    long at;    /* the operation that fails, counted from 1 */
    long count; /* operations so far */
} fault_plan;

static fault_plan fault; /* what happens to the process's next operations */

typedef struct fault_file {
    sqlite3_file base;
    sqlite3_io_methods methods;
    sqlite3_file *real;
} fault_file;

static inline sqlite3_file *real_of(sqlite3_file *file) {
    return ((fault_file *)(void *)file)->real;
}

static inline sqlite3_vfs *real_vfs(sqlite3_vfs *vfs) {
    return vfs->pAppData;
}

/* Counts an operation; tells whether it is the one to fail. */
static inline bool fault_here(void) {
    fault.count++;
    return fault.kind != FAULT_NONE && fault.count == fault.at;
}

static inline int fault_code(int io_code) {
    return fault.kind == FAULT_FULL ? SQLITE_FULL : io_code;
}

static inline int fault_write(sqlite3_file *file, const void *bytes, int length,
                              sqlite3_int64 offset) {
    sqlite3_file *real = real_of(file);
    if (fault_here()) {
        int half = length / 2;
        if (fault.kind == FAULT_KILL)
            (void)raise(SIGKILL);
        (void)real->pMethods->xWrite(real, bytes, half, offset);
        if (fault.kind == FAULT_KILL_HALF)
            (void)raise(SIGKILL);
        return fault_code(SQLITE_IOERR_WRITE);
    }
    return real->pMethods->xWrite(real, bytes, length, offset);
}

static inline int fault_sync(sqlite3_file *file, int flags) {
    sqlite3_file *real = real_of(file);
    if (fault_here()) {
        if (fault.kind == FAULT_KILL || fault.kind == FAULT_KILL_HALF)
            (void)raise(SIGKILL);
        return fault_code(SQLITE_IOERR_FSYNC);
    }
    return real->pMethods->xSync(real, flags);
}

static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size) {
    sqlite3_file *real = real_of(file);
    if (fault_here()) {
        if (fault.kind == FAULT_KILL || fault.kind == FAULT_KILL_HALF)
            (void)raise(SIGKILL);
        return fault_code(SQLITE_IOERR_TRUNCATE);
    }
    return real->pMethods->xTruncate(real, size);
}

static inline int fault_close(sqlite3_file *file) {
    return real_of(file)->pMethods->xClose(real_of(file));
}
static inline int fault_read(sqlite3_file *file, void *out, int length, sqlite3_int64 offset) {
    return real_of(file)->pMethods->xRead(real_of(file), out, length, offset);
}
static inline int fault_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
static inline int fault_lock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xLock(real_of(file), level);
}
static inline int fault_unlock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
static inline int fault_reserved(sqlite3_file *file, int *ret) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}
static inline int fault_control(sqlite3_file *file, int op, void *argument) {
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}
static inline int fault_sector(sqlite3_file *file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}
static inline int fault_device(sqlite3_file *file) {
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
static inline int fault_shm_map(sqlite3_file *file, int page, int size, int extend,
                                void volatile **ret) {
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}
static inline int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
static inline void fault_shm_barrier(sqlite3_file *file) {
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}
static inline int fault_shm_unmap(sqlite3_file *file, int remove) {
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static inline int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                             int *ret_flags) {
    fault_file *wrapper = (fault_file *)(void *)file;
    wrapper->real = (sqlite3_file *)(void *)(wrapper + 1);
    int rc = real_vfs(vfs)->xOpen(real_vfs(vfs), name, wrapper->real, flags, ret_flags);
    wrapper->methods = (sqlite3_io_methods){ .iVersion = 2,
                                             .xClose = fault_close,
                                             .xRead = fault_read,
                                             .xWrite = fault_write,
                                             .xTruncate = fault_truncate,
                                             .xSync = fault_sync,
                                             .xFileSize = fault_size,
                                             .xLock = fault_lock,
                                             .xUnlock = fault_unlock,
                                             .xCheckReservedLock = fault_reserved,
                                             .xFileControl = fault_control,
                                             .xSectorSize = fault_sector,
                                             .xDeviceCharacteristics = fault_device,
                                             .xShmMap = fault_shm_map,
                                             .xShmLock = fault_shm_lock,
                                             .xShmBarrier = fault_shm_barrier,
                                             .xShmUnmap = fault_shm_unmap };
    wrapper->base.pMethods = wrapper->real->pMethods != NULL ? &wrapper->methods : NULL;
    return rc;
}

static inline int fault_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    return real_vfs(vfs)->xDelete(real_vfs(vfs), name, sync);
}
static inline int fault_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret) {
    return real_vfs(vfs)->xAccess(real_vfs(vfs), name, flags, ret);
}
static inline int fault_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    return real_vfs(vfs)->xFullPathname(real_vfs(vfs), name, size, out);
}

/* Puts the layer under every connection opened from now on; once a process. */
static inline void fault_install(void) {
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real; /* what is not replaced never looks at its first argument */
    vfs.zName = "fault";
    vfs.pNext = NULL;
    vfs.pAppData = real;
    vfs.szOsFile = (int)sizeof(fault_file) + real->szOsFile;
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    vfs.xAccess = fault_access;
    vfs.xFullPathname = fault_full_name;
    (void)sqlite3_vfs_register(&vfs, 1);
}

#endif
