/* Names of members: the one rule that writing and reading share. */
#ifndef CTES_PACK_NAME_H
#define CTES_PACK_NAME_H

#include <ctes/error.h>

#include "base/cleanup.h"

#define CTES_PACK_NAME_MAX                                                                         \
    99 /* ustar's name field less its NUL: no long-name record is ever needed */

/** @return CTES_OK, or CTES_E_ARCHIVE_MEMBER for a name that is not the plain ASCII name of a file
 *          in the top folder. */
ctes_status ctes_pack_name_check(const char *name, ctes_error *err) CTES_MUST_CHECK;

#endif
