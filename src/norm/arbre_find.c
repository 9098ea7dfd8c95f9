/* Matières by the words of their labels, or the beginning of their code. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "norm/arbre.h"

/* A label holds every word itself, or with the help of those above it, or the code begins so. */
typedef enum rank { RANK_NONE, RANK_INHERITED, RANK_OWN } rank;

enum { WORDS_MAX = 16 };

typedef struct search {
    char *folded; /* the words, cut apart */
    const char *words[WORDS_MAX];
    size_t word_count;
    const char *code; /* what was asked, when it can begin a code; else NULL */
    char **labels;    /* folded, one a matière; NULL where memory ran out */
} search;

static void search_clear(search *s, size_t count) {
    for (size_t i = 0; s->labels != NULL && i < count; i++)
        free(s->labels[i]);
    free((void *)s->labels);
    free(s->folded);
}

/* "subventions" finds « subvention » too: an s at the end of a long word does not count. */
static void singular(char *word) {
    size_t length = strlen(word);
    if (length > 4 && (word[length - 1] == 's' || word[length - 1] == 'x'))
        word[length - 1] = '\0';
}

static bool search_open(search *s, const ctes_classification *c, const char *words) {
    s->code = words[0] != '\0' && strspn(words, "0123456789.") == strlen(words) ? words : NULL;
    s->labels = (char **)calloc(c->matiere_count + 1, sizeof *s->labels);
    if (s->labels == NULL || ctes_text_fold(words, &s->folded, NULL) != CTES_OK)
        return false;
    for (char *word = s->folded, *end = NULL; word != NULL && s->word_count < WORDS_MAX;
         word = end) { /* folded text has single spaces */
        end = strchr(word, ' ');
        if (end != NULL)
            *end++ = '\0';
        singular(word);
        if (word[0] != '\0')
            s->words[s->word_count++] = word;
    }
    for (size_t i = 0; i < c->matiere_count; i++) {
        const char *libelle = c->matieres[i].libelle;
        if (ctes_text_fold(libelle != NULL ? libelle : "", &s->labels[i], NULL) != CTES_OK)
            return false;
    }
    return true;
}

static bool begins(const ctes_matiere *matiere, const char *asked) {
    char code[32];
    ctes_matiere_format(matiere, code);
    size_t length = strlen(asked);
    return strncmp(code, asked, length) == 0 &&
           (code[length] == '\0' || code[length] == '.' || asked[length - 1] == '.' ||
            strchr(asked, '.') != NULL);
}

/* In the label at `at`, or in one above it? */
static rank word_rank(const search *s, const ctes_classification *c, size_t at, const char *word) {
    if (strstr(s->labels[at], word) != NULL)
        return RANK_OWN;
    for (size_t i = at; i-- > 0 && c->matieres[i].code.level[0] == c->matieres[at].code.level[0];)
        if (ctes_matiere_within(&c->matieres[at].code, &c->matieres[i].code) &&
            strstr(s->labels[i], word) != NULL)
            return RANK_INHERITED;
    return RANK_NONE;
}

static rank rank_of(const search *s, const ctes_classification *c, size_t at) {
    if (s->code != NULL)
        return begins(&c->matieres[at].code, s->code) ? RANK_OWN : RANK_NONE;
    if (s->word_count == 0)
        return RANK_NONE;
    rank best = RANK_NONE, worst = RANK_OWN;
    for (size_t i = 0; i < s->word_count; i++) {
        rank found = word_rank(s, c, at, s->words[i]);
        best = found > best ? found : best;
        worst = found < worst ? found : worst;
    }
    return worst == RANK_NONE ? RANK_NONE : best; /* one word at least is its own: it comes first */
}

typedef struct telling {
    const search *search;
    const ctes_classification *classification;
    ctes_branche_fn each;
    void *user;
    rank wanted;
    size_t at, told;
    bool stopped;
} telling;

static bool tell(void *user, const ctes_branche *branche) {
    telling *t = user;
    if (rank_of(t->search, t->classification, t->at++) != t->wanted)
        return true;
    t->told++;
    t->stopped = !t->each(t->user, branche);
    return !t->stopped;
}

size_t ctes_arbre_find(const ctes_arbre *arbre, const char *words, ctes_branche_fn each,
                       void *user) {
    const ctes_classification *c = &arbre->classification;
    search s = { .folded = NULL };
    telling t = { .search = &s, .classification = c, .each = each, .user = user };
    if (search_open(&s, c, words)) {
        for (t.wanted = RANK_OWN; t.wanted > RANK_NONE && !t.stopped; t.wanted--) {
            t.at = 0;
            ctes_arbre_walk(arbre, tell, &t);
        }
    }
    search_clear(&s, c->matiere_count);
    return t.told;
}
