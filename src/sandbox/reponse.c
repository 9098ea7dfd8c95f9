/* Answering a letter by fields (sheet § 4). How the page speaks depends on where `api` stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/change.h"
#include "sandbox/deposit.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"
#include "sandbox/store_courrier.h"

/* An answer on its way: the letter, the kind of message. */
typedef struct sb_reponse {
    sb_transac letter;
    sb_courrier courrier;
    ctes_message_kind kind;
    char stem[72]; /* of its files' names */
    sb_deposit deposit;
} sb_reponse;

static bool api_in_url(const sb_exchange *x) {
    return form_true(&x->query, "api");
}

/* The form of a GET: one block, UTF-8, whatever the rest of the API does (trap T2). */
static void refuse_reponse(sb_exchange *x, const char *text) {
    if (!api_in_url(x)) {
        reply_failure(x, text);
        return;
    }
    reply_reset(x);
    reply_type(x, "text/plain; charset=UTF-8");
    reply_printf(x, "KO : %s", text);
}

/* What the letter's type and `type_envoie` make of it; CTES_M_NONE when nothing was chosen. */
static ctes_message_kind kind_of(int type, const char *choice) {
    if (type == 2)
        return CTES_M_REPONSE_COURRIER_SIMPLE;
    if (strcmp(choice, "3") == 0)
        return type == 3 ? CTES_M_REFUS_PIECE : CTES_M_REJET_LETTRE_OBSERVATIONS;
    if (strcmp(choice, "4") == 0)
        return type == 3 ? CTES_M_PIECE : CTES_M_REPONSE_LETTRE_OBSERVATIONS;
    return CTES_M_NONE;
}

/* Files are named by the letter's date here, not by the act's (sheet actes-norm § 3.2). */
static void make_stem(sb_exchange *x, sb_reponse *r) {
    const sb_authority *a = x->account->authority;
    unsigned transaction = 0, flux = 0;
    char day[9] = "";
    ctes_date date;
    if (ctes_date_parse(r->courrier.date, &date, NULL) == CTES_OK)
        ctes_date_compact(date, day);
    (void)courrier_codes(r->kind, &transaction, &flux);
    (void)snprintf(r->stem, sizeof r->stem, "%s-%s-%s-%s-%s-%u-%u", a->departement, a->siren, day,
                   r->letter.number, r->letter.abrege, transaction, flux);
}

/* With the lock held. False: the reply is made. */
static bool find_letter(sb_exchange *x, int64_t id, sb_reponse *r) {
    ctes_error none = CTES_ERROR_INIT;
    sb_store *store = x->box->store;
    if (store_transac_get(store, id, &r->letter, &none) != CTES_OK) {
        refuse_reponse(x, "Transaction inconnue");
        return false;
    }
    const sb_account *owner = accounts_by_name(&x->box->accounts, r->letter.owner);
    if (!account_can_view(x->account, owner, r->letter.siren)) {
        refuse_reponse(x, "Accès refusé");
        return false;
    }
    /* only a letter is answered; a referral to the court never is */
    if (r->letter.type < 2 || r->letter.type > 4 ||
        store_courrier_get(store, id, &r->courrier, &none) != CTES_OK ||
        strcmp(r->courrier.message + 1, "-1") != 0) {
        refuse_reponse(x, "Transaction inconnue");
        return false;
    }
    return true;
}

static ctes_status put_document(const deposit_file *file, ctes_buffer *out, ctes_error *err) {
    CTES_TRY(ctes_buffer_printf(out, err, "<actes:Document><actes:NomFichier>%s</actes:NomFichier>",
                                file->nom.text));
    if (file->sign != NULL) /* verbatim (sheet § 2.3) */
        CTES_TRY(ctes_buffer_printf(out, err, "<actes:Signature>%s</actes:Signature>", file->sign));
    return ctes_buffer_puts(out, "</actes:Document>", err);
}

static ctes_status write_message(const sb_reponse *r, ctes_buffer *out, ctes_error *err) {
    const char *root = ctes_message_root(r->kind);
    /* several documents are listed only when documents were asked for (sheet § 4) */
    bool several = r->kind == CTES_M_PIECE;
    CTES_TRY(ctes_buffer_printf(out, err,
                                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:%s "
                                "xmlns:actes=\"" CTES_XML_NS_ACTES "\" actes:IDActe=\"%s\" "
                                "actes:DateCourrierPref=\"%s\">%s",
                                root, r->courrier.id_acte, r->courrier.date,
                                several ? "<actes:Documents>" : ""));
    for (size_t i = 0; i < (several ? r->deposit.file_count : 1); i++)
        CTES_TRY(put_document(&r->deposit.files[i], out, err));
    return ctes_buffer_printf(out, err, "%s</actes:%s>\n", several ? "</actes:Documents>" : "",
                              root);
}

static ctes_status put(sb_exchange *x, sb_reponse *r, int64_t *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer xml = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    char name[128];
    (void)snprintf(name, sizeof name, "%s_0.xml", r->stem);
    for (size_t i = 0; i < r->deposit.file_count; i++) {
        deposit_file *file = &r->deposit.files[i];
        (void)snprintf(file->nom.text, sizeof file->nom.text, "%s-%s_%zu.%s", file->code_pj,
                       r->stem, i + 1, file->type->extension);
    }
    CTES_TRY(write_message(r, &xml, err));
    own_message own = { .type = r->letter.type,
                        .name = name,
                        .xml = xml.data,
                        .about = &r->letter,
                        .related = r->letter.related,
                        .files = r->deposit.files,
                        .file_count = r->deposit.file_count,
                        .answers = true };
    return own_message_put(x, &own, ret, err);
}

static void answer_letter(sb_exchange *x, int64_t id, sb_reponse *r) {
    ctes_error err = CTES_ERROR_INIT;
    int64_t made = 0;
    if (!find_letter(x, id, r))
        return;
    r->kind = kind_of(r->letter.type, form_value(&x->post, "type_envoie"));
    if (r->kind == CTES_M_NONE) {
        refuse_reponse(x, "Vous devez choisir un type de réponse");
        return;
    }
    if (!deposit_read_files(x, &r->deposit))
        return;
    make_stem(x, r);
    if (put(x, r, &made, &err) != CTES_OK) {
        reply_exception(x, &err);
    } else if (api_in_url(x)) {
        reply_type(x, "text/plain; charset=UTF-8");
        reply_printf(x, "OK : id généré : %lld\n", (long long)made);
    } else {
        char payload[32];
        (void)snprintf(payload, sizeof payload, "%lld\n", (long long)made);
        reply_success(x, payload);
    }
}

static bool enter_reponse(sb_exchange *x) {
    if (!api_in_url(x))
        return enter(x, STYLE_GENERIC, RIGHT_ENTER, true);
    if (!login(x))
        return false;
    const char *why = no_right(x->account, RIGHT_ENTER, true);
    if (why != NULL)
        refuse_reponse(x, why);
    return why == NULL;
}

void page_reponse(sb_exchange *x) {
    int64_t id = 0;
    if (!enter_reponse(x))
        return;
    if (!parameter_id(x, "id", true, &id)) {
        reply_exception(x, NULL);
        return;
    }
    sb_reponse reponse = { .deposit = DEPOSIT_INIT };
    reponse.deposit.answer = true;
    reponse.deposit.refuse = refuse_reponse;
    store_lock(x->box->store);
    answer_letter(x, id, &reponse);
    store_unlock(x->box->store);
    deposit_clear(&reponse.deposit);
}
