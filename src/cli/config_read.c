/* Reading ctes.conf: inih takes the lines apart, each key is judged where it stands. */
#include "cli/config.h"

#include <ini.h>
#include <string.h>

#include "cli/message.h"
#include "cli/text.h"

#define LINE_MAX_BYTES   190 /* inih cuts longer lines in two without a word */
#define CONFIG_MAX_LINES 20000
#define SECTION_MAX      40 /* inih shortens longer names without a word */
#define AUTORITE_MAX     1000

/* Keys already given, a bit for each rank. */
typedef struct keys_seen {
    uint64_t words[CLI_KEYS_MAX / 64];
} keys_seen;

typedef struct reading {
    FILE *file;
    cli_config *config;
    const char *folder;
    int line;
    bool continued;     /* the line at hand is indented: it goes on with the key before */
    keys_seen seen;     /* outside of authorities */
    keys_seen *seen_of; /* [autorite_count] */
    ctes_error *err;    /* the first fault stays */
} reading;

static int fault(reading *self, const char *detail) {
    if (self->err->code == CTES_OK) {
        (void)cli_fail(self->err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, self->config->path,
                       detail);
        self->err->line = self->line;
    }
    return 0;
}

/* Reads one line for inih, as fgets does, and counts it. */
static char *read_line(char *out, int size, void *user) {
    reading *self = user;
    if (self->err->code != CTES_OK || fgets(out, size, self->file) == NULL)
        return NULL;
    self->line++;
    size_t length = strlen(out);
    self->continued = out[0] == ' ' || out[0] == '\t';
    if (length > LINE_MAX_BYTES || (length > 0 && out[length - 1] != '\n' && !feof(self->file))) {
        (void)fault(self, _("the line is too long; a list may go on in indented lines"));
        return NULL;
    }
    if (self->line > CONFIG_MAX_LINES) {
        (void)fault(self, _("the file is too long"));
        return NULL;
    }
    if (!cli_is_utf8(out)) {
        (void)fault(self, _("the line is not UTF-8 text"));
        return NULL;
    }
    return out;
}

/* The authority of a section "autorite" or "autorite KEY", added when it is new; NULL when there
 *  are too many. */
static ctes_autorite *autorite_of(reading *self, const char *section, keys_seen **ret_seen) {
    cli_config *config = self->config;
    const char *key = section + strlen("autorite");
    key += strspn(key, " \t");
    for (size_t i = 0; i < config->autorite_count; i++) {
        if (strcmp(config->autorites[i].key, *key != '\0' ? key : "autorite") == 0) {
            *ret_seen = &self->seen_of[i];
            return &config->autorites[i];
        }
    }
    if (config->autorite_count >= AUTORITE_MAX)
        return NULL;
    size_t count = config->autorite_count + 1;
    config->autorites = cli_realloc(config->autorites, count, sizeof *config->autorites);
    self->seen_of = cli_realloc(self->seen_of, count, sizeof *self->seen_of);
    self->seen_of[count - 1] = (keys_seen){ { 0 } };
    config->autorites[count - 1] = (ctes_autorite)CTES_AUTORITE_INIT;
    config->autorites[count - 1].key = cli_strdup(*key != '\0' ? key : "autorite");
    config->autorite_count = count;
    *ret_seen = &self->seen_of[count - 1];
    return &config->autorites[count - 1];
}

static int unknown(reading *self, const char *section, const char *name) {
    const char *nearest = cli_config_nearest(section, name);
    const char *written = name != NULL ? name : section;
    CLI_AUTO_FREE char *detail = NULL;
    if (nearest != NULL)
        detail = cli_format(name != NULL ? _("unknown key \"%s\"; did you mean \"%s\"?")
                                         : _("unknown section \"%s\"; did you mean \"%s\"?"),
                            written, nearest);
    else
        detail = cli_format(name != NULL ? _("unknown key \"%s\"") : _("unknown section \"%s\""),
                            written);
    return fault(self, detail);
}

/* inih takes comments off the line of a key, not off those that go on with it. */
static void cut_comment(char *text) {
    for (char *at = text; *at != '\0'; at++)
        if (*at == ';' && (at == text || at[-1] == ' ' || at[-1] == '\t')) {
            *at = '\0';
            return;
        }
}

/* Was it there before? */
static bool note(keys_seen *seen, unsigned rank) {
    uint64_t *word = &seen->words[rank / 64], bit = UINT64_C(1) << rank % 64;
    bool known = (*word & bit) != 0;
    *word |= bit;
    return known;
}

static int take_value(void *user, const char *section, const char *name, const char *value) {
    reading *self = user;
    if (self->err->code != CTES_OK)
        return 0;
    if (strlen(section) > SECTION_MAX)
        return fault(self, _("the section's name is too long"));
    bool is_autorite = strncmp(section, "autorite", 8) == 0 && strchr(" \t", section[8]) != NULL;
    const char *kind = is_autorite ? "autorite" : section;
    if (!cli_config_section_exists(kind))
        return unknown(self, section, NULL);
    int rank = cli_config_rank(kind, name);
    if (rank < 0)
        return unknown(self, kind, name);
    keys_seen *seen = &self->seen;
    ctes_autorite *autorite = NULL;
    if (is_autorite && (autorite = autorite_of(self, section, &seen)) == NULL)
        return fault(self, _("there are too many authorities"));
    bool goes_on = self->continued && strcmp(name, "adresses_retour") == 0;
    if (note(seen, (unsigned)rank) && !goes_on) {
        CLI_AUTO_FREE char *detail = cli_format(_("\"%s\" is given twice"), name);
        return fault(self, detail);
    }
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_FREE char *text = cli_strdup(value);
    if (self->continued)
        cut_comment(text);
    if (cli_config_set(self->config, autorite, kind, name, text, self->folder, &err) != CTES_OK)
        return fault(self, err.detail);
    return 1;
}

ctes_status cli_config_read(cli_config *config, FILE *file, ctes_error *err) {
    CLI_AUTO_FREE char *folder = cli_path_folder(config->path);
    ctes_error first = CTES_ERROR_INIT;
    reading self = { .file = file, .config = config, .folder = folder, .err = &first };
    int wrong = ini_parse_stream(read_line, &self, take_value, &self);
    free(self.seen_of);
    if (first.code == CTES_OK && wrong != 0) {
        self.line = wrong;
        (void)fault(&self, _("neither a [section] nor a \"key = value\""));
    }
    if (first.code == CTES_OK && ferror(file) != 0)
        (void)fault(&self, _("the file cannot be read"));
    if (first.code != CTES_OK)
        *err = first;
    return first.code;
}
