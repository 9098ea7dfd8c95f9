/* What the tests of xml share: files of the source tree and of ../shared, the schemas. */
#ifndef CTES_TESTS_UNIT_XML_SUPPORT_H
#define CTES_TESTS_UNIT_XML_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "xml/xml.h"

static inline const char *support_folder(const char *variable) {
    const char *folder = getenv(variable);
    return folder != NULL ? folder : "";
}

/** A path below the source tree; the caller frees it. */
static inline char *support_path(const char *folder, const char *relative) {
    char *path = NULL;
    assert_int_equal(ctes_path_join(folder, relative, &path, NULL), CTES_OK);
    return path;
}

static inline bool support_exists(const char *folder, const char *relative) {
    char *path CTES_AUTO_FREE = support_path(folder, relative);
    return folder[0] != '\0' && access(path, R_OK) == 0;
}

static inline ctes_buffer support_read(const char *folder, const char *relative) {
    char *path CTES_AUTO_FREE = support_path(folder, relative);
    ctes_buffer bytes = CTES_BUFFER_INIT(16u << 20);
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_file_read(path, &bytes, &err) != CTES_OK)
        fail_msg("%s: %s", path, err.detail);
    return bytes;
}

/** A file of tests/golden/xml. */
static inline ctes_buffer support_golden(const char *name) {
    char *path CTES_AUTO_FREE = support_path("tests/golden/xml", name);
    return support_read(support_folder("CTES_SOURCE_DIR"), path);
}

static inline ctes_schemas *support_schemas(void) {
    char *folder CTES_AUTO_FREE = support_path(support_folder("CTES_SOURCE_DIR"), "schemas");
    ctes_schemas *schemas = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_schemas_load(folder, &schemas, &err) != CTES_OK)
        fail_msg("%s: %s", err.subject, err.detail);
    return schemas;
}

#endif
