#include "unit/document_support.h"

#include <fcntl.h>
#include <regex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "document/matiere_nom.h"
#include "document/scdl.h"

#define ID "086-218601946-20220627-2022_0160-DE"
#define SCHEMA                                                                                     \
    "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET,"    \
    "BUDGET_ANNEE,BUDGET_NOM,PREF_ID,PREF_DATE,VOTE_EFFECTIF,VOTE_REEL,VOTE_POUR,VOTE_CONTRE,"     \
    "VOTE_ABSTENTION,DELIB_URL"

enum { OUT_MAX = 1 << 16 };

static ctes_autorite poitiers(void) {
    static char name[] = "Ville de Poitiers";
    return (
        ctes_autorite){ .nom = name, .siren = "218601946", .nic = "00013", .departement = "086" };
}

/* The text members are literals: nothing here is cleared. */
static ctes_record deliberation(char *objet) {
    static char numero[] = "2022-0160";
    return (ctes_record){ .siren = "218601946",
                          .numero = numero,
                          .numero_interne = "2022_0160",
                          .date = { 2022, 6, 27 },
                          .nature = CTES_NATURE_DELIBERATION,
                          .matiere = { 2, { 7, 10 } },
                          .objet = objet,
                          .state = CTES_STATE_ACKNOWLEDGED,
                          .reception = { 2022, 6, 28 },
                          .id_acte = ID };
}

static void the_header_is_the_schema_s(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    assert_ok(ctes_scdl_header(false, &out, NULL));
    assert_string_equal(out.data, SCHEMA "\r\n");
    ctes_buffer_reset(&out);
    assert_ok(ctes_scdl_header(true, &out, NULL));
    assert_string_equal(out.data, SCHEMA ",ACTE_ID\r\n");
}

static void a_row_is_what_the_schema_takes(void **state) {
    (void)state;
    ctes_autorite autorite = poitiers();
    char objet[] = "Adhésion à la 27ème Région, laboratoire de « l’œuvre » \"publique\"";
    ctes_record record = deliberation(objet);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    assert_ok(ctes_scdl_row(&record, &autorite, false, &out, NULL));
    assert_string_equal(
        out.data, "Ville de Poitiers,21860194600013,2022-0160,2022-06-27,7.10,"
                  "finances locales/divers,"
                  "\"Adhésion à la 27ème Région, laboratoire de « l’œuvre » \"\"publique\"\"\","
                  ",,PREF086,2022-06-28,,,,,,\r\n");
    ctes_buffer_reset(&out);
    record.matiere = (ctes_matiere){ 4, { 6, 1, 3, 2 } };
    char formula[] = "=1+1";
    record.objet = formula;
    assert_ok(ctes_scdl_row(&record, &autorite, true, &out, NULL));
    assert_string_equal(out.data, "Ville de Poitiers,21860194600013,2022-0160,2022-06-27,6.1,"
                                  "libertés publiques et pouvoirs de police/police municipale,"
                                  "=1+1,,,PREF086,2022-06-28,,,,,,," ID "\r\n");
}

static void only_an_acknowledged_act_has_a_date_of_the_prefecture(void **state) {
    (void)state;
    ctes_autorite autorite = poitiers();
    char objet[] = "X";
    for (int i = CTES_STATE_NONE + 1; i < CTES_STATE_COUNT; i++) {
        ctes_record record = deliberation(objet);
        record.state = (ctes_state)i;
        bool held = i == CTES_STATE_ACKNOWLEDGED || i == CTES_STATE_ACKNOWLEDGED_LATE;
        ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
        assert_ok(ctes_scdl_row(&record, &autorite, true, &out, NULL));
        assert_int_equal(strstr(out.data, "2022-06-28") != NULL, held);
        assert_int_equal(strstr(out.data, ID) != NULL, held);
        assert_non_null(strstr(out.data, ",PREF086,"));
    }
}

