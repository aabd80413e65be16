/* EC2 in its query protocol: DescribeVpcs and DescribeTags over rows that the admin API makes. VPC
 * Lattice itself takes any well-formed VPC id; only these two look at the rows.
 * Source: lattice-api reference J.4; filters and limits documented (EC2 API reference). */
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/form.h"
#include "simulator/aws/xml.h"
#include "simulator/engine/auth.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/resource.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define NAMESPACE         "http://ec2.amazonaws.com/doc/2016-11-15/"
#define FORM_BYTES_MAX    (64 << 10)
#define FILTERS_MAX       50
#define FILTER_VALUES_MAX 200
#define IDS_MAX           1000
#define RESULTS_MIN       5
#define RESULTS_MAX       1000
#define ROWS_PER_READ     500

struct filter {
    const char *name;
    const char **values;
    size_t value_count;
};

struct filters {
    struct filter *items;
    size_t count;
};

/* --- input --------------------------------------------------------------------------------------
 */

static int refuse_value(struct sim_call *call, const char *code, const char *format,
                        const char *text)
{
    char *message = lat_arena_alloc(call->arena, strlen(format) + strlen(text) + 1);
    const char *place = strstr(format, "{}");
    size_t before = (size_t)(place - format);
    stpcpy(stpcpy(mempcpy(message, format, before), text), place + 2);
    return sim_refuse_plainly(call, 400, code, message);
}

/* "VpcId.1", "VpcId.2", … up to the first that is absent, or to the maximum. */
static const char **read_list(const struct lat_http_request *request, const char *stem, size_t max,
                              size_t *ret_count)
{
    const char **list = NULL, *value;
    size_t count = 0;
    while (count < max &&
           (value = sim_form_field(
                request, lat_arena_printf(request->arena, "%s.%zu", stem, count + 1))) != NULL)
        *LAT_ARENA_PUSH(request->arena, list, count) = value;
    *ret_count = count;
    return list;
}

/* Filter.1.Name, Filter.1.Value.1, …; every name must be one of known or begin with "tag:". */
static int read_filters(struct sim_call *call, const struct lat_http_request *request,
                        const char *const *known, struct filters *ret_filters)
{
    struct filters filters = {0};
    while (filters.count < FILTERS_MAX) {
        const char *stem = lat_arena_printf(call->arena, "Filter.%zu", filters.count + 1);
        const char *name = sim_form_field(request, lat_arena_printf(call->arena, "%s.Name", stem));
        size_t k = 0;
        if (name == NULL)
            break;
        while (known[k] != NULL && !lat_text_eq(known[k], name))
            k++;
        if (known[k] == NULL && !lat_text_has_prefix(name, "tag:"))
            return refuse_value(call, "InvalidParameterValue", "The filter '{}' is invalid", name);
        struct filter *filter = LAT_ARENA_PUSH(call->arena, filters.items, filters.count);
        filter->name = name;
        filter->values = read_list(request, lat_arena_printf(call->arena, "%s.Value", stem),
                                   FILTER_VALUES_MAX, &filter->value_count);
    }
    *ret_filters = filters;
    return 0;
}

static int begin_page(struct sim_call *call, const struct lat_http_request *request,
                      struct sim_page *ret_page)
{
    const char *max = sim_form_field(request, "MaxResults");
    int64_t limit = RESULTS_MAX;
    if (max != NULL &&
        (lat_text_to_int64(max, &limit) < 0 || limit < RESULTS_MIN || limit > RESULTS_MAX))
        return refuse_value(call, "InvalidParameterValue",
                            "Value ( {} ) for parameter maxResults is invalid. Expecting a value "
                            "from 5 to 1000.",
                            max);
    if (sim_page_begin(call, LAT_INT(limit), sim_form_field(request, "NextToken"), ret_page) == 0)
        return 0;
    call->rule = SIM_RULE_NONE;
    return sim_refuse_plainly(call, 400, "InvalidParameterValue",
                              "The value of NextToken is not a token of this action");
}

/* --- matching -----------------------------------------------------------------------------------
 */

