/* Chance is a parameter: a seeded generator (xoshiro256**). The same seed gives the same ids in the
 * same order. Not for secrets. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LAT_UUID_TEXT_BYTES 37

struct lat_rng {
    uint64_t state[4];
};

void lat_rng_init(struct lat_rng *rng, uint64_t seed);

/* A seed from the machine, for runs that need not be repeated. */
uint64_t lat_rng_machine_seed(void);

uint64_t lat_rng_next(struct lat_rng *rng);

/* A number from 0 to bound - 1, without bias; bound is not 0. */
uint64_t lat_rng_below(struct lat_rng *rng, uint64_t bound);

/* digits lower-case hexadecimal digits and a terminator into text (digits + 1 bytes). */
void lat_rng_hex(struct lat_rng *rng, size_t digits, char *text);

/* A random (version 4) UUID. Returns text. */
const char *lat_rng_uuid(struct lat_rng *rng, char text[LAT_UUID_TEXT_BYTES]);
