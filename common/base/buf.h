/* A growing text with a maximum: going over it is an error with a name, not an allocation.
 * Invariants: data is never NULL after lat_buf_init and always terminated at length. */
#pragma once

#include "common/base/auto.h"

#include <stdbool.h>
#include <stddef.h>

struct lat_buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t length_max;
    bool overflowed; /* something did not fit; the text is cut at a whole append */
};

void lat_buf_init(struct lat_buf *buf, size_t length_max);
void lat_buf_done(struct lat_buf *buf);
void lat_buf_clear(struct lat_buf *buf);

/* Each returns 0, or -1 once the maximum would be passed (then nothing of this call is kept). */
int lat_buf_append(struct lat_buf *buf, const void *data, size_t length);
int lat_buf_puts(struct lat_buf *buf, const char *text);
int lat_buf_printf(struct lat_buf *buf, const char *format, ...) LAT_PRINTF(2, 3);

/* Removes the first length bytes; what follows moves to the front. */
void lat_buf_consume(struct lat_buf *buf, size_t length);

/* The text, now the caller's to free; the buf is empty and usable again. */
char *lat_buf_take(struct lat_buf *buf) LAT_MUST_USE;
