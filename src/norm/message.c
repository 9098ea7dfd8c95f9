/* Messages of the norm as values: their kinds, and the release of what they hold. */
#include "norm/message.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"

static const char *const ROOTS[] = { "",
#define ROOT(id, root, transaction, flux) root,
                                     CTES_MESSAGE_LIST(ROOT)
#undef ROOT
};

const char *ctes_message_root(ctes_message_kind kind) {
    size_t index = (size_t)kind;
    return index < sizeof ROOTS / sizeof ROOTS[0] ? ROOTS[index] : "";
}

ctes_message_kind ctes_message_kind_of(const char *root) {
    for (size_t i = 1; i < sizeof ROOTS / sizeof ROOTS[0]; i++)
        if (strcmp(ROOTS[i], root) == 0)
            return (ctes_message_kind)i;
    return CTES_M_NONE;
}

void ctes_fichier_clear(ctes_fichier *fichier) {
    if (fichier == NULL)
        return;
    ctes_free_charp(&fichier->nom);
    ctes_free_charp(&fichier->signature);
}

void ctes_fichiers_clear(ctes_fichiers *fichiers) {
    if (fichiers == NULL)
        return;
    for (size_t i = 0; i < fichiers->count; i++)
        ctes_fichier_clear(&fichiers->items[i]);
    free(fichiers->items);
    *fichiers = (ctes_fichiers){ 0 };
}

ctes_status ctes_fichiers_add(ctes_fichiers *fichiers, const char *nom, const char *signature,
                              ctes_error *err) {
    ctes_fichier added = { 0 };
    ctes_fichier *items = reallocarray(fichiers->items, fichiers->count + 1, sizeof *items);
    if (items == NULL)
        return ctes_fail_memory(err);
    fichiers->items = items;
    ctes_status status = ctes_text_dup(nom, &added.nom, err);
    if (status == CTES_OK)
        status = ctes_text_dup(signature, &added.signature, err);
    if (status != CTES_OK) {
        ctes_fichier_clear(&added);
        return status;
    }
    fichiers->items[fichiers->count++] = added;
    return CTES_OK;
}

ctes_status ctes_adresse_add(ctes_enveloppe_cl *enveloppe, const char *adresse, ctes_error *err) {
    size_t count = enveloppe->adresse_count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(enveloppe->adresses[i], adresse) == 0)
            return CTES_OK;
    char **adresses = reallocarray(enveloppe->adresses, count + 1, sizeof *adresses);
    if (adresses == NULL)
        return ctes_fail_memory(err);
    enveloppe->adresses = adresses;
    CTES_TRY(ctes_text_dup(adresse, &adresses[count], err));
    enveloppe->adresse_count++;
    return CTES_OK;
}

static void clear_referent(ctes_referent *referent) {
    ctes_free_charp(&referent->nom);
    ctes_free_charp(&referent->telephone);
    ctes_free_charp(&referent->email);
}

void ctes_donnees_acte_clear(ctes_donnees_acte *acte) {
    if (acte == NULL)
        return;
    ctes_free_charp(&acte->numero_interne);
    ctes_free_charp(&acte->objet);
    ctes_free_charp(&acte->precedent);
    ctes_free_charp(&acte->document_papier);
    ctes_fichier_clear(&acte->document);
    ctes_fichiers_clear(&acte->annexes);
    *acte = (ctes_donnees_acte){ .annexes_nombre = -1 };
}

void ctes_enveloppe_cl_clear(ctes_enveloppe_cl *enveloppe) {
    if (enveloppe == NULL)
        return;
    ctes_free_charp(&enveloppe->siren);
    ctes_free_charp(&enveloppe->departement);
    ctes_free_charp(&enveloppe->arrondissement);
    ctes_free_charp(&enveloppe->nature);
    clear_referent(&enveloppe->referent);
    for (size_t i = 0; i < enveloppe->adresse_count; i++)
        free(enveloppe->adresses[i]);
    free(enveloppe->adresses);
    ctes_fichiers_clear(&enveloppe->formulaires);
    *enveloppe = (ctes_enveloppe_cl){ 0 };
}

static void clear_enveloppe_mi(ctes_enveloppe_mi *enveloppe) {
    ctes_free_charp(&enveloppe->emetteur);
    clear_referent(&enveloppe->referent);
    ctes_fichiers_clear(&enveloppe->formulaires);
    ctes_free_charp(&enveloppe->destinataire);
}

static void clear_nature(ctes_nature_acte *nature) {
    ctes_free_charp(&nature->libelle);
    ctes_free_charp(&nature->abrege);
    for (size_t i = 0; i < nature->type_count; i++) {
        free(nature->types[i].code);
        free(nature->types[i].libelle);
    }
    free(nature->types);
}

void ctes_classification_clear(ctes_classification *classification) {
    if (classification == NULL)
        return;
    for (size_t i = 0; i < classification->nature_count; i++)
        clear_nature(&classification->natures[i]);
    free(classification->natures);
    for (size_t i = 0; i < classification->matiere_count; i++)
        free(classification->matieres[i].libelle);
    free(classification->matieres);
    *classification = (ctes_classification){ 0 };
}

void ctes_message_clear(ctes_message *message) {
    if (message == NULL)
        return;
    ctes_free_charp(&message->id_acte);
    ctes_free_charp(&message->code);
    ctes_free_charp(&message->texte);
    ctes_donnees_acte_clear(&message->acte);
    ctes_fichiers_clear(&message->fichiers);
    ctes_enveloppe_cl_clear(&message->enveloppe_cl);
    clear_enveloppe_mi(&message->enveloppe_mi);
    ctes_classification_clear(&message->classification);
    *message = (ctes_message)CTES_MESSAGE_INIT;
}
