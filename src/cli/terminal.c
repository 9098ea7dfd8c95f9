#include "cli/terminal.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

size_t cli_terminal_columns(int fd) {
    struct winsize size = { .ws_col = 0 };
    return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool cli_terminal_erases(int fd) {
    const char *kind = getenv("TERM");
    return isatty(fd) && kind != NULL && *kind != '\0' && strcmp(kind, "dumb") != 0;
}

bool cli_terminal_colours(void) {
    const char *refused = getenv("NO_COLOR");
    return refused == NULL || *refused == '\0';
}

bool cli_terminal_utf8(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool cli_is_journal(int fd) {
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat info;
    char own[64];
    if (stream == NULL || fd < 0 || fstat(fd, &info) != 0)
        return false;
    (void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)info.st_dev,
                   (unsigned long long)info.st_ino);
    return strcmp(own, stream) == 0;
}
