#include "floor.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

enum { BLOCK = 512, RECORD = 10240 };

static const char SPACE[] = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216";

/* --- growing bytes ---------------------------------------------------------------------------- */

static void make_room(floor_bytes *bytes, size_t length) {
    if (bytes->room - bytes->length >= length)
        return;
    bytes->room = (bytes->length + length) * 2;
    char *data = realloc(bytes->data, bytes->room);
    if (data == NULL)
        floor_die("memory", "none");
    bytes->data = data;
}

void floor_append(floor_bytes *bytes, const void *data, size_t length) {
    make_room(bytes, length);
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

void floor_print(floor_bytes *bytes, const char *format, ...) {
    make_room(bytes, FLOOR_XML);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(bytes->data + bytes->length, FLOOR_XML, format, args);
    va_end(args);
    if (length < 0 || length >= FLOOR_XML)
        floor_die("text", "longer than its room");
    bytes->length += (size_t)length;
}

/* --- the two XML files ------------------------------------------------------------------------ */

/* what all names of an act start with (norm sheet § 3) */
static void print_stem(floor_bytes *bytes, const floor_acte *acte) {
    floor_print(bytes, "086-%s-%.4s%.2s%.2s-%s-DE-1-1", acte->siren, acte->date, acte->date + 5,
                acte->date + 8, acte->numero);
}

static void print_piece_name(floor_bytes *bytes, const floor_acte *acte, size_t rank) {
    floor_print(bytes, "99_DE-");
    print_stem(bytes, acte);
    floor_print(bytes, "_%zu.pdf", rank + 1);
}

static void print_piece(floor_bytes *out, const floor_acte *acte, size_t rank, const char *pem) {
    const char *element = rank == 0 ? "Document" : "Annexe";
    floor_print(out, "<actes:%s><actes:NomFichier>", element);
    print_piece_name(out, acte, rank);
    floor_print(out, "</actes:NomFichier><actes:Signature>%s</actes:Signature></actes:%s>\n", pem,
                element);
}

static void write_message(floor_bytes *out, floor_signer *signer, const floor_acte *acte) {
    char pem[FLOOR_PEM];
    uint8_t digest[32];
    out->length = 0;
    floor_print(out,
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
                "<actes:Acte xmlns:actes=\"%s\" actes:Date=\"%s\" actes:NumeroInterne=\"%s\""
                " actes:CodeNatureActe=\"1\"><actes:CodeMatiere1 actes:CodeMatiere=\"3\"/>"
                "<actes:CodeMatiere2 actes:CodeMatiere=\"3\"/><actes:Objet>%s</actes:Objet>"
                "<actes:ClassificationDateVersion>2022-01-01</actes:ClassificationDateVersion>\n",
                SPACE, acte->date, acte->numero, acte->objet);
    for (size_t i = 0; i < acte->piece_count; i++) {
        floor_hash_file(signer, acte->pieces[i], digest);
        floor_sign(signer, digest, pem);
        if (i == 1)
            floor_print(out, "<actes:Annexes actes:Nombre=\"%zu\">\n", acte->piece_count - 1);
        print_piece(out, acte, i, pem);
    }
    floor_print(out, "%s<actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>\n",
                acte->piece_count > 1 ? "</actes:Annexes>" : "<actes:Annexes actes:Nombre=\"0\"/>");
}

static void write_enveloppe(floor_bytes *out, floor_signer *signer, const floor_acte *acte,
                            const uint8_t digest[32]) {
    char pem[FLOOR_PEM];
    floor_sign(signer, digest, pem);
    out->length = 0;
    floor_print(out,
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
                "<actes:EnveloppeCLMISILL xmlns:actes=\"%s\""
                " xmlns:insee=\"http://xml.insee.fr/schema\"><actes:Emetteur>"
                "<actes:IDCL insee:SIREN=\"%s\" actes:Departement=\"086\""
                " actes:Arrondissement=\"3\" actes:Nature=\"31\"/></actes:Emetteur>"
                "<actes:AdressesRetour><actes:Email>actes@ville.test</actes:Email>"
                "</actes:AdressesRetour><actes:FormulairesEnvoyes><actes:Formulaire>"
                "<actes:NomFichier>",
                SPACE, acte->siren);
    print_stem(out, acte);
    floor_print(out,
                "_0.xml</actes:NomFichier><actes:Signature>%s</actes:Signature>"
                "</actes:Formulaire></actes:FormulairesEnvoyes></actes:EnveloppeCLMISILL>\n",
                pem);
}

/* --- the archive ------------------------------------------------------------------------------ */

static void deflate_all(floor_package *package, const void *bytes, size_t length, int flush) {
    z_stream *stream = package->deflater;
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)length;
    do {
        floor_bytes *archive = &package->archive;
        make_room(archive, FLOOR_SLICE);
        stream->next_out = (Bytef *)archive->data + archive->length;
        stream->avail_out = FLOOR_SLICE;
        int result = deflate(stream, flush);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            floor_die("deflate", stream->msg);
        archive->length += FLOOR_SLICE - stream->avail_out;
    } while (stream->avail_out == 0);
}

