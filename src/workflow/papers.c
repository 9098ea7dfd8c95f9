#include "workflow/papers.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"

/* Whether two names lead to the same file; a name that leads nowhere is no file's. */
static bool is_same_file(const char *a, const char *b) {
    struct stat first, second;
    return a != NULL && stat(a, &first) == 0 && stat(b, &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

ctes_status ctes_papers_spare(const ctes_record *record, const char *output, ctes_error *err) {
    for (size_t i = 0; i < record->piece_count; i++)
        if (is_same_file(record->pieces[i].path, output))
            return ctes_fail(err, CTES_E_USAGE, output, "%s", record->numero);
    return CTES_OK;
}

ctes_status ctes_papers_publish(const char *output, const ctes_buffer *bytes, ctes_error *err) {
    CTES_AUTO_FILE_WRITER ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&writer, output, err));
    CTES_TRY(ctes_file_write(&writer, bytes->data, bytes->length, err));
    if (fchmod(writer.fd, 0640) != 0)
        return ctes_fail_errno(err, errno, output);
    return ctes_file_commit(&writer, err);
}
