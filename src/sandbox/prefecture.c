#include "sandbox/prefecture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "sandbox/mail.h"
#include "sandbox/mime.h"
#include "sandbox/store_courrier.h"
#include "sandbox/store_depot.h"

#define XML_MAX    (4u << 20)
#define BATCH_MAX  4096 /* transactions moved by one request */
#define STEPS_MAX  6    /* 1 → 2 → 3 → -1 → 4, and one to spare */
#define CLOSE_TEXT "Fermeture automatique de la transaction de plus de 30 jours"
#define SENT_TEXT  "Transmis au MI"

int64_t prefecture_due(const sb_box *box, int64_t now_ms) {
    return box->options.pace == PACE_DELAY ? now_ms + box->options.delay_ms : TRANSAC_NEVER;
}

void verdict_set(sb_verdict *verdict, verdict_kind kind, const char *code, const char *format,
                 ...) {
    if (verdict->kind != VERDICT_GOOD)
        return;
    verdict->kind = kind;
    (void)ctes_text_copy(verdict->code, sizeof verdict->code, code);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(verdict->text, sizeof verdict->text, format, args);
    va_end(args);
}

/* --- opening what was deposited --- */

static void keep_message_name(void *user, const stored_file *file) {
    sb_dossier *dossier = user;
    size_t length = strlen(file->name);
    if (dossier->message_name[0] == '\0' && file->code_pj[0] == '\0' && length > 4)
        (void)ctes_text_copy(dossier->message_name, sizeof dossier->message_name, file->name);
}

void dossier_envelope_name(const char *path, char *out, size_t size) {
    const char *base = strrchr(path, '/');
    const char *stem = strchr(base != NULL ? base : path, '-');
    (void)ctes_text_copy(out, size, stem != NULL ? stem + 1 : "");
    char *end = strstr(out, ".tar.gz");
    if (end != NULL)
        (void)ctes_text_copy(end, size - (size_t)(end - out), ".xml");
}

static ctes_status read_member(sb_box *box, sb_dossier *dossier, const char *name,
                               ctes_buffer *bytes, ctes_message *message, ctes_error *err) {
    ctes_error missing = CTES_ERROR_INIT;
    ctes_status status =
        store_member_get(box->store, dossier->transac->path, name, bytes, &missing);
    if (status == CTES_E_NOT_FOUND) {
        dossier->missing = true;
        return CTES_OK;
    }
    if (status != CTES_OK)
        return ctes_fail(err, status, name, "%s", missing.detail);
    ctes_error unreadable = CTES_ERROR_INIT;
    status = ctes_xml_read(NULL, bytes->data, bytes->length, message, NULL, &unreadable);
    return status == CTES_E_MEMORY ? ctes_fail_memory(err) : CTES_OK; /* else kind stays NONE */
}

ctes_status dossier_open(sb_box *box, const sb_transac *transac, sb_dossier *ret, ctes_error *err) {
    *ret = (sb_dossier){ .transac = transac,
                         .envelope_bytes = CTES_BUFFER_INIT(XML_MAX),
                         .message_bytes = CTES_BUFFER_INIT(XML_MAX) };
    CTES_TRY(store_files(box->store, transac->id, keep_message_name, ret, err));
    dossier_envelope_name(transac->path, ret->envelope_name, sizeof ret->envelope_name);
    CTES_TRY(read_member(box, ret, ret->envelope_name, &ret->envelope_bytes, &ret->envelope, err));
    return read_member(box, ret, ret->message_name, &ret->message_bytes, &ret->message, err);
}

void dossier_close(sb_dossier *dossier) {
    ctes_message_clear(&dossier->envelope);
    ctes_message_clear(&dossier->message);
    ctes_buffer_clear(&dossier->envelope_bytes);
    ctes_buffer_clear(&dossier->message_bytes);
}

/* --- steps --- */

static ctes_status set_status(sb_box *box, int64_t id, int status, const char *message,
                              ctes_error *err) {
    return store_status_set(box->store, id, status, message, NULL, 0, NULL, box_now_ms(), err);
}

