#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/flags.h"
#include "sandbox/letter.h"
#include "sandbox/mail.h"
#include "sandbox/prefecture.h"
#include "sandbox/store_courrier.h"
#include "sandbox/store_depot.h"

#define MAIL_MAX ((size_t)256 << 20)

static const char *const form_names[] = {
#define MAIL_FORM_NAME(id, name) name,
    MAIL_FORM_LIST(MAIL_FORM_NAME)
#undef MAIL_FORM_NAME
};

bool mail_forms_read(const char *names, unsigned *ret) {
    return flags_read(names, form_names, MAIL_FORM_COUNT, ret);
}

bool mail_has(const sb_box *box, mail_form form) {
    return (box->options.mail_forms & 1u << form) != 0;
}

/* --- the Maildir --- */

ctes_status mail_prepare(const sb_box *box, ctes_error *err) {
    static const char *const folders[] = { "tmp", "new", "cur" };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        CTES_AUTO_FREE char *path = NULL;
        CTES_TRY(ctes_path_join(box->options.maildir, folders[i], &path, err));
        CTES_TRY(ctes_folder_make(path, err));
    }
    return CTES_OK;
}

/* Whole in tmp/ first: whoever looks into new/ never sees half a mail. */
static ctes_status put_file(const sb_box *box, const char *name, const ctes_buffer *bytes,
                            ctes_error *err) {
    char temporary[4096], path[4096];
    (void)snprintf(temporary, sizeof temporary, "%s/tmp/%s", box->options.maildir, name);
    (void)snprintf(path, sizeof path, "%s/new/%s", box->options.maildir, name);
    CTES_AUTO_FILE_WRITER ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&writer, temporary, err));
    CTES_TRY(ctes_file_write(&writer, bytes->data, bytes->length, err));
    CTES_TRY(ctes_file_commit(&writer, err));
    return rename(temporary, path) == 0 ? CTES_OK : ctes_fail_errno(err, errno, path);
}

static ctes_status record(sb_box *box, const sb_mail *mail, const char *file, int64_t at_ms,
                          ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer names = CTES_BUFFER_INIT(8192);
    for (size_t i = 0; i < mail->count; i++)
        CTES_TRY(ctes_buffer_printf(&names, err, "%s%s", i > 0 ? "\n" : "", mail->pieces[i].name));
    return store_mail_add(box->store, mail->transac, file, mail->subject,
                          names.data != NULL ? names.data : "", at_ms, err);
}

static ctes_status deliver_once(sb_box *box, const sb_mail *mail, ctes_error *err) {
    char name[96];
    int64_t now = box_now_ms(), number = 0;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(MAIL_MAX);
    CTES_TRY(store_mail_count(box->store, &number, err));
    (void)snprintf(name, sizeof name, "%lld.M%lldP%ldQ%lld.ctes-sandbox", (long long)now / 1000,
                   (long long)(now % 1000) * 1000, (long)getpid(), (long long)number);
    CTES_TRY(mail_write(mail, number, now, mail_has(box, MAIL_ALTERNATIVE), &bytes, err));
    CTES_TRY(put_file(box, name, &bytes, err));
    return record(box, mail, name, now, err);
}

ctes_status mail_deliver(sb_box *box, const sb_mail *mail, ctes_error *err) {
    CTES_TRY(deliver_once(box, mail, err));
    return mail_has(box, MAIL_TWICE) ? deliver_once(box, mail, err) : CTES_OK;
}

/* --- what goes into it --- */

ctes_status mail_addresses(sb_box *box, const char *path, char *out, size_t size, ctes_error *err) {
    char name[128];
    CTES_AUTO_MESSAGE ctes_message message = CTES_MESSAGE_INIT;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    dossier_envelope_name(path, name, sizeof name);
    CTES_TRY(store_member_get(box->store, path, name, &bytes, err));
    CTES_TRY(ctes_xml_read(NULL, bytes.data, bytes.length, &message, NULL, err));
    const ctes_enveloppe_cl *envelope = &message.enveloppe_cl;
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < envelope->adresse_count && at < size; i++) {
        ctes_text_clean(envelope->adresses[i]); /* no header of the sender's making */
        int wrote = snprintf(out + at, size - at, "%s%s", i > 0 ? ", " : "", envelope->adresses[i]);
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    return CTES_OK;
}

ctes_status mail_direct(sb_box *box, const sb_transac *transac, bool *ret, ctes_error *err) {
    return store_envelope_is(box->store, transac->envelope, "depot", ret, err);
}

static ctes_status put_in_envelope(sb_box *box, const sb_transac *transac, const char *name,
                                   const ctes_buffer *message, sb_mail *mail, ctes_error *err) {
    char envelope_name[128];
    CTES_AUTO_BUFFER ctes_buffer envelope = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    const sb_authority *to = accounts_authority(&box->accounts, transac->siren);
    unsigned number = 0;
    if (to == NULL)
        return CTES_OK; /* a SIREN that nobody knows: the anomaly went already */
    CTES_TRY(letter_envelope_number(box, &number, err));
    letter_envelope_name(box, to, number, envelope_name, sizeof envelope_name);
    CTES_TRY(letter_envelope(to, &name, 1, &envelope, err));
    size_t first = mail_has(box, MAIL_ENVELOPE_LAST) ? 1 : 0;
    mail->pieces[first] = (mail_piece){ envelope_name, envelope.data, envelope.length };
    mail->pieces[1 - first] = (mail_piece){ name, message->data, message->length };
    mail->count = 2;
    return mail_deliver(box, mail, err);
}

ctes_status mail_answer(sb_box *box, const sb_transac *transac, const char *name,
                        const ctes_buffer *message, ctes_error *err) {
    bool direct = false;
    char addresses[1024], subject[160];
    CTES_TRY(mail_direct(box, transac, &direct, err));
    if (!direct)
        return CTES_OK;
    CTES_TRY(mail_addresses(box, transac->path, addresses, sizeof addresses, err));
    (void)snprintf(subject, sizeof subject, "[ACTES] %.*s", (int)strcspn(name, "."), name);
    sb_mail mail = { .transac = transac->id, .to = addresses, .subject = subject };
    if (strncmp(name, "ANO_", 4) != 0)
        return put_in_envelope(box, transac, name, message, &mail, err);
    mail.pieces[0] = (mail_piece){ name, message->data, message->length };
    mail.count = 1;
    return mail_deliver(box, &mail, err);
}

ctes_status mail_remind(sb_box *box, const sb_transac *transac, const char *id_acte,
                        ctes_error *err) {
    bool direct = false;
    char addresses[1024], html[512];
    CTES_TRY(mail_direct(box, transac, &direct, err));
    if (!direct)
        return CTES_OK;
    CTES_TRY(mail_addresses(box, transac->path, addresses, sizeof addresses, err));
    (void)snprintf(html, sizeof html,
                   "<html><body><p>Bonjour,</p><p>L'acte %s est transmis en multi canal : merci "
                   "d'adresser les documents papier à la préfecture.</p></body></html>",
                   id_acte);
    sb_mail mail = { .transac = transac->id,
                     .to = addresses,
                     .subject = "[ACTES] Transmission multi canal",
                     .html = html };
    return mail_deliver(box, &mail, err);
}
