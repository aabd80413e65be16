/* Tags of VPC Lattice resources; see tagging.h. */
#include "controller/aws/tagging.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/aws/tag_cache.h"

#include <stdlib.h>

#define TARGET_PREFIX "ResourceGroupsTaggingAPI_20170126"
#define PAGES_MAX     10000

struct gwc_tagging {
    struct gwc_aws *aws;
    struct gwc_tag_cache *cache;
    const char *vpc_id;
    bool is_api_disabled;
};

struct gwc_tagging *gwc_tagging_new(struct gwc_aws *aws, const char *vpc_id, bool is_api_disabled)
{
    struct gwc_tagging *tagging = calloc(1, sizeof *tagging);
    if (tagging == NULL)
        abort();
    *tagging =
        (struct gwc_tagging){.aws = aws, .vpc_id = vpc_id, .is_api_disabled = is_api_disabled};
    tagging->cache = gwc_tag_cache_new(gwc_aws_options(aws)->clock);
    return tagging;
}

struct gwc_tagging *gwc_tagging_free(struct gwc_tagging *tagging)
{
    if (tagging == NULL)
        return NULL;
    gwc_tag_cache_free(tagging->cache);
    free(tagging);
    return NULL;
}

void gwc_tagging_freep(struct gwc_tagging **tagging)
{
    *tagging = gwc_tagging_free(*tagging);
}

static int api_call(struct gwc_tagging *tagging, struct lat_arena *arena, const char *operation,
                    const json_t *input, json_t **ret_new_output, struct gwc_aws_error *ret_error)
{
    const struct gwc_aws_request request = {
        .service_id = "Resource Groups Tagging API",
        .operation = operation,
        .endpoint = gwc_aws_options(tagging->aws)->tagging_endpoint,
        .signing_name = "tagging",
        .attempts_max = GWC_AWS_ATTEMPTS_TAGGING,
    };
    return gwc_aws_json_call(tagging->aws, arena, request, TARGET_PREFIX, input, ret_new_output,
                             ret_error);
}

/* GetResources with all its pages: one array of ResourceTagMappingList elements. */
static int get_resources(struct gwc_tagging *tagging, struct lat_arena *arena, json_t *input,
                         json_t **ret_new_mappings, struct gwc_aws_error *ret_error)
{
    LAT_AUTO(lat_json_decrefp) json_t *mappings = json_array();
    for (size_t page = 0; page < PAGES_MAX; page++) {
        LAT_AUTO(lat_json_decrefp) json_t *output = NULL;
        if (api_call(tagging, arena, "GetResources", input, &output, ret_error) < 0)
            return -1;
        json_array_extend(mappings, json_object_get(output, "ResourceTagMappingList"));
        const char *token = lat_json_string_at(output, "PaginationToken", "");
        if (token[0] == '\0')
            break;
        lat_json_set_string(input, "PaginationToken", token);
    }
    *ret_new_mappings = LAT_TAKE(mappings);
    return 0;
}

int gwc_tagging_read(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                     struct gwc_tags *ret_tags, struct gwc_aws_error *ret_error)
{
    if (gwc_tag_cache_get(tagging->cache, arena, arn, ret_tags))
        return 0;
    const struct lat_list_tags_for_resource_request input = {.resource_arn = arn};
    const void *output = NULL;
    if (gwc_aws_call(tagging->aws, arena, LAT_OP_LIST_TAGS_FOR_RESOURCE, &input, &output,
                     ret_error) < 0)
        return -1;
    const struct lat_list_tags_for_resource_response *answer = output;
    const struct lat_entry *entries = answer->tags.items;
    struct gwc_tags tags = {0};
    for (size_t i = 0; i < answer->tags.count; i++)
        gwc_tags_add(arena, &tags, entries[i].key, entries[i].value);
    gwc_tag_cache_put(tagging->cache, arn, &tags);
    *ret_tags = tags;
    return 0;
}

