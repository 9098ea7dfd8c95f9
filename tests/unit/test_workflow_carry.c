/* Signatures handed over with a document and its annexes, in the act that goes again; and the
 * package they are read in. What `openssl cms` makes of them, tests/cli/test_cli_signature.sh sees.
 */
#include <time.h>

#include "unit/workflow_fixture.h"

#include "pack/pack.h"
#include "workflow/kept.h"

/* What the operator was handed last. */
static struct {
    char *document;
    char *annexes[4];
    size_t count;
} got;

static void forget(void) {
    free(got.document);
    for (size_t i = 0; i < got.count; i++)
        free(got.annexes[i]);
    memset(&got, 0, sizeof got);
}

static ctes_status deposit(ctes_operator *self, const ctes_depot *depot, int64_t *ret_transaction,
                           ctes_error *err) {
    forget();
    assert_in_range(depot->annexe_count, 0, 4);
    assert_ok(ctes_text_dup(depot->document.signature, &got.document, NULL));
    for (got.count = 0; got.count < depot->annexe_count; got.count++)
        assert_ok(
            ctes_text_dup(depot->annexes[got.count].signature, &got.annexes[got.count], NULL));
    return puppet_deposit(self, depot, ret_transaction, err);
}

static int setup(void **state) {
    if (world_setup(state) != 0)
        return -1;
    world *w = *state;
    (void)snprintf(w->path[6], sizeof w->path[6], "%s/plan.pdf", w->folder);
    write_file(w->path[6], "%PDF-1.4\na plan\n");
    w->settings.mode = CTES_MODE_CHAMPS; /* each signature is a field */
    w->operator_.table.deposit = deposit;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    world_restart(w);
    return 0;
}

static int teardown(void **state) {
    forget();
    return world_teardown(state);
}

/* Made elsewhere, of today: the signer's certificate is. */
static char *signature_of(const char *path) {
    char certificate[512], key[512];
    (void)snprintf(certificate, sizeof certificate, "%s/signer-ec.pem", getenv("CTES_PKI_DIR"));
    (void)snprintf(key, sizeof key, "%s/signer-ec.key", getenv("CTES_PKI_DIR"));
    const ctes_key_source source = { .certificate = certificate, .key = key };
    int64_t now_ms = (int64_t)time(NULL) * 1000;
    CTES_CLEANUP(ctes_signer_freep) ctes_signer *signer = NULL;
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_hash hash;
    char *text = NULL;
    assert_ok(ctes_signer_load(&source, now_ms, &signer, NULL));
    assert_ok(ctes_hash_file(path, &hash, NULL, NULL));
    assert_ok(ctes_sign_hash(signer, &hash, now_ms, &out, NULL));
    assert_ok(ctes_buffer_take(&out, &text, NULL));
    return text;
}

/* Refused at the deposit: the document and the second annexe are signed. */
static void refuse_signed_act(world *w) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(ctes_acte_add_annexe(&acte, w->path[6], NULL, NULL, NULL));
    acte.document.signature = signature_of(w->path[4]);
    acte.annexes[1].signature = signature_of(w->path[6]);
    w->operator_.deposit_champs = CTES_E_OPERATOR_REFUSED;
    assert_ok(ctes_send(w->session, &acte, &outcome, NULL));
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
    w->operator_.deposit_champs = CTES_OK;
    assert_non_null(got.document);
}

static ctes_outcome resend(world *w, ctes_correction correction) {
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    forget();
    assert_ok(ctes_resend(w->session, NULL, "2022-0160", &correction, &outcome, NULL));
    return outcome;
}

static void assert_signs(const char *signature, const char *path) {
    assert_non_null(signature);
    assert_ok(ctes_signature_verify_file(signature, strlen(signature), path, NULL, NULL, NULL));
}

static void each_file_keeps_its_own(void **state) {
    world *w = *state;
    refuse_signed_act(w);
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome again = resend(w, (ctes_correction)CTES_CORRECTION_INIT);
    assert_int_equal(again.result, CTES_RESULT_SENT);
    assert_signs(got.document, w->path[4]);
    assert_int_equal(got.count, 2);
    assert_null(got.annexes[0]);
    assert_signs(got.annexes[1], w->path[6]);
}

static void annexes_given_anew_keep_what_fits_them(void **state) {
    world *w = *state;
    refuse_signed_act(w);
    const ctes_piece annexes[] = { { .path = w->path[6] }, { .path = w->path[5] } };
    ctes_correction swapped = { .annexes = annexes, .annexe_count = 2, .annexes_given = true };
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, swapped);
    assert_int_equal(again.result, CTES_RESULT_SENT);
    assert_signs(got.document, w->path[4]);
    assert_signs(got.annexes[0], w->path[6]);
    assert_null(got.annexes[1]);
}

static void a_signed_annexe_that_is_left_out_takes_its_signature_along(void **state) {
    world *w = *state;
    refuse_signed_act(w);
    const ctes_piece annexe = { .path = w->path[5] };
    ctes_correction fewer = { .annexes = &annexe, .annexe_count = 1, .annexes_given = true };
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, fewer);
    assert_int_equal(again.result, CTES_RESULT_SENT);
    assert_signs(got.document, w->path[4]);
    assert_int_equal(got.count, 1);
    assert_null(got.annexes[0]);
}

