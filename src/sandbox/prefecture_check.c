/* The operator's own checks, done by its workers after the deposit (sheet § 5). */
#include "sandbox/prefecture.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/classification.h"
#include "sandbox/mime.h"

#define INVALID "Enveloppe invalide : "

static void check_schema(const sb_box *box, const sb_dossier *dossier, sb_verdict *verdict) {
    const struct {
        const char *name;
        const ctes_buffer *bytes;
    } parts[] = { { dossier->envelope_name, &dossier->envelope_bytes },
                  { dossier->message_name, &dossier->message_bytes } };
    for (size_t i = 0; i < 2; i++) {
        ctes_error err = CTES_ERROR_INIT;
        if (ctes_xml_validate(box->schemas, parts[i].bytes->data, parts[i].bytes->length, &err) !=
            CTES_OK)
            verdict_set(verdict, VERDICT_INVALID, "", INVALID "%.90s : %.450s", parts[i].name,
                        err.detail);
    }
}

typedef struct type_check {
    const sb_box *box;
    const sb_dossier *dossier;
    sb_verdict *verdict;
} type_check;

static void check_type(void *user, const stored_file *file) {
    const type_check *check = user;
    if (file->code_pj[0] != '\0' &&
        !classification_allows(check->box, check->dossier->transac->nature, file->code_pj))
        verdict_set(check->verdict, VERDICT_INVALID, "",
                    INVALID "la typologie %s n'est pas autorisée pour la nature %s", file->code_pj,
                    check->dossier->transac->abrege);
}

/* A PDF is taken for whole when it ends, and for readable when no password locks it. */
static void check_pdf(const char *name, const char *bytes, size_t length, sb_verdict *verdict) {
    size_t tail = length < 2048 ? length : 2048;
    const char *end = bytes + length - tail;
    if (memmem(end, tail, "%%EOF", 5) == NULL)
        verdict_set(verdict, VERDICT_INVALID, "", INVALID "le fichier PDF %s est corrompu", name);
    else if (ctes_pdf_locked(end, tail, end, 0))
        verdict_set(verdict, VERDICT_INVALID, "", INVALID "le fichier PDF %s est protégé", name);
}

static ctes_status check_member(void *user, const char *name, const void *bytes, size_t length,
                                ctes_error *err) {
    (void)err;
    if (mime_is_pdf(mime_sniff(bytes, length)))
        check_pdf(name, bytes, length, user);
    return CTES_OK;
}

ctes_status prefecture_check(sb_box *box, sb_dossier *dossier, sb_verdict *ret, ctes_error *err) {
    const sb_rules *rules = &box->options.rules;
    const char *number = dossier->transac->number;
    if (rules_find(rules, RULE_VIRUS, number) != NULL)
        verdict_set(ret, VERDICT_INVALID, "",
                    "L'archive est infectée par un virus. Retour de l'antivirus.");
    const sb_rule *invalid = rules_find(rules, RULE_INVALID, number);
    if (invalid != NULL)
        verdict_set(ret, VERDICT_INVALID, "", INVALID "%s",
                    invalid->text != NULL ? invalid->text : "refus demandé au bac à sable");
    if (dossier->missing)
        verdict_set(ret, VERDICT_INVALID, "", INVALID "le fichier archive n'est plus disponible");
    if (ret->kind != VERDICT_GOOD)
        return CTES_OK;
    check_schema(box, dossier, ret);
    type_check check = { .box = box, .dossier = dossier, .verdict = ret };
    if (dossier->transac->type == 1)
        CTES_TRY(store_files(box->store, dossier->transac->id, check_type, &check, err));
    return store_members(box->store, dossier->transac->path, check_member, ret, err);
}
