/* Loading keys and certificates: what is taken, and each reason to refuse. */
#include "unit/sign_support.h"

/* Loads, expecting `code`; checks that outputs stay untouched and OpenSSL's queue empty. */
static ctes_error load_expecting(const ctes_key_source *source, int64_t now_ms, ctes_status code) {
    ctes_signer *const untouched = (ctes_signer *)(uintptr_t)&source;
    ctes_signer *signer = untouched;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_signer_load(source, now_ms, &signer, &err);
    if (status != code)
        fail_msg("%s instead of %s: %s: %s", ctes_status_name(status), ctes_status_name(code),
                 err.subject, err.detail);
    assert_int_equal(err.code, code);
    assert_int_equal(ERR_peek_error(), 0);
    if (status == CTES_OK)
        ctes_signer_free(signer);
    else
        assert_ptr_equal(signer, untouched);
    return err;
}

static ctes_error load_pair(const char *certificate, const char *key, ctes_status code) {
    ctes_key_source source = { .certificate = certificate, .key = key };
    return load_expecting(&source, valid_ms(), code);
}

/* --- what is taken --- */

static void pem_pairs(void **state) {
    (void)state;
    (void)load_pair(pki("signer.pem"), pki("signer.key"), CTES_OK);
    (void)load_pair(pki("signer-ec.pem"), pki("signer-ec.key"), CTES_OK);
    (void)load_pair(pki("client.pem"), pki("client.key"), CTES_OK);
}

/* Chain behind the certificate and the key behind that, in one file. */
static void one_file_for_all(void **state) {
    (void)state;
    const char *const parts[] = { "signer.pem", "ca.pem", "signer.key" };
    const char *path = put_file("all.pem", "", 0, 0600);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    for (size_t i = 0; i < 3; i++) {
        char *text = get_file(pki(parts[i]), NULL);
        assert_true(fputs(text, file) >= 0);
        free(text);
    }
    assert_int_equal(fclose(file), 0);
    (void)load_pair(path, path, CTES_OK);
    (void)load_pair(path, NULL, CTES_OK);
    assert_int_equal(chmod(path, 0640), 0);
    (void)load_pair(path, NULL, CTES_E_KEY_EXPOSED);
}

static void encrypted_with_a_passphrase_file(void **state) {
    (void)state;
    ctes_key_source source = { .certificate = pki("signer.pem"),
                               .key = pki("signer-enc.key"),
                               .passphrase_file = pki("signer.pass") };
    (void)load_expecting(&source, valid_ms(), CTES_OK);
    const char *const files[] = { "signer.p12", "signer-legacy.p12" };
    for (size_t i = 0; i < 2; i++) {
        source =
            (ctes_key_source){ .pkcs12 = pki(files[i]), .passphrase_file = pki("signer.pass") };
        (void)load_expecting(&source, valid_ms(), CTES_OK);
    }
}

/* What goes to the TLS library: the pair of an old .p12, its chain behind the certificate. */
static void a_pkcs12_is_exported_as_pem(void **state) {
    (void)state;
    ctes_key_source source = { .pkcs12 = pki("signer-legacy.p12"),
                               .passphrase_file = pki("signer.pass") };
    CTES_CLEANUP(ctes_signer_freep) ctes_signer *signer = NULL;
    ctes_identity identity CTES_AUTO_IDENTITY = { .pem = NULL };
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_signer_load(&source, valid_ms(), &signer, &err), CTES_OK);
    assert_int_equal(ctes_signer_export(signer, &identity, &err), CTES_OK);
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(strlen(identity.pem), identity.length);
    size_t certificates = 0;
    for (const char *at = identity.pem; (at = strstr(at, "BEGIN CERTIFICATE")) != NULL; at++)
        certificates++;
    assert_int_equal(certificates, 2); /* its own and the authority's */
    assert_null(strstr(identity.pem, "ENCRYPTED"));
    const char *path = put_file("exported.pem", identity.pem, identity.length, 0600);
    (void)load_pair(path, path, CTES_OK); /* the first certificate is that of the key */
    ctes_identity_wipe(&identity);
    assert_null(identity.pem);
}

static void unencrypted_needs_no_passphrase(void **state) {
    (void)state;
    const char *path = temporary("open.p12");
    RUN_WELL(temporary("said"), "openssl", "pkcs12", "-export", "-in", pki("signer.pem"), "-inkey",
             pki("signer.key"), "-passout", "pass:", "-out", path);
    assert_int_equal(chmod(path, 0600), 0);
    ctes_key_source source = { .pkcs12 = path };
    (void)load_expecting(&source, valid_ms(), CTES_OK);
    /* and a passphrase file that does not exist is not missed */
    source = (ctes_key_source){ .certificate = pki("signer.pem"),
                                .key = pki("signer.key"),
                                .passphrase_file = temporary("absent") };
    (void)load_expecting(&source, valid_ms(), CTES_OK);
}

