/* The difference of two states; see diff.h. Of each document a picture is made first: an object per
 * resource, in which rows of other tables are members and references read as ids. Comparing two
 * pictures needs no knowledge of tables. */
#include "simulator/engine/diff.h"

#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 3

/* Tables whose rows are neither a resource nor the family's part of one (which share their key). */
static const struct view {
    const char *table;
    const char *owner;          /* the column that leads to the resource; NULL: on its own */
    const char *word;           /* before its key, in the member's or the resource's name */
    const char *keys[KEYS_MAX]; /* what tells rows apart */
} views[] = {
    {"tag", "resource", "tag", {"key"}},
    {"share", "resource", "share", {"account"}},
    {"target", "target_group", "target", {"target_id", "port"}},
    {"rule_forward", "rule", "forward", {"position"}},
    {"quota", NULL, "quota", {"code", "account", "region"}},
    {"setting", NULL, "setting", {"name"}},
    {"fault", NULL, "fault rule", {"seq"}},
    {"credential", NULL, "access key", {"access_key"}},
    {"kube_object", NULL, "kubernetes", {"resource", "namespace", "name"}},
};

/* Books that say how a state came to be, not what it is; and tokens, which say nothing more. */
static const char *const passed_over[] = {
    "continuation", "idempotency",  "kube_change",     "tag_past",       "sqlite_sequence",
    "fault_chance", "stale_answer", "throttle_bucket", "metadata_token",
};

/* Columns that lead to a resource, in any table. */
static const char *const references[] = {
    "parent",   "service", "network", "listener",      "rule",         "target_group",
    "resource", "source",  "gateway", "configuration", "config_group", "domain_verification"};

static const char *const unshown[] = {"seq",  "rowid", "id",         "arn",
                                      "kind", "uid",   "secret_key", "session_token"};

/* Of a Secret only that it changed. */
static bool is_hidden(const json_t *row, const char *column)
{
    return lat_text_eq(column, "body") &&
           lat_text_eq(lat_json_string_at(row, "resource", NULL), "secrets");
}

struct picture {
    struct lat_arena *arena;
    const json_t *tables;
    json_t *by_key;    /* resource key as text → id */
    json_t *resources; /* name → {"label":…,"members":{…}} */
};

static bool is_one_of(const char *text, const char *const *list, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || lat_text_eq(list[i], text);
    return found;
}

#define IS_ONE_OF(text, list) is_one_of((text), (list), LAT_COUNT(list))

/* --- the picture --------------------------------------------------------------------------------
 */

static const char *key_text(const struct picture *picture, int64_t key)
{
    return lat_arena_printf(picture->arena, "%" PRId64, key);
}

static const char *id_of(const struct picture *picture, const json_t *key)
{
    return json_string_value(
        json_object_get(picture->by_key, key_text(picture, json_integer_value(key))));
}

/* The members of a resource, made when it is new. */
static json_t *members_of(const struct picture *picture, const char *name, const char *label)
{
    json_t *resource = json_object_get(picture->resources, name);
    if (resource == NULL) {
        resource = json_pack("{s:s, s:{}}", "label", label, "members");
        json_object_set_new(picture->resources, name, resource);
    }
    return json_object_get(resource, "members");
}

/* A column as it is shown: times as times, references as ids, documents as what they hold. */
static json_t *shown_new(const struct picture *picture, const char *column, json_t *value)
{
    char time[LAT_TIME_TEXT_BYTES];
    if (json_is_integer(value) && lat_text_has_suffix(column, "_ms"))
        return json_string(lat_time_format_ms(json_integer_value(value), time));
    if (json_is_integer(value) && IS_ONE_OF(column, references) && id_of(picture, value) != NULL)
        return json_string(id_of(picture, value));
    const char *text = json_string_value(value);
    if (text != NULL && (text[0] == '{' || text[0] == '[')) {
        json_t *document = lat_json_parse_new(text, strlen(text), NULL);
        if (document != NULL)
            return document;
    }
    return json_incref(value);
}

