/* Mails that are broken, or made to harm whoever reads them. */
#include "cmocka_all.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail_fixture.h"

static void test_cut_anywhere(void **state) {
    world *w = *state;
    size_t length = 0;
    char *mail = golden(w, "ar", &length);
    char *end = strstr(mail, "------=_Part_1--");
    assert_non_null(end);
    size_t headers = (size_t)(strstr(mail, "\n\n") - mail);
    for (size_t cut = headers + 2; cut < (size_t)(end - mail) + 14; cut += 7)
        assert_status(read_bytes(w, mail, cut), CTES_E_MAIL_MALFORMED);
    assert_null(w->mail.subject);
    free(mail);
}

static void test_bad_base64(void **state) {
    world *w = *state;
    size_t length = 0;
    char *mail = golden(w, "ar", &length);
    char *at = strstr(mail, "PD94bWwg");
    assert_non_null(at);
    at[4] = '-';
    assert_status(read_bytes(w, mail, length), CTES_E_MAIL_MALFORMED);
    at[4] = 'b';
    assert_ok(read_bytes(w, mail, length));
    memmove(at, at + 1, strlen(at)); /* a letter is missing */
    assert_status(read_bytes(w, mail, length - 1), CTES_E_MAIL_MALFORMED);
    assert_int_equal(w->count, 0);
    free(mail);
}

static void test_encodings_that_are_not_read(void **state) {
    world *w = *state;
    static const char *const BAD[] = {
        ("From: a@b\nContent-Type: text/xml; name=a\nContent-Transfer-Encoding: "
         "x-uuencode\n\nbegin\n"),
        "From: a@b\nContent-Type: text/xml; name=a\nContent-Transfer-Encoding: x-mine\n\nx\n",
        "From: a@b\nContent-Type: multipart/mixed\n\n--b\n\nx\n--b--\n",
        "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\nno part\n",
        "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n--b--\n",
        "",
        "\n",
        "\nno header\n",
        "\xff\xfe\n\n",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_status(read_bytes(w, BAD[i], strlen(BAD[i])), CTES_E_MAIL_MALFORMED);
}

static void test_empty_parts(void **state) {
    world *w = *state;
    static const char MAIL[] = "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"
                               "--b\nContent-Type: text/plain\n\n"
                               "--b\nContent-Type: text/xml; name=a.xml\n\n--b--\n";
    assert_ok(read_bytes(w, MAIL, strlen(MAIL)));
    assert_int_equal(w->count, 1);
    assert_int_equal(w->pieces[0].size, 0);
}

/* --- more of everything than a mail has ------------------------------------------------------- */

static void repeat(ctes_buffer *out, const char *text, size_t times) {
    for (size_t i = 0; i < times; i++)
        assert_ok(ctes_buffer_puts(out, text, NULL));
}

static void nest(ctes_buffer *mail, size_t levels) {
    repeat(mail, "From: a@b\n", 1);
    for (size_t i = 0; i < levels; i++)
        assert_ok(ctes_buffer_printf(
            mail, NULL, "Content-Type: multipart/mixed; boundary=b%zu\n\n--b%zu\n", i, i));
    repeat(mail, "Content-Type: text/xml; name=deep.xml\n\nx\n", 1);
    for (size_t i = levels; i-- > 0;)
        assert_ok(ctes_buffer_printf(mail, NULL, "--b%zu--\n", i));
}

static void *read_in_thread(void *user) {
    world *w = user;
    char *path = scratch_path(w->folder, "mail");
    ctes_status status = ctes_mail_read(path, w->out, on_piece, w, &w->mail, &w->err);
    free(path);
    return status == CTES_E_LIMIT ? w : NULL;
}

/* The stack is a small one. */
static void assert_limit(world *w, const ctes_buffer *mail) {
    forget(w);
    char *path = scratch_path(w->folder, "mail");
    scratch_write(path, mail->data, mail->length);
    free(path);
    pthread_attr_t small;
    assert_int_equal(pthread_attr_init(&small), 0);
    assert_int_equal(pthread_attr_setstacksize(&small, 1 << 19), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, &small, read_in_thread, w), 0);
    void *result = NULL;
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_int_equal(pthread_attr_destroy(&small), 0);
    assert_ptr_equal(result, w);
}

