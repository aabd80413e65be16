/* What the files of faults share: the list of rules, what rules remember of answers, token buckets.
 * What changed since the rows were written is marked, so that keeping a state costs little. Nobody
 * else includes it. */
#pragma once

#include "simulator/engine/fault.h"

#define SIM_BUCKETS_MAX      4096
#define SIM_BUCKET_KEY_BYTES 160

/* The last answer that a request saw; all of it lives in its own arena. */
struct sim_stale_answer {
    struct sim_stale_answer *next;
    struct lat_arena *arena;
    int64_t id; /* of its row */
    const char *key;
    struct sim_answer answer;
    const char *error; /* exception, or NULL */
    int64_t held_back; /* calls that got it although the truth had changed */
    bool is_noted;     /* its row says the same */
};

struct sim_bucket {
    char key[SIM_BUCKET_KEY_BYTES]; /* "" for a free one */
    int64_t filled_ms;
    int64_t millis;
    bool is_noted;
};

struct sim_throttle {
    int64_t rate, burst;
    struct sim_bucket *buckets; /* open addressing; NULL while throttling is off */
};

struct sim_faults {
    struct sim_fault *first;
    size_t count;
    int64_t last_id;
    int64_t last_answer; /* id of the newest sim_stale_answer */
    struct lat_rng rng;
    struct lat_rng noted_rng;
    struct sim_throttle *throttle;
    bool is_changed;   /* something differs from the rows */
    bool is_rewritten; /* rules or buckets went: every row is written anew */
};

/* The same source for every seed that ids begin with, but not the same numbers. */
void sim_fault_chance_begin(struct lat_rng *rng, uint64_t seed);
