/* A new classification: POST /sandbox/classification. The operator has it only once it asked. */
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/classification.h"
#include "sandbox/control.h"
#include "sandbox/endpoint.h"

/* Where the code stands, or where it belongs: behind its parent and what is below that already. */
static bool find_place(const ctes_classification *c, const ctes_matiere *code, size_t *ret) {
    unsigned parent = code->count - 1u;
    bool parent_found = parent == 0;
    for (size_t i = 0; i < c->matiere_count; i++) {
        const ctes_matiere *seen = &c->matieres[i].code;
        if (seen->count == code->count &&
            memcmp(seen->level, code->level, code->count * sizeof *code->level) == 0) {
            *ret = i;
            return true;
        }
        bool below = seen->count >= parent &&
                     memcmp(seen->level, code->level, parent * sizeof *code->level) == 0;
        parent_found |= below;
        if (below)
            *ret = i + 1;
    }
    if (!parent_found)
        *ret = SIZE_MAX;
    return false;
}

static ctes_status add_item(ctes_classification *c, size_t place, const ctes_matiere *code,
                            ctes_error *err) {
    ctes_matiere_libelle_item *items = realloc(c->matieres, (c->matiere_count + 1) * sizeof *items);
    if (items == NULL)
        return ctes_fail_memory(err);
    c->matieres = items;
    memmove(items + place + 1, items + place, (c->matiere_count - place) * sizeof *items);
    c->matiere_count++;
    items[place] = (ctes_matiere_libelle_item){ .code = *code };
    return CTES_OK;
}

/* A label changed, or a code added. */
static ctes_status change(ctes_classification *c, const ctes_matiere *code, const char *libelle,
                          ctes_error *err) {
    size_t place = 0;
    bool known = find_place(c, code, &place);
    if (!known && place == SIZE_MAX)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "code: nothing stands above it");
    if (!known)
        CTES_TRY(add_item(c, place, code, err));
    free(c->matieres[place].libelle);
    c->matieres[place].libelle = NULL;
    return ctes_text_dup(libelle, &c->matieres[place].libelle, err);
}

static ctes_status publish(sb_box *box, ctes_date date, const char *code, const char *libelle,
                           ctes_error *err) {
    ctes_matiere matiere;
    CTES_AUTO_MESSAGE ctes_message tree = CTES_MESSAGE_INIT;
    CTES_AUTO_BUFFER ctes_buffer xml = CTES_BUFFER_INIT(CLASSIFICATION_MAX);
    CTES_TRY(ctes_xml_read(NULL, box->en_vigueur.xml.data, box->en_vigueur.xml.length, &tree, NULL,
                           err));
    if (*code != '\0') {
        CTES_TRY(ctes_matiere_parse(code, &matiere, err));
        CTES_TRY(change(&tree.classification, &matiere, libelle, err));
    }
    tree.date = tree.classification.date = date;
    CTES_TRY(ctes_xml_write_retour(&tree, &xml, err));
    CTES_TRY(classification_set(&box->en_vigueur, xml.data, xml.length, err));
    box->options.classification_checked = true; /* acts with the old date are refused from now on */
    return CTES_OK;
}

void page_control_classification(sb_exchange *x) {
    ctes_date date;
    ctes_error err = CTES_ERROR_INIT;
    const char *code = form_value(&x->query, "code"), *libelle = form_value(&x->query, "libelle");
    if (!control_allowed(x, MHD_HTTP_METHOD_POST))
        return;
    if (ctes_date_parse(form_value(&x->query, "date"), &date, NULL) != CTES_OK) {
        control_refuse(x, "date: YYYY-MM-DD");
        return;
    }
    if ((*code == '\0') != (*libelle == '\0')) {
        control_refuse(x, "code and libelle go together");
        return;
    }
    store_lock(x->box->store);
    ctes_status status = publish(x->box, date, code, libelle, &err);
    store_unlock(x->box->store);
    if (status == CTES_OK)
        reply_puts(x, "{\"published\":true}\n");
    else if (status == CTES_E_MEMORY)
        reply_exception(x, &err);
    else
        control_refuse(x, err.detail);
}
