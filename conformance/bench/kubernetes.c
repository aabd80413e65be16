/* Figures of the Kubernetes API: many HTTPRoutes are written and listed, and one change goes out to
 * many watchers. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/bench/bench.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTES_PATH      "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes"
#define WATCHERS         100
#define CHANGES          15
#define LISTS            5
#define ANSWER_BYTES_MAX (256 << 20)
#define WAIT_MS_MAX      10000

static void put_request(struct lat_buf *request, const char *method, const char *target,
                        const char *type, const char *body)
{
    lat_buf_printf(request,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
                   "Accept: application/json\r\n",
                   method, target);
    if (body != NULL)
        lat_buf_printf(request, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, strlen(body));
    lat_buf_printf(request, "\r\n%s", lat_text_or_empty(body));
}

static void put_route(void *context, uint64_t number, struct lat_buf *request)
{
    char body[512];
    (void)context;
    snprintf(body, sizeof body,
             "{\"apiVersion\":\"gateway.networking.k8s.io/v1\",\"kind\":\"HTTPRoute\","
             "\"metadata\":{\"name\":\"route-%llu\",\"namespace\":\"default\"},"
             "\"spec\":{\"parentRefs\":[{\"name\":\"network\"}],\"rules\":[{\"backendRefs\":"
             "[{\"name\":\"service\",\"port\":80}]}]}}",
             (unsigned long long)number);
    put_request(request, "POST", ROUTES_PATH, "application/json", body);
}

static int write_routes(struct cft_bench *bench, const struct cft_subject *simulator,
                        struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = simulator->kube_port,
                                       .connections = CFT_BENCH_CONNECTIONS,
                                       .count = (uint64_t)bench->routes,
                                       .status = 201,
                                       .next = put_route};
    if (cft_load_run(&plan, &result, reterr) < 0)
        return -1;
    cft_bench_add(bench, "HTTPRoutes written", result.per_second, "/s", CFT_AT_LEAST, 5000,
                  lat_arena_printf(bench->arena, "%lld created over %d connections",
                                   (long long)bench->routes, CFT_BENCH_CONNECTIONS));
    return 0;
}

/* Lists all; ret_version gets the resourceVersion of the list. */
static int list_routes(struct cft_bench *bench, const struct cft_subject *simulator,
                       const char **ret_version, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    double seconds[LISTS];
    lat_buf_init(&answer, ANSWER_BYTES_MAX);
    lat_buf_init(&request, 4096);
    put_request(&request, "GET", ROUTES_PATH, NULL, NULL);
    for (int i = 0; i < LISTS; i++) {
        double started = cft_load_now();
        if (cft_load_once(simulator->kube_port, request.data, &answer, reterr) < 0)
            return -1;
        seconds[i] = cft_load_now() - started;
    }
    const char *body = strstr(answer.data, "\r\n\r\n") + 4;
    json_t *LAT_AUTO(lat_json_decrefp) list = lat_json_parse_new(body, strlen(body), reterr);
    size_t count = json_array_size(lat_json_at(list, "items"));
    if (list == NULL || count != (size_t)bench->routes)
        return lat_err_broken(reterr, "%zu HTTPRoutes were listed: %.200s", count, answer.data);
    *ret_version =
        lat_arena_strdup(bench->arena, lat_json_string_at(list, "metadata.resourceVersion", "0"));
    cft_bench_add(
        bench, "list of HTTPRoutes", cft_bench_median(seconds, LISTS), "s", CFT_AT_MOST, 1,
        lat_arena_printf(bench->arena, "%zu objects, %.1f MB", count, (double)answer.length / 1e6));
    return 0;
}

