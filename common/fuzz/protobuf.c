/* Protobuf bodies: a line that chooses one of all messages by number, or says "body" for a whole
 * body; then bytes. What is read must print, and read again as the same. */
#include "common/kube/protobuf.h"
#include "common/base/json.h"
#include "common/fuzz/target.h"
#include "common/kube/kind_files.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* The name of a message of the table, by its place. */
static const char *message_name(struct lat_arena *arena, size_t place)
{
    const char *names[512];
    size_t count = 0;
    for (const char *line = lat_kube_messages; *line != '\0' && count < LAT_COUNT(names);) {
        size_t length = strcspn(line, "\n");
        if (*line != ' ' && *line != '\n')
            names[count++] = line;
        line += length + (line[length] == '\n');
    }
    const char *name = names[place % count];
    return lat_arena_strndup(arena, name, strcspn(name, ":"));
}

/* The envelope of a message, as bytes in the arena. */
static char *wrap(struct lat_arena *arena, const char *kind, const uint8_t *data, size_t size,
                  size_t *ret_length)
{
    size_t name_length = strlen(kind), used = 0;
    char *body = lat_arena_alloc(arena, name_length + size + 64);
    memcpy(body, "k8s", 4);
    used = 4;
    body[used++] = 1 << 3 | 2; /* the type: version and kind */
    body[used++] = (char)(name_length + 6);
    memcpy(body + used, "\x0a\x02v1\x12", 5);
    used += 5;
    body[used++] = (char)name_length;
    memcpy(body + used, kind, name_length);
    used += name_length;
    body[used++] = 2 << 3 | 2; /* the object */
    size_t left = size;
    for (; left >= 0x80; left >>= 7)
        body[used++] = (char)(unsigned char)(left | 0x80);
    body[used++] = (char)left;
    if (size > 0)
        memcpy(body + used, data, size);
    *ret_length = used + size;
    return body;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *line = lat_fuzz_line(arena, &data, &size);
    size_t length = size;
    const char *body =
        strcmp(line, "body") == 0
            ? lat_arena_strndup(arena, size == 0 ? "" : (const char *)data, size)
            : wrap(arena, message_name(arena, strtoul(line, NULL, 10)), data, size, &length);
    struct lat_err err = {0};
    LAT_AUTO(lat_json_decrefp)
    json_t *read = lat_kube_protobuf_read_new(arena, body, length, &err);
    if (read == NULL) {
        assert(err.message[0] != '\0');
        return 0;
    }
    const char *text = lat_json_text(arena, read);
    LAT_AUTO(lat_json_decrefp) json_t *again = lat_json_parse_new(text, strlen(text), NULL);
    assert(again != NULL && json_equal(read, again));
    return 0;
}
