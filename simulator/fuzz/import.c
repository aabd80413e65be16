/* Documents of a whole state, as /_lattice/import takes them. Input that begins with { is a
 * document as it is; any other changes a sound one, a line each: a table, the number of a row, a
 * column and a JSON value for it (none: the column is left out). What is refused changes nothing.
 * What is taken is sound, comes out as it went in, and can be worked with: all of it is read, time
 * passes, everything is deleted, and it is sound again. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/fuzz/target.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/soundness.h"
#include "simulator/engine/state.h"
#include "simulator/fuzz/subject.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS INT64_C(86400000)

/* The sound document, and a path for each resource in it. Made once. */
static struct base {
    struct lat_arena *arena;
    const char *document;
    json_t *parsed;
    const char **paths;
    size_t path_count;
} base;

/* --- the sound document -------------------------------------------------------------------------
 */

/* A story in which every family and every table has something; @N is the id that call N answered.
 */
static const char *const story[][3] = {
    {"POST", "/services", "{'name':'orders','clientToken':'t-1','tags':{'team':'shop'}}"},
    {"POST", "/servicenetworks", "{'name':'net'}"},
    {"POST", "/targetgroups",
     "{'name':'old','type':'IP','config':{'protocol':'HTTP','port':80,'vpcIdentifier':"
     "'vpc-0123456789abcdef0'}}"},
    {"POST", "/services/@0/listeners",
     "{'name':'http','protocol':'HTTP','port':80,'defaultAction':{'forward':{'targetGroups':[{"
     "'targetGroupIdentifier':'@2'}]}}}"},
    {"POST", "/services/@0/listeners/@3/rules",
     "{'name':'get','priority':5,'match':{'httpMatch':{'method':'GET'}},'action':{'forward':{"
     "'targetGroups':[{'targetGroupIdentifier':'@2','weight':90}]}}}"},
    {"POST", "/targetgroups/@2/registertargets", "{'targets':[{'id':'10.0.0.1','port':8080}]}"},
    {"POST", "/servicenetworkserviceassociations",
     "{'serviceIdentifier':'@0','serviceNetworkIdentifier':'@1'}"},
    {"POST", "/servicenetworkvpcassociations",
     "{'vpcIdentifier':'vpc-0123456789abcdef0','serviceNetworkIdentifier':'@1'}"},
    {"POST", "/resourcegateways",
     "{'name':'gateway','vpcIdentifier':'vpc-0123456789abcdef0','subnetIds':["
     "'subnet-0123456789abcdef0']}"},
    {"POST", "/resourceconfigurations",
     "{'name':'database','type':'SINGLE','resourceGatewayIdentifier':'@8',"
     "'resourceConfigurationDefinition':{'ipResource':{'ipAddress':'10.0.0.7'}}}"},
    {"POST", "/servicenetworkresourceassociations",
     "{'resourceConfigurationIdentifier':'@9','serviceNetworkIdentifier':'@1'}"},
    {"POST", "/_lattice/endpoints", "{'resourceConfiguration':'@9'}"},
    {"POST", "/_lattice/endpoints", "{'serviceNetwork':'@1'}"},
    {"POST", "/domainverifications", "{'domainName':'example.com'}"},
    {"POST", "/accesslogsubscriptions",
     "{'resourceIdentifier':'@0','destinationArn':'arn:aws:s3:::logs-of-orders'}"},
    {"PUT", "/authpolicy/@0", "{'policy':'{}'}"},
    {"PUT", "/_lattice/quotas", "{'code':'L-CF78395E','value':20}"},
    {"PUT", "/_lattice/delays", "{'service':1500,'tagging':5000}"},
    {"PUT", "/_lattice/throttle", "{'rate':900,'burst':900}"},
    {"POST", "/_lattice/fail", "{'kind':'service','status':'CREATE_FAILED'}"},
    {"POST", "/_lattice/faults", "{'operation':'ListServices','stale':2}"},
    {"POST", "/_lattice/shares", "{'resource':'@1','account':'210987654321'}"},
    {"POST", "/_lattice/certificates", "{'domain_name':'*.example.com'}"},
    {"POST", "/_lattice/vpcs", "{'id':'vpc-0123456789abcdef0','tags':{'Name':'one'}}"},
    {"POST", "/_lattice/credentials",
     "{'access_key':'AKIATEAM','secret_key':'x','account':'210987654321'}"},
    {"PATCH", "/services/@0", "{'authType':'AWS_IAM'}"},
    {"GET", "/services", ""},
};