/* Reads until every watcher has seen the text once more. */
static int wait_for_all(const int fds[WATCHERS], const char *text, struct lat_err *reterr)
{
    struct pollfd polled[WATCHERS];
    int left = WATCHERS;
    for (int i = 0; i < WATCHERS; i++)
        polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    while (left > 0) {
        if (poll(polled, WATCHERS, WAIT_MS_MAX) <= 0)
            return lat_err_broken(reterr, "%d watchers saw nothing", left);
        for (int i = 0; i < WATCHERS; i++) {
            char input[16 << 10];
            if (polled[i].fd < 0 || polled[i].revents == 0)
                continue;
            ssize_t count = recv(polled[i].fd, input, sizeof input - 1, 0);
            if (count <= 0)
                return lat_err_broken(reterr, "a watch was closed");
            input[count] = '\0';
            if (strstr(input, text) != NULL) {
                polled[i].fd = -1; /* poll passes over it */
                left--;
            }
        }
    }
    return 0;
}

static int open_watches(const struct cft_subject *simulator, const char *version, int fds[WATCHERS],
                        struct lat_err *reterr)
{
    char target[256];
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    lat_buf_init(&request, 4096);
    snprintf(target, sizeof target, ROUTES_PATH "?watch=1&resourceVersion=%s", version);
    put_request(&request, "GET", target, NULL, NULL);
    for (int i = 0; i < WATCHERS; i++)
        if (cft_load_connect(simulator->kube_port, &fds[i], reterr) < 0 ||
            send(fds[i], request.data, request.length, MSG_NOSIGNAL) != (ssize_t)request.length)
            return -1;
    return wait_for_all(fds, "HTTP/1.1 200", reterr);
}

static int time_changes(struct cft_bench *bench, const struct cft_subject *simulator,
                        const int fds[WATCHERS], struct lat_err *reterr)
{
    double waited_ms[CHANGES];
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    lat_buf_init(&request, 4096);
    lat_buf_init(&answer, 1 << 20);
    for (int i = 0; i < CHANGES; i++) {
        char body[128], mark[32];
        snprintf(mark, sizeof mark, "change-%d-end", i);
        snprintf(body, sizeof body, "{\"metadata\":{\"annotations\":{\"bench\":\"%s\"}}}", mark);
        lat_buf_clear(&request);
        put_request(&request, "PATCH", ROUTES_PATH "/route-1", "application/merge-patch+json",
                    body);
        double started = cft_load_now();
        if (cft_load_once(simulator->kube_port, request.data, &answer, reterr) < 0 ||
            wait_for_all(fds, mark, reterr) < 0)
            return -1;
        waited_ms[i] = (cft_load_now() - started) * 1e3;
    }
    cft_bench_add(bench, "one change at 100 watchers", cft_bench_median(waited_ms, CHANGES), "ms",
                  CFT_AT_MOST, 50, "from the patch to the last watcher's event, median of 15");
    return 0;
}

static int measure_watches(struct cft_bench *bench, const struct cft_subject *simulator,
                           const char *version, struct lat_err *reterr)
{
    int fds[WATCHERS];
    for (int i = 0; i < WATCHERS; i++)
        fds[i] = -1;
    int result = open_watches(simulator, version, fds, reterr);
    if (result == 0)
        result = time_changes(bench, simulator, fds, reterr);
    for (int i = 0; i < WATCHERS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return result;
}

int cft_bench_kubernetes(struct cft_bench *bench, struct lat_err *reterr)
{
    struct cft_subject simulator;
    const char *version = NULL;
    if (cft_subject_start(bench->simulator, NULL, &simulator, reterr) < 0)
        return -1;
    int result = -1;
    if (write_routes(bench, &simulator, reterr) == 0 &&
        list_routes(bench, &simulator, &version, reterr) == 0)
        result = measure_watches(bench, &simulator, version, reterr);
    if (result == 0)
        cft_bench_add(bench, "resident with the HTTPRoutes", cft_subject_resident_mb(&simulator),
                      "MB", CFT_AT_MOST, 150, "after the writes, lists and watches above");
    cft_subject_stop(&simulator);
    return result;
}
