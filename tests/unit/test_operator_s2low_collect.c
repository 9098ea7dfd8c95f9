/* The préfecture's letters: listed, fetched, marked as read, in this order and no other. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "fake/scratch.h"
#include "unit/s2low_fixture.h"

#define ARCHIVE "\x1f\x8b\x08 archive"

typedef struct seen {
    fixture *f;
    char *folder;
    size_t count;
    ctes_parcel_fate fates[8]; /* what is said of each parcel */
    int64_t transactions[8], related[8];
    size_t requests[8]; /* made when it was handed over */
} seen;

static ctes_parcel_fate take(void *user, const ctes_parcel *parcel) {
    seen *s = user;
    size_t length = 0, i = s->count++;
    assert_true(i < 8);
    assert_int_equal(parcel->form, CTES_PARCEL_ARCHIVE);
    assert_memory_equal(parcel->path, s->folder, strlen(s->folder));
    char source[32];
    (void)snprintf(source, sizeof source, "s2low %lld", (long long)parcel->transaction);
    assert_string_equal(parcel->source, source);
    char *bytes = scratch_read(parcel->path, &length);
    assert_int_equal(length, sizeof ARCHIVE - 1);
    assert_memory_equal(bytes, ARCHIVE, length);
    free(bytes);
    s->transactions[i] = parcel->transaction;
    s->related[i] = parcel->related;
    s->requests[i] = fake_request_count(s->f->fake);
    return s->fates[i];
}

static ctes_status collect(seen *s, fixture *f) {
    s->f = f;
    s->count = 0;
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->collect(f->operator, s->folder, take, s, &f->err);
}

#define WITH_FOLDER(name)                                                                          \
    seen name = { .folder = scratch_make(), .fates = { CTES_PARCEL_RECORDED } }
#define NO_FOLDER(name) scratch_remove((name).folder)

static void script_letter(fixture *f, int id, int envelope) {
    char url[64], place[64];
    (void)snprintf(url, sizeof url, "get_document.php?id=%d&api=1", id);
    (void)snprintf(place, sizeof place, "actes_download_file.php?env=%d", envelope);
    reply_redirect(f, url, place);
    (void)snprintf(url, sizeof url, ":8443/modules/actes/actes_download_file.php?env=%d", envelope);
    reply_bytes(f, url, ARCHIVE, sizeof ARCHIVE - 1);
}

static void script_marked(fixture *f, int id) {
    char url[64];
    (void)snprintf(url, sizeof url, "mark_as_read.php?transaction_id=%d&api=1", id);
    fake_reply_text(f->fake, url, 200, "{\"result\":\"ok\"}");
}

#define LIST "/modules/actes/api/list_document_prefecture.php?api=1"
#define TWO                                                                                        \
    "[{\"id\":12,\"type\":\"3\",\"related_transaction_id\":4,\"number\":\"N\",\"unique_id\":"      \
    "\"u\",\"last_status_id\":7},{\"id\":\"13\",\"type\":5,\"related_transaction_id\":\"4\"}]"

static size_t asked(const fixture *f, const char *what) {
    size_t count = 0;
    for (size_t i = 0; i < fake_request_count(f->fake); i++)
        count += strstr(fake_request_at(f->fake, i)->url, what) != NULL;
    return count;
}

/* --- the way it goes ------------------------------------------------------------------------- */

static void test_letters_are_marked_once_they_are_recorded(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    s.fates[1] = CTES_PARCEL_ASIDE;
    fake_reply_text(f->fake, LIST, 200, TWO); /* T22: numbers of either kind */
    script_letter(f, 12, 700);
    script_marked(f, 12);
    script_letter(f, 13, 701);
    script_marked(f, 13);
    assert_int_equal(collect(&s, f), CTES_OK);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.transactions[0], 12);
    assert_int_equal(s.related[0], 4);
    assert_int_equal(s.transactions[1], 13);
    assert_int_equal(s.related[1], 4);
    assert_int_equal(s.requests[0], 3); /* listed, found, fetched; marked only afterwards */
    assert_int_equal(fake_request_count(f->fake), 7);
    assert_true(fake_transport_all_used(f->fake));
    assert_string_equal(fake_request_at(f->fake, 2)->login, "mairie");
    NO_FOLDER(s);
}

