#include "cli/html.h"

#include <string.h>

static void put_escaped(FILE *out, const char *text) {
    for (const char *at = text; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '"':
            (void)fputs("&quot;", out);
            break;
        case '\'':
            (void)fputs("&#39;", out);
            break;
        default:
            (void)fputc(*at, out);
        }
    }
}

void cli_html_put(FILE *out, const char *text) {
    CLI_AUTO_FREE char *clean = cli_clean(text);
    put_escaped(out, clean);
}

/* "à" is "À" less 0x20, as "a" is "A", in the second byte; that of "÷" is no letter's. */
static void capitalise(char *text) {
    unsigned char *first = (unsigned char *)text;
    if (first[0] >= 'a' && first[0] <= 'z')
        first[0] = (unsigned char)(first[0] - 0x20);
    else if (first[0] == 0xC3 && first[1] >= 0xA0 && first[1] <= 0xBE && first[1] != 0xB7)
        first[1] = (unsigned char)(first[1] - 0x20);
}

void cli_html_wrap(FILE *out, const char *before, const char *text, const char *after) {
    if (text == NULL || *text == '\0')
        return;
    CLI_AUTO_FREE char *clean = cli_clean(text);
    capitalise(clean);
    (void)fputs(before, out);
    put_escaped(out, clean);
    (void)fputs(after, out);
}

void cli_html_begin(FILE *out, const char *title) {
    /* TRANSLATORS: the code of your language, for a reader aloud */
    const char *language = _("en");
    (void)fprintf(out,
                  "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
                  language);
    cli_html_put(out, title);
    (void)fputs("</title>\n<style>\n@media print { tr { page-break-inside: avoid } "
                "thead { display: table-header-group } h2 { page-break-after: avoid } }\n"
                "</style>\n</head>\n"
                "<body style=\"margin:0;padding:16px;font:15px/1.45 'Segoe UI',Roboto,"
                "'Helvetica Neue',Arial,sans-serif\">\n"
                "<div style=\"max-width:58em;margin:0 auto\">\n"
                "<h1 style=\"font-size:22px;margin:0 0 12px\">",
                out);
    cli_html_put(out, title);
    (void)fputs("</h1>\n", out);
}

void cli_html_end(FILE *out) {
    (void)fputs("</div>\n</body>\n</html>\n", out);
}

void cli_html_section(FILE *out, const char *colour, const char *title, const char *about) {
    (void)fprintf(out,
                  "<h2 style=\"font-size:17px;margin:28px 0 6px;padding-left:10px;"
                  "border-left:5px solid %s\">",
                  colour);
    cli_html_put(out, title);
    (void)fputs("</h2>\n", out);
    if (*about != '\0') {
        (void)fputs("<p style=\"margin:0 0 8px\">", out);
        cli_html_put(out, about);
        (void)fputs("</p>\n", out);
    }
}

void cli_html_table_begin(FILE *out, const char *const columns[]) {
    (void)fputs("<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
                "style=\"border-collapse:collapse;font-size:14px\">\n<thead>\n<tr>",
                out);
    for (size_t i = 0; columns[i] != NULL; i++) {
        (void)fputs("<th style=\"padding:6px 10px 6px 0;text-align:left\">", out);
        cli_html_put(out, columns[i]);
        (void)fputs("</th>", out);
    }
    (void)fputs("</tr>\n</thead>\n<tbody>\n", out);
}

void cli_html_table_end(FILE *out) {
    (void)fputs("</tbody>\n</table>\n", out);
}
