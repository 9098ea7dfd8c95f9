/* Message 1-1, and the same data where the préfecture echoes it (sheet § 5.4). */
#include <stdio.h>

#include "xml/writer.h"

void ctes_write_fichier(ctes_writer *writer, const char *name, const ctes_fichier *fichier) {
    ctes_writer_open(writer, name);
    ctes_writer_leaf(writer, "NomFichier", fichier->nom);
    ctes_writer_leaf_optional(writer, "Signature", fichier->signature);
    ctes_writer_close(writer);
}

/* Without holes: level n is CodeMatieren (sheet § 5.4). */
static void write_matiere(ctes_writer *w, const ctes_matiere *matiere) {
    static const char *const NAMES[CTES_MATIERE_LEVELS] = { "CodeMatiere1", "CodeMatiere2",
                                                            "CodeMatiere3", "CodeMatiere4",
                                                            "CodeMatiere5" };
    if (matiere->count < 2 || matiere->count > CTES_MATIERE_LEVELS) {
        ctes_writer_refuse(w, "CodeMatiere");
        return;
    }
    for (size_t i = 0; i < matiere->count; i++) {
        ctes_writer_open(w, NAMES[i]);
        ctes_writer_attr_number(w, "CodeMatiere", matiere->level[i]);
        ctes_writer_close(w);
    }
}

static void write_annexes(ctes_writer *w, const ctes_fichiers *annexes) {
    ctes_writer_open(w, "Annexes");
    ctes_writer_attr_number(w, "Nombre", annexes->count); /* operators check that both agree */
    for (size_t i = 0; i < annexes->count; i++)
        ctes_write_fichier(w, "Annexe", &annexes->items[i]);
    ctes_writer_close(w);
}

/* The element is mandatory: what nothing is known of is nil. */
static void write_papier(ctes_writer *w, const char *value) {
    if (value != NULL) {
        ctes_writer_leaf(w, "DocumentPapier", value);
        return;
    }
    ctes_writer_open(w, "DocumentPapier");
    ctes_writer_attr_nil(w);
    ctes_writer_close(w);
}

void ctes_write_donnees_acte(ctes_writer *writer, const ctes_donnees_acte *acte) {
    ctes_writer_attr_date(writer, "Date", acte->date);
    ctes_writer_attr(writer, "NumeroInterne", acte->numero_interne);
    if (acte->nature <= 0)
        ctes_writer_refuse(writer, "CodeNatureActe");
    ctes_writer_attr_number(writer, "CodeNatureActe", (unsigned long)acte->nature);
    write_matiere(writer, &acte->matiere);
    ctes_writer_leaf(writer, "Objet", acte->objet);
    if (acte->precedent != NULL && acte->precedent[0] != '\0') {
        ctes_writer_open(writer, "PrecedentIdentifiantActe");
        ctes_writer_attr(writer, "IDActe", acte->precedent);
        ctes_writer_close(writer);
    }
    ctes_writer_leaf_date(writer, "ClassificationDateVersion", acte->classification_date);
    ctes_write_fichier(writer, "Document", &acte->document);
    write_annexes(writer, &acte->annexes);
    write_papier(writer, acte->document_papier);
}

ctes_status ctes_xml_write_acte(const ctes_donnees_acte *acte, ctes_buffer *out, ctes_error *err) {
    CTES_AUTO_WRITER ctes_writer writer = CTES_WRITER_INIT;
    ctes_writer_root(&writer, ctes_message_root(CTES_M_ACTE), false);
    ctes_write_donnees_acte(&writer, acte);
    return ctes_writer_finish(&writer, out, err);
}
