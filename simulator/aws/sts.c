/* STS in the query protocol (form in, XML out): GetCallerIdentity, AssumeRole and
 * AssumeRoleWithWebIdentity. Every role exists and may be assumed (chosen).
 * Source: lattice-api reference J.1. */
#include "simulator/aws/sts.h"

#include "common/aws/sigv4.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/form.h"
#include "simulator/aws/web_identity.h"
#include "simulator/aws/xml.h"
#include "simulator/engine/auth.h"
#include "simulator/engine/credential.h"
#include "simulator/engine/fault.h"

#include <ctype.h>
#include <string.h>

#define NAMESPACE          "https://sts.amazonaws.com/doc/2011-06-15/"
#define DURATION_S_DEFAULT 3600
#define DURATION_S_MIN     900
#define DURATION_S_MAX     43200
#define ROLE_ARN_BYTES_MIN 20
#define ROLE_ARN_BYTES_MAX 2048
#define NAME_BYTES_MIN     2
#define NAME_BYTES_MAX     64
#define ROLE_ID_DIGITS     17

/* What both ways of assuming a role share. */
struct assumption {
    const char *role_arn;
    const char *session_name;
    const char *role_id;
    int64_t duration_s;
    struct sim_credential issued;
};

static void begin_answer(struct sim_call *call, struct lat_buf *xml)
{
    lat_buf_init(xml, SIM_XML_BYTES_MAX);
    lat_buf_printf(xml, "<%sResponse xmlns=\"" NAMESPACE "\"><%sResult>", call->operation,
                   call->operation);
}

static int end_answer(struct sim_call *call, struct lat_buf *xml, struct sim_answer *ret_answer)
{
    lat_buf_printf(xml, "</%sResult>", call->operation);
    sim_xml_open(xml, "ResponseMetadata");
    sim_xml_put(xml, "RequestId", call->request_id);
    sim_xml_close(xml, "ResponseMetadata");
    lat_buf_printf(xml, "</%sResponse>", call->operation);
    sim_xml_answer(call, xml, 200, ret_answer);
    return 0;
}

static int get_caller_identity(struct sim_call *call, const struct lat_http_request *request,
                               struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    (void)request;
    begin_answer(call, &xml);
    sim_xml_put(&xml, "Arn", call->caller.arn);
    sim_xml_put(&xml, "UserId", call->caller.user_id);
    sim_xml_put(&xml, "Account", call->caller.account);
    return end_answer(call, &xml, ret_answer);
}

/* --- roles --------------------------------------------------------------------------------------
 */

static int refuse_value(struct sim_call *call, const char *message)
{
    return sim_refuse_plainly(call, 400, "ValidationError", message);
}

/* The account of "arn:aws:iam::123456789012:role/path/name"; NULL when it is no role. */
static const char *account_of_role(struct lat_arena *arena, const char *role_arn)
{
    char *cursor = lat_arena_strdup(arena, role_arn);
    const char *parts[6] = {0};
    for (size_t i = 0; i < 6; i++)
        parts[i] = i < 5 ? strsep(&cursor, ":") : cursor;
    bool is_role = lat_text_eq(parts[0], "arn") && lat_text_eq(parts[2], "iam") &&
                   parts[4] != NULL && sim_is_account(parts[4]) &&
                   lat_text_has_prefix(parts[5], "role/") && !lat_text_has_suffix(parts[5], "/");
    return is_role ? parts[4] : NULL;
}

static bool is_session_name(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=,.@-+";
    size_t length = strlen(name);
    return length >= NAME_BYTES_MIN && length <= NAME_BYTES_MAX && strspn(name, allowed) == length;
}

/* The same role has the same id, as in IAM. */
static const char *role_id(struct lat_arena *arena, const char *role_arn)
{
    char *id = lat_arena_printf(arena, "AROA%.*s", ROLE_ID_DIGITS,
                                lat_sigv4_payload_hash(arena, role_arn, strlen(role_arn)));
    for (char *p = id; *p != '\0'; p++)
        *p = (char)toupper((unsigned char)*p);
    return id;
}

static int read_assumption(struct sim_call *call, const struct lat_http_request *request,
                           struct assumption *ret)
{
    struct assumption read = {
        .role_arn = lat_text_or_empty(sim_form_field(request, "RoleArn")),
        .session_name = lat_text_or_empty(sim_form_field(request, "RoleSessionName")),
        .duration_s = DURATION_S_DEFAULT,
    };
    const char *duration = sim_form_field(request, "DurationSeconds");
    size_t length = strlen(read.role_arn);
    if (length < ROLE_ARN_BYTES_MIN || length > ROLE_ARN_BYTES_MAX ||
        account_of_role(call->arena, read.role_arn) == NULL)
        return refuse_value(call, lat_arena_printf(call->arena, "%.256s is invalid",
                                                   length == 0 ? "RoleArn" : read.role_arn));
    if (!is_session_name(read.session_name))
        return refuse_value(call, "roleSessionName must have 2 to 64 characters of "
                                  "[\\w+=,.@-]");
    if (duration != NULL && (lat_text_to_int64(duration, &read.duration_s) < 0 ||
                             read.duration_s < DURATION_S_MIN || read.duration_s > DURATION_S_MAX))
        return refuse_value(call, "durationSeconds must be from 900 to 43200");
    read.role_id = role_id(call->arena, read.role_arn);
    *ret = read;
    return 0;
}

