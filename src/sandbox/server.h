/* The HTTP server: connections in, exchanges answered, replies out. */
#ifndef CTES_SANDBOX_SERVER_H
#define CTES_SANDBOX_SERVER_H

#include "sandbox/box.h"

typedef struct sb_server sb_server;

/** Listens; fills `box->base_url`. */
ctes_status server_start(sb_box *box, sb_server **ret, ctes_error *err) CTES_MUST_CHECK;
/** Waits for the requests under way and closes. `box->stop_fd` must be readable. */
void server_stop(sb_server *server);

#endif
