/* A budget in XML: what TotEM made and sealed is taken, everything else is refused with its reason.
 */
#include "unit/xml_support.h"

#define NS   "http://www.minefi.gouv.fr/cp/demat/docbudgetaire"
#define MD5  "9b2d1f0c4e6a8b7d3f5e1a0c2b4d6f80"
#define SHA1 "0123456789ABCDEF0123456789abcdef01234567"
#define SEAL "<Scellement md5=\"" MD5 "\" sha1=\"" SHA1 "\"/>"
#define OPEN "<DocumentBudgetaire xmlns=\"" NS "\">"
#define SHUT "</DocumentBudgetaire>"

typedef struct file {
    char path[128];
    int fd;
} file;

static file make(void) {
    file f;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(f.path, sizeof f.path, "%s/ctes-budget.XXXXXX",
                   folder != NULL ? folder : "/tmp");
    f.fd = mkstemp(f.path);
    assert_true(f.fd >= 0);
    return f;
}

static void drop(file *f) {
    (void)close(f->fd);
    (void)unlink(f->path);
}

static void put(file *f, const char *text) {
    assert_int_equal(write(f->fd, text, strlen(text)), strlen(text));
}

static void assert_judged(const char *text, const char *detail) {
    file f = make();
    ctes_error err = CTES_ERROR_INIT;
    put(&f, text);
    ctes_status status = ctes_xml_budget_check(f.path, &err);
    drop(&f);
    if (status != (detail == NULL ? CTES_OK : CTES_E_BUDGET_INVALID))
        fail_msg("%s: %s %s", text, ctes_status_name(status), err.detail);
    if (detail != NULL && strncmp(err.detail, detail, strlen(detail)) != 0)
        fail_msg("%s: %s", text, err.detail);
}

static void a_sealed_budget_is_taken(void **state) {
    (void)state;
    char *path CTES_AUTO_FREE =
        support_path(support_folder("CTES_SOURCE_DIR"), "tests/golden/budget/totem.xml");
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_xml_budget_check(path, &err), CTES_OK);
    assert_judged(OPEN SEAL SHUT, NULL);
    assert_judged("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!-- \xe9 -->" OPEN
                  "<a b=\"\xe9\">\xe9</a>" SEAL SHUT "\n",
                  NULL);
    assert_judged("\xef\xbb\xbf" OPEN SEAL SHUT, NULL);
    assert_judged("<t:DocumentBudgetaire xmlns:t=\"" NS "\"><t:Scellement t:md5=\"" MD5
                  "\" sha1=\"" SHA1 "\">x</t:Scellement></t:DocumentBudgetaire>",
                  NULL);
    /* what is called so elsewhere is no seal, and does no harm */
    assert_judged(OPEN SEAL "<a><Scellement/></a><Scellement xmlns=\"\"/>" SHUT, NULL);
}

static void what_is_no_budget_is_named(void **state) {
    (void)state;
    assert_judged("<budget/>", "root budget");
    assert_judged("<Acte xmlns=\"" NS "\"/>", "root Acte");
    assert_judged("<DocumentBudgetaire>" SEAL SHUT, "namespace ?");
    assert_judged("<DocumentBudgetaire xmlns=\"urn:x\">" SEAL SHUT, "namespace urn:x");
    assert_judged("", "line ");
    assert_judged("%PDF-1.4\n", "line ");
    assert_judged("PK\3\4", "line ");
    assert_judged(OPEN SEAL, "line ");
    assert_judged(OPEN SEAL SHUT "<a/>", "line ");
    assert_judged(OPEN SEAL "&b;" SHUT, "line ");
    assert_judged(OPEN "<a></b>" SEAL SHUT, "line ");
    assert_judged(OPEN "<x:a/>" SEAL SHUT, "line ");
    assert_judged("<!DOCTYPE DocumentBudgetaire>" OPEN SEAL SHUT, "DOCTYPE");
    assert_judged("<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/x\" [<!ENTITY b \"c\">]>" OPEN
                  "&b;" SEAL SHUT,
                  "DOCTYPE");
}

static void the_seal_has_its_form(void **state) {
    (void)state;
    assert_judged(OPEN SHUT, "no seal");
    assert_judged(OPEN "<a>" SEAL "</a>" SHUT, "no seal");
    assert_judged(OPEN SEAL SEAL SHUT, "2 seals");
    assert_judged(OPEN "<Scellement/>" SHUT, "seal: md5");
    assert_judged(OPEN "<Scellement md5=\"" MD5 "\"/>" SHUT, "seal: sha1");
    assert_judged(OPEN "<Scellement md5=\"\" sha1=\"" SHA1 "\"/>" SHUT, "seal: md5");
    assert_judged(OPEN "<Scellement md5=\"" MD5 "0\" sha1=\"" SHA1 "\"/>" SHUT, "seal: md5");
    assert_judged(OPEN "<Scellement md5=\"" MD5 "\" sha1=\"" MD5 "\"/>" SHUT, "seal: sha1");
    assert_judged(OPEN "<Scellement md5=\"gb2d1f0c4e6a8b7d3f5e1a0c2b4d6f80\" sha1=\"" SHA1
                       "\"/>" SHUT,
                  "seal: md5");
    assert_judged(OPEN "<Scellement xmlns:x=\"urn:x\" x:md5=\"" MD5 "\" sha1=\"" SHA1 "\"/>" SHUT,
                  "seal: md5");
}

/* A file written to bite: depth is bounded, long text is not (annexes are in the budget). */
static void size_and_depth_are_bounded(void **state) {
    (void)state;
    file deep = make();
    ctes_error err = CTES_ERROR_INIT;
    put(&deep, OPEN);
    for (int i = 0; i < 100000; i++)
        put(&deep, "<a>");
    assert_int_equal(ctes_xml_budget_check(deep.path, &err), CTES_E_BUDGET_INVALID);
    assert_string_equal(err.detail, "depth 33");
    drop(&deep);

    file large = make();
    static char base64[1 << 20];
    memset(base64, 'A', sizeof base64 - 1);
    put(&large, OPEN "<PieceJointe>");
    for (int i = 0; i < 24; i++)
        put(&large, base64);
    put(&large, "</PieceJointe>" SEAL SHUT);
    assert_int_equal(ctes_xml_budget_check(large.path, &err), CTES_OK);
    drop(&large);
}

static void what_cannot_be_read_is_told_so(void **state) {
    (void)state;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_xml_budget_check("/nonexistent/b.xml", &err), CTES_E_NOT_FOUND);
    assert_int_not_equal(ctes_xml_budget_check("/", &err), CTES_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_budget_is_taken),
        cmocka_unit_test(what_is_no_budget_is_named),
        cmocka_unit_test(the_seal_has_its_form),
        cmocka_unit_test(size_and_depth_are_bounded),
        cmocka_unit_test(what_cannot_be_read_is_told_so),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
