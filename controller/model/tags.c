/* Parses and compares tags. Makes no call: what differs is a value that deploy acts upon. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "controller/model/tags.h"

#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/trim.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char tag_pattern[] = "^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*\\z";

static void pattern_freep(pcre2_code **code)
{
    pcre2_code_free(*code);
}

static bool has_allowed_characters(const pcre2_code *pattern, const char *text)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    int result = pcre2_match(pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);
    pcre2_match_data_free(match);
    return result >= 0;
}

const char *gwc_tags_value(const struct gwc_tags *tags, const char *key)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        if (lat_text_eq(tags->items[i].key, key))
            return tags->items[i].value;
    }
    return NULL;
}

void gwc_tags_add(struct lat_arena *arena, struct gwc_tags *tags, const char *key,
                  const char *value)
{
    *LAT_ARENA_PUSH(arena, tags->items, tags->count) = (struct gwc_tag){key, value};
}

/* Adds the tag of one "key=value" when it is one. */
static void add_entry(struct lat_arena *arena, const pcre2_code *pattern, const char *entry,
                      size_t length, struct gwc_tags *tags)
{
    const char *equals = memchr(entry, '=', length);
    if (equals == NULL)
        return;
    size_t key_length = (size_t)(equals - entry);
    struct lat_str key = gwc_trim_part(entry, key_length);
    struct lat_str value = gwc_trim_part(equals + 1, length - key_length - 1);
    if (key.length == 0 || key.length > GWC_TAG_KEY_BYTES_MAX || value.length == 0 ||
        value.length > GWC_TAG_VALUE_BYTES_MAX)
        return;
    const char *key_text = lat_arena_strndup(arena, key.data, key.length);
    const char *value_text = lat_arena_strndup(arena, value.data, value.length);
    if (has_allowed_characters(pattern, key_text) && has_allowed_characters(pattern, value_text) &&
        gwc_tags_value(tags, key_text) == NULL)
        gwc_tags_add(arena, tags, key_text, value_text);
}

struct gwc_tags gwc_tags_parse(struct lat_arena *arena, const char *annotation)
{
    struct gwc_tags tags = {0};
    if (lat_text_is_empty(annotation))
        return tags;
    int error = 0;
    PCRE2_SIZE offset = 0;
    LAT_AUTO(pattern_freep)
    pcre2_code *pattern = pcre2_compile((PCRE2_SPTR)tag_pattern, PCRE2_ZERO_TERMINATED,
                                        PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
    if (pattern == NULL)
        abort(); /* the pattern is ours and constant, so only memory can be missing */

    for (const char *entry = annotation; entry != NULL && tags.count < GWC_TAGS_MAX;) {
        const char *comma = strchr(entry, ',');
        size_t length = comma != NULL ? (size_t)(comma - entry) : strlen(entry);
        add_entry(arena, pattern, entry, length, &tags);
        entry = comma != NULL ? comma + 1 : NULL;
    }
    return tags;
}

bool gwc_tag_is_reserved(const char *key)
{
    return lat_text_has_prefix(key, GWC_PREFIX) || strncasecmp(key, "aws:", strlen("aws:")) == 0;
}

struct gwc_tags gwc_tags_plain(struct lat_arena *arena, const struct gwc_tags *tags)
{
    struct gwc_tags plain = {0};
    for (size_t i = 0; i < tags->count; i++) {
        if (!gwc_tag_is_reserved(tags->items[i].key))
            gwc_tags_add(arena, &plain, tags->items[i].key, tags->items[i].value);
    }
    return plain;
}

struct gwc_tags gwc_tags_merge(struct lat_arena *arena, const struct gwc_tags *own,
                               const struct gwc_tags *additional)
{
    struct gwc_tags merged = {0};
    for (size_t i = 0; i < own->count; i++)
        gwc_tags_add(arena, &merged, own->items[i].key, own->items[i].value);
    for (size_t i = 0; i < additional->count; i++) {
        if (gwc_tags_value(own, additional->items[i].key) == NULL)
            gwc_tags_add(arena, &merged, additional->items[i].key, additional->items[i].value);
    }
    return merged;
}

static int compare_tags(const void *a, const void *b)
{
    return strcmp(((const struct gwc_tag *)a)->key, ((const struct gwc_tag *)b)->key);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct gwc_tag_changes gwc_tags_difference(struct lat_arena *arena, const struct gwc_tags *existing,
                                           const struct gwc_tags *additional,
                                           const struct gwc_tags *managed)
{
    struct gwc_tags wanted = gwc_tags_plain(arena, additional);
    for (size_t i = 0; managed != NULL && i < managed->count; i++)
        gwc_tags_add(arena, &wanted, managed->items[i].key, managed->items[i].value);

    struct gwc_tag_changes changes = {0};
    for (size_t i = 0; i < existing->count; i++) {
        const char *key = existing->items[i].key;
        if (!gwc_tag_is_reserved(key) && gwc_tags_value(&wanted, key) == NULL)
            *LAT_ARENA_PUSH(arena, changes.unset, changes.unset_count) = key;
    }
    for (size_t i = 0; i < wanted.count; i++) {
        const struct gwc_tag *tag = &wanted.items[i];
        if (!lat_text_eq(gwc_tags_value(existing, tag->key), tag->value))
            gwc_tags_add(arena, &changes.set, tag->key, tag->value);
    }
    if (changes.unset_count > 1)
        qsort(changes.unset, changes.unset_count, sizeof(*changes.unset), compare_keys);
    if (changes.set.count > 1)
        qsort(changes.set.items, changes.set.count, sizeof(*changes.set.items), compare_tags);
    return changes;
}
