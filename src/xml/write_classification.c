/* The classification as a tree again (sheet § 7.1). */
#include "xml/writer.h"

static void write_nature(ctes_writer *w, const ctes_nature_acte *nature) {
    ctes_writer_open(w, "NatureActe");
    if (nature->code > 0)
        ctes_writer_attr_number(w, "CodeNatureActe", (unsigned long)nature->code);
    ctes_writer_attr(w, "Libelle", nature->libelle);
    ctes_writer_attr(w, "TypeAbrege", nature->abrege);
    for (size_t i = 0; i < nature->type_count; i++) {
        ctes_writer_open(w, "TypePJNatureActe");
        ctes_writer_attr(w, "CodeTypePJ", nature->types[i].code);
        ctes_writer_attr(w, "Libelle", nature->types[i].libelle);
        ctes_writer_close(w);
    }
    ctes_writer_close(w);
}

/* Document order makes the nesting: an item closes the levels as deep as its own, then opens it. */
static void write_matieres(ctes_writer *w, const ctes_classification *classification) {
    static const char *const NAMES[CTES_MATIERE_LEVELS] = { "Matiere1", "Matiere2", "Matiere3",
                                                            "Matiere4", "Matiere5" };
    unsigned open = 0;
    ctes_writer_open(w, "Matieres");
    for (size_t i = 0; i < classification->matiere_count; i++) {
        const ctes_matiere_libelle_item *item = &classification->matieres[i];
        unsigned level = item->code.count;
        if (level < 1 || level > CTES_MATIERE_LEVELS || level > open + 1) {
            ctes_writer_refuse(w, "Matiere");
            break;
        }
        for (; open >= level; open--)
            ctes_writer_close(w);
        ctes_writer_open(w, NAMES[level - 1]);
        ctes_writer_attr_number(w, "CodeMatiere", item->code.level[level - 1]);
        ctes_writer_attr(w, "Libelle", item->libelle);
        open = level;
    }
    for (; open > 0; open--)
        ctes_writer_close(w);
    ctes_writer_close(w);
}

void ctes_write_classification(ctes_writer *writer, const ctes_classification *classification) {
    ctes_writer_leaf_date(writer, "DateClassification", classification->date);
    ctes_writer_open(writer, "NaturesActes");
    for (size_t i = 0; i < classification->nature_count; i++)
        write_nature(writer, &classification->natures[i]);
    ctes_writer_close(writer);
    write_matieres(writer, classification);
}