static void add_members(const struct picture *picture, json_t *members, const json_t *row,
                        const struct view *view)
{
    const char *column;
    json_t *value;
    json_object_foreach(lat_json_iterable(row), column, value) {
        bool told = IS_ONE_OF(column, unshown) || is_hidden(row, column) ||
                    (view != NULL &&
                     (is_one_of(column, view->keys, KEYS_MAX) || lat_text_eq(column, view->owner)));
        if (!told)
            json_object_set_new(members, column, shown_new(picture, column, value));
    }
}

/* "orders 80" from the key columns of a row. */
static const char *name_of_row(const struct picture *picture, const struct view *view,
                               const json_t *row)
{
    const char *name = view->word;
    for (size_t i = 0; i < KEYS_MAX && view->keys[i] != NULL; i++) {
        const json_t *value = json_object_get(row, view->keys[i]);
        const char *text = json_is_integer(value) ? key_text(picture, json_integer_value(value))
                                                  : json_string_value(value);
        if (!lat_text_is_empty(text))
            name = lat_arena_printf(picture->arena, "%s %s", name, text);
    }
    return name;
}

static void add_viewed(const struct picture *picture, const struct view *view, const json_t *row)
{
    const char *name = name_of_row(picture, view, row);
    const char *owner =
        view->owner == NULL ? NULL : id_of(picture, json_object_get(row, view->owner));
    if (owner == NULL) {
        add_members(picture, members_of(picture, name, name), row, view);
        return;
    }
    json_t *part = json_object();
    add_members(picture, part, row, view);
    json_object_set_new(members_of(picture, owner, owner), name, part);
}

/* A row that extends a resource, or one of a table that this file does not know. */
static void add_other(const struct picture *picture, const char *table, const json_t *row)
{
    bool has_own_keys = false;
    size_t index;
    const json_t *book;
    json_array_foreach(json_object_get(picture->tables, "sqlite_sequence"), index, book)
        has_own_keys = has_own_keys || lat_text_eq(lat_json_string_at(book, "name", ""), table);
    const json_t *key = json_object_get(row, "seq");
    const char *owner =
        key == NULL ? id_of(picture, json_object_get(row, "resource")) : id_of(picture, key);
    if (key == NULL && owner != NULL) {
        json_t *part = json_object();
        add_members(picture, part, row, NULL);
        json_object_set_new(members_of(picture, owner, owner), table, part);
    } else if (owner != NULL && !has_own_keys) {
        add_members(picture, members_of(picture, owner, owner), row, NULL);
    } else {
        const char *id = lat_json_string_at(row, "id", key_text(picture, json_integer_value(key)));
        const char *name = lat_arena_printf(picture->arena, "%s %s", table, id);
        add_members(picture, members_of(picture, name, name), row, NULL);
    }
}

static void add_resource(const struct picture *picture, const json_t *row)
{
    const char *id = lat_json_string_at(row, "id", "");
    const char *name = lat_json_string_at(row, "name", NULL);
    const char *label = lat_arena_printf(
        picture->arena, "%s %s%s%s%s", lat_json_string_at(row, "kind", ""), id,
        name == NULL ? "" : " (", lat_text_or_empty(name), name == NULL ? "" : ")");
    add_members(picture, members_of(picture, id, label), row, NULL);
}

static void add_table(const struct picture *picture, const char *table, const json_t *rows)
{
    const struct view *view = NULL;
    for (size_t i = 0; i < LAT_COUNT(views); i++)
        if (lat_text_eq(views[i].table, table))
            view = &views[i];
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row) {
        if (lat_text_eq(table, "resource"))
            add_resource(picture, row);
        else if (view != NULL)
            add_viewed(picture, view, row);
        else
            add_other(picture, table, row);
    }
}

