#include "base/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/fail.h"

/* What the child sends first; parent and child are one program, so its bytes mean the same. */
typedef struct answer {
    ctes_status status;
    ctes_error error;
    size_t length; /* of the bytes that follow */
} answer;

/* Writable memory the process has, in bytes: the sixth number (proc(5), statm); 0 when it cannot be
 * told. */
static size_t memory_now(void) {
    CTES_AUTO_FCLOSE FILE *file = fopen("/proc/self/statm", "re");
    char line[256];
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    char *at = line;
    size_t pages = 0;
    for (int i = 0; i < 6; i++)
        pages = strtoul(at, &at, 10);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool set_bounds(const ctes_apart_bounds *bounds) {
    const struct rlimit memory = { bounds->memory + memory_now(), bounds->memory + memory_now() };
    const struct rlimit time = { bounds->seconds, bounds->seconds + 1 };
    const struct rlimit none = { 0, 0 };
    (void)alarm(10 * bounds->seconds); /* waiting is bounded too */
    return setrlimit(RLIMIT_DATA, &memory) == 0 && setrlimit(RLIMIT_CPU, &time) == 0 &&
           setrlimit(RLIMIT_CORE, &none) == 0 && signal(SIGXCPU, SIG_DFL) != SIG_ERR &&
           signal(SIGALRM, SIG_DFL) != SIG_ERR && signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

static bool send_bytes(int fd, const void *bytes, size_t length) {
    for (const char *at = bytes; length > 0;) {
        ssize_t sent = write(fd, at, length);
        if (sent < 0 && errno != EINTR)
            return false;
        at += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* The child ends here and nowhere else: without what the program does at its end. */
__attribute__((noreturn)) static void be_child(int fd, const ctes_apart_bounds *bounds,
                                               ctes_apart_work work, void *user, size_t max) {
    ctes_buffer out = CTES_BUFFER_INIT(max);
    answer a;
    memset(&a, 0, sizeof a);
    if (!set_bounds(bounds))
        a.status = ctes_fail_errno(&a.error, errno, NULL);
    else
        a.status = work(user, &out, &a.error);
    a.length = a.status == CTES_OK ? out.length : 0;
    bool is_sent = send_bytes(fd, &a, sizeof a) && send_bytes(fd, out.data, a.length);
    _exit(is_sent ? 0 : 1);
}

/* Up to `length` bytes; fewer when the child ended. */
static size_t receive(int fd, char *bytes, size_t length) {
    size_t taken = 0;
    while (taken < length) {
        ssize_t got = read(fd, bytes + taken, length - taken);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        taken += got > 0 ? (size_t)got : 0;
    }
    return taken;
}

/* The bytes that follow an answer; false when they are cut short. */
static bool receive_work(int fd, size_t length, ctes_buffer *out, ctes_status *ret,
                         ctes_error *err) {
    char chunk[65536];
    for (*ret = CTES_OK; length > 0 && *ret == CTES_OK;) {
        size_t want = length < sizeof chunk ? length : sizeof chunk;
        if (receive(fd, chunk, want) != want)
            return false;
        *ret = ctes_buffer_append(out, chunk, want, err);
        length -= want;
    }
    return true;
}

static ctes_status fail_of_end(int how, ctes_error *err) {
    return WIFSIGNALED(how)
               ? ctes_fail(err, CTES_E_LIMIT, NULL, "signal %d", WTERMSIG(how))
               : ctes_fail(err, CTES_E_LIMIT, NULL, "exit status %d", WEXITSTATUS(how));
}

static ctes_status be_parent(int *fd, pid_t child, ctes_buffer *out, ctes_error *err) {
    answer a;
    size_t before = out->length;
    ctes_status status = CTES_OK;
    bool is_whole = receive(*fd, (char *)&a, sizeof a) == sizeof a;
    if (is_whole && a.status == CTES_OK)
        is_whole = receive_work(*fd, a.length, out, &status, err);
    ctes_closep(fd); /* a child that still writes is told so */
    int how = 0;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        continue;
    if (!is_whole || status != CTES_OK)
        out->length = before;
    if (!is_whole)
        return fail_of_end(how, err);
    if (a.status == CTES_OK)
        return status;
    if (a.status == CTES_E_MEMORY)
        return ctes_fail(err, CTES_E_LIMIT, a.error.subject, "memory%s%s",
                         a.error.detail[0] != '\0' ? ": " : "", a.error.detail);
    if (err != NULL)
        *err = a.error;
    return a.status;
}

ctes_status ctes_apart(const ctes_apart_bounds *bounds, ctes_apart_work work, void *user,
                       ctes_buffer *out, ctes_error *err) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ctes_fail_errno(err, errno, NULL);
    CTES_AUTO_CLOSE int reader = ends[0];
    CTES_AUTO_CLOSE int writer = ends[1];
    pid_t child = fork();
    if (child < 0)
        return ctes_fail_errno(err, errno, NULL);
    if (child == 0)
        be_child(writer, bounds, work, user, out->max - out->length);
    ctes_closep(&writer);
    return be_parent(&reader, child, out, err);
}
