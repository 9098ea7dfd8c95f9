/*
 * Any message or enveloppe. Names mean the same in every message of the norm, so one table of
 * children and one of attributes read them all; only what each kind cannot do without differs.
 */
#include "xml/read.h"

#include <stddef.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

typedef enum form { FORM_DATE, FORM_TOKEN, FORM_TEXT } form;

typedef struct member {
    const char *name;
    form form;
    size_t offset; /* in ctes_message */
} member;

#define MEMBER(name, form, field)                                                                  \
    { name, form, offsetof(ctes_message, field) }
static const member ATTRIBUTES[] = {
    MEMBER("IDActe", FORM_TOKEN, id_acte),
    MEMBER("DateReception", FORM_DATE, reception),
    MEMBER("DateCourrierPref", FORM_DATE, date),
};
static const member CHILDREN[] = {
    MEMBER("Date", FORM_DATE, date),
    MEMBER("DateDepot", FORM_DATE, date),
    MEMBER("DateClassification", FORM_DATE, date),
    MEMBER("ClassificationDateVersionEnCours", FORM_DATE, classification_en_cours),
    MEMBER("Nature", FORM_TOKEN, code),
    MEMBER("Detail", FORM_TEXT, texte),
    MEMBER("DescriptionPieces", FORM_TEXT, texte),
    MEMBER("Motif", FORM_TEXT, texte),
    MEMBER("NatureIllegalite", FORM_TEXT, texte),
};

typedef ctes_status part_reader(const xmlNode *node, ctes_message *out, ctes_error *err);

static ctes_status read_acte_recu(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_donnees_acte(node, &out->acte, err);
}
static ctes_status read_document(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_fichier(node, &out->fichiers, err);
}
static ctes_status read_documents(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_fichiers(node, "Document", &out->fichiers, err);
}
static ctes_status read_pieces(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_fichiers(node, "PieceJointe", &out->fichiers, err);
}
static ctes_status read_enveloppe_recue(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_enveloppe_cl(node, &out->enveloppe_cl, err);
}
static ctes_status read_natures(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_natures(node, &out->classification, err);
}
static ctes_status read_matieres(const xmlNode *node, ctes_message *out, ctes_error *err) {
    return ctes_read_matieres(node, &out->classification, err);
}

static ctes_status read_attributes(const xmlNode *node, ctes_message *out, ctes_error *err) {
    for (size_t i = 0; i < sizeof ATTRIBUTES / sizeof ATTRIBUTES[0]; i++) {
        void *field = (char *)out + ATTRIBUTES[i].offset;
        ctes_status status = ATTRIBUTES[i].form == FORM_DATE
                                 ? ctes_attr_date(node, ATTRIBUTES[i].name, field, err)
                                 : ctes_attr_token(node, ATTRIBUTES[i].name, field, err);
        CTES_TRY(status);
    }
    return CTES_OK;
}

static const struct {
    const char *name;
    part_reader *read;
} PARTS[] = {
    { "ActeRecu", read_acte_recu },
    { "Document", read_document },
    { "Documents", read_documents },
    { "PiecesJointes", read_pieces },
    { "InfosCourrierPref", read_attributes }, /* of the letter that is answered */
    { "EnveloppeRecue", read_enveloppe_recue },
    { "NaturesActes", read_natures },
    { "Matieres", read_matieres },
};

