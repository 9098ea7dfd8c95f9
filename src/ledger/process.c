#include "ledger/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Reads a short file of /proc; `out` is empty when there is none. */
static void read_line(const char *path, char *out, size_t size) {
    out[0] = '\0';
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, out, size - 1) : -1;
    out[length > 0 ? length : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

/* State and start of a process from /proc/PID/stat (proc(5), fields 3 and 22). The name in field 2
 * may hold anything, so fields are counted from its last parenthesis. */
static bool read_stat(int64_t pid, char *ret_state, int64_t *ret_start) {
    char path[48];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    read_line(path, text, sizeof text);
    const char *at = strrchr(text, ')');
    if (at == NULL || at[1] != ' ' || at[2] == '\0')
        return false;
    *ret_state = at[2];
    at++;
    for (int field = 3; field <= 22; field++) {
        at = strchr(at + (field == 3 ? 0 : 1), ' ');
        if (at == NULL)
            return false;
    }
    *ret_start = strtoll(at, NULL, 10);
    return true;
}

void ledger_process_self(ledger_process *ret) {
    pid_t pid = getpid();
    if (ret->pid == pid)
        return;
    *ret = (ledger_process){ .pid = pid };
    if (gethostname(ret->host, sizeof ret->host - 1) != 0)
        ret->host[0] = '\0';
    read_line("/proc/sys/kernel/random/boot_id", ret->boot, sizeof ret->boot);
    ssize_t length = readlink("/proc/self/ns/pid", ret->namespace, sizeof ret->namespace - 1);
    ret->namespace[length > 0 ? length : 0] = '\0';
    char state;
    (void)read_stat(ret->pid, &state, &ret->start);
}

ledger_liveness ledger_process_look(const ledger_process *process, const ledger_process *self) {
    if (process->boot[0] == '\0' || self->boot[0] == '\0')
        return LEDGER_PROCESS_UNSEEN;
    if (strcmp(process->boot, self->boot) != 0) /* restarted since, or another machine */
        return strcmp(process->host, self->host) == 0 ? LEDGER_PROCESS_GONE : LEDGER_PROCESS_UNSEEN;
    if (strcmp(process->namespace, self->namespace) != 0)
        return LEDGER_PROCESS_UNSEEN;
    if (process->pid <= 0 || (kill((pid_t)process->pid, 0) != 0 && errno == ESRCH))
        return LEDGER_PROCESS_GONE;
    char state = '\0';
    int64_t start = 0;
    if (!read_stat(process->pid, &state, &start)) /* hidden from us (hidepid), but there */
        return LEDGER_PROCESS_ALIVE;
    bool ended = state == 'Z' || state == 'X';
    bool reused = process->start != 0 && start != process->start;
    return ended || reused ? LEDGER_PROCESS_GONE : LEDGER_PROCESS_ALIVE;
}
