/* What a mail server answers, line by line: any bytes are read without harm. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/mailbox_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const char *line, ctes_imap_uids *uids) {
    uint64_t literal = 0;
    uint32_t number = 0;
    ctes_imap_answer answer;
    ctes_imap_fetch fetch = { .uid = 0 };
    if (ctes_imap_literal(line, &literal) && literal > INT64_MAX)
        abort();
    if (ctes_imap_answer_read(line, "c1", &answer) &&
        (answer.text < line || answer.text > line + strlen(line)))
        abort();
    (void)ctes_imap_number_code(line, "UIDVALIDITY", &number);
    const char *words = ctes_imap_untagged(line, "CAPABILITY");
    if (words != NULL)
        (void)ctes_imap_has_word(words, "MOVE");
    if (ctes_imap_fetch_read(line, &fetch) && fetch.quoted != NULL && fetch.quoted[0] != '"')
        abort();
    (void)ctes_imap_literal_is_body(line);
    (void)ctes_imap_separator(line);
    if (ctes_imap_search_read(line, uids, NULL) == CTES_OK && uids->count > uids->room)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = calloc(1, size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    ctes_imap_uids uids = { .items = NULL };
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        look(line, &uids);
    ctes_imap_uids_sort(&uids);
    for (size_t i = 1; i < uids.count; i++) {
        if (uids.items[i - 1] >= uids.items[i])
            abort();
    }
    ctes_imap_uids_clear(&uids);
    char *quoted = NULL;
    if (ctes_imap_quote(text, &quoted, NULL) == CTES_OK && (strlen(quoted) < 3 || quoted[0] != '"'))
        abort();
    free(quoted);
    free(text);
    return 0;
}
