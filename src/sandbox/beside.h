/* Folders of an installed program, or of a build tree that was not installed. */
#ifndef CTES_SANDBOX_BESIDE_H
#define CTES_SANDBOX_BESIDE_H

#include <stddef.h>

/** `name` beside the running program if it is there, else `installed`; NUL-terminated in `out`. */
void beside_program(const char *name, const char *installed, char *out, size_t size);

#endif
