#include "unit/document_support.h"

#include "document/scdl.h"

/* What the tests see of a row. */
typedef struct seen {
    size_t count;
    struct {
        size_t line;
        ctes_status status;
        ctes_error error;
        ctes_acte acte;
    } rows[16];
    size_t stop_at; /* the callback fails at this row, when not 0 */
} seen;

static void seen_clear(seen *rows) {
    for (size_t i = 0; i < rows->count; i++)
        ctes_acte_clear(&rows->rows[i].acte);
    *rows = (seen){ .count = 0 };
}
#define AUTO_SEEN CTES_CLEANUP(seen_clear)

static ctes_status see(void *user, ctes_manifest_row *row, ctes_error *err) {
    (void)err;
    seen *rows = user;
    assert_true(rows->count < 16);
    rows->rows[rows->count].line = row->line;
    rows->rows[rows->count].status = row->status;
    rows->rows[rows->count].error = row->error;
    rows->rows[rows->count].acte = row->acte; /* taken */
    row->acte = (ctes_acte)CTES_ACTE_INIT;
    rows->count++;
    return rows->count == rows->stop_at ? CTES_E_INTERRUPTED : CTES_OK;
}

static ctes_status read_text(const char *text, seen *rows, ctes_error *err) {
    FILE *file CTES_AUTO_FCLOSE = file_of(text, strlen(text));
    return ctes_manifest_read(file, "/d", see, rows, err);
}

static void assert_acte(const ctes_acte *acte, const char *numero, const char *matiere) {
    char code[32], date[11];
    assert_string_equal(acte->siren, "218601946");
    assert_string_equal(acte->numero, numero);
    ctes_matiere_format(&acte->matiere, code);
    assert_string_equal(code, matiere);
    ctes_date_format(acte->date, date);
    assert_string_equal(date, "2022-06-27");
    assert_int_equal(acte->nature, CTES_NATURE_DELIBERATION);
    assert_string_equal(acte->document.path, "/d/deliberation-2022-0160.pdf");
}

static bool read_golden(const char *name, seen *rows) {
    ctes_buffer bytes CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_MANIFEST_MAX);
    if (!read_file("CTES_SOURCE_DIR", name, &bytes))
        return false;
    FILE *file CTES_AUTO_FCLOSE = file_of(bytes.data, bytes.length);
    assert_ok(ctes_manifest_read(file, "/d", see, rows, NULL));
    assert_int_equal(rows->count, 3);
    return true;
}

static void our_manifests_say_the_same(void **state) {
    (void)state;
    static const char *const NAMES[] = { "tests/golden/manifest.csv",
                                         "tests/golden/manifest-excel.csv" };
    for (size_t i = 0; i < 2; i++) {
        seen rows AUTO_SEEN = { .count = 0 };
        if (!read_golden(NAMES[i], &rows))
            skip();
        for (size_t row = 0; row < 3; row++) {
            assert_ok(rows.rows[row].status);
            assert_int_equal(rows.rows[row].line, row + 2);
        }
        const ctes_acte *first = &rows.rows[0].acte;
        assert_acte(first, "2022-0160", "7.10");
        assert_string_equal(first->objet,
                            "Adhésion à la 27ème Région, laboratoire de transformation publique");
        assert_int_equal(first->annexe_count, 1);
        assert_string_equal(first->annexes[0].path, "/d/annexe-2022-0160.pdf");
        assert_string_equal(first->annexes[0].type_pj, "99_DE");
        assert_acte(&rows.rows[1].acte, "2022-0161", "7.5");
        assert_acte(&rows.rows[2].acte, "2022-0162", "3.3");
        if (i == 1)
            assert_string_equal(rows.rows[1].acte.objet,
                                "Subvention à l’association « Les Amis de la lecture » : achat "
                                "d’œuvres ; 500 €");
    }
}

