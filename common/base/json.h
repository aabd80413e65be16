/* Glue around jansson: parsing with limits and places, byte-stable printing, getters that follow a
 * path. A function that returns a new reference ends in _new; all other json_t are borrowed. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Jansson iterates only over non-const values; this is the one place where the qualifier is
 * dropped. The caller still only reads. */
static inline json_t *lat_json_iterable(const json_t *json)
{
    union {
        const json_t *in;
        json_t *out;
    } pun = {.in = json};
    return pun.out;
}

/* Scope cleanup for a json_t pointer: LAT_AUTO(lat_json_decrefp) json_t *x = …; */
void lat_json_decrefp(json_t **json);

/* Parses length bytes of UTF-8 JSON, at most LAT_JSON_DEPTH_MAX deep; any value is accepted at the
 * top. Duplicate members are an error. On failure reterr says where (line and column) and what. */
json_t *lat_json_parse_new(const char *text, size_t length, struct lat_err *reterr) LAT_MUST_USE;

/* A copy that shares nothing with the original: json_deep_copy without its search for loops, which
 * what this program copies never has. */
json_t *lat_json_copy_new(const json_t *json) LAT_MUST_USE;

/* Compact text, members in their order of insertion; owned by the arena. */
char *lat_json_text(struct lat_arena *arena, const json_t *json) LAT_MUST_USE;
/* The same with members sorted by name: equal documents give equal bytes. */
char *lat_json_canonical(struct lat_arena *arena, const json_t *json) LAT_MUST_USE;
/* Two-space indented text for people. */
char *lat_json_pretty(struct lat_arena *arena, const json_t *json) LAT_MUST_USE;

/* What JSON strings cannot hold as it is, and how they hold it; returns the length. */
static inline bool lat_json_is_escaped(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}
#define LAT_JSON_ESCAPE_BYTES 8
size_t lat_json_escape(unsigned char byte, char ret_text[LAT_JSON_ESCAPE_BYTES]);

/* The value at a path such as "spec.rules[0].backendRefs"; NULL when a step is missing or of
 * another type. A member name with a dot is written ["a.b/c"]. */
json_t *lat_json_at(const json_t *json, const char *path);

/* The string, integer or boolean at a path; the fallback when it is absent or of another type. */
const char *lat_json_string_at(const json_t *json, const char *path, const char *fallback);
int64_t lat_json_int_at(const json_t *json, const char *path, int64_t fallback);
bool lat_json_bool_at(const json_t *json, const char *path, bool fallback);

/* Text as a JSON string. Peers send any bytes: those that are not UTF-8 read as U+FFFD. */
json_t *lat_json_string_new(const char *text, size_t length) LAT_MUST_USE;

/* object[name] = value; takes over the new reference value. A NULL value sets nothing. */
void lat_json_set(json_t *object, const char *name, json_t *new_value);
/* The same for a text: NULL sets nothing. */
void lat_json_set_string(json_t *object, const char *name, const char *text);