static void what_the_table_cannot_hold_is_refused(void **state) {
    (void)state;
    char objet[] = "X";
    for (int i = 0; i < 6; i++) {
        ctes_autorite autorite = poitiers();
        ctes_record record = deliberation(objet);
        ctes_error err = CTES_ERROR_INIT;
        ctes_status expected = CTES_E_USAGE;
        if (i == 0)
            record.nature = CTES_NATURE_REGLEMENTAIRE;
        else if (i == 1)
            autorite.nic[0] = '\0';
        else if (i == 2)
            autorite.nic[4] = 'x';
        else if (i == 3)
            autorite.nom = NULL;
        else if (i == 4)
            autorite.siren[8] = '5';
        else
            record.matiere.level[1] = 11;
        if (i == 5)
            expected = CTES_E_MATIERE_UNKNOWN;
        ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
        assert_status(ctes_scdl_row(&record, &autorite, false, &out, &err), expected);
        assert_string_equal(err.subject, "2022-0160");
        assert_int_equal(err.stage, CTES_STAGE_DOCUMENT);
        assert_int_equal(out.length, 0);
    }
}

static bool matches(const char *text, const char *pattern) {
    regex_t expression;
    assert_int_equal(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&expression, text, 0, NULL, 0) == 0;
    regfree(&expression);
    return found;
}

/* SCDL sheet: ranges of DELIB_MATIERE_CODE, form of DELIB_MATIERE_NOM. */
static void names_of_all_national_matieres(void **state) {
    (void)state;
    static const uint16_t LAST[] = { 7, 3, 6, 5, 8, 5, 10, 9, 4 };
    for (uint16_t one = 0; one <= 10; one++) {
        for (uint16_t two = 0; two <= 12; two++) {
            ctes_matiere matiere = { 2, { one, two } };
            char name[CTES_MATIERE_NOM_MAX + 1] = "";
            bool national = one >= 1 && one <= 9 && two >= 1 && two <= LAST[one - 1];
            assert_status(ctes_matiere_nom(&matiere, name, NULL),
                          national ? CTES_OK : CTES_E_MATIERE_UNKNOWN);
            if (!national)
                continue;
            /* upper case: ASCII, and À … Þ as they stand in UTF-8 */
            bool good = matches(name, "^[^/,()A-Z.]+/[^/,()A-Z.]+$") &&
                        strstr(name, "  ") == NULL && strstr(name, " /") == NULL &&
                        strstr(name, "/ ") == NULL;
            for (const char *at = name; (at = strchr(at, '\xc3')) != NULL; at++)
                good = good && (unsigned char)at[1] >= 0x9fu;
            if (!good)
                fail_msg("%u.%u: %s", one, two, name);
        }
    }
    char name[CTES_MATIERE_NOM_MAX + 1];
    ctes_matiere matiere = { 2, { 8, 4 } };
    assert_ok(ctes_matiere_nom(&matiere, name, NULL));
    assert_string_equal(name, "domaines de compétences par thèmes/aménagement du territoire");
    matiere = (ctes_matiere){ 2, { 5, 1 } };
    assert_ok(ctes_matiere_nom(&matiere, name, NULL));
    assert_string_equal(name, "institutions et vie politique/élection exécutif");
}

/* The schema's rules, applied by a reader that is not ours. */
static const char CHECKER[] =
    "import csv,re,sys\n"
    "rows=list(csv.DictReader(open(sys.argv[1],encoding='utf-8',newline=''),strict=True))\n"
    "top=dict(zip('123456789',(7,3,6,5,8,5,10,9,4)))\n"
    "iso=r'\\d{4}-\\d\\d-\\d\\d'\n"
    "for r in rows:\n"
    "    assert None not in r and None not in r.values(), r\n"
    "    assert r['COLL_NOM']=='Ville de Poitiers' and re.fullmatch(r'\\d{14}',r['COLL_SIRET'])\n"
    "    assert r['DELIB_ID'] and re.fullmatch(iso,r['DELIB_DATE'])\n"
    "    code=r['DELIB_MATIERE_CODE']\n"
    "    assert re.fullmatch(r'\\d\\.\\d{1,2}',code), code\n"
    "    one,two=code.split('.'); assert 1<=int(two)<=top[one], code\n"
    "    name=r['DELIB_MATIERE_NOM']\n"
    "    assert name==name.lower() and name.count('/')==1 and not set(name)&set(',()'), name\n"
    "    assert re.fullmatch(r'PREF\\d\\d[\\dAB]',r['PREF_ID']), r['PREF_ID']\n"
    "    assert re.fullmatch('(%s)?'%iso,r['PREF_DATE'])\n"
    "    for c in ('EFFECTIF','REEL','POUR','CONTRE','ABSTENTION'):\n"
    "        assert re.fullmatch(r'\\d*',r['VOTE_'+c])\n"
    "    assert re.fullmatch(r'([0-9]{4}(/[0-9]{4})?)?',r['BUDGET_ANNEE'])\n"
    "assert [r['DELIB_OBJET'] for r in rows]==eval(sys.argv[2]), [r['DELIB_OBJET'] for r in "
    "rows]\n";

