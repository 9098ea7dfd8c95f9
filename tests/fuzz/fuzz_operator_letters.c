/* What is said of letters: any bytes are read without harm; what is told has an identifier. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "operator/s2low_letters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *user, int64_t transaction, unsigned type, int native) {
    (void)user;
    if (transaction < 1 || type > 9 || native < -9999 || native > 9999)
        abort();
}

static void look_at_list(const char *bytes, size_t size) {
    ctes_s2low_letter *letters = NULL;
    size_t count = 0, unreadable = 0;
    if (ctes_s2low_letters_read(bytes, size, &letters, &count, &unreadable, NULL) != CTES_OK)
        return;
    for (size_t i = 0; i < count; i++)
        if (letters[i].id < 1 || letters[i].acte < 0)
            abort();
    free(letters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = size > 0 ? (const char *)data : "";
    char *location = strndup(bytes, size);
    int64_t envelope = 0;
    if (location == NULL)
        return 0;
    look_at_list(bytes, size);
    (void)ctes_s2low_letters_about(bytes, size, look, NULL);
    if (ctes_s2low_envelope_at("https://h/x", location, &envelope) && envelope < 1)
        abort();
    free(location);
    return 0;
}