static void test_nesting(void **state) {
    world *w = *state;
    static const size_t LEVELS[] = { CTES_MAIL_DEPTH_MAX + 1, 500, 990, 10000 };
    CTES_AUTO_BUFFER ctes_buffer mail = CTES_BUFFER_INIT(4 << 20);
    nest(&mail, CTES_MAIL_DEPTH_MAX);
    assert_ok(read_bytes(w, mail.data, mail.length));
    assert_int_equal(w->count, 1);
    for (size_t i = 0; i < sizeof LEVELS / sizeof LEVELS[0]; i++) {
        ctes_buffer_reset(&mail);
        nest(&mail, LEVELS[i]);
        assert_limit(w, &mail);
    }
    ctes_buffer_reset(&mail);
    repeat(&mail, "From: a@b\nContent-Type: message/rfc822\n\n", 10000);
    assert_limit(w, &mail);
    ctes_buffer_reset(&mail);
    repeat(&mail, "From: a@b\nContent-Type: message/rfc822\n\n", 100);
    assert_limit(w, &mail);
}

static void test_many_parts(void **state) {
    world *w = *state;
    static const char HEAD[] = "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n";
    CTES_AUTO_BUFFER ctes_buffer mail = CTES_BUFFER_INIT(4 << 20);
    repeat(&mail, HEAD, 1);
    repeat(&mail, "--b\n\nx\n", CTES_MAIL_PARTS_MAX - 1);
    repeat(&mail, "--b--\n", 1);
    assert_ok(read_bytes(w, mail.data, mail.length));
    mail.length -= strlen("--b--\n");
    repeat(&mail, "--b\n\nx\n--b--\n", 1);
    assert_limit(w, &mail);
    ctes_buffer_reset(&mail);
    repeat(&mail, HEAD, 1);
    repeat(&mail, "--b\n", 200000);
    assert_limit(w, &mail);
}

static void test_headers_without_end(void **state) {
    world *w = *state;
    static const struct {
        const char *before, *again;
        size_t times;
    } CASES[] = {
        { "From: ", "a:", 100000 }, /* groups in groups: GMime calls itself for each */
        { "Reply-To:\n ", "a:\n ", 100000 },
        { "Cc \t: ", "a:", 300 },
        { "\t  To: a@b\nX: y\n\n--\nTo:", "a:", 300 },
        { "Subject: ", "=?utf-8?q?=C3?= ", 100000 },
        { "From: a@b\n", "X: y\n", 300000 },
        { "From: a@b\nContent-Type: text/xml", "; a=b", 300000 },
    };
    CTES_AUTO_BUFFER ctes_buffer mail = CTES_BUFFER_INIT(4 << 20);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_buffer_reset(&mail);
        repeat(&mail, CASES[i].before, 1);
        repeat(&mail, CASES[i].again, CASES[i].times);
        repeat(&mail, "\n\nx\n", 1);
        assert_limit(w, &mail);
    }
    ctes_buffer_reset(&mail);
    assert_ok(ctes_buffer_append(&mail, "From\0x: ", 8, NULL));
    repeat(&mail, "a:", 300);
    assert_limit(w, &mail);
}

static void test_files_that_are_no_mail(void **state) {
    world *w = *state;
    forget(w);
    char *path = scratch_path(w->folder, "mail");
    assert_status(ctes_mail_read(path, w->out, on_piece, w, &w->mail, &w->err), CTES_E_NOT_FOUND);
    assert_status(ctes_mail_read(w->folder, w->out, on_piece, w, &w->mail, &w->err),
                  CTES_E_MAIL_MALFORMED);
    scratch_write(path, "", 0);
    assert_int_equal(truncate(path, (off_t)CTES_MAIL_BYTES_MAX + 1), 0);
    assert_status(ctes_mail_read(path, w->out, on_piece, w, &w->mail, &w->err), CTES_E_LIMIT);
    free(path);
}

/* An attachment is never written over what is there. */
static void test_folder_in_use(void **state) {
    world *w = *state;
    forget(w);
    size_t length = 0;
    char *mail = golden(w, "ar", &length);
    char *path = scratch_path(w->folder, "mail");
    scratch_write(path, mail, length);
    char *there = scratch_path(w->out, "000");
    assert_int_equal(symlink("/dev/null", there), 0);
    assert_status(ctes_mail_read(path, w->out, on_piece, w, &w->mail, &w->err), CTES_E_IO);
    free(there);
    free(path);
    free(mail);
}

int main(void) {
    ctes_mail_init();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_cut_anywhere),
        TEST(test_bad_base64),
        TEST(test_encodings_that_are_not_read),
        TEST(test_empty_parts),
        TEST(test_nesting),
        TEST(test_many_parts),
        TEST(test_headers_without_end),
        TEST(test_files_that_are_no_mail),
        TEST(test_folder_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
