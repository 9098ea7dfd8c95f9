#include "workflow/arrival.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"

static const char PREFIX[] = ".arriving-";
enum { DESCRIPTORS = 8, TRIES = 10 };

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static void remove_tree(const char *path) {
    (void)nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

/* Takes the lock of a folder that nobody uses; -1 otherwise. */
static int lock_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0)
        ctes_closep(&fd);
    return fd;
}

static void closedirp(DIR **folder) {
    if (*folder != NULL)
        (void)closedir(*folder);
}

/* Whoever held a leftover's lock is gone. */
static void remove_leftovers(const char *archives) {
    CTES_CLEANUP(closedirp) DIR *folder = opendir(archives);
    if (folder == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char *path CTES_AUTO_FREE = NULL;
        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0 ||
            ctes_path_join(archives, entry->d_name, &path, NULL) != CTES_OK)
            continue;
        int lock CTES_AUTO_CLOSE = lock_folder(path);
        if (lock >= 0)
            remove_tree(path);
    }
}

static bool is_there(const char *path, int fd) {
    struct stat named, held;
    return stat(path, &named) == 0 && fstat(fd, &held) == 0 && named.st_ino == held.st_ino;
}

/* Another run may take the new folder for a leftover before it is locked: then there is another. */
static ctes_status make_locked(const char *archives, ctes_arrival *ret, ctes_error *err) {
    for (int i = 0; i < TRIES; i++) {
        CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(4096);
        CTES_TRY(ctes_buffer_printf(&name, err, "%s/%sXXXXXX", archives, PREFIX));
        if (mkdtemp(name.data) == NULL)
            return ctes_fail_errno(err, errno, archives);
        int lock CTES_AUTO_CLOSE = lock_folder(name.data);
        if (lock < 0 || !is_there(name.data, lock))
            continue;
        CTES_TRY(ctes_buffer_take(&name, &ret->path, err));
        ret->lock = lock;
        lock = -1;
        return CTES_OK;
    }
    return ctes_fail(err, CTES_E_IO, archives, "%s", PREFIX);
}

ctes_status ctes_arrival_open(const ctes_session *session, ctes_arrival *ret, ctes_error *err) {
    char *archives CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(session->archives, "archives", &archives, err));
    CTES_TRY(ctes_folder_make(archives, err));
    remove_leftovers(archives);
    return make_locked(archives, ret, err);
}

void ctes_arrival_close(ctes_arrival *arrival) {
    if (arrival->path != NULL)
        remove_tree(arrival->path);
    ctes_free_charp(&arrival->path);
    ctes_closep(&arrival->lock);
}

ctes_status ctes_arrival_folder(const ctes_arrival *arrival, char **ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&name, err, "%s/parcel-XXXXXX", arrival->path));
    if (mkdtemp(name.data) == NULL)
        return ctes_fail_errno(err, errno, arrival->path);
    return ctes_buffer_take(&name, ret, err);
}
