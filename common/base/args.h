/* Command lines by table: a program lists its flags once, and parsing, messages and --help follow.
 * Accepts --name value and --name=value; a wrong flag is one clear line. */
#pragma once

#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lat_flag_kind {
    LAT_FLAG_SWITCH, /* bool *: present or not */
    LAT_FLAG_TEXT,   /* const char **: points into argv */
    LAT_FLAG_TEXTS,  /* struct lat_flag_texts *: the flag may be repeated */
    LAT_FLAG_NUMBER, /* int64_t *: a whole number, not negative */
    LAT_FLAG_KIND_COUNT
};

#define LAT_FLAG_TEXTS_MAX 32

/* The values of a repeated flag, in order; they point into argv. */
struct lat_flag_texts {
    const char *items[LAT_FLAG_TEXTS_MAX];
    size_t count;
};

struct lat_flag {
    const char *name; /* without the dashes */
    enum lat_flag_kind kind;
    void *target;       /* as the kind says; keeps its value when the flag is absent */
    const char *value;  /* the word for the value in the help: "ADDRESS:PORT"; NULL for a switch */
    const char *help;   /* one line */
    const char *one_of; /* "real|virtual": the only texts accepted; NULL for any */
};

/* Parses argv[1..]. Words that are not flags (all words after "--") are moved to the front of
 * argv[1..] and counted in ret_words. Returns -1 with "unknown flag …; try --help". */
int lat_args_parse(int argc, char **argv, const struct lat_flag *flags, size_t flag_count,
                   int *ret_words, struct lat_err *reterr) LAT_MUST_USE;

/* The flag table as text for --help, on standard output. */
void lat_args_print_help(const struct lat_flag *flags, size_t flag_count);