/* Whether text is what the pattern says: '*' any text, '?' any character, '\' takes the next one as
 * it is. Each star is tried once from its leftmost place on, so the work is bounded by the
 * product of the lengths. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text != '\0') {
        bool is_literal = *pattern == '\\' && pattern[1] != '\0';
        char wanted = is_literal ? pattern[1] : *pattern;
        if (!is_literal && wanted == '*') {
            star = ++pattern;
            resume = text;
        } else if (wanted == *text || (!is_literal && wanted == '?')) {
            pattern += is_literal ? 2 : 1;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool has_value(const struct filter *filter, const char *value)
{
    for (size_t i = 0; i < filter->value_count; i++)
        if (matches(filter->values[i], value))
            return true;
    return false;
}

static bool passes_tag(const struct filters *filters, const struct sim_ec2_tag *tag)
{
    for (size_t i = 0; i < filters->count; i++) {
        const struct filter *filter = &filters->items[i];
        bool is_exact = lat_text_has_prefix(filter->name, "tag:");
        const char *value = lat_text_eq(filter->name, "key")             ? tag->key
                            : lat_text_eq(filter->name, "resource-id")   ? tag->resource_id
                            : lat_text_eq(filter->name, "resource-type") ? tag->resource_type
                                                                         : tag->value;
        if ((is_exact && !lat_text_eq(filter->name + strlen("tag:"), tag->key)) ||
            !has_value(filter, value))
            return false;
    }
    return true;
}

/* Whether one of a VPC's tags satisfies a filter on tags. */
static bool has_tag(const struct filter *filter, const struct sim_ec2_tag *tags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (lat_text_eq(filter->name, "tag-key")
                ? has_value(filter, tags[i].key)
                : lat_text_eq(filter->name + strlen("tag:"), tags[i].key) &&
                      has_value(filter, tags[i].value))
            return true;
    }
    return false;
}

static bool passes_vpc(const struct filters *filters, const struct sim_vpc *vpc,
                       const struct sim_ec2_tag *tags, size_t tag_count)
{
    const struct {
        const char *name;
        const char *value;
    } plain[] = {{"vpc-id", vpc->vpc_id},
                 {"cidr", vpc->cidr_block},
                 {"cidr-block-association.cidr-block", vpc->cidr_block},
                 {"state", "available"},
                 {"owner-id", vpc->account},
                 {"is-default", vpc->is_default ? "true" : "false"},
                 {"isDefault", vpc->is_default ? "true" : "false"}};
    for (size_t i = 0; i < filters->count; i++) {
        const struct filter *filter = &filters->items[i];
        size_t p = 0;
        while (p < LAT_COUNT(plain) && !lat_text_eq(plain[p].name, filter->name))
            p++;
        if (p < LAT_COUNT(plain) ? !has_value(filter, plain[p].value)
                                 : !has_tag(filter, tags, tag_count))
            return false;
    }
    return true;
}

/* --- DescribeTags -------------------------------------------------------------------------------
 */

static void begin_answer(struct sim_call *call, struct lat_buf *xml)
{
    lat_buf_init(xml, SIM_XML_BYTES_MAX);
    lat_buf_printf(xml, "<%sResponse xmlns=\"" NAMESPACE "\">", call->operation);
    sim_xml_put(xml, "requestId", call->request_id);
}

static int end_answer(struct sim_call *call, struct lat_buf *xml, const char *token,
                      struct sim_answer *ret_answer)
{
    sim_xml_put(xml, "nextToken", token);
    lat_buf_printf(xml, "</%sResponse>", call->operation);
    sim_xml_answer(call, xml, 200, ret_answer);
    return 0;
}

static void put_tag(struct lat_buf *xml, const struct sim_ec2_tag *tag)
{
    sim_xml_open(xml, "item");
    sim_xml_put(xml, "resourceId", tag->resource_id);
    sim_xml_put(xml, "resourceType", tag->resource_type);
    sim_xml_put(xml, "key", tag->key);
    sim_xml_put(xml, "value", tag->value);
    sim_xml_close(xml, "item");
}

