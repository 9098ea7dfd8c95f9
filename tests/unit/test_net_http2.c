/* HTTP/2 against a server that others wrote: nginx on the loopback, if it is installed. */
#include "net_fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { THREADS = 8, REQUESTS = 40 };

typedef struct nginx {
    pid_t process;
    int port;
} nginx;

/* `front` speaks TLS and passes all on to `back`, so that it reads every body to its end. */
static const char CONFIG[] =
    "daemon off; master_process off; worker_processes 1; pid %s/pid; error_log %s/error.log;\n"
    "events { worker_connections 256; }\n"
    "http { access_log off; log_format brief '$server_protocol $connection $status $uri';\n"
    "client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/f;\n"
    "uwsgi_temp_path %s/u; scgi_temp_path %s/s; client_max_body_size 16m;\n"
    "server { listen 127.0.0.1:%d ssl%s; access_log %s/front.log brief;\n"
    "ssl_certificate %s; ssl_certificate_key %s; ssl_client_certificate %s;\n"
    "ssl_verify_client on; keepalive_requests %u;\n"
    "location / { proxy_pass http://unix:%s/back; } }\n"
    "server { listen unix:%s/back; access_log %s/back.log brief;\n"
    "location / { return 200 $request_uri; } } }\n";

static bool can_connect(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return connected;
}

static nginx start_nginx(world *w, bool http2, unsigned keepalive_requests) {
    nginx server = { .port = tls_server_dead_port() };
    char text[4096];
    const char *f = w->folder;
    int length = snprintf(text, sizeof text, CONFIG, f, f, f, f, f, f, f, server.port,
                          http2 ? " http2" : "", f, pki("server.pem"), pki("server.key"),
                          pki("ca.pem"), keepalive_requests, f, f, f);
    char *path = scratch_path(w->folder, "nginx.conf");
    scratch_write(path, text, (size_t)length);
    server.process = fork();
    assert_true(server.process >= 0);
    if (server.process == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves none behind */
        (void)execlp("nginx", "nginx", "-p", w->folder, "-c", path, (char *)NULL);
        _exit(127);
    }
    free(path);
    while (!can_connect(server.port)) {
        int status = 0;
        if (waitpid(server.process, &status, WNOHANG) == server.process)
            fail_msg("nginx ended with status %d", status);
        (void)poll(NULL, 0, 10);
    }
    return server;
}

/* Ends it in order, so that its logs are whole. */
static void stop_nginx(nginx *server) {
    (void)kill(server->process, SIGQUIT);
    (void)waitpid(server->process, NULL, 0);
}

typedef struct caller {
    world *w;
    pthread_t thread;
    const char *url;
    const char *file;
    unsigned number;
    unsigned good;
    ctes_status bad; /* of the last that failed */
    char why[CTES_DETAIL_MAX];
} caller;

static void *run_caller(void *user) {
    caller *c = user;
    for (unsigned i = 0; i < REQUESTS; i++) {
        char url[256];
        (void)snprintf(url, sizeof url, "%s/of/%u/%u", c->url, c->number, i);
        const ctes_part parts[] = { { .name = "api", .value = "1", .value_length = 1 },
                                    { .name = "f", .file_name = "f.pdf", .path = c->file } };
        const ctes_request request = { .url = url, .parts = parts, .part_count = i % 3 };
        CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
        ctes_error err = CTES_ERROR_INIT;
        ctes_status status = c->w->transport->perform(c->w->transport, &request, &response, &err);
        if (status == CTES_OK && response.status == 200 &&
            strcmp(response.body.data, strstr(url, "/of/")) == 0) {
            c->good++;
        } else {
            c->bad = status;
            (void)snprintf(c->why, sizeof c->why, "%s", err.detail);
        }
    }
    return NULL;
}

