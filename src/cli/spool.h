/*
 * Text kept on disk until its time comes: the entries of a page that may have a hundred thousand of
 * them, in files without a name that vanish with the program; and the file that the page replaces
 * at once when it is whole.
 */
#ifndef CTES_CLI_SPOOL_H
#define CTES_CLI_SPOOL_H

#include <stdio.h>

#include <ctes/ctes.h>

typedef struct cli_spool {
    FILE *file;
    size_t count;
} cli_spool;

/** Opens an empty spool in the folder of `path`.
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_DISK_FULL, CTES_E_IO. */
ctes_status cli_spool_open(cli_spool *spool, const char *path, ctes_error *err);
void cli_spool_close(cli_spool *spool);

/** Adds an entry. A failed write is told by cli_spool_read. */
void cli_spool_add(cli_spool *spool, int64_t acte, uint64_t order, const char *text, size_t length);

/** Called with each entry: `acte` and `order` as they were given. */
typedef void (*cli_spool_fn)(void *user, int64_t acte, uint64_t order, const char *text,
                             size_t length);

/** Reads all entries in their order. `path` is named in the error. */
ctes_status cli_spool_read(cli_spool *spool, cli_spool_fn each, void *user, const char *path,
                           ctes_error *err);

/** A file being written, that takes the place of `path` at once or not at all. */
typedef struct cli_new_file {
    FILE *file;
    const char *path; /**< borrowed */
    char *temporary;
} cli_new_file;

ctes_status cli_new_file_open(cli_new_file *self, const char *path, ctes_error *err);

/** Makes it durable, readable by owner and group, and puts it in place. */
ctes_status cli_new_file_commit(cli_new_file *self, ctes_error *err);

/** Forgets it, unless it is in place. */
void cli_new_file_close(cli_new_file *self);

#endif
