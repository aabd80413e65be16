/* Growing text with a maximum; see buf.h. */
#include "common/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1]; /* what data points at before the first append; never written to */

void lat_buf_init(struct lat_buf *buf, size_t length_max)
{
    *buf = (struct lat_buf){.data = empty, .length_max = length_max};
}

void lat_buf_done(struct lat_buf *buf)
{
    if (buf->capacity > 0)
        free(buf->data);
    lat_buf_init(buf, buf->length_max);
}

void lat_buf_clear(struct lat_buf *buf)
{
    buf->length = 0;
    buf->overflowed = false;
    if (buf->capacity > 0)
        buf->data[0] = '\0';
}

static int reserve(struct lat_buf *buf, size_t more)
{
    if (more > buf->length_max || buf->length > buf->length_max - more) {
        buf->overflowed = true;
        return -1;
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity)
        return 0;
    size_t capacity = buf->capacity == 0 ? 256 : buf->capacity;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buf->capacity == 0 ? NULL : buf->data, capacity);
    if (data == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    buf->data = data;
    buf->capacity = capacity;
    return 0;
}

int lat_buf_append(struct lat_buf *buf, const void *data, size_t length)
{
    if (reserve(buf, length) < 0)
        return -1;
    if (length > 0)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
    return 0;
}

int lat_buf_puts(struct lat_buf *buf, const char *text)
{
    return lat_buf_append(buf, text, strlen(text));
}

int lat_buf_printf(struct lat_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    int result = reserve(buf, (size_t)length);
    if (result == 0) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    return result;
}

void lat_buf_consume(struct lat_buf *buf, size_t length)
{
    assert(length <= buf->length);
    if (length == 0)
        return;
    buf->length -= length;
    memmove(buf->data, buf->data + length, buf->length);
    buf->data[buf->length] = '\0';
}

char *lat_buf_take(struct lat_buf *buf)
{
    if (buf->capacity == 0 && reserve(buf, 0) < 0)
        abort(); /* cannot happen: nothing more was asked for than the terminator */
    char *data = buf->data;
    data[buf->length] = '\0';
    lat_buf_init(buf, buf->length_max);
    return data;
}
