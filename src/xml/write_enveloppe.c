/* Enveloppes, either way (sheet § 5.3). */
#include <string.h>

#include "xml/writer.h"

/* Left out whole when nothing is known; an empty address would be invalid. */
static void write_referent(ctes_writer *w, const ctes_referent *referent) {
    if (referent->nom == NULL && referent->telephone == NULL && referent->email == NULL)
        return;
    ctes_writer_open(w, "Referent");
    ctes_writer_leaf_optional(w, "Nom", referent->nom);
    ctes_writer_leaf_optional(w, "Telephone", referent->telephone);
    ctes_writer_leaf_optional(w, "Email", referent->email);
    ctes_writer_close(w);
}

static void write_formulaires(ctes_writer *w, const ctes_fichiers *formulaires) {
    if (formulaires->count == 0)
        ctes_writer_refuse(w, "Formulaire");
    ctes_writer_open(w, "FormulairesEnvoyes");
    for (size_t i = 0; i < formulaires->count; i++)
        ctes_write_fichier(w, "Formulaire", &formulaires->items[i]);
    ctes_writer_close(w);
}

void ctes_write_enveloppe_cl(ctes_writer *writer, const ctes_enveloppe_cl *enveloppe) {
    ctes_writer_open(writer, "Emetteur");
    ctes_writer_open(writer, "IDCL");
    ctes_writer_attr_siren(writer, enveloppe->siren);
    ctes_writer_attr(writer, "Departement", enveloppe->departement);
    ctes_writer_attr(writer, "Arrondissement", enveloppe->arrondissement);
    ctes_writer_attr(writer, "Nature", enveloppe->nature);
    ctes_writer_close(writer);
    write_referent(writer, &enveloppe->referent);
    ctes_writer_close(writer);
    if (enveloppe->adresse_count == 0)
        ctes_writer_refuse(writer, "AdressesRetour");
    ctes_writer_open(writer, "AdressesRetour");
    for (size_t i = 0; i < enveloppe->adresse_count; i++)
        ctes_writer_leaf(writer, "Email", enveloppe->adresses[i]);
    ctes_writer_close(writer);
    write_formulaires(writer, &enveloppe->formulaires);
}

/* The service's identifier taken apart: PREF044, SPREF0441, SGAR044. */
static void write_service(ctes_writer *w, const char *emetteur) {
    static const struct {
        const char *stem, *element;
        size_t digits; /* département, arrondissement */
    } SERVICES[] = {
        { "PREF", "IDPref", 3 },
        { "SPREF", "IDSousPref", 4 },
        { "SGAR", "IDSGAR", 3 },
    };
    for (size_t i = 0; emetteur != NULL && i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        size_t stem = strlen(SERVICES[i].stem);
        if (strncmp(emetteur, SERVICES[i].stem, stem) != 0 ||
            strlen(emetteur) != stem + SERVICES[i].digits)
            continue;
        char departement[4] = { emetteur[stem], emetteur[stem + 1], emetteur[stem + 2], '\0' };
        ctes_writer_open(w, SERVICES[i].element);
        ctes_writer_attr(w, "Departement", departement);
        if (SERVICES[i].digits == 4)
            ctes_writer_attr(w, "Arrondissement", emetteur + stem + 3);
        ctes_writer_close(w);
        return;
    }
    ctes_writer_refuse(w, "Emetteur");
}

void ctes_write_enveloppe_mi(ctes_writer *writer, const ctes_enveloppe_mi *enveloppe) {
    ctes_writer_open(writer, "Emetteur");
    write_service(writer, enveloppe->emetteur);
    write_referent(writer, &enveloppe->referent);
    ctes_writer_close(writer);
    write_formulaires(writer, &enveloppe->formulaires);
    ctes_writer_open(writer, "Destinataire");
    ctes_writer_attr_siren(writer, enveloppe->destinataire);
    ctes_writer_close(writer);
}

ctes_status ctes_xml_write_enveloppe(const ctes_enveloppe_cl *enveloppe, ctes_buffer *out,
                                     ctes_error *err) {
    CTES_AUTO_WRITER ctes_writer writer = CTES_WRITER_INIT;
    ctes_writer_root(&writer, ctes_message_root(CTES_M_ENVELOPPE_CL), true);
    ctes_write_enveloppe_cl(&writer, enveloppe);
    return ctes_writer_finish(&writer, out, err);
}
