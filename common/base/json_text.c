/* Compact JSON text. Jansson prints the same, but notes each object and array on its way to find
 * loops, which costs as much as all else; what this program prints are trees. */
#include "common/base/buf.h"
#include "common/base/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_BYTES 64

static void put_value(struct lat_buf *out, const json_t *json);

size_t lat_json_escape(unsigned char byte, char ret_text[LAT_JSON_ESCAPE_BYTES])
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = byte == '\0' ? NULL : strchr(plain, byte);
    int length = at != NULL ? snprintf(ret_text, LAT_JSON_ESCAPE_BYTES, "\\%c", letters[at - plain])
                            : snprintf(ret_text, LAT_JSON_ESCAPE_BYTES, "\\u%04X", byte);
    return (size_t)length;
}

static void put_string(struct lat_buf *out, const char *text, size_t length)
{
    size_t start = 0;
    lat_buf_append(out, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        char escape[LAT_JSON_ESCAPE_BYTES];
        if (!lat_json_is_escaped((unsigned char)text[i]))
            continue;
        lat_buf_append(out, text + start, i - start);
        lat_buf_append(out, escape, lat_json_escape((unsigned char)text[i], escape));
        start = i + 1;
    }
    lat_buf_append(out, text + start, length - start);
    lat_buf_append(out, "\"", 1);
}

/* Whole numbers and fractions as jansson writes them. */
static void put_number(struct lat_buf *out, const json_t *json)
{
    char text[NUMBER_BYTES];
    lat_buf_append(out, text, json_dumpb(json, text, sizeof text, JSON_ENCODE_ANY));
}

static void put_object(struct lat_buf *out, const json_t *json)
{
    const char *name, *separator = "{";
    json_t *value;
    json_object_foreach(lat_json_iterable(json), name, value) {
        lat_buf_append(out, separator, 1);
        put_string(out, name, strlen(name));
        lat_buf_append(out, ":", 1);
        put_value(out, value);
        separator = ",";
    }
    lat_buf_puts(out, separator[0] == '{' ? "{}" : "}");
}

static void put_array(struct lat_buf *out, const json_t *json)
{
    size_t index;
    json_t *value;
    lat_buf_append(out, "[", 1);
    json_array_foreach(lat_json_iterable(json), index, value) {
        if (index > 0)
            lat_buf_append(out, ",", 1);
        put_value(out, value);
    }
    lat_buf_append(out, "]", 1);
}

static void put_value(struct lat_buf *out, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        put_object(out, json);
        break;
    case JSON_ARRAY:
        put_array(out, json);
        break;
    case JSON_STRING:
        put_string(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        put_number(out, json);
        break;
    case JSON_TRUE:
        lat_buf_puts(out, "true");
        break;
    case JSON_FALSE:
        lat_buf_puts(out, "false");
        break;
    case JSON_NULL:
        lat_buf_puts(out, "null");
        break;
    }
}

char *lat_json_text(struct lat_arena *arena, const json_t *json)
{
    LAT_AUTO(lat_buf_done) struct lat_buf out;
    lat_buf_init(&out, SIZE_MAX / 4); /* as large as what is printed */
    put_value(&out, json);
    return lat_arena_strndup(arena, out.data, out.length);
}
