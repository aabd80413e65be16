/* What the tests of this folder share: an arena per test, JSON written with ' for ", and a leak
 * that fails its test (the test framework alone prints leaks and passes). Included once per test
 * program. */
#pragma once

#include "common/base/arena.h"
#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct lat_arena *arena;

static void set_up(void)
{
    arena = lat_arena_new();
}

static void tear_down(void)
{
    lat_arena_freep(&arena);
    check_leaks();
}

/* The value of JSON with ' for "; a new reference. */
static inline json_t *json_of(const char *text)
{
    char *quoted = lat_arena_strdup(arena, text);
    for (char *p = quoted; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    struct lat_err err = {0};
    json_t *json = lat_json_parse_new(quoted, strlen(quoted), &err);
    cr_assert_not_null(json, "%s: %s", quoted, err.message);
    return json;
}

/* Compares values, not texts; got is released. */
#define EXPECT_JSON(new_got, wanted)                                                               \
    do {                                                                                           \
        json_t *got_ = (new_got), *wanted_ = json_of(wanted);                                      \
        cr_expect(got_ != NULL && json_equal(got_, wanted_), "got %s",                             \
                  got_ == NULL ? "nothing" : lat_json_text(arena, got_));                          \
        json_decref(got_);                                                                         \
        json_decref(wanted_);                                                                      \
    } while (0)
