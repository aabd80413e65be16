/* The target-group-arn annotation of a ServiceImport. Source: controller-routes reference,
 * section 7 (observed). */
#pragma once

#include "common/base/arena.h"

/* The id ("tg-…") inside the ARN of a target group; borrowed from arn. NULL when it is none, and
 * then *ret_complaint (may be NULL) says why, in the arena. */
const char *gwc_external_arn_id(struct lat_arena *arena, const char *arn,
                                const char **ret_complaint) LAT_MUST_USE;
