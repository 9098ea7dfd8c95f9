/* S2LOW's replies: any bytes are judged, read and shown without harm. */
#include <stdint.h>
#include <stdlib.h>

#include "operator/s2low_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *body = (const char *)data;
    (void)ctes_s2low_reply_read(body, size, true);
    ctes_s2low_reply reply = ctes_s2low_reply_read(body, size, false);
    int64_t number = 0;
    while (ctes_s2low_reply_number(&reply, &number))
        if (reply.verdict == CTES_S2LOW_FOREIGN)
            abort(); /* nothing can be taken out of what is no reply */
    char *text = NULL;
    if (ctes_s2low_text(reply.rest, reply.rest_length, &text, NULL) == CTES_OK)
        (void)ctes_s2low_words_of(text);
    free(text);
    return 0;
}
