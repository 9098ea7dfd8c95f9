/* Arrays that grow as they are filled. */
#ifndef CTES_BASE_ARRAY_H
#define CTES_BASE_ARRAY_H

#include <stddef.h>

/** Room for one more element of `size` bytes behind `count` of them; doubles what there is.
 *  @return the array, perhaps elsewhere, and its room in `*room`; NULL without memory, the array
 *          being as it was. */
void *ctes_array_room(void *items, size_t count, size_t *room, size_t size);

#endif
