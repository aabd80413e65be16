/* The tag operations of the Lattice API. Source: lattice-api reference H.1. */
#include "common/aws/arn.h"
#include "common/base/text.h"
#include "simulator/engine/share.h"
#include "simulator/engine/tags.h"
#include "simulator/lattice/handlers.h"

/* The resource behind a resourceArn: any kind; not an ARN of ours is a validation error, an ARN
 * that names nothing is not found (chosen). */
static int find(struct sim_call *call, const char *arn, struct sim_resource **ret)
{
    struct lat_identifier parsed;
    struct sim_resource *resource = NULL;
    if (lat_identifier_parse(call->arena, arn, &parsed) < 0 || !parsed.is_arn)
        return sim_refuse(call, SIM_RULE_NOT_AN_ARN, (struct sim_about){.field = "resourceArn"});
    if (!lat_text_eq(parsed.account, call->caller.account)) /* also of what is shared (observed) */
        return sim_share_deny(call, arn);
    if (sim_tags_find_resource(call, arn, &resource) < 0)
        return -1;
    if (resource == NULL)
        return sim_refuse(call, SIM_RULE_NOT_FOUND,
                          (struct sim_about){.kind = parsed.kind->id, .id = arn});
    *ret = resource;
    return 0;
}

int sim_tag_resource(struct sim_call *call, const void *input, void *output)
{
    const struct lat_tag_resource_request *in = input;
    struct sim_resource *resource = NULL;
    (void)output; /* empty */
    return find(call, in->resource_arn, &resource) < 0 ? -1
                                                       : sim_tags_add(call, resource, in->tags);
}

int sim_untag_resource(struct sim_call *call, const void *input, void *output)
{
    const struct lat_untag_resource_request *in = input;
    struct sim_resource *resource = NULL;
    (void)output; /* empty */
    return find(call, in->resource_arn, &resource) < 0
               ? -1
               : sim_tags_remove(call, resource, in->tag_keys);
}

int sim_list_tags_for_resource(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_tags_for_resource_request *in = input;
    struct lat_list_tags_for_resource_response *out = output;
    struct sim_resource *resource = NULL;
    return find(call, in->resource_arn, &resource) < 0
               ? -1
               : sim_tags_list(call, resource->seq, &out->tags);
}