static struct sim_answer ask(struct lat_arena *arena, const char *method, const char *target,
                             const char *body)
{
    size_t length = strcspn(target, "?");
    struct lat_http_request request = {
        .arena = arena,
        .method = method,
        .target = target,
        .path = lat_arena_strndup(arena, target, length),
        .query = target[length] == '\0' ? "" : target + length + 1,
        .body = body,
        .body_length = strlen(body),
    };
    return fuzz_subject_ask(fuzz_subject(), &request);
}

/* text with ' as ", and ids for @N. */
static const char *filled(struct lat_arena *arena, const char *text, const char *const *ids)
{
    const char *result = "";
    for (const char *at = text; *at != '\0';) {
        size_t plain = strcspn(at, "'@");
        result = lat_arena_printf(arena, "%s%.*s", result, (int)plain, at);
        at += plain;
        if (*at == '\'') {
            result = lat_arena_printf(arena, "%s\"", result);
            at++;
        } else if (*at == '@') {
            char *end;
            result = lat_arena_printf(arena, "%s%s", result, ids[strtoul(at + 1, &end, 10)]);
            at = end;
        }
    }
    return result;
}

/* Where the API shows a resource, from its ARN. */
static const char *path_of(struct lat_arena *arena, const char *arn)
{
    static const char *const kinds[][2] = {
        {"service", "services"},
        {"servicenetwork", "servicenetworks"},
        {"targetgroup", "targetgroups"},
        {"servicenetworkserviceassociation", "servicenetworkserviceassociations"},
        {"servicenetworkvpcassociation", "servicenetworkvpcassociations"},
        {"servicenetworkresourceassociation", "servicenetworkresourceassociations"},
        {"resourcegateway", "resourcegateways"},
        {"resourceconfiguration", "resourceconfigurations"},
        {"resourceendpointassociation", "resourceendpointassociations"},
        {"domainverification", "domainverifications"},
        {"accesslogsubscription", "accesslogsubscriptions"},
        {"listener", "listeners"},
        {"rule", "rules"},
    };
    char *rest = lat_arena_strdup(arena, strrchr(arn, ':') + 1), *word;
    const char *path = "";
    while ((word = strsep(&rest, "/")) != NULL && rest != NULL)
        for (size_t i = 0; i < LAT_COUNT(kinds); i++)
            if (lat_text_eq(kinds[i][0], word)) {
                path = lat_arena_printf(arena, "%s/%s/%s", path, kinds[i][1], strsep(&rest, "/"));
                break;
            }
    return path;
}

static void make_base(void)
{
    const char *ids[LAT_COUNT(story)] = {0};
    struct lat_err err;
    base.arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(story); i++) {
        struct sim_answer answer =
            ask(base.arena, story[i][0], filled(base.arena, story[i][1], ids),
                filled(base.arena, story[i][2], ids));
        if (answer.status < 200 || answer.status > 299) {
            fprintf(stderr, "%s: %d %s\n", story[i][1], answer.status, answer.body);
            abort();
        }
        LAT_AUTO(lat_json_decrefp)
        json_t *body = lat_json_parse_new(answer.body, strlen(answer.body), NULL);
        ids[i] = lat_arena_strdup(base.arena, lat_json_string_at(body, "id", ""));
    }
    if (sim_state_export(fuzz_subject_sim(fuzz_subject()), base.arena, SIM_STORE_WHOLE,
                         &base.document, &err) < 0)
        abort();
    base.parsed = lat_json_parse_new(base.document, strlen(base.document), &err);
    size_t index;
    const json_t *row;
    json_array_foreach(lat_json_at(base.parsed, "tables.resource"), index, row)
        *LAT_ARENA_PUSH(base.arena, base.paths, base.path_count) =
            path_of(base.arena, lat_json_string_at(row, "arn", ""));
}

/* --- the oracle ---------------------------------------------------------------------------------
 */

static const char *export_of(struct lat_arena *arena)
{
    const char *document = NULL;
    struct lat_err err;
    if (sim_state_export(fuzz_subject_sim(fuzz_subject()), arena, SIM_STORE_WHOLE, &document,
                         &err) < 0)
        abort();
    return document;
}

static int import(const char *document, size_t length, struct lat_err *reterr)
{
    return sim_state_import(fuzz_subject_sim(fuzz_subject()), document, length, SIM_STORE_WHOLE,
                            "main", reterr);
}

