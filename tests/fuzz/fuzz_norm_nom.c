/* Names, identifiers, numbers, dates and subjects from anywhere. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "norm/nom.h"
#include "norm/regles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = strndup((const char *)data, size);
    ctes_nom_parts parts;
    ctes_date date;
    ctes_matiere matiere;
    char numero[CTES_NUMERO_MAX + 1], *sent = NULL, *changes = NULL;
    if (text == NULL)
        return 0;
    if (ctes_nom_parse(text, &parts, NULL) == CTES_OK && strlen(parts.siren) != 9)
        abort();
    if (ctes_nom_id_acte_parse(text, &parts, NULL) == CTES_OK && parts.date.year == 0)
        abort();
    (void)ctes_date_parse(text, &date, NULL);
    (void)ctes_matiere_parse(text, &matiere, NULL);
    (void)ctes_numero_normalise(text, numero, NULL, NULL);
    if (ctes_objet_transliterer(text, &sent, &changes, NULL) == CTES_OK) {
        free(sent);
        free(changes);
    }
    free(text);
    return 0;
}
