/* The tag store; see tags.h. Rules: user guide, tagging (documented); kinds of errors chosen. */
#include "simulator/engine/tags.h"

#include "common/base/text.h"

#include <string.h>
#include <strings.h>

#define TAGS_MAX 50 /* per resource; the documented limit, below what the shapes admit */

/* Letters and digits of any script (all bytes above ASCII pass), spaces and _ . : / = + - @ */
static bool has_tag_characters(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool alphanumeric = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
                            (*p >= 'A' && *p <= 'Z') || *p >= 0x80;
        if (!alphanumeric && strchr(" _.:/=+-@", *p) == NULL)
            return false;
    }
    return true;
}

static int check_tag(struct sim_call *call, const struct lat_entry *tag)
{
    struct sim_about about = {.name = tag->key, .field = "tags"};
    if (strncasecmp(tag->key, "aws:", 4) == 0)
        return sim_refuse(call, SIM_RULE_RESERVED_TAG, about);
    if (!has_tag_characters(tag->key) || !has_tag_characters(tag->value))
        return sim_refuse(call, SIM_RULE_TAG_CHARACTERS, about);
    return 0;
}

/* Keeps what a tag is, before it changes, for as long as GetResources lags behind. */
static int keep_past(struct sim_call *call, const struct sim_resource *resource, const char *key)
{
    int64_t delay = call->sim->config.tagging_delay_ms;
    if (delay == 0)
        return 0;
    if (sim_store_run(call->sim->store, "DELETE FROM tag_past WHERE until_ms < ?1",
                      SIM_VALUES(sim_int(call->now_ms - delay)), NULL) < 0)
        return -1;
    return sim_store_run(call->sim->store,
                         "INSERT INTO tag_past (resource, key, value, until_ms) VALUES (?1, ?2, "
                         "(SELECT value FROM tag WHERE resource = ?1 AND key = ?2), ?3)",
                         SIM_VALUES(sim_int(resource->seq), sim_text(key), sim_int(call->now_ms)),
                         NULL);
}

int sim_tags_add(struct sim_call *call, const struct sim_resource *resource, struct lat_list tags)
{
    const struct lat_entry *entries = tags.items;
    if (tags.count == 0)
        return 0;
    for (size_t i = 0; i < tags.count; i++)
        if (check_tag(call, &entries[i]) < 0)
            return -1;
    for (size_t i = 0; i < tags.count; i++)
        if (keep_past(call, resource, entries[i].key) < 0 ||
            sim_store_run(call->sim->store,
                          "INSERT INTO tag (resource, key, value) VALUES (?1, ?2, ?3) "
                          "ON CONFLICT DO UPDATE SET value = excluded.value "
                          "WHERE value <> excluded.value",
                          SIM_VALUES(sim_int(resource->seq), sim_text(entries[i].key),
                                     sim_text(entries[i].value)),
                          NULL) < 0)
            return -1;
    int64_t count = 0;
    if (sim_store_number(call->sim->store, "SELECT count(*) FROM tag WHERE resource = ?1",
                         SIM_VALUES(sim_int(resource->seq)), &count) < 0)
        return -1;
    return count > TAGS_MAX ? sim_refuse(call, SIM_RULE_TOO_MANY_TAGS, (struct sim_about){0}) : 0;
}

int sim_tags_remove(struct sim_call *call, const struct sim_resource *resource,
                    struct lat_list keys)
{
    const char *const *names = keys.items;
    for (size_t i = 0; i < keys.count; i++)
        if (keep_past(call, resource, names[i]) < 0 ||
            sim_store_run(call->sim->store, "DELETE FROM tag WHERE resource = ?1 AND key = ?2",
                          SIM_VALUES(sim_int(resource->seq), sim_text(names[i])), NULL) < 0)
            return -1;
    return 0;
}

int sim_tags_list(struct sim_call *call, int64_t resource, struct lat_list *ret)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_tag_table,
                       "WHERE r.resource = ?1 ORDER BY r.key", SIM_VALUES(sim_int(resource)), &rows,
                       &count) < 0)
        return -1;
    const struct sim_tag *tags = rows;
    struct lat_entry *entries = LAT_NEW_ARRAY(call->arena, struct lat_entry, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct lat_entry){.key = tags[i].key, .value = tags[i].value};
    *ret = (struct lat_list){.items = entries, .count = count, .has = true};
    return 0;
}

static void set_entry(struct lat_entry *entries, size_t *count, const struct sim_tag_past *past)
{
    size_t i = 0;
    while (i < *count && !lat_text_eq(entries[i].key, past->key))
        i++;
    if (past->value == NULL && i < *count) {
        memmove(&entries[i], &entries[i + 1], (*count - i - 1) * sizeof *entries);
        (*count)--;
    } else if (past->value != NULL) {
        entries[i] = (struct lat_entry){.key = past->key, .value = past->value};
        *count += i == *count;
    }
}

int sim_tags_list_as_seen(struct sim_call *call, int64_t resource, struct lat_list *ret)
{
    int64_t seen_ms = call->now_ms - call->sim->config.tagging_delay_ms;
    void *rows = NULL;
    size_t count = 0;
    if (sim_tags_list(call, resource, ret) < 0)
        return -1;
    if (call->sim->config.tagging_delay_ms == 0)
        return 0;
    /* Newest first, so that the oldest change that is not seen yet has the last word. */
    if (sim_store_rows(call->sim->store, call->arena, &sim_tag_past_table,
                       "WHERE r.resource = ?1 AND r.until_ms > ?2 ORDER BY r.seq DESC",
                       SIM_VALUES(sim_int(resource), sim_int(seen_ms)), &rows, &count) < 0)
        return -1;
    const struct sim_tag_past *past = rows;
    struct lat_entry *entries = LAT_NEW_ARRAY(call->arena, struct lat_entry, ret->count + count);
    if (ret->count > 0)
        memcpy(entries, ret->items, ret->count * sizeof *entries);
    for (size_t i = 0; i < count; i++)
        set_entry(entries, &ret->count, &past[i]);
    ret->items = entries;
    return 0;
}

int sim_tags_find_resource(struct sim_call *call, const char *arn, struct sim_resource **ret)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, &sim_resource_table,
                      "WHERE r.arn = ?1 AND r.account = ?2 AND r.region = ?3",
                      SIM_VALUES(sim_text(arn), sim_text(call->caller.account),
                                 sim_text(call->caller.region)),
                      &row) < 0)
        return -1;
    *ret = row;
    return 0;
}
