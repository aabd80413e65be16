/* Deployments and ReplicaSets as they are written: what is left out, and what the schema cannot
 * say. What becomes of them is the controllers' matter. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

/* Only a rolling update has numbers, which are a quarter each (documented). */
void sim_kube_workload_default(json_t *object)
{
    static const char *const numbers[] = {"maxSurge", "maxUnavailable"};
    json_t *strategy = lat_json_at(object, "spec.strategy");
    if (!lat_text_eq(lat_json_string_at(strategy, "type", ""), "RollingUpdate"))
        return;
    if (!json_is_object(json_object_get(strategy, "rollingUpdate")))
        json_object_set_new(strategy, "rollingUpdate", json_object());
    json_t *rolling = json_object_get(strategy, "rollingUpdate");
    for (size_t i = 0; i < LAT_COUNT(numbers); i++)
        if (json_object_get(rolling, numbers[i]) == NULL)
            json_object_set_new(rolling, numbers[i], json_string("25%"));
}

static void check_selector(const json_t *object, struct lat_kube_causes *causes)
{
    const json_t *selector = lat_json_at(object, "spec.selector");
    json_t *labels = lat_json_at(object, "spec.template.metadata.labels");
    struct lat_kube_selector read;
    struct lat_err err;
    if (lat_kube_label_selector_read(causes->arena, selector, &read, &err) < 0)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.selector", selector, "%s", err.message);
    else if (read.count == 0)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.selector", selector, "%s",
                           "empty selector is invalid for deployment");
    else if (lat_json_at(object, "spec.template") != NULL && !lat_kube_labels_match(&read, labels))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.template.metadata.labels",
                           lat_json_iterable(labels), "%s",
                           "`selector` does not match template `labels`");
}

/* A number, or a percentage. */
static const char *find_wrong_share(const json_t *value)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        return json_integer_value(value) < 0 ? "must be greater than or equal to 0" : NULL;
    size_t digits = strspn(text, "0123456789");
    return digits == 0 || !lat_text_eq(text + digits, "%")
               ? "a valid percent string must be a numeric value followed by an ending '%' (e.g. "
                 "'1%', or '93%')"
               : NULL;
}

/* 0, "0%", "00%". */
static bool is_nothing(const json_t *value)
{
    const char *text = json_string_value(value);
    return text == NULL ? json_integer_value(value) == 0 : text[strspn(text, "0")] == '%';
}

/* Both at nothing would allow no step at all. */
static void check_rolling(const json_t *rolling, struct lat_kube_causes *causes)
{
    const json_t *surge = json_object_get(rolling, "maxSurge");
    const json_t *unavailable = json_object_get(rolling, "maxUnavailable");
    const struct {
        const char *field;
        const json_t *value;
    } shares[] = {{"spec.strategy.rollingUpdate.maxUnavailable", unavailable},
                  {"spec.strategy.rollingUpdate.maxSurge", surge}};
    size_t before = causes->count;
    for (size_t i = 0; i < LAT_COUNT(shares) && rolling != NULL; i++) {
        const char *wrong = find_wrong_share(shares[i].value);
        if (wrong != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_INVALID, shares[i].field, shares[i].value, "%s",
                               wrong);
    }
    if (rolling != NULL && causes->count == before && is_nothing(surge) && is_nothing(unavailable))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, shares[0].field, unavailable, "%s",
                           "may not be 0 when `maxSurge` is 0");
}

void sim_kube_workload_validate(const json_t *object, struct lat_kube_causes *causes)
{
    const json_t *strategy = lat_json_at(object, "spec.strategy");
    const json_t *policy = lat_json_at(object, "spec.template.spec.restartPolicy");
    if (lat_text_eq(lat_json_string_at(strategy, "type", ""), "Recreate") &&
        json_is_object(json_object_get(strategy, "rollingUpdate")))
        lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, "spec.strategy.rollingUpdate", NULL, "%s",
                           "may not be specified when strategy `type` is 'Recreate'");
    if (policy != NULL && !lat_text_eq(json_string_value(policy), "Always"))
        lat_kube_cause_add(causes, LAT_KUBE_NOT_SUPPORTED, "spec.template.spec.restartPolicy",
                           policy, "%s", "supported values: \"Always\"");
    check_rolling(json_object_get(strategy, "rollingUpdate"), causes);
    check_selector(object, causes);
}
