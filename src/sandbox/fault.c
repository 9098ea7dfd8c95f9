#include "sandbox/fault.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

typedef struct sb_planned {
    fault_kind kind;
    char endpoint[64]; /* empty: any */
    long left;         /* -1: always */
} sb_planned;

#define FAULTS_MAX 128

struct fault_plan {
    pthread_mutex_t mutex;
    sb_planned items[FAULTS_MAX];
    size_t count;
};

static const struct {
    const char *name;
    char moment;
} kinds[] = { { "", ' ' },
#define FAULT_ROW(id, name, moment) { name, moment },
              FAULT_LIST(FAULT_ROW)
#undef FAULT_ROW
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

const char *fault_name(fault_kind kind) {
    return (size_t)kind < KIND_COUNT ? kinds[kind].name : "";
}

char fault_moment(fault_kind kind) {
    return (size_t)kind < KIND_COUNT ? kinds[kind].moment : ' ';
}

fault_plan *fault_plan_new(void) {
    fault_plan *plan = calloc(1, sizeof *plan);
    if (plan != NULL && pthread_mutex_init(&plan->mutex, NULL) != 0) {
        free(plan);
        return NULL;
    }
    return plan;
}

void fault_plan_free(fault_plan *plan) {
    if (plan == NULL)
        return;
    (void)pthread_mutex_destroy(&plan->mutex);
    free(plan);
}

static bool read_count(const char *text, long *ret) {
    if (strcmp(text, "*") == 0) {
        *ret = -1;
        return true;
    }
    char *end = NULL;
    long count = strtol(text, &end, 10);
    if (end == text || *end != '\0' || count < 1)
        return false;
    *ret = count;
    return true;
}

/* `KIND[@ENDPOINT][:COUNT]` taken apart in a copy of it. */
static bool read_spec(char *spec, sb_planned *ret) {
    sb_planned made = { .kind = FAULT_NONE, .left = 1 };
    char *count = strrchr(spec, ':');
    if (count != NULL) {
        *count = '\0';
        if (!read_count(count + 1, &made.left))
            return false;
    }
    char *endpoint = strchr(spec, '@');
    if (endpoint != NULL) {
        *endpoint++ = '\0';
        size_t length = strlen(endpoint);
        if (length > 4 && strcmp(endpoint + length - 4, ".php") == 0)
            endpoint[length - 4] = '\0';
        if (*endpoint == '\0' || !ctes_text_copy(made.endpoint, sizeof made.endpoint, endpoint))
            return false;
    }
    for (size_t i = 1; i < KIND_COUNT; i++) {
        if (strcmp(spec, kinds[i].name) == 0)
            made.kind = (fault_kind)i;
    }
    *ret = made;
    return made.kind != FAULT_NONE;
}

bool fault_plan_add(fault_plan *plan, const char *spec) {
    char copy[128];
    sb_planned made;
    if (!ctes_text_copy(copy, sizeof copy, spec) || !read_spec(copy, &made))
        return false;
    (void)pthread_mutex_lock(&plan->mutex);
    /* a place whose count has run out serves again, so that a long test never fills the plan */
    size_t place = 0;
    while (place < plan->count && plan->items[place].left != 0)
        place++;
    bool fits = place < FAULTS_MAX;
    if (fits) {
        if (place == plan->count)
            plan->count++;
        plan->items[place] = made;
    }
    (void)pthread_mutex_unlock(&plan->mutex);
    return fits;
}

static bool concerns(const sb_planned *item, const char *script, const char *alias) {
    if (item->left == 0)
        return false;
    if (item->endpoint[0] == '\0')
        return true;
    size_t length = strlen(item->endpoint);
    if (script != NULL && strncmp(script, item->endpoint, length) == 0 &&
        (script[length] == '\0' || strcmp(script + length, ".php") == 0))
        return true;
    return alias != NULL && strcmp(alias, item->endpoint) == 0;
}

/* kind FAULT_NONE: whatever is planned for the moments that a whole request knows */
static fault_kind take(fault_plan *plan, fault_kind kind, const char *script, const char *alias) {
    fault_kind taken = FAULT_NONE;
    (void)pthread_mutex_lock(&plan->mutex);
    for (size_t i = 0; i < plan->count && taken == FAULT_NONE; i++) {
        sb_planned *item = &plan->items[i];
        char moment = fault_moment(item->kind);
        bool wanted = kind == FAULT_NONE ? moment != 'c' && moment != 'p' : item->kind == kind;
        if (wanted && concerns(item, script, alias)) {
            taken = item->kind;
            if (item->left > 0)
                item->left--;
        }
    }
    (void)pthread_mutex_unlock(&plan->mutex);
    return taken;
}

fault_kind fault_take(fault_plan *plan, const char *script, const char *alias) {
    return take(plan, FAULT_NONE, script, alias);
}

bool fault_take_kind(fault_plan *plan, fault_kind kind, const char *script, const char *alias) {
    return take(plan, kind, script, alias) == kind;
}