static void test_no_letters(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, "[]");
    assert_int_equal(collect(&s, f), CTES_OK);
    assert_int_equal(s.count, 0);
    NO_FOLDER(s);
}

static void test_a_letter_that_is_left_is_not_marked(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    s.fates[0] = CTES_PARCEL_LEFT;
    fake_reply_text(f->fake, LIST, 200, TWO);
    script_letter(f, 12, 700);
    assert_int_equal(collect(&s, f), CTES_OK);
    assert_int_equal(s.count, 1); /* and nothing more is fetched */
    assert_int_equal(asked(f, "mark_as_read"), 0);
    assert_int_equal(fake_request_count(f->fake), 3);
    NO_FOLDER(s);
}

static void test_archives_are_bounded_and_go_to_files(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, "[{\"id\":12}]");
    script_letter(f, 12, 700);
    script_marked(f, 12);
    assert_int_equal(collect(&s, f), CTES_OK);
    const fake_request *request = fake_request_at(f->fake, 2);
    assert_non_null(request->reply_path);
    assert_int_equal(request->reply_max, 157286400);
    assert_null(fake_request_at(f->fake, 0)->reply_path);
    assert_int_equal(s.related[0], 0);
    NO_FOLDER(s);
}

/* --- what is not believed -------------------------------------------------------------------- */

static void test_t05_only_downloads_of_this_server_are_followed(void **state) {
    fixture *f = *state;
#define DOWNLOAD "actes_download_file.php?env=700"
    static const char *const PLACES[] = {
        "https://elsewhere.test/modules/actes/" DOWNLOAD,
        "https://s2low.test:8443.elsewhere.test/modules/actes/" DOWNLOAD,
        "//elsewhere.test/" DOWNLOAD,
        "http://s2low.test:8443/modules/actes/" DOWNLOAD,
        "/" DOWNLOAD,
        "../" DOWNLOAD,
        DOWNLOAD "&file=1",
        "actes_download_file.php?file=700",
        "actes_download_file.php?env=-1",
        "actes_download_file.php?env=0",
        "actes_download_file.php?env=99999999999999999999",
        "actes_download_file.php?env=",
        "actes_transac_cancel.php?id=12",
        "/",
        "",
    };
    WITH_FOLDER(s);
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        size_t before = fake_request_count(f->fake);
        fake_reply_text(f->fake, LIST, 200, "[{\"id\":12}]");
        reply_redirect(f, "get_document", PLACES[i]);
        assert_int_equal(collect(&s, f), CTES_E_OPERATOR_REPLY);
        assert_int_equal(fake_request_count(f->fake), before + 2);
        assert_string_equal(f->err.subject, "s2low 12");
    }
    NO_FOLDER(s);
}

static void test_the_same_place_written_in_full(void **state) {
    fixture *f = *state;
    static const char *const PLACES[] = {
        "https://s2low.test:8443/modules/actes/actes_download_file.php?env=700",
        "/modules/actes/actes_download_file.php?env=700"
    };
    WITH_FOLDER(s);
    for (size_t i = 0; i < 2; i++) {
        fake_reply_text(f->fake, LIST, 200, "[{\"id\":12}]");
        reply_redirect(f, "get_document", PLACES[i]);
        reply_bytes(f, "download_file.php?env=700", ARCHIVE, sizeof ARCHIVE - 1);
        script_marked(f, 12);
        assert_int_equal(collect(&s, f), CTES_OK);
    }
    NO_FOLDER(s);
}

static void test_t05_login_problem_ends_it(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, TWO);
    reply_redirect(f, "get_document.php?id=12", "https://s2low.test:8443/login.php");
    assert_int_equal(collect(&s, f), CTES_E_OPERATOR_ACCESS);
    assert_int_equal(fake_request_count(f->fake), 2);
    NO_FOLDER(s);
}

