/*
 * The floor: the least that sending an act costs, straight on the libraries. It hashes each file,
 * makes three RSA-2048 signatures of which the sandbox takes the CMS for good, builds the archive,
 * uploads it over a kept connection and records the act durably; and does nothing else: no check,
 * no validation, no question to the operator, no second try. Any failure ends it.
 */
#ifndef CTES_BENCH_FLOOR_H
#define CTES_BENCH_FLOOR_H

#include <stddef.h>
#include <stdint.h>

#define FLOOR_PIECES 16    /**< document and annexes of an act */
#define FLOOR_XML    65536 /**< bytes of a message or an enveloppe */
#define FLOOR_PEM    8192
#define FLOOR_SLICE  65536

_Noreturn void floor_die(const char *what, const char *why);

/** An act to send: a line of the list. Borrowed from the line. */
typedef struct floor_acte {
    const char *siren, *account; /**< account: "login:password" */
    const char *numero, *date, *serial, *objet;
    const char *pieces[FLOOR_PIECES];
    size_t piece_count;
} floor_acte;

typedef struct floor_bytes {
    char *data;
    size_t length, room;
} floor_bytes;

void floor_append(floor_bytes *bytes, const void *data, size_t length);
void floor_print(floor_bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- floor_sign.c: one CMS made by OpenSSL, whose digest and signature are put in anew -------- */

typedef struct floor_signer floor_signer;
floor_signer *floor_signer_new(const char *certificate, const char *key);
void floor_signer_free(floor_signer *signer);

/** SHA-256 of a file, read once. */
void floor_hash_file(floor_signer *signer, const char *path, uint8_t digest[32]);
void floor_hash(floor_signer *signer, const void *bytes, size_t length, uint8_t digest[32]);

/** The detached CMS over content of this digest, as PEM text. */
void floor_sign(floor_signer *signer, const uint8_t digest[32], char pem[FLOOR_PEM]);

/* --- floor_package.c -------------------------------------------------------------------------- */

typedef struct floor_package {
    char name[128];
    floor_bytes message, enveloppe, archive;
    uint8_t message_digest[32];
    void *deflater; /**< kept from one archive to the next */
    int level;      /**< of the documents: 0 stores them */
} floor_package;

void floor_package_init(floor_package *package, int level);
void floor_package_clear(floor_package *package);

/** Hashes, signs, writes message, enveloppe and archive; `day` is YYYYMMDD. */
void floor_package_make(floor_package *package, floor_signer *signer, const floor_acte *acte,
                        const char *day);

/* --- floor_upload.c --------------------------------------------------------------------------- */

typedef struct floor_link floor_link;
floor_link *floor_link_new(const char *url, const char *ca, const char *certificate,
                           const char *key);
void floor_link_free(floor_link *link);

/** Uploads an archive; returns the transaction the operator gave it. */
long long floor_upload(floor_link *link, const char *account, const floor_package *package);

/* --- floor_record.c --------------------------------------------------------------------------- */

typedef struct floor_register floor_register;
floor_register *floor_register_open(const char *path, unsigned group);
/** Threads may call it at once; the act is durable when its group is committed. */
void floor_record(floor_register *reg, const floor_acte *acte, const floor_package *package,
                  long long transaction);
void floor_register_close(floor_register *reg);

#endif
