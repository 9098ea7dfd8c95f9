/* Files that are not what they seem. */
#include "unit/workflow_fixture.h"

#include <unistd.h>

static ctes_status check(world *w) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(ctes_check(w->session, &acte, &outcome, NULL));
    return outcome.error.code;
}

/* As qpdf --linearize writes it: what the end points to is a long table at the beginning, and the
 * word about the protection stands between the two, far from both. */
static void write_linearised(const char *path, const char *dictionary) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("%PDF-1.4\nxref\n0 1000\n", file) >= 0);
    for (int i = 0; i < 1000; i++)
        assert_true(fprintf(file, "%010d 00000 n \n", i) > 0);
    assert_true(fprintf(file, "trailer\n<</Size 1000 %s>>\n", dictionary) > 0);
    for (int i = 0; i < 1000; i++)
        assert_true(fputs("% something else\n", file) >= 0);
    assert_true(fputs("startxref\n9\n%%EOF\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_protection_far_from_both_ends_is_seen(void **state) {
    world *w = *state;
    write_linearised(w->path[4], "/Root 1 0 R");
    assert_status(check(w), CTES_OK);
    write_linearised(w->path[4], "/Root 1 0 R /Encrypt 2 0 R");
    assert_status(check(w), CTES_E_DOCUMENT_LOCKED);
}

/* A table that never ends, or ends at once, is no reason to read for ever. */
static void a_table_without_end_is_read_to_a_bound(void **state) {
    world *w = *state;
    write_file(w->path[4], "%PDF-1.4\nxref\nstartxref\n9\n");
    assert_status(check(w), CTES_OK);
    write_file(w->path[4], "%PDF-1.4\nstartxref\n9\nxref");
    assert_status(check(w), CTES_OK);
    FILE *file = fopen(w->path[4], "w");
    assert_non_null(file);
    assert_true(fputs("%PDF-1.4\nxref\n", file) >= 0);
    assert_int_equal(fseek(file, 64L << 20, SEEK_SET), 0);
    assert_true(fputs("startxref\n9\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_status(check(w), CTES_OK);
}

static void what_is_no_file_never_hangs(void **state) {
    world *w = *state;
    assert_int_equal(unlink(w->path[4]), 0);
    assert_int_equal(mkfifo(w->path[4], 0600), 0);
    assert_status(check(w), CTES_E_DOCUMENT_UNREADABLE);
    assert_int_equal(unlink(w->path[4]), 0);
    assert_int_equal(symlink("/dev/zero", w->path[4]), 0);
    assert_status(check(w), CTES_E_DOCUMENT_UNREADABLE);
    assert_int_equal(unlink(w->path[4]), 0);
    assert_int_equal(symlink(w->path[4], w->path[4]), 0); /* to itself */
    assert_status(check(w), CTES_E_DOCUMENT_UNREADABLE);
    assert_int_equal(unlink(w->path[4]), 0);
    assert_int_equal(symlink(w->path[5], w->path[4]), 0); /* the annexe once more: allowed */
    assert_status(check(w), CTES_OK);
}

static void the_signature_of_a_pdf_stands_at_its_beginning(void **state) {
    world *w = *state;
    write_file(w->path[4], "\n%PDF-1.4\n");
    assert_status(check(w), CTES_E_DOCUMENT_TYPE);
    write_file(w->path[4], "");
    assert_status(check(w), CTES_E_DOCUMENT_EMPTY);
    assert_int_equal(truncate(w->path[4], CTES_ARCHIVE_MAX + 1L), 0);
    assert_status(check(w), CTES_E_TOO_LARGE);
}

static void files_too_large_together_are_refused(void **state) {
    world *w = *state;
    for (size_t i = 4; i <= 5; i++)
        assert_int_equal(truncate(w->path[i], CTES_ARCHIVE_MAX / 2 + 1), 0);
    assert_status(check(w), CTES_E_TOO_LARGE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_protection_far_from_both_ends_is_seen),
        TEST(a_table_without_end_is_read_to_a_bound),
        TEST(what_is_no_file_never_hangs),
        TEST(the_signature_of_a_pdf_stands_at_its_beginning),
        TEST(files_too_large_together_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
