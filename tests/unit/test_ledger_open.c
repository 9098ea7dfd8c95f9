#include "ledger_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/schema.h"

#define NOBODY 65534

static ctes_status open_store(fixture *f) {
    return ctes_store_open(&f->context, f->path, &f->store, &f->err);
}

static unsigned mode_of(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 0777u;
}

static void write_file(const char *path, const void *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void creates_a_private_register_in_a_private_folder(void **state) {
    fixture *f = *state;
    (void)snprintf(f->path, sizeof f->path, "%s/a/b/registre.db", f->folder);
    mode_t before = umask(0);
    assert_int_equal(open_store(f), CTES_OK);
    (void)umask(before);
    char folder[160];
    (void)snprintf(folder, sizeof folder, "%s/a/b", f->folder);
    assert_int_equal(mode_of(folder), 0700);
    assert_int_equal(mode_of(f->path), 0600);
    char wal[sizeof f->path + 8];
    (void)snprintf(wal, sizeof wal, "%s-wal", f->path);
    (void)add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(mode_of(wal), 0600);
    char *real = realpath(folder, NULL);
    assert_string_equal(ctes_store_folder(f->store), real);
    free(real);
}

static void every_connection_is_set_to_be_durable(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    reopen(f); /* an existing register gets the same settings */
    static const struct {
        const char *pragma, *value;
    } SETTINGS[] = { { "PRAGMA journal_mode", "wal" },
                     { "PRAGMA synchronous", "2" },
                     { "PRAGMA foreign_keys", "1" },
                     { "PRAGMA busy_timeout", "10000" },
                     { "PRAGMA trusted_schema", "0" },
                     { "PRAGMA cell_size_check", "1" },
                     { "PRAGMA application_id", "1129596243" },
                     { "PRAGMA user_version", "3" } };
    for (size_t i = 0; i < sizeof SETTINGS / sizeof SETTINGS[0]; i++) {
        sqlite3_stmt *stmt = NULL;
        assert_int_equal(sqlite3_prepare_v2(f->store->db, SETTINGS[i].pragma, -1, &stmt, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(stmt, 0), SETTINGS[i].value);
        (void)sqlite3_finalize(stmt);
    }
    int defensive = 0;
    (void)sqlite3_db_config(f->store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
    assert_int_equal(defensive, 1);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM sqlite_schema WHERE "
                                            "type = 'table' AND sql NOT LIKE '%STRICT%'"),
                     0);
}

static void reading_never_creates(void **state) {
    fixture *f = *state;
    ctes_ledger *ledger = NULL;
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_E_NOT_FOUND);
    assert_null(ledger);
    assert_int_equal(f->err.stage, CTES_STAGE_REGISTER);
    assert_int_equal(access(f->path, F_OK), -1);
    (void)snprintf(f->path, sizeof f->path, "%s/none/registre.db", f->folder);
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_E_NOT_FOUND);
    f->path[strlen(f->path) - strlen("/registre.db")] = '\0';
    assert_int_equal(access(f->path, F_OK), -1);
}

static void urls(void **state) {
    fixture *f = *state;
    char url[sizeof f->path + 8];
    (void)snprintf(url, sizeof url, "sqlite:%s", f->path);
    assert_int_equal(ctes_store_open(NULL, url, &f->store, &f->err), CTES_OK);
    ctes_ledger *ledger = NULL;
    assert_int_equal(ctes_ledger_open(NULL, f->path, &ledger, &f->err), CTES_OK);
    ctes_ledger_close(ledger);
    ctes_ledger_close(NULL);
    static const char *const BAD[] = { "", "sqlite:", "/", "postgresql://h/b", "sqlite:/tmp/" };
    ctes_store *store = NULL;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_int_equal(ctes_store_open(NULL, BAD[i], &store, &f->err), CTES_E_LEDGER_OPEN);
}

/* Names that mean something to SQLite are plain files to us. */
static void names_are_taken_as_they_are(void **state) {
    fixture *f = *state;
    static const char *const NAMES[] = { ":memory:", "file:x?mode=memory", "été %41#?.db", "-x" };
    char *cwd = getcwd(NULL, 0);
    assert_int_equal(chdir(f->folder), 0);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        ctes_store *store = NULL;
        assert_int_equal(ctes_store_open(NULL, NAMES[i], &store, &f->err), CTES_OK);
        assert_int_equal(mode_of(NAMES[i]), 0600);
        ctes_ledger_close(store);
    }
    assert_int_equal(chdir(cwd), 0);
    free(cwd);
}

