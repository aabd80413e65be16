/* STS in the query protocol (form in, XML out): GetCallerIdentity.
 * Source: lattice-api reference J.1. */
#include "common/aws/uri.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/engine/fault.h"

#include <string.h>

#define NAMESPACE    "https://sts.amazonaws.com/doc/2011-06-15/"
#define ANSWER_BYTES (16 << 10)

/* A field of the form, decoded; NULL when it is not there. */
static const char *form_field(struct lat_arena *arena, const char *form, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = form; *p != '\0'; p += strspn(p, "&")) {
        size_t width = strcspn(p, "&");
        if (strncmp(p, name, length) == 0 && p[length] == '=')
            return lat_uri_decode(arena, p + length + 1, width - length - 1, true);
        p += width;
    }
    return NULL;
}

static void put_escaped(struct lat_buf *xml, const char *text)
{
    static const char *const entities[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < LAT_COUNT(entities) && entities[c] != NULL)
            lat_buf_puts(xml, entities[c]);
        else
            lat_buf_append(xml, p, 1);
    }
}

static void put_element(struct lat_buf *xml, const char *name, const char *text)
{
    lat_buf_printf(xml, "<%s>", name);
    put_escaped(xml, lat_text_or_empty(text));
    lat_buf_printf(xml, "</%s>", name);
}

static void finish(struct sim_call *call, struct lat_buf *xml, int status,
                   struct sim_answer *ret_answer)
{
    ret_answer->status = status;
    ret_answer->content_type = "text/xml";
    ret_answer->body = lat_arena_strdup(call->arena, xml->data);
}

static int get_caller_identity(struct sim_call *call, struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    lat_buf_init(&xml, ANSWER_BYTES);
    lat_buf_puts(&xml, "<GetCallerIdentityResponse xmlns=\"" NAMESPACE "\">"
                       "<GetCallerIdentityResult>");
    put_element(&xml, "Arn", call->caller.arn);
    put_element(&xml, "UserId", call->caller.access_key);
    put_element(&xml, "Account", call->caller.account);
    lat_buf_puts(&xml, "</GetCallerIdentityResult><ResponseMetadata>");
    put_element(&xml, "RequestId", call->request_id);
    lat_buf_puts(&xml, "</ResponseMetadata></GetCallerIdentityResponse>");
    finish(call, &xml, 200, ret_answer);
    return 0;
}

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    call->operation = form_field(call->arena, request->body, "Action");
    if (sim_fault_strike(call) < 0)
        return -1;
    if (lat_text_eq(call->operation, "GetCallerIdentity"))
        return get_caller_identity(call, ret_answer);
    return sim_refuse_plainly(call, call->operation == NULL ? 400 : 501, "InvalidAction",
                              lat_arena_printf(call->arena, "The simulator's STS has no action %s",
                                               lat_text_or_empty(call->operation)));
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_buf_done) struct lat_buf xml;
    lat_buf_init(&xml, ANSWER_BYTES);
    lat_buf_puts(&xml, "<ErrorResponse xmlns=\"" NAMESPACE "\"><Error>");
    put_element(&xml, "Type", call->refusal.status >= 500 ? "Receiver" : "Sender");
    put_element(&xml, "Code", call->refusal.code);
    put_element(&xml, "Message", call->refusal.message);
    lat_buf_puts(&xml, "</Error>");
    put_element(&xml, "RequestId", call->request_id);
    lat_buf_puts(&xml, "</ErrorResponse>");
    finish(call, &xml, call->refusal.status, ret_answer);
}

const struct sim_api sim_sts_api = {
    .signing_name = "sts",
    .query_version = "Version=2011-06-15",
    .perform = perform,
    .refuse = refuse,
};
