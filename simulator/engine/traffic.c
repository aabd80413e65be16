/* The traffic log; see traffic.h. Each line is one write, so that processes that append to the
 * same file do not cut each other's lines. */
#include "simulator/engine/traffic.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0644

struct sim_traffic {
    int file;
};

int sim_traffic_open(const char *path, struct sim_traffic **ret, struct lat_err *reterr)
{
    if (lat_text_is_empty(path)) {
        *ret = NULL;
        return 0;
    }
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return lat_err_input(reterr, "%s: cannot be written as traffic log: %s", path,
                             strerror(errno));
    struct sim_traffic *traffic = calloc(1, sizeof *traffic);
    if (traffic == NULL)
        abort();
    traffic->file = file;
    *ret = traffic;
    return 0;
}

struct sim_traffic *sim_traffic_close(struct sim_traffic *traffic)
{
    if (traffic != NULL)
        close(traffic->file);
    free(traffic);
    return NULL;
}

static void count_word(struct lat_arena *arena, json_t *words, const struct lat_shape *shape,
                       const json_t *value)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        return;
    const char *name = lat_arena_printf(arena, "%s.%s", shape->name, text);
    lat_json_set(words, name, json_integer(1 + json_integer_value(json_object_get(words, name))));
}

/* Only as deep as the model's shapes are nested, which is a few levels. */
static void count_words(struct lat_arena *arena, json_t *words, const struct lat_shape *shape,
                        const json_t *value)
{
    size_t index = 0;
    const json_t *element = NULL;
    switch (shape->kind) {
    case LAT_SHAPE_KIND_ENUM:
        count_word(arena, words, shape, value);
        break;
    case LAT_SHAPE_KIND_LIST:
        json_array_foreach(value, index, element)
            count_words(arena, words, shape->element, element);
        break;
    case LAT_SHAPE_KIND_STRUCTURE:
    case LAT_SHAPE_KIND_UNION:
        for (size_t i = 0; i < shape->member_count; i++)
            count_words(arena, words, shape->members[i].shape,
                        json_object_get(value, shape->members[i].name));
        break;
    default: /* has no enum inside */
        break;
    }
}

static json_t *words_new(const struct sim_call *call, const struct sim_answer *answer)
{
    const char *text = lat_text_or_empty(answer->body);
    LAT_AUTO(lat_json_decrefp) json_t *body = lat_json_parse_new(text, strlen(text), NULL);
    json_t *words = json_object();
    const struct lat_error_shape *error =
        call->refusal.code == NULL ? NULL : lat_error_shape_by_name(call->refusal.code);
    if (error != NULL)
        for (size_t i = 0; i < error->member_count; i++)
            count_words(call->arena, words, error->members[i].shape,
                        json_object_get(body, error->members[i].name));
    else if (call->lattice != NULL)
        count_words(call->arena, words, call->lattice->output, body);
    return words;
}

void sim_traffic_note(const struct sim_traffic *traffic, const struct sim_call *call,
                      const struct sim_answer *answer)
{
    if (traffic == NULL || answer->cut) /* what was cut off nobody was answered */
        return;
    LAT_AUTO(lat_json_decrefp) json_t *line = json_object();
    lat_json_set_string(line, "service", call->service);
    lat_json_set_string(line, "operation", call->operation);
    lat_json_set(line, "status", json_integer(answer->status));
    lat_json_set_string(line, "error", call->refusal.code);
    if (call->rule != SIM_RULE_NONE)
        lat_json_set_string(line, "rule", sim_rule_texts[call->rule].name);
    lat_json_set(line, "words", words_new(call, answer));
    const char *text = lat_arena_printf(call->arena, "%s\n", lat_json_text(call->arena, line));
    size_t length = strlen(text);
    if (write(traffic->file, text, length) != (ssize_t)length)
        lat_log_write(call->sim->log, LAT_LOG_ERROR, "the traffic log is incomplete: %s",
                      strerror(errno));
}
