/* S2LOW's replies: OK and KO, identifiers, charsets, wording. */
#include "operator/s2low_reply.h"

#include "unit/s2low_fixture.h"

static ctes_s2low_reply read_text(const char *body, bool bare) {
    return ctes_s2low_reply_read(body, strlen(body), bare);
}

/* Errors come with HTTP 200: nothing but these bytes is a success. */
static void test_t04_success_is_ok_newline(void **state) {
    (void)state;
    assert_int_equal(read_text("OK\n1234\n\n", false).verdict, CTES_S2LOW_OK);
    static const char *const OTHERS[] = { "",
                                          "O",
                                          "OK",
                                          "OK 1234\n",
                                          "OK\r\n1\n",
                                          "ok\n1\n",
                                          " OK\n",
                                          "\nOK\n",
                                          "OKAY\n1\n",
                                          "<html>OK\n</html>",
                                          "OK : id généré : 12\n",
                                          "\xef\xbb\xbfOK\n1\n",
                                          "K",
                                          "KOALA\n",
                                          "Warning: x in y.php\nOK\n1\n" };
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        assert_int_equal(read_text(OTHERS[i], false).verdict, CTES_S2LOW_FOREIGN);
    assert_int_equal(ctes_s2low_reply_read(NULL, 0, false).verdict, CTES_S2LOW_FOREIGN);
    assert_int_equal(ctes_s2low_reply_read("OK\0\n1", 5, false).verdict, CTES_S2LOW_FOREIGN);
}

static void test_t04_refusal_needs_no_more_than_ko(void **state) {
    (void)state;
    static const char *const REFUSALS[] = { "KO", "KO\n", "KO\r\nnon\r\n", "KO\nnon\n" };
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++)
        assert_int_equal(read_text(REFUSALS[i], false).verdict, CTES_S2LOW_KO);
}

static void test_t04_bare_ok_of_the_connection_tests(void **state) {
    (void)state;
    assert_int_equal(read_text("OK", true).verdict, CTES_S2LOW_OK);
    assert_int_equal(read_text("OK\n", true).verdict, CTES_S2LOW_OK);
    assert_int_equal(read_text("KO", true).verdict, CTES_S2LOW_KO);
    assert_int_equal(read_text("OK\n<html>", true).verdict, CTES_S2LOW_FOREIGN);
    assert_int_equal(read_text("OKKO", true).verdict, CTES_S2LOW_FOREIGN);
}

static bool number_after_ok(const char *body, int64_t *ret) {
    ctes_s2low_reply reply = read_text(body, false);
    assert_int_equal(reply.verdict, CTES_S2LOW_OK);
    return ctes_s2low_reply_number(&reply, ret);
}

static void test_t12_identifier_is_the_whole_line(void **state) {
    (void)state;
    int64_t number = 0;
    assert_true(number_after_ok("OK\n1234\n\n", &number));
    assert_int_equal(number, 1234);
    assert_true(number_after_ok("OK\n1234\r\n", &number));
    assert_int_equal(number, 1234);
    assert_true(number_after_ok("OK\n9223372036854775807\n", &number));
    assert_int_equal(number, INT64_MAX);
    assert_true(number_after_ok("OK\n-1\n", &number));
    assert_int_equal(number, -1);
    number = 7;
    static const char *const OTHERS[] = { "OK\n",
                                          "OK\n\n",
                                          "OK\n12",
                                          "OK\n12\r",
                                          "OK\n 12\n",
                                          "OK\n12 \n",
                                          "OK\n+12\n",
                                          "OK\n0x12\n",
                                          "OK\n-\n",
                                          "OK\n--1\n",
                                          "OK\n12.0\n",
                                          "OK\n1e3\n",
                                          "OK\n9223372036854775808\n",
                                          ("OK\nPassage de la transaction n\xb0"
                                           "12\n") };
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        assert_false(number_after_ok(OTHERS[i], &number));
    assert_int_equal(number, 7);
}

static void test_t12_lines_are_taken_one_by_one(void **state) {
    (void)state;
    ctes_s2low_reply reply = read_text("OK\n1\n42\nrest", false);
    int64_t number = 0;
    assert_true(ctes_s2low_reply_number(&reply, &number));
    assert_true(ctes_s2low_reply_number(&reply, &number));
    assert_int_equal(number, 42);
    assert_int_equal(reply.rest_length, 4);
    assert_false(ctes_s2low_reply_number(&reply, &number));
    assert_int_equal(reply.rest_length, 4);
}

static void assert_text(const char *bytes, const char *expected) {
    char *text = NULL;
    assert_int_equal(ctes_s2low_text(bytes, strlen(bytes), &text, NULL), CTES_OK);
    assert_string_equal(text, expected);
    free(text);
}

