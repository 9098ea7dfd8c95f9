/* Letters (sheet § 2 and 5.4): what the authority writes, and what both sides write alike. */
#include "base/fail.h"
#include "norm/regles.h"
#include "xml/writer.h"

void ctes_write_id_acte(ctes_writer *writer, const ctes_message *message) {
    if (message->id_acte != NULL && message->id_acte[0] == '\0')
        ctes_writer_refuse(writer, "IDActe");
    ctes_writer_attr(writer, "IDActe", message->id_acte);
}

void ctes_write_infos_courrier(ctes_writer *writer, const ctes_message *message) {
    ctes_write_id_acte(writer, message);
    ctes_writer_attr_date(writer, "DateCourrierPref", message->date);
}

void ctes_write_document(ctes_writer *writer, const ctes_message *message) {
    if (message->fichiers.count != 1) {
        ctes_writer_refuse(writer, "Document");
        return;
    }
    ctes_write_fichier(writer, "Document", &message->fichiers.items[0]);
}

void ctes_write_fichiers(ctes_writer *writer, const char *list, const char *item,
                         const ctes_fichiers *fichiers) {
    ctes_writer_open(writer, list);
    for (size_t i = 0; i < fichiers->count; i++)
        ctes_write_fichier(writer, item, &fichiers->items[i]);
    ctes_writer_close(writer);
}

static void write_pieces(ctes_writer *w, const ctes_message *message) {
    if (message->fichiers.count == 0)
        ctes_writer_refuse(w, "Document");
    ctes_write_fichiers(w, "Documents", "Document", &message->fichiers);
}

void ctes_write_foreign(ctes_writer *writer, const ctes_message *message) {
    (void)ctes_fail(&writer->failure, CTES_E_USAGE, NULL, "%s", ctes_message_root(message->kind));
}

static void write_body(ctes_writer *w, const ctes_message *message) {
    switch (message->kind) {
    case CTES_M_REPONSE_COURRIER_SIMPLE:
    case CTES_M_REFUS_PIECE:
    case CTES_M_REJET_LETTRE_OBSERVATIONS:
    case CTES_M_REPONSE_LETTRE_OBSERVATIONS:
        ctes_write_infos_courrier(w, message);
        ctes_write_document(w, message);
        break;
    case CTES_M_PIECE:
        ctes_write_infos_courrier(w, message);
        write_pieces(w, message);
        break;
    case CTES_M_AR_DEMANDE_PIECE:
    case CTES_M_AR_LETTRE_OBSERVATIONS:
        ctes_write_infos_courrier(w, message);
        break;
    case CTES_M_ANNULATION:
        ctes_write_id_acte(w, message);
        break;
    case CTES_M_DEMANDE_CLASSIFICATION:
        if (ctes_date_given(message->date))
            ctes_writer_leaf_date(w, "DateClassification", message->date);
        break;
    default:
        ctes_write_foreign(w, message);
    }
}

ctes_status ctes_xml_write_courrier(const ctes_message *message, ctes_buffer *out,
                                    ctes_error *err) {
    CTES_AUTO_WRITER ctes_writer writer = CTES_WRITER_INIT;
    ctes_writer_root(&writer, ctes_message_root(message->kind), false);
    write_body(&writer, message);
    return ctes_writer_finish(&writer, out, err);
}
