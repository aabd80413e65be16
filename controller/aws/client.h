/* Calls to VPC Lattice by operation: the generated structs in, the generated structs out. */
#pragma once

#include "common/aws/lattice_model.h"
#include "controller/aws/transport.h"

/* One call. input and *ret_output are the structs of the operation (lat_create_rule_request and
 * lat_create_rule_response for LAT_OP_CREATE_RULE); the output lives in the arena and ret_output
 * may be NULL. An absent client token is filled in, and is the same on every retry. */
int gwc_aws_call(struct gwc_aws *aws, struct lat_arena *arena, enum lat_operation_id operation,
                 const void *input, const void **ret_output,
                 struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* The items of all pages of a listing operation. */
int gwc_aws_list(struct gwc_aws *aws, struct lat_arena *arena, enum lat_operation_id operation,
                 const void *input, struct lat_list *ret_items,
                 struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* A listing read page by page, for those who stop early. Zero it, set operation and input, and call
 * gwc_aws_page until it returns 0 (no more pages) or -1. */
struct gwc_aws_pages {
    enum lat_operation_id operation;
    const void *input;

    const char *cursor; /* filled by gwc_aws_page */
    size_t page_count;
    bool is_done;
};
int gwc_aws_page(struct gwc_aws *aws, struct lat_arena *arena, struct gwc_aws_pages *pages,
                 struct lat_list *ret_items, struct gwc_aws_error *ret_error) LAT_MUST_USE;