static void an_annexe_comes_with_a_signature_of_its_own(void **state) {
    world *w = *state;
    refuse_signed_act(w);
    char *own CTES_AUTO_FREE = signature_of(w->path[5]);
    const ctes_piece annexes[] = { { .path = w->path[5], .signature = own } };
    ctes_correction anew = { .annexes = annexes, .annexe_count = 1, .annexes_given = true };
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, anew);
    assert_int_equal(again.result, CTES_RESULT_SENT);
    assert_signs(got.annexes[0], w->path[5]);
}

/* Described anew since its only deposit, and never sent so: the package tells of other annexes. */
static void an_annexe_that_was_exchanged_since_is_told(void **state) {
    world *w = *state;
    refuse_signed_act(w);
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    world_restart(w); /* an account is looked at once a session */
    w->operator_.preflight = CTES_E_OPERATOR_ACCESS;
    assert_status(ctes_send(w->session, &acte, &outcome, &err), CTES_E_OPERATOR_ACCESS);
    w->operator_.preflight = CTES_OK;
    world_restart(w);
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome again = resend(w, (ctes_correction)CTES_CORRECTION_INIT);
    assert_status(again.error.code, CTES_E_SIGNATURE_LOST);
    assert_non_null(strstr(again.error.detail, "misfit: "));
    assert_string_equal(again.error.subject, "2022-0160");
    assert_int_equal(w->operator_.deposits, 1);
}

/* --- the package ------------------------------------------------------------------------------ */

static ctes_status count_files(void *user, const char *name, const void *bytes, size_t length,
                               ctes_error *err) {
    (void)name;
    (void)bytes;
    (void)length;
    (void)err;
    ++*(size_t *)user;
    return CTES_OK;
}

enum { FILES = 400, LARGE = 8 << 20 };

/* More files than a foreign archive may hold, and one that deflates to next to nothing. */
static ctes_envoi_row large_package(world *w, char sha256[static 65]) {
    static char archive[] = "large.tar.gz";
    static ctes_member members[FILES];
    static char names[FILES][16];
    char path[512];
    char *zeros CTES_AUTO_FREE = calloc(1, LARGE);
    ctes_hash hash;
    assert_non_null(zeros);
    for (size_t i = 0; i < FILES; i++) {
        (void)snprintf(names[i], sizeof names[i], "%zu", i);
        members[i] =
            (ctes_member){ .name = names[i], .bytes = zeros, .length = i == 0 ? LARGE : 9 };
    }
    (void)snprintf(path, sizeof path, "%s/%s", w->folder, archive);
    assert_ok(ctes_pack_write(path, members, FILES, 0, CTES_ARCHIVE_MAX, NULL, NULL,
                              &(uint64_t){ 0 }, NULL));
    assert_ok(ctes_hash_file(path, &hash, NULL, NULL));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, sha256);
    return (ctes_envoi_row){ .archive = archive, .archive_path = archive };
}

static void whatever_was_sent_can_be_read_again(void **state) {
    world *w = *state;
    char sha256[65];
    size_t count = 0;
    const ctes_envoi_row envoi = large_package(w, sha256);
    assert_ok(ctes_kept_read(w->folder, &envoi, sha256, count_files, &count, NULL));
    assert_int_equal(count, FILES);
}

static void nothing_is_read_in_a_package_that_is_not_what_was_sent(void **state) {
    world *w = *state;
    char sha256[65];
    size_t count = 0;
    ctes_envoi_row envoi = large_package(w, sha256);
    sha256[0] = sha256[0] == '0' ? '1' : '0';
    assert_status(ctes_kept_read(w->folder, &envoi, sha256, count_files, &count, NULL),
                  CTES_E_DOCUMENT_CHANGED);
    envoi.archive_path = NULL;
    assert_status(ctes_kept_read(w->folder, &envoi, sha256, count_files, &count, NULL),
                  CTES_E_NOT_FOUND);
    assert_int_equal(count, 0);
}

static void a_message_is_known_by_its_whole_name(void **state) {
    (void)state;
    static char stem[] = "086-218601946-20220627-A-DE-1-1";
    const ctes_envoi_row envoi = { .unique_id = stem }, nameless = { .unique_id = NULL };
    assert_true(ctes_kept_is_message(&envoi, "086-218601946-20220627-A-DE-1-1_0.xml"));
    assert_false(ctes_kept_is_message(&envoi, "086-218601946-20220627-A-DE-1-1_0.xml.pdf"));
    assert_false(ctes_kept_is_message(&envoi, "086-218601946-20220627-A_2-DE-1-1_0.xml"));
    assert_false(ctes_kept_is_message(&envoi, "086"));
    assert_false(ctes_kept_is_message(&nameless, "_0.xml"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_file_keeps_its_own),
        TEST(annexes_given_anew_keep_what_fits_them),
        TEST(a_signed_annexe_that_is_left_out_takes_its_signature_along),
        TEST(an_annexe_comes_with_a_signature_of_its_own),
        TEST(an_annexe_that_was_exchanged_since_is_told),
        TEST(whatever_was_sent_can_be_read_again),
        TEST(nothing_is_read_in_a_package_that_is_not_what_was_sent),
        cmocka_unit_test(a_message_is_known_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