static void run_callers(world *w, const nginx *server, const char *file) {
    char url[64];
    (void)snprintf(url, sizeof url, "https://localhost:%d", server->port);
    caller callers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        callers[i] = (caller){ .w = w, .url = url, .file = file, .number = i };
        assert_int_equal(pthread_create(&callers[i].thread, NULL, run_caller, &callers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        if (callers[i].good != REQUESTS)
            fail_msg("%u: %u good, %s: %s", i, callers[i].good, ctes_status_name(callers[i].bad),
                     callers[i].why);
    }
}

typedef struct log_lines {
    unsigned requests;
    unsigned connections;
    unsigned of_protocol;
} log_lines;

static log_lines read_log(world *w, const char *name, const char *protocol) {
    log_lines result = { 0 };
    char *path = scratch_path(w->folder, name);
    char *text = scratch_read(path, NULL);
    bool known[4096] = { false };
    char *rest = text;
    char *line = NULL;
    while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
        char found[32];
        unsigned connection = 0;
        assert_int_equal(sscanf(line, "%31s %u", found, &connection), 2);
        assert_in_range(connection, 0, 4095);
        result.requests++;
        result.of_protocol += strcmp(found, protocol) == 0;
        result.connections += !known[connection];
        known[connection] = true;
    }
    free(text);
    free(path);
    return result;
}

static void need_nginx(void) {
    const char *const call[] = { "nginx", "-v", NULL };
    if (scratch_run(call, NULL, NULL) == 0)
        return;
    print_message("nginx is not installed (Debian: nginx-light)\n");
    skip();
}

static void test_one_connection_for_all(void **state) {
    need_nginx();
    world *w = *state;
    char *file = big_file(w, 1 << 20);
    nginx server = start_nginx(w, true, 10000);
    open_with(w, usual_tls());
    run_callers(w, &server, file);
    ctes_transport_free(w->transport);
    w->transport = NULL;
    stop_nginx(&server);
    log_lines front = read_log(w, "front.log", "HTTP/2.0");
    assert_int_equal(front.requests, THREADS * REQUESTS);
    assert_int_equal(front.of_protocol, THREADS * REQUESTS);
    assert_int_equal(front.connections, 1);
    free(file);
}

static void test_http1_where_http2_is_not_offered(void **state) {
    need_nginx();
    world *w = *state;
    nginx server = start_nginx(w, false, 10000);
    char *file = big_file(w, 1 << 20);
    open_with(w, usual_tls());
    run_callers(w, &server, file);
    ctes_transport_free(w->transport);
    w->transport = NULL;
    stop_nginx(&server);
    log_lines front = read_log(w, "front.log", "HTTP/1.1");
    assert_int_equal(front.requests, THREADS * REQUESTS);
    assert_int_equal(front.of_protocol, THREADS * REQUESTS);
    assert_in_range(front.connections, 1, THREADS);
    free(file);
}

/* A server that ends its connections after a number of requests leaves streams aside that are on
 * their way: each is sent again, none is received twice, and nobody is told of it. */
static void test_connections_ended_by_the_server(void **state) {
    need_nginx();
    world *w = *state;
    for (int http2 = 0; http2 < 2; http2++) {
        nginx server = start_nginx(w, http2 == 1, 25);
        char *file = big_file(w, 1 << 20);
        open_with(w, usual_tls());
        run_callers(w, &server, file);
        ctes_transport_free(w->transport);
        w->transport = NULL;
        stop_nginx(&server);
        log_lines back = read_log(w, "back.log", "HTTP/1.0");
        assert_int_equal(back.requests, THREADS * REQUESTS);
        char *log = scratch_path(w->folder, "back.log");
        assert_int_equal(unlink(log), 0);
        free(log);
        free(file);
    }
}

static int set_up_many(void **state) {
    fixture_in_flight = THREADS;
    return set_up(state);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up_many, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_one_connection_for_all),
        CASE(test_http1_where_http2_is_not_offered),
        CASE(test_connections_ended_by_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