static int collect_tags(struct sim_call *call, const struct filters *filters,
                        const struct sim_page *page, struct sim_ec2_tag *found, size_t *ret_count)
{
    int64_t after = page->after;
    size_t count = 0, read = ROWS_PER_READ;
    while (count < (size_t)page->fetch && read == ROWS_PER_READ) {
        void *rows = NULL;
        if (sim_store_rows(call->sim->store, call->arena, &sim_ec2_tag_table,
                           "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 "
                           "ORDER BY r.seq LIMIT ?4",
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_int(after), sim_int(ROWS_PER_READ)),
                           &rows, &read) < 0)
            return -1;
        const struct sim_ec2_tag *tags = rows;
        for (size_t i = 0; i < read && count < (size_t)page->fetch; i++) {
            after = tags[i].seq;
            if (passes_tag(filters, &tags[i]))
                found[count++] = tags[i];
        }
    }
    *ret_count = count;
    return 0;
}

static int describe_tags(struct sim_call *call, const struct lat_http_request *request,
                         struct sim_answer *ret_answer)
{
    static const char *const known[] = {"key", "value", "resource-id", "resource-type", NULL};
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    struct filters filters;
    struct sim_page page;
    size_t count = 0;
    const char *token = NULL;
    begin_answer(call, &xml);
    if (read_filters(call, request, known, &filters) < 0 || begin_page(call, request, &page) < 0)
        return -1;
    struct sim_ec2_tag *tags = LAT_NEW_ARRAY(call->arena, struct sim_ec2_tag, (size_t)page.fetch);
    if (collect_tags(call, &filters, &page, tags, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, &sim_ec2_tag_table, tags, count, &token);
    sim_xml_open(&xml, "tagSet");
    for (size_t i = 0; i < count; i++)
        put_tag(&xml, &tags[i]);
    sim_xml_close(&xml, "tagSet");
    return end_answer(call, &xml, token, ret_answer);
}

/* --- DescribeVpcs -------------------------------------------------------------------------------
 */

static int tags_of(struct sim_call *call, const char *resource_id, struct sim_ec2_tag **ret_tags,
                   size_t *ret_count)
{
    void *rows = NULL;
    if (sim_store_rows(call->sim->store, call->arena, &sim_ec2_tag_table,
                       "WHERE r.account = ?1 AND r.region = ?2 AND r.resource_id = ?3 "
                       "ORDER BY r.key",
                       SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                  sim_text(resource_id)),
                       &rows, ret_count) < 0)
        return -1;
    *ret_tags = rows;
    return 0;
}

static void put_vpc(struct lat_buf *xml, const struct sim_vpc *vpc, const struct sim_ec2_tag *tags,
                    size_t tag_count)
{
    sim_xml_open(xml, "item");
    sim_xml_put(xml, "vpcId", vpc->vpc_id);
    sim_xml_put(xml, "ownerId", vpc->account);
    sim_xml_put(xml, "state", "available");
    sim_xml_put(xml, "cidrBlock", vpc->cidr_block);
    sim_xml_put(xml, "instanceTenancy", "default");
    sim_xml_put(xml, "isDefault", vpc->is_default ? "true" : "false");
    sim_xml_open(xml, "tagSet");
    for (size_t i = 0; i < tag_count; i++) {
        sim_xml_open(xml, "item");
        sim_xml_put(xml, "key", tags[i].key);
        sim_xml_put(xml, "value", tags[i].value);
        sim_xml_close(xml, "item");
    }
    sim_xml_close(xml, "tagSet");
    sim_xml_close(xml, "item");
}

/* Every id that is asked for must exist. */
static int check_ids(struct sim_call *call, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t found = 0;
        const char *hex = ids[i] + strlen("vpc-");
        if (!lat_text_has_prefix(ids[i], "vpc-") || *hex == '\0' ||
            hex[strspn(hex, "0123456789abcdef")] != '\0')
            return refuse_value(call, "InvalidVpcID.Malformed", "Invalid id: \"{}\"", ids[i]);
        if (sim_store_number(call->sim->store,
                             "SELECT count(*) FROM vpc "
                             "WHERE account = ?1 AND region = ?2 AND vpc_id = ?3",
                             SIM_VALUES(sim_text(call->caller.account),
                                        sim_text(call->caller.region), sim_text(ids[i])),
                             &found) < 0)
            return -1;
        if (found == 0)
            return refuse_value(call, "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist",
                                ids[i]);
    }
    return 0;
}

