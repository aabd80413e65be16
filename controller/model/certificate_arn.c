/* Finds the certificate of a service: named by a listener, else discovered by host name. The
 * listener's protocol and its certificateRefs are not looked at (observed). */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/parents.h"

/* What the listeners of the Gateway say. */
struct listener_tls {
    bool is_terminated; /* some attached listener terminates TLS */
    const char *arn;    /* of the first that names a certificate, even if ""; else NULL */
};

static int look_at_listener(struct gwc_builder *builder, const json_t *gateway,
                            const json_t *parent_ref, const json_t *listener,
                            struct listener_tls *tls)
{
    const struct gwc_build *build = builder->build;
    struct lat_err err = {0};
    bool allows = false;
    if (!gwc_parent_ref_selects(parent_ref, listener))
        return 0;
    if (gwc_listener_allows(build->view, gateway, listener, build->route_kind, build->route,
                            &allows, &err) != 0)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "error checking allowedRoutes policy for listener %s: %s",
                              lat_text_or_empty(gwc_member_text(listener, "name")), err.message);
    if (!allows || !lat_text_eq(lat_json_string_at(listener, "tls.mode", NULL), "Terminate"))
        return 0;
    tls->is_terminated = true;
    tls->arn = gwc_member_text(lat_json_at(listener, "tls.options"), GWC_TLS_CERTIFICATE_ARN);
    return 0;
}

static int look_at_listeners(struct gwc_builder *builder, const json_t *gateway,
                             struct listener_tls *ret_tls)
{
    struct listener_tls tls = {0};
    size_t parent_index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(builder->build->route, "spec.parentRefs"), parent_index,
                       parent_ref) {
        if (!lat_text_eq(gwc_member_text(parent_ref, "name"), lat_kube_name(gateway)))
            continue;
        size_t index;
        const json_t *listener;
        json_array_foreach(lat_json_at(gateway, "spec.listeners"), index, listener) {
            if (tls.arn == NULL &&
                look_at_listener(builder, gateway, parent_ref, listener, &tls) != 0)
                return -1;
        }
    }
    *ret_tls = tls;
    return 0;
}

static int discover(struct gwc_builder *builder, const char *hostname, const char **ret_arn)
{
    const struct gwc_lookups *lookups = builder->build->lookups;
    struct gwc_certificates certificates = {0};
    const char *error = NULL;
    switch (lookups->certificates(lookups->context, builder->arena, &certificates, &error)) {
    case GWC_LOOKUP_FOUND:
        break;
    case GWC_LOOKUP_ABSENT:
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_CERTIFICATE_NOT_FOUND,
                              "no matching ACM certificate found: ACM access denied: missing "
                              "acm:ListCertificates permission");
    case GWC_LOOKUP_FAILED:
    case GWC_LOOKUP_RESULT_COUNT:
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "certificate discovery failed for hostname %s: %s", hostname,
                              lat_text_or_empty(error));
    }
    const struct gwc_certificate *chosen = gwc_certificate_choose(&certificates, hostname);
    if (chosen == NULL)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_CERTIFICATE_NOT_FOUND,
                              "no matching ACM certificate found for hostname %s", hostname);
    *ret_arn = chosen->arn;
    return 0;
}

int gwc_build_certificate(struct gwc_builder *builder, const char **ret_arn)
{
    const json_t *gateway = NULL;
    struct listener_tls tls = {0};
    if (gwc_build_gateway(builder, &gateway) != 0 || look_at_listeners(builder, gateway, &tls) != 0)
        return -1;
    const char *hostname =
        json_string_value(json_array_get(lat_json_at(builder->build->route, "spec.hostnames"), 0));
    bool is_discovered = tls.arn == NULL && tls.is_terminated && hostname != NULL &&
                         !builder->stack->is_deleted && builder->build->purpose == GWC_BUILD_DEPLOY;
    if (is_discovered)
        return discover(builder, hostname, ret_arn);
    *ret_arn = lat_text_is_empty(tls.arn) ? NULL : tls.arn;
    return 0;
}
