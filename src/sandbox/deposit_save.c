#include "sandbox/deposit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/prefecture.h"
#include "xml/xml.h"

/* An act on its way to the ledger: names and messages made from its fields. */
typedef struct sb_saving {
    sb_exchange *x;
    sb_deposit *deposit;
    const sb_authority *authority;
    unsigned serial;
    char path[160];
    ctes_nom message_name, envelope_name;
    ctes_buffer message, envelope;
} sb_saving;

#define XML_MAX (4u << 20)

/* "086-218601946-20240105-NUMERO-DE": the norm's stem, made by the server whatever the client
 * thinks of it (sheet § 2.1). */
static void make_stem(const sb_saving *s, char *out, size_t size) {
    char day[9];
    ctes_date_compact(s->deposit->date, day);
    (void)snprintf(out, size, "%s-%s-%s-%s-%s", s->authority->departement, s->authority->siren, day,
                   s->deposit->number, deposit_abrege(s->deposit->nature));
}

static void make_names(sb_saving *s) {
    char stem[80], day[9];
    make_stem(s, stem, sizeof stem);
    (void)snprintf(s->message_name.text, sizeof s->message_name.text, "%s-1-1_0.xml", stem);
    for (size_t i = 0; i < s->deposit->file_count; i++) {
        deposit_file *file = &s->deposit->files[i];
        (void)snprintf(file->nom.text, sizeof file->nom.text, "%.5s-%s-1-1_%u.%s", file->code_pj,
                       stem, (unsigned)(i + 1) % 1000, file->type->extension);
    }
    ctes_date_compact(box_today(s->x->box), day);
    const sb_options *options = &s->x->box->options;
    (void)snprintf(s->envelope_name.text, sizeof s->envelope_name.text, "%s--%s--%s-%u.xml",
                   options->quadrigramme, s->authority->siren, day, s->serial);
    (void)snprintf(s->path, sizeof s->path, "%s/%s-%s--%s--%s-%u.tar.gz", s->authority->siren,
                   options->trigramme, options->quadrigramme, s->authority->siren, day, s->serial);
}

static ctes_status write_message(sb_saving *s, ctes_error *err) {
    const sb_deposit *d = s->deposit;
    CTES_CLEANUP(ctes_donnees_acte_clear)
    ctes_donnees_acte acte = { .date = d->date, .nature = d->nature, .matiere = d->matiere };
    acte.classification_date = s->x->box->classification.date;
    acte.annexes_nombre = (long)d->file_count - 1;
    CTES_TRY(ctes_text_dup(d->number, &acte.numero_interne, err));
    CTES_TRY(ctes_text_dup(d->subject, &acte.objet, err));
    CTES_TRY(ctes_text_dup(d->papier ? "O" : "N", &acte.document_papier, err));
    CTES_TRY(ctes_text_dup(d->files[0].nom.text, &acte.document.nom, err));
    CTES_TRY(ctes_text_dup(d->files[0].sign, &acte.document.signature, err));
    for (size_t i = 1; i < d->file_count; i++)
        CTES_TRY(ctes_fichiers_add(&acte.annexes, d->files[i].nom.text, d->files[i].sign, err));
    return ctes_xml_write_acte(&acte, &s->message, err);
}

static ctes_status write_envelope(sb_saving *s, ctes_error *err) {
    const sb_authority *a = s->authority;
    CTES_CLEANUP(ctes_enveloppe_cl_clear) ctes_enveloppe_cl envelope = { .siren = NULL };
    CTES_TRY(ctes_text_dup(a->siren, &envelope.siren, err));
    CTES_TRY(ctes_text_dup(a->departement, &envelope.departement, err));
    CTES_TRY(ctes_text_dup(a->arrondissement, &envelope.arrondissement, err));
    CTES_TRY(ctes_text_dup(a->nature, &envelope.nature, err));
    CTES_TRY(ctes_adresse_add(&envelope, RETURN_MAILBOX, err));
    if (a->email[0] != '\0')
        CTES_TRY(ctes_adresse_add(&envelope, a->email, err));
    CTES_TRY(ctes_fichiers_add(&envelope.formulaires, s->message_name.text, NULL, err));
    return ctes_xml_write_enveloppe(&envelope, &s->envelope, err);
}

ctes_status deposit_put_file(sb_store *store, const char *path, int64_t transac,
                             const deposit_file *file, ctes_error *err) {
    CTES_AUTO_FREE char *posted = NULL;
    CTES_TRY(ctes_text_from_latin1(file->posted, strlen(file->posted), &posted, err));
    CTES_TRY(store_member_add(store, path, file->nom.text, file->bytes, file->length, err));
    stored_file row = { .transac = transac,
                        .name = file->nom.text,
                        .posted = posted,
                        .mime = file->type->mime,
                        .size = file->length,
                        .sign = file->sign != NULL ? file->sign : "",
                        .code_pj = file->code_pj };
    return store_file_add(store, &row, err);
}

static ctes_status put_all(sb_saving *s, sb_transac *t, ctes_error *err) {
    sb_store *store = s->x->box->store;
    CTES_TRY(store_envelope_add(store, s->authority->siren, s->x->account->name, s->path, "create",
                                t->created_ms, &t->envelope, err));
    CTES_TRY(store_transac_add(store, t, s->deposit->subject, err));
    CTES_TRY(store_member_add(store, s->path, s->envelope_name.text, s->envelope.data,
                              s->envelope.length, err));
    CTES_TRY(store_member_add(store, s->path, s->message_name.text, s->message.data,
                              s->message.length, err));
    CTES_TRY(store_file_add(store,
                            &(stored_file){ .transac = t->id,
                                            .name = s->message_name.text,
                                            .posted = "",
                                            .mime = "text/xml",
                                            .size = s->message.length,
                                            .sign = "",
                                            .code_pj = "" },
                            err));
    for (size_t i = 0; i < s->deposit->file_count; i++)
        CTES_TRY(deposit_put_file(store, s->path, t->id, &s->deposit->files[i], err));
    return store_status_set(store, t->id, t->status, "Dépôt initial", NULL, 0, NULL, t->created_ms,
                            err);
}

