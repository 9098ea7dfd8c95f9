#include "floor.h"

#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

static const char HELP[] =
    "Usage: floor [OPTION]... --list FILE --register FILE --url URL --day YYYYMMDD\n"
    "Sends the acts of a list at the least cost; see floor.h.\n\n"
    "  --list FILE        a line an act: SIREN, login:password, number, date, serial, subject,\n"
    "                     document, annexes; separated by tabs\n"
    "  --register FILE    SQLite file that the acts are recorded in\n"
    "  --url URL          the operator\n"
    "  --day YYYYMMDD     today\n"
    "  --ca FILE, --certificate FILE, --key FILE, --signer FILE, --signer-key FILE\n"
    "  --level N          documents are deflated at this level; 0: stored (0)\n"
    "  --threads N        acts on their way at once (1)\n"
    "  --group N          acts to a commit (32)\n"
    "  --evidence FOLDER  keep and hash each archive too, as an authority has to\n";

typedef struct floor_options {
    const char *list, *reg, *url, *day, *ca, *certificate, *key, *signer, *signer_key, *evidence;
    unsigned level, threads, group;
} floor_options;

typedef struct floor_work {
    floor_options options;
    floor_register *reg;
    FILE *list; /* stdio locks it: each line goes to one thread */
} floor_work;

_Noreturn void floor_die(const char *what, const char *why) {
    (void)fprintf(stderr, "floor: %s: %s\n", what, why != NULL ? why : "failed");
    exit(1);
}

static void parse_line(char *line, floor_acte *ret) {
    const char **fields[] = { &ret->siren, &ret->account, &ret->numero,
                              &ret->date,  &ret->serial,  &ret->objet };
    char *rest = line;
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        *fields[i] = strsep(&rest, "\t");
    ret->piece_count = 0;
    while (rest != NULL && ret->piece_count < FLOOR_PIECES)
        ret->pieces[ret->piece_count++] = strsep(&rest, "\t");
    if (ret->piece_count == 0 || rest != NULL)
        floor_die(line, "not a line of the list");
}

static void keep(const floor_options *options, floor_signer *signer, const floor_package *package) {
    char path[1024];
    uint8_t digest[32];
    (void)snprintf(path, sizeof path, "%s/%s", options->evidence, package->name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const floor_bytes *archive = &package->archive;
    if (fd < 0 || write(fd, archive->data, archive->length) != (ssize_t)archive->length ||
        fdatasync(fd) != 0)
        floor_die(path, "cannot be written");
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* new pages of memory are dear */
    (void)close(fd);
    floor_hash(signer, archive->data, archive->length, digest);
}

static void *work(void *user) {
    floor_work *all = user;
    const floor_options *options = &all->options;
    floor_signer *signer = floor_signer_new(options->signer, options->signer_key);
    floor_link *link =
        floor_link_new(options->url, options->ca, options->certificate, options->key);
    floor_package package;
    floor_package_init(&package, (int)options->level);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, all->list) > 0) {
        floor_acte acte;
        parse_line(line, &acte);
        floor_package_make(&package, signer, &acte, options->day);
        if (options->evidence != NULL)
            keep(options, signer, &package);
        long long transaction = floor_upload(link, acte.account, &package);
        floor_record(all->reg, &acte, &package, transaction);
    }
    free(line);
    floor_package_clear(&package);
    floor_link_free(link);
    floor_signer_free(signer);
    return NULL;
}

typedef struct option_line {
    const char *name;
    const char **text;
    unsigned *number; /* when it is no text */
    bool needed;
} option_line;

enum { OPTIONS = 13 };

static void take_option(const option_line *line, const char *value) {
    if (line->text != NULL)
        *line->text = value;
    else
        *line->number = (unsigned)strtoul(value, NULL, 10);
}

static floor_options read_options(int argc, char **argv) {
    floor_options o = { .threads = 1, .group = 32 };
    const option_line lines[OPTIONS] = {
        { "list", &o.list, NULL, true },
        { "register", &o.reg, NULL, true },
        { "url", &o.url, NULL, true },
        { "day", &o.day, NULL, true },
        { "ca", &o.ca, NULL, true },
        { "certificate", &o.certificate, NULL, true },
        { "key", &o.key, NULL, true },
        { "signer", &o.signer, NULL, true },
        { "signer-key", &o.signer_key, NULL, true },
        { "evidence", &o.evidence, NULL, false },
        { "level", NULL, &o.level, false },
        { "threads", NULL, &o.threads, false },
        { "group", NULL, &o.group, false },
    };
    struct option table[OPTIONS + 1] = { { .name = NULL } };
    for (int i = 0; i < OPTIONS; i++)
        table[i] = (struct option){ lines[i].name, required_argument, NULL, i + 1 };
    int got;
    while ((got = getopt_long(argc, argv, "", table, NULL)) >= 1 && got <= OPTIONS)
        take_option(&lines[got - 1], optarg);
    bool whole = got == -1;
    for (int i = 0; i < OPTIONS; i++)
        whole = whole && (!lines[i].needed || *lines[i].text != NULL);
    if (!whole) {
        (void)fputs(HELP, stderr);
        exit(2);
    }
    return o;
}

int main(int argc, char **argv) {
    floor_work all = { .options = read_options(argc, argv) };
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        floor_die("libcurl", "does not start");
    all.list = fopen(all.options.list, "re");
    if (all.list == NULL)
        floor_die(all.options.list, "cannot be opened");
    all.reg = floor_register_open(all.options.reg, all.options.group);
    unsigned count = all.options.threads > 0 ? all.options.threads : 1;
    pthread_t *threads = calloc(count, sizeof *threads);
    for (unsigned i = 0; i < count; i++)
        if (threads == NULL || pthread_create(&threads[i], NULL, work, &all) != 0)
            floor_die("thread", "does not start");
    for (unsigned i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
    floor_register_close(all.reg);
    (void)fclose(all.list);
    curl_global_cleanup();
    return 0;
}