static ctes_status read_child(const xmlNode *child, ctes_message *out, ctes_error *err) {
    for (size_t i = 0; i < sizeof CHILDREN / sizeof CHILDREN[0]; i++) {
        void *field = (char *)out + CHILDREN[i].offset;
        if (!ctes_node_is(child, CHILDREN[i].name))
            continue;
        switch (CHILDREN[i].form) {
        case FORM_DATE:
            return ctes_node_date(child, field, err);
        case FORM_TOKEN:
            return ctes_node_token(child, field, err);
        case FORM_TEXT:
            return ctes_node_text(child, field, err);
        }
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (ctes_node_is(child, PARTS[i].name))
            return PARTS[i].read(child, out, err);
    return CTES_OK;
}

static ctes_status read_root(const xmlNode *root, ctes_message *out, ctes_error *err) {
    switch (out->kind) {
    case CTES_M_ACTE:
        return ctes_read_donnees_acte(root, &out->acte, err);
    case CTES_M_ENVELOPPE_CL:
        return ctes_read_enveloppe_cl(root, &out->enveloppe_cl, err);
    case CTES_M_ENVELOPPE_MI:
        return ctes_read_enveloppe_mi(root, &out->enveloppe_mi, err);
    default:
        break;
    }
    CTES_TRY(read_attributes(root, out, err));
    for (const xmlNode *child = ctes_node_first(root); child != NULL; child = ctes_node_next(child))
        CTES_TRY(read_child(child, out, err));
    if (out->kind == CTES_M_RETOUR_CLASSIFICATION ||
        out->kind == CTES_M_CLASSIFICATION_SANS_CHANGEMENT)
        out->classification.date = out->date;
    return CTES_OK;
}

static const char *need_text(const char *value, const char *name) {
    return value != NULL && value[0] != '\0' ? NULL : name;
}

static const char *need_date(ctes_date value, const char *name) {
    return ctes_date_given(value) ? NULL : name;
}

/* Name of a member without which the message says nothing, or NULL. */
static const char *missing(const ctes_message *m) {
    const char *name = NULL;
    switch (m->kind) {
    case CTES_M_ACTE:
        name = need_text(m->acte.numero_interne, "NumeroInterne");
        return name != NULL ? name : need_date(m->acte.date, "Date");
    case CTES_M_ENVELOPPE_CL:
        return need_text(m->enveloppe_cl.siren, "SIREN");
    case CTES_M_ENVELOPPE_MI:
        return need_text(m->enveloppe_mi.destinataire, "SIREN");
    case CTES_M_ANOMALIE_ACTE: /* a refusal with its code or its reason; echoes vary */
    case CTES_M_ANOMALIE_ENVELOPPE:
        name = need_text(m->code, "Nature");
        return name != NULL ? need_text(m->texte, name) : NULL;
    case CTES_M_RETOUR_CLASSIFICATION:
    case CTES_M_CLASSIFICATION_SANS_CHANGEMENT:
        return need_date(m->date, "DateClassification");
    case CTES_M_DEMANDE_CLASSIFICATION:
        return NULL;
    case CTES_M_AR_ACTE:
    case CTES_M_AR_ANNULATION:
    case CTES_M_AR_PIECE:
    case CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS:
        name = need_date(m->reception, "DateReception");
        return name != NULL ? name : need_text(m->id_acte, "IDActe");
    default:
        return need_text(m->id_acte, "IDActe");
    }
}

ctes_status ctes_xml_read(const ctes_schemas *schemas, const void *bytes, size_t length,
                          ctes_message *ret, char **ret_invalid, ctes_error *err) {
    xmlDoc *doc CTES_AUTO_DOC = NULL;
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    char *invalid CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_xml_parse(bytes, length, &doc, err));
    CTES_TRY(ctes_xml_kind(doc, &message.kind, err));
    CTES_TRY(read_root(xmlDocGetRootElement(doc), &message, err));
    const char *name = missing(&message);
    if (name != NULL)
        return ctes_fail(err, CTES_E_XML_FIELD, NULL, "%s/%s", ctes_message_root(message.kind),
                         name);
    if (schemas != NULL && ret_invalid != NULL) {
        ctes_complaint complaint = { .memory = false };
        CTES_TRY(ctes_schemas_judge(schemas, doc, &complaint, err));
        if (complaint.text[0] != '\0')
            CTES_TRY(ctes_text_dup(complaint.text, &invalid, err));
    }
    if (ret_invalid != NULL)
        *ret_invalid = CTES_TAKE(invalid);
    *ret = message;
    message = (ctes_message)CTES_MESSAGE_INIT;
    return CTES_OK;
}
