/* What the préfecture's side answers (sheet § 2). */
#include "xml/writer.h"

static void write_acte_recu(ctes_writer *w, const ctes_message *message) {
    ctes_writer_open(w, "ActeRecu");
    ctes_write_donnees_acte(w, &message->acte);
    ctes_writer_close(w);
    ctes_writer_leaf_date(w, "ClassificationDateVersionEnCours", message->classification_en_cours);
}

static void write_anomalie(ctes_writer *w, const ctes_message *message) {
    ctes_writer_leaf_date(w, "Date", message->date);
    ctes_writer_leaf(w, "Nature", message->code);
    ctes_writer_leaf_optional(w, "Detail", message->texte);
}

static void write_ar_attributes(ctes_writer *w, const ctes_message *message) {
    ctes_write_id_acte(w, message);
    ctes_writer_attr_date(w, "DateReception", message->reception);
}

/* A letter to the authority; `texte` is what it asks for or says, where it says any. */
static void write_lettre(ctes_writer *w, const ctes_message *message, const char *texte) {
    ctes_write_infos_courrier(w, message);
    if (texte != NULL)
        ctes_writer_leaf(w, texte, message->texte);
    ctes_write_document(w, message);
}

static void write_ar_lettre(ctes_writer *w, const ctes_message *message) {
    ctes_writer_attr_date(w, "DateReception", message->reception);
    ctes_writer_open(w, "InfosCourrierPref");
    ctes_write_infos_courrier(w, message);
    ctes_writer_close(w);
}

static void write_defere(ctes_writer *w, const ctes_message *message) {
    ctes_write_id_acte(w, message);
    ctes_writer_leaf_date(w, "DateDepot", message->date);
    ctes_writer_leaf(w, "NatureIllegalite", message->texte);
    ctes_write_fichiers(w, "PiecesJointes", "PieceJointe", &message->fichiers);
}

static void write_anomalie_enveloppe(ctes_writer *w, const ctes_message *message) {
    write_anomalie(w, message);
    ctes_writer_open(w, "EnveloppeRecue");
    ctes_write_enveloppe_cl(w, &message->enveloppe_cl);
    ctes_writer_close(w);
}

static void write_body(ctes_writer *w, const ctes_message *message) {
    switch (message->kind) {
    case CTES_M_AR_ACTE:
        write_ar_attributes(w, message);
        write_acte_recu(w, message);
        break;
    case CTES_M_ANOMALIE_ACTE:
        write_anomalie(w, message);
        write_acte_recu(w, message);
        break;
    case CTES_M_AR_ANNULATION:
        write_ar_attributes(w, message);
        break;
    case CTES_M_COURRIER_SIMPLE:
        write_lettre(w, message, NULL);
        break;
    case CTES_M_DEMANDE_PIECE:
        write_lettre(w, message, "DescriptionPieces");
        break;
    case CTES_M_LETTRE_OBSERVATIONS:
        write_lettre(w, message, "Motif");
        break;
    case CTES_M_AR_PIECE:
    case CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS:
        write_ar_lettre(w, message);
        break;
    case CTES_M_DEFERE_TA:
        write_defere(w, message);
        break;
    case CTES_M_ENVELOPPE_MI:
        ctes_write_enveloppe_mi(w, &message->enveloppe_mi);
        break;
    case CTES_M_ANOMALIE_ENVELOPPE:
        write_anomalie_enveloppe(w, message);
        break;
    case CTES_M_RETOUR_CLASSIFICATION:
        ctes_write_classification(w, &message->classification);
        break;
    case CTES_M_CLASSIFICATION_SANS_CHANGEMENT:
        ctes_writer_leaf_date(w, "DateClassification", message->classification.date);
        break;
    default:
        ctes_write_foreign(w, message);
    }
}

ctes_status ctes_xml_write_retour(const ctes_message *message, ctes_buffer *out, ctes_error *err) {
    CTES_AUTO_WRITER ctes_writer writer = CTES_WRITER_INIT;
    bool insee = message->kind == CTES_M_ENVELOPPE_MI || message->kind == CTES_M_ANOMALIE_ENVELOPPE;
    ctes_writer_root(&writer, ctes_message_root(message->kind), insee);
    write_body(&writer, message);
    return ctes_writer_finish(&writer, out, err);
}
