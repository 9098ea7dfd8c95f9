/* What the ministry's server verifies: names, counts, SIREN, signatures, classification. */
#include "sandbox/prefecture.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"

/* Texts of the norm's samples (sheet actes-norm § 8); the last two numbers are the sandbox's own:
 * no source gives the real ones. */
#define UNKNOWN_TRANSACTION                                                                        \
    "ODT-VERIF-17 : La transaction que vous avez envoyé n'est pas reconnu dans l'application "    \
    "ACTES."
#define UNKNOWN_SIREN "PREF-VERIF-02 : Le SIREN %s n'est pas enregistré dans l'application ACTES"
#define STALE                                                                                      \
    "ODT-VERIF-01 : Votre acte a été transmis avec une date de classification qui n'est pas à " \
    "jour"
#define INCOHERENT    "ODT-VERIF-98 : %s : %s"
#define BAD_SIGNATURE "ODT-VERIF-99 : la signature de %s n'est pas valide"

typedef struct sb_seen {
    sb_box *box;
    sb_dossier *dossier;
    sb_verdict *verdict;
    size_t expected, found;
} sb_seen;

static void check_siren(const sb_box *box, const sb_dossier *dossier, sb_verdict *verdict) {
    const char *siren = dossier->envelope.enveloppe_cl.siren;
    const sb_authority *known = siren != NULL ? accounts_authority(&box->accounts, siren) : NULL;
    const char *base = strrchr(dossier->transac->path, '/');
    if (known == NULL || !known->registered)
        verdict_set(verdict, VERDICT_ENVELOPPE, "005", "%s -> " UNKNOWN_SIREN,
                    base != NULL ? base + 1 : "", siren != NULL ? siren : "");
}

/* Of the decision, or of the day the enveloppe was made: operators do either (sheet § 3.2). */
static bool date_good(const sb_dossier *dossier, ctes_date named) {
    ctes_nom_parts enveloppe;
    return ctes_date_compare(named, dossier->message.acte.date) == 0 ||
           (ctes_nom_parse(dossier->envelope_name, &enveloppe, NULL) == CTES_OK &&
            ctes_date_compare(named, enveloppe.date) == 0);
}

/* The message's name must say what the message says. */
static void check_message_name(const sb_dossier *dossier, sb_verdict *verdict) {
    ctes_nom_parts parts;
    const ctes_donnees_acte *acte = &dossier->message.acte;
    const ctes_enveloppe_cl *from = &dossier->envelope.enveloppe_cl;
    bool good = ctes_nom_parse(dossier->message_name, &parts, NULL) == CTES_OK &&
                parts.genre == CTES_NOM_MESSAGE && (int)parts.transaction == dossier->transac->type;
    if (good && dossier->transac->type == 1)
        good = parts.flux == 1 && from->siren != NULL && strcmp(parts.siren, from->siren) == 0 &&
               from->departement != NULL && strcmp(parts.departement, from->departement) == 0 &&
               acte->numero_interne != NULL &&
               strcmp(parts.numero_interne, acte->numero_interne) == 0 &&
               date_good(dossier, parts.date) && acte->nature >= 1 && acte->nature <= 6 &&
               strcmp(parts.nature, ctes_nature_abrege((ctes_nature)acte->nature)) == 0;
    if (!good)
        verdict_set(verdict, VERDICT_ENVELOPPE, "999", UNKNOWN_TRANSACTION);
}

static bool names(const ctes_donnees_acte *acte, const char *name) {
    if (acte->document.nom != NULL && strcmp(acte->document.nom, name) == 0)
        return true;
    for (size_t i = 0; i < acte->annexes.count; i++) {
        if (acte->annexes.items[i].nom != NULL && strcmp(acte->annexes.items[i].nom, name) == 0)
            return true;
    }
    return false;
}

static bool is_formulaire(const sb_dossier *dossier, const char *name) {
    const ctes_fichiers *list = &dossier->envelope.enveloppe_cl.formulaires;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].nom != NULL && strcmp(list->items[i].nom, name) == 0)
            return true;
    }
    return false;
}

/* Name of a document: the message's stem behind a type, and a known extension. */
static bool document_name_good(const sb_dossier *dossier, const char *name) {
    ctes_nom_parts parts;
    size_t stem = strcspn(dossier->message_name, "_");
    const char *mark = strrchr(dossier->message_name, '_');
    stem = mark != NULL ? (size_t)(mark - dossier->message_name) : stem;
    return ctes_nom_parse(name, &parts, NULL) == CTES_OK && parts.genre == CTES_NOM_DOCUMENT &&
           strlen(name) > 6 + stem && memcmp(name + 6, dossier->message_name, stem) == 0;
}

static ctes_status see_member(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    sb_seen *seen = user;
    (void)bytes, (void)length, (void)err;
    if (names(&seen->dossier->message.acte, name)) {
        seen->found++;
        if (!document_name_good(seen->dossier, name))
            verdict_set(seen->verdict, VERDICT_ENVELOPPE, "999", UNKNOWN_TRANSACTION);
    } else if (strcmp(name, seen->dossier->envelope_name) != 0 &&
               !is_formulaire(seen->dossier, name) &&
               seen->dossier->envelope.enveloppe_cl.formulaires.count == 1) {
        verdict_set(seen->verdict, VERDICT_ENVELOPPE, "100", INCOHERENT, name,
                    "ce fichier n'est cité nulle part");
    }
    return CTES_OK;
}