/* The operator refuses an envelope whole. */
static ctes_status set_invalid(sb_box *box, const sb_transac *t, const char *text,
                               ctes_error *err) {
    int64_t ids[BATCH_MAX];
    size_t count = 0;
    CTES_TRY(store_siblings(box->store, t->envelope, ids, BATCH_MAX, &count, err));
    for (size_t i = 0; i < count; i++)
        CTES_TRY(set_status(box, ids[i], STATUS_ERROR, text, err));
    return CTES_OK;
}

static ctes_status step_check(sb_box *box, const sb_transac *t, sb_dossier *dossier,
                              ctes_error *err) {
    sb_verdict verdict = { .kind = VERDICT_GOOD };
    CTES_TRY(prefecture_check(box, dossier, &verdict, err));
    if (verdict.kind != VERDICT_GOOD)
        return set_invalid(box, t, verdict.text, err);
    return set_status(box, t->id, STATUS_WAITING, "Vérifié, en attente de transmission", err);
}

static bool expects_answer(ctes_message_kind kind) {
    return kind != CTES_M_REPONSE_COURRIER_SIMPLE && kind != CTES_M_AR_DEMANDE_PIECE &&
           kind != CTES_M_AR_LETTRE_OBSERVATIONS;
}

/* The message is listed too, as text/xml. */
static void check_format(void *user, const stored_file *file) {
    sb_verdict *verdict = user;
    if (strcmp(file->mime, "text/xml") != 0 && !mime_taken(file->mime))
        verdict_set(verdict, VERDICT_ACTE, "003",
                    "ODT-VERIF-98 : %s : ce format de fichier n'est pas accepté", file->name);
}

/* What no operator checked before, the ministry does: it refuses the envelope. */
static ctes_status check_direct(sb_box *box, sb_dossier *dossier, sb_verdict *ret,
                                ctes_error *err) {
    bool direct = false;
    int64_t before = 0;
    const sb_transac *t = dossier->transac;
    CTES_TRY(mail_direct(box, t, &direct, err));
    if (!direct)
        return CTES_OK;
    CTES_TRY(prefecture_check(box, dossier, ret, err));
    if (ret->kind != VERDICT_GOOD) {
        ret->kind = VERDICT_ENVELOPPE;
        (void)ctes_text_copy(ret->code, sizeof ret->code, "100");
    }
    if (t->type == 6 && t->related == 0)
        verdict_set(ret, VERDICT_ENVELOPPE, "100", "ODT-VERIF-98 : %s : acte inconnu",
                    dossier->message_name);
    if (t->type != 1)
        return CTES_OK;
    CTES_TRY(store_act_before(box->store, t, &before, err));
    if (before != 0)
        verdict_set(ret, VERDICT_ACTE, "003",
                    "ODT-VERIF-97 : un acte de même numéro, date et nature a déjà été transmis");
    return store_files(box->store, t->id, check_format, ret, err);
}

static ctes_status step_judge(sb_box *box, sb_transac *t, sb_dossier *dossier, ctes_error *err) {
    const sb_rules *rules = &box->options.rules;
    bool late = rules_find(rules, RULE_LATE_AR, t->number) != NULL;
    if (t->status == STATUS_TRANSMITTED && t->type == 1 &&
        (late || rules_find(rules, RULE_CLOSE, t->number) != NULL)) {
        t->late = late; /* the acknowledgement follows the error */
        return set_status(box, t->id, STATUS_ERROR, CLOSE_TEXT, err);
    }
    t->late = false;
    sb_verdict verdict = { .kind = VERDICT_GOOD };
    CTES_TRY(check_direct(box, dossier, &verdict, err));
    CTES_TRY(prefecture_judge(box, dossier, &verdict, err));
    if (verdict.kind == VERDICT_GOOD && !expects_answer(dossier->message.kind))
        t->due_ms = TRANSAC_NEVER; /* it stays where it is */
    return prefecture_answer(box, dossier, &verdict, err);
}

/* The operator acknowledges a letter by itself, as the norm wants it. One that was mailed waits for
 * the authority's own acknowledgement. */
static ctes_status step_letter(sb_box *box, const sb_transac *t, ctes_error *err) {
    bool mailed = false;
    CTES_TRY(store_envelope_is(box->store, t->envelope, "mail", &mailed, err));
    if (mailed)
        return CTES_OK;
    return set_status(box, t->id, STATUS_AR_SENT, "Acquittement envoyé", err);
}

