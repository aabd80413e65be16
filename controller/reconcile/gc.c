/* Collection of target groups that this cluster made and nothing uses any more: one cycle. Never
 * asks who manages a group, never touches one of another cluster or VPC, and says nothing in
 * Kubernetes. Source: controller-routes reference, section 6 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy.h"
#include "controller/model/build.h"
#include "controller/reconcile/pass.h"

#define SOURCE_EXPORT "ServiceExport"

/* A target group that may have to go. */
struct candidate {
    const struct lat_target_group_summary *summary;
    const struct gwc_tags *tags;
};

static const char *tag(const struct candidate *candidate, const char *key)
{
    return lat_text_or_empty(gwc_tags_value(candidate->tags, key));
}

static bool is_route_source(const char *source)
{
    for (size_t i = 0; i < GWC_ROUTE_KIND_COUNT; i++)
        if (lat_text_eq(source, gwc_route_facts[i].kind))
            return true;
    return false;
}

/* Lines 2 to 6: whether the group is this cluster's, complete in its tags, and unused. */
static bool is_ours_and_unused(const struct gwc_pass *pass, const struct candidate *candidate)
{
    const struct gwc_config *config = pass->options->config;
    const char *source = tag(candidate, GWC_TAG_SOURCE_TYPE);
    if (!lat_text_eq(candidate->summary->vpc_identifier, config->vpc_id) ||
        !lat_text_eq(tag(candidate, GWC_TAG_CLUSTER_NAME), config->cluster_name))
        return false;
    if (!is_route_source(source) && !lat_text_eq(source, SOURCE_EXPORT))
        return false; /* a group without a source is kept as well: nobody can say what it is */
    if (tag(candidate, GWC_TAG_SERVICE_NAME)[0] == '\0' ||
        tag(candidate, GWC_TAG_SERVICE_NAMESPACE)[0] == '\0')
        return false;
    if (is_route_source(source) && (tag(candidate, GWC_TAG_ROUTE_NAME)[0] == '\0' ||
                                    tag(candidate, GWC_TAG_ROUTE_NAMESPACE)[0] == '\0'))
        return false;
    return candidate->summary->service_arns.count == 0;
}

/* A group of an export goes when the export does. */
static bool is_export_gone(const struct gwc_pass *pass, const struct candidate *candidate)
{
    if (!gwc_cache_is_served(pass->cache, GWC_KIND_SERVICE_EXPORT))
        return false;
    const json_t *export = gwc_cache_get(pass->cache, GWC_KIND_SERVICE_EXPORT,
                                         tag(candidate, GWC_TAG_SERVICE_NAMESPACE),
                                         tag(candidate, GWC_TAG_SERVICE_NAME));
    return export == NULL || lat_kube_is_terminating(export);
}

static bool is_rebuilt(const struct gwc_pass *pass, const struct candidate *candidate,
                       const struct gwc_target_group *built)
{
    const struct lat_target_group_summary *summary = candidate->summary;
    if (summary->port.value != built->port || !lat_text_eq(summary->protocol, built->protocol) ||
        !lat_text_eq(summary->ip_address_type, built->ip_address_type) ||
        !lat_text_eq(summary->type, LAT_TARGET_GROUP_TYPE_IP) ||
        !lat_text_eq(summary->vpc_identifier, pass->options->config->vpc_id))
        return false;
    for (size_t i = 0; i < built->identity.count; i++)
        if (!lat_text_eq(gwc_tags_value(candidate->tags, built->identity.items[i].key),
                         built->identity.items[i].value))
            return false;
    return true;
}

/* Line 11: the kind is read off the protocol, as the reference does. */
static enum gwc_route_kind route_kind_of(const struct candidate *candidate)
{
    if (lat_text_eq(tag(candidate, GWC_TAG_PROTOCOL_VERSION),
                    LAT_TARGET_GROUP_PROTOCOL_VERSION_GRPC))
        return GWC_ROUTE_GRPC;
    if (lat_text_eq(candidate->summary->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP))
        return GWC_ROUTE_TLS;
    return GWC_ROUTE_HTTP;
}

/* Lines 12 to 15: whether the route does not want the group. */
static bool is_unwanted_by_route(const struct gwc_pass *pass, const struct candidate *candidate)
{
    enum gwc_route_kind route_kind = route_kind_of(candidate);
    const struct gwc_kind *kind = gwc_route_kind_of(route_kind);
    if (!gwc_cache_is_served(pass->cache, kind->id))
        return false;
    const json_t *route =
        gwc_cache_get(pass->cache, kind->id, tag(candidate, GWC_TAG_ROUTE_NAMESPACE),
                      tag(candidate, GWC_TAG_ROUTE_NAME));
    if (route == NULL || lat_kube_is_terminating(route))
        return true;
    const struct gwc_build build = {
        .arena = pass->arena,
        .view = &pass->view,
        .config = pass->options->config,
        .purpose = GWC_BUILD_COLLECT,
        .route_kind = route_kind,
        .route = route,
    };
    struct gwc_stack stack;
    struct gwc_model_error error;
    if (gwc_model_build(&build, &stack, &error) < 0)
        return false;
    for (size_t i = 0; i < stack.target_group_count; i++)
        if (is_rebuilt(pass, candidate, &stack.target_groups[i]))
            return false;
    return true;
}

static bool must_go(const struct gwc_pass *pass, const struct candidate *candidate)
{
    if (!is_ours_and_unused(pass, candidate))
        return false;
    if (lat_text_eq(tag(candidate, GWC_TAG_SOURCE_TYPE), SOURCE_EXPORT))
        return is_export_gone(pass, candidate);
    return is_unwanted_by_route(pass, candidate);
}

static void remove_group(struct gwc_pass *pass, const struct lat_target_group_summary *summary)
{
    const char *text = "its targets are draining";
    int result = gwc_delete_target_group(pass->options->aws, pass->arena, summary->id, &text);
    if (result == 0)
        lat_log_write(pass->options->log, LAT_LOG_INFO, "target group %s is collected",
                      summary->id);
    else
        lat_log_write(pass->options->log, LAT_LOG_INFO, "target group %s stays for now: %s",
                      summary->id, text);
}

void gwc_collect_target_groups(struct gwc_pass *pass)
{
    const struct lat_list_target_groups_request input = {0};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(pass->options->aws, pass->arena, LAT_OP_LIST_TARGET_GROUPS, &input, &items,
                     &error) < 0) {
        lat_log_write(pass->options->log, LAT_LOG_WARNING, "no collection: %s", error.text);
        return;
    }
    const struct lat_target_group_summary *summaries = items.items;
    struct gwc_tagged *tagged = LAT_NEW_ARRAY(pass->arena, struct gwc_tagged, items.count);
    for (size_t i = 0; i < items.count; i++)
        tagged[i].arn = summaries[i].arn;
    if (items.count > 0 && gwc_tagging_read_all(pass->options->tagging, pass->arena, tagged,
                                                items.count, &error) < 0) {
        lat_log_write(pass->options->log, LAT_LOG_WARNING, "no collection: %s", error.text);
        return;
    }
    for (size_t i = 0; i < items.count; i++) {
        const struct candidate candidate = {&summaries[i], &tagged[i].tags};
        if (tagged[i].is_known && must_go(pass, &candidate))
            remove_group(pass, &summaries[i]);
    }
}