static void test_t11_what_is_no_archive_is_not_handed_over(void **state) {
    fixture *f = *state;
    static const struct {
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { "<!DOCTYPE html><html>connexion</html>", CTES_E_OPERATOR_REPLY },
        { "", CTES_E_OPERATOR_REPLY },
        { "\x1f\x8b", CTES_E_OPERATOR_REPLY },
        { "KO\nAcc\xe8s refus\xe9\n", CTES_E_OPERATOR_RIGHTS },
    };
    WITH_FOLDER(s);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, LIST, 200, "[{\"id\":12}]");
        reply_redirect(f, "get_document", "actes_download_file.php?env=700");
        fake_reply_text(f->fake, "download_file", 200, CASES[i].body);
        assert_int_equal(collect(&s, f), CASES[i].expected);
        assert_int_equal(scratch_count(s.folder), 0);
    }
    assert_int_equal(s.count, 0);
    NO_FOLDER(s);
}

static void test_one_letter_s_failure_does_not_hide_the_others(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, TWO);
    fake_reply_text(f->fake, "get_document.php?id=12", 200,
                    "KO\nNum\xc3\xa9ro de transaction "
                    "invalide.");
    script_letter(f, 13, 701);
    script_marked(f, 13);
    assert_int_equal(collect(&s, f), CTES_E_OPERATOR_REPLY);
    assert_string_equal(f->err.subject, "s2low 12");
    assert_int_equal(s.count, 1);
    assert_int_equal(s.transactions[0], 13);
    assert_true(fake_transport_all_used(f->fake));
    NO_FOLDER(s);
}

static void test_a_letter_out_of_sight_does_not_hide_the_others(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, TWO);
    fake_reply_text(f->fake, "get_document.php?id=12", 200, "KO\nAcc\xc3\xa8s refus\xc3\xa9");
    script_letter(f, 13, 701);
    script_marked(f, 13);
    assert_int_equal(collect(&s, f), CTES_E_OPERATOR_RIGHTS);
    assert_int_equal(s.count, 1);
    NO_FOLDER(s);
}

static void test_what_any_letter_would_meet_ends_it(void **state) {
    fixture *f = *state;
    static const ctes_status CODES[] = { CTES_E_NET_CONNECT, CTES_E_TLS_SERVER, CTES_E_DISK_FULL,
                                         CTES_E_INTERRUPTED };
    WITH_FOLDER(s);
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        size_t before = fake_request_count(f->fake);
        fake_reply_text(f->fake, LIST, 200, TWO);
        reply_redirect(f, "get_document", "actes_download_file.php?env=700");
        fake_reply_failure(f->fake, "download_file", CODES[i]);
        assert_int_equal(collect(&s, f), CODES[i]);
        assert_int_equal(fake_request_count(f->fake), before + 3);
    }
    NO_FOLDER(s);
}

static void test_stops_between_two_letters(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200, TWO);
    script_letter(f, 12, 700);
    script_marked(f, 12);
    f->stop_after = 4;
    assert_int_equal(collect(&s, f), CTES_E_INTERRUPTED);
    assert_int_equal(s.count, 1);
    assert_true(fake_transport_all_used(f->fake));
    NO_FOLDER(s);
}

static void test_a_mark_that_was_not_made_is_told(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "{\"result\":\"no\"}", "{}", "[]", "", "<html>" };
    WITH_FOLDER(s);
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        fake_reply_text(f->fake, LIST, 200, "[{\"id\":12}]");
        script_letter(f, 12, 700);
        fake_reply_text(f->fake, "mark_as_read", 200, BODIES[i]);
        assert_int_equal(collect(&s, f), CTES_E_OPERATOR_REPLY);
        assert_int_equal(s.count, 1); /* it is recorded, and comes again: harmless */
    }
    NO_FOLDER(s);
}

