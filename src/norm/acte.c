/* The description of an act: what it holds, and the whole check of it (fact sheet § 10). */
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/message.h"
#include "norm/nom.h"
#include "norm/regles.h"

static void clear_piece(ctes_piece *piece) {
    ctes_free_charp(&piece->path);
    ctes_free_charp(&piece->signature_path);
    ctes_free_charp(&piece->signature);
}

void ctes_acte_clear(ctes_acte *acte) {
    if (acte == NULL)
        return;
    ctes_free_charp(&acte->numero);
    ctes_free_charp(&acte->objet);
    ctes_free_charp(&acte->objet_transmis);
    ctes_free_charp(&acte->fiche);
    clear_piece(&acte->document);
    for (size_t i = 0; i < acte->annexe_count; i++)
        clear_piece(&acte->annexes[i]);
    free(acte->annexes);
    *acte = (ctes_acte)CTES_ACTE_INIT;
}

ctes_status ctes_acte_add_annexe(ctes_acte *acte, const char *path, const char *type_pj,
                                 const char *signature_path, ctes_error *err) {
    ctes_piece added = { .path = NULL };
    if (acte->annexe_count >= CTES_ANNEXES_MAX)
        return ctes_fail(err, CTES_E_TOO_MANY_FILES, path, "%d", CTES_ANNEXES_MAX);
    if (type_pj != NULL && !ctes_text_copy(added.type_pj, sizeof added.type_pj, type_pj))
        return ctes_fail(err, CTES_E_TYPE_PJ_INVALID, path, "%s", type_pj);
    ctes_piece *annexes = reallocarray(acte->annexes, acte->annexe_count + 1, sizeof *annexes);
    if (annexes == NULL)
        return ctes_fail_memory(err);
    acte->annexes = annexes;
    ctes_status status = ctes_text_dup(path, &added.path, err);
    if (status == CTES_OK)
        status = ctes_text_dup(signature_path, &added.signature_path, err);
    if (status != CTES_OK) {
        clear_piece(&added);
        return status;
    }
    acte->annexes[acte->annexe_count++] = added;
    return CTES_OK;
}

static ctes_status check_date(const ctes_acte *acte, ctes_date today, ctes_error *err) {
    if (!ctes_date_given(acte->date))
        return ctes_fail(err, CTES_E_DATE_MISSING, acte->numero, "%s", "");
    char date[11];
    ctes_date_format(acte->date, date);
    if (ctes_date_compare(acte->date, today) > 0)
        return ctes_fail(err, CTES_E_DATE_FUTURE, acte->numero, "%s", date);
    if (!ctes_date_given(acte->classification_date))
        return ctes_fail(err, CTES_E_CLASSIFICATION_DATE, acte->numero, "%s", "");
    ctes_date_format(acte->classification_date, date);
    if (ctes_date_compare(acte->classification_date, today) > 0)
        return ctes_fail(err, CTES_E_DATE_FUTURE, acte->numero, "%s", date);
    return CTES_OK;
}

/* A budget goes in one enveloppe with the deliberation that adopts it (sheet § 10): what stands
 * alone beside the XML of TotEM is that one, where the classification has a type for it (§ 7.4). */
static bool adopts_budget(const ctes_acte *acte, const ctes_piece *piece) {
    size_t length = strlen(acte->document.path);
    return acte->nature == CTES_NATURE_BUDGET && acte->matiere.count >= 2 &&
           acte->matiere.level[0] == 7 && acte->matiere.level[1] == 1 && length > 4 &&
           strcasecmp(acte->document.path + length - 4, ".xml") == 0 && acte->annexe_count == 1 &&
           piece == acte->annexes;
}