static void set_level(floor_package *package, int level) {
    z_stream *stream = package->deflater;
    make_room(&package->archive, FLOOR_SLICE);
    stream->next_out = (Bytef *)package->archive.data + package->archive.length;
    stream->avail_out = FLOOR_SLICE;
    if (deflateParams(stream, level, Z_DEFAULT_STRATEGY) != Z_OK)
        floor_die("deflateParams", stream->msg);
    package->archive.length += FLOOR_SLICE - stream->avail_out;
}

/* A ustar header (POSIX.1-1988): a regular file, 0644, of nobody. */
static void write_header(floor_package *package, const char *name, size_t size) {
    char block[BLOCK] = "";
    unsigned sum = ' ' * 8;
    if (strlen(name) > 99)
        floor_die(name, "longer than a tar takes");
    memcpy(block, name, strlen(name));
    (void)snprintf(block + 100, 25, "0000644%c0000000%c0000000", '\0', '\0');
    (void)snprintf(block + 124, 25, "%011zo%c%011o", size, '\0', 0);
    block[156] = '0';
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof block; i++)
        sum += (unsigned char)block[i];
    (void)snprintf(block + 148, 8, "%06o", sum);
    block[155] = ' ';
    deflate_all(package, block, sizeof block, Z_NO_FLUSH);
}

static void pad(floor_package *package, size_t size, size_t unit) {
    static const char ZEROS[RECORD];
    deflate_all(package, ZEROS, (unit - size % unit) % unit, Z_NO_FLUSH);
}

static size_t write_text(floor_package *package, const char *name, const floor_bytes *text) {
    write_header(package, name, text->length);
    deflate_all(package, text->data, text->length, Z_NO_FLUSH);
    pad(package, text->length, BLOCK);
    return BLOCK + (text->length + BLOCK - 1) / BLOCK * BLOCK;
}

static size_t write_file(floor_package *package, const char *name, const char *path) {
    char slice[FLOOR_SLICE];
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0)
        floor_die(path, "cannot be opened");
    size_t size = (size_t)info.st_size;
    write_header(package, name, size);
    set_level(package, package->level);
    for (ssize_t count; (count = read(fd, slice, sizeof slice)) > 0;)
        deflate_all(package, slice, (size_t)count, Z_NO_FLUSH);
    set_level(package, 6);
    pad(package, size, BLOCK);
    (void)close(fd);
    return BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
}

static void write_archive(floor_package *package, const floor_acte *acte, const char *day) {
    floor_bytes name = { .data = NULL };
    floor_print(&name, "TACT--%s--%s-%s.xml", acte->siren, day, acte->serial);
    (void)deflateReset(package->deflater);
    package->archive.length = 0;
    size_t size = write_text(package, name.data, &package->enveloppe);
    name.length = 0;
    print_stem(&name, acte);
    floor_print(&name, "_0.xml");
    size += write_text(package, name.data, &package->message);
    for (size_t i = 0; i < acte->piece_count; i++) {
        name.length = 0;
        print_piece_name(&name, acte, i);
        size += write_file(package, name.data, acte->pieces[i]);
    }
    free(name.data);
    static const char END[2 * BLOCK];
    deflate_all(package, END, sizeof END, Z_NO_FLUSH);
    pad(package, size + sizeof END, RECORD);
    deflate_all(package, NULL, 0, Z_FINISH);
}

/* --- the whole -------------------------------------------------------------------------------- */

void floor_package_init(floor_package *package, int level) {
    z_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL || deflateInit2(stream, 6, Z_DEFLATED, 15 + 16, 8, 0) != Z_OK)
        floor_die("memory", "none");
    *package = (floor_package){ .deflater = stream, .level = level };
}

void floor_package_clear(floor_package *package) {
    (void)deflateEnd(package->deflater);
    free(package->deflater);
    free(package->message.data);
    free(package->enveloppe.data);
    free(package->archive.data);
}

void floor_package_make(floor_package *package, floor_signer *signer, const floor_acte *acte,
                        const char *day) {
    (void)snprintf(package->name, sizeof package->name, "SLO-TACT--%s--%s-%s.tar.gz", acte->siren,
                   day, acte->serial);
    write_message(&package->message, signer, acte);
    floor_hash(signer, package->message.data, package->message.length, package->message_digest);
    write_enveloppe(&package->enveloppe, signer, acte, package->message_digest);
    write_archive(package, acte, day);
}
