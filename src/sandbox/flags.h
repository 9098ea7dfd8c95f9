/* A choice of several words out of a list: "envelope-last,twice". */
#ifndef CTES_SANDBOX_FLAGS_H
#define CTES_SANDBOX_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

/** Bit i is set for names[i]; "" sets none. Returns false for a word that is not in the list. */
bool flags_read(const char *words, const char *const *names, size_t count, unsigned *ret);

#endif
