#include "cli/text.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/terminal.h"

_Noreturn void cli_out_of_memory(void) {
    static const char text[] = "ctes: out of memory\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(CLI_EXIT_SYSTEM);
}

char *cli_strdup(const char *text) {
    char *copy = strdup(text);
    if (copy == NULL)
        cli_out_of_memory();
    return copy;
}

char *cli_format(const char *format, ...) {
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        cli_out_of_memory();
    return text;
}

void *cli_realloc(void *block, size_t count, size_t size) {
    void *larger = reallocarray(block, count, size);
    if (larger == NULL)
        cli_out_of_memory();
    return larger;
}

/* Length of the valid UTF-8 sequence at `at` and its code point; 0 when it is not one. */
static size_t decode(const unsigned char *at, uint32_t *ret) {
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (length == 1) {
        *ret = at[0];
        return 1;
    }
    if (at[0] < 0xC2 || at[0] > 0xF4)
        return 0;
    uint32_t point = at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) /* also stops at the terminating NUL */
            return 0;
        point = point << 6 | (at[i] & 0x3Fu);
    }
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    *ret = point;
    return length;
}

bool cli_is_utf8(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    uint32_t point = 0;
    for (size_t length; *at != '\0'; at += length)
        if ((length = decode(at, &point)) == 0)
            return false;
    return true;
}

/* Characters that steer a terminal or turn the reading direction of what follows. */
static bool steers(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0xFEFF;
}

void cli_put(FILE *out, const char *text) {
    const unsigned char *at = (const unsigned char *)(text != NULL ? text : "");
    while (*at != '\0') {
        uint32_t point = 0;
        size_t length = decode(at, &point);
        if (length == 0) {
            (void)fprintf(out, "\\x%02X", *at);
            at++;
        } else {
            if (steers(point))
                (void)fputc(' ', out);
            else
                (void)fwrite(at, 1, length, out);
            at += length;
        }
    }
}

void cli_put_field(const char *label, const char *value) {
    if (value == NULL || *value == '\0')
        return;
    (void)fputs(label, stdout);
    for (size_t columns = cli_columns(label); columns < 26; columns++)
        (void)fputc(' ', stdout);
    cli_put(stdout, value);
    (void)fputc('\n', stdout);
}

void cli_put_priority(FILE *out, int priority) {
    if (out == stderr && cli_is_journal(STDERR_FILENO))
        (void)fprintf(out, "<%d>", priority);
}

char *cli_clean(const char *text) {
    char *copy = NULL;
    size_t size = 0;
    CLI_AUTO_FCLOSE FILE *out = open_memstream(&copy, &size);
    if (out == NULL)
        cli_out_of_memory();
    cli_put(out, text);
    FILE *written = out;
    out = NULL;
    if (fclose(written) != 0)
        cli_out_of_memory();
    return copy;
}

size_t cli_columns(const char *text) {
    size_t columns = 0;
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        uint32_t point = 0;
        size_t length = decode(at, &point);
        columns += point < 0x300 || point > 0x36F;
        at += length > 0 ? length : 1;
    }
    return columns;
}

static const char *value_of(const char *name, size_t length, const cli_fact *facts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strlen(facts[i].name) == length && strncmp(facts[i].name, name, length) == 0)
            return facts[i].value != NULL ? facts[i].value : "";
    return "";
}

/* Whether every place between `from` and `to` has a value. */
static bool is_known(const char *from, const char *to, const cli_fact *facts, size_t count) {
    for (const char *at = from; at < to; at++) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end != NULL && end < to &&
            *value_of(at + 1, (size_t)(end - at) - 1, facts, count) == '\0')
            return false;
    }
    return true;
}

void cli_sentence(FILE *out, const char *sentence, const cli_fact *facts, size_t count) {
    for (const char *at = sentence; *at != '\0'; at++) {
        const char *end = NULL;
        if (*at == '[' && (end = strchr(at, ']')) != NULL) {
            if (!is_known(at, end, facts, count))
                at = end;
        } else if (*at == '{' && (end = strchr(at, '}')) != NULL) {
            cli_put(out, value_of(at + 1, (size_t)(end - at) - 1, facts, count));
            at = end;
        } else if (*at != ']') {
            (void)fputc(*at, out);
        }
    }
}

