#include "cli/classification_tree.h"

#include "cli/report.h"
#include "cli/text.h"

typedef struct tree_run {
    const cli *self;
    const ctes_matiere *root;
    bool as_list; /* no indent: what is told are finds, not a tree */
} tree_run;

static bool is_below(const ctes_matiere *code, const ctes_matiere *root) {
    for (unsigned i = 0; i < root->count; i++)
        if (i >= code->count || code->level[i] != root->level[i])
            return false;
    return true;
}

static bool put_branch(void *user, const ctes_branche *branche) {
    const tree_run *run = user;
    char code[32];
    ctes_matiere_format(&branche->matiere, code);
    if (!is_below(&branche->matiere, run->root))
        return true;
    if (run->self->json) {
        json_t *object = json_object();
        cli_json_text(object, "code", code);
        cli_json_text(object, "label", branche->libelle);
        cli_json_set(object, "leaf", json_boolean(branche->leaf));
        cli_json_print(object);
        return true;
    }
    CLI_AUTO_FREE char *label = cli_clean(branche->libelle);
    int indent = run->as_list ? 0 : 2 * (branche->matiere.count - 1);
    (void)printf("%*s%-*s %s\n", indent, "", 12 - (indent < 8 ? indent : 8), code, label);
    return true;
}

static void say_version(const cli *self, const ctes_arbre *arbre) {
    if (self->json || self->quiet)
        return;
    ctes_date date = ctes_arbre_date(arbre);
    if (date.year == 0) {
        (void)puts(_("National classification, first two levels: the prefecture's own was not "
                     "received yet (ctes classification --refresh)."));
    } else {
        const cli_short day = cli_date(date);
        const cli_fact fact = { "date", day.text };
        cli_sentence(stdout, _("Classification of {date}"), &fact, 1);
        (void)fputc('\n', stdout);
    }
}

void cli_tree_print(const cli *self, const ctes_arbre *arbre, const ctes_matiere *root) {
    tree_run run = { .self = self, .root = root };
    say_version(self, arbre);
    ctes_arbre_walk(arbre, put_branch, &run);
}

bool cli_tree_find(const cli *self, const ctes_arbre *arbre, const char *words) {
    static const ctes_matiere everywhere = { .count = 0 };
    tree_run run = { .self = self, .root = &everywhere, .as_list = true };
    return ctes_arbre_find(arbre, words, put_branch, &run) > 0;
}

static bool put_type(void *user, const ctes_type_piece *type) {
    const tree_run *run = user;
    if (run->self->json) {
        json_t *object = json_object();
        cli_json_text(object, "type", type->code);
        cli_json_text(object, "label", type->libelle);
        cli_json_print(object);
        return true;
    }
    CLI_AUTO_FREE char *label = cli_clean(type->libelle);
    (void)printf("%s%s%s\n", type->code, label[0] != '\0' ? "  " : "", label);
    return true;
}

void cli_tree_types(const cli *self, const ctes_arbre *arbre, ctes_nature nature,
                    const ctes_matiere *matiere) {
    tree_run run = { .self = self };
    ctes_arbre_types(arbre, nature, matiere->count > 0 ? matiere : NULL, put_type, &run);
}
