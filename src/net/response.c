/* What every transport shares: releasing a response. */
#include "net/transport.h"

void ctes_response_clear(ctes_response *response) {
    if (response == NULL)
        return;
    free(response->location);
    response->location = NULL;
    free(response->content_type);
    response->content_type = NULL;
    ctes_buffer_clear(&response->body);
    response->status = 0;
    response->retry_after = -1;
    response->stored = 0;
    response->sent = 0;
}