int gwc_tagging_write(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                      const struct gwc_tags *tags, struct gwc_aws_error *ret_error)
{
    struct lat_entry *entries = LAT_NEW_ARRAY(arena, struct lat_entry, tags->count);
    for (size_t i = 0; i < tags->count; i++)
        entries[i] = (struct lat_entry){tags->items[i].key, tags->items[i].value};
    const struct lat_tag_resource_request input = {.resource_arn = arn,
                                                   .tags = LAT_LIST(entries, tags->count)};
    gwc_tag_cache_drop(tagging->cache, arn);
    return gwc_aws_call(tagging->aws, arena, LAT_OP_TAG_RESOURCE, &input, NULL, ret_error);
}

/* The Tags list of a tagging API answer. */
static struct gwc_tags tags_of_mapping(struct lat_arena *arena, const json_t *mapping)
{
    struct gwc_tags tags = {0};
    size_t index = 0;
    json_t *tag = NULL;
    json_array_foreach(json_object_get(mapping, "Tags"), index, tag) {
        gwc_tags_add(arena, &tags, lat_arena_strdup(arena, lat_json_string_at(tag, "Key", "")),
                     lat_arena_strdup(arena, lat_json_string_at(tag, "Value", "")));
    }
    return tags;
}

/* Resources by ARN, at most GWC_TAGGING_ARNS_MAX. */
static int read_chunk(struct gwc_tagging *tagging, struct lat_arena *arena,
                      struct gwc_tagged *resources, size_t count, struct gwc_aws_error *ret_error)
{
    json_t *arns = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(arns, json_string(resources[i].arn));
    LAT_AUTO(lat_json_decrefp) json_t *input = json_pack("{s:o}", "ResourceARNList", arns);
    LAT_AUTO(lat_json_decrefp) json_t *mappings = NULL;
    if (get_resources(tagging, arena, input, &mappings, ret_error) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t index = 0;
        json_t *mapping = NULL;
        json_array_foreach(mappings, index, mapping) {
            if (!lat_text_eq(lat_json_string_at(mapping, "ResourceARN", NULL), resources[i].arn))
                continue;
            resources[i].is_known = true;
            resources[i].tags = tags_of_mapping(arena, mapping);
            break;
        }
    }
    return 0;
}

int gwc_tagging_read_all(struct gwc_tagging *tagging, struct lat_arena *arena,
                         struct gwc_tagged *resources, size_t count,
                         struct gwc_aws_error *ret_error)
{
    if (tagging->is_api_disabled) {
        for (size_t i = 0; i < count; i++) {
            if (gwc_tagging_read(tagging, arena, resources[i].arn, &resources[i].tags, ret_error) <
                0)
                return -1;
            resources[i].is_known = true;
        }
        return 0;
    }
    for (size_t i = 0; i < count; i += GWC_TAGGING_ARNS_MAX) {
        size_t chunk = count - i < GWC_TAGGING_ARNS_MAX ? count - i : GWC_TAGGING_ARNS_MAX;
        if (read_chunk(tagging, arena, &resources[i], chunk, ret_error) < 0)
            return -1;
    }
    return 0;
}

static int api_untag(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                     const struct gwc_tag_changes *changes, struct gwc_aws_error *ret_error)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < changes->unset_count; i++)
        json_array_append_new(keys, json_string(changes->unset[i]));
    LAT_AUTO(lat_json_decrefp)
    json_t *input = json_pack("{s:[s], s:o}", "ResourceARNList", arn, "TagKeys", keys);
    LAT_AUTO(lat_json_decrefp) json_t *output = NULL;
    return api_call(tagging, arena, "UntagResources", input, &output, ret_error);
}

static int api_tag(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                   const struct gwc_tag_changes *changes, struct gwc_aws_error *ret_error)
{
    json_t *tags = json_object();
    for (size_t i = 0; i < changes->set.count; i++)
        lat_json_set_string(tags, changes->set.items[i].key, changes->set.items[i].value);
    LAT_AUTO(lat_json_decrefp)
    json_t *input = json_pack("{s:[s], s:o}", "ResourceARNList", arn, "Tags", tags);
    LAT_AUTO(lat_json_decrefp) json_t *output = NULL;
    return api_call(tagging, arena, "TagResources", input, &output, ret_error);
}