/* --- asking --- */

typedef struct person {
    const char *answer; /* NULL gives up */
    unsigned asked;
    char what[PATH_SIZE];
} person;

static bool answer(void *user, const char *what, ctes_secret *ret) {
    person *someone = user;
    someone->asked++;
    (void)snprintf(someone->what, sizeof someone->what, "%s", what);
    if (someone->answer == NULL)
        return false;
    ret->length = strlen(someone->answer);
    memcpy(ret->text, someone->answer, ret->length + 1);
    return true;
}

static void asking_a_person(void **state) {
    (void)state;
    char *passphrase = get_file(pki("signer.pass"), NULL);
    passphrase[strcspn(passphrase, "\n")] = '\0';
    person someone = { .answer = passphrase };
    ctes_key_source pem = { .certificate = pki("signer.pem"),
                            .key = pki("signer-enc.key"),
                            .ask = answer,
                            .user = &someone };
    (void)load_expecting(&pem, valid_ms(), CTES_OK);
    assert_int_equal(someone.asked, 1);
    assert_string_equal(someone.what, pem.key);
    ctes_key_source pkcs12 = { .pkcs12 = pki("signer.p12"), .ask = answer, .user = &someone };
    (void)load_expecting(&pkcs12, valid_ms(), CTES_OK);
    assert_int_equal(someone.asked, 2);
    assert_string_equal(someone.what, pkcs12.pkcs12);
    /* never for a key that is not encrypted, nor when a file has the answer */
    pem.key = pki("signer.key");
    (void)load_expecting(&pem, valid_ms(), CTES_OK);
    pkcs12.passphrase_file = pki("signer.pass");
    (void)load_expecting(&pkcs12, valid_ms(), CTES_OK);
    assert_int_equal(someone.asked, 2);
    free(passphrase);
}

static void accents_in_a_passphrase(void **state) {
    (void)state;
    const char *path = temporary("accents.p12");
    RUN_WELL(temporary("said"), "openssl", "pkcs12", "-export", "-in", pki("signer.pem"), "-inkey",
             pki("signer.key"), "-passout", "pass:Dél€gué", "-out", path);
    assert_int_equal(chmod(path, 0600), 0);
    person someone = { .answer = "Dél€gué" };
    ctes_key_source source = { .pkcs12 = path, .ask = answer, .user = &someone };
    (void)load_expecting(&source, valid_ms(), CTES_OK);
}

static void no_passphrase(void **state) {
    (void)state;
    ctes_key_source source = { .certificate = pki("signer.pem"), .key = pki("signer-enc.key") };
    (void)load_expecting(&source, valid_ms(), CTES_E_KEY_PASSPHRASE);
    person nobody = { .answer = NULL };
    source.ask = answer;
    source.user = &nobody;
    ctes_error err = load_expecting(&source, valid_ms(), CTES_E_KEY_PASSPHRASE);
    assert_string_equal(err.subject, source.key);
    assert_int_equal(nobody.asked, 1);
    source.passphrase_file = temporary("absent");
    err = load_expecting(&source, valid_ms(), CTES_E_KEY_PASSPHRASE);
    assert_string_equal(err.subject, temporary("absent"));
    source = (ctes_key_source){ .pkcs12 = pki("signer.p12") };
    (void)load_expecting(&source, valid_ms(), CTES_E_KEY_PASSPHRASE);
}

static void wrong_passphrase(void **state) {
    (void)state;
    static const char WRONG[] = "certainly not this";
    person someone = { .answer = WRONG };
    ctes_key_source sources[] = {
        { .certificate = pki("signer.pem"), .key = pki("signer-enc.key") },
        { .pkcs12 = pki("signer.p12") },
        { .pkcs12 = pki("signer-legacy.p12") },
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        sources[i].ask = answer;
        sources[i].user = &someone;
        ctes_error err = load_expecting(&sources[i], valid_ms(), CTES_E_KEY_PASSPHRASE);
        assert_null(strstr(err.detail, WRONG));
        assert_true(err.detail[0] != '\0');
        sources[i].passphrase_file = put_file("wrong.pass", "neither\n", 8, 0600);
        (void)load_expecting(&sources[i], valid_ms(), CTES_E_KEY_PASSPHRASE);
    }
    assert_int_equal(someone.asked, 3);
}

/* --- refusals --- */