static void test_lists_that_are_none(void **state) {
    fixture *f = *state;
    static const struct {
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { "", CTES_E_OPERATOR_REPLY },
        { "<html>login</html>", CTES_E_OPERATOR_REPLY },
        { "{\"id\":12}", CTES_E_OPERATOR_REPLY },
        { "[][]", CTES_E_OPERATOR_REPLY },
        { "[{\"id\":12,\"id\":13}]", CTES_E_OPERATOR_REPLY },
        { "KO\nLe certificat n&#039;est pas valide : aucun compte trouv\xe9\n",
          CTES_E_OPERATOR_ACCESS },
    };
    WITH_FOLDER(s);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, LIST, 200, CASES[i].body);
        assert_int_equal(collect(&s, f), CASES[i].expected);
    }
    assert_int_equal(s.count, 0);
    NO_FOLDER(s);
}

static void test_entries_without_identifier_do_not_hide_the_others(void **state) {
    fixture *f = *state;
    WITH_FOLDER(s);
    fake_reply_text(f->fake, LIST, 200,
                    "[{\"type\":3},{\"id\":\"-4\"},{\"id\":0},{\"id\":\"12x\"},7,{\"id\":13}]");
    script_letter(f, 13, 701);
    script_marked(f, 13);
    assert_int_equal(collect(&s, f), CTES_E_OPERATOR_REPLY);
    assert_int_equal(s.count, 1);
    NO_FOLDER(s);
}

/* --- the letters about an act ---------------------------------------------------------------- */

typedef struct lines {
    char text[256];
} lines;

static void note(void *user, int64_t transaction, unsigned type, int native) {
    lines *l = user;
    size_t length = strlen(l->text);
    (void)snprintf(l->text + length, sizeof l->text - length, "%u/%d/%lld ", type, native,
                   (long long)transaction);
}

static ctes_status letters(fixture *f, lines *l) {
    *l = (lines){ "" };
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->letters(f->operator, 4, note, l, &f->err);
}

static void test_letters_about_an_act(void **state) {
    fixture *f = *state;
    lines l;
    fake_reply_text(f->fake, "actes_transac_get_document.php?id=4&api=1", 200,
                    "3-7-12\n3-1-14\r\n3--1-55\n2-21-56\n");
    assert_int_equal(letters(f, &l), CTES_OK);
    assert_string_equal(l.text, "3/7/12 3/1/14 3/-1/55 2/21/56 ");
    fake_reply_text(f->fake, "get_document", 200, "");
    assert_int_equal(letters(f, &l), CTES_OK);
    assert_string_equal(l.text, "");
}

static void test_lines_that_are_none_tell_nothing(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "3-7-12\n3-1-1",
                                          "3-7\n",
                                          "3-7-0\n",
                                          "-7-12\n",
                                          "3-7--12\n",
                                          "12-7-3\n",
                                          "\n",
                                          "<html>\n",
                                          "3-7-12 \n",
                                          "3---1-5\n",
                                          "3-7-99999999999999999999\n",
                                          "OK\n" };
    lines l;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        fake_reply_text(f->fake, "get_document", 200, BODIES[i]);
        assert_int_equal(letters(f, &l), CTES_E_OPERATOR_REPLY);
        assert_string_equal(l.text, "");
    }
    fake_reply_text(f->fake, "get_document", 200, "KO\nNum\xc3\xa9ro de transaction invalide.");
    assert_int_equal(letters(f, &l), CTES_E_OPERATOR_NOT_FOUND);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_letters_are_marked_once_they_are_recorded),
        WITH(test_no_letters),
        WITH(test_a_letter_that_is_left_is_not_marked),
        WITH(test_archives_are_bounded_and_go_to_files),
        WITH(test_t05_only_downloads_of_this_server_are_followed),
        WITH(test_the_same_place_written_in_full),
        WITH(test_t05_login_problem_ends_it),
        WITH(test_t11_what_is_no_archive_is_not_handed_over),
        WITH(test_one_letter_s_failure_does_not_hide_the_others),
        WITH(test_a_letter_out_of_sight_does_not_hide_the_others),
        WITH(test_what_any_letter_would_meet_ends_it),
        WITH(test_stops_between_two_letters),
        WITH(test_a_mark_that_was_not_made_is_told),
        WITH(test_lists_that_are_none),
        WITH(test_entries_without_identifier_do_not_hide_the_others),
        WITH(test_letters_about_an_act),
        WITH(test_lines_that_are_none_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