static void test_t02_latin1_utf8_and_entities(void **state) {
    (void)state;
    assert_text("\nLe num\xe9"
                "ro n&#039;est pas correct\n",
                "Le numéro n'est pas correct");
    assert_text("\nNum\xc3\xa9ro de transaction invalide.", "Numéro de transaction invalide.");
    assert_text("est de type &quot;text/html&quot; &amp; &lt;br/&gt;",
                "est de type \"text/html\" & <br/>");
    assert_text("&amp;lt; &amp;#039; & &bogus; &", "&lt; &#039; & &bogus; &");
    assert_text("a\x1b[31m\xc3\xa9", "a [31mé"); /* no escape reaches a terminal */
}

static void assert_words(const char *text, ctes_s2low_words expected) {
    ctes_s2low_words words = ctes_s2low_words_of(text);
    if (words != expected)
        fail_msg("\"%s\": %d, not %d", text, (int)words, (int)expected);
}

static void test_wording_of_the_sheet(void **state) {
    (void)state;
    assert_words("Un acte portant le même numéro interne existe déjà dans la base de données.\n"
                 "Il faut peut-être ajouter un suffixe au numéro.",
                 CTES_S2LOW_WORDS_DUPLICATE);
    assert_words("Erreur lors de l'enregistrement de la transaction :\n"
                 "Une transaction avec le même numéro existe déjà dans la base.",
                 CTES_S2LOW_WORDS_DUPLICATE);
    assert_words("Un numéro interne d'acte entre en conflit avec un acte existant dans la base de "
                 "données.",
                 CTES_S2LOW_WORDS_DUPLICATE);
    assert_words("Le numéro n'est pas correct", CTES_S2LOW_WORDS_OTHER);
    assert_words("Cette fonctionnalité est déprécié. Utiliser actes_transac_create.php",
                 CTES_S2LOW_WORDS_REMOVED);
    assert_words("La taille totale des fichiers est trop importante (max : 157286400)",
                 CTES_S2LOW_WORDS_LARGE);
    assert_words("Le certificat n'est pas valide : aucun compte trouvé", CTES_S2LOW_WORDS_ACCESS);
    assert_words("La connexion n'a pas pu être établie", CTES_S2LOW_WORDS_ACCESS);
    assert_words("Connexion Impossible. Aucun mot de passe ne correspond à cet identifiant de "
                 "connexion.",
                 CTES_S2LOW_WORDS_ACCESS);
    assert_words("La télétransmission nécessite un certificat RGS<br/>Erreur : x",
                 CTES_S2LOW_WORDS_ACCESS);
    assert_words("Échec de l'authentification", CTES_S2LOW_WORDS_ACCESS);
    assert_words("Accès refusé", CTES_S2LOW_WORDS_RIGHTS);
    assert_words("Mode « papier » actif. Accès interdit.", CTES_S2LOW_WORDS_RIGHTS);
    assert_words("Erreur d'initialisation du module", CTES_S2LOW_WORDS_RIGHTS);
    assert_words("Numéro de transaction invalide.", CTES_S2LOW_WORDS_NO_SUCH);
    assert_words("Erreur consultation statut.", CTES_S2LOW_WORDS_FAULT);
    assert_words("Enveloppe invalide.", CTES_S2LOW_WORDS_OTHER);
    assert_words("", CTES_S2LOW_WORDS_OTHER);
}

/* Generation 6 writes a question mark for each accented letter. */
static void test_wording_with_question_marks(void **state) {
    (void)state;
    assert_words("La connexion n'a pas pu ?tre ?tablie", CTES_S2LOW_WORDS_ACCESS);
    assert_words("Acc?s refus?", CTES_S2LOW_WORDS_RIGHTS);
    assert_words("Un acte portant le m?me num?ro interne existe d?j? dans la base de donn?es.",
                 CTES_S2LOW_WORDS_DUPLICATE);
    assert_words("Num?ro de transaction invalide.", CTES_S2LOW_WORDS_NO_SUCH);
    assert_words("???", CTES_S2LOW_WORDS_OTHER);
}

/* The clear no is the whole message or it is none. */
static void test_no_such_transaction_within_other_words(void **state) {
    (void)state;
    assert_words("Base injoignable, numéro de transaction invalide.", CTES_S2LOW_WORDS_OTHER);
    assert_words("Erreur : numéro de transaction invalide.", CTES_S2LOW_WORDS_FAULT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_t04_success_is_ok_newline),
        cmocka_unit_test(test_t04_refusal_needs_no_more_than_ko),
        cmocka_unit_test(test_t04_bare_ok_of_the_connection_tests),
        cmocka_unit_test(test_t12_identifier_is_the_whole_line),
        cmocka_unit_test(test_t12_lines_are_taken_one_by_one),
        cmocka_unit_test(test_t02_latin1_utf8_and_entities),
        cmocka_unit_test(test_wording_of_the_sheet),
        cmocka_unit_test(test_wording_with_question_marks),
        cmocka_unit_test(test_no_such_transaction_within_other_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
