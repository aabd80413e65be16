/* Waiting is a parameter, like time: a running controller sleeps, a rehearsal moves its clock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct gwc_sleeper {
    /* Waits wait_ms. Returns false when the program is to end and nothing should be tried again. */
    bool (*sleep)(void *context, int64_t wait_ms);
    void *context;
};
