/* Who calls. Over TLS a client certificate or a bearer token says so, and whoever shows neither
 * gets no further than health and version; plain HTTP, which only loopback reaches, is trusted as
 * the insecure port of old API servers was. Everybody who is known may do everything (chosen). */
#include "simulator/kubernetes/call/identity.h"

#include "common/base/text.h"

#include <string.h>

#define TOKEN_PREFIX "Bearer "

static void add_group(struct sim_kube_call *call, const char *group)
{
    struct sim_kube_user *user = &call->user;
    *LAT_ARENA_PUSH(call->arena, user->groups, user->group_count) = group;
}

static void take_groups(struct sim_kube_call *call, const char *const *groups, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_group(call, groups[i]);
    add_group(call, "system:authenticated");
}

/* Takes as long for a wrong token as for a right one of the same length. */
static bool is_same(const char *a, const char *b)
{
    size_t length = strlen(a);
    unsigned char difference = 0;
    if (strlen(b) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

const struct sim_kube_token *sim_kube_token_find(const struct sim_kube *kube, const char *token)
{
    for (size_t i = 0; kube->access != NULL && i < kube->access->token_count; i++)
        if (is_same(kube->access->tokens[i].token, token))
            return &kube->access->tokens[i];
    return NULL;
}

/* Whether anonymous callers may have this, as a cluster's defaults let them (documented). */
static bool is_public(const char *path)
{
    static const char *const paths[] = {"/healthz", "/livez", "/readyz", "/version"};
    for (size_t i = 0; i < LAT_COUNT(paths); i++)
        if (lat_text_eq(path, paths[i]))
            return true;
    return false;
}

static int refuse(struct sim_kube_call *call)
{
    return sim_kube_refuse(call, SIM_KUBE_UNAUTHORIZED, "Unauthorized");
}

static int take_certificate(struct sim_kube_call *call)
{
    struct lat_pki_subject subject;
    if (lat_pki_read_subject(call->arena, call->http->peer_certificate,
                             call->http->peer_certificate_length, &subject, NULL) < 0)
        return refuse(call);
    call->user.name = subject.name;
    take_groups(call, subject.organizations, subject.organization_count);
    return 0;
}

static int take_token(struct sim_kube_call *call, const char *text)
{
    const struct sim_kube_token *token = sim_kube_token_find(call->kube, text);
    if (token == NULL)
        return refuse(call);
    call->user.name = token->user;
    call->user.uid = token->uid;
    take_groups(call, token->groups, token->group_count);
    return 0;
}

int sim_kube_identify(struct sim_kube_call *call)
{
    static const char *const masters[] = {"system:masters"};
    const struct lat_http_request *http = call->http;
    const char *header = lat_text_or_empty(lat_http_request_header(http, "Authorization"));
    if (http->peer_certificate != NULL)
        return take_certificate(call);
    if (lat_text_has_prefix(header, TOKEN_PREFIX) &&
        (http->is_tls || sim_kube_token_find(call->kube, header + strlen(TOKEN_PREFIX)) != NULL))
        return take_token(call, header + strlen(TOKEN_PREFIX));
    if (!http->is_tls) {
        call->user.name = "system:unsecured";
        take_groups(call, masters, LAT_COUNT(masters));
        return 0;
    }
    if (!is_public(http->path))
        return refuse(call);
    call->user.name = "system:anonymous";
    add_group(call, "system:unauthenticated");
    return 0;
}

const char *sim_kube_caller(const struct sim_kube_call *call)
{
    if (call->http->is_tls)
        return call->user.name;
    const char *agent = lat_text_or_empty(lat_http_request_header(call->http, "User-Agent"));
    size_t length = strcspn(agent, "/ ");
    return length == 0 ? "anonymous" : lat_arena_strndup(call->arena, agent, length);
}
