/* Resource Groups Tagging API: GetResources, TagResources, UntagResources over the one tag store.
 * Source: lattice-api reference H.2, H.3. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/json_1_1.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/resource.h"
#include "simulator/engine/tags.h"

#include <string.h>

#define SERVICE             "vpc-lattice" /* all that is tagged here */
#define PAGE_ITEMS_DEFAULT  50            /* chosen */
#define PAGE_ITEMS_MAX      100
#define ARNS_MAX            100 /* of one GetResources */
#define WRITE_ARNS_MAX      20  /* of one TagResources or UntagResources */
#define WRITE_TAGS_MAX      50
#define FILTERS_MAX         50
#define FILTER_VALUES_MAX   20
#define CANDIDATES_PER_READ 500

static int refuse_parameter(struct sim_call *call, const char *message)
{
    return sim_refuse_plainly(call, 400, "InvalidParameterException", message);
}

/* --- which resources ----------------------------------------------------------------------------
 */

static const char *tag_value(struct lat_list tags, const char *key)
{
    const struct lat_entry *entries = tags.items;
    for (size_t i = 0; i < tags.count; i++)
        if (lat_text_eq(entries[i].key, key))
            return entries[i].value;
    return NULL;
}

/* One filter: the key is there, with one of the values if any are named. */
static bool passes_filter(struct lat_list tags, const json_t *filter)
{
    const char *value = tag_value(tags, lat_json_string_at(filter, "Key", ""));
    const json_t *values = json_object_get(filter, "Values");
    if (value == NULL || json_array_size(values) == 0)
        return value != NULL;
    for (size_t i = 0; i < json_array_size(values); i++)
        if (lat_text_eq(json_string_value(json_array_get(values, i)), value))
            return true;
    return false;
}

static bool passes_filters(struct lat_list tags, const json_t *filters)
{
    for (size_t i = 0; i < json_array_size(filters); i++)
        if (!passes_filter(tags, json_array_get(filters, i)))
            return false;
    return true;
}

/* "vpc-lattice" or "vpc-lattice:targetgroup"; the word behind the colon is the one of the ARN. */
static bool passes_types(const struct sim_resource *resource, const json_t *types)
{
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = lat_text_or_empty(json_string_value(json_array_get(types, i)));
        size_t service = strcspn(type, ":");
        if (service == strlen(SERVICE) && strncmp(type, SERVICE, service) == 0 &&
            (type[service] == '\0' || lat_text_eq(type + service + 1, resource->kind)))
            return true;
    }
    return json_array_size(types) == 0;
}

static void add_mapping(json_t *list, const struct sim_resource *resource, struct lat_list tags)
{
    const struct lat_entry *entries = tags.items;
    json_t *tag_list = json_array();
    for (size_t i = 0; i < tags.count; i++)
        json_array_append_new(
            tag_list, json_pack("{s:s, s:s}", "Key", entries[i].key, "Value", entries[i].value));
    json_array_append_new(list,
                          json_pack("{s:s, s:o}", "ResourceARN", resource->arn, "Tags", tag_list));
}

/* --- GetResources -------------------------------------------------------------------------------
 */

/* Whether tags are seen with a delay. */
static bool is_late(const struct sim_call *call)
{
    return call->sim->config.tagging_delay_ms > 0;
}

/* Whether a resource is so young that it is not seen yet. */
static bool is_unseen(const struct sim_call *call, const struct sim_resource *resource)
{
    return resource->created_ms > call->now_ms - call->sim->config.tagging_delay_ms;
}

/* By ARN: what exists and is or was tagged; the rest is left out. */
static int get_by_arns(struct sim_call *call, const json_t *arns, json_t *list)
{
    for (size_t i = 0; i < json_array_size(arns); i++) {
        struct sim_resource *resource = NULL;
        struct lat_list tags;
        const char *arn = lat_text_or_empty(json_string_value(json_array_get(arns, i)));
        int64_t was_tagged = 0;
        if (sim_tags_find_resource(call, arn, &resource) < 0)
            return -1;
        if (resource == NULL || is_unseen(call, resource))
            continue;
        if (sim_store_number(call->sim->store, "SELECT was_tagged FROM resource WHERE seq = ?1",
                             SIM_VALUES(sim_int(resource->seq)), &was_tagged) < 0 ||
            sim_tags_list_as_seen(call, resource->seq, &tags) < 0)
            return -1;
        if (was_tagged)
            add_mapping(list, resource, tags);
    }
    return 0;
}

