#include "workflow/volume.h"

static int64_t slot_start(int64_t at_ms) {
    return at_ms - at_ms % CTES_VOLUME_SLOT_MS;
}

/* A slot counts until its last instant is an hour old; a later one than now's is of a clock that
 * was set back, and would count until that day. */
static bool counts(int64_t start_ms, int64_t now_ms) {
    return start_ms <= now_ms && start_ms + CTES_VOLUME_SLOT_MS + CTES_VOLUME_HOUR_MS > now_ms;
}

void ctes_volume_add(ctes_volume *volume, int64_t now_ms, int64_t at_ms, uint64_t bytes) {
    int64_t start = slot_start(at_ms);
    if (!counts(start, now_ms))
        return;
    struct ctes_volume_slot *free_one = NULL;
    for (int i = 0; i < CTES_VOLUME_SLOTS; i++) {
        struct ctes_volume_slot *slot = &volume->slots[i];
        if (slot->bytes > 0 && slot->start_ms == start) {
            slot->bytes += bytes;
            return;
        }
        if (slot->bytes == 0 || !counts(slot->start_ms, now_ms))
            free_one = slot;
    }
    if (free_one != NULL)
        *free_one = (struct ctes_volume_slot){ start, bytes };
}

uint64_t ctes_volume_hour(const ctes_volume *volume, int64_t now_ms) {
    uint64_t bytes = 0;
    for (int i = 0; i < CTES_VOLUME_SLOTS; i++)
        if (counts(volume->slots[i].start_ms, now_ms))
            bytes += volume->slots[i].bytes;
    return bytes;
}

int64_t ctes_volume_free_ms(const ctes_volume *volume, int64_t now_ms, uint64_t bytes) {
    int64_t until = now_ms;
    for (uint64_t freed = 0; freed < bytes;) { /* the oldest first */
        const struct ctes_volume_slot *oldest = NULL;
        for (int i = 0; i < CTES_VOLUME_SLOTS; i++) {
            const struct ctes_volume_slot *slot = &volume->slots[i];
            if (slot->bytes > 0 && counts(slot->start_ms, until) &&
                (oldest == NULL || slot->start_ms < oldest->start_ms))
                oldest = slot;
        }
        if (oldest == NULL)
            break;
        freed += oldest->bytes;
        until = oldest->start_ms + CTES_VOLUME_SLOT_MS + CTES_VOLUME_HOUR_MS;
    }
    return until;
}
