/* The classification: served (sheet § 3.5), asked for, and what it allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "sandbox/change.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

#define CLASSIFICATION_MAX (4u << 20)

/* Types of documents by nature (sheet actes-norm § 7.4), in one list that words split. */
static const char *const types_of[] = {
    "99_DE 99_AR 99_SE 21_DA 21_DB 21_DE 21_DO 21_EP 21_PA 21_RP 23_DE 23_IA 31_DE 31_DP 41_RA "
    "42_AC 42_DE 43_AC 70_DE",
    "99_AR 99_SE 21_DA 21_DB 21_DE 21_DO 21_EP 21_PA 21_RP",
    "99_AI 99_SE 22_AC 22_AG 22_AR 22_AT 22_AV 22_CO 22_DD 22_DN 22_DP 22_LE 22_NE 22_PE 22_PN "
    "22_RE 22_TA 23_PR 33_AO 41_AT 41_AV 41_CA 41_CM 41_DA 41_DE 41_IC 41_IN 41_NC 43_AC 43_AT "
    "43_AV 43_CA 43_CM 43_DA 43_IN 43_LI 43_NC",
    "99_DC 99_SE 10_AV 10_DE 11_AC 11_AE 11_AP 11_AT 11_AV 11_IN 11_JU 11_PV 11_RA 11_RC 11_RP "
    "11_TP 12_AD 12_CC 12_CD 12_CR 12_DA 12_DC 12_IP 12_NR 12_RS 12_ST 16_AA 16_AE 16_CA 16_CT "
    "17_RC 31_AA 31_CO 31_DE 31_DP 32_AA 32_CV 32_DC 32_DE 32_DP 33_AC 33_AO 33_CC 42_AC 42_AT "
    "42_AV 42_DE 43_AC",
    "99_BU 99_SE 70_DE",
    "99_AU 99_SE",
};

#define NATURES (sizeof types_of / sizeof types_of[0])

bool classification_allows(const sb_box *box, int nature, const char *code) {
    const ctes_classification *c = &box->classification_tree.classification;
    for (size_t i = 0; i < c->nature_count; i++) {
        if (c->natures[i].code != nature)
            continue;
        for (size_t j = 0; j < c->natures[i].type_count; j++) {
            const char *known = c->natures[i].types[j].code;
            if (known != NULL && strcmp(known, code) == 0)
                return true;
        }
    }
    return false;
}

static ctes_status fill_types(ctes_nature_acte *nature, const char *words, ctes_error *err) {
    nature->types = calloc((strlen(words) + 1) / 6, sizeof *nature->types);
    if (nature->types == NULL)
        return CTES_E_MEMORY;
    for (; *words != '\0'; words += words[5] == ' ' ? 6 : 5) {
        char code[6];
        (void)snprintf(code, sizeof code, "%.5s", words);
        ctes_type_pj *type = &nature->types[nature->type_count++];
        CTES_TRY(ctes_text_dup(code, &type->code, err));
        CTES_TRY(ctes_text_dup(code, &type->libelle, err));
    }
    return CTES_OK;
}

static ctes_status fill_natures(ctes_classification *c, ctes_error *err) {
    c->natures = calloc(NATURES, sizeof *c->natures);
    if (c->natures == NULL)
        return CTES_E_MEMORY;
    for (size_t i = 0; i < NATURES; i++) {
        ctes_nature nature = (ctes_nature)(i + 1);
        ctes_nature_acte *made = &c->natures[c->nature_count++];
        made->code = (int)i + 1;
        CTES_TRY(ctes_text_dup(ctes_nature_libelle(nature), &made->libelle, err));
        CTES_TRY(ctes_text_dup(ctes_nature_abrege(nature), &made->abrege, err));
        CTES_TRY(fill_types(made, types_of[i], err));
    }
    return CTES_OK;
}

static ctes_status add_matiere(ctes_classification *c, const ctes_matiere *code, unsigned level,
                               bool *ret_known, ctes_error *err) {
    const char *label = ctes_matiere_libelle(code, level);
    *ret_known = label != NULL;
    if (label == NULL)
        return CTES_OK;
    ctes_matiere_libelle_item *item = &c->matieres[c->matiere_count++];
    item->code = *code;
    item->code.count = (uint8_t)level;
    return ctes_text_dup(label, &item->libelle, err);
}

static ctes_status fill_matieres(ctes_classification *c, ctes_error *err) {
    c->matieres = calloc(128, sizeof *c->matieres);
    if (c->matieres == NULL)
        return CTES_E_MEMORY;
    for (uint16_t first = 1; first <= 9; first++) {
        ctes_matiere code = { .count = 2, .level = { first, 1 } };
        bool known = false;
        CTES_TRY(add_matiere(c, &code, 1, &known, err));
        for (code.level[1] = 1, known = true; known && code.level[1] <= 12; code.level[1]++)
            CTES_TRY(add_matiere(c, &code, 2, &known, err));
    }
    return CTES_OK;
}

ctes_status classification_load(sb_box *box, ctes_error *err) {
    box->classification.max = CLASSIFICATION_MAX;
    ctes_message *tree = &box->classification_tree;
    if (box->options.classification != NULL) {
        CTES_TRY(ctes_file_read(box->options.classification, &box->classification, err));
        CTES_TRY(ctes_xml_read(NULL, box->classification.data, box->classification.length, tree,
                               NULL, err));
        if (!box->options.classification_checked)
            box->options.classification_date = tree->classification.date;
        return CTES_OK;
    }
    tree->kind = CTES_M_RETOUR_CLASSIFICATION;
    tree->classification.date = tree->date = box->options.classification_date;
    CTES_TRY(fill_natures(&tree->classification, err));
    CTES_TRY(fill_matieres(&tree->classification, err));
    return ctes_xml_write_retour(tree, &box->classification, err);
}

void page_classification_fetch(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_ENTER, true))
        return;
    if (x->box->options.never_classified) {
        reply_failure(x, "Erreur de récupération de la dernière classification.");
        return;
    }
    reply_type(x, "text/xml;charset=iso-8859-1");
    reply_header(x, "Content-disposition", "attachment; filename=classification.xml");
    reply_put(x, x->box->classification.data, x->box->classification.length);
    reply_puts(x, "\r\n");
}

static int64_t start_of_today_ms(void) {
    time_t now = time(NULL);
    struct tm day;
    if (localtime_r(&now, &day) == NULL)
        return 0;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    return (int64_t)mktime(&day) * 1000;
}

static void request(sb_exchange *x) {
    const sb_authority *a = x->account->authority;
    int64_t pending = 0;
    ctes_error err = CTES_ERROR_INIT;
    if (x->box->options.restrict_classification &&
        (store_type_pending(x->box->store, a->siren, 7, start_of_today_ms(), &pending, &err) !=
             CTES_OK ||
         pending != 0)) {
        reply_failure(x, "La dernière demande de classification date de moins d'un jour.");
        return;
    }
    char name[64];
    (void)snprintf(name, sizeof name, "%s-%s----7-1_0.xml", a->departement, a->siren);
    deposit_own_message(
        x, &(own_message){ .type = 7,
                           .name = name,
                           .xml = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
                                  "<actes:DemandeClassification xmlns:actes=\"" CTES_XML_NS_ACTES
                                  "\"/>\n" });
}

void page_classification_request(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_SEND, true))
        return;
    store_lock(x->box->store);
    request(x);
    store_unlock(x->box->store);
}
