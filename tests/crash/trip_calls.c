/* The calls by which something leaves the process, each asking trip.c first. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "trip.h"

/* POSIX's way from dlsym's pointer to a function's */
static void find(const char *name, void *into) {
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(into, &found, sizeof found);
}

/* the next library's function of that name, which is the sanitizer's or the C library's */
#define NEXT(type, name)                                                                           \
    static __typeof__(type) next;                                                                  \
    if (next == NULL)                                                                              \
    find(name, &next)

const trip_calls *trip_real(void) {
    static trip_calls calls;
    if (calls.open == NULL) {
        find("clock_gettime", &calls.clock_gettime);
        find("write", &calls.write);
        find("open", &calls.open);
    }
    return &calls;
}

/* --- files: made, renamed, removed --- */

/* A call on a path, as an expression of its result. */
#define PATH_CALL(class, name, call)                                                               \
    trip_class kind = (class);                                                                     \
    char moment = trip_before(kind, name);                                                         \
    int result = (call);                                                                           \
    trip_after(kind, name, moment);                                                                \
    return result

typedef int (*open_fn)(const char *path, int flags, ...);
typedef int (*openat_fn)(int folder, const char *path, int flags, ...);

static int open_by(open_fn next, const char *path, int flags, mode_t mode) {
    PATH_CALL((flags & O_CREAT) != 0 ? trip_path(path) : TRIP_OTHER, "open",
              next(path, flags, mode));
}

static int openat_by(openat_fn next, int folder, const char *path, int flags, mode_t mode) {
    PATH_CALL((flags & O_CREAT) != 0 ? trip_path(path) : TRIP_OTHER, "openat",
              next(folder, path, flags, mode));
}

#define READ_MODE                                                                                  \
    mode_t mode = 0;                                                                               \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                                    \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode = va_arg(more, mode_t);                                                               \
        va_end(more);                                                                              \
    }

int open(const char *path, int flags, ...) {
    NEXT(open_fn, "open");
    READ_MODE
    return open_by(next, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    NEXT(openat_fn, "openat");
    READ_MODE
    return openat_by(next, folder, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    NEXT(open_fn, "open64");
    READ_MODE
    return open_by(next, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    NEXT(openat_fn, "openat64");
    READ_MODE
    return openat_by(next, folder, path, flags, mode);
}

int rename(const char *from, const char *to) {
    NEXT(int (*)(const char *, const char *), "rename");
    PATH_CALL(trip_path(to), "rename", next(from, to));
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    NEXT(int (*)(int, const char *, int, const char *, int), "linkat");
    PATH_CALL(trip_path(to), "linkat", next(from_folder, from, to_folder, to, flags));
}

int link(const char *from, const char *to) {
    NEXT(int (*)(const char *, const char *), "link");
    PATH_CALL(trip_path(to), "link", next(from, to));
}

int unlink(const char *path) {
    NEXT(int (*)(const char *), "unlink");
    PATH_CALL(trip_path(path), "unlink", next(path));
}

int mkdir(const char *path, mode_t mode) {
    NEXT(int (*)(const char *, mode_t), "mkdir");
    PATH_CALL(trip_path(path), "mkdir", next(path, mode));
}

/* --- files: written, forced to disk --- */

typedef ssize_t (*write_fn)(int fd, const void *bytes, size_t length);
typedef ssize_t (*pwrite_fn)(int fd, const void *bytes, size_t length, off_t at);

/* How many bytes a struck or hindered write does; -1: none, the disk is full. */
static ssize_t allowed(trip_class kind, char moment, size_t length) {
    size_t room = kind == TRIP_SEND ? length : trip_room(kind, length);
    if (room == 0 && length > 0) {
        errno = ENOSPC;
        return -1;
    }
    return (ssize_t)(moment == 'm' && room > 1 ? room / 2 : room);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    NEXT(write_fn, "write");
    trip_class kind = trip_file(fd);
    char moment = trip_before(kind, "write");
    ssize_t count = allowed(kind, moment, length);
    ssize_t result = count < 0 ? -1 : next(fd, bytes, (size_t)count);
    if (kind == TRIP_SEND)
        trip_traffic(fd, true, result);
    trip_after(kind, "write", moment);
    return result;
}

static ssize_t pwrite_by(pwrite_fn next, int fd, const void *bytes, size_t length, off_t at) {
    trip_class kind = trip_file(fd);
    char moment = trip_before(kind, "pwrite");
    ssize_t count = allowed(kind, moment, length);
    ssize_t result = count < 0 ? -1 : next(fd, bytes, (size_t)count, at);
    trip_after(kind, "pwrite", moment);
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    NEXT(pwrite_fn, "pwrite");
    return pwrite_by(next, fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
    NEXT(pwrite_fn, "pwrite64");
    return pwrite_by(next, fd, bytes, length, at);
}

static int truncate_by(int (*next)(int, off_t), int fd, off_t length) {
    PATH_CALL(trip_file(fd), "ftruncate", next(fd, length));
}

int ftruncate(int fd, off_t length) {
    NEXT(int (*)(int, off_t), "ftruncate");
    return truncate_by(next, fd, length);
}

int ftruncate64(int fd, off_t length) {
    NEXT(int (*)(int, off_t), "ftruncate64");
    return truncate_by(next, fd, length);
}

static trip_class sync_class(int fd) {
    trip_class file = trip_file(fd);
    return file == TRIP_REGISTER ? TRIP_SYNC : file == TRIP_ARCHIVE ? TRIP_FLUSH : file;
}

static int sync_by(int (*next)(int), int fd, const char *name) {
    PATH_CALL(sync_class(fd), name, next(fd));
}

int fsync(int fd) {
    NEXT(int (*)(int), "fsync");
    return sync_by(next, fd, "fsync");
}

int fdatasync(int fd) {
    NEXT(int (*)(int), "fdatasync");
    return sync_by(next, fd, "fdatasync");
}

/* --- sockets --- */

/* A database's socket is the register; all others lead to the operator. */
static trip_class socket_class(int fd, trip_class otherwise) {
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    int saved = errno;
    bool is_local =
        getsockname(fd, (struct sockaddr *)&own, &length) == 0 && own.ss_family == AF_UNIX;
    errno = saved;
    return is_local ? TRIP_REGISTER : otherwise;
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    NEXT(ssize_t(*)(int, const void *, size_t, int), "send");
    trip_class kind = socket_class(fd, TRIP_SEND);
    char moment = trip_before(kind, "send");
    ssize_t result = next(fd, bytes, moment == 'm' && length > 1 ? length / 2 : length, flags);
    if (kind == TRIP_SEND)
        trip_traffic(fd, true, result);
    trip_after(kind, "send", moment);
    return result;
}

ssize_t recv(int fd, void *bytes, size_t length, int flags) {
    NEXT(ssize_t(*)(int, void *, size_t, int), "recv");
    ssize_t result = next(fd, bytes, length, flags);
    if (result <= 0) /* nothing has come yet: no point of its own */
        return result;
    trip_class kind = socket_class(fd, TRIP_RECV);
    char moment = trip_before(kind, "recv");
    if (kind == TRIP_RECV)
        trip_traffic(fd, false, result);
    trip_after(kind, "recv", moment);
    return result;
}
