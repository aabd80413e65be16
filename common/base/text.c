/* Text helpers; see text.h. */
#include "common/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool lat_text_has_prefix(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool lat_text_has_suffix(const char *text, const char *suffix)
{
    if (text == NULL)
        return false;
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

bool lat_text_is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

const char *lat_text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

size_t lat_text_characters(const char *utf8)
{
    size_t count = 0;
    for (; *utf8 != '\0'; utf8++)
        count += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return count;
}

int lat_text_to_int64(const char *text, int64_t *ret_value)
{
    if (lat_text_is_empty(text) || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9')))
        return -1;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0')
        return -1;
    *ret_value = value;
    return 0;
}
