/* Any bytes for a budget: what is taken names the root, and holds a seal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xml/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("budget", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_xml_budget_check(path, &err);
    (void)close(fd);
    if (status != CTES_OK && status != CTES_E_BUDGET_INVALID)
        abort();
    /* nothing is too short to be refused, and its reason is one line */
    if (status == CTES_OK ? size < 150 : err.detail[0] == '\0' || strchr(err.detail, '\n') != NULL)
        abort();
    return 0;
}
