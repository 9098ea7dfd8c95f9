/* Which process holds a lease, and whether it still lives. */
#ifndef CTES_LEDGER_PROCESS_H
#define CTES_LEDGER_PROCESS_H

#include <stdint.h>

/** A process, told apart from any other that ever had its number. */
typedef struct ledger_process {
    char host[65];      /**< name of the machine, for people and to notice its restart */
    char boot[40];      /**< identifier of its boot; empty when the system has none */
    char namespace[40]; /**< the set of processes its number counts in (containers) */
    int64_t pid;
    int64_t start; /**< clock ticks between boot and its start; 0 when not known */
} ledger_process;

typedef enum ledger_liveness {
    LEDGER_PROCESS_ALIVE,
    LEDGER_PROCESS_GONE,
    LEDGER_PROCESS_UNSEEN /**< on another machine or in another container: nobody here can tell */
} ledger_liveness;

/** Describes this process in `ret`, unless that does so already: its number tells, 0 for nobody. */
void ledger_process_self(ledger_process *ret);

/** Whether `process` still lives, as `self` can see it. */
ledger_liveness ledger_process_look(const ledger_process *process, const ledger_process *self);

#endif
