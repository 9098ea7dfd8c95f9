#include "sandbox/flags.h"

#include <string.h>

bool flags_read(const char *words, const char *const *names, size_t count, unsigned *ret) {
    unsigned flags = 0;
    while (*words != '\0') {
        size_t length = strcspn(words, ","), i = 0;
        while (i < count && (strlen(names[i]) != length || strncmp(names[i], words, length) != 0))
            i++;
        if (i == count)
            return false;
        flags |= 1u << i;
        words += length + (words[length] == ',');
    }
    *ret = flags;
    return true;
}