static void a_foreign_file_is_left_alone(void **state) {
    fixture *f = *state;
    static const char TEXT[] = "Procès-verbal du conseil municipal, qui n'est pas un registre.\n"
                               "Une ligne de plus pour passer les cent octets d'un en-tête SQLite.";
    static const size_t LENGTHS[] = { 0, 10, sizeof TEXT };
    ctes_ledger *ledger = NULL;
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
        write_file(f->path, TEXT, LENGTHS[i]);
        assert_int_equal(open_store(f), CTES_E_LEDGER_FOREIGN);
        assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err),
                         CTES_E_LEDGER_FOREIGN);
        struct stat info;
        assert_int_equal(stat(f->path, &info), 0);
        assert_int_equal(info.st_size, LENGTHS[i]);
    }
    assert_int_equal(unlink(f->path), 0);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE t (x); PRAGMA application_id = 7", NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(open_store(f), CTES_E_LEDGER_FOREIGN);
    assert_int_equal(direct_number(f->path, "PRAGMA application_id"), 7);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM sqlite_schema"), 1);

    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(open_store(f), CTES_E_LEDGER_FOREIGN); /* and does not hang */
    assert_int_equal(ctes_ledger_open(NULL, f->folder, &ledger, &f->err), CTES_E_LEDGER_FOREIGN);
}

static void a_newer_register_is_refused(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    ctes_ledger_close(CTES_TAKE(f->store));
    assert_int_equal(direct_run(f->path, "PRAGMA user_version = 4"), DIRECT_DONE);
    ctes_ledger *ledger = NULL;
    assert_int_equal(open_store(f), CTES_E_LEDGER_NEWER);
    assert_string_equal(f->err.detail, "version 4");
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_E_LEDGER_NEWER);
}

/* A file with our mark and no table stands for any version before this one. */
static void an_older_register_is_brought_up_to_date(void **state) {
    fixture *f = *state;
    for (int reading = 0; reading <= 1; reading++) {
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 1129596243", NULL, NULL, NULL),
                         SQLITE_OK);
        (void)sqlite3_close(db);
        ctes_ledger *ledger = NULL;
        ctes_status status = reading ? ctes_ledger_open(&f->context, f->path, &ledger, &f->err)
                                     : ctes_store_open(&f->context, f->path, &ledger, &f->err);
        assert_int_equal(status, CTES_OK);
        assert_int_equal(ledger->writable, !reading);
        ctes_ledger_close(ledger);
        assert_int_equal(direct_number(f->path, "PRAGMA user_version"), LEDGER_VERSION);
        assert_int_equal(unlink(f->path), 0);
    }
}

static void a_step_up_that_fails_leaves_the_former_version(void **state) {
    fixture *f = *state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    /* the last table of the version is in the way */
    assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 1129596243; CREATE TABLE note (x)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(db);
    assert_int_equal(open_store(f), CTES_E_INTERNAL);
    assert_int_equal(direct_number(f->path, "PRAGMA user_version"), 0);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

/* Processes that find no register at the same moment all work in the one that stays. */
static void two_processes_make_one_register(void **state) {
    fixture *f = *state;
    enum { COUNT = 4 };
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    pid_t children[COUNT];
    for (int i = 0; i < COUNT; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] != 0)
            continue;
        char go;
        (void)close(gate[1]);
        (void)!read(gate[0], &go, 1); /* until the parent lets all of them go */
        ctes_store *store = NULL;
        ctes_error err = CTES_ERROR_INIT;
        char numero[8];
        (void)snprintf(numero, sizeof numero, "N%d", i);
        ctes_acte acte = sample_acte(SIREN_A, numero);
        int64_t id = 0;
        bool ok = ctes_store_open(NULL, f->path, &store, &err) == CTES_OK &&
                  ctes_store_add(store, &acte, SAMPLE_PIECES, 2, 0, &id, &err) == CTES_OK;
        if (!ok)
            (void)fprintf(stderr, "%s %s\n", ctes_status_name(err.code), err.detail);
        ctes_ledger_close(store);
        _exit(ok ? 0 : 1);
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
    for (int i = 0; i < COUNT; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), COUNT);
}

/* --- what a user without rights meets (root has all of them: a child gives them up) --- */

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s (%s %s)\n", __FILE__, __LINE__, #condition,           \
                          ctes_status_name(err.code), err.detail);                                 \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static bool stop_at_first(void *user, const ctes_record *record) {
    *(int64_t *)user = record->id;
    return false;
}

static void look_around_without_rights(const char *path) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_store *store = NULL;
    ctes_ledger *ledger = NULL;
    char other[160];
    (void)snprintf(other, sizeof other, "%s.2", path);
    EXPECT(ctes_store_open(NULL, path, &store, &err) == CTES_E_LEDGER_READONLY);
    EXPECT(ctes_store_open(NULL, other, &store, &err) == CTES_E_LEDGER_READONLY);
    (void)snprintf(other, sizeof other, "%s.d/registre.db", path);
    EXPECT(ctes_store_open(NULL, other, &store, &err) == CTES_E_LEDGER_READONLY);
    EXPECT(ctes_ledger_open(NULL, path, &ledger, &err) == CTES_OK);
    int64_t id = 0;
    ctes_filter filter = { .siren = SIREN_A };
    EXPECT(ctes_ledger_list(ledger, &filter, stop_at_first, &id, &err) == CTES_OK);
    EXPECT(id != 0);
    ctes_ledger_close(ledger);
}

