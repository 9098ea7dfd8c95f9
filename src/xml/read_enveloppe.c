/* Enveloppes, either way (sheet § 5.3). */
#include "base/fail.h"
#include "xml/read.h"

static ctes_status read_referent(const xmlNode *node, ctes_referent *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "Nom"))
            CTES_TRY(ctes_node_token(child, &out->nom, err));
        else if (ctes_node_is(child, "Telephone"))
            CTES_TRY(ctes_node_token(child, &out->telephone, err));
        else if (ctes_node_is(child, "Email"))
            CTES_TRY(ctes_node_token(child, &out->email, err));
    }
    return CTES_OK;
}

static ctes_status read_idcl(const xmlNode *node, ctes_enveloppe_cl *out, ctes_error *err) {
    CTES_TRY(ctes_attr_token(node, "SIREN", &out->siren, err));
    CTES_TRY(ctes_attr_token(node, "Departement", &out->departement, err));
    CTES_TRY(ctes_attr_token(node, "Arrondissement", &out->arrondissement, err));
    return ctes_attr_token(node, "Nature", &out->nature, err);
}

static ctes_status read_adresses(const xmlNode *node, ctes_enveloppe_cl *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (!ctes_node_is(child, "Email"))
            continue;
        char **adresses =
            reallocarray(out->adresses, out->adresse_count + 1, sizeof *out->adresses);
        if (adresses == NULL)
            return ctes_fail_memory(err);
        out->adresses = adresses;
        adresses[out->adresse_count] = NULL;
        CTES_TRY(ctes_node_token(child, &adresses[out->adresse_count], err));
        out->adresse_count++;
    }
    return CTES_OK;
}

static ctes_status read_emetteur_cl(const xmlNode *node, ctes_enveloppe_cl *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "IDCL"))
            CTES_TRY(read_idcl(child, out, err));
        else if (ctes_node_is(child, "Referent"))
            CTES_TRY(read_referent(child, &out->referent, err));
    }
    return CTES_OK;
}

ctes_status ctes_read_enveloppe_cl(const xmlNode *node, ctes_enveloppe_cl *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "Emetteur"))
            CTES_TRY(read_emetteur_cl(child, out, err));
        else if (ctes_node_is(child, "AdressesRetour"))
            CTES_TRY(read_adresses(child, out, err));
        else if (ctes_node_is(child, "FormulairesEnvoyes"))
            CTES_TRY(ctes_read_fichiers(child, "Formulaire", &out->formulaires, err));
    }
    return CTES_OK;
}

/* Service identifier as file names have it (sheet § 3.1): PREF044, SPREF0441, SGAR044. */
static ctes_status read_service(const xmlNode *node, const char *stem, char **field,
                                ctes_error *err) {
    char *departement CTES_AUTO_FREE = NULL;
    char *arrondissement CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_attr_token(node, "Departement", &departement, err));
    CTES_TRY(ctes_attr_token(node, "Arrondissement", &arrondissement, err));
    if (*field != NULL || departement == NULL)
        return CTES_OK;
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    CTES_TRY(ctes_buffer_printf(&text, err, "%s%s%s", stem, departement,
                                arrondissement != NULL ? arrondissement : ""));
    return ctes_buffer_take(&text, field, err);
}

static ctes_status read_emetteur_mi(const xmlNode *node, ctes_enveloppe_mi *out, ctes_error *err) {
    static const char *const SERVICES[][2] = {
        { "IDPref", "PREF" },
        { "IDSousPref", "SPREF" },
        { "IDSGAR", "SGAR" },
    };
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "Referent"))
            CTES_TRY(read_referent(child, &out->referent, err));
        for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++)
            if (ctes_node_is(child, SERVICES[i][0]))
                CTES_TRY(read_service(child, SERVICES[i][1], &out->emetteur, err));
    }
    return CTES_OK;
}

ctes_status ctes_read_enveloppe_mi(const xmlNode *node, ctes_enveloppe_mi *out, ctes_error *err) {
    for (const xmlNode *child = ctes_node_first(node); child != NULL;
         child = ctes_node_next(child)) {
        if (ctes_node_is(child, "Emetteur"))
            CTES_TRY(read_emetteur_mi(child, out, err));
        else if (ctes_node_is(child, "FormulairesEnvoyes"))
            CTES_TRY(ctes_read_fichiers(child, "Formulaire", &out->formulaires, err));
        else if (ctes_node_is(child, "Destinataire"))
            CTES_TRY(ctes_attr_token(child, "SIREN", &out->destinataire, err));
    }
    return CTES_OK;
}
