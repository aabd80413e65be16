/* Whole requests to the Kubernetes port: a line with method and target, lines with headers, an
 * empty line, the body. Every one gets an answer, the store never fails, and a refused write leaves
 * every object as it was. */
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/fuzz/target.h"
#include "simulator/engine/journal.h"
#include "simulator/fuzz/request.h"
#include "simulator/kubernetes/kube_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CALLS_PER_SIM 2000 /* then everything begins anew, so that a finding can be repeated */

struct subject {
    struct lat_log log;
    struct sim sim;
    struct sim_kube *kube;
    int calls;
};

/* Both the sanitizers and the engine end the process without a chance to free it. */
static struct subject subject;

static const struct {
    const char *target, *body;
} seeds[] = {
    {"/api/v1/namespaces", "{\"metadata\":{\"name\":\"other\"}}"},
    {"/api/v1/namespaces/default/services", "{\"metadata\":{\"name\":\"seed\",\"labels\":{\"a\":"
                                            "\"b\"}},\"spec\":{\"ports\":[{\"port\":80}]}}"},
    {"/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes",
     "{\"metadata\":{\"name\":\"seed\"},\"spec\":{\"rules\":[{\"backendRefs\":[{\"name\":\"a\","
     "\"port\":80}]}]"
     "}}"},
    {"/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
     "{\"metadata\":{\"name\":\"seeds.x.y\"},\"spec\":{\"group\":\"x.y\",\"scope\":\"Namespaced\","
     "\"names\":{"
     "\"plural\":\"seeds\",\"kind\":\"Seed\"},\"versions\":[{\"name\":\"v1\",\"served\":true,"
     "\"storage\":"
     "true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":"
     "\"object\","
     "\"properties\":{\"x\":{\"type\":\"integer\",\"maximum\":9},\"l\":{\"type\":\"array\",\"x-"
     "kubernetes-list-"
     "type\":\"set\",\"items\":{\"type\":\"string\",\"pattern\":\"^a+$\"}}}}}}}}]}}"},
};

static void serve(struct lat_http_request *request, struct sim_kube_call *ret_call)
{
    *ret_call = (struct sim_kube_call){
        .kube = subject.kube,
        .http = request,
        .arena = request->arena,
        .now_ms = lat_clock_now_ms(&subject.sim.clock),
    };
    lat_buf_init(&ret_call->buf, LAT_HTTP_ANSWER_BYTES_MAX);
    sim_kube_serve(ret_call);
    sim_kube_settle(subject.kube);
}

static void begin_anew(void)
{
    struct lat_err err;
    subject.kube = sim_kube_free(subject.kube);
    sim_store_close(subject.sim.store);
    sim_journal_free(subject.sim.journal);
    memset(&subject, 0, sizeof subject);
    subject.calls = 1;
    lat_clock_init_virtual(&subject.sim.clock, LAT_CLOCK_VIRTUAL_START_MS);
    lat_rng_init(&subject.sim.rng, 1);
    subject.log = (struct lat_log){stderr, &subject.sim.clock, LAT_LOG_ERROR, "fuzz"};
    subject.sim.log = &subject.log;
    subject.sim.journal = sim_journal_new();
    if (sim_store_open(NULL, &subject.sim.store, &err) < 0 ||
        sim_kube_new(&subject.sim, &subject.kube, &err) < 0)
        abort();
    for (size_t i = 0; i < LAT_COUNT(seeds); i++) {
        LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
        struct sim_kube_call call;
        serve(&(struct lat_http_request){.arena = arena,
                                         .method = "POST",
                                         .target = seeds[i].target,
                                         .path = seeds[i].target,
                                         .query = "",
                                         .body = seeds[i].body,
                                         .body_length = strlen(seeds[i].body)},
              &call);
        if (call.answer.status != 201)
            abort();
        lat_buf_done(&call.buf);
    }
}

/* All objects and the version of the last change, as one text. */
static const char *state_text(struct lat_arena *arena)
{
    struct sim_kube_object *objects = NULL;
    size_t count = 0;
    int64_t version = 0;
    if (sim_store_kube_all(subject.sim.store, arena, &objects, &count) < 0 ||
        sim_store_kube_version(subject.sim.store, &version) < 0)
        abort();
    struct lat_buf text;
    lat_buf_init(&text, LAT_HTTP_ANSWER_BYTES_MAX);
    lat_buf_printf(&text, "%lld", (long long)version);
    for (size_t i = 0; i < count; i++)
        lat_buf_printf(&text, "\n%s", objects[i].body);
    const char *copy = lat_arena_strndup(arena, text.data, text.length);
    lat_buf_done(&text);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_http_header headers[SIM_FUZZ_HEADERS_MAX];
    struct lat_http_request request;
    if (subject.calls++ % CALLS_PER_SIM == 0)
        begin_anew();
    if (!sim_fuzz_read_request(arena, data, size, headers, &request) ||
        strstr(request.target, "webhook") != NULL) /* those would be called */
        return 0;
    bool reads = lat_text_eq(request.method, "GET");
    const char *before = reads ? NULL : state_text(arena);
    struct sim_kube_call call;
    serve(&request, &call);
    assert(call.answer.status >= 200 && call.answer.body != NULL);
    assert(!lat_text_eq(call.answer.reason, "InternalError")); /* the store failed */
    if (!reads && call.answer.status >= 400)
        assert(lat_text_eq(before, state_text(arena)));
    lat_buf_done(&call.buf);
    int64_t last = sim_journal_last(subject.sim.journal);
    if (sim_journal_lines(subject.sim.journal, arena, last - 1) == NULL)
        abort();
    return 0;
}