static void what_a_spreadsheet_cut_is_refused_and_the_others_go_on(void **state) {
    (void)state;
    seen rows AUTO_SEEN = { .count = 0 };
    if (!read_golden("tests/golden/manifest-7.1.csv", &rows))
        skip();
    assert_status(rows.rows[0].status, CTES_E_MATIERE_DISCORDANT);
    assert_int_equal(rows.rows[0].error.line, 2);
    assert_int_equal(rows.rows[0].error.stage, CTES_STAGE_DOCUMENT);
    assert_string_equal(rows.rows[0].error.subject, "2022-0160");
    assert_non_null(strstr(rows.rows[0].error.detail, "7.10"));
    assert_ok(rows.rows[1].status);
    assert_ok(rows.rows[2].status);
}

#define HEADER                                                                                     \
    "DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET,ACTE_DOCUMENT\n"

static void a_bare_7_1_needs_a_witness(void **state) {
    (void)state;
    static const struct {
        const char *rows;
        ctes_status status;
    } CASES[] = {
        { "1,2022-06-27,7.1,,X,a.pdf\n", CTES_E_MATIERE_DISCORDANT },
        { "1,2022-06-27,7.1,finances locales,X,a.pdf\n", CTES_E_MATIERE_DISCORDANT },
        { "1,2022-06-27,7.1,Culture et vie,X,a.pdf\n", CTES_E_MATIERE_DISCORDANT },
        { "1,2022-06-27,7.1,finances locales/décisions budgétaires,X,a.pdf\n", CTES_OK },
        { "1,2022-06-27,7.1,Décisions budgétaires,X,a.pdf\n", CTES_OK },
        { "1,2022-06-27,7.1,,X,a.pdf\n2,2022-06-27,7.10,,Y,a.pdf\n", CTES_OK },
        { "1,2022-06-27,7.1,finances locales/divers,X,a.pdf\n2,2022-06-27,7.10,,Y,a.pdf\n",
          CTES_E_MATIERE_DISCORDANT },
        { "1,2022-06-27,8.1,,X,a.pdf\n", CTES_OK }, /* no 8.10 that it could come from */
        { "1,2022-06-27,7.5,urbanisme,X,a.pdf\n", CTES_E_MATIERE_DISCORDANT },
        { "1,2022-06-27,7.5,VIE ASSOCIATIVE,X,a.pdf\n", CTES_OK },
        { "1,2022-06-27,\"7,1\",,X,a.pdf\n", CTES_E_MATIERE_INVALID },
        { "1,2022-06-27,01-juil,,X,a.pdf\n", CTES_E_MATIERE_INVALID },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[512];
        seen rows AUTO_SEEN = { .count = 0 };
        (void)snprintf(text, sizeof text, "%s%s", HEADER, CASES[i].rows);
        print_message("%s", CASES[i].rows);
        assert_ok(read_text(text, &rows, NULL));
        assert_status(rows.rows[0].status, CASES[i].status);
    }
}

static void a_manifest_without_names_is_judged_the_same(void **state) {
    (void)state;
    seen rows AUTO_SEEN = { .count = 0 };
    assert_ok(read_text("delib_id;delib_date;ACTE_MATIERE;delib_objet;acte_document\n"
                        "1;27/06/2022;7.1;X;a.pdf\n"
                        "2;27/06/2022;7.1.2;X;a.pdf\n"
                        "3;27/06/2022;7.2;X;a.pdf\n",
                        &rows, NULL));
    assert_int_equal(rows.count, 3);
    assert_status(rows.rows[0].status, CTES_E_MATIERE_DISCORDANT);
    assert_ok(rows.rows[1].status);
    assert_ok(rows.rows[2].status);
}

