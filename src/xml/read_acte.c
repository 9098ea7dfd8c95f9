/* DonneesActe and FichierSigne (sheet § 5.2, 5.4). */
#include <string.h>

#include "xml/read.h"

static ctes_status read_signature(const xmlNode *node, char **ret, ctes_error *err) {
    CTES_TRY(ctes_node_text(node, ret, err));
    if ((*ret)[strspn(*ret, " \t\r\n")] == '\0') /* an empty element signs nothing */
        ctes_free_charp(ret);
    return CTES_OK;
}

static ctes_status read_one(const xmlNode *node, ctes_fichier *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "NomFichier"))
            CTES_TRY(ctes_node_token(child, &out->nom, err));
        else if (ctes_node_is(child, "Signature"))
            CTES_TRY(read_signature(child, &out->signature, err));
    }
    return CTES_OK;
}

ctes_status ctes_read_fichier(const xmlNode *node, ctes_fichiers *out, ctes_error *err) {
    ctes_fichier fichier CTES_CLEANUP(ctes_fichier_clear) = { 0 };
    CTES_TRY(read_one(node, &fichier, err));
    if (fichier.nom == NULL || fichier.nom[0] == '\0')
        return CTES_OK;
    return ctes_fichiers_add(out, fichier.nom, fichier.signature, err);
}

ctes_status ctes_read_fichiers(const xmlNode *parent, const char *name, ctes_fichiers *out,
                               ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(parent); child != NULL;
         child = ctes_node_next(child))
        if (ctes_node_is(child, name))
            CTES_TRY(ctes_read_fichier(child, out, err));
    return CTES_OK;
}

/* CodeMatiere1 … CodeMatiere5: the ministry sends levels back with holes between them. */
static ctes_status read_matiere(const xmlNode *node, ctes_donnees_acte *out, ctes_error *err) {
    long levels[CTES_MATIERE_LEVELS] = { 0 };
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        static const char STEM[] = "CodeMatiere";
        const char *name = ctes_chars(child->name);
        if (strncmp(name, STEM, sizeof STEM - 1) != 0)
            continue;
        const char *digit = name + sizeof STEM - 1;
        if (*digit < '1' || *digit > '5' || digit[1] != '\0')
            continue;
        long *level = &levels[*digit - '1'];
        if (*level == 0)
            CTES_TRY(ctes_attr_number(child, "CodeMatiere", UINT16_MAX, level, err));
    }
    out->matiere = (ctes_matiere){ .count = 0 };
    for (size_t i = 0; i < CTES_MATIERE_LEVELS; i++) {
        if (levels[i] == 0)
            continue;
        out->matiere_gaps = out->matiere_gaps || out->matiere.count < i;
        out->matiere.level[out->matiere.count++] = (uint16_t)levels[i];
    }
    return CTES_OK;
}

static ctes_status read_child(const xmlNode *child, ctes_donnees_acte *out, ctes_error *err) {
    if (ctes_node_is(child, "Objet"))
        return ctes_node_text(child, &out->objet, err);
    if (ctes_node_is(child, "PrecedentIdentifiantActe"))
        return ctes_attr_token(child, "IDActe", &out->precedent, err);
    if (ctes_node_is(child, "ClassificationDateVersion"))
        return ctes_node_date(child, &out->classification_date, err);
    if (ctes_node_is(child, "Document"))
        return read_one(child, &out->document, err);
    if (ctes_node_is(child, "Annexes")) {
        CTES_TRY(ctes_attr_number(child, "Nombre", INT32_MAX, &out->annexes_nombre, err));
        return ctes_read_fichiers(child, "Annexe", &out->annexes, err);
    }
    if (ctes_node_is(child, "DocumentPapier") && !ctes_node_nil(child))
        return ctes_node_token(child, &out->document_papier, err);
    return CTES_OK;
}

ctes_status ctes_read_donnees_acte(const xmlNode *node, ctes_donnees_acte *out, ctes_error *err) {
    if (out->numero_interne != NULL) /* a second ActeRecu: the first counts */
        return CTES_OK;
    long nature = 0;
    out->annexes_nombre = -1;
    CTES_TRY(ctes_attr_date(node, "Date", &out->date, err));
    CTES_TRY(ctes_attr_token(node, "NumeroInterne", &out->numero_interne, err));
    CTES_TRY(ctes_attr_number(node, "CodeNatureActe", INT32_MAX, &nature, err));
    out->nature = (int)nature;
    CTES_TRY(read_matiere(node, out, err));
    for (const xmlNode *child = ctes_node_first(node); child != NULL; child = ctes_node_next(child))
        CTES_TRY(read_child(child, out, err));
    return CTES_OK;
}
