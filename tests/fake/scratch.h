/* What tests need of the disk and of other programs. Every failure aborts with a message. */
#ifndef CTES_TESTS_SCRATCH_H
#define CTES_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Makes an empty folder under $TMPDIR or /tmp; free with scratch_remove(). */
char *scratch_make(void);
/** Removes the folder and all it holds, and frees the name. */
void scratch_remove(char *folder);

/** "folder/name", freed by the caller. */
char *scratch_path(const char *folder, const char *name);
/** Writes a file of mode 0600. */
void scratch_write(const char *path, const void *bytes, size_t length);
/** Reads a whole file; NUL-terminated, freed by the caller. */
char *scratch_read(const char *path, size_t *ret_length);
/** Number of entries of a folder. */
size_t scratch_count(const char *folder);

/** Runs a program found in PATH (`arguments` ends with NULL) and returns its exit status, or 127
 *  when there is no such program. What it writes to stdout and stderr is given back (or dropped
 *  when `ret_output` is NULL); freed by the caller. */
int scratch_run(const char *const arguments[], char **ret_output, size_t *ret_length);

/** Bytes that do not deflate, always the same for a seed. Only the values below `below` (at most
 *  256) occur. */
void scratch_noise(uint64_t seed, unsigned below, void *bytes, size_t length);

#endif