static void draw(struct picture *picture, struct lat_arena *arena, const json_t *document)
{
    size_t index;
    const json_t *row, *rows = lat_json_at(document, "tables.resource");
    picture->arena = arena;
    picture->tables = json_object_get(document, "tables");
    picture->by_key = json_object();
    picture->resources = json_object();
    json_array_foreach(rows, index, row)
        json_object_set_new(picture->by_key, key_text(picture, lat_json_int_at(row, "seq", 0)),
                            json_string(lat_json_string_at(row, "id", "")));
    const char *table;
    add_table(picture, "resource", rows);
    json_object_foreach(lat_json_iterable(picture->tables), table, rows)
        if (!lat_text_eq(table, "resource") && !IS_ONE_OF(table, passed_over))
            add_table(picture, table, rows);
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static void add_item(json_t *list, const char *label, const char *member, json_t *before,
                     json_t *after)
{
    json_t *item = json_object();
    lat_json_set_string(item, "resource", label);
    lat_json_set_string(item, "member", member);
    json_object_set(item, "before", before == NULL ? json_null() : before);
    json_object_set(item, "after", after == NULL ? json_null() : after);
    json_array_append_new(list, item);
}

struct comparison {
    struct lat_arena *arena;
    json_t *list;
    const char *label;
};

static void compare(const struct comparison *comparison, const char *path, json_t *before,
                    json_t *after);

static void compare_objects(const struct comparison *comparison, const char *path, json_t *before,
                            json_t *after)
{
    const char *name, *dot = path[0] == '\0' ? "" : ".";
    json_t *value;
    json_object_foreach(before, name, value)
        compare(comparison, lat_arena_printf(comparison->arena, "%s%s%s", path, dot, name), value,
                json_object_get(after, name));
    json_object_foreach(after, name, value)
        if (json_object_get(before, name) == NULL)
            compare(comparison, lat_arena_printf(comparison->arena, "%s%s%s", path, dot, name),
                    NULL, value);
}

static void compare(const struct comparison *comparison, const char *path, json_t *before,
                    json_t *after)
{
    if (before != NULL && after != NULL && json_equal(before, after))
        return;
    if (json_is_object(before) && json_is_object(after)) {
        compare_objects(comparison, path, before, after);
    } else if (json_is_array(before) && json_is_array(after)) {
        size_t count = json_array_size(before) > json_array_size(after) ? json_array_size(before)
                                                                        : json_array_size(after);
        for (size_t i = 0; i < count; i++)
            compare(comparison, lat_arena_printf(comparison->arena, "%s[%zu]", path, i),
                    json_array_get(before, i), json_array_get(after, i));
    } else {
        add_item(comparison->list, comparison->label, path, before, after);
    }
}

static void compare_pictures(const struct picture *before, const struct picture *after,
                             json_t *list)
{
    const char *name;
    json_t *resource;
    json_object_foreach(before->resources, name, resource) {
        json_t *other = json_object_get(after->resources, name);
        const char *label = lat_json_string_at(other == NULL ? resource : other, "label", name);
        json_t *members = json_object_get(resource, "members");
        if (other == NULL)
            add_item(list, label, NULL, members, NULL);
        else
            compare(&(struct comparison){before->arena, list, label}, "", members,
                    json_object_get(other, "members"));
    }
    json_object_foreach(after->resources, name, resource)
        if (json_object_get(before->resources, name) == NULL)
            add_item(list, lat_json_string_at(resource, "label", name), NULL, NULL,
                     json_object_get(resource, "members"));
}

int sim_diff_new(const char *before, const char *after, json_t **ret_list, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *old = lat_json_parse_new(before, strlen(before), reterr);
    LAT_AUTO(lat_json_decrefp) json_t *new = lat_json_parse_new(after, strlen(after), reterr);
    if (old == NULL || new == NULL)
        return -1;
    struct picture left, right;
    draw(&left, arena, old);
    draw(&right, arena, new);
    *ret_list = json_array();
    compare_pictures(&left, &right, *ret_list);
    json_decref(left.by_key);
    json_decref(left.resources);
    json_decref(right.by_key);
    json_decref(right.resources);
    return 0;
}

void sim_diff_put_text(const json_t *list, struct lat_buf *out)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    size_t index;
    const json_t *item;
    json_array_foreach(list, index, item) {
        const char *label = lat_json_string_at(item, "resource", "");
        const char *member = lat_json_string_at(item, "member", NULL);
        const json_t *before = json_object_get(item, "before");
        const json_t *after = json_object_get(item, "after");
        if (member == NULL)
            lat_buf_printf(out, "%s %s\n", json_is_null(before) ? "+" : "-", label);
        else
            lat_buf_printf(out, "  %s: %s: %s -> %s\n", label, member,
                           json_is_null(before) ? "nothing" : lat_json_text(arena, before),
                           json_is_null(after) ? "nothing" : lat_json_text(arena, after));
    }
}
