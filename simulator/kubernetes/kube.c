/* The fake Kubernetes API as a whole: how it comes up on a store, what every cluster has, and what
 * the engine may ask of it. */
#include "simulator/kubernetes/kube_int.h"

#include <stdlib.h>
#include <string.h>

/* A namespace that every cluster has, made as a request would make it. */
static int make_namespace(struct sim_kube *kube, const char *name)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_kube_object *present = NULL;
    if (sim_store_kube_find(kube->sim->store, arena, "namespaces", "", name, &present) < 0)
        return -1;
    if (present != NULL)
        return 0; /* in a state that goes on: asking again would use up an id */
    const char *body = lat_arena_printf(arena, "{\"metadata\":{\"name\":\"%s\"}}", name);
    struct lat_http_request http = {
        .arena = arena,
        .method = "POST",
        .target = "/api/v1/namespaces",
        .path = "/api/v1/namespaces",
        .query = "",
        .body = body,
        .body_length = strlen(body),
    };
    struct sim_kube_call call = {
        .kube = kube,
        .http = &http,
        .arena = arena,
        .now_ms = lat_clock_now_ms(&kube->sim->clock),
    };
    if (sim_kube_request_read(&call) == 0)
        sim_kube_carry_out(&call);
    return call.answer.status == 201 ? 0 : -1;
}

static int make_namespaces(struct sim_kube *kube, struct lat_err *reterr)
{
    static const char *const names[] = {"default", "kube-system", "kube-public", "kube-node-lease"};
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        if (make_namespace(kube, names[i]) < 0)
            return lat_err_broken(reterr, "namespace \"%s\" cannot be made: %s", names[i],
                                  sim_store_message(kube->sim->store));
    if (sim_kube_definitions_load(kube) < 0 ||
        sim_store_kube_version(kube->sim->store, &kube->published) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(kube->sim->store));
    return 0;
}

int sim_kube_restart(struct sim_kube *kube, struct lat_err *reterr)
{
    sim_kube_owners_forget(kube);
    sim_kube_watch_end_all(kube);
    return make_namespaces(kube, reterr);
}

static int restart(void *context, struct lat_err *reterr)
{
    return sim_kube_restart(context, reterr);
}

static size_t watch_count(void *context)
{
    const struct sim_kube *kube = context;
    return kube->watch_count;
}

static struct sim_cluster as_cluster(struct sim_kube *kube)
{
    return (struct sim_cluster){.context = kube,
                                .check = sim_kube_state_check,
                                .arrive = sim_kube_state_arrive,
                                .restart = restart,
                                .watch_count = watch_count,
                                .ask_new = sim_kube_ask_new};
}

int sim_kube_new(struct sim *sim, struct sim_kube **ret_kube, struct lat_err *reterr)
{
    LAT_AUTO(sim_kube_freep) struct sim_kube *kube = calloc(1, sizeof *kube);
    if (kube == NULL)
        abort();
    kube->sim = sim;
    kube->follows = sim_kube_is_followed;
    lat_clock_init_real(&kube->wall);
    /* A state file that goes on was answered from before. */
    if (sim_store_kube_version(sim->store, &kube->published) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    kube->was_asked = kube->published > 0;
    sim->cluster = as_cluster(kube);
    if (lat_kube_kinds_new(&kube->kinds, reterr) < 0 || make_namespaces(kube, reterr) < 0)
        return -1;
    *ret_kube = LAT_TAKE(kube);
    return 0;
}

void sim_kube_set_access(struct sim_kube *kube, const struct sim_kube_access *access)
{
    kube->access = access;
}

struct sim_kube *sim_kube_free(struct sim_kube *kube)
{
    if (kube == NULL)
        return NULL;
    sim_kube_owners_forget(kube);
    lat_kube_kinds_free(kube->kinds);
    free(kube);
    return NULL;
}

void sim_kube_freep(struct sim_kube **kube)
{
    *kube = sim_kube_free(*kube);
}
