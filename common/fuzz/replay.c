/* Runs a fuzz target without a fuzzing engine: every file of a corpus, then seeded mutations of
 * them until the time is up. Finds less than libFuzzer, but in every build and the same each time.
 *
 * usage: fuzz-TARGET CORPUS [MILLISECONDS] */
#include "common/base/file.h"
#include "common/base/rng.h"
#include "common/base/text.h"
#include "common/fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define INPUT_BYTES_MAX  (64 << 10)
#define CORPUS_FILES_MAX 4096

struct input {
    const char *data;
    size_t size;
};

struct corpus {
    struct lat_arena *arena;
    struct input inputs[CORPUS_FILES_MAX];
    size_t count;
};

static int read_corpus(struct corpus *corpus, const char *folder, struct lat_err *reterr)
{
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return lat_err_input(reterr, "%s: no such folder", folder);
    int result = 0;
    for (struct dirent *entry;
         result == 0 && corpus->count < CORPUS_FILES_MAX && (entry = readdir(stream)) != NULL;) {
        char *text = NULL;
        size_t size = 0;
        if (entry->d_name[0] == '.')
            continue;
        result = lat_file_read(corpus->arena,
                               lat_arena_printf(corpus->arena, "%s/%s", folder, entry->d_name),
                               INPUT_BYTES_MAX, &text, &size, reterr);
        if (result == 0)
            corpus->inputs[corpus->count++] = (struct input){text, size};
    }
    closedir(stream);
    return result == 0 && corpus->count == 0 ? lat_err_input(reterr, "%s is empty", folder)
                                             : result;
}

/* Bytes that mean something in the formats at hand. */
static const char telling[] = "{}[]\",:\\%/?&=\n\t 0-9.eE+\xff\x80";

/* One change in a buffer with room for one more piece; returns the new size. */
static size_t mutate(struct lat_rng *rng, const struct corpus *corpus, char *data, size_t size)
{
    size_t at = lat_rng_below(rng, size + 1);
    size_t span = lat_rng_below(rng, 16) + 1;
    const struct input *other = &corpus->inputs[lat_rng_below(rng, corpus->count)];
    switch (lat_rng_below(rng, 5)) {
    case 0: /* another byte */
        if (at < size)
            data[at] = (char)lat_rng_below(rng, 256);
        return size;
    case 1: /* a telling byte */
        if (at < size)
            data[at] = telling[lat_rng_below(rng, sizeof telling - 1)];
        return size;
    case 2: /* a gap */
        span = span > size - at ? size - at : span;
        memmove(data + at, data + at + span, size - at - span);
        return size - span;
    case 3: /* something twice */
        span = span > size - at ? size - at : span;
        memmove(data + at + span, data + at, size - at);
        return size + span;
    default: /* the end of another input */
        span = lat_rng_below(rng, other->size + 1);
        memcpy(data + at, other->data + span, other->size - span);
        return at + other->size - span;
    }
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static uint64_t run_mutations(const struct corpus *corpus, double until_ms)
{
    char *buffer = malloc(4 * INPUT_BYTES_MAX);
    struct lat_rng rng;
    uint64_t runs = 0;
    lat_rng_init(&rng, 1);
    for (; buffer != NULL && now_ms() < until_ms; runs++) {
        const struct input *input = &corpus->inputs[lat_rng_below(&rng, corpus->count)];
        size_t size = input->size;
        memcpy(buffer, input->data, size);
        for (uint64_t i = lat_rng_below(&rng, 4) + 1; i > 0 && size <= INPUT_BYTES_MAX; i--)
            size = mutate(&rng, corpus, buffer, size);
        /* An allocation of the exact size lets a sanitizer see each byte that is read too far. */
        uint8_t *exact = malloc(size == 0 ? 1 : size);
        if (exact == NULL)
            abort();
        memcpy(exact, buffer, size);
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
    }
    free(buffer);
    return runs;
}

int main(int argc, char **argv)
{
    struct lat_err err = {.message = "usage: fuzz-TARGET CORPUS [MILLISECONDS]"};
    struct corpus *corpus = calloc(1, sizeof *corpus);
    int64_t duration_ms = 1000;
    if (corpus == NULL)
        abort();
    corpus->arena = lat_arena_new();
    int result = argc < 2 || (argc > 2 && lat_text_to_int64(argv[2], &duration_ms) < 0)
                     ? -1
                     : read_corpus(corpus, argv[1], &err);
    if (result == 0) {
        for (size_t i = 0; i < corpus->count; i++)
            LLVMFuzzerTestOneInput((const uint8_t *)corpus->inputs[i].data, corpus->inputs[i].size);
        uint64_t runs = run_mutations(corpus, now_ms() + (double)duration_ms);
        printf("%zu inputs and %llu mutations ran without a finding\n", corpus->count,
               (unsigned long long)runs);
    } else {
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    }
    lat_arena_free(corpus->arena);
    free(corpus);
    return result == 0 ? EXIT_SUCCESS : 2;
}
