/* Tables: what kubectl prints, made by the server from the printer columns of a kind. */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

/* --- JSON paths, as far as printer columns use them: .a.b, ['a.b'], [0], [*], [?(@.a=="b")] -----
 */

static void follow(const json_t *value, const char *path, struct lat_arena *arena, json_t *found);

static void follow_all(const json_t *value, const char *path, struct lat_arena *arena,
                       json_t *found)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        follow(json_array_get(value, i), path, arena, found);
}

/* [?(@.NAME=="TEXT")] */
static void follow_filter(const json_t *value, const char *filter, size_t length, const char *path,
                          struct lat_arena *arena, json_t *found)
{
    const char *text = lat_arena_strndup(arena, filter, length);
    const char *equals = strstr(text, "==");
    if (!lat_text_has_prefix(text, "?(@.") || equals == NULL)
        return;
    const char *name = lat_arena_strndup(arena, text + 4, (size_t)(equals - text - 4));
    const char *wanted = equals + 2 + strspn(equals + 2, "\"'");
    wanted = lat_arena_strndup(arena, wanted, strcspn(wanted, "\"')"));
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        if (lat_text_eq(lat_json_string_at(item, name, NULL), wanted))
            follow(item, path, arena, found);
    }
}

static void follow_brackets(const json_t *value, const char *path, struct lat_arena *arena,
                            json_t *found)
{
    const char *inner = path + 1;
    const char *end = inner[0] == '?'    ? strstr(inner, ")]")
                      : inner[0] == '\'' ? strstr(inner, "']")
                                         : strchr(inner, ']');
    if (end == NULL)
        return;
    size_t length = (size_t)(end - inner);
    const char *rest = end + (inner[0] == '?' || inner[0] == '\'' ? 2 : 1);
    int64_t index;
    if (inner[0] == '*')
        follow_all(value, rest, arena, found);
    else if (inner[0] == '?')
        follow_filter(value, inner, length, rest, arena, found);
    else if (inner[0] == '\'')
        follow(json_object_getn(value, inner + 1, length - 1), rest, arena, found);
    else if (lat_text_to_int64(lat_arena_strndup(arena, inner, length), &index) == 0 && index >= 0)
        follow(json_array_get(value, (size_t)index), rest, arena, found);
}

static void follow(const json_t *value, const char *path, struct lat_arena *arena, json_t *found)
{
    if (value == NULL)
        return;
    if (path[0] == '\0') {
        json_array_append(found, lat_json_iterable(value));
    } else if (path[0] == '[') {
        follow_brackets(value, path, arena, found);
    } else {
        path += path[0] == '.';
        char *name = lat_arena_alloc(arena, strlen(path) + 1);
        size_t used = 0;
        for (; *path != '\0' && *path != '.' && *path != '['; path++) {
            path += *path == '\\' && path[1] != '\0'; /* "\." is a dot of the name */
            name[used++] = *path;
        }
        follow(json_object_get(value, name), path, arena, found);
    }
}

/* --- cells ------------------------------------------------------------------------------------ */

static const char *scalar_text(struct lat_arena *arena, const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : lat_json_text(arena, value);
}

static json_t *date_cell_new(struct lat_arena *arena, const json_t *value, int64_t now_ms)
{
    int64_t time_ms;
    const char *text = lat_text_or_empty(json_string_value(value));
    if (lat_time_parse(text, &time_ms) < 0)
        return json_string("<unknown>");
    return json_string(sim_kube_duration_text(arena, now_ms - time_ms));
}

static json_t *column_cell_new(struct lat_arena *arena, const struct lat_kube_column *column,
                               const json_t *object, int64_t now_ms)
{
    if (column->cell[0] != '\0')
        return sim_kube_cell_new(arena, column->cell, object, now_ms);
    LAT_AUTO(lat_json_decrefp) json_t *found = json_array();
    follow(object, column->json_path, arena, found);
    json_t *first = json_array_get(found, 0);
    if (lat_text_eq(column->type, "date"))
        return date_cell_new(arena, first, now_ms);
    if (first == NULL)
        return column->none[0] == '\0' ? json_null() : json_string(column->none);
    if (!lat_text_eq(column->type, "string"))
        return json_incref(first);
    const char *text = "";
    for (size_t i = 0; i < json_array_size(found); i++)
        text = lat_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ",",
                                scalar_text(arena, json_array_get(found, i)));
    return json_string(text);
}