static ctes_status take_step(sb_box *box, sb_transac *t, ctes_error *err) {
    CTES_CLEANUP(dossier_close) sb_dossier dossier = { .transac = t };
    switch (t->status) {
    case STATUS_POSTED:
        CTES_TRY(dossier_open(box, t, &dossier, err));
        return step_check(box, t, &dossier, err);
    case STATUS_WAITING:
        return set_status(box, t->id, STATUS_TRANSMITTED, SENT_TEXT, err);
    case STATUS_RECEIVED:
        return step_letter(box, t, err);
    case STATUS_TRANSMITTED:
    case STATUS_ERROR:
        CTES_TRY(dossier_open(box, t, &dossier, err));
        return step_judge(box, t, &dossier, err);
    default:
        return CTES_OK;
    }
}

static bool moves(const sb_transac *t) {
    return t->status == STATUS_POSTED || t->status == STATUS_WAITING ||
           t->status == STATUS_TRANSMITTED || t->status == STATUS_RECEIVED || t->late;
}

/* One step of one transaction, whole in the ledger. */
static ctes_status step(sb_box *box, int64_t id, bool *ret_moved, ctes_error *err) {
    sb_transac t;
    CTES_TRY(store_transac_get(box->store, id, &t, err));
    *ret_moved = moves(&t);
    if (!*ret_moved)
        return CTES_OK;
    CTES_TRY(store_begin(box->store, err));
    ctes_status status = CTES_OK;
    if (t.lag > 0)
        t.lag--; /* others of its envelope go first: trap T20 */
    else
        status = take_step(box, &t, err);
    if (t.due_ms != TRANSAC_NEVER)
        t.due_ms += box->options.delay_ms;
    if (status == CTES_OK)
        status = store_transac_move(box->store, &t, err);
    if (status == CTES_OK)
        status = store_commit(box->store, err);
    if (status != CTES_OK)
        store_rollback(box->store);
    return status;
}

static ctes_status run_to_end(sb_box *box, int64_t id, ctes_error *err) {
    bool moved = true;
    for (int i = 0; i < STEPS_MAX && moved; i++)
        CTES_TRY(step(box, id, &moved, err));
    return CTES_OK;
}

ctes_status prefecture_deposited(sb_box *box, int64_t id, ctes_error *err) {
    return box->options.pace == PACE_IMMEDIATE ? run_to_end(box, id, err) : CTES_OK;
}

ctes_status prefecture_deposited_directly(sb_box *box, int64_t id, ctes_error *err) {
    bool at_once = box->options.pace == PACE_IMMEDIATE || box->options.pace == PACE_ON_STATUS;
    return at_once ? run_to_end(box, id, err) : CTES_OK;
}

ctes_status prefecture_asked(sb_box *box, int64_t id, ctes_error *err) {
    bool moved = true;
    if (box->options.pace == PACE_ON_STATUS)
        return step(box, id, &moved, err);
    if (box->options.pace != PACE_DELAY)
        return CTES_OK;
    for (int64_t now = box_now_ms(); moved;) {
        sb_transac t;
        CTES_TRY(store_transac_get(box->store, id, &t, err));
        if (t.due_ms > now)
            break;
        CTES_TRY(step(box, id, &moved, err));
    }
    return CTES_OK;
}

static ctes_status step_all(sb_box *box, int64_t due_ms, size_t *ret_count, ctes_error *err) {
    int64_t ids[BATCH_MAX];
    size_t count = 0;
    CTES_TRY(store_pending(box->store, due_ms, ids, BATCH_MAX, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool moved = false;
        CTES_TRY(step(box, ids[i], &moved, err));
    }
    *ret_count = count;
    return CTES_OK;
}

ctes_status prefecture_listed(sb_box *box, ctes_error *err) {
    if (box->options.pace != PACE_DELAY)
        return CTES_OK;
    for (size_t count = 1; count > 0;)
        CTES_TRY(step_all(box, box_now_ms(), &count, err));
    return CTES_OK;
}

ctes_status prefecture_advance(sb_box *box, ctes_error *err) {
    size_t count = 0;
    return step_all(box, TRANSAC_NEVER, &count, err);
}
