#include "unit/cmocka_all.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/apart.h"
#include "base/fail.h"

enum { OUT_MAX = 4 << 20 };

static const ctes_apart_bounds bounds = { 64 << 20, 1 };

static ctes_status write_much(void *user, ctes_buffer *out, ctes_error *err) {
    (void)user;
    for (int i = 0; i < 300000; i++)
        CTES_TRY(ctes_buffer_puts(out, "0123456789", err));
    return CTES_OK;
}

static ctes_status refuse(void *user, ctes_buffer *out, ctes_error *err) {
    CTES_TRY(ctes_buffer_puts(out, "not to be seen", err));
    return ctes_fail(err, CTES_E_CHARSET, "a.pdf", "%s", (const char *)user);
}

static ctes_status ask_for_memory(void *user, ctes_buffer *out, ctes_error *err) {
    (void)out;
    for (size_t asked = 0; asked < (size_t)1 << 30; asked += (size_t)1 << 20) {
        char *more = malloc((size_t)1 << 20);
        if (more == NULL)
            return ctes_fail_memory(err);
        memset(more, 1, (size_t)1 << 20);
        ((char **)user)[0] = more;
    }
    return CTES_OK;
}

static ctes_status never_end(void *user, ctes_buffer *out, ctes_error *err) {
    (void)out;
    (void)err;
    while (user == NULL)
        __asm__ volatile("" ::: "memory");
    return CTES_OK;
}

static ctes_status die(void *user, ctes_buffer *out, ctes_error *err) {
    (void)user;
    CTES_TRY(ctes_buffer_puts(out, "not to be seen", err));
    (void)raise(SIGKILL);
    return CTES_OK;
}

static void what_the_child_makes_comes_back(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(ctes_buffer_puts(&out, "before ", NULL));
    assert_ok(ctes_apart(&bounds, write_much, NULL, &out, &err));
    assert_int_equal(out.length, 7 + 3000000);
    assert_memory_equal(out.data, "before 01234", 12);
    assert_int_equal(err.code, CTES_OK);
    ctes_buffer small CTES_AUTO_BUFFER = CTES_BUFFER_INIT(1000);
    assert_int_equal(ctes_apart(&bounds, write_much, NULL, &small, &err), CTES_E_LIMIT);
    assert_int_equal(small.length, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void its_error_comes_back_whole(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_error err = CTES_ERROR_INIT;
    static char why[] = "why";
    assert_int_equal(ctes_apart(&bounds, refuse, why, &out, &err), CTES_E_CHARSET);
    assert_string_equal(err.subject, "a.pdf");
    assert_string_equal(err.detail, "why");
    assert_int_equal(out.length, 0);
    assert_int_equal(ctes_apart(&bounds, refuse, why, &out, NULL), CTES_E_CHARSET);
}

static ctes_status tell_of_memory(void *user, ctes_buffer *out, ctes_error *err) {
    (void)out;
    return ctes_fail(err, CTES_E_MEMORY, "a.pdf", "%s", (const char *)user);
}

/* What was too large for its bounds is no failure of the machine. */
static void memory_that_the_work_lacks_is_a_limit(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_error err = CTES_ERROR_INIT;
    static char nothing[] = "", words[] = "qpdf: std::bad_alloc";
    assert_int_equal(ctes_apart(&bounds, tell_of_memory, nothing, &out, &err), CTES_E_LIMIT);
    assert_int_equal(err.code, CTES_E_LIMIT);
    assert_string_equal(err.subject, "a.pdf");
    assert_string_equal(err.detail, "memory");
    assert_int_equal(ctes_apart(&bounds, tell_of_memory, words, &out, &err), CTES_E_LIMIT);
    assert_string_equal(err.detail, "memory: qpdf: std::bad_alloc");
    assert_int_equal(ctes_apart(&bounds, tell_of_memory, words, &out, NULL), CTES_E_LIMIT);
}

/* Memory that is refused is told by the work, or ends it (under AddressSanitizer). */
static void memory_and_time_are_bounded(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_error err = CTES_ERROR_INIT;
    char *last = NULL;
    ctes_status status = ctes_apart(&bounds, ask_for_memory, &last, &out, &err);
    assert_int_equal(status, CTES_E_LIMIT);
    assert_null(last); /* the child's memory is its own */
    assert_int_equal(ctes_apart(&bounds, never_end, NULL, &out, &err), CTES_E_LIMIT);
    assert_string_equal(err.detail, "signal 24");
}

static void a_child_that_dies_is_told(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_apart(&bounds, die, NULL, &out, &err), CTES_E_LIMIT);
    assert_string_equal(err.detail, "signal 9");
    assert_int_equal(out.length, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_child_makes_comes_back),
        cmocka_unit_test(its_error_comes_back_whole),
        cmocka_unit_test(memory_that_the_work_lacks_is_a_limit),
        cmocka_unit_test(memory_and_time_are_bounded),
        cmocka_unit_test(a_child_that_dies_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
