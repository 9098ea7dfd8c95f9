/* The passphrase of a key, asked on the terminal: never an argument nor an environment variable. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/hooks.h"
#include "cli/text.h"

/* Reads one line byte by byte: what follows it belongs to whoever reads next. */
static bool read_line(int fd, char *out, size_t size) {
    size_t length = 0;
    for (;;) {
        char byte = '\0';
        if (!cli_wait_readable(fd) || read(fd, &byte, 1) != 1)
            return false;
        if (byte == '\n' || byte == '\r')
            break;
        if (length + 1 >= size)
            return false;
        out[length++] = byte;
    }
    out[length] = '\0';
    return true;
}

bool cli_passphrase_ask(void *user, const char *what, char *out, size_t size) {
    (void)user;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return false;
    struct termios before;
    bool is_read = false;
    if (tcgetattr(fd, &before) == 0) {
        struct termios silent = before;
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
        CLI_AUTO_FREE char *name = cli_clean(what);
        CLI_AUTO_FREE char *prompt = cli_format(_("Passphrase of %s: "), name);
        cli_terminal_to_restore(fd, &before);
        if (tcsetattr(fd, TCSAFLUSH, &silent) == 0) {
            (void)!write(fd, prompt, strlen(prompt));
            is_read = read_line(fd, out, size);
            (void)tcsetattr(fd, TCSAFLUSH, &before);
            (void)!write(fd, "\n", 1);
        }
        cli_terminal_to_restore(-1, NULL);
    }
    (void)close(fd);
    if (!is_read)
        explicit_bzero(out, size);
    return is_read;
}
