/* Where each column of the side services' tables lies in its struct; see side_rows.h. Data only. */
#include "simulator/store/side_rows.h"

#define TABLE(row)                                                                                 \
    const struct sim_table sim_##row##_table = {                                                   \
        .name = #row,                                                                              \
        .columns = row##_columns,                                                                  \
        .column_count = LAT_COUNT(row##_columns),                                                  \
        .row_bytes = sizeof(struct sim_##row),                                                     \
    }

static const struct sim_column certificate_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_certificate, seq)},
    {"arn", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, arn)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, account)},
    {"region", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, region)},
    {"domain_name", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, domain_name)},
    {"alternatives", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, alternatives)},
    {"status", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, status)},
    {"type", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, type)},
    {"key_algorithm", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, key_algorithm)},
    {"tags", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, tags)},
    {"serial", SIM_COLUMN_TEXT, offsetof(struct sim_certificate, serial)},
    {"created_ms", SIM_COLUMN_INT, offsetof(struct sim_certificate, created_ms)},
    {"not_after_ms", SIM_COLUMN_INT, offsetof(struct sim_certificate, not_after_ms)},
};
TABLE(certificate);

static const struct sim_column vpc_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_vpc, seq)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_vpc, account)},
    {"region", SIM_COLUMN_TEXT, offsetof(struct sim_vpc, region)},
    {"vpc_id", SIM_COLUMN_TEXT, offsetof(struct sim_vpc, vpc_id)},
    {"cidr_block", SIM_COLUMN_TEXT, offsetof(struct sim_vpc, cidr_block)},
    {"is_default", SIM_COLUMN_BOOL, offsetof(struct sim_vpc, is_default)},
};
TABLE(vpc);

static const struct sim_column outside_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_outside, seq)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_outside, account)},
    {"region", SIM_COLUMN_TEXT, offsetof(struct sim_outside, region)},
    {"kind", SIM_COLUMN_TEXT, offsetof(struct sim_outside, kind)},
    {"reference", SIM_COLUMN_TEXT, offsetof(struct sim_outside, reference)},
    {"state", SIM_COLUMN_TEXT, offsetof(struct sim_outside, state)},
};
TABLE(outside);

static const struct sim_column ec2_tag_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_ec2_tag, seq)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, account)},
    {"region", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, region)},
    {"resource_id", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, resource_id)},
    {"resource_type", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, resource_type)},
    {"key", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, key)},
    {"value", SIM_COLUMN_TEXT, offsetof(struct sim_ec2_tag, value)},
};
TABLE(ec2_tag);

static const struct sim_column quota_request_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_quota_request, seq)},
    {"id", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, id)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, account)},
    {"region", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, region)},
    {"code", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, code)},
    {"value", SIM_COLUMN_INT, offsetof(struct sim_quota_request, value)},
    {"status", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, status)},
    {"requester", SIM_COLUMN_TEXT, offsetof(struct sim_quota_request, requester)},
    {"created_ms", SIM_COLUMN_INT, offsetof(struct sim_quota_request, created_ms)},
    {"updated_ms", SIM_COLUMN_INT, offsetof(struct sim_quota_request, updated_ms)},
};
TABLE(quota_request);

static const struct sim_column metadata_token_columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_metadata_token, seq)},
    {"token", SIM_COLUMN_TEXT, offsetof(struct sim_metadata_token, token)},
    {"expires_ms", SIM_COLUMN_INT, offsetof(struct sim_metadata_token, expires_ms)},
};
TABLE(metadata_token);
