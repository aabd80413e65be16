/* Figures of the Kubernetes API: many HTTPRoutes are created, replaced, patched, applied and
 * listed, and one change goes out to many watchers. */
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
#define BODY_BYTES       512

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

/* The objects that are there, by number. */
struct routes {
    int64_t count;
    int64_t *versions; /* as last listed */
};

static void put_route_text(char body[BODY_BYTES], uint64_t number, const char *metadata,
                           uint64_t value)
{
    snprintf(body, BODY_BYTES,
             "{\"apiVersion\":\"gateway.networking.k8s.io/v1\",\"kind\":\"HTTPRoute\","
             "\"metadata\":{\"name\":\"route-%llu\",\"namespace\":\"default\"%s},"
             "\"spec\":{\"parentRefs\":[{\"name\":\"network\"}],\"rules\":[{\"backendRefs\":"
             "[{\"name\":\"service\",\"port\":80,\"weight\":%llu}]}]}}",
             (unsigned long long)number, metadata, (unsigned long long)value);
}

static void put_create(void *context, uint64_t number, struct lat_buf *request)
{
    char body[BODY_BYTES];
    (void)context;
    put_route_text(body, number, "", 1);
    put_request(request, "POST", ROUTES_PATH, "application/json", body);
}

static void put_replace(void *context, uint64_t number, struct lat_buf *request)
{
    const struct routes *routes = context;
    char body[BODY_BYTES], target[128], version[64];
    snprintf(target, sizeof target, ROUTES_PATH "/route-%llu", (unsigned long long)number);
    snprintf(version, sizeof version, ",\"resourceVersion\":\"%lld\"",
             (long long)routes->versions[number]);
    put_route_text(body, number, version, 2);
    put_request(request, "PUT", target, "application/json", body);
}

static void put_patch(void *context, uint64_t number, struct lat_buf *request)
{
    char target[128];
    (void)context;
    snprintf(target, sizeof target, ROUTES_PATH "/route-%llu", (unsigned long long)number);
    put_request(request, "PATCH", target, "application/merge-patch+json",
                "{\"metadata\":{\"annotations\":{\"bench\":\"patched\"}}}");
}

static void put_apply(void *context, uint64_t number, struct lat_buf *request)
{
    char body[BODY_BYTES], target[128];
    (void)context;
    snprintf(target, sizeof target, ROUTES_PATH "/route-%llu?fieldManager=bench-apply&force=true",
             (unsigned long long)number);
    put_route_text(body, number, "", 3);
    put_request(request, "PATCH", target, "application/apply-patch+yaml", body);
}

/* In this order; each changes every object once. */
static const struct write_case {
    const char *name;
    int status;
    cft_load_next *next;
} write_cases[] = {
    {"created", 201, put_create},
    {"replaced", 200, put_replace},
    {"patched", 200, put_patch},
    {"applied", 200, put_apply},
};

static int write_routes(struct cft_bench *bench, const struct cft_subject *simulator,
                        struct routes *routes, const struct write_case *it, struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = simulator->kube_port,
                                       .connections = CFT_BENCH_CONNECTIONS,
                                       .count = (uint64_t)routes->count,
                                       .status = it->status,
                                       .next = it->next,
                                       .context = routes};
    double cpu = cft_subject_cpu_seconds(simulator);
    if (cft_load_run(&plan, &result, reterr) < 0)
        return -1;
    cpu = cft_subject_cpu_seconds(simulator) - cpu;
    cft_bench_add(bench, lat_arena_printf(bench->arena, "HTTPRoutes %s", it->name),
                  result.per_second, "/s", CFT_AT_LEAST, 5000,
                  lat_arena_printf(bench->arena,
                                   "%lld over %d connections, %.0f us of processor each",
                                   (long long)routes->count, CFT_BENCH_CONNECTIONS,
                                   cpu * 1e6 / (double)result.answers));
    return 0;
}

/* Notes the objects' versions; they are all there. */
static int read_list(struct cft_bench *bench, const struct lat_buf *answer, struct routes *routes,
                     const char **ret_version, struct lat_err *reterr)
{
    const char *body = strstr(answer->data, "\r\n\r\n") + 4;
    json_t *LAT_AUTO(lat_json_decrefp) list = lat_json_parse_new(body, strlen(body), reterr);
    const json_t *items = lat_json_at(list, "items");
    if (list == NULL || json_array_size(items) != (size_t)routes->count)
        return lat_err_broken(reterr, "%zu HTTPRoutes were listed: %.200s", json_array_size(items),
                              answer->data);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        int64_t number = 0, version = 0;
        const char *name = lat_json_string_at(item, "metadata.name", "");
        if (lat_text_to_int64(name + strcspn(name, "0123456789"), &number) < 0 ||
            number >= routes->count ||
            lat_text_to_int64(lat_json_string_at(item, "metadata.resourceVersion", ""), &version) <
                0)
            return lat_err_broken(reterr, "\"%s\" was listed", name);
        routes->versions[number] = version;
    }
    *ret_version =
        lat_arena_strdup(bench->arena, lat_json_string_at(list, "metadata.resourceVersion", "0"));
    return 0;
}

/* Lists all, and gives how long it took and the resourceVersion of the list. */
static int list_routes(struct cft_bench *bench, const struct cft_subject *simulator,
                       struct routes *routes, double *ret_seconds, double *ret_mb,
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
    *ret_seconds = cft_bench_median(seconds, LISTS);
    *ret_mb = (double)answer.length / 1e6;
    return read_list(bench, &answer, routes, ret_version, reterr);
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

static int measure_all(struct cft_bench *bench, const struct cft_subject *simulator,
                       struct lat_err *reterr)
{
    struct routes routes = {.count = bench->routes,
                            .versions =
                                LAT_NEW_ARRAY(bench->arena, int64_t, (size_t)bench->routes)};
    const char *version = NULL;
    double seconds = 0, mb = 0;
    for (size_t i = 0; i < LAT_COUNT(write_cases); i++)
        if (write_routes(bench, simulator, &routes, &write_cases[i], reterr) < 0 ||
            list_routes(bench, simulator, &routes, &seconds, &mb, &version, reterr) < 0)
            return -1;
    cft_bench_add(bench, "list of HTTPRoutes", seconds, "s", CFT_AT_MOST, 1,
                  lat_arena_printf(bench->arena, "%lld objects, %.1f MB, after all these writes",
                                   (long long)routes.count, mb));
    if (measure_watches(bench, simulator, version, reterr) < 0)
        return -1;
    cft_bench_add(bench, "resident with the HTTPRoutes", cft_subject_resident_mb(simulator), "MB",
                  CFT_AT_MOST, 150, "after the writes, lists and watches above");
    return 0;
}

int cft_bench_kubernetes(struct cft_bench *bench, struct lat_err *reterr)
{
    struct cft_subject simulator;
    if (cft_subject_start(bench->simulator, NULL, &simulator, reterr) < 0)
        return -1;
    int result = measure_all(bench, &simulator, reterr);
    cft_subject_stop(&simulator);
    return result;
}
