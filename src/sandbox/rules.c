#include "sandbox/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void rule_clear(sb_rule *rule) {
    free(rule->number);
    free(rule->code);
    free(rule->text);
}

bool rules_add(sb_rules *rules, rule_kind kind, const char *spec) {
    size_t length = strcspn(spec, "=");
    if (length == 0)
        return false;
    sb_rule made = { .kind = kind, .number = strndup(spec, length) };
    if (spec[length] == '=') {
        const char *code = spec + length + 1;
        size_t code_length = strcspn(code, ":");
        made.code = strndup(code, code_length);
        if (code[code_length] == ':')
            made.text = strdup(code + code_length + 1);
    }
    bool complete = made.number != NULL && (kind != RULE_ANOMALIE || made.code != NULL);
    sb_rule *items = complete ? realloc(rules->items, (rules->count + 1) * sizeof *items) : NULL;
    if (items == NULL) {
        rule_clear(&made);
        return false;
    }
    rules->items = items;
    items[rules->count++] = made;
    return true;
}

void rules_clear(sb_rules *rules) {
    for (size_t i = 0; i < rules->count; i++)
        rule_clear(&rules->items[i]);
    free(rules->items);
    *rules = (struct sb_rules){ .items = NULL };
}

const sb_rule *rules_find(const sb_rules *rules, rule_kind kind, const char *number) {
    for (size_t i = 0; i < rules->count; i++) {
        const sb_rule *rule = &rules->items[i];
        if (rule->kind == kind &&
            (strcmp(rule->number, "*") == 0 || strcmp(rule->number, number) == 0))
            return rule;
    }
    return NULL;
}
