/* Giving a finished file its name, once. */
#ifndef CTES_PACK_PUBLISH_H
#define CTES_PACK_PUBLISH_H

#include "base/file.h"

/** Like ctes_file_commit, but never replaces: a file of that name makes it fail (CTES_E_IO). */
ctes_status ctes_pack_publish(ctes_file_writer *writer, ctes_error *err) CTES_MUST_CHECK;

#endif
