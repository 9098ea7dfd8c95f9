/* How a letter comes in: at the operator's, unread; or by mail, where its acknowledgement is ours.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "sandbox/deposit.h"
#include "sandbox/letter.h"
#include "sandbox/mail.h"
#include "sandbox/prefecture.h"

/* The ministry's numbers pass four digits (sheet actes-norm § 3.1). */
#define ENVELOPE_FIRST 9990

ctes_status letter_envelope_number(sb_box *box, unsigned *ret, ctes_error *err) {
    char day[11];
    unsigned number = 0;
    ctes_date_format(box_today(box), day);
    CTES_TRY(store_serial(box->store, "MI", day, &number, err));
    *ret = ENVELOPE_FIRST + number;
    return CTES_OK;
}

/* Whose letter it is: the act's depositor. */
static void describe(const sb_box *box, const sb_letter *letter, const letter_parcel *parcel,
                     bool direct, sb_transac *ret) {
    bool needs_ar = letter->type == 3 || letter->type == 4;
    *ret = letter->act;
    ret->id = 0;
    ret->related = letter_has(letter, LETTER_UNKNOWN) ? 0 : letter->act.id;
    ret->type = letter->type;
    ret->status = needs_ar ? STATUS_RECEIVED : STATUS_RECEIVED_NO_AR;
    ret->lag = 0;
    ret->late = false;
    ret->created_ms = box_now_ms();
    ret->due_ms = needs_ar && !direct ? prefecture_due(box, ret->created_ms) : TRANSAC_NEVER;
    ret->classification[0] = '\0';
    if (letter_has(letter, LETTER_UNKNOWN))
        (void)ctes_text_copy(ret->number, sizeof ret->number, "JAMAIS_VU");
    (void)snprintf(ret->path, sizeof ret->path, "%s/recu/%.*s.tar.gz", ret->siren,
                   (int)strlen(parcel->envelope.name) - 4, parcel->envelope.name);
}

static ctes_status put_members(sb_store *store, const sb_letter *letter, const char *path,
                               const letter_parcel *parcel, ctes_error *err) {
    const letter_file *envelope = &parcel->envelope;
    bool last = letter_has(letter, LETTER_ENVELOPE_LAST);
    if (!last)
        CTES_TRY(store_member_add(store, path, envelope->name, envelope->bytes.data,
                                  envelope->bytes.length, err));
    for (size_t i = 0; i < parcel->count; i++)
        CTES_TRY(store_member_add(store, path, parcel->files[i].name, parcel->files[i].bytes.data,
                                  parcel->files[i].bytes.length, err));
    return last ? store_member_add(store, path, envelope->name, envelope->bytes.data,
                                   envelope->bytes.length, err)
                : CTES_OK;
}

static ctes_status put_files(sb_store *store, int64_t transac, const letter_parcel *parcel,
                             ctes_error *err) {
    for (size_t i = 0; i < parcel->count; i++) {
        const letter_file *file = &parcel->files[i];
        stored_file row = { .transac = transac,
                            .name = file->name,
                            .posted = file->name,
                            .mime = i == 0 ? "text/xml" : "application/pdf",
                            .size = file->bytes.length,
                            .sign = "",
                            .code_pj = "" };
        CTES_TRY(store_file_add(store, &row, err));
    }
    return CTES_OK;
}

static ctes_status put_courrier(sb_box *box, const sb_letter *letter, const letter_parcel *parcel,
                                int64_t transac, bool unread, ctes_error *err) {
    sb_courrier row = { .transac = transac, .unread = unread };
    (void)snprintf(row.message, sizeof row.message, "%d-1", letter->type);
    (void)ctes_text_copy(row.id_acte, sizeof row.id_acte, parcel->id_acte);
    ctes_date_format(letter->date, row.date);
    return store_courrier_add(box->store, &row, letter->texte, letter->form_names, err);
}

static ctes_status mail_parcel(sb_box *box, const sb_letter *letter, const letter_parcel *parcel,
                               const sb_transac *t, ctes_error *err) {
    char addresses[1024], subject[160];
    bool last = letter_has(letter, LETTER_ENVELOPE_LAST) || mail_has(box, MAIL_ENVELOPE_LAST);
    const char *name = parcel->files[0].name;
    CTES_TRY(mail_addresses(box, letter->act.path, addresses, sizeof addresses, err));
    (void)snprintf(subject, sizeof subject, "[ACTES] %.*s", (int)strcspn(name, "."), name);
    sb_mail mail = { .transac = t->id, .to = addresses, .subject = subject };
    for (size_t i = 0; i < parcel->count; i++)
        mail.pieces[i + (last ? 0 : 1)] =
            (mail_piece){ parcel->files[i].name, parcel->files[i].bytes.data,
                          parcel->files[i].bytes.length };
    mail.pieces[last ? parcel->count : 0] =
        (mail_piece){ parcel->envelope.name, parcel->envelope.bytes.data,
                      parcel->envelope.bytes.length };
    mail.count = parcel->count + 1;
    return mail_deliver(box, &mail, err);
}

/* A letter that comes a second time is the same file twice: its members are kept once. */
static ctes_status receive(sb_box *box, const sb_letter *letter, const letter_parcel *parcel,
                           bool direct, sb_transac *t, ctes_error *err) {
    sb_store *store = box->store;
    CTES_TRY(store_envelope_add(store, t->siren, t->owner, t->path, direct ? "mail" : "received",
                                t->created_ms, &t->envelope, err));
    CTES_TRY(store_transac_add(store, t, "", err));
    CTES_TRY(store_unique_id_set(store, t->id, parcel->id_acte, err));
    CTES_TRY(put_courrier(box, letter, parcel, t->id, !direct, err));
    CTES_TRY(put_files(store, t->id, parcel, err));
    CTES_TRY(store_status_set(store, t->id, t->status,
                              direct ? "Envoyé par courriel" : "Reçu de la préfecture", NULL, 0,
                              NULL, t->created_ms, err));
    return direct ? mail_parcel(box, letter, parcel, t, err) : CTES_OK;
}

static ctes_status receive_all(sb_box *box, const sb_letter *letter, int64_t *ret,
                               size_t *ret_count, ctes_error *err) {
    unsigned number = 0;
    bool direct = false;
    CTES_CLEANUP(letter_parcel_clear) letter_parcel parcel = { .count = 0 };
    CTES_TRY(mail_direct(box, &letter->act, &direct, err));
    CTES_TRY(letter_envelope_number(box, &number, err));
    CTES_TRY(letter_make(box, letter, number, &parcel, err));
    size_t times = letter_has(letter, LETTER_DUPLICATE) ? 2 : 1;
    for (size_t i = 0; i < times; i++) {
        sb_transac t;
        describe(box, letter, &parcel, direct, &t);
        if (i == 0)
            CTES_TRY(put_members(box->store, letter, t.path, &parcel, err));
        CTES_TRY(receive(box, letter, &parcel, direct, &t, err));
        ret[i] = t.id;
    }
    *ret_count = times;
    return CTES_OK;
}

ctes_status letter_send(sb_box *box, const sb_letter *letter, int64_t ret[static 2],
                        size_t *ret_count, ctes_error *err) {
    CTES_TRY(store_begin(box->store, err));
    ctes_status status = receive_all(box, letter, ret, ret_count, err);
    if (status == CTES_OK)
        status = store_commit(box->store, err);
    if (status != CTES_OK) {
        store_rollback(box->store);
        return status;
    }
    for (size_t i = 0; i < *ret_count; i++)
        CTES_TRY(prefecture_deposited(box, ret[i], err));
    return CTES_OK;
}
