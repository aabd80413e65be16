/* Seeded chance; see rng.h. */
#include "common/base/rng.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

void lat_rng_init(struct lat_rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rng->state[i] = splitmix(&seed);
}

uint64_t lat_rng_machine_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        seed = (uint64_t)now.tv_nsec;
    }
    return seed;
}

static inline uint64_t next(struct lat_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t lat_rng_next(struct lat_rng *rng)
{
    return next(rng);
}

uint64_t lat_rng_below(struct lat_rng *rng, uint64_t bound)
{
    assert(bound > 0);
    uint64_t limit =
        UINT64_MAX - UINT64_MAX % bound; /* numbers from here on would favour the low */
    uint64_t value;
    do
        value = lat_rng_next(rng);
    while (value >= limit);
    return value % bound;
}

void lat_rng_hex(struct lat_rng *rng, size_t digits, char *text)
{
    for (size_t i = 0; i < digits; i++)
        text[i] = "0123456789abcdef"[next(rng) >> 60];
    text[digits] = '\0';
}

const char *lat_rng_uuid(struct lat_rng *rng, char text[LAT_UUID_TEXT_BYTES])
{
    char hex[33];
    lat_rng_hex(rng, 32, hex);
    hex[12] = '4';
    hex[16] = "89ab"[lat_rng_next(rng) >> 62];
    static const size_t group_ends[] = {8, 12, 16, 20, 32};
    size_t out = 0, in = 0;
    for (size_t g = 0; g < 5; g++) {
        for (; in < group_ends[g]; in++)
            text[out++] = hex[in];
        text[out++] = '-';
    }
    text[out - 1] = '\0';
    return text;
}