static void a_folder_that_takes_no_file_can_still_be_read(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    (void)add_acte(f, SIREN_A, "A1", 0);
    ctes_ledger_close(CTES_TAKE(f->store));
    bool root = geteuid() == 0;
    if (root) {
        assert_int_equal(chown(f->path, NOBODY, NOBODY), 0);
        assert_int_equal(chown(f->folder, NOBODY, NOBODY), 0);
    }
    assert_int_equal(chmod(f->folder, 0500), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (root && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(77);
        if (access(f->path, R_OK) != 0) /* the folder above is closed to others */
            _exit(77);
        look_around_without_rights(f->path);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(f->folder, 0700), 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("skipped: cannot become a user without rights here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static void a_file_that_cannot_be_read_is_told_so(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    ctes_ledger_close(CTES_TAKE(f->store));
    assert_int_equal(chmod(f->path, 0), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(chmod(f->folder, 0755), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        ctes_error err = CTES_ERROR_INIT;
        ctes_ledger *ledger = NULL;
        if (root && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(77);
        if (access(f->folder, X_OK) != 0)
            _exit(77);
        EXPECT(ctes_ledger_open(NULL, f->path, &ledger, &err) == CTES_E_PERMISSION);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("skipped: cannot become a user without rights here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

/* --- hostile content --- */

static void ignore_event(void *user, const ctes_record_event *event) {
    (void)user;
    (void)event;
}

static bool go_on(void *user, const ctes_record *record) {
    (void)user;
    return record->numero != NULL;
}

static void read_everything(fixture *f) {
    ctes_ledger *ledger = NULL;
    if (ctes_ledger_open(&f->context, f->path, &ledger, &f->err) != CTES_OK)
        return;
    ctes_filter filter = { .siren = NULL };
    (void)!ctes_ledger_list(ledger, &filter, go_on, NULL, &f->err);
    ctes_record record = CTES_RECORD_INIT;
    if (ctes_ledger_get(ledger, SIREN_A, "A7", &record, &f->err) == CTES_OK)
        ctes_record_clear(&record);
    (void)!ctes_ledger_history(ledger, 3, ignore_event, NULL, &f->err);
    ctes_ledger_close(ledger);
}

/* Seeded damage all over the file: any status will do, a crash or an overrun will not. */
static void damaged_bytes_are_an_error_not_a_crash(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    for (int i = 0; i < 20; i++) {
        char numero[8];
        (void)snprintf(numero, sizeof numero, "A%d", i);
        (void)add_acte(f, SIREN_A, numero, 0);
    }
    ctes_ledger_close(CTES_TAKE(f->store));
    static char bytes[512 * 1024];
    FILE *file = fopen(f->path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    assert_in_range(length, 4096, sizeof bytes - 1);
    uint32_t seed = 20240703;
    for (int round = 0; round < 150; round++) {
        static char damaged[sizeof bytes];
        memcpy(damaged, bytes, length);
        for (int i = 0; i < 24; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t at = 100 + (seed >> 4) % (length - 100);
            seed = seed * 1664525u + 1013904223u;
            damaged[at] = (char)(seed >> 24);
        }
        write_file(f->path, damaged, round % 5 == 4 ? length / 2 : length);
        read_everything(f);
    }
}

static void content_that_we_never_write_is_corrupt(void **state) {
    fixture *f = *state;
    static const char *const TAMPERING[] = {
        "UPDATE acte SET state = 'no-such-state'",
        "UPDATE acte SET date_decision = '27/06/2024'",
        "UPDATE acte SET matiere = '7.x'",
        "UPDATE acte SET id_acte = hex(zeroblob(40))",
        "UPDATE piece SET type_pj = 'much too long'",
    };
    for (size_t i = 0; i < sizeof TAMPERING / sizeof TAMPERING[0]; i++) {
        assert_int_equal(open_store(f), CTES_OK);
        int64_t id = add_acte(f, SIREN_A, "A1", 0);
        assert_int_equal(direct_run(f->path, TAMPERING[i]), DIRECT_DONE);
        ctes_record record = CTES_RECORD_INIT;
        assert_int_equal(ctes_store_load(f->store, id, &record, &f->err), CTES_E_LEDGER_CORRUPT);
        assert_int_equal(record.id, 0);
        ctes_ledger_close(CTES_TAKE(f->store));
        assert_int_equal(unlink(f->path), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(creates_a_private_register_in_a_private_folder,
                                        setup_folder, teardown),
        cmocka_unit_test_setup_teardown(every_connection_is_set_to_be_durable, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(reading_never_creates, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(urls, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(names_are_taken_as_they_are, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(a_foreign_file_is_left_alone, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(a_newer_register_is_refused, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(an_older_register_is_brought_up_to_date, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_step_up_that_fails_leaves_the_former_version,
                                        setup_folder, teardown),
        cmocka_unit_test_setup_teardown(two_processes_make_one_register, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_takes_no_file_can_still_be_read, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_is_told_so, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(damaged_bytes_are_an_error_not_a_crash, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(content_that_we_never_write_is_corrupt, setup_folder,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
