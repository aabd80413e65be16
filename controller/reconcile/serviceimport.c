/* ServiceImports carry a finalizer, and nothing else is done with them: their meaning lies in their
 * annotations, which routes read. Source: controller-platform reference 2.5 (observed). */
#include "common/base/json.h"
#include "controller/kube/finalizer.h"
#include "controller/reconcile/pass.h"

#define FINALIZER "serviceimport.k8s.aws/resource"

struct gwc_result gwc_reconcile_service_import(struct gwc_pass *pass)
{
    const struct gwc_kind *kind = &gwc_kinds[GWC_KIND_SERVICE_IMPORT];
    LAT_AUTO(lat_json_decrefp)
    json_t *import =
        json_incref(gwc_cache_get(pass->cache, kind->id, pass->namespace_name, pass->name));
    if (import == NULL)
        return GWC_ABSENT;
    struct gwc_kube_error error;
    bool is_deleted = lat_kube_is_terminating(import);
    if (gwc_finalizer_set(pass->options->kube, pass->arena, &pass->options->sleeper, kind, &import,
                          FINALIZER, !is_deleted, &error) == 0)
        return GWC_DONE;
    if (is_deleted)
        return GWC_FAILED(error.message);
    gwc_events_send(pass->events, "ServiceImport", kind, import, "Warning", "FailedAddFinalizer",
                    lat_arena_printf(pass->arena, "Failed add finalizer due to %s", error.message));
    return GWC_DONE;
}
