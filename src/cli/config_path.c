/* Where things lie: XDG folders, paths in the configuration, the folder of the program. */
#include "cli/config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/text.h"

static const char *given(const char *variable) {
    const char *value = getenv(variable);
    return value != NULL && value[0] == '/' ? value : NULL; /* XDG: a relative path is ignored */
}

char *cli_path_xdg(const char *variable, const char *fallback, const char *name) {
    const char *base = given(variable);
    if (base != NULL)
        return cli_format("%s/%s", base, name);
    base = given("HOME");
    return base != NULL ? cli_format("%s/%s/%s", base, fallback, name) : NULL;
}

char *cli_path_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return cli_strdup(".");
    return slash == path ? cli_strdup("/") : cli_format("%.*s", (int)(slash - path), path);
}

static ctes_status below_variable(const char *variable, const char *text, char **ret,
                                  ctes_error *err) {
    const char *base = given(variable);
    if (base == NULL) {
        CLI_AUTO_FREE char *detail =
            cli_format(_("%s: the environment variable %s is not set"), text, variable);
        return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, NULL, detail);
    }
    *ret = cli_format("%s/%s", base, text + strcspn(text, "/") + 1);
    return CTES_OK;
}

ctes_status cli_path_expand(const char *text, const char *folder, char **ret, ctes_error *err) {
    if (strncmp(text, "~/", 2) == 0)
        return below_variable("HOME", text, ret, err);
    if (strncmp(text, "%d/", 3) == 0)
        return below_variable("CREDENTIALS_DIRECTORY", text, ret, err);
    *ret = text[0] == '/' ? cli_strdup(text) : cli_format("%s/%s", folder, text);
    return CTES_OK;
}

char *cli_path_beside_program(const char *name, const char *installed) {
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0 && (size_t)length < sizeof program - 1) {
        program[length] = '\0';
        CLI_AUTO_FREE char *folder = cli_path_folder(program);
        char *path = cli_format("%s/%s", folder, name);
        struct stat status;
        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
            return path;
        free(path);
    }
    return cli_strdup(installed);
}

/* `name` in the folder of what is kept: the user's own, or the system's for a service. */
static char *state_path(const char *config_path, const char *name, const char *installed) {
    static const char system_folder[] = "/etc/ctes/";
    bool is_system =
        config_path != NULL && strncmp(config_path, system_folder, sizeof system_folder - 1) == 0;
    char *own = cli_path_xdg("XDG_STATE_HOME", ".local/state", name);
    if (geteuid() != 0 && !is_system && own != NULL)
        return own;
    free(own);
    return cli_strdup(installed);
}

char *cli_path_ledger(const char *config_path) {
    return state_path(config_path, "ctes/register.db", "/var/lib/ctes/register.db");
}

char *cli_path_archives(const char *config_path) {
    return state_path(config_path, "ctes", "/var/lib/ctes");
}

bool cli_is_database(const char *ledger) {
    static const char *const schemes[] = { "postgresql://", "postgres://" };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(ledger, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

bool cli_tells_password(const char *ledger) {
    if (!cli_is_database(ledger))
        return false;
    if (strstr(ledger, "password=") != NULL)
        return true;
    const char *colon = strchr(strstr(ledger, "://") + 3, ':');
    if (colon == NULL || strchr(colon, '@') == NULL)
        return false;
    colon++;
    return strchr(",/?", colon[strspn(colon, "0123456789")]) == NULL; /* else that is a port */
}
