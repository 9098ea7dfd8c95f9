#include "workflow/piece.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"

enum { SLICE = 4096, TABLE_MAX = 16 << 20 };

void ctes_look_clear(ctes_look *look) {
    if (look == NULL)
        return;
    ctes_buffer_clear(&look->signature);
    ctes_free_charp(&look->path);
    *look = (ctes_look)CTES_LOOK_INIT;
}

/* Reads up to SLICE bytes at an offset. */
static size_t slice(int fd, off_t at, char *out) {
    size_t length = 0;
    while (length < SLICE) {
        ssize_t count = pread(fd, out + length, SLICE - length, at + (off_t)length);
        if (count <= 0)
            break;
        length += (size_t)count;
    }
    return length;
}

/* Offset written behind the last "startxref", or -1. */
static off_t last_xref(const char *tail, size_t length) {
    static const char WORD[] = "startxref";
    const char *found = NULL;
    for (const char *at = tail;
         (at = memmem(at, length - (size_t)(at - tail), WORD, sizeof WORD - 1)) != NULL; at++)
        found = at;
    if (found == NULL)
        return -1;
    char digits[24] = "";
    size_t left = length - (size_t)(found - tail) - (sizeof WORD - 1);
    memcpy(digits, found + sizeof WORD - 1, left < sizeof digits - 1 ? left : sizeof digits - 1);
    char *end = NULL;
    errno = 0;
    long long offset = strtoll(digits, &end, 10);
    return end != digits && errno == 0 && offset >= 0 ? (off_t)offset : -1;
}

/* Where the dictionary of the cross-reference section at `at` is: there, when it is a stream, else
 * behind a table of 20 bytes for each object. The table that the end of a linearised file points to
 * stands at its beginning, its dictionary far from both (ISO 32000-1, annex F.3). */
static off_t dictionary_of(int fd, off_t at) {
    static const char WORD[] = "trailer";
    char bytes[SLICE];
    size_t length = slice(fd, at, bytes);
    if (length < 4 || memcmp(bytes, "xref", 4) != 0)
        return at;
    for (off_t from = at; from - at < TABLE_MAX && length >= sizeof WORD;) {
        const char *found = memmem(bytes, length, WORD, sizeof WORD - 1);
        if (found != NULL)
            return from + (found - bytes);
        from += (off_t)(length - (sizeof WORD - 1)); /* the word may lie across two slices */
        length = slice(fd, from, bytes);
    }
    return at;
}

static bool locked(int fd, off_t size) {
    char tail[SLICE], xref[SLICE];
    size_t tail_length = slice(fd, size > SLICE ? size - SLICE : 0, tail);
    off_t at = last_xref(tail, tail_length);
    if (at >= 0 && at < size)
        at = dictionary_of(fd, at);
    size_t xref_length = at >= 0 && at < size ? slice(fd, at, xref) : 0;
    return ctes_pdf_locked(tail, tail_length, xref, xref_length);
}

static ctes_status examine(int fd, const char *path, ctes_look *look, ctes_error *err) {
    struct stat info;
    if (fstat(fd, &info) != 0)
        return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, path, "%s", strerrordesc_np(errno));
    if (!S_ISREG(info.st_mode))
        return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, path, "not a regular file");
    if (info.st_size == 0)
        return ctes_fail(err, CTES_E_DOCUMENT_EMPTY, path, "%s", "");
    if (info.st_size > CTES_ARCHIVE_MAX)
        return ctes_fail(err, CTES_E_TOO_LARGE, path, "%lld > %d", (long long)info.st_size,
                         CTES_ARCHIVE_MAX);
    char head[SLICE];
    size_t length = slice(fd, 0, head);
    look->format = ctes_format_sniff(head, length);
    look->size = (uint64_t)info.st_size;
    look->mtime_s = info.st_mtim.tv_sec;
    look->mtime_ns = info.st_mtim.tv_nsec;
    look->inode = info.st_ino;
    if (look->format == CTES_FORMAT_PDF && locked(fd, info.st_size))
        return ctes_fail(err, CTES_E_DOCUMENT_LOCKED, path, "%s", "");
    return CTES_OK;
}

ctes_status ctes_look_at(const ctes_piece *piece, ctes_look *ret, ctes_error *err) {
    const char *path = piece->path;
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return ctes_fail(err,
                         errno == ENOENT || errno == ENOTDIR ? CTES_E_DOCUMENT_MISSING
                                                             : CTES_E_DOCUMENT_UNREADABLE,
                         path, "%s", strerrordesc_np(errno));
    ctes_look look = CTES_LOOK_INIT;
    look.piece = piece;
    CTES_TRY(examine(fd, path, &look, err));
    uint64_t size = 0;
    CTES_TRY(ctes_hash_fd(fd, path, &look.hash, &size, err));
    if (size != look.size)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, path, "%s", "");
    ctes_text_hex(look.hash.bytes, sizeof look.hash.bytes, look.sha256);
    look.path = realpath(path, NULL);
    if (look.path == NULL)
        return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, path, "%s", strerrordesc_np(errno));
    *ret = look;
    return CTES_OK;
}

ctes_status ctes_piece_signature(const ctes_piece *piece, ctes_buffer *out, ctes_error *err) {
    const char *path = piece->signature == NULL ? piece->signature_path : NULL;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    if (piece->signature != NULL)
        CTES_TRY(ctes_buffer_puts(&bytes, piece->signature, err));
    else if (path != NULL)
        CTES_TRY(ctes_file_read(path, &bytes, err));
    else
        return CTES_OK;
    ctes_status status =
        ctes_signature_verify_file(bytes.data, bytes.length, piece->path, NULL, NULL, err);
    if (status == CTES_OK)
        status = ctes_signature_to_pem(bytes.data, bytes.length, out, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_SIGNATURE, path);
}

ctes_status ctes_look_sign(ctes_session *session, ctes_look *look, int64_t now_ms,
                           ctes_error *err) {
    CTES_TRY(ctes_piece_signature(look->piece, &look->signature, err));
    if (look->signature.length > 0 || session->signer == NULL)
        return CTES_OK;
    /* what was looked at is what is signed; that it is what is sent too, ctes_look_again tells */
    return ctes_sign_hash(session->signer, &look->hash, now_ms, &look->signature, err);
}

ctes_depot_piece ctes_look_depot(const ctes_look *look) {
    return (ctes_depot_piece){
        .path = look->piece->path,
        .nom = look->nom.text,
        .type_pj = look->piece->type_pj,
        .mime = ctes_format_mime(look->format),
        .signature = look->signature.length > 0 ? look->signature.data : NULL,
        .signature_length = look->signature.length,
    };
}

ctes_status ctes_look_again(const ctes_look *look, ctes_error *err) {
    struct stat info;
    const char *path = look->piece->path;
    if (stat(path, &info) != 0)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, path, "%s", strerrordesc_np(errno));
    if ((uint64_t)info.st_size != look->size || info.st_ino != look->inode ||
        info.st_mtim.tv_sec != look->mtime_s || info.st_mtim.tv_nsec != look->mtime_ns)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, path, "%s", "");
    return CTES_OK;
}