static int run_python(const char *script, const char *file, const char *expected) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("python3", "python3", "-c", script, file, expected, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void another_reader_understands_the_table(void **state) {
    (void)state;
    if (run_python("import csv", "", "") != 0) {
        print_message("python3 is not there: the table is not read by another program\n");
        skip();
    }
    static char objets[][80] = { "simple",
                                 "avec, une virgule",
                                 "avec \"guillemets\"",
                                 "sur\ndeux lignes",
                                 " espaces ",
                                 "point ; virgule\tet tabulation",
                                 "\"",
                                 "=2+3",
                                 "œuvre à 5 000 €" };
    ctes_autorite autorite = poitiers();
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    assert_ok(ctes_scdl_header(true, &out, NULL));
    for (size_t i = 0; i < sizeof objets / sizeof objets[0]; i++) {
        ctes_record record = deliberation(objets[i]);
        record.matiere = (ctes_matiere){ 2, { (uint16_t)(i + 1), 1 } };
        record.state = i % 2 == 0 ? CTES_STATE_ACKNOWLEDGED : CTES_STATE_REFUSED;
        assert_ok(ctes_scdl_row(&record, &autorite, true, &out, NULL));
    }
    const char *folder = getenv("TMPDIR");
    char *path CTES_AUTO_FREE = NULL;
    assert_ok(ctes_path_join(folder != NULL ? folder : "/tmp", "ctes-scdl-XXXXXX", &path, NULL));
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, out.data, out.length), out.length);
    assert_int_equal(close(fd), 0);
    int result = run_python(CHECKER, path,
                            "['simple','avec, une virgule','avec \"guillemets\"',"
                            "'sur\\ndeux lignes',' espaces ','point ; virgule\\tet tabulation',"
                            "'\"','=2+3','œuvre à 5 000 €']");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(result, 0);
}

static ctes_status compare_row(void *user, ctes_manifest_row *row, ctes_error *err) {
    (void)err;
    assert_ok(row->status);
    assert_string_equal(row->acte.objet, (const char *)user);
    assert_string_equal(row->acte.siren, "218601946");
    return CTES_OK;
}

/* What we write, with our own columns behind it, is a manifest that we read. */
static void the_table_comes_back_as_a_manifest(void **state) {
    (void)state;
    ctes_autorite autorite = poitiers();
    char objet[] = "Un \"mot\", puis\r\nun autre";
    ctes_record record = deliberation(objet);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    assert_ok(ctes_buffer_puts(&out, SCHEMA ",ACTE_DOCUMENT\r\n", NULL));
    assert_ok(ctes_scdl_row(&record, &autorite, false, &out, NULL));
    assert_string_equal(out.data + out.length - 2, "\r\n");
    out.length -= 2;
    assert_ok(ctes_buffer_puts(&out, ",a.pdf\r\n", NULL));
    FILE *file CTES_AUTO_FCLOSE = file_of(out.data, out.length);
    assert_ok(ctes_manifest_read(file, "", compare_row, objet, NULL));
}

static void a_full_buffer_is_left_as_it_was(void **state) {
    (void)state;
    ctes_autorite autorite = poitiers();
    char objet[] = "X";
    ctes_record record = deliberation(objet);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(40);
    assert_ok(ctes_buffer_puts(&out, "avant", NULL));
    assert_status(ctes_scdl_row(&record, &autorite, false, &out, NULL), CTES_E_LIMIT);
    assert_status(ctes_scdl_header(false, &out, NULL), CTES_E_LIMIT);
    assert_string_equal(out.data, "avant");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_the_schema_s),
        cmocka_unit_test(a_row_is_what_the_schema_takes),
        cmocka_unit_test(only_an_acknowledged_act_has_a_date_of_the_prefecture),
        cmocka_unit_test(what_the_table_cannot_hold_is_refused),
        cmocka_unit_test(names_of_all_national_matieres),
        cmocka_unit_test(another_reader_understands_the_table),
        cmocka_unit_test(the_table_comes_back_as_a_manifest),
        cmocka_unit_test(a_full_buffer_is_left_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