static bool is_wanted(const char *id, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(ids[i], id))
            return true;
    return count == 0;
}

/* Writes the VPCs of the page; VPCs of an account are few enough to be looked at one by one. */
static int put_vpcs(struct sim_call *call, const struct filters *filters, const char *const *ids,
                    size_t id_count, const struct sim_page *page, struct lat_buf *xml,
                    const char **ret_token)
{
    void *rows = NULL;
    size_t read = 0, count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_vpc_table,
                       "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 ORDER BY r.seq",
                       SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                  sim_int(page->after)),
                       &rows, &read) < 0)
        return -1;
    struct sim_vpc *vpcs = rows;
    for (size_t i = 0; i < read && count < (size_t)page->fetch; i++) {
        struct sim_ec2_tag *tags = NULL;
        size_t tag_count = 0;
        if (!is_wanted(vpcs[i].vpc_id, ids, id_count))
            continue;
        if (tags_of(call, vpcs[i].vpc_id, &tags, &tag_count) < 0)
            return -1;
        if (!passes_vpc(filters, &vpcs[i], tags, tag_count))
            continue;
        if (count < (size_t)page->limit)
            put_vpc(xml, &vpcs[i], tags, tag_count);
        vpcs[count++] = vpcs[i];
    }
    sim_page_end(call, page, &sim_vpc_table, vpcs, count, ret_token);
    return 0;
}

static int describe_vpcs(struct sim_call *call, const struct lat_http_request *request,
                         struct sim_answer *ret_answer)
{
    static const char *const known[] = {
        "vpc-id",    "cidr",     "cidr-block-association.cidr-block",
        "state",     "owner-id", "is-default",
        "isDefault", "tag-key",  NULL};
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    struct filters filters;
    struct sim_page page;
    size_t id_count = 0;
    const char *token = NULL;
    const char **ids = read_list(request, "VpcId", IDS_MAX, &id_count);
    begin_answer(call, &xml);
    if (read_filters(call, request, known, &filters) < 0 || begin_page(call, request, &page) < 0 ||
        check_ids(call, ids, id_count) < 0)
        return -1;
    sim_xml_open(&xml, "vpcSet");
    if (put_vpcs(call, &filters, ids, id_count, &page, &xml, &token) < 0)
        return -1;
    sim_xml_close(&xml, "vpcSet");
    return end_answer(call, &xml, token, ret_answer);
}

/* --- the protocol -------------------------------------------------------------------------------
 */

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    if (strlen(sim_form_text(request)) > FORM_BYTES_MAX)
        return sim_refuse_plainly(call, 413, "RequestEntityTooLarge", "The form is too large");
    call->operation = sim_form_field(request, "Action");
    if (sim_fault_strike(call) < 0)
        return -1;
    if (lat_text_eq(call->operation, "DescribeTags"))
        return describe_tags(call, request, ret_answer);
    if (lat_text_eq(call->operation, "DescribeVpcs"))
        return describe_vpcs(call, request, ret_answer);
    return sim_refuse_plainly(call, 400, "InvalidAction",
                              lat_arena_printf(call->arena, "The simulator's EC2 has no action %s",
                                               lat_text_or_empty(call->operation)));
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    lat_buf_init(&xml, SIM_XML_BYTES_MAX);
    lat_buf_puts(&xml, "<Response><Errors><Error>");
    sim_xml_put(&xml, "Code", call->refusal.code);
    sim_xml_put(&xml, "Message", call->refusal.message);
    lat_buf_puts(&xml, "</Error></Errors>");
    sim_xml_put(&xml, "RequestID", call->request_id);
    sim_xml_close(&xml, "Response");
    sim_xml_answer(call, &xml, call->refusal.status, ret_answer);
}

const struct sim_api sim_ec2_api = {
    .signing_name = "ec2",
    .query_version = "Version=2016-11-15",
    .auth_codes = &sim_auth_codes_ec2,
    .perform = perform,
    .refuse = refuse,
};
