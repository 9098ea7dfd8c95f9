/* The short way to a signature gives what the long way gives, or nothing. */
#include "unit/sign_support.h"

#include "sign/signer.h"

static const int64_t SECOND_MS = 1000;

static ctes_signer *load(const char *certificate, const char *key) {
    return load_signer(pki(certificate), pki(key));
}

static void sign(ctes_signer *signer, const char *text, int64_t at, ctes_buffer *out) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_buffer_reset(out);
    assert_int_equal(sign_bytes(signer, text, strlen(text), at, out, &err), CTES_OK);
    assert_int_equal(ERR_peek_error(), 0);
}

static void both_ways_the_same(void **state) {
    (void)state;
    static const char *const TEXTS[] = { "", "acte", "délibération\r\n" };
    static const int64_t TIMES[] = { 0, 1709375400, 2524607999, 2524608000, -1, -631152000 };
    ctes_signer *signer = load("signer.pem", "signer.key");
    assert_non_null(signer->form.der);
    ctes_buffer quick CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_buffer slow CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        for (size_t j = 0; j < sizeof TIMES / sizeof TIMES[0]; j++) {
            sign(signer, TEXTS[i], TIMES[j] * SECOND_MS, &quick);
            unsigned char *form = CTES_TAKE(signer->form.der);
            sign(signer, TEXTS[i], TIMES[j] * SECOND_MS, &slow);
            signer->form.der = form;
            assert_string_equal(quick.data, slow.data);
        }
    ctes_signer_free(signer);
}

/* Signatures of an elliptic curve are never twice the same. */
static void keys_without_a_form(void **state) {
    (void)state;
    ctes_signer *signer = load("signer-ec.pem", "signer-ec.key");
    assert_null(signer->form.der);
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    sign(signer, "acte", 0, &pem);
    assert_int_equal(ctes_signature_verify_bytes(pem.data, pem.length, "acte", 4, NULL, NULL, &err),
                     CTES_OK);
    ctes_signer_free(signer);
}

/* Whatever goes wrong in signing, a signature that does not verify never leaves. */
static void a_wrong_signature_stays_inside(void **state) {
    (void)state;
    ctes_signer *signer = load("signer.pem", "signer.key");
    ctes_signer *other = load("client.pem", "client.key");
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    EVP_PKEY_CTX *own = signer->form.signing;
    signer->form.signing = other->form.signing;
    assert_int_equal(sign_bytes(signer, "acte", 4, 0, &pem, &err), CTES_E_CRYPTO);
    assert_int_equal(pem.length, 0);
    assert_int_equal(ERR_peek_error(), 0);
    signer->form.signing = own;
    sign(signer, "acte", 0, &pem);
    ctes_signer_free(other);
    ctes_signer_free(signer);
}

int main(void) {
    need_pki();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_the_same),
        cmocka_unit_test(keys_without_a_form),
        cmocka_unit_test(a_wrong_signature_stays_inside),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