static void every_column_is_read(void **state) {
    (void)state;
    seen rows AUTO_SEEN = { .count = 0 };
    assert_ok(read_text(
        "\xef\xbb\xbfsep=;\r\n"
        "\r\n"
        "Acte_Papier;ACTE_PRECEDENT;ACTE_CLASSIFICATION_DATE;ACTE_ANNEXES;ACTE_SIGNATURE;"
        "ACTE_DOCUMENT_TYPE;ACTE_DOCUMENT;ACTE_NATURE;ACTE_MATIERE;DELIB_MATIERE_CODE;DELIB_OBJET;"
        "DELIB_DATE;DELIB_ID;COLL_SIRET;VOTE_POUR\r\n"
        "O;086-218601946-20220101-1-DE;01/02/2022;21_RP:plan.pdf | /abs/b.png|c:d.pdf;s.pem;99_AR;"
        "x/a.pdf;Arrêté;6.1.2;6.1;\"un \"\"mot\"\"\n et ; deux\";1er juillet 2022;A 7;"
        "218 601 946;\r\n",
        &rows, NULL));
    assert_int_equal(rows.count, 1);
    assert_ok(rows.rows[0].status);
    assert_int_equal(rows.rows[0].line, 4);
    const ctes_acte *acte = &rows.rows[0].acte;
    char code[32], date[11];
    ctes_matiere_format(&acte->matiere, code);
    assert_string_equal(code, "6.1.2");
    ctes_date_format(acte->date, date);
    assert_string_equal(date, "2022-07-01");
    ctes_date_format(acte->classification_date, date);
    assert_string_equal(date, "2022-02-01");
    assert_string_equal(acte->siren, "218601946");
    assert_string_equal(acte->numero, "A 7");
    assert_int_equal(acte->nature, CTES_NATURE_REGLEMENTAIRE);
    assert_string_equal(acte->objet, "un \"mot\"\n et ; deux");
    assert_string_equal(acte->precedent, "086-218601946-20220101-1-DE");
    assert_true(acte->document_papier);
    assert_string_equal(acte->document.path, "/d/x/a.pdf");
    assert_string_equal(acte->document.signature_path, "/d/s.pem");
    assert_string_equal(acte->document.type_pj, "99_AR");
    assert_int_equal(acte->annexe_count, 3);
    assert_string_equal(acte->annexes[0].type_pj, "21_RP");
    assert_string_equal(acte->annexes[0].path, "/d/plan.pdf");
    assert_string_equal(acte->annexes[1].type_pj, "");
    assert_string_equal(acte->annexes[1].path, "/abs/b.png");
    assert_string_equal(acte->annexes[2].path, "/d/c:d.pdf");
}

#define ALL                                                                                        \
    "DELIB_ID\tDELIB_DATE\tDELIB_MATIERE_CODE\tDELIB_OBJET\tACTE_DOCUMENT\tCOLL_SIRET\tACTE_"      \
    "NATURE"                                                                                       \
    "\tACTE_ANNEXES\tACTE_PAPIER\tACTE_CLASSIFICATION_DATE\tACTE_DOCUMENT_TYPE\tACTE_PRECEDENT\n"