char *cli_sentence_text(const char *sentence, const cli_fact *facts, size_t count) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    cli_sentence(out, sentence, facts, count);
    if (fclose(out) != 0)
        cli_out_of_memory();
    return text;
}

cli_short cli_sentence_short(const char *sentence, const cli_fact *facts, size_t count) {
    cli_short text = { "" };
    CLI_AUTO_FCLOSE FILE *out = fmemopen(text.text, sizeof text.text - 1, "w");
    if (out == NULL)
        cli_out_of_memory();
    cli_sentence(out, sentence, facts, count);
    (void)fflush(out); /* the result is copied before the stream is closed */
    return text;
}

/* Fills a date pattern of the person's language. */
static cli_short fill_date(const char *pattern, const struct tm *civil) {
    char year[16], month[16], day[16], hour[16], minute[16];
    (void)snprintf(year, sizeof year, "%04d", civil->tm_year + 1900);
    (void)snprintf(month, sizeof month, "%02d", civil->tm_mon + 1);
    (void)snprintf(day, sizeof day, "%02d", civil->tm_mday);
    (void)snprintf(hour, sizeof hour, "%02d", civil->tm_hour);
    (void)snprintf(minute, sizeof minute, "%02d", civil->tm_min);
    const cli_fact facts[] = {
        { "year", year }, { "month", month }, { "day", day }, { "hour", hour }, { "minute", minute }
    };
    return cli_sentence_short(pattern, facts, sizeof facts / sizeof facts[0]);
}

cli_short cli_date(ctes_date date) {
    if (date.year == 0)
        return (cli_short){ "" };
    struct tm civil = { .tm_year = date.year - 1900,
                        .tm_mon = date.month - 1,
                        .tm_mday = date.day };
    /* TRANSLATORS: order and signs of a date in your language */
    return fill_date(_("{year}-{month}-{day}"), &civil);
}

cli_short cli_instant(int64_t ms) {
    time_t seconds = (time_t)(ms / 1000);
    struct tm civil;
    if (ms == 0 || localtime_r(&seconds, &civil) == NULL)
        return (cli_short){ "" };
    /* TRANSLATORS: order and signs of a date and a time in your language */
    return fill_date(_("{year}-{month}-{day} {hour}:{minute}"), &civil);
}

cli_short cli_hour(int64_t ms, int64_t now_ms) {
    time_t at = (time_t)(ms / 1000), now = (time_t)(now_ms / 1000);
    struct tm civil, today;
    if (localtime_r(&at, &civil) == NULL || localtime_r(&now, &today) == NULL ||
        civil.tm_yday != today.tm_yday || civil.tm_year != today.tm_year)
        return cli_instant(ms);
    /* TRANSLATORS: an hour of this day */
    return fill_date(_("{hour}:{minute}"), &civil);
}

cli_short cli_instant_iso(int64_t ms) {
    cli_short text = { "" };
    time_t seconds = (time_t)(ms / 1000);
    struct tm civil;
    if (ms != 0 && gmtime_r(&seconds, &civil) != NULL)
        (void)strftime(text.text, sizeof text.text, "%Y-%m-%dT%H:%M:%SZ", &civil);
    return text;
}

cli_short cli_size(uint64_t bytes) {
    static const uint64_t MEGABYTE = UINT64_C(1024) * 1024;
    char whole[24], tenth[2] = "0";
    const cli_fact facts[] = { { "whole", whole }, { "tenth", tenth } };
    if (bytes < 1024) {
        (void)snprintf(whole, sizeof whole, "%llu", (unsigned long long)bytes);
        return cli_sentence_short(_("{whole} bytes"), facts, 2);
    }
    if (bytes < MEGABYTE) {
        (void)snprintf(whole, sizeof whole, "%llu", (unsigned long long)((bytes + 1023) / 1024));
        return cli_sentence_short(_("{whole} kB"), facts, 2);
    }
    uint64_t tenths = bytes / MEGABYTE * 10 + bytes % MEGABYTE * 10 / MEGABYTE;
    (void)snprintf(whole, sizeof whole, "%llu", (unsigned long long)(tenths / 10));
    tenth[0] = (char)('0' + tenths % 10);
    return cli_sentence_short(_("{whole}.{tenth} MB"), facts, 2);
}

cli_short cli_count(uint64_t number) {
    cli_short text;
    (void)snprintf(text.text, sizeof text.text, "%llu", (unsigned long long)number);
    return text;
}