/* Candidates behind a key; those with the first filter's tag key, when there is a filter. */
static int read_candidates(struct sim_call *call, const json_t *filters, int64_t after,
                           void **ret_rows, size_t *ret_count)
{
    /* Who had the key when the tags were as they are seen is not indexed. */
    const char *key =
        is_late(call) ? NULL : lat_json_string_at(json_array_get(filters, 0), "Key", NULL);
    struct sim_values values =
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region), sim_int(after),
                   sim_int(CANDIDATES_PER_READ), sim_text(key));
    if (key == NULL)
        return sim_store_rows(call->sim->store, call->arena, &sim_resource_table,
                              "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 "
                              "AND r.was_tagged = 1 AND ?5 IS NULL ORDER BY r.seq LIMIT ?4",
                              values, ret_rows, ret_count);
    return sim_store_rows(call->sim->store, call->arena, &sim_resource_table,
                          "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 AND r.seq IN "
                          "(SELECT resource FROM tag WHERE key = ?5) ORDER BY r.seq LIMIT ?4",
                          values, ret_rows, ret_count);
}

/* Collects up to limit + 1 resources behind a key, so that the caller sees whether more follow. */
static int collect(struct sim_call *call, const json_t *input, int64_t after, size_t limit,
                   struct sim_resource *resources, struct lat_list *tags, size_t *ret_count)
{
    const json_t *filters = json_object_get(input, "TagFilters");
    const json_t *types = json_object_get(input, "ResourceTypeFilters");
    size_t found = 0, read = CANDIDATES_PER_READ;
    while (found <= limit && read == CANDIDATES_PER_READ) {
        void *rows = NULL;
        if (read_candidates(call, filters, after, &rows, &read) < 0)
            return -1;
        const struct sim_resource *candidates = rows;
        for (size_t i = 0; i < read && found <= limit; i++) {
            after = candidates[i].seq;
            if (is_unseen(call, &candidates[i]) || !passes_types(&candidates[i], types))
                continue;
            if (sim_tags_list_as_seen(call, candidates[i].seq, &tags[found]) < 0)
                return -1;
            if (passes_filters(tags[found], filters))
                resources[found++] = candidates[i];
        }
    }
    *ret_count = found;
    return 0;
}

static int get_by_filters(struct sim_call *call, const json_t *input, json_t *list,
                          const char **ret_token)
{
    int64_t limit = lat_json_int_at(input, "ResourcesPerPage", PAGE_ITEMS_DEFAULT);
    const char *token = lat_json_string_at(input, "PaginationToken", "");
    struct sim_page page;
    size_t count = 0;
    if (limit < 1 || limit > PAGE_ITEMS_MAX)
        return refuse_parameter(call, "ResourcesPerPage must be from 1 to 100");
    if (sim_page_begin(call, LAT_INT(limit), token[0] == '\0' ? NULL : token, &page) < 0) {
        call->rule = SIM_RULE_NONE;
        return refuse_parameter(call, "PaginationToken is not a token of GetResources");
    }
    struct sim_resource *resources =
        LAT_NEW_ARRAY(call->arena, struct sim_resource, (size_t)page.fetch);
    struct lat_list *tags = LAT_NEW_ARRAY(call->arena, struct lat_list, (size_t)page.fetch);
    if (collect(call, input, page.after, (size_t)limit, resources, tags, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, &sim_resource_table, resources, count, ret_token);
    for (size_t i = 0; i < count; i++)
        add_mapping(list, &resources[i], tags[i]);
    return 0;
}

static int check_filters(struct sim_call *call, const json_t *filters)
{
    if (json_array_size(filters) > FILTERS_MAX)
        return refuse_parameter(call, "TagFilters takes at most 50 filters");
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const json_t *filter = json_array_get(filters, i);
        if (lat_text_is_empty(lat_json_string_at(filter, "Key", NULL)))
            return refuse_parameter(call, "Every filter of TagFilters needs a Key");
        if (json_array_size(json_object_get(filter, "Values")) > FILTER_VALUES_MAX)
            return refuse_parameter(call, "A filter takes at most 20 Values");
    }
    return 0;
}

