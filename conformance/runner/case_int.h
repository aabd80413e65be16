/* What the files that read cases share; not for others. */
#pragma once

#include "conformance/runner/case.h"

/* The state of reading one document. */
struct case_reader {
    struct cft_library *library;
    struct lat_arena *arena;
    struct lat_yaml *yaml;
    const char *file;
    int depth; /* of fixtures inside fixtures */
};

/* "file:line: …" for a value of the document; value may be NULL, fallback then. Returns -1. */
int case_fail(const struct case_reader *reader, const json_t *value, int fallback_line,
              struct lat_err *reterr, const char *format, ...) LAT_PRINTF(5, 6);

enum case_key_kind {
    CASE_KEY_TEXT,   /* const char * */
    CASE_KEY_NUMBER, /* int64_t, not negative */
    CASE_KEY_FLAG,   /* bool */
    CASE_KEY_OBJECT, /* const json_t * */
    CASE_KEY_LIST,   /* const json_t * */
    CASE_KEY_ANY,    /* const json_t * */
    CASE_KEY_KIND_COUNT
};

struct case_key {
    const char *name;
    enum case_key_kind kind;
    size_t offset;
    bool required;
};

/* Stores the members of object at their offsets in target. An unknown key, a wrong type or a
 * missing required key is refused; what names the object ("a step"). */
int case_decode(const struct case_reader *reader, const json_t *object, int line, const char *what,
                const struct case_key *keys, size_t key_count, void *target,
                struct lat_err *reterr) LAT_MUST_USE;

/* Reads a list of steps. The fixtures that they use are named, not yet there. */
int case_read_steps(const struct case_reader *reader, const json_t *list, int line,
                    struct cft_step **ret_steps, size_t *ret_count,
                    struct lat_err *reterr) LAT_MUST_USE;

/* Checks every pattern of an expectation. */
int case_check_pattern(const struct case_reader *reader, const json_t *pattern, int line,
                       struct lat_err *reterr) LAT_MUST_USE;
