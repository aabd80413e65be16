/* A work queue of one controller: each key waits at most once, keys that failed wait longer and
 * longer, and time is the clock's. Source: controller-routes reference 1.5 (observed). */
#pragma once

#include "common/base/auto.h"
#include "common/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GWC_QUEUE_DELAY_MS_MIN 5
#define GWC_QUEUE_DELAY_MS_MAX 1000000

struct gwc_queue;

/* The clock is borrowed and must outlive the queue. */
struct gwc_queue *gwc_queue_new(const struct lat_clock *clock) LAT_MUST_USE;
struct gwc_queue *gwc_queue_free(struct gwc_queue *queue);
void gwc_queue_freep(struct gwc_queue **queue);

/* Makes a key due now, or in delay_ms. A key that waits already keeps the earlier time. */
void gwc_queue_add(struct gwc_queue *queue, const char *key);
void gwc_queue_add_after(struct gwc_queue *queue, const char *key, int64_t delay_ms);

/* The key failed: due after its own delay (5 ms, doubled each time, up to 1000 s) or when the
 * queue's overall rate of 10 a second with bursts of 100 allows, whichever is later. */
void gwc_queue_add_failed(struct gwc_queue *queue, const char *key);
/* The key did not fail: its next failure starts at the shortest delay again. */
void gwc_queue_forget(struct gwc_queue *queue, const char *key);

/* Takes the key that has been due longest; the caller frees it. NULL when none is due. */
char *gwc_queue_take(struct gwc_queue *queue) LAT_MUST_USE;

/* When the next key is due, in clock milliseconds; -1 when none waits. May be in the past. */
int64_t gwc_queue_next_due_ms(const struct gwc_queue *queue);
size_t gwc_queue_count(const struct gwc_queue *queue);
