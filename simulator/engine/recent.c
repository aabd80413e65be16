/* Recent answers; see recent.h. */
#include "simulator/engine/recent.h"

#include "common/aws/lattice_model.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define PLACES         256        /* a power of two; each holds the last answer that fell on it */
#define BODY_BYTES_MAX (64 << 10) /* what is larger is made anew each time */
#define KEY_BYTES_MAX  (4 << 10)

struct kept {
    int64_t writes; /* of the store when it was answered */
    size_t key_length;
    size_t body_length;
    char bytes[]; /* the key, then the body with its end */
};

struct sim_recent {
    struct kept *places[PLACES];
};

struct sim_recent *sim_recent_new(void)
{
    struct sim_recent *recent = calloc(1, sizeof *recent);
    if (recent == NULL)
        abort();
    return recent;
}

struct sim_recent *sim_recent_free(struct sim_recent *recent)
{
    for (size_t i = 0; recent != NULL && i < PLACES; i++)
        free(recent->places[i]);
    free(recent);
    return NULL;
}

/* Reads whose answer needs no clock: the health of targets moves with it. */
static bool is_kept(const struct sim_call *call)
{
    const struct lat_operation *operation = call->lattice;
    return lat_text_eq(operation->method, "GET") &&
           operation != &lat_operations[LAT_OP_LIST_TARGETS];
}

static const char *key_of(const struct sim_call *call)
{
    return lat_arena_concat(call->arena, call->operation, " ", call->caller.account, " ",
                            call->caller.region, " ", call->input, NULL);
}

static struct kept **place_of(const struct sim_call *call, const char *key)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * UINT32_C(16777619);
    return &call->sim->recent->places[hash % PLACES];
}

const char *sim_recent_find(const struct sim_call *call)
{
    if (call->sim->recent == NULL || !is_kept(call))
        return NULL;
    const char *key = key_of(call);
    size_t length = strlen(key);
    const struct kept *kept = *place_of(call, key);
    if (kept == NULL || kept->writes != sim_store_writes(call->sim->store) ||
        kept->key_length != length || memcmp(kept->bytes, key, length) != 0)
        return NULL;
    return lat_arena_strndup(call->arena, kept->bytes + length, kept->body_length);
}

void sim_recent_keep(const struct sim_call *call, const char *body)
{
    if (call->sim->recent == NULL || !is_kept(call))
        return;
    const char *key = key_of(call);
    size_t key_length = strlen(key), body_length = strlen(body);
    if (key_length > KEY_BYTES_MAX || body_length > BODY_BYTES_MAX)
        return;
    struct kept **place = place_of(call, key);
    free(*place);
    *place = malloc(sizeof **place + key_length + body_length + 1);
    if (*place == NULL)
        abort();
    **place = (struct kept){sim_store_writes(call->sim->store), key_length, body_length};
    memcpy((*place)->bytes, key, key_length);
    memcpy((*place)->bytes + key_length, body, body_length + 1);
}
