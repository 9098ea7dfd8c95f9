/* Each allocation OpenSSL makes fails once: the call fails and says so, or succeeds, and leaves its
 * outputs alone. */
#include "unit/sign_support.h"

#include <openssl/crypto.h>

static long countdown = -1; /* allocations until one fails; negative: none does */
static long made;

static bool now_fails(void) {
    made++;
    return countdown >= 0 && countdown-- == 0;
}

static void *fail_malloc(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return now_fails() ? NULL : malloc(size);
}

static void *fail_realloc(void *bytes, size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return now_fails() ? NULL : realloc(bytes, size);
}

static void plain_free(void *bytes, const char *file, int line) {
    (void)file;
    (void)line;
    free(bytes);
}

/* OpenSSL itself loses some memory when it runs out of it; that we lose none show the other tests.
 */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libcrypto";
}

/* Runs an action whole, then with each allocation failing, or one in `stride`. */
static void fail_in_turn(const char *what, long stride, ctes_status (*action)(ctes_error *err)) {
    ctes_error err = CTES_ERROR_INIT;
    countdown = -1;
    assert_int_equal(action(&err), CTES_OK); /* warms up what OpenSSL keeps */
    made = 0;
    assert_int_equal(action(&err), CTES_OK);
    long total = made, tried = 0, survived = 0, told = 0;
    for (long i = 0; i < total; i += stride, tried++) {
        err = (ctes_error)CTES_ERROR_INIT;
        countdown = i;
        ctes_status status = action(&err);
        countdown = -1;
        assert_int_equal(status, err.code);
        assert_int_equal(ERR_peek_error(), 0);
        if (status == CTES_OK)
            survived++;
        else if (status == CTES_E_MEMORY)
            told++;
    }
    print_message("%s: %ld allocations, %ld tried, %ld not needed, %ld told as memory\n", what,
                  total, tried, survived, told);
    /* some of OpenSSL's functions fail without saying that it was for want of memory */
    assert_true(survived < tried && told >= (tried - survived) / 3);
    assert_int_equal(action(&err), CTES_OK);
}

static const char PEM_OUT[] = "kept";
static ctes_signer *signer;
static ctes_buffer signature = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
static int64_t now;

static ctes_status sign(ctes_error *err) {
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    assert_int_equal(ctes_buffer_puts(&out, PEM_OUT, err), CTES_OK);
    ctes_status status = sign_bytes(signer, "acte", 4, 0, &out, err);
    if (status != CTES_OK)
        assert_string_equal(out.data, PEM_OUT);
    long kept = countdown;
    countdown = -1;
    ctes_error wrong = CTES_ERROR_INIT;
    if (status == CTES_OK)
        assert_int_equal(ctes_signature_verify_bytes(out.data + sizeof PEM_OUT - 1,
                                                     out.length - (sizeof PEM_OUT - 1), "acte", 4,
                                                     NULL, NULL, &wrong),
                         CTES_OK);
    countdown = kept;
    return status;
}

static ctes_status verify(ctes_error *err) {
    ctes_certificate_info info = { .subject = "untouched" };
    ctes_status status =
        ctes_signature_verify_bytes(signature.data, signature.length, "acte", 4, NULL, &info, err);
    if (status != CTES_OK)
        assert_string_equal(info.subject, "untouched");
    return status;
}

static ctes_status verify_wrong(ctes_error *err) {
    ctes_error wrong = CTES_ERROR_INIT;
    ctes_status status = ctes_signature_verify_bytes(signature.data, signature.length, "pacte", 5,
                                                     NULL, NULL, &wrong);
    assert_int_not_equal(status, CTES_OK);
    if (status == CTES_E_SIGNATURE_INVALID)
        return CTES_OK;
    *err = wrong;
    return status;
}

static ctes_status to_pem(ctes_error *err) {
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    return ctes_signature_to_pem(signature.data, signature.length, &out, err);
}

static ctes_status load(ctes_error *err) {
    ctes_key_source source = { .certificate = pki("signer.pem"), .key = pki("signer.key") };
    CTES_CLEANUP(ctes_signer_freep) ctes_signer *loaded = NULL;
    ctes_status status = ctes_signer_load(&source, now, &loaded, err);
    assert_true((status == CTES_OK) == (loaded != NULL));
    return status;
}

static ctes_status hash(ctes_error *err) {
    ctes_hash ignored;
    return ctes_hash_bytes("acte", 4, &ignored, err);
}

static void every_allocation(void **state) {
    (void)state;
    now = valid_ms();
    signer = load_signer(pki("signer.pem"), pki("signer.key"));
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(sign_bytes(signer, "acte", 4, 0, &signature, &err), CTES_OK);
    fail_in_turn("hash", 1, hash);
    fail_in_turn("sign", 1, sign);
    fail_in_turn("verify", 3, verify);
    fail_in_turn("verify wrong", 3, verify_wrong);
    fail_in_turn("to PEM", 3, to_pem);
    fail_in_turn("load", 23, load);
    ctes_signer_free(signer);
    ctes_buffer_clear(&signature);
}

int main(void) {
    need_pki();
    if (CRYPTO_set_mem_functions(fail_malloc, fail_realloc, plain_free) != 1)
        return 1;
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation) };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
