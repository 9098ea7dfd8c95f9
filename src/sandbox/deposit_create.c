#include "sandbox/deposit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

void deposit_clear(sb_deposit *deposit) {
    for (size_t i = 0; i < deposit->file_count; i++)
        free(deposit->files[i].sign);
    free(deposit->subject);
    ctes_buffer_clear(&deposit->reasons);
}

bool deposit_number_valid(const char *number) {
    size_t length = strlen(number);
    return length >= 1 && length <= CTES_NUMERO_MAX &&
           strspn(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length && number[0] != '_' &&
           number[length - 1] != '_';
}

const char *deposit_abrege(int nature) {
    return nature >= 1 && nature <= 6 ? ctes_nature_abrege((ctes_nature)nature) : "";
}

void deposit_classification(const ctes_matiere *matiere, char *out, size_t size) {
    size_t at = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < matiere->count && at < size; i++) {
        int wrote =
            snprintf(out + at, size - at, "%s%u", i > 0 ? "." : "", (unsigned)matiere->level[i]);
        at += wrote > 0 ? (size_t)wrote : 0;
    }
}

int deposit_first_status(const sb_exchange *x, const char *number, bool parked) {
    /* an account that may only enter acts parks them: trap T14 */
    if (parked || x->account->perm == PERM_CS ||
        rules_find(&x->box->options.rules, RULE_PARK, number) != NULL)
        return STATUS_TO_POST;
    return STATUS_POSTED;
}

/* Check 6: an empty level or "0" is an absent one; what is no number is not caught anywhere. */
static bool read_matiere(const sb_exchange *x, ctes_matiere *ret) {
    *ret = (ctes_matiere){ .count = 0 };
    for (unsigned i = 0; i < CTES_MATIERE_LEVELS; i++) {
        char name[] = "classif0";
        name[7] = (char)('1' + i);
        const char *text = form_value(&x->post, name);
        if (text[strspn(text, "0123456789")] != '\0')
            return false;
        unsigned long level = strtoul(text, NULL, 10);
        if (level == 0)
            continue;
        /* a level without the one above it makes the first two "missing" */
        if (i >= 2 && ret->count < 2)
            continue;
        if (i < 2 && ret->count != i)
            continue;
        ret->level[ret->count++] = (uint16_t)(level > UINT16_MAX ? UINT16_MAX : level);
    }
    return true;
}

/* Anything but YYYY-MM-DD is dropped without a word and found missing at check 21. */
static void read_date(const sb_exchange *x, sb_deposit *deposit) {
    const char *text = form_value(&x->post, "decision_date");
    static const char digits[] = "0123456789";
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || strspn(text, digits) != 4 ||
        strspn(text + 5, digits) != 2 || strspn(text + 8, digits) != 2 ||
        ctes_date_parse(text, &deposit->date, NULL) != CTES_OK)
        return;
    (void)ctes_text_copy(deposit->date_text, sizeof deposit->date_text, text);
}

/* Bytes are ISO-8859-1 in API mode, UTF-8 otherwise: a client that sends UTF-8 is garbled. */
static bool read_subject(sb_exchange *x, sb_deposit *deposit) {
    const char *text = form_value(&x->post, "subject");
    ctes_status status = x->api || !ctes_text_is_utf8(text, strlen(text))
                             ? ctes_text_from_latin1(text, strlen(text), &deposit->subject, NULL)
                             : ctes_text_dup(text, &deposit->subject, NULL);
    if (status != CTES_OK)
        x->reply.failed = true;
    return status == CTES_OK;
}

/* Check 11, and the record of a try to deposit twice. */
static bool number_free(sb_exchange *x, const sb_deposit *deposit) {
    ctes_error err = CTES_ERROR_INIT;
    int64_t held = 0;
    const char *siren = x->account->authority->siren;
    sb_store *store = x->box->store;
    store_lock(store);
    ctes_status status = store_number_taken(store, siren, deposit->number, &held, &err);
    if (status == CTES_OK && held != 0)
        status = store_duplicate_add(store, siren, deposit->number, "create", deposit->subject,
                                     held, box_now_ms(), &err);
    store_unlock(store);
    if (status != CTES_OK)
        reply_exception(x, &err);
    else if (held != 0)
        reply_failure(x, DUPLICATE_TEXT);
    return status == CTES_OK && held == 0;
}

static bool too_large(sb_exchange *x) {
    char text[160];
    (void)snprintf(text, sizeof text,
                   "La taille totale des fichiers est trop importante (max : %zu)",
                   x->box->options.limits.total);
    reply_failure(x, text);
    return false;
}

/* Checks 1 to 5. */
static bool check_access(sb_exchange *x) {
    if (x->post.count == 0)
        return too_large(x);
    if (form_file_count(&x->post) > x->box->options.limits.files) {
        char text[96];
        (void)snprintf(text, sizeof text, "Le nombre d'annexes est trop important (max : %zu)",
                       x->box->options.limits.files);
        reply_failure(x, text);
        return false;
    }
    if (!enter(x, STYLE_GENERIC, RIGHT_ENTER, true))
        return false;
    if (x->account->authority->papier && x->box->options.generation < 6) {
        reply_failure(x, "Mode « papier » actif. Accès interdit.");
        return false;
    }
    return require_rgs(x);
}

/* Checks 6 to 10. */
static bool check_fields(sb_exchange *x, sb_deposit *deposit) {
    if (!read_matiere(x, &deposit->matiere)) {
        reply_exception(x, NULL);
        return false;
    }
    const char *number = form_value(&x->post, "number");
    if (!deposit_number_valid(number)) {
        reply_failure(x, "Le numéro n'est pas correct");
        return false;
    }
    (void)ctes_text_copy(deposit->number, sizeof deposit->number, number);
    read_date(x, deposit);
    if (ctes_date_given(deposit->date) && ctes_date_compare(deposit->date, box_today(x->box)) > 0) {
        reply_failure(x, "La date de décision est une date dans le futur");
        return false;
    }
    const char *batch = form_value(&x->post, "batchfile");
    if (batch[strspn(batch, "0123456789")] != '\0') {
        reply_failure(x, "batchfile n'est pas un entier");
        return false;
    }
    const char *nature = form_value(&x->post, "nature_code");
    deposit->nature = strlen(nature) == 1 ? nature[0] - '0' : (*nature == '\0' ? 0 : 99);
    if (form_file_bytes(&x->post) > x->box->options.limits.total)
        return too_large(x);
    deposit->parked = form_true(&x->post, "en_attente");
    deposit->papier = form_true(&x->post, "document_papier");
    return read_subject(x, deposit);
}

void page_create(sb_exchange *x) {
    CTES_CLEANUP(deposit_clear) sb_deposit deposit = DEPOSIT_INIT;
    if (check_access(x) && check_fields(x, &deposit) && number_free(x, &deposit) &&
        deposit_read_files(x, &deposit))
        deposit_save(x, &deposit);
}
