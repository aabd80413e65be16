/* From a method and a raw path to an operation and its labels. Never decodes before it has split:
 * an encoded slash belongs to its label. */
#include "common/aws/codec.h"
#include "common/aws/uri.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

/* The raw segments of "/a/b": views into the path. Returns their number, 0 when the path does not
 * start with '/' or has too many. The last view always reaches to the end of the path. */
static size_t split(const char *path, struct lat_str segments[LAT_PATH_SEGMENTS_MAX])
{
    size_t count = 0;
    const char *at = path;
    while (*at == '/') {
        if (count == LAT_PATH_SEGMENTS_MAX)
            return 0;
        const char *end = strchrnul(at + 1, '/');
        segments[count].data = at + 1;
        segments[count].length = (size_t)(end - at - 1);
        count++;
        at = end;
    }
    return *at == '\0' ? count : 0;
}

static bool is_word(struct lat_str segment, const char *word)
{
    return strlen(word) == segment.length && memcmp(word, segment.data, segment.length) == 0;
}

/* Whether the path has this operation's words at their places; labels may be anything. */
static bool fits(const struct lat_operation *operation, const struct lat_str *segments,
                 size_t count)
{
    const struct lat_path_part *last = &operation->parts[operation->part_count - 1];
    if (count < operation->part_count || (count > operation->part_count && !last->takes_rest))
        return false;
    for (size_t i = 0; i < operation->part_count; i++)
        if (operation->parts[i].word != NULL && !is_word(segments[i], operation->parts[i].word))
            return false;
    return true;
}

static int take_labels(struct lat_arena *arena, const struct lat_str *segments,
                       struct lat_routed *routed)
{
    const struct lat_operation *operation = routed->operation;
    for (size_t i = 0; i < operation->part_count; i++) {
        if (operation->parts[i].label == NULL)
            continue;
        size_t length =
            operation->parts[i].takes_rest ? strlen(segments[i].data) : segments[i].length;
        const char *label = lat_uri_decode(arena, segments[i].data, length, false);
        if (lat_text_is_empty(label))
            return -1;
        routed->labels[routed->label_count++] = label;
    }
    return 0;
}

int lat_route(struct lat_arena *arena, const char *method, const char *raw_path,
              struct lat_routed *ret)
{
    assert(method != NULL && raw_path != NULL);
    struct lat_str segments[LAT_PATH_SEGMENTS_MAX];
    size_t count = split(raw_path, segments);
    for (size_t i = 0; count > 0 && i < LAT_OP_COUNT; i++) {
        const struct lat_operation *operation = &lat_operations[i];
        if (!fits(operation, segments, count) || !lat_text_eq(operation->method, method))
            continue;
        struct lat_routed routed = {.operation = operation};
        if (take_labels(arena, segments, &routed) < 0)
            return -1;
        *ret = routed;
        return 0;
    }
    return -1;
}
