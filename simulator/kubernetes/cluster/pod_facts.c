/* What controllers ask about a Pod and the Services that select it; see controllers.h. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

json_t *sim_kube_pod_labels_new(const json_t *service)
{
    json_t *selector = lat_json_at(service, "spec.selector");
    if (lat_text_eq(lat_json_string_at(service, "spec.type", ""), "ExternalName"))
        return NULL;
    if (json_object_size(selector) > 0)
        return json_incref(selector);
    if (lat_kube_annotation(service, SIM_KUBE_PODS) == NULL)
        return NULL;
    return json_pack("{s:s}", SIM_KUBE_SERVICE, lat_kube_name(service));
}

bool sim_kube_has_labels(const json_t *object, const json_t *labels)
{
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(labels), key, value)
        if (!lat_text_eq(lat_kube_label(object, key), json_string_value(value)))
            return false;
    return object != NULL;
}

bool sim_kube_is_active(const json_t *pod)
{
    const char *phase = lat_json_string_at(pod, "status.phase", "");
    return !lat_kube_is_terminating(pod) && !lat_text_eq(phase, "Failed") &&
           !lat_text_eq(phase, "Succeeded");
}

bool sim_kube_is_ready(const json_t *pod)
{
    const json_t *conditions = lat_json_at(pod, "status.conditions");
    return lat_text_eq(lat_json_string_at(lat_kube_condition(conditions, "Ready"), "status", ""),
                       "True");
}