int sim_sts_issue(struct sim_call *call, const char *role_arn, const char *session_name,
                  int64_t duration_s, struct sim_credential *ret_issued)
{
    const char *slash = strrchr(role_arn, '/');
    const char *account = account_of_role(call->arena, role_arn);
    struct sim_credential pattern = {
        .account = account,
        .arn = lat_arena_printf(call->arena, "arn:%s:sts::%s:assumed-role/%s/%s",
                                call->sim->config.partition, account, slash + 1, session_name),
        .user_id =
            lat_arena_printf(call->arena, "%s:%s", role_id(call->arena, role_arn), session_name),
    };
    return sim_credential_issue(call, &pattern, duration_s, ret_issued);
}

static int assume(struct sim_call *call, struct assumption *assumption)
{
    return sim_sts_issue(call, assumption->role_arn, assumption->session_name,
                         assumption->duration_s, &assumption->issued);
}

static void put_session(struct lat_buf *xml, const struct assumption *assumption)
{
    char time[LAT_TIME_TEXT_BYTES];
    const struct sim_credential *issued = &assumption->issued;
    sim_xml_open(xml, "Credentials");
    sim_xml_put(xml, "AccessKeyId", issued->access_key);
    sim_xml_put(xml, "SecretAccessKey", issued->secret_key);
    sim_xml_put(xml, "SessionToken", issued->session_token);
    sim_xml_put(xml, "Expiration", lat_time_format_seconds(issued->expires_ms, time));
    sim_xml_close(xml, "Credentials");
    sim_xml_open(xml, "AssumedRoleUser");
    sim_xml_put(xml, "AssumedRoleId", issued->user_id);
    sim_xml_put(xml, "Arn", issued->arn);
    sim_xml_close(xml, "AssumedRoleUser");
}

static int assume_role(struct sim_call *call, const struct lat_http_request *request,
                       struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    struct assumption assumption;
    call->has_secrets = true;
    begin_answer(call, &xml);
    if (read_assumption(call, request, &assumption) < 0 || assume(call, &assumption) < 0)
        return -1;
    put_session(&xml, &assumption);
    return end_answer(call, &xml, ret_answer);
}

static int assume_role_with_web_identity(struct sim_call *call,
                                         const struct lat_http_request *request,
                                         struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    struct assumption assumption;
    struct sim_web_identity identity;
    call->has_secrets = true;
    begin_answer(call, &xml);
    if (read_assumption(call, request, &assumption) < 0 ||
        sim_web_identity_read(call, sim_form_field(request, "WebIdentityToken"), &identity) < 0 ||
        assume(call, &assumption) < 0)
        return -1;
    call->caller.account = assumption.issued.account;
    call->caller.arn = assumption.issued.arn;
    put_session(&xml, &assumption);
    sim_xml_put(&xml, "SubjectFromWebIdentityToken", identity.subject);
    sim_xml_put(&xml, "Audience", identity.audience);
    sim_xml_put(&xml, "Provider", identity.issuer);
    return end_answer(call, &xml, ret_answer);
}

/* --- the protocol -------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int (*perform)(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer);
} actions[] = {
    {"GetCallerIdentity", get_caller_identity},
    {"AssumeRole", assume_role},
    {"AssumeRoleWithWebIdentity", assume_role_with_web_identity},
};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    call->operation = sim_form_field(request, "Action");
    if (sim_fault_strike(call) < 0)
        return -1;
    for (size_t i = 0; i < LAT_COUNT(actions); i++)
        if (lat_text_eq(actions[i].name, call->operation))
            return actions[i].perform(call, request, ret_answer);
    return sim_refuse_plainly(call, call->operation == NULL ? 400 : 501, "InvalidAction",
                              lat_arena_printf(call->arena, "The simulator's STS has no action %s",
                                               lat_text_or_empty(call->operation)));
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    lat_buf_init(&xml, SIM_XML_BYTES_MAX);
    lat_buf_puts(&xml, "<ErrorResponse xmlns=\"" NAMESPACE "\"><Error>");
    sim_xml_put(&xml, "Type", call->refusal.status >= 500 ? "Receiver" : "Sender");
    sim_xml_put(&xml, "Code", call->refusal.code);
    sim_xml_put(&xml, "Message", call->refusal.message);
    sim_xml_close(&xml, "Error");
    sim_xml_put(&xml, "RequestId", call->request_id);
    sim_xml_close(&xml, "ErrorResponse");
    sim_xml_answer(call, &xml, call->refusal.status, ret_answer);
}

/* A workload with a web identity has no keys yet. */
static bool takes_unsigned(const struct lat_http_request *request)
{
    return lat_text_eq(sim_form_field(request, "Action"), "AssumeRoleWithWebIdentity");
}

const struct sim_api sim_sts_api = {
    .signing_name = "sts",
    .query_version = "Version=2011-06-15",
    .auth_codes = &sim_auth_codes_sts,
    .takes_unsigned = takes_unsigned,
    .perform = perform,
    .refuse = refuse,
};
