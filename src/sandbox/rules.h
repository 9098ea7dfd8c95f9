/* What the operator and the préfecture are told to do with an act, by its number. */
#ifndef CTES_SANDBOX_RULES_H
#define CTES_SANDBOX_RULES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum rule_kind {
    RULE_ANOMALIE,   /**< AnomalieActe with a code and a text */
    RULE_REFUSE,     /**< AnomalieEnveloppe: the whole envelope is refused */
    RULE_INVALID,    /**< the operator's own checks fail: -1 without any XML */
    RULE_VIRUS,      /**< the operator's antivirus finds something */
    RULE_PARK,       /**< 17, until a person confirms */
    RULE_LATE_AR,    /**< -1 first, the acknowledgement at the next step */
    RULE_CLOSE,      /**< -1 after "30 days", nothing follows */
    RULE_DISCORDANT, /**< an acknowledgement that answers another act */
    RULE_KEEP        /**< its cancellation is refused */
} rule_kind;

typedef struct sb_rule {
    rule_kind kind;
    char *number; /**< NumeroInterne, or "*" for every act */
    char *code;   /**< "002", or NULL */
    char *text;   /**< or NULL */
} sb_rule;

typedef struct sb_rules {
    sb_rule *items;
    size_t count;
} sb_rules;

/** Adds `NUMERO[=CODE[:text]]`. Returns false if it cannot be read (or memory is short). */
bool rules_add(sb_rules *rules, rule_kind kind, const char *spec);
void rules_clear(sb_rules *rules);

/** The first rule of that kind for this number, or NULL. */
const sb_rule *rules_find(const sb_rules *rules, rule_kind kind, const char *number);

#endif
