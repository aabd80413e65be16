/* Tags of VPC Lattice resources: through the Resource Groups Tagging API, or, where that is
 * switched off, through Lattice's own tag calls. Source: controller-routes reference 4.2 and 5.4
 * (observed). */
#pragma once

#include "controller/aws/client.h"
#include "controller/model/tags.h"

#define GWC_TAGGING_ARNS_MAX 100 /* ARNs of one GetResources */

struct gwc_tagging;

/* aws and vpc_id are borrowed and must outlive this. is_api_disabled: use Lattice's tag calls
 * only. */
struct gwc_tagging *gwc_tagging_new(struct gwc_aws *aws, const char *vpc_id,
                                    bool is_api_disabled) LAT_MUST_USE;
struct gwc_tagging *gwc_tagging_free(struct gwc_tagging *tagging);
void gwc_tagging_freep(struct gwc_tagging **tagging);

/* ListTagsForResource, or what it said within the last minute. */
int gwc_tagging_read(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                     struct gwc_tags *ret_tags, struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* Lattice TagResource. */
int gwc_tagging_write(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                      const struct gwc_tags *tags, struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* Makes the tags of a resource that users may set equal to additional: at most one untag call and
 * then one tag call. managed (may be NULL) are tags of the controller that are set as well. */
int gwc_tagging_sync(struct gwc_tagging *tagging, struct lat_arena *arena, const char *arn,
                     const struct gwc_tags *additional, const struct gwc_tags *managed,
                     struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* The tags of one resource out of many. */
struct gwc_tagged {
    const char *arn;
    bool is_known; /* false: the tagging API has no record of it */
    struct gwc_tags tags;
};

/* Fills is_known and tags of every element. */
int gwc_tagging_read_all(struct gwc_tagging *tagging, struct lat_arena *arena,
                         struct gwc_tagged *resources, size_t count,
                         struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* The ARNs of the target groups that carry all these tags, in the order of the answer. */
int gwc_tagging_find_target_groups(struct gwc_tagging *tagging, struct lat_arena *arena,
                                   const struct gwc_tags *identity, const char ***ret_arns,
                                   size_t *ret_count, struct gwc_aws_error *ret_error) LAT_MUST_USE;
