#include "sandbox/beside.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

void beside_program(const char *name, const char *installed, char *out, size_t size) {
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    (void)ctes_text_copy(out, size, installed);
    if (length <= 0)
        return;
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    char path[PATH_MAX + NAME_MAX];
    if (slash == NULL)
        return;
    (void)snprintf(path, sizeof path, "%.*s/%s", (int)(slash - program), program, name);
    if (access(path, R_OK | X_OK) == 0)
        (void)ctes_text_copy(out, size, path);
}
