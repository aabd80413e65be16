/* Removes ASCII white space at both ends, and nothing else. */
#include "controller/model/trim.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct lat_str gwc_trim_part(const char *text, size_t length)
{
    while (length > 0 && is_blank(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    return (struct lat_str){.data = text, .length = length};
}

char *gwc_trim(struct lat_arena *arena, const char *text)
{
    text = lat_text_or_empty(text);
    struct lat_str part = gwc_trim_part(text, strlen(text));
    return lat_arena_strndup(arena, part.data, part.length);
}
