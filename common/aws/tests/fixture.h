/* What the tests of this folder share: an arena and a codec per test, and a leak that fails it (the
 * test framework alone prints leaks and passes). Included once per test program. */
#pragma once

#include "common/aws/codec.h"
#include "common/base/arena.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

static struct lat_arena *arena;
static struct lat_codec *codec;

static void set_up(void)
{
    arena = lat_arena_new();
    codec = lat_codec_new();
}

static void tear_down(void)
{
    lat_arena_freep(&arena);
    lat_codec_freep(&codec);
    check_leaks();
}