static void exposed_files(void **state) {
    (void)state;
    ctes_error err = load_pair(pki("client.pem"), pki("bad/exposed.key"), CTES_E_KEY_EXPOSED);
    assert_string_equal(err.subject, pki("bad/exposed.key"));
    ctes_key_source source = { .certificate = pki("signer.pem"),
                               .key = pki("signer-enc.key"),
                               .passphrase_file = put_file("open.pass", "x\n", 2, 0640) };
    err = load_expecting(&source, valid_ms(), CTES_E_KEY_EXPOSED);
    assert_string_equal(err.subject, temporary("open.pass"));
    size_t length = 0;
    char *bytes = get_file(pki("signer.p12"), &length);
    source = (ctes_key_source){ .pkcs12 = put_file("open.p12", bytes, length, 0604),
                                .passphrase_file = pki("signer.pass") };
    free(bytes);
    (void)load_expecting(&source, valid_ms(), CTES_E_KEY_EXPOSED);
}

static void unreadable_keys(void **state) {
    (void)state;
    const char *const broken[] = {
        put_file("text.key", "no key\n", 7, 0600),
        put_file("empty.key", "", 0, 0600),
        temporary("absent.key"),
        folder,
        put_file("half.key", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n", 61,
                 0600),
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        ctes_error err = load_pair(pki("signer.pem"), broken[i], CTES_E_KEY_UNREADABLE);
        assert_string_equal(err.subject, broken[i]);
        assert_true(err.detail[0] != '\0');
        ctes_key_source source = { .pkcs12 = broken[i] };
        (void)load_expecting(&source, valid_ms(), CTES_E_KEY_UNREADABLE);
    }
    size_t length = 0;
    char *certificate = get_file(pki("signer.pem"), &length);
    (void)load_pair(pki("signer.pem"), put_file("cert.key", certificate, length, 0600),
                    CTES_E_KEY_UNREADABLE);
    free(certificate);
    ctes_key_source nothing = { .certificate = NULL };
    (void)load_expecting(&nothing, valid_ms(), CTES_E_KEY_UNREADABLE);
}

static void truncated_pkcs12(void **state) {
    (void)state;
    size_t length = 0;
    char *bytes = get_file(pki("signer.p12"), &length);
    ctes_key_source source = { .pkcs12 = put_file("cut.p12", bytes, length - 40, 0600),
                               .passphrase_file = pki("signer.pass") };
    free(bytes);
    (void)load_expecting(&source, valid_ms(), CTES_E_KEY_UNREADABLE);
}

static void a_key_of_another_certificate(void **state) {
    (void)state;
    ctes_error err = load_pair(pki("signer.pem"), pki("bad/mismatch.key"), CTES_E_KEY_MISMATCH);
    assert_string_equal(err.subject, pki("signer.pem"));
    (void)load_pair(pki("signer.pem"), pki("signer-ec.key"), CTES_E_KEY_MISMATCH);
    (void)load_pair(pki("client.pem"), pki("client2.key"), CTES_E_KEY_MISMATCH);
}

static void unreadable_certificates(void **state) {
    (void)state;
    const char *const broken[] = {
        put_file("text.pem", "no certificate\n", 15, 0644),
        put_file("empty.pem", "", 0, 0644),
        temporary("absent.pem"),
        folder,
        pki("signer.key"),
        pki("signer.p12"),
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        ctes_error err = load_pair(broken[i], pki("signer.key"), CTES_E_CERT_UNREADABLE);
        assert_string_equal(err.subject, broken[i]);
        ctes_certificate_info info = { .subject = "untouched" };
        err = (ctes_error)CTES_ERROR_INIT;
        assert_int_equal(ctes_certificate_read(broken[i], &info, &err), CTES_E_CERT_UNREADABLE);
        assert_string_equal(err.subject, broken[i]);
        assert_string_equal(info.subject, "untouched");
    }
    (void)load_pair(NULL, pki("signer.key"), CTES_E_CERT_UNREADABLE);
    assert_int_equal(ERR_peek_error(), 0);
}

static void a_pkcs12_without_certificate(void **state) {
    (void)state;
    const char *path = temporary("alone.p12");
    RUN_WELL(temporary("said"), "openssl", "pkcs12", "-export", "-nocerts", "-inkey",
             pki("signer.key"), "-passout", "pass:x", "-out", path);
    assert_int_equal(chmod(path, 0600), 0);
    ctes_key_source source = { .pkcs12 = path,
                               .passphrase_file = put_file("x.pass", "x\n", 2, 0600) };
    (void)load_expecting(&source, valid_ms(), CTES_E_CERT_UNREADABLE);
}