static ctes_status check_files(sb_box *box, sb_dossier *dossier, sb_verdict *verdict,
                               ctes_error *err) {
    const ctes_donnees_acte *acte = &dossier->message.acte;
    if (acte->annexes_nombre != (long)acte->annexes.count)
        verdict_set(verdict, VERDICT_ACTE, "003", INCOHERENT, dossier->message_name,
                    "le nombre d'annexes annoncé n'est pas celui des annexes citées");
    sb_seen seen = { .box = box, .dossier = dossier, .verdict = verdict };
    seen.expected = acte->annexes.count + 1;
    CTES_TRY(store_members(box->store, dossier->transac->path, see_member, &seen, err));
    if (seen.found != seen.expected)
        verdict_set(verdict, VERDICT_ENVELOPPE, "100", INCOHERENT, dossier->message_name,
                    "un fichier cité manque dans l'archive");
    return CTES_OK;
}

static ctes_status check_signature(sb_box *box, sb_dossier *dossier, const ctes_fichier *file,
                                   sb_verdict *verdict, ctes_error *err) {
    if (file->signature == NULL || file->nom == NULL)
        return CTES_OK;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    ctes_error fault = CTES_ERROR_INIT;
    CTES_TRY(store_member_get(box->store, dossier->transac->path, file->nom, &bytes, err));
    ctes_status status =
        ctes_signature_verify_bytes(file->signature, strlen(file->signature), bytes.data,
                                    bytes.length, box->trust, NULL, &fault);
    if (status != CTES_OK)
        verdict_set(verdict, VERDICT_ACTE, "003", BAD_SIGNATURE, file->nom);
    return CTES_OK;
}

static ctes_status check_signatures(sb_box *box, sb_dossier *dossier, sb_verdict *verdict,
                                    ctes_error *err) {
    const ctes_donnees_acte *acte = &dossier->message.acte;
    CTES_TRY(check_signature(box, dossier, &acte->document, verdict, err));
    for (size_t i = 0; i < acte->annexes.count; i++)
        CTES_TRY(check_signature(box, dossier, &acte->annexes.items[i], verdict, err));
    const ctes_fichiers *list = &dossier->envelope.enveloppe_cl.formulaires;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].nom != NULL && strcmp(list->items[i].nom, dossier->message_name) == 0)
            CTES_TRY(check_signature(box, dossier, &list->items[i], verdict, err));
    }
    return CTES_OK;
}

/* An enveloppe falls with the first act that is looked at, whichever of them is the reason. */
static const sb_rule *find_refusal(const sb_box *box, const sb_dossier *dossier) {
    const ctes_fichiers *list = &dossier->envelope.enveloppe_cl.formulaires;
    const sb_rule *refuse = rules_find(&box->options.rules, RULE_REFUSE, dossier->transac->number);
    ctes_nom_parts parts;
    for (size_t i = 0; refuse == NULL && i < list->count; i++)
        if (list->items[i].nom != NULL &&
            ctes_nom_parse(list->items[i].nom, &parts, NULL) == CTES_OK)
            refuse = rules_find(&box->options.rules, RULE_REFUSE, parts.numero_interne);
    return refuse;
}

static void apply_rules(const sb_box *box, const sb_dossier *dossier, sb_verdict *verdict) {
    const char *number = dossier->transac->number;
    const sb_rule *refuse = find_refusal(box, dossier);
    if (refuse != NULL)
        verdict_set(verdict, VERDICT_ENVELOPPE, refuse->code != NULL ? refuse->code : "100", "%s",
                    refuse->text != NULL ? refuse->text : "Refus demandé au bac à sable");
    const sb_rule *anomalie = rules_find(&box->options.rules, RULE_ANOMALIE, number);
    if (anomalie != NULL)
        verdict_set(verdict, VERDICT_ACTE, anomalie->code, "%s",
                    anomalie->text != NULL ? anomalie->text : "Anomalie demandée au bac à sable");
}

static void check_cancellation(const sb_box *box, const sb_dossier *dossier, sb_verdict *verdict) {
    const sb_rule *keep = rules_find(&box->options.rules, RULE_KEEP, dossier->transac->number);
    if (keep != NULL)
        verdict_set(verdict, VERDICT_ENVELOPPE, keep->code != NULL ? keep->code : "100", "%s",
                    keep->text != NULL ? keep->text : "Annulation refusée par le bac à sable");
}

ctes_status prefecture_judge(sb_box *box, sb_dossier *dossier, sb_verdict *ret, ctes_error *err) {
    check_siren(box, dossier, ret);
    check_message_name(dossier, ret);
    if (dossier->transac->type == 6)
        check_cancellation(box, dossier, ret);
    if (dossier->transac->type != 1)
        return prefecture_judge_courrier(box, dossier, ret, err);
    if (ret->kind == VERDICT_GOOD)
        CTES_TRY(check_files(box, dossier, ret, err));
    if (ret->kind == VERDICT_GOOD)
        CTES_TRY(check_signatures(box, dossier, ret, err));
    if (box->options.classification_checked &&
        ctes_date_compare(dossier->message.acte.classification_date, box->en_vigueur.date) != 0)
        verdict_set(ret, VERDICT_ACTE, "002", STALE);
    apply_rules(box, dossier, ret);
    return CTES_OK;
}