static void a_bad_row_is_told_and_the_reading_goes_on(void **state) {
    (void)state;
    static const struct {
        const char *row, *numero, *detail;
        ctes_status status;
    } CASES[] = {
        { "\t2022-06-27\t8.3\tX\ta.pdf", NULL, "DELIB_ID", CTES_E_NUMERO_MISSING },
        { "1\t\t8.3\tX\ta.pdf", "1", "DELIB_DATE", CTES_E_DATE_MISSING },
        { "1\t44739\t8.3\tX\ta.pdf", "1", "44739", CTES_E_DATE_INVALID },
        { "1\t2022-06-27\t\tX\ta.pdf", "1", "DELIB_MATIERE_CODE", CTES_E_MATIERE_MISSING },
        { "1\t2022-06-27\t8.3\t\ta.pdf", "1", "DELIB_OBJET", CTES_E_OBJET_MISSING },
        { "1\t2022-06-27\t8.3\tX", "1", "ACTE_DOCUMENT", CTES_E_DOCUMENT_MISSING },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t2,18602E+13", "1", "E+13", CTES_E_MANIFEST_ROW },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t21860194700013", "1", "SIRET", CTES_E_MANIFEST_ROW },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\tchanson", "1", "chanson", CTES_E_NATURE_INVALID },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t99_DE:", "1", "ANNEXES", CTES_E_MANIFEST_ROW },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t\tpeut-être", "1", "peut", CTES_E_MANIFEST_ROW },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t\t\t2022", "1", "2022", CTES_E_DATE_INVALID },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t\t\t\t99_DE1", "1", "99_DE1", CTES_E_TYPE_PJ_INVALID },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t\t\t\t\t086-218601946-20220101-12345678901234567890-"
          "DE",
          "1", "ACTE_PRECEDENT", CTES_E_PRECEDENT_INVALID },
        { "1\t2022-06-27\t8.3\tX\ta.pdf\t\t\t\t\t\t\t\ttoo many", "1", "13 > 12",
          CTES_E_MANIFEST_ROW },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[1024];
        seen rows AUTO_SEEN = { .count = 0 };
        (void)snprintf(text, sizeof text, "%s\n%s\n2\t2022-06-27\t8.3\tY\tb.pdf", ALL,
                       CASES[i].row);
        print_message("%s\n", CASES[i].row);
        assert_ok(read_text(text, &rows, NULL));
        assert_int_equal(rows.count, 2);
        assert_status(rows.rows[0].status, CASES[i].status);
        assert_int_equal(rows.rows[0].error.line, 3);
        assert_non_null(strstr(rows.rows[0].error.detail, CASES[i].detail));
        if (CASES[i].numero != NULL)
            assert_string_equal(rows.rows[0].error.subject, CASES[i].numero);
        assert_ok(rows.rows[1].status);
        assert_string_equal(rows.rows[1].acte.numero, "2");
    }
}

static void a_file_that_is_no_manifest_is_refused_before_any_row(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ctes_status status;
        int line;
    } CASES[] = {
        { "", CTES_E_MANIFEST_INVALID, 0 },
        { "\r\n\r\n", CTES_E_MANIFEST_INVALID, 0 },
        { "Bonjour\n", CTES_E_MANIFEST_INVALID, 1 },
        { "DELIB_ID,DELIB_DATE,DELIB_OBJET,ACTE_DOCUMENT\n", CTES_E_MANIFEST_INVALID, 1 },
        { "\nDELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_OBJET,ACTE_DOCUMENT,delib_id\n",
          CTES_E_MANIFEST_INVALID, 2 },
        { HEADER "1,2022-06-27,8.3,,X,a.pdf\n2,2022-06-27,8.3,,\"never closed,a.pdf\n3,,,,,\n",
          CTES_E_MANIFEST_INVALID, 3 },
        { HEADER "1,2022-06-27,8.3,,\x81t\xe9,a.pdf\n", CTES_E_CHARSET, 0 },
        { "\xef\xbb\xbf" HEADER "1,2022-06-27,8.3,,\xe9t\xe9,a.pdf\n", CTES_E_CHARSET, 0 },
        { "\xff\xfe"
          "D",
          CTES_E_CHARSET, 0 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        seen rows AUTO_SEEN = { .count = 0 };
        ctes_error err = CTES_ERROR_INIT;
        print_message("file %zu\n", i);
        assert_status(read_text(CASES[i].text, &rows, &err), CASES[i].status);
        assert_int_equal(err.code, CASES[i].status);
        assert_int_equal(err.line, CASES[i].line);
        assert_int_equal(err.stage, CTES_STAGE_DOCUMENT);
        assert_int_equal(rows.count, 0);
    }
}

