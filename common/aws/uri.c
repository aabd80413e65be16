/* Percent-encoding; see uri.h. */
#include "common/aws/uri.h"

#include <assert.h>
#include <string.h>

static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

char *lat_uri_encode(struct lat_arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = lat_arena_alloc(arena, 3 * strlen(text) + 1);
    char *at = out;
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char byte = (unsigned char)*p;
        if (is_unreserved(byte)) {
            *at++ = *p;
        } else {
            *at++ = '%';
            *at++ = digits[byte >> 4];
            *at++ = digits[byte & 15];
        }
    }
    *at = '\0';
    return out;
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* The bytes of the character that starts at text; 0 when it is not well-formed (overlong forms,
 * surrogates and values over U+10FFFF included). */
static size_t utf8_bytes(const unsigned char *text)
{
    if (text[0] < 0x80)
        return 1;
    size_t count = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < count; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
        return 0;
    return count;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        size_t count = utf8_bytes(at);
        if (count == 0)
            return false;
        at += count;
    }
    return true;
}

char *lat_uri_decode(struct lat_arena *arena, const char *text, size_t length, bool plus_is_space)
{
    char *out = lat_arena_alloc(arena, length + 1);
    char *at = out;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (byte == '%') {
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0 || (high | low) == 0)
                return NULL;
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        *at++ = byte;
    }
    *at = '\0';
    assert((size_t)(at - out) <= length);
    return is_utf8(out) ? out : NULL;
}
