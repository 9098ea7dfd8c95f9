/*
 * A preload library that makes a program stumble at a chosen system call, as strace's injections do
 * but without the cost of a tracer: killed before it, after it or in its middle; a disk that is
 * full from a chosen byte on; a clock that is off, or that jumps. The tests of crashes load it into
 * `ctes`.
 *
 * CTES_TRIP=CLASS:COUNT:MOMENT   SIGKILL at the COUNT-th call of a class; MOMENT is before, after,
 *                                or middle (a write does the first half of its bytes); with
 *                                "sleep", its thread waits before the call until somebody opens
 *                                the FIFO beside the log, ".wake", for writing
 * CTES_TRIP_FULL=CLASS:BYTES     writes of that class fail with ENOSPC once BYTES are written
 * CTES_TRIP_CLOCK=S              the clock of the day is off by S seconds (may be negative)
 * CTES_TRIP_CLOCK=S,CLASS:COUNT:T   … and by T from that call on
 * CTES_TRIP_LOG=FILE             a line is added: "asleep"; at a kill "CLASS CALL COUNT MOMENT
 * UPLOADS", UPLOADS being the connections on which more went out than came back; at an ordinary end
 * "CLASS COUNT" of each class
 *
 * Classes: register (writes on its files, or what goes to its database and comes back), sync (its
 * fsyncs), archive (every other file that is made, written, published or removed), flush (their
 * fsyncs), send and recv (sockets).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "trip.h"

static const char *const NAMES[TRIP_CLASSES] = { "other", "register", "sync", "archive",
                                                 "flush", "send",     "recv" };

enum { SOCKETS_MAX = 1024, UPLOAD_MIN = 4096 };

static atomic_long counts[TRIP_CLASSES];
static atomic_long written[TRIP_CLASSES];
static atomic_long sent[SOCKETS_MAX]; /* bytes since something last came back */
static atomic_bool jumped;

static struct {
    trip_class kill_at, full_at, jump_at;
    long kill_count, full_bytes, jump_count, clock_s, clock_then_s;
    char moment; /* b, a, m, s; 0: never */
    char log[256];
} plan;

static trip_class class_of(const char *name, size_t length) {
    for (int i = 1; i < TRIP_CLASSES; i++)
        if (strlen(NAMES[i]) == length && strncmp(NAMES[i], name, length) == 0)
            return (trip_class)i;
    return TRIP_OTHER;
}

/* "CLASS:NUMBER…": what follows the number, or NULL. */
static const char *read_point(const char *text, trip_class *ret_class, long *ret_number) {
    const char *colon = text == NULL ? NULL : strchr(text, ':');
    if (colon == NULL)
        return NULL;
    *ret_class = class_of(text, (size_t)(colon - text));
    char *end = NULL;
    *ret_number = strtol(colon + 1, &end, 10);
    return end;
}

static void read_clock(const char *text) {
    if (text == NULL)
        return;
    char *end = NULL;
    plan.clock_s = strtol(text, &end, 10);
    const char *then = *end == ',' ? read_point(end + 1, &plan.jump_at, &plan.jump_count) : NULL;
    if (then != NULL && *then == ':')
        plan.clock_then_s = strtol(then + 1, NULL, 10);
}

__attribute__((constructor)) static void read_plan(void) {
    const char *rest = read_point(getenv("CTES_TRIP"), &plan.kill_at, &plan.kill_count);
    if (rest != NULL && *rest == ':')
        plan.moment = rest[1];
    (void)!read_point(getenv("CTES_TRIP_FULL"), &plan.full_at, &plan.full_bytes);
    read_clock(getenv("CTES_TRIP_CLOCK"));
    const char *log = getenv("CTES_TRIP_LOG");
    if (log != NULL)
        (void)snprintf(plan.log, sizeof plan.log, "%s", log);
}

static void add_line(const char *line, size_t length) {
    int fd =
        plan.log[0] == '\0' ? -1 : trip_real()->open(plan.log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd < 0)
        return;
    (void)!trip_real()->write(fd, line, length);
    (void)close(fd);
}

__attribute__((destructor)) static void tell_counts(void) {
    for (int i = 1; i < TRIP_CLASSES; i++) {
        char line[64];
        int length = snprintf(line, sizeof line, "%s %ld %ld\n", NAMES[i], (long)counts[i],
                              (long)written[i]);
        add_line(line, (size_t)length);
    }
}

static void sleep_until_woken(void) {
    char fifo[sizeof plan.log + 8];
    (void)snprintf(fifo, sizeof fifo, "%s.wake", plan.log);
    add_line("asleep\n", 7);
    int fd = trip_real()->open(fifo, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
}

static void die(trip_class class, const char *call) {
    char line[128];
    int uploads = 0;
    for (int i = 0; i < SOCKETS_MAX; i++)
        uploads += sent[i] >= UPLOAD_MIN;
    int length = snprintf(line, sizeof line, "%s %s %ld %c %d\n", NAMES[class], call,
                          plan.kill_count, plan.moment, uploads);
    add_line(line, (size_t)length);
    (void)kill(getpid(), SIGKILL);
}

char trip_before(trip_class class, const char *call) {
    if (class == TRIP_OTHER)
        return 0;
    long count = atomic_fetch_add(&counts[class], 1) + 1;
    if (class == plan.jump_at && count == plan.jump_count)
        jumped = true;
    if (class != plan.kill_at || count != plan.kill_count)
        return 0;
    if (plan.moment == 's')
        sleep_until_woken();
    if (plan.moment == 'b')
        die(class, call);
    return plan.moment;
}

void trip_after(trip_class class, const char *call, char moment) {
    if (moment == 'a' || moment == 'm')
        die(class, call);
}

size_t trip_room(trip_class class, size_t length) {
    if (class == TRIP_OTHER)
        return length;
    long before = atomic_fetch_add(&written[class], (long)length);
    if (plan.full_bytes == 0 || class != plan.full_at)
        return length;
    long left = plan.full_bytes - before;
    return left <= 0 ? 0 : (size_t)left < length ? (size_t)left : length;
}

void trip_traffic(int fd, bool out, long bytes) {
    if (fd < 0 || fd >= SOCKETS_MAX || bytes <= 0)
        return;
    if (out)
        atomic_fetch_add(&sent[fd], bytes);
    else
        atomic_store(&sent[fd], 0);
}

trip_class trip_path(const char *path) {
    const char *base = strrchr(path, '/');
    base = base == NULL ? path : base + 1;
    if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
        return TRIP_OTHER;
    return strstr(base, ".db") != NULL ? TRIP_REGISTER : TRIP_ARCHIVE;
}

trip_class trip_file(int fd) {
    struct stat st;
    int saved = errno;
    trip_class class = TRIP_OTHER;
    if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
        class = TRIP_SEND;
    else if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) {
        char link[64], path[512];
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = '\0';
        class = trip_path(path);
    }
    errno = saved;
    return class;
}

/* The clock that the program's own times come from; certificates are judged by time(). */
int clock_gettime(clockid_t id, struct timespec *now) {
    int result = trip_real()->clock_gettime(id, now);
    if (result == 0 && id == CLOCK_REALTIME)
        now->tv_sec += jumped ? plan.clock_then_s : plan.clock_s;
    return result;
}
