/* Signatures made here, judged by programs that are not ours. */
#include "unit/sign_support.h"

#include <ctype.h>
#include <pthread.h>
#include <sys/resource.h>

enum { THREADS = 4, ROUNDS = 8 };

static const int64_t MARCH_2024 = INT64_C(1709375400123); /* 2024-03-02 10:30:00 UTC */

/* Documents whose line endings or bytes S/MIME would change, or that have none. */
static const struct sample {
    const char *name;
    const char *bytes;
    size_t length;
} SAMPLES[] = {
#define SAMPLE(name, text)                                                                         \
    { name, text, sizeof(text) - 1 }
    SAMPLE("lf", "un\ndeux\n"),
    SAMPLE("crlf", "un\r\ndeux\r\n"),
    SAMPLE("cr", "un\rdeux\r"),
    SAMPLE("mixed", "un\ndeux\r\ntrois\r\r\n\n\n"),
    SAMPLE("open", "sans fin de ligne"),
    SAMPLE("spaces", "espaces \t\n  \n"),
    SAMPLE("binary", "%PDF-1.7\n\xe2\xe3\xcf\xd3\n\0\0\x1a\xff\r\n.\r\n"),
    SAMPLE("empty", ""),
};
enum { SAMPLE_COUNT = sizeof SAMPLES / sizeof SAMPLES[0] };

static const char *put_sample(const struct sample *sample) {
    return put_file(sample->name, sample->bytes, sample->length, 0600);
}

/* Signs a file and leaves the PEM in `out`. */
static void sign_file(const ctes_signer *signer, const char *path, int64_t at, ctes_buffer *out) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_hash hash;
    if (ctes_hash_file(path, &hash, NULL, &err) != CTES_OK ||
        ctes_sign_hash(signer, &hash, at, out, &err) != CTES_OK)
        fail_msg("%s: %s: %s", ctes_status_name(err.code), err.subject, err.detail);
    assert_int_equal(ERR_peek_error(), 0);
}

/* Signs a document and puts the signature in a file; `tool` gives the signer. */
static const char *signature_file(const char *path, const char *certificate, const char *key,
                                  int64_t at) {
    ctes_signer *signer = load_signer(pki(certificate), pki(key));
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_file(signer, path, at, &pem);
    ctes_signer_free(signer);
    return put_file("signature.pem", pem.data, pem.length, 0600);
}

/* The programs look at the certificate's dates as of an instant at which they are right. */
static const char *attime(void) {
    static char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)(valid_ms() / 1000));
    return text;
}

static void judge(const char *document, const char *signature) {
    const char *said = temporary("said"), *ca = pki("ca.pem"), *at = attime();
    RUN_WELL(said, "openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", signature,
             "-content", document, "-CAfile", ca, "-attime", at, "-out", temporary("content"));
    RUN_WELL(said, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in",
             signature, "-content", document, "-CAfile", ca, "-attime", at, "-out",
             temporary("content"));
    RUN_WELL(said, "openssl", "smime", "-verify", "-binary", "-inform", "PEM", "-in", signature,
             "-content", document, "-CAfile", ca, "-attime", at, "-out", temporary("content"));
}

static void openssl_agrees(void **state) {
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const char *document = put_sample(&SAMPLES[i]);
        judge(document, signature_file(document, "signer.pem", "signer.key", MARCH_2024));
    }
    const char *document = put_sample(&SAMPLES[0]);
    judge(document, signature_file(document, "signer-ec.pem", "signer-ec.key", MARCH_2024));
}

static void openssl_sees_a_change(void **state) {
    (void)state;
    const char *document = put_file("d", "au pair", 7, 0600);
    const char *signature = signature_file(document, "signer.pem", "signer.key", MARCH_2024);
    judge(document, signature);
    document = put_file("d", "au fair", 7, 0600);
    assert_int_not_equal(RUN(temporary("said"), "openssl", "smime", "-verify", "-noverify",
                             "-inform", "PEM", "-in", signature, "-content", document),
                         0);
}

/* S2LOW sheet § 2.3: the certificate is what `openssl pkcs7 | openssl x509` leaves, the content is
 * checked by `openssl smime` without -binary and without looking at the chain. */
static void what_the_operator_does(void **state) {
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const char *document = put_sample(&SAMPLES[i]);
        const char *signature = signature_file(document, "signer.pem", "signer.key", MARCH_2024);
        RUN_WELL(temporary("said"), "openssl", "smime", "-in", signature, "-inform", "PEM",
                 "-verify", "-noverify", "-content", document, "-CApath", folder);
        RUN_WELL(temporary("certs"), "openssl", "pkcs7", "-in", signature, "-print_certs");
        RUN_WELL(temporary("first.pem"), "openssl", "x509", "-in", temporary("certs"));
        RUN_WELL(temporary("said"), "openssl", "verify", "-CAfile", pki("ca.pem"), "-attime",
                 attime(), temporary("first.pem"));
        char *first = get_file(temporary("first.pem"), NULL);
        char *signer = get_file(pki("signer.pem"), NULL);
        assert_string_equal(first, signer);
        free(first);
        free(signer);
    }
}

