#include "base/array.h"

#include <stdlib.h>

enum { FIRST = 64 };

void *ctes_array_room(void *items, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return items;
    size_t more = *room > 0 ? 2 * *room : FIRST;
    void *grown = reallocarray(items, more, size);
    if (grown != NULL)
        *room = more;
    return grown;
}
