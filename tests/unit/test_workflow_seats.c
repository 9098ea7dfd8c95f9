/* Few at a time, whoever comes; each is served in the end. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <cmocka.h>

#include "workflow/seats.h"

enum { THREADS = 32, TURNS = 50 };

typedef struct room {
    ctes_seats *seats;
    atomic_int seated, most, served;
} room;

static void *come_and_go(void *user) {
    room *r = user;
    for (int i = 0; i < TURNS; i++) {
        ctes_seats_take(r->seats);
        int seated = atomic_fetch_add(&r->seated, 1) + 1;
        int most = atomic_load(&r->most);
        while (seated > most && !atomic_compare_exchange_weak(&r->most, &most, seated))
            ;
        (void)sched_yield();
        (void)atomic_fetch_sub(&r->seated, 1);
        (void)atomic_fetch_add(&r->served, 1);
        ctes_seats_leave(r->seats);
    }
    return NULL;
}

static void crowd(room *r) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, r), 0);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&r->served), THREADS * TURNS);
}

static void test_no_more_are_seated_than_twice_the_cores(void **state) {
    (void)state;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    room r = { .seated = 0 };
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(ctes_seats_new(&r.seats, NULL), CTES_OK);
    crowd(&r);
    assert_in_range(atomic_load(&r.most), 1, 2);
    ctes_seats_free(r.seats);
}

static void test_without_seats_everybody_has_room(void **state) {
    (void)state;
    room r = { .seats = NULL };
    crowd(&r);
    ctes_seats_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_more_are_seated_than_twice_the_cores),
        cmocka_unit_test(test_without_seats_everybody_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