static void rows_of_delimiters_and_short_rows_do_no_harm(void **state) {
    (void)state;
    seen rows AUTO_SEEN = { .count = 0 };
    assert_ok(read_text("ACTE_DOCUMENT;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_OBJET;NOTE;\r"
                        ";;;;;;;;;;\r"
                        "a.pdf;1;2022-06-27;8.3;X\r"
                        "   ;\r"
                        "a.pdf;2;2022-06-27;8.3;\"X\rY\";;;;;\r"
                        "a.pdf;3;2022-06-27;8.3;X",
                        &rows, NULL));
    assert_int_equal(rows.count, 3);
    static const size_t LINES[] = { 3, 5, 7 };
    for (size_t i = 0; i < 3; i++) {
        assert_ok(rows.rows[i].status);
        assert_int_equal(rows.rows[i].line, LINES[i]);
    }
}

static void the_callback_stops_the_reading(void **state) {
    (void)state;
    seen rows AUTO_SEEN = { .count = 0, .stop_at = 2 };
    assert_status(read_text(HEADER "1,2022-06-27,8.3,,X,a.pdf\n2,2022-06-27,8.3,,X,a.pdf\n"
                                   "3,2022-06-27,8.3,,X,a.pdf\n",
                            &rows, NULL),
                  CTES_E_INTERRUPTED);
    assert_int_equal(rows.count, 2);
}

static ctes_status count_row(void *user, ctes_manifest_row *row, ctes_error *err) {
    (void)err;
    *(size_t *)user += row->status == CTES_OK;
    return CTES_OK;
}

static ctes_status read_repeated(const char *head, const char *piece, size_t times,
                                 const char *tail, size_t *ret_count) {
    ctes_buffer text CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_MANIFEST_MAX + 1000);
    assert_ok(ctes_buffer_puts(&text, head, NULL));
    for (size_t i = 0; i < times; i++)
        assert_ok(ctes_buffer_puts(&text, piece, NULL));
    assert_ok(ctes_buffer_puts(&text, tail, NULL));
    *ret_count = 0;
    FILE *file CTES_AUTO_FCLOSE = file_of(text.data, text.length);
    return ctes_manifest_read(file, "", count_row, ret_count, NULL);
}

static void a_manifest_is_bounded(void **state) {
    (void)state;
    size_t count = 0;
    assert_ok(
        read_repeated(HEADER "1,2022-06-27,8.3,,", "x", CTES_MANIFEST_CELL, ",a.pdf", &count));
    assert_int_equal(count, 1);
    assert_status(
        read_repeated(HEADER "1,2022-06-27,8.3,,", "x", CTES_MANIFEST_CELL + 1, ",a.pdf", &count),
        CTES_E_LIMIT);
    assert_status(
        read_repeated(HEADER "1,2022-06-27,8.3,,\"", "x\n", CTES_MANIFEST_CELL, "", &count),
        CTES_E_LIMIT);
    assert_status(read_repeated("DELIB_ID", ",", CTES_MANIFEST_COLUMNS, "\n", &count),
                  CTES_E_LIMIT);
    assert_status(read_repeated(HEADER, "1,,,,,\n", CTES_MANIFEST_ROWS + 1, "", &count),
                  CTES_E_LIMIT);
    assert_int_equal(count, 0); /* known before the first row is handed over */
    char kilobyte[1024 + 1] = "";
    memset(kilobyte, 'x', sizeof kilobyte - 1);
    assert_status(read_repeated(HEADER, kilobyte, CTES_MANIFEST_MAX / 1024, "", &count),
                  CTES_E_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_manifests_say_the_same),
        cmocka_unit_test(what_a_spreadsheet_cut_is_refused_and_the_others_go_on),
        cmocka_unit_test(a_bare_7_1_needs_a_witness),
        cmocka_unit_test(a_manifest_without_names_is_judged_the_same),
        cmocka_unit_test(every_column_is_read),
        cmocka_unit_test(a_bad_row_is_told_and_the_reading_goes_on),
        cmocka_unit_test(a_file_that_is_no_manifest_is_refused_before_any_row),
        cmocka_unit_test(rows_of_delimiters_and_short_rows_do_no_harm),
        cmocka_unit_test(the_callback_stops_the_reading),
        cmocka_unit_test(a_manifest_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