static int lattice_untag(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                         const struct gwc_tag_changes *changes, struct gwc_aws_error *ret_error)
{
    const struct lat_untag_resource_request input = {
        .resource_arn = arn, .tag_keys = LAT_LIST(changes->unset, changes->unset_count)};
    return gwc_aws_call(tagging->aws, arena, LAT_OP_UNTAG_RESOURCE, &input, NULL, ret_error);
}

int gwc_tagging_sync(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                     const struct gwc_tags *additional, const struct gwc_tags *managed,
                     struct gwc_aws_error *ret_error)
{
    struct gwc_tagged resource = {.arn = arn};
    if (gwc_tagging_read_all(tagging, arena, &resource, 1, ret_error) < 0)
        return -1;
    struct gwc_tag_changes changes =
        gwc_tags_difference(arena, &resource.tags, additional, managed);
    if (changes.unset_count > 0 || changes.set.count > 0)
        gwc_tag_cache_drop(tagging->cache, arn);
    if (changes.unset_count > 0) {
        int result = tagging->is_api_disabled
                         ? lattice_untag(tagging, arena, arn, &changes, ret_error)
                         : api_untag(tagging, arena, arn, &changes, ret_error);
        if (result < 0)
            return -1;
    }
    if (changes.set.count == 0)
        return 0;
    return tagging->is_api_disabled
               ? gwc_tagging_write(tagging, arena, arn, &changes.set, ret_error)
               : api_tag(tagging, arena, arn, &changes, ret_error);
}

static int find_by_api(struct gwc_tagging *tagging, struct lat_arena *arena,
                       const struct gwc_tags *identity, const char ***ret_arns, size_t *ret_count,
                       struct gwc_aws_error *ret_error)
{
    json_t *filters = json_array();
    for (size_t i = 0; i < identity->count; i++)
        json_array_append_new(filters, json_pack("{s:s, s:[s]}", "Key", identity->items[i].key,
                                                 "Values", identity->items[i].value));
    LAT_AUTO(lat_json_decrefp)
    json_t *input = json_pack("{s:[s], s:o}", "ResourceTypeFilters", "vpc-lattice:targetgroup",
                              "TagFilters", filters);
    LAT_AUTO(lat_json_decrefp) json_t *mappings = NULL;
    if (get_resources(tagging, arena, input, &mappings, ret_error) < 0)
        return -1;
    const char **arns = NULL;
    size_t count = 0;
    size_t index = 0;
    json_t *mapping = NULL;
    json_array_foreach(mappings, index, mapping) {
        *LAT_ARENA_PUSH(arena, arns, count) =
            lat_arena_strdup(arena, lat_json_string_at(mapping, "ResourceARN", ""));
    }
    *ret_arns = arns;
    *ret_count = count;
    return 0;
}

static bool carries_all(const struct gwc_tags *tags, const struct gwc_tags *identity)
{
    for (size_t i = 0; i < identity->count; i++)
        if (!lat_text_eq(gwc_tags_value(tags, identity->items[i].key), identity->items[i].value))
            return false;
    return true;
}

int gwc_tagging_find_target_groups(struct gwc_tagging *tagging, struct lat_arena *arena,
                                   const struct gwc_tags *identity, const char ***ret_arns,
                                   size_t *ret_count, struct gwc_aws_error *ret_error)
{
    if (!tagging->is_api_disabled)
        return find_by_api(tagging, arena, identity, ret_arns, ret_count, ret_error);
    const struct lat_list_target_groups_request input = {.vpc_identifier = tagging->vpc_id};
    struct lat_list items;
    if (gwc_aws_list(tagging->aws, arena, LAT_OP_LIST_TARGET_GROUPS, &input, &items, ret_error) < 0)
        return -1;
    const struct lat_target_group_summary *groups = items.items;
    const char **arns = NULL;
    size_t count = 0;
    for (size_t i = 0; i < items.count; i++) {
        struct gwc_tags tags;
        if (gwc_tagging_read(tagging, arena, groups[i].arn, &tags, ret_error) < 0)
            return -1;
        if (carries_all(&tags, identity))
            *LAT_ARENA_PUSH(arena, arns, count) = groups[i].arn;
    }
    *ret_arns = arns;
    *ret_count = count;
    return 0;
}
