/* A mail of any bytes is read without harm; names are no paths; nothing is handed over twice. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mail/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ctes_status on_piece(void *user, const ctes_mail_piece *piece, ctes_error *err) {
    (void)err;
    const size_t *size = user;
    if (strchr(piece->nom, '/') != NULL || strcmp(piece->nom, "..") == 0 ||
        strlen(piece->nom) > 255 || piece->size > *size)
        abort();
    if (unlink(piece->path) != 0)
        abort();
    return CTES_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char folder[] = "/tmp/ctes-fuzz.XXXXXX";
    static int begun;
    if (!begun++)
        ctes_mail_init();
    int fd = memfd_create("mail", MFD_CLOEXEC);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || mkdtemp(folder) == NULL)
        abort();
    ctes_mail mail = CTES_MAIL_INIT;
    if (ctes_mail_read(path, folder, on_piece, &size, &mail, NULL) == CTES_OK &&
        (mail.text == NULL || strlen(mail.text) > CTES_MAIL_TEXT_MAX))
        abort();
    ctes_mail_clear(&mail);
    (void)close(fd);
    char first[64]; /* what was being decoded when the mail turned out to be none */
    for (int i = 0; rmdir(folder) != 0; i++) {
        (void)snprintf(first, sizeof first, "%s/%03d", folder, i);
        (void)unlink(first);
        if (i > CTES_MAIL_PARTS_MAX)
            abort();
    }
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    return 0;
}
