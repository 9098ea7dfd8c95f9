#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "ledger/postgres.h"

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

bool ledger_is_postgres(const char *url) {
    return starts_with(url, "postgresql://") || starts_with(url, "postgres://");
}

static void free_options(PQconninfoOption **options) {
    for (PQconninfoOption *o = *options; o != NULL && o->keyword != NULL; o++)
        if (o->val != NULL)
            ctes_wipe(o->val, strlen(o->val));
    PQconninfoFree(*options);
    *options = NULL;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword) {
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL ? options->val : "";
    return "";
}

/* libpq ends the password at the first "@" and the address at the first "/": a password with one of
 * them would go on in the host's, port's or base's place, and from there into messages. */
static bool is_misread(const PQconninfoOption *options) {
    return strchr(value_of(options, "host"), '@') != NULL ||
           strchr(value_of(options, "dbname"), '@') != NULL ||
           strspn(value_of(options, "port"), "0123456789,") != strlen(value_of(options, "port"));
}

ctes_status ledger_postgres_name(const char *url, char **ret, ctes_error *err) {
    char *complaint = NULL;
    CTES_CLEANUP(free_options) PQconninfoOption *options = PQconninfoParse(url, &complaint);
    if (complaint != NULL) { /* it quotes the URL: not told */
        ctes_wipe(complaint, strlen(complaint));
        PQfreemem(complaint);
    }
    if (options == NULL || is_misread(options))
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, "postgresql://", "%s",
                             "postgresql://USER@HOST:PORT/BASE, @ = %40, / = %2F");
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(4096);
    const char *user = value_of(options, "user");
    const char *port = value_of(options, "port");
    CTES_TRY(ctes_buffer_printf(&name, err, "postgresql://%s%s%s%s%s/%s", user,
                                user[0] != '\0' ? "@" : "", value_of(options, "host"),
                                port[0] != '\0' ? ":" : "", port, value_of(options, "dbname")));
    ctes_text_clean(name.data);
    return ctes_buffer_take(&name, ret, err);
}