static const char *usual_type(const ctes_acte *acte, const ctes_arbre *arbre,
                              const ctes_piece *piece) {
    static const char adoption[] = "70_DE";
    if (adopts_budget(acte, piece) &&
        (arbre == NULL || ctes_arbre_type_check(arbre, acte->nature, adoption, NULL) == CTES_OK))
        return adoption;
    return arbre != NULL ? ctes_arbre_type(arbre, acte->nature, &acte->matiere)
                         : ctes_type_pj_defaut(acte->nature);
}

static ctes_status check_piece(const ctes_acte *acte, const ctes_arbre *arbre, ctes_piece *piece,
                               ctes_error *err) {
    if (piece->path == NULL || piece->path[0] == '\0')
        return ctes_fail(err, CTES_E_DOCUMENT_MISSING, acte->numero, "%s", "");
    if (piece->type_pj[0] == '\0')
        (void)ctes_text_copy(piece->type_pj, sizeof piece->type_pj, usual_type(acte, arbre, piece));
    return arbre != NULL ? ctes_arbre_type_check(arbre, acte->nature, piece->type_pj, err)
                         : ctes_type_pj_check(acte->nature, piece->type_pj, err);
}

static ctes_status check_pieces(ctes_acte *acte, const ctes_arbre *arbre, ctes_error *err) {
    CTES_TRY(check_piece(acte, arbre, &acte->document, err));
    if (acte->annexe_count > CTES_ANNEXES_MAX)
        return ctes_fail(err, CTES_E_TOO_MANY_FILES, acte->numero, "%d", CTES_ANNEXES_MAX);
    for (size_t i = 0; i < acte->annexe_count; i++)
        CTES_TRY(check_piece(acte, arbre, &acte->annexes[i], err));
    return CTES_OK;
}

static ctes_status check_words(ctes_acte *acte, const ctes_arbre *arbre, ctes_error *err) {
    if (acte->nature == CTES_NATURE_NONE)
        return ctes_fail(err, CTES_E_NATURE_MISSING, acte->numero, "%s", "");
    if (*ctes_nature_abrege(acte->nature) == '\0')
        return ctes_fail(err, CTES_E_NATURE_INVALID, acte->numero, "%d", (int)acte->nature);
    if (acte->matiere.count == 0)
        return ctes_fail(err, CTES_E_MATIERE_MISSING, acte->numero, "%s", "");
    CTES_TRY(arbre != NULL ? ctes_arbre_check(arbre, &acte->matiere, err)
                           : ctes_matiere_check(&acte->matiere, err));
    char *transmis = NULL;
    CTES_TRY(ctes_objet_transliterer(acte->objet, &transmis, NULL, err));
    free(acte->objet_transmis);
    acte->objet_transmis = transmis;
    if (acte->precedent[0] != '\0') {
        ctes_nom_parts parts;
        CTES_TRY(ctes_nom_id_acte_parse(acte->precedent, &parts, err));
    }
    return CTES_OK;
}

/* The newest that is known: the préfecture refuses an older one (sheet § 8, 002). */
static ctes_date classification_of(const ctes_autorite *autorite, const ctes_arbre *arbre) {
    if (arbre == NULL || !ctes_date_given(ctes_arbre_date(arbre)))
        return autorite->classification_date;
    ctes_date received = ctes_arbre_date(arbre);
    return ctes_date_compare(received, autorite->classification_date) > 0
               ? received
               : autorite->classification_date;
}

ctes_status ctes_acte_check(ctes_acte *acte, const ctes_autorite *autorite, const ctes_arbre *arbre,
                            ctes_date today, ctes_error *err) {
    CTES_TRY(ctes_numero_normalise(acte->numero, acte->numero_interne, NULL, err));
    (void)ctes_text_copy(acte->siren, sizeof acte->siren, autorite->siren);
    if (!ctes_date_given(acte->classification_date))
        acte->classification_date = classification_of(autorite, arbre);
    ctes_status status = check_date(acte, today, err);
    if (status == CTES_OK)
        status = check_words(acte, arbre, err);
    if (status == CTES_OK)
        status = check_pieces(acte, arbre, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_ACTE, acte->numero);
}