static unsigned count(const char *text, const char *part) {
    unsigned found = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

/* A .p12 and a PEM file bring the chain along; the signature has the signer's certificate alone. */
static void one_certificate_inside(void **state) {
    (void)state;
    ctes_key_source source = { .pkcs12 = pki("signer.p12"), .passphrase_file = pki("signer.pass") };
    ctes_signer *signer = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_signer_load(&source, valid_ms(), &signer, &err), CTES_OK);
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_file(signer, put_sample(&SAMPLES[0]), MARCH_2024, &pem);
    ctes_signer_free(signer);
    const char *signature = put_file("signature.pem", pem.data, pem.length, 0600);
    RUN_WELL(temporary("certs"), "openssl", "pkcs7", "-in", signature, "-print_certs");
    char *printed = get_file(temporary("certs"), NULL);
    assert_int_equal(count(printed, "BEGIN CERTIFICATE"), 1);
    free(printed);
}

/* Hash of a file by the openssl program, upper case, as `openssl cms -print` shows it. */
static char *openssl_sha256(const char *path) {
    RUN_WELL(temporary("hash"), "openssl", "dgst", "-sha256", "-r", path);
    char *text = get_file(temporary("hash"), NULL);
    text[64] = '\0';
    for (char *at = text; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    return text;
}

static char *print_signature(const char *signature) {
    RUN_WELL(temporary("printed"), "openssl", "cms", "-cmsout", "-noout", "-print", "-inform",
             "PEM", "-in", signature);
    return get_file(temporary("printed"), NULL);
}

static void signed_attributes(void **state) {
    (void)state;
    const char *signature =
        signature_file(put_sample(&SAMPLES[0]), "signer.pem", "signer.key", MARCH_2024);
    char *printed = print_signature(signature);
    assert_int_equal(count(printed, "object: contentType"), 1);
    assert_int_equal(count(printed, "object: messageDigest"), 1);
    assert_int_equal(count(printed, "object: signingTime"), 1);
    assert_int_equal(count(printed, "object: id-smime-aa-signingCertificateV2"), 1);
    assert_int_equal(count(printed, "\n            object: "), 4);
    assert_non_null(strstr(printed, "UTCTIME:Mar  2 10:30:00 2024 GMT"));
    assert_non_null(strstr(printed, "unsignedAttrs:\n          <ABSENT>"));
    assert_non_null(strstr(printed, "eContent: <ABSENT>"));
    RUN_WELL(temporary("said"), "openssl", "x509", "-in", pki("signer.pem"), "-outform", "DER",
             "-out", temporary("signer.der"));
    char *hash = openssl_sha256(temporary("signer.der"));
    char expected[128];
    (void)snprintf(expected, sizeof expected, "OCTET STRING      [HEX DUMP]:%s", hash);
    assert_int_equal(count(printed, expected), 1);
    free(hash);
    free(printed);
}

/* RFC 5652 § 11.3: from 2050 on the year has four digits. */
static void signing_time_after_2049(void **state) {
    (void)state;
    const int64_t year_2050 = INT64_C(2524608000000);
    const char *document = put_sample(&SAMPLES[0]);
    char *printed =
        print_signature(signature_file(document, "signer.pem", "signer.key", year_2050));
    assert_non_null(strstr(printed, "GENERALIZEDTIME:Jan  1 00:00:00 2050 GMT"));
    free(printed);
    printed = print_signature(signature_file(document, "signer.pem", "signer.key", year_2050 - 1));
    assert_non_null(strstr(printed, "UTCTIME:Dec 31 23:59:59 2049 GMT"));
    free(printed);
}

static void the_text_that_travels(void **state) {
    (void)state;
    char *text =
        get_file(signature_file(put_sample(&SAMPLES[0]), "signer.pem", "signer.key", 0), NULL);
    static const char FIRST[] = "-----BEGIN PKCS7-----\n", LAST[] = "\n-----END PKCS7-----\n";
    assert_int_equal(strncmp(text, FIRST, sizeof FIRST - 1), 0);
    assert_string_equal(text + strlen(text) - (sizeof LAST - 1), LAST);
    for (const char *at = text; *at != '\0'; at++)
        assert_true(*at == '\n' || isprint((unsigned char)*at));
    assert_null(strpbrk(text, "\"<>&\r"));
    free(text);
}

static void same_input_same_bytes(void **state) {
    (void)state;
    const struct sample *sample = &SAMPLES[6];
    ctes_buffer first CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_buffer again CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_buffer later CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_signer *signer = load_signer(pki("signer.pem"), pki("signer.key"));
    ctes_error err = CTES_ERROR_INIT;
    sign_file(signer, put_sample(sample), MARCH_2024, &first);
    assert_int_equal(
        sign_bytes(signer, sample->bytes, sample->length, MARCH_2024 + 876, &again, &err), CTES_OK);
    assert_string_equal(first.data, again.data);
    sign_file(signer, put_sample(sample), MARCH_2024 + 877, &later);
    assert_string_not_equal(first.data, later.data);
    ctes_signer_free(signer);
}

/* A hole of 200 MB: reading it whole would show in the resident size. */
static void big_files_are_streamed(void **state) {
    (void)state;
    const off_t size = (off_t)200 << 20;
    const char *path = put_file("big", "%PDF", 4, 0600);
    assert_int_equal(truncate(path, size), 0);
    ctes_signer *signer = load_signer(pki("signer.pem"), pki("signer.key"));
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    sign_file(signer, path, MARCH_2024, &pem);
    assert_int_equal(ctes_signature_verify_file(pem.data, pem.length, path, NULL, NULL, &err),
                     CTES_OK);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024); /* KiB */
    ctes_signer_free(signer);
    judge(path, put_file("signature.pem", pem.data, pem.length, 0600));
}

