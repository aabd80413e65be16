/* Counters in an open hash table over a list; see metrics.h. */
#include "simulator/engine/metrics.h"

#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * SIM_METRICS_MAX) /* a power of two */

struct sim_metrics {
    struct sim_metric items[SIM_METRICS_MAX];
    size_t count;
    uint16_t slots[SLOTS]; /* index + 1 into items; 0: free */
};

_Static_assert(SIM_METRICS_MAX < UINT16_MAX && (SLOTS & (SLOTS - 1)) == 0, "see slots");

struct sim_metrics *sim_metrics_new(void)
{
    struct sim_metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics == NULL)
        abort();
    return metrics;
}

void sim_metrics_clear(struct sim_metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        free((void *)(uintptr_t)metrics->items[i].api); /* one block per counter */
    memset(metrics, 0, sizeof *metrics);
}

struct sim_metrics *sim_metrics_free(struct sim_metrics *metrics)
{
    if (metrics != NULL)
        sim_metrics_clear(metrics);
    free(metrics);
    return NULL;
}

static size_t hash_on(size_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash * 31;
}

static bool is_counter_of(const struct sim_metric *item, const struct sim_metric *wanted)
{
    return item->status == wanted->status && lat_text_eq(item->operation, wanted->operation) &&
           lat_text_eq(item->service, wanted->service) && lat_text_eq(item->api, wanted->api);
}

/* The slot of the counter, or the free one where it belongs. */
static uint16_t *find_slot(struct sim_metrics *metrics, const struct sim_metric *wanted)
{
    size_t hash = (size_t)wanted->status;
    hash = hash_on(hash_on(hash_on(hash, wanted->api), wanted->service), wanted->operation);
    for (size_t i = hash % SLOTS;; i = (i + 1) % SLOTS)
        if (metrics->slots[i] == 0 || is_counter_of(&metrics->items[metrics->slots[i] - 1], wanted))
            return &metrics->slots[i];
}

static void add(struct sim_metrics *metrics, uint16_t *slot, const struct sim_metric *wanted)
{
    const char *texts[] = {wanted->api, wanted->service, wanted->operation};
    size_t lengths[3] = {0}, bytes = 0;
    for (size_t i = 0; i < 3; i++)
        bytes += lengths[i] = strlen(texts[i]) + 1;
    char *block = malloc(bytes);
    if (block == NULL)
        abort();
    struct sim_metric *item = &metrics->items[metrics->count];
    *item = (struct sim_metric){.status = wanted->status};
    const char **members[] = {&item->api, &item->service, &item->operation};
    for (size_t i = 0; i < 3; i++) {
        *members[i] = memcpy(block, texts[i], lengths[i]);
        block += lengths[i];
    }
    *slot = (uint16_t)++metrics->count;
}

void sim_metrics_count(struct sim_metrics *metrics, const char *api, const char *service,
                       const char *operation, int status)
{
    struct sim_metric wanted = {.api = lat_text_or_empty(api),
                                .service = service == NULL ? "unknown" : service,
                                .operation = operation == NULL ? "unknown" : operation,
                                .status = status};
    uint16_t *slot = find_slot(metrics, &wanted);
    /* The last places are for "other": there are far fewer of these than half of them. */
    if (*slot == 0 && metrics->count >= SIM_METRICS_MAX / 2) {
        wanted.service = wanted.operation = "other";
        slot = find_slot(metrics, &wanted);
    }
    if (*slot == 0 && metrics->count == SIM_METRICS_MAX)
        return;
    if (*slot == 0)
        add(metrics, slot, &wanted);
    metrics->items[*slot - 1].count++;
}

const struct sim_metric *sim_metrics_all(const struct sim_metrics *metrics, size_t *ret_count)
{
    *ret_count = metrics->count;
    return metrics->items;
}
