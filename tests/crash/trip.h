/* Between the plan of the stumbling (trip.c) and the calls that it strikes (trip_calls.c). */
#ifndef CTES_TESTS_TRIP_H
#define CTES_TESTS_TRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

typedef enum trip_class {
    TRIP_OTHER, /**< passes */
    TRIP_REGISTER,
    TRIP_SYNC,
    TRIP_ARCHIVE,
    TRIP_FLUSH,
    TRIP_SEND,
    TRIP_RECV,
    TRIP_CLASSES
} trip_class;

/** The C library's own calls that the library needs for itself. */
typedef struct trip_calls {
    int (*open)(const char *path, int flags, ...);
    ssize_t (*write)(int fd, const void *bytes, size_t length);
    int (*clock_gettime)(clockid_t id, struct timespec *now);
} trip_calls;
const trip_calls *trip_real(void);

/** What a path's file is; what an open file or socket is. */
trip_class trip_path(const char *path);
trip_class trip_file(int fd);

/** Counts a call; does not return when it is the one to die before.
 *  @return how it is to be struck: 'a' after, 'm' in the middle, 0 not. */
char trip_before(trip_class class, const char *call);
void trip_after(trip_class class, const char *call, char moment);

/** How many of `length` bytes still fit on the disk. */
size_t trip_room(trip_class class, size_t length);

/** Bytes that went out of a socket or came in. */
void trip_traffic(int fd, bool out, long bytes);

#endif
