/* What depositing by fields and depositing an archive have in common. */
#ifndef CTES_SANDBOX_DEPOSIT_H
#define CTES_SANDBOX_DEPOSIT_H

#include <stdbool.h>

#include "norm/message.h"
#include "norm/nom.h"
#include "sandbox/exchange.h"
#include "sandbox/mime.h"

#define FILES_MAX 256

/** A document of the act; [0] is the main one. */
typedef struct deposit_file {
    const char *posted; /**< name as the client gave it; bytes in ISO-8859-1 or UTF-8 */
    const void *bytes;
    size_t length;
    const mime_type *type;
    const char *code_pj;
    char *sign; /**< detached signature, or NULL; owned */
    ctes_nom nom;
} deposit_file;

/** An act, or the answer to a letter, being deposited by fields. */
typedef struct sb_deposit {
    void (*refuse)(sb_exchange *x, const char *text); /**< how this page says no to a file */
    bool answer;                                      /**< any type of file will do */
    char number[32];
    char date_text[11];
    ctes_date date;
    int nature;
    ctes_matiere matiere;
    char *subject; /**< UTF-8, owned */
    bool parked, papier;
    deposit_file files[FILES_MAX];
    size_t file_count;
    ctes_buffer reasons; /**< refused files, reported together (checks 15 and 18) */
} sb_deposit;

#define DEPOSIT_INIT                                                                               \
    { .refuse = reply_failure, .reasons = CTES_BUFFER_INIT(1u << 16) }

void deposit_clear(sb_deposit *deposit);

/** `^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$` (sheet § 2.1). */
bool deposit_number_valid(const char *number);
/** `[A-Z0-9_]{5}`. */
bool deposit_code_valid(const char *code);

/** Why a document is refused; `out` stays empty for one that is taken. `main_type` is NULL for the
 *  main document itself. */
void deposit_judge_file(const mime_type *type, const char *posted, const char *code, int nature,
                        const ctes_matiere *matiere, const mime_type *main_type, char *out,
                        size_t size);

/** Checks 12 to 18: takes the files out of the form. On false the reply is made. */
bool deposit_read_files(sb_exchange *x, sb_deposit *deposit);

/** Puts a document into its archive and among the files of its transaction. */
ctes_status deposit_put_file(sb_store *store, const char *path, int64_t transac,
                             const deposit_file *file, ctes_error *err) CTES_MUST_CHECK;

/** Checks 19 to 21: serial, names, XML, saving. Makes the reply. */
void deposit_save(sb_exchange *x, sb_deposit *deposit);

/** Text of an UPLOAD_ERR_* situation (sheet, check 13), or NULL for a good upload. */
const char *deposit_upload_fault(const sb_exchange *x, const form_field *file, char *out,
                                 size_t size);

/** "« 7.1 »": writes the levels with dots. */
void deposit_classification(const ctes_matiere *matiere, char *out, size_t size);

/** First state of what was deposited, and when it moves on. */
int deposit_first_status(const sb_exchange *x, const char *number, bool parked);

/** Types 1, 2, 3, 4, 6, 7 by the root of the message (sheet § 2.2, step 5); 0 for another. */
int deposit_type(ctes_message_kind kind);

/** TypeAbrege of a nature, "" if unknown. */
const char *deposit_abrege(int nature);

/** Address of the operator's return mailbox, first of AdressesRetour. */
#define RETURN_MAILBOX "retour-actes@tdt.example.org"

#define DUPLICATE_TEXT                                                                             \
    "Un acte portant le même numéro interne existe déjà dans la base de données.\n"           \
    "Il faut peut-être ajouter un suffixe au numéro."

#endif