/* Every kind shows its name first, unless one of its columns has the format "name". */
static const struct lat_kube_column name_column = {
    .name = "Name",
    .type = "string",
    .format = "name",
    .description = "The name of the object.",
    .json_path = ".metadata.name",
    .cell = "",
    .none = "",
};

/* Kinds without columns of their own show their age. */
static const struct lat_kube_column age_column = {
    .name = "Age",
    .type = "date",
    .format = "",
    .description = "",
    .json_path = ".metadata.creationTimestamp",
    .cell = "",
    .none = "",
};

struct columns {
    const struct lat_kube_column **items;
    size_t count;
};

static struct columns columns_of(struct lat_arena *arena, const struct lat_kube_version *version)
{
    struct columns columns = {0};
    bool has_name = false;
    for (size_t i = 0; i < version->column_count; i++)
        has_name |= lat_text_eq(version->columns[i].format, name_column.format);
    if (!has_name)
        *LAT_ARENA_PUSH(arena, columns.items, columns.count) = &name_column;
    for (size_t i = 0; i < version->column_count; i++)
        *LAT_ARENA_PUSH(arena, columns.items, columns.count) = &version->columns[i];
    if (version->column_count == 0)
        *LAT_ARENA_PUSH(arena, columns.items, columns.count) = &age_column;
    return columns;
}

static json_t *definition_new(const struct lat_kube_column *column)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "name", column->name, "type", column->type,
                     "format", column->format, "description", column->description, "priority",
                     (json_int_t)column->priority);
}

/* What a row carries beside its cells, as ?includeObject= says. */
static json_t *row_object_new(const struct sim_kube_table *how, const json_t *object)
{
    if (lat_text_eq(how->include, "Object"))
        return json_incref(lat_json_iterable(object));
    if (lat_text_eq(how->include, "None"))
        return NULL;
    return json_pack("{s:s, s:s, s:O}", "kind", "PartialObjectMetadata", "apiVersion",
                     "meta.k8s.io/v1", "metadata", json_object_get(object, "metadata"));
}

struct sim_kube_table sim_kube_table_for(const struct sim_kube_call *call)
{
    return (struct sim_kube_table){
        .arena = call->arena,
        .version = call->request.version,
        .include = lat_text_or_empty(sim_kube_parameter(&call->request, "includeObject")),
        .now_ms = call->now_ms,
    };
}

static json_t *row_new(const struct sim_kube_table *how, struct columns columns,
                       const json_t *object)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < columns.count; i++)
        json_array_append_new(cells,
                              column_cell_new(how->arena, columns.items[i], object, how->now_ms));
    json_t *row = json_pack("{s:o}", "cells", cells);
    lat_json_set(row, "object", row_object_new(how, object));
    return row;
}

json_t *sim_kube_table_new(const struct sim_kube_table *how, const json_t *objects,
                           const char *list_version)
{
    struct columns columns = columns_of(how->arena, how->version);
    json_t *definitions = json_array(), *rows = json_array();
    for (size_t i = 0; i < columns.count; i++)
        json_array_append_new(definitions, definition_new(columns.items[i]));
    size_t index;
    json_t *object;
    json_array_foreach(lat_json_iterable(objects), index, object)
        json_array_append_new(rows, row_new(how, columns, object));
    return json_pack("{s:s, s:s, s:{s:s}, s:o, s:o}", "kind", "Table", "apiVersion",
                     "meta.k8s.io/v1", "metadata", "resourceVersion", list_version,
                     "columnDefinitions", definitions, "rows", rows);
}
