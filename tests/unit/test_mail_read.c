/* Mails as a préfecture's server writes them (tests/golden/mails), taken apart. */
#include "cmocka_all.h"

#include "base/text.h"
#include "fake/scratch.h"
#include "mail_fixture.h"

static void test_acknowledgement(void **state) {
    world *w = *state;
    read_golden(w, "ar");
    assert_string_equal(w->mail.subject, "Accusé de réception de l'acte 2022_0160");
    assert_string_equal(w->mail.from, "Préfecture de la Vienne <actes@interieur.test>");
    assert_string_equal(w->mail.message_id, "1656402072.8231@interieur.test");
    assert_string_equal(w->mail.text,
                        "Bonjour,\n\nVous trouverez ci-joint l'accusé de réception de l'acte "
                        "2022-0160, transmis le 27 juin 2022.");
    assert_int_equal(w->count, 2);
    assert_string_equal(w->pieces[0].nom, "086-218601946-20220627-2022_0160-DE-1-2_1.xml");
    assert_string_equal(w->pieces[1].nom, "EACT--SPREF0861-218601946-20220628-1.xml");
    assert_non_null(strstr(w->pieces[0].bytes, "<actes:ARActe "));
    assert_non_null(strstr(w->pieces[1].bytes, "Pr\xe9"
                                               "fecture"));
    assert_int_equal(w->pieces[0].said_size, w->pieces[0].size);
}

static void test_line_ends(void **state) {
    world *w = *state;
    size_t length = 0;
    char *mail = golden(w, "ar", &length);
    CTES_AUTO_BUFFER ctes_buffer crlf = CTES_BUFFER_INIT(1 << 20);
    for (const char *at = mail; *at != '\0'; at++) {
        if (*at == '\n')
            assert_ok(ctes_buffer_puts(&crlf, "\r", NULL));
        assert_ok(ctes_buffer_append(&crlf, at, 1, NULL));
    }
    free(mail);
    assert_ok(read_bytes(w, crlf.data, crlf.length));
    assert_int_equal(w->count, 2);
    assert_non_null(strstr(w->pieces[0].bytes, "<actes:ARActe "));
}

static void test_alternative_around_attachments(void **state) {
    world *w = *state;
    read_golden(w, "alternative");
    assert_string_equal(w->mail.subject, "Lettre de la préfecture");
    assert_string_equal(w->mail.text, "Courrier de la préfecture");
    assert_int_equal(w->count, 2);
    assert_string_equal(w->pieces[0].nom, "");
    assert_int_equal(w->pieces[0].size, 8);
    assert_string_equal(w->pieces[1].nom, "EACT--SPREF0861-218601946-20220628-2.xml");
}

static void test_forwarded(void **state) {
    world *w = *state;
    read_golden(w, "forwarded");
    assert_string_equal(w->mail.subject, "TR: Demande de pieces");
    assert_string_equal(w->mail.from, "agent@ville.test");
    assert_string_equal(w->mail.text, "Pour suite.\nLa demande est jointe.");
    assert_int_equal(w->count, 1);
    assert_string_equal(w->pieces[0].nom, "demande.xml");
}

static void test_names(void **state) {
    world *w = *state;
    static const struct {
        const char *nom, *bytes;
    } EXPECTED[] = {
        { "passwd", "un" },
        { "arrêté.xml", "deux" },
        { "Délibération n° 1.pdf", "trois" },
        { "Délib-suite.pdf", "quatre" },
        { "Arrêté.xml", "cinq" },
        { "meme.xml", "six" },
        { "meme.xml", "sept" },
        { "", "huit" },
        { "", "neuf" },
        { "a b [31m.xml", "dix" },
        { "note.txt", "onze" },
        { "", "<douze/>" },
        { "qp.bin", NULL },
    };
    read_golden(w, "names");
    assert_int_equal(w->count, sizeof EXPECTED / sizeof EXPECTED[0]);
    for (size_t i = 0; i < w->count; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "/%03zu", i);
        assert_string_equal(w->pieces[i].nom, EXPECTED[i].nom);
        assert_non_null(strstr(w->pieces[i].path, path));
        if (EXPECTED[i].bytes != NULL)
            assert_string_equal(w->pieces[i].bytes, EXPECTED[i].bytes);
    }
    assert_int_equal(w->pieces[12].size, 8);
    assert_memory_equal(w->pieces[12].bytes, "\0\xfftreize", 8);
    assert_string_equal(w->mail.text, "");
}

static void test_long_name(void **state) {
    world *w = *state;
    CTES_AUTO_BUFFER ctes_buffer mail = CTES_BUFFER_INIT(1 << 16);
    assert_ok(
        ctes_buffer_puts(&mail, "From: a@b.test\nContent-Type: application/pdf; name=\"", NULL));
    for (int i = 0; i < 400; i++)
        assert_ok(ctes_buffer_puts(&mail, "é", NULL));
    assert_ok(ctes_buffer_puts(&mail, "\"\n\nx\n", NULL));
    assert_ok(read_bytes(w, mail.data, mail.length));
    assert_int_equal(w->count, 1);
    assert_int_equal(strlen(w->pieces[0].nom), 254);
    assert_true(ctes_text_is_utf8(w->pieces[0].nom, 254));
}

static void test_reminder_without_xml(void **state) {
    world *w = *state;
    read_golden(w, "multicanal");
    assert_int_equal(w->count, 0);
    assert_string_equal(w->mail.text,
                        "Madame, Monsieur,\nL'acte n° 2022_0161 a été transmis en « multi canal » :"
                        "\nla partie papier reste à envoyer à la préfecture.\n");
}

static void test_text_has_a_bound(void **state) {
    world *w = *state;
    enum { LONG = 1 << 20 };
    char *mail = malloc(LONG);
    static const char HEAD[] = "From: a@b.test\nContent-Type: text/html; charset=utf-8\n\n<p>é</p>";
    memset(mail, 'x', LONG);
    memcpy(mail, HEAD, sizeof HEAD - 1);
    for (size_t i = sizeof HEAD; i < LONG; i += 50)
        mail[i] = ' ';
    assert_ok(read_bytes(w, mail, LONG));
    assert_in_range(strlen(w->mail.text), CTES_MAIL_TEXT_MAX - 64, CTES_MAIL_TEXT_MAX);
    mail[34] = 'x'; /* "text/xtml": no text to be read, so an attachment */
    assert_ok(read_bytes(w, mail, LONG));
    assert_int_equal(w->count, 1);
    free(mail);
}

static void test_receiver_says_no(void **state) {
    world *w = *state;
    w->refuse_at = 1;
    size_t length = 0;
    char *mail = golden(w, "ar", &length);
    assert_status(read_bytes(w, mail, length), CTES_E_DISK_FULL);
    assert_int_equal(w->count, 1);
    assert_null(w->mail.subject);
    free(mail);
}

int main(void) {
    ctes_mail_init();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_acknowledgement),
        TEST(test_line_ends),
        TEST(test_alternative_around_attachments),
        TEST(test_forwarded),
        TEST(test_names),
        TEST(test_long_name),
        TEST(test_reminder_without_xml),
        TEST(test_text_has_a_bound),
        TEST(test_receiver_says_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
