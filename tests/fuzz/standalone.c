/* Runs a fuzz target over its corpus as an ordinary test: each file, each of its prefixes in steps,
 * and each file with single bytes changed, so that the target sees broken input in every run. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 48, FILE_MAX = 1 << 20 };

static void run(const uint8_t *data, size_t size) {
    /* an exact copy lets AddressSanitizer see a read past the end */
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_file(const uint8_t *data, size_t size) {
    run(data, size);
    size_t step = size / STEPS + 1;
    for (size_t at = 0; at < size; at += step)
        run(data, at);
    uint8_t *changed = malloc(size > 0 ? size : 1);
    if (changed == NULL)
        abort();
    for (size_t at = 0; at < size; at += step) {
        memcpy(changed, data, size);
        changed[at] = (uint8_t)(changed[at] ^ (uint8_t)(1u << (at % 8)));
        run(changed, size);
        changed[at] = 0xff;
        run(changed, size);
    }
    free(changed);
}

int main(int argc, char **argv) {
    size_t files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder == NULL) {
            perror(argv[i]);
            return 1;
        }
        const struct dirent *entry;
        while ((entry = readdir(folder)) != NULL) {
            if (entry->d_name[0] == '.')
                continue;
            char path[4096];
            (void)snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            FILE *file = fopen(path, "rb");
            uint8_t *data = malloc(FILE_MAX);
            if (file == NULL || data == NULL) {
                perror(path);
                return 1;
            }
            size_t size = fread(data, 1, FILE_MAX, file);
            (void)fclose(file);
            run_file(data, size);
            free(data);
            files++;
        }
        (void)closedir(folder);
    }
    run((const uint8_t *)"", 0);
    printf("%zu corpus files\n", files);
    return files > 0 ? 0 : 1;
}
