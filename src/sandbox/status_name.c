#include "sandbox/status_name.h"

#include <stddef.h>

static const char *const names[] = {
    "Erreur",
    "Annulé",
    "Posté",
    "En attente de transmission",
    "Transmis",
    "Acquittement reçu",
    "Validé",
    "Refusé",
    "Document reçu",
    "Acquittement envoyé",
    "Document envoyé",
    "Refus d'envoie",
    "Acquittement de document reçu",
    "Envoyé au SAE",
    "Archivé par le SAE",
    "Erreur lors de l'archivage",
    "Reçu par le SAE",
    "Détruite",
    "En attente d'être postée",
    "En attente d'être signé",
    "En attente de transmission au SAE",
    "Erreur lors de l'envoi au SAE",
    "Document reçu (pas d'AR)",
    "Impossible d'envoyer au SAE (documents indisponibles)",
};

const char *status_name(int status) {
    const int count = (int)(sizeof names / sizeof names[0]);
    return status >= -1 && status < count - 1 ? names[status + 1] : "";
}