static sb_transac make_transac(const sb_saving *s) {
    const sb_deposit *d = s->deposit;
    sb_transac t = { .type = 1,
                     .nature = d->nature,
                     .status = deposit_first_status(s->x, d->number, d->parked),
                     .created_ms = box_now_ms() };
    t.due_ms = prefecture_due(s->x->box, t.created_ms);
    (void)ctes_text_copy(t.siren, sizeof t.siren, s->authority->siren);
    (void)ctes_text_copy(t.owner, sizeof t.owner, s->x->account->name);
    (void)ctes_text_copy(t.number, sizeof t.number, d->number);
    (void)ctes_text_copy(t.date, sizeof t.date, d->date_text);
    (void)ctes_text_copy(t.abrege, sizeof t.abrege, deposit_abrege(d->nature));
    (void)ctes_text_copy(t.path, sizeof t.path, s->path);
    deposit_classification(&d->matiere, t.classification, sizeof t.classification);
    return t;
}

/* Check 21, in the order in which the real server collects its reasons. */
static void collect_reasons(const sb_saving *s, int64_t held, ctes_buffer *out) {
    const sb_deposit *d = s->deposit;
    ctes_status status = CTES_OK;
    if (d->matiere.count < 2)
        status = ctes_buffer_puts(
            out, "Les deux premiers niveaux de classification sont obligatoires.\n", NULL);
    const struct {
        bool missing;
        const char *label;
    } rows[] = {
        { d->subject[0] == '\0', "Objet de l'acte" },
        { !ctes_date_given(d->date), "Date de la décision" },
        { d->nature == 0, "Nature de l'acte" },
        { deposit_abrege(d->nature)[0] == '\0', "Description nature de l'acte" },
        { s->x->box->options.never_classified,
          "Date classification matières/sous-matières utilisée" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].missing && status == CTES_OK)
            status = ctes_buffer_printf(out, NULL, "%s doit être présent.\n", rows[i].label);
    }
    if (ctes_text_count(d->subject) > CTES_OBJET_MAX && status == CTES_OK)
        status = ctes_buffer_puts(
            out, "Le champ Objet de l'acte est trop long (499 caractères maxi autorisés).\n", NULL);
    if (held != 0 && status == CTES_OK)
        status = ctes_buffer_puts(
            out, "Une transaction avec le même numéro existe déjà dans la base.\n", NULL);
    if (status != CTES_OK)
        s->x->reply.failed = true;
}

static bool refuse_if_incomplete(sb_saving *s, int64_t held) {
    CTES_AUTO_BUFFER ctes_buffer reasons = CTES_BUFFER_INIT(8192);
    collect_reasons(s, held, &reasons);
    if (reasons.length == 0)
        return false;
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(16384);
    if (ctes_buffer_printf(&text, NULL, "Erreur lors de l'enregistrement de la transaction :\n%s",
                           reasons.data) != CTES_OK)
        s->x->reply.failed = true;
    reply_failure(s->x, text.data != NULL ? text.data : "");
    return true;
}

static void say_generation_failed(sb_saving *s, const char *what, const ctes_error *err) {
    char text[1024];
    (void)snprintf(text, sizeof text, "%s%s", what, err->detail);
    reply_failure(s->x, text);
}

/* With the lock held. The serial is taken first and is lost when something fails after. */
static void save(sb_saving *s, ctes_error *err) {
    sb_store *store = s->x->box->store;
    char day[11];
    int64_t held = 0;
    ctes_date_format(box_today(s->x->box), day);
    if (store_serial(store, s->authority->siren, day, &s->serial, err) != CTES_OK) {
        say_generation_failed(s, "Erreur lors de la génération de l'enveloppe. ", err);
        return;
    }
    if (store_number_taken(store, s->authority->siren, s->deposit->number, &held, err) != CTES_OK)
        return;
    if (refuse_if_incomplete(s, held))
        return;
    make_names(s);
    if (write_message(s, err) != CTES_OK) {
        say_generation_failed(s, "Erreur lors de la génération de l'acte : ", err);
        return;
    }
    if (write_envelope(s, err) != CTES_OK) {
        say_generation_failed(s, "Erreur lors de la génération de l'enveloppe. ", err);
        return;
    }
    sb_transac t = make_transac(s);
    ctes_status status = store_begin(store, err);
    if (status == CTES_OK)
        status = put_all(s, &t, err);
    if (status == CTES_OK)
        status = store_commit(store, err);
    if (status != CTES_OK) {
        store_rollback(store);
        reply_exception(s->x, err);
        return;
    }
    char payload[32];
    (void)snprintf(payload, sizeof payload, "%lld\n", (long long)t.id);
    reply_success(s->x, payload);
    if (prefecture_deposited(s->x->box, t.id, err) != CTES_OK)
        reply_exception(s->x, err);
}

void deposit_save(sb_exchange *x, sb_deposit *deposit) {
    sb_saving s = { .x = x,
                    .deposit = deposit,
                    .authority = x->account->authority,
                    .message = CTES_BUFFER_INIT(XML_MAX),
                    .envelope = CTES_BUFFER_INIT(XML_MAX) };
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    save(&s, &err);
    store_unlock(x->box->store);
    ctes_buffer_clear(&s.message);
    ctes_buffer_clear(&s.envelope);
    if (x->reply.body.length == 0 && x->reply.header_count == 0)
        reply_exception(x, &err);
}
