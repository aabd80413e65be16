/* Token buckets; see fault.h. Amounts are thousandths of a token, so that a millisecond at one call
 * per second is a whole number. Rates, burst and scope of the real service are not published: what
 * is here is chosen. */
#include "common/base/text.h"
#include "simulator/engine/fault_int.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN_MILLIS    1000
#define REFILL_MS_LIMIT INT64_C(3600000) /* longer pauses fill every bucket */

struct sim_throttle *sim_throttle_new(void)
{
    struct sim_throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle == NULL)
        abort();
    return throttle;
}

struct sim_throttle *sim_throttle_free(struct sim_throttle *throttle)
{
    if (throttle != NULL)
        free(throttle->buckets);
    free(throttle);
    return NULL;
}

void sim_throttle_reset(struct sim_throttle *throttle, int64_t rate, int64_t burst)
{
    free(throttle->buckets);
    *throttle = (struct sim_throttle){.rate = rate, .burst = burst};
    if (rate == 0)
        return;
    throttle->buckets = calloc(SIM_BUCKETS_MAX, sizeof *throttle->buckets);
    if (throttle->buckets == NULL)
        abort();
}

int64_t sim_throttle_rate(const struct sim_throttle *throttle)
{
    return throttle->rate;
}

int64_t sim_throttle_burst(const struct sim_throttle *throttle)
{
    return throttle->burst;
}

static size_t home_of(const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *p = key; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return (size_t)(hash % SIM_BUCKETS_MAX);
}

/* The bucket of a key. When all are taken, its home is taken from whoever has it. */
static struct sim_bucket *find(struct sim_throttle *throttle, const char *key, int64_t now_ms)
{
    struct sim_bucket *found = NULL;
    for (size_t i = 0; i < SIM_BUCKETS_MAX && found == NULL; i++) {
        struct sim_bucket *bucket = &throttle->buckets[(home_of(key) + i) % SIM_BUCKETS_MAX];
        if (strncmp(bucket->key, key, SIM_BUCKET_KEY_BYTES - 1) == 0)
            return bucket;
        if (bucket->key[0] == '\0')
            found = bucket;
    }
    if (found == NULL)
        found = &throttle->buckets[home_of(key)];
    *found = (struct sim_bucket){.filled_ms = now_ms, .millis = throttle->burst * TOKEN_MILLIS};
    strncpy(found->key, key, SIM_BUCKET_KEY_BYTES - 1);
    return found;
}

bool sim_throttle_take(struct sim_throttle *throttle, const char *key, int64_t now_ms)
{
    if (throttle->rate == 0)
        return true;
    struct sim_bucket *bucket = find(throttle, key, now_ms);
    int64_t full = throttle->burst * TOKEN_MILLIS, passed = now_ms - bucket->filled_ms;
    if (passed > REFILL_MS_LIMIT)
        bucket->millis = full;
    else if (passed > 0)
        bucket->millis += passed * throttle->rate;
    if (bucket->millis > full)
        bucket->millis = full;
    bucket->filled_ms = now_ms;
    bucket->is_noted = false;
    if (bucket->millis < TOKEN_MILLIS)
        return false;
    bucket->millis -= TOKEN_MILLIS;
    return true;
}
