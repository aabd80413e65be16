/* The work queue; see queue.h. Waiting keys are sorted by due time and then by arrival. */
#include "controller/reconcile/queue.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define RATE_INTERVAL_MS 100 /* one failed key each … */
#define RATE_BURST       100 /* … after this many at once */

struct item {
    char *key;
    int64_t due_ms;
};

struct gwc_queue {
    const struct lat_clock *clock;
    struct item *items;
    size_t count;
    size_t capacity;
    json_t *failures;     /* key → number of failures in a row */
    int64_t rate_next_ms; /* when the overall rate would be used up exactly */
};

struct gwc_queue *gwc_queue_new(const struct lat_clock *clock)
{
    struct gwc_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        abort();
    queue->clock = clock;
    queue->failures = json_object();
    return queue;
}

struct gwc_queue *gwc_queue_free(struct gwc_queue *queue)
{
    if (queue == NULL)
        return NULL;
    for (size_t i = 0; i < queue->count; i++)
        free(queue->items[i].key);
    free(queue->items);
    json_decref(queue->failures);
    free(queue);
    return NULL;
}

void gwc_queue_freep(struct gwc_queue **queue)
{
    *queue = gwc_queue_free(*queue);
}

static void remove_at(struct gwc_queue *queue, size_t index)
{
    queue->count--;
    memmove(&queue->items[index], &queue->items[index + 1],
            (queue->count - index) * sizeof *queue->items);
}

/* Where an item that is due then goes: behind all that are due no later. */
static size_t place(const struct gwc_queue *queue, int64_t due_ms)
{
    size_t low = 0;
    size_t high = queue->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (queue->items[middle].due_ms <= due_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct gwc_queue *queue, char *key, int64_t due_ms)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 16 : queue->capacity * 2;
        queue->items = reallocarray(queue->items, queue->capacity, sizeof *queue->items);
        if (queue->items == NULL)
            abort();
    }
    size_t index = place(queue, due_ms);
    memmove(&queue->items[index + 1], &queue->items[index],
            (queue->count - index) * sizeof *queue->items);
    queue->items[index] = (struct item){.key = key, .due_ms = due_ms};
    queue->count++;
}

static void add_at(struct gwc_queue *queue, const char *key, int64_t due_ms)
{
    for (size_t i = 0; i < queue->count; i++) {
        if (strcmp(queue->items[i].key, key) != 0)
            continue;
        if (queue->items[i].due_ms <= due_ms)
            return;
        char *kept = queue->items[i].key;
        remove_at(queue, i);
        insert(queue, kept, due_ms);
        return;
    }
    char *copy = strdup(key);
    if (copy == NULL)
        abort();
    insert(queue, copy, due_ms);
}

void gwc_queue_add(struct gwc_queue *queue, const char *key)
{
    add_at(queue, key, lat_clock_now_ms(queue->clock));
}

void gwc_queue_add_after(struct gwc_queue *queue, const char *key, int64_t delay_ms)
{
    add_at(queue, key, lat_clock_now_ms(queue->clock) + delay_ms);
}

/* How long the overall rate makes the next failed key wait. */
static int64_t rate_delay_ms(struct gwc_queue *queue, int64_t now_ms)
{
    if (queue->rate_next_ms < now_ms)
        queue->rate_next_ms = now_ms;
    queue->rate_next_ms += RATE_INTERVAL_MS;
    int64_t delay_ms = queue->rate_next_ms - now_ms - (int64_t)RATE_INTERVAL_MS * RATE_BURST;
    return delay_ms > 0 ? delay_ms : 0;
}

void gwc_queue_add_failed(struct gwc_queue *queue, const char *key)
{
    json_int_t failures = json_integer_value(json_object_get(queue->failures, key));
    json_object_set_new(queue->failures, key, json_integer(failures + 1));
    int64_t delay_ms = GWC_QUEUE_DELAY_MS_MIN;
    for (json_int_t i = 0; i < failures && delay_ms < GWC_QUEUE_DELAY_MS_MAX; i++)
        delay_ms *= 2;
    if (delay_ms > GWC_QUEUE_DELAY_MS_MAX)
        delay_ms = GWC_QUEUE_DELAY_MS_MAX;
    int64_t overall_ms = rate_delay_ms(queue, lat_clock_now_ms(queue->clock));
    gwc_queue_add_after(queue, key, delay_ms > overall_ms ? delay_ms : overall_ms);
}

void gwc_queue_forget(struct gwc_queue *queue, const char *key)
{
    json_object_del(queue->failures, key);
}

char *gwc_queue_take(struct gwc_queue *queue)
{
    if (queue->count == 0 || queue->items[0].due_ms > lat_clock_now_ms(queue->clock))
        return NULL;
    char *key = queue->items[0].key;
    remove_at(queue, 0);
    return key;
}

int64_t gwc_queue_next_due_ms(const struct gwc_queue *queue)
{
    return queue->count == 0 ? -1 : queue->items[0].due_ms;
}

size_t gwc_queue_count(const struct gwc_queue *queue)
{
    return queue->count;
}
