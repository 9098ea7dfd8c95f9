/* The classification: the national one made, or one read; and what it allows. */
#include "sandbox/classification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "norm/regles.h"

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
    const ctes_classification *c = &box->classification.tree.classification;
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

ctes_status classification_set(sb_classification *classification, const void *xml, size_t length,
                               ctes_error *err) {
    ctes_message tree = CTES_MESSAGE_INIT;
    ctes_buffer bytes = CTES_BUFFER_INIT(CLASSIFICATION_MAX);
    CTES_TRY(ctes_xml_read(NULL, xml, length, &tree, NULL, err));
    ctes_status status = ctes_buffer_append(&bytes, xml, length, err);
    if (status != CTES_OK) {
        ctes_message_clear(&tree);
        return status;
    }
    classification_clear(classification);
    *classification =
        (sb_classification){ .xml = bytes, .tree = tree, .date = tree.classification.date };
    return CTES_OK;
}

void classification_clear(sb_classification *classification) {
    ctes_message_clear(&classification->tree);
    ctes_buffer_clear(&classification->xml);
}

static ctes_status make_national(const sb_box *box, ctes_buffer *out, ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message tree = CTES_MESSAGE_INIT;
    tree.kind = CTES_M_RETOUR_CLASSIFICATION;
    tree.classification.date = tree.date = box->options.classification_date;
    CTES_TRY(fill_natures(&tree.classification, err));
    CTES_TRY(fill_matieres(&tree.classification, err));
    return ctes_xml_write_retour(&tree, out, err);
}

ctes_status classification_load(sb_box *box, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer xml = CTES_BUFFER_INIT(CLASSIFICATION_MAX);
    if (box->options.classification != NULL)
        CTES_TRY(ctes_file_read(box->options.classification, &xml, err));
    else
        CTES_TRY(make_national(box, &xml, err));
    CTES_TRY(classification_set(&box->en_vigueur, xml.data, xml.length, err));
    CTES_TRY(classification_deliver(box, err));
    /* told of another date, the préfecture is ahead of the file */
    if (box->options.classification_checked)
        box->en_vigueur.date = box->options.classification_date;
    return CTES_OK;
}

ctes_status classification_deliver(sb_box *box, ctes_error *err) {
    const ctes_buffer *xml = &box->en_vigueur.xml;
    return classification_set(&box->classification, xml->data, xml->length, err);
}