/* --- threads --- */

static const ctes_signer *shared;

static void *sign_repeatedly(void *user) {
    ctes_buffer *pem = user;
    for (int i = 0; i < ROUNDS; i++) {
        ctes_error err = CTES_ERROR_INIT;
        ctes_buffer_reset(pem);
        if (sign_bytes(shared, "partage", 7, MARCH_2024, pem, &err) != CTES_OK)
            return pem;
        if (ctes_signature_verify_bytes(pem->data, pem->length, "partage", 7, NULL, NULL, &err) !=
            CTES_OK)
            return pem;
    }
    return NULL;
}

static void threads_share_a_signer(void **state) {
    (void)state;
    ctes_signer *signer = load_signer(pki("signer.pem"), pki("signer.key"));
    shared = signer;
    ctes_buffer pems[THREADS];
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        pems[i] = (ctes_buffer)CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
        assert_int_equal(pthread_create(&threads[i], NULL, sign_repeatedly, &pems[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    for (size_t i = 1; i < THREADS; i++)
        assert_string_equal(pems[i].data, pems[0].data);
    for (size_t i = 0; i < THREADS; i++)
        ctes_buffer_clear(&pems[i]);
    ctes_signer_free(signer);
}

/* --- what cannot be signed --- */

static void what_cannot_be_signed(void **state) {
    (void)state;
    ctes_signer *signer = load_signer(pki("signer.pem"), pki("signer.key"));
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_buffer_puts(&pem, "before", &err), CTES_OK);
    assert_int_equal(sign_bytes(signer, "x", 1, INT64_MAX, &pem, &err), CTES_E_CRYPTO);
    ctes_buffer small CTES_AUTO_BUFFER = CTES_BUFFER_INIT(100);
    assert_int_equal(sign_bytes(signer, "x", 1, 0, &small, &err), CTES_E_LIMIT);
    assert_int_equal(small.length, 0);
    assert_string_equal(pem.data, "before");
    assert_int_equal(sign_bytes(signer, "x", 1, 0, &pem, &err), CTES_OK);
    assert_int_equal(strncmp(pem.data, "before-----BEGIN", 16), 0);
    assert_int_equal(ERR_peek_error(), 0);
    ctes_signer_free(signer);
}

/* An algorithm CMS has no place for in this OpenSSL is told, not crashed on. */
static void a_key_that_cannot_sign(void **state) {
    (void)state;
    const char *key = temporary("x25519.key"), *certificate = temporary("x25519.pem");
    RUN_WELL(temporary("said"), "openssl", "genpkey", "-algorithm", "X25519", "-out", key);
    RUN_WELL(temporary("said"), "openssl", "pkey", "-in", key, "-pubout", "-out",
             temporary("x25519.pub"));
    RUN_WELL(temporary("said"), "openssl", "x509", "-new", "-subj", "/CN=x", "-force_pubkey",
             temporary("x25519.pub"), "-CA", pki("ca.pem"), "-CAkey", pki("ca.key"), "-out",
             certificate);
    ctes_key_source source = { .certificate = certificate, .key = key };
    ctes_signer *signer = NULL;
    ctes_error err = CTES_ERROR_INIT;
    ctes_certificate_info info;
    assert_int_equal(ctes_certificate_read(certificate, &info, &err), CTES_OK);
    assert_int_equal(ctes_signer_load(&source, info.not_before_ms, &signer, &err), CTES_OK);
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    assert_int_equal(sign_bytes(signer, "x", 1, 0, &pem, &err), CTES_E_CRYPTO);
    assert_int_equal(pem.length, 0);
    ctes_signer_free(signer);
}

int main(void) {
    need_pki();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_agrees),         cmocka_unit_test(openssl_sees_a_change),
        cmocka_unit_test(what_the_operator_does), cmocka_unit_test(one_certificate_inside),
        cmocka_unit_test(signed_attributes),      cmocka_unit_test(signing_time_after_2049),
        cmocka_unit_test(the_text_that_travels),  cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(big_files_are_streamed), cmocka_unit_test(threads_share_a_signer),
        cmocka_unit_test(what_cannot_be_signed),  cmocka_unit_test(a_key_that_cannot_sign),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
