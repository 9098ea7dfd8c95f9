/* Manifests from anywhere: a row that is said to be good holds what an act needs, and can be
 * written as a row of the SCDL table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document/scdl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ctes_status look(void *user, ctes_manifest_row *row, ctes_error *err) {
    (void)err;
    ctes_buffer *out = user;
    const ctes_acte *acte = &row->acte;
    if (row->status != CTES_OK) {
        if (row->error.code != row->status || row->error.line != (int)row->line)
            abort();
        return CTES_OK;
    }
    if (acte->numero == NULL || acte->objet == NULL || acte->document.path == NULL ||
        acte->date.year == 0 || acte->matiere.count < 2 || acte->nature == CTES_NATURE_NONE)
        abort();
    static char nom[] = "Ville";
    ctes_autorite autorite = { .nom = nom, .nic = "00013", .departement = "086" };
    ctes_record record = { .numero = acte->numero,
                           .objet = acte->objet,
                           .date = acte->date,
                           .matiere = acte->matiere,
                           .nature = acte->nature };
    memcpy(autorite.siren, acte->siren, sizeof autorite.siren);
    memcpy(record.siren, acte->siren, sizeof record.siren);
    ctes_buffer_reset(out);
    return ctes_scdl_row(&record, &autorite, true, out, NULL) == CTES_E_INTERNAL ? CTES_E_INTERNAL
                                                                                 : CTES_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ctes_buffer table CTES_AUTO_BUFFER = CTES_BUFFER_INIT(1u << 20);
    ctes_error err = CTES_ERROR_INIT;
    char *copy CTES_AUTO_FREE = malloc(size + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    FILE *file CTES_AUTO_FCLOSE = fmemopen(copy, size, "r");
    if (file == NULL)
        abort();
    ctes_status status = ctes_manifest_read(file, "d", look, &table, &err);
    if (status != err.code || status == CTES_E_INTERNAL)
        abort();
    return 0;
}
