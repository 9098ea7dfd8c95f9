#include "fake/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void give_up(const char *what) {
    (void)fprintf(stderr, "scratch: %s: %s\n", what, strerror(errno));
    abort();
}

char *scratch_make(void) {
    const char *base = getenv("TMPDIR");
    char *folder =
        scratch_path(base != NULL && base[0] != '\0' ? base : "/tmp", "ctes-test.XXXXXX");
    if (mkdtemp(folder) == NULL)
        give_up(folder);
    return folder;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place) {
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void scratch_remove(char *folder) {
    if (folder == NULL)
        return;
    if (nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
        give_up(folder);
    free(folder);
}

char *scratch_path(const char *folder, const char *name) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        give_up(name);
    return path;
}

void scratch_write(const char *path, const void *bytes, size_t length) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        give_up(path);
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(fd, at, length);
        if (count < 0)
            give_up(path);
        at += count;
        length -= (size_t)count;
    }
    if (close(fd) != 0)
        give_up(path);
}

static char *read_all(int fd, size_t *ret_length) {
    size_t length = 0;
    size_t capacity = 65536;
    char *bytes = NULL;
    for (;;) {
        char *larger = realloc(bytes, capacity + 1);
        if (larger == NULL)
            give_up("memory");
        bytes = larger;
        ssize_t count = read(fd, bytes + length, capacity - length);
        if (count < 0)
            give_up("read");
        if (count == 0)
            break;
        length += (size_t)count;
        if (length == capacity)
            capacity *= 2;
    }
    bytes[length] = '\0';
    if (ret_length != NULL)
        *ret_length = length;
    return bytes;
}

char *scratch_read(const char *path, size_t *ret_length) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        give_up(path);
    char *bytes = read_all(fd, ret_length);
    (void)close(fd);
    return bytes;
}

size_t scratch_count(const char *folder) {
    DIR *opened = opendir(folder);
    if (opened == NULL)
        give_up(folder);
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(opened)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count++;
    }
    (void)closedir(opened);
    return count;
}

int scratch_run(const char *const arguments[], char **ret_output, size_t *ret_length) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe");
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2) != 0)
        give_up("spawn");
    pid_t child = 0;
    /* the interface predates const; the arguments are not changed */
    int failed =
        posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    char *output = read_all(ends[0], ret_length);
    (void)close(ends[0]);
    if (ret_output != NULL)
        *ret_output = output;
    else
        free(output);
    if (failed != 0)
        return 127;
    int result = 0;
    if (waitpid(child, &result, 0) != child)
        give_up("waitpid");
    return WIFEXITED(result) ? WEXITSTATUS(result) : 126;
}

void scratch_noise(uint64_t seed, unsigned below, void *bytes, size_t length) {
    uint8_t *out = bytes;
    uint64_t state = seed * 2 + 1;
    for (size_t i = 0; i < length; i++) { /* xorshift64* */
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        out[i] = (uint8_t)(((state * 0x2545f4914f6cdd1du) >> 40) % below);
    }
}
