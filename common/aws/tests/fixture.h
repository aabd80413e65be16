/* What the tests of this folder share: an arena and a codec per test, and a leak that fails it (the
 * test framework alone prints leaks and passes). Included once per test program. */
#pragma once

#include "common/aws/codec.h"
#include "common/base/arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
static inline int __lsan_do_recoverable_leak_check(void)
{
    return 0;
}
#endif

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
    /* A failed assertion does not count any more after the test; the end of the process does. */
    if (__lsan_do_recoverable_leak_check() != 0)
        abort();
}
