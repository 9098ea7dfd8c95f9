/* RetourClassification: natures with their types of documents, and the tree of matières (sheet
 * § 7.1), flattened in document order. */
#include "base/fail.h"
#include "xml/read.h"

static size_t count_named(const xmlNode *parent, const char *name) {
    size_t count = 0;
    for (const xmlNode *child = ctes_node_first(parent); child != NULL;
         child = ctes_node_next(child))
        count += ctes_node_is(child, name);
    return count;
}

static ctes_status read_types(const xmlNode *node, ctes_nature_acte *out, ctes_error *err) {
    static const char NAME[] = "TypePJNatureActe";
    size_t count = count_named(node, NAME);
    if (count == 0) /* files from before 2017 (sheet § 5.6) */
        return CTES_OK;
    out->types = calloc(count, sizeof *out->types);
    if (out->types == NULL)
        return ctes_fail_memory(err);
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (!ctes_node_is(child, NAME))
            continue;
        ctes_type_pj *type = &out->types[out->type_count++];
        CTES_TRY(ctes_attr_token(child, "CodeTypePJ", &type->code, err));
        CTES_TRY(ctes_attr_text(child, "Libelle", &type->libelle, err));
    }
    return CTES_OK;
}

static ctes_status read_nature(const xmlNode *node, ctes_nature_acte *out, ctes_error *err) {
    long code = 0;
    CTES_TRY(ctes_attr_number(node, "CodeNatureActe", INT32_MAX, &code, err));
    out->code = (int)code;
    CTES_TRY(ctes_attr_text(node, "Libelle", &out->libelle, err));
    CTES_TRY(ctes_attr_token(node, "TypeAbrege", &out->abrege, err));
    return read_types(node, out, err);
}

ctes_status ctes_read_natures(const xmlNode *node, ctes_classification *out, ctes_error *err) {
    static const char NAME[] = "NatureActe";
    size_t count = count_named(node, NAME);
    if (count == 0 || out->natures != NULL)
        return CTES_OK;
    out->natures = calloc(count, sizeof *out->natures);
    if (out->natures == NULL)
        return ctes_fail_memory(err);
    for (const xmlNode *child = ctes_node_first(node); child != NULL; child = ctes_node_next(child))
        if (ctes_node_is(child, NAME))
            CTES_TRY(read_nature(child, &out->natures[out->nature_count++], err));
    return CTES_OK;
}

static const char *const LEVELS[CTES_MATIERE_LEVELS] = { "Matiere1", "Matiere2", "Matiere3",
                                                         "Matiere4", "Matiere5" };

static size_t count_matieres(const xmlNode *parent, size_t level) {
    size_t count = 0;
    if (level == CTES_MATIERE_LEVELS)
        return 0;
    for (const xmlNode *child = ctes_node_first(parent); child != NULL;
         child = ctes_node_next(child))
        if (ctes_node_is(child, LEVELS[level]))
            count += 1 + count_matieres(child, level + 1);
    return count;
}

/* A matière without a usable code is left out with all that is below it: nothing could name it. */
static ctes_status read_level(const xmlNode *parent, ctes_matiere path, ctes_classification *out,
                              ctes_error *err) {
    if (path.count == CTES_MATIERE_LEVELS)
        return CTES_OK;
    for (const xmlNode *child = ctes_node_first(parent); child != NULL;
         child = ctes_node_next(child)) {
        long code = -1;
        if (!ctes_node_is(child, LEVELS[path.count]))
            continue;
        CTES_TRY(ctes_attr_number(child, "CodeMatiere", UINT16_MAX, &code, err));
        if (code < 0)
            continue;
        ctes_matiere own = path;
        own.level[own.count++] = (uint16_t)code;
        ctes_matiere_libelle_item *item = &out->matieres[out->matiere_count++];
        item->code = own;
        CTES_TRY(ctes_attr_text(child, "Libelle", &item->libelle, err));
        CTES_TRY(read_level(child, own, out, err));
    }
    return CTES_OK;
}

ctes_status ctes_read_matieres(const xmlNode *node, ctes_classification *out, ctes_error *err) {
    size_t count = count_matieres(node, 0);
    if (count == 0 || out->matieres != NULL)
        return CTES_OK;
    out->matieres = calloc(count, sizeof *out->matieres);
    if (out->matieres == NULL)
        return ctes_fail_memory(err);
    return read_level(node, (ctes_matiere){ .count = 0 }, out, err);
}
