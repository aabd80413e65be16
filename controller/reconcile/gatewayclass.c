/* GatewayClasses that name this controller are accepted; others are none of its business. Source:
 * controller-platform reference 2.3 (observed). */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/status.h"
#include "controller/reconcile/pass.h"

struct gwc_result gwc_reconcile_gateway_class(struct gwc_pass *pass)
{
    const struct gwc_kind *kind = &gwc_kinds[GWC_KIND_GATEWAY_CLASS];
    const json_t *current = gwc_cache_get(pass->cache, kind->id, NULL, pass->name);
    if (current == NULL)
        return GWC_ABSENT;
    if (!lat_text_eq(lat_json_string_at(current, "spec.controllerName", NULL),
                     GWC_CONTROLLER_NAME) ||
        lat_kube_is_terminating(current))
        return GWC_DONE;
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_deep_copy(current);
    json_t *status = json_object_get(wanted, "status");
    if (status == NULL)
        json_object_set_new(wanted, "status", status = json_object());
    json_t *conditions = json_object_get(status, "conditions");
    if (conditions == NULL)
        json_object_set_new(status, "conditions", conditions = json_array());
    const struct gwc_condition condition = {
        .type = "Accepted",
        .status = "True",
        .reason = "Accepted",
        .message = "Accepted",
        .generation = lat_kube_generation(current),
        .now = pass->now,
    };
    gwc_condition_set(conditions, &condition);
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_patch_object(pass, kind, current, wanted, "status", &answer, &error) < 0)
        return GWC_FAILED(error.message);
    return GWC_DONE;
}