static void expect_sound(const char *when)
{
    struct lat_err err;
    if (sim_soundness_check(fuzz_subject_sim(fuzz_subject()), &err) == 0)
        return;
    fprintf(stderr, "%s: %s\n", when, err.message);
    abort();
}

/* Everything is shown, time passes, everything that can go is deleted. */
static void work_with_it(struct lat_arena *arena)
{
    static const char *const reads[] = {
        "/services",           "/servicenetworks",        "/targetgroups",
        "/resourcegateways",   "/resourceconfigurations", "/domainverifications",
        "/_lattice/faults",    "/_lattice/delays",        "/_lattice/shares",
        "/_lattice/quotas",    "/_lattice/credentials",   "/_lattice/quotas/requests",
        "/_lattice/snapshots", "/_lattice/clock",         "/_lattice/throttle",
    };
    struct sim *sim = fuzz_subject_sim(fuzz_subject());
    for (size_t i = 0; i < LAT_COUNT(reads); i++)
        ask(arena, "GET", reads[i], "");
    for (size_t i = 0; i < base.path_count; i++) {
        ask(arena, "GET", base.paths[i], "");
        ask(arena, "POST", lat_arena_printf(arena, "%s/listtargets", base.paths[i]), "{}");
        ask(arena, "GET", lat_arena_printf(arena, "%s/listeners", base.paths[i]), "");
        ask(arena, "GET", lat_arena_printf(arena, "%s/rules", base.paths[i]), "");
    }
    lat_clock_advance(&sim->clock, DAY_MS);
    for (size_t i = base.path_count; i > 0; i--)
        ask(arena, "DELETE", base.paths[i - 1], "");
    lat_clock_advance(&sim->clock, DAY_MS);
    if (sim_lifecycle_advance(sim, lat_clock_now_ms(&sim->clock)) < 0)
        abort();
    ask(arena, "POST", "/services", "{\"name\":\"another\"}");
}

static void try_document(struct lat_arena *arena, const char *document, size_t length)
{
    struct lat_err err = {0};
    if (import(document, length, &err) < 0) {
        if (err.kind != LAT_ERR_INPUT || err.message[0] == '\0') {
            fprintf(stderr, "a document broke the simulator: %s\n", err.message);
            abort();
        }
        if (strcmp(export_of(arena), base.document) != 0)
            abort(); /* refused, and not without a trace */
        return;
    }
    expect_sound("taken");
    const char *taken = export_of(arena);
    if (import(taken, strlen(taken), &err) < 0 || strcmp(export_of(arena), taken) != 0) {
        fprintf(stderr, "it does not come out as it went in: %s\n", err.message);
        abort();
    }
    work_with_it(arena);
    expect_sound("worked with");
    if (import(base.document, strlen(base.document), &err) < 0)
        abort();
}

/* --- changes ------------------------------------------------------------------------------------
 */

/* "table row column value"; a row that is not there is added. */
static void change(json_t *tables, char *line)
{
    char *rest = line;
    const char *table = strsep(&rest, " "), *row = strsep(&rest, " "), *column = strsep(&rest, " ");
    json_t *rows = json_object_get(tables, table);
    if (row == NULL || column == NULL)
        return;
    if (!json_is_array(rows)) {
        rows = json_array();
        if (json_object_set_new(tables, table, rows) < 0)
            return; /* not UTF-8 */
    }
    size_t index = strtoul(row, NULL, 10);
    if (index >= json_array_size(rows)) {
        index = json_array_size(rows);
        json_array_append_new(rows, index == 0 ? json_object()
                                               : json_deep_copy(json_array_get(rows, index - 1)));
    }
    json_t *value = rest == NULL ? NULL : json_loads(rest, JSON_DECODE_ANY, NULL);
    if (value == NULL)
        json_object_del(json_array_get(rows, index), column);
    else
        json_object_set_new(json_array_get(rows, index), column, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (base.document == NULL)
        make_base();
    if (size > 0 && data[0] == '{') {
        try_document(arena, lat_fuzz_rest(arena, data, size), size);
        return 0;
    }
    LAT_AUTO(lat_json_decrefp) json_t *document = json_deep_copy(base.parsed);
    while (size > 0)
        change(json_object_get(document, "tables"), lat_fuzz_line(arena, &data, &size));
    const char *text = lat_json_text(arena, document);
    try_document(arena, text, strlen(text));
    return 0;
}
