#include "workflow/numbers.h"

#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"

struct ctes_number {
    char siren[10];
    char numero_interne[CTES_NUMERO_MAX + 1];
};

void ctes_numbers_clear(ctes_numbers *numbers) {
    free(numbers->items);
    *numbers = (ctes_numbers){ 0 };
}

static int compare(const void *a, const void *b) {
    return memcmp(a, b, sizeof(ctes_number));
}

static bool number_of(ctes_session *session, const ctes_acte *acte, ctes_number *ret) {
    ctes_link *link = NULL;
    ctes_number number = { "", "" };
    if (ctes_session_link(session, acte->siren, &link, NULL) != CTES_OK ||
        ctes_numero_normalise(acte->numero, number.numero_interne, NULL, NULL) != CTES_OK)
        return false;
    (void)ctes_text_copy(number.siren, sizeof number.siren, link->autorite->siren);
    *ret = number;
    return true;
}

ctes_status ctes_numbers_note(ctes_numbers *numbers, ctes_session *session, const ctes_acte *acte,
                              ctes_error *err) {
    ctes_number number;
    if (!number_of(session, acte, &number))
        return CTES_OK;
    ctes_number *items =
        ctes_array_room(numbers->items, numbers->count, &numbers->room, sizeof *items);
    if (items == NULL)
        return ctes_fail_memory(err);
    numbers->items = items;
    numbers->items[numbers->count++] = number;
    return CTES_OK;
}

void ctes_numbers_sort(ctes_numbers *numbers) {
    if (numbers->count > 0)
        qsort(numbers->items, numbers->count, sizeof *numbers->items, compare);
}

bool ctes_numbers_collide(const ctes_numbers *numbers, ctes_session *session,
                          const ctes_acte *acte) {
    ctes_number number;
    if (numbers->count == 0 || !number_of(session, acte, &number))
        return false;
    const ctes_number *found =
        bsearch(&number, numbers->items, numbers->count, sizeof number, compare);
    if (found == NULL)
        return false;
    const ctes_number *end = numbers->items + numbers->count;
    return (found > numbers->items && compare(&number, found - 1) == 0) ||
           (found + 1 < end && compare(&number, found + 1) == 0);
}