static int get_resources(struct sim_call *call, const json_t *input, json_t **ret_output)
{
    static const char *const excluded[] = {"TagFilters", "ResourceTypeFilters", "ResourcesPerPage",
                                           "TagsPerPage", "PaginationToken"};
    const json_t *arns = json_object_get(input, "ResourceARNList");
    const char *token = NULL;
    for (size_t i = 0; arns != NULL && i < LAT_COUNT(excluded); i++)
        if (json_object_get(input, excluded[i]) != NULL)
            return refuse_parameter(call,
                                    "ResourceARNList can't be combined with other parameters");
    if (json_array_size(arns) > ARNS_MAX)
        return refuse_parameter(call, "ResourceARNList takes at most 100 ARNs");
    if (check_filters(call, json_object_get(input, "TagFilters")) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    if ((arns != NULL ? get_by_arns(call, arns, list) : get_by_filters(call, input, list, &token)) <
        0)
        return -1;
    *ret_output = json_pack("{s:s, s:O}", "PaginationToken", lat_text_or_empty(token),
                            "ResourceTagMappingList", list);
    return 0;
}

/* --- TagResources, UntagResources ---------------------------------------------------------------
 */

static void add_failure(json_t *failures, const char *arn, int status, const char *code,
                        const char *message)
{
    json_object_set_new(failures, arn,
                        json_pack("{s:i, s:s, s:s}", "StatusCode", status, "ErrorCode", code,
                                  "ErrorMessage", message));
}

/* Runs one write for each ARN; an ARN that fails is reported and takes nothing of the others with
 * it. */
static int write_each(struct sim_call *call, const json_t *input,
                      int (*write)(struct sim_call *, const struct sim_resource *, struct lat_list),
                      struct lat_list what, json_t **ret_output)
{
    const json_t *arns = json_object_get(input, "ResourceARNList");
    if (json_array_size(arns) < 1 || json_array_size(arns) > WRITE_ARNS_MAX)
        return refuse_parameter(call, "ResourceARNList takes 1 to 20 ARNs");
    if (what.count < 1 || what.count > WRITE_TAGS_MAX)
        return refuse_parameter(call, "1 to 50 tags or keys are needed");
    LAT_AUTO(lat_json_decrefp) json_t *failures = json_object();
    for (size_t i = 0; i < json_array_size(arns); i++) {
        const char *arn = lat_text_or_empty(json_string_value(json_array_get(arns, i)));
        struct sim_resource *resource = NULL;
        const char *code = NULL, *message = NULL;
        if (sim_fault_spoils(call, i, "InternalServiceException", &code, &message)) {
            add_failure(failures, arn, 500, code, message);
            continue;
        }
        if (sim_tags_find_resource(call, arn, &resource) < 0 ||
            sim_store_savepoint(call->sim->store) < 0)
            return -1;
        if (resource != NULL && write(call, resource, what) == 0) {
            if (sim_store_release(call->sim->store) < 0)
                return -1;
            continue;
        }
        sim_store_rollback_to(call->sim->store);
        if (resource != NULL && !sim_is_refused(call))
            return -1;
        add_failure(failures, arn, resource == NULL ? 404 : 400, "InvalidParameterException",
                    resource == NULL ? "The resource does not exist" : call->refusal.message);
        call->refusal = (struct lat_refusal){0};
        call->rule = SIM_RULE_NONE;
    }
    *ret_output = json_pack("{s:O}", "FailedResourcesMap", failures);
    return 0;
}

static int tag_resources(struct sim_call *call, const json_t *input, json_t **ret_output)
{
    json_t *tags = json_object_get(input, "Tags");
    struct lat_entry *entries =
        LAT_NEW_ARRAY(call->arena, struct lat_entry, json_object_size(tags));
    size_t count = 0;
    const char *key;
    json_t *value;
    json_object_foreach(tags, key, value) {
        if (!json_is_string(value))
            return refuse_parameter(call, "Tags must map texts to texts");
        entries[count++] = (struct lat_entry){.key = key, .value = json_string_value(value)};
    }
    return write_each(call, input, sim_tags_add, LAT_LIST(entries, count), ret_output);
}

static int untag_resources(struct sim_call *call, const json_t *input, json_t **ret_output)
{
    const json_t *keys = json_object_get(input, "TagKeys");
    const char **names = LAT_NEW_ARRAY(call->arena, const char *, json_array_size(keys));
    for (size_t i = 0; i < json_array_size(keys); i++)
        names[i] = lat_text_or_empty(json_string_value(json_array_get(keys, i)));
    return write_each(call, input, sim_tags_remove, LAT_LIST(names, json_array_size(keys)),
                      ret_output);
}

static const struct sim_json_operation operations[] = {
    {"GetResources", get_resources},
    {"TagResources", tag_resources},
    {"UntagResources", untag_resources},
};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    return sim_json_perform(call, request, operations, LAT_COUNT(operations), ret_answer);
}

const struct sim_api sim_tagging_api = {
    .signing_name = "tagging",
    .target_prefix = "ResourceGroupsTaggingAPI_20170126.",
    .perform = perform,
    .refuse = sim_json_refuse,
};
