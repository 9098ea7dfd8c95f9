/* Names of the states (sheet § 5). */
#ifndef CTES_SANDBOX_STATUS_NAME_H
#define CTES_SANDBOX_STATUS_NAME_H

const char *status_name(int status); /**< "" outside -1 … 22 */

#endif