static void outside_the_dates(void **state) {
    (void)state;
    ctes_key_source source = { .certificate = pki("bad/signer-expired.pem"),
                               .key = pki("bad/signer-expired.key") };
    ctes_error err = load_expecting(&source, valid_ms(), CTES_E_CERT_EXPIRED);
    assert_string_equal(err.detail, "2021-01-01");
    assert_string_equal(err.subject, source.certificate);
    const int64_t june_2020 = INT64_C(1592000000000);
    (void)load_expecting(&source, june_2020, CTES_OK);
    const int64_t may_2019 = INT64_C(1557000000000);
    err = load_expecting(&source, may_2019, CTES_E_CERT_NOT_YET);
    assert_string_equal(err.detail, "2020-01-01");
    source =
        (ctes_key_source){ .certificate = pki("bad/notyet.pem"), .key = pki("bad/notyet.key") };
    err = load_expecting(&source, valid_ms(), CTES_E_CERT_NOT_YET);
    assert_string_equal(err.detail, "2090-01-01");
}

static void the_last_second_counts(void **state) {
    (void)state;
    ctes_certificate_info info = { .not_before_ms = 1000, .not_after_ms = 5000 };
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_certificate_check_dates(&info, 999, "x", &err), CTES_E_CERT_NOT_YET);
    assert_int_equal(ctes_certificate_check_dates(&info, 1000, "x", NULL), CTES_OK);
    assert_int_equal(ctes_certificate_check_dates(&info, 5999, "x", NULL), CTES_OK);
    assert_int_equal(ctes_certificate_check_dates(&info, 6000, "x", &err), CTES_E_CERT_EXPIRED);
}

/* --- facts --- */

static void facts_of_a_certificate(void **state) {
    (void)state;
    ctes_certificate_info info, same;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_certificate_read(pki("signer.pem"), &info, &err), CTES_OK);
    assert_string_equal(info.subject,
                        "CN=Signataire de développement,O=Commune de Développement,C=FR");
    assert_string_equal(info.issuer, "CN=Autorité de développement,O=ctes,C=FR");
    ctes_signer *signer = load_signer(pki("signer.pem"), pki("signer.key"));
    ctes_signer_info(signer, &same);
    ctes_signer_free(signer);
    assert_memory_equal(info.sha1, same.sha1, sizeof info.sha1);
    assert_string_equal(info.subject, same.subject);

    char expected[80] = "sha1 Fingerprint=";
    for (size_t i = 0, at = strlen(expected); i < sizeof info.sha1; i++, at += 3)
        (void)snprintf(expected + at, sizeof expected - at, "%02X%s", (unsigned)info.sha1[i],
                       i + 1 < sizeof info.sha1 ? ":" : "\n");
    RUN_WELL(temporary("fingerprint"), "openssl", "x509", "-in", pki("signer.pem"), "-noout",
             "-fingerprint", "-sha1");
    char *printed = get_file(temporary("fingerprint"), NULL);
    assert_string_equal(printed, expected);
    free(printed);

    assert_int_equal(ctes_certificate_read(pki("bad/expired.pem"), &info, &err), CTES_OK);
    assert_int_equal(info.not_before_ms, INT64_C(1577836800000));
    assert_int_equal(info.not_after_ms, INT64_C(1609459200000));
}

/* A subject longer than its field is cut between characters. */
static void a_long_subject(void **state) {
    (void)state;
    char subject[600] = "/CN=Long";
    for (int i = 0; i < 8; i++) /* 64 characters each: the most a name may have */
        (void)snprintf(subject + strlen(subject), sizeof subject - strlen(subject),
                       "/O=éééééééééééééééééééééééééééé%d", i);
    RUN_WELL(temporary("said"), "openssl", "req", "-x509", "-new", "-utf8", "-key",
             pki("signer.key"), "-subj", subject, "-out", temporary("long.pem"));
    ctes_certificate_info info;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_certificate_read(temporary("long.pem"), &info, &err), CTES_OK);
    size_t length = strlen(info.subject);
    assert_true(length >= sizeof info.subject - 2);
    /* é is two bytes: a lone first byte at the end would be half a character */
    assert_true((unsigned char)info.subject[length - 1] != 0xc3);
}

int main(void) {
    need_pki();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pem_pairs),
        cmocka_unit_test(one_file_for_all),
        cmocka_unit_test(encrypted_with_a_passphrase_file),
        cmocka_unit_test(a_pkcs12_is_exported_as_pem),
        cmocka_unit_test(unencrypted_needs_no_passphrase),
        cmocka_unit_test(asking_a_person),
        cmocka_unit_test(accents_in_a_passphrase),
        cmocka_unit_test(no_passphrase),
        cmocka_unit_test(wrong_passphrase),
        cmocka_unit_test(exposed_files),
        cmocka_unit_test(unreadable_keys),
        cmocka_unit_test(truncated_pkcs12),
        cmocka_unit_test(a_key_of_another_certificate),
        cmocka_unit_test(unreadable_certificates),
        cmocka_unit_test(a_pkcs12_without_certificate),
        cmocka_unit_test(outside_the_dates),
        cmocka_unit_test(the_last_second_counts),
        cmocka_unit_test(facts_of_a_certificate),
        cmocka_unit_test(a_long_subject),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
