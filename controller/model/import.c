/* A ServiceImport as a backend: an external target group by ARN, or tags to look for at deploy
 * time. The import's spec says nothing (observed). */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/external_arn.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/trim.h"

static int check_no_discovery(struct gwc_builder *builder, const json_t *import)
{
    const char *keys[] = {GWC_ANNOTATION_EXPORT_NAME, GWC_ANNOTATION_IMPORT_VPC,
                          GWC_ANNOTATION_IMPORT_CLUSTER_NAME};
    for (size_t i = 0; i < LAT_COUNT(keys); i++) {
        if (lat_kube_annotation(import, keys[i]) != NULL)
            return gwc_model_fail(
                builder->arena, builder->error, GWC_ERROR_CONFLICTING_ANNOTATIONS,
                "conflicting ServiceImport annotations: ServiceImport %s/%s sets %s together with "
                "a tag-discovery annotation (%s / %s / %s); set exactly one",
                lat_kube_namespace(import), lat_kube_name(import), GWC_ANNOTATION_TARGET_GROUP_ARN,
                keys[0], keys[1], keys[2]);
    }
    return 0;
}

static int ask_lattice(struct gwc_builder *builder, const char *arn, const char **ret_id)
{
    const struct gwc_lookups *lookups = builder->build->lookups;
    const char *id = NULL;
    const char *error = NULL;
    enum gwc_lookup_result result =
        lookups->external_target_group(lookups->context, builder->arena, arn, &id, &error);
    if (result == GWC_LOOKUP_ABSENT)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_EXTERNAL_NOT_FOUND,
                              "external target group \"%s\" could not be found in region \"%s\": "
                              "%s",
                              arn, builder->build->config->region, lat_text_or_empty(error));
    if (result != GWC_LOOKUP_FOUND)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER, "%s",
                              lat_text_or_empty(error));
    *ret_id = id;
    return 0;
}

static int build_external(struct gwc_builder *builder, const json_t *import, const char *arn,
                          struct gwc_backend *backend)
{
    backend->kind = GWC_BACKEND_EXTERNAL;
    if (builder->build->purpose == GWC_BUILD_COLLECT) {
        backend->external_id =
            lat_text_or_empty(gwc_external_arn_id(builder->arena, arn, /*ret_complaint=*/NULL));
        return 0;
    }
    const char *complaint = NULL;
    if (check_no_discovery(builder, import) != 0)
        return -1;
    if (gwc_external_arn_id(builder->arena, arn, &complaint) == NULL)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_INVALID_EXTERNAL_ARN,
                              "invalid external target group ARN \"%s\": %s", arn, complaint);
    return ask_lattice(builder, arn, &backend->external_id);
}

/* NULL when the annotation is absent or empty: any value will do. */
static const char *constraint(const json_t *import, const char *key)
{
    const char *value = lat_kube_annotation(import, key);
    return lat_text_is_empty(value) ? NULL : value;
}

static int read_import(struct gwc_builder *builder, const char *kube_namespace, const char *name,
                       const json_t **ret_import)
{
    const struct gwc_build *build = builder->build;
    struct lat_err err = {0};
    const json_t *import = NULL;
    if (build->view->get(build->view->context, "ServiceImport", kube_namespace, name, &import,
                         &err) != 0)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER, "%s", err.message);
    const char *override = lat_kube_annotation(build->route, GWC_ANNOTATION_NAME_OVERRIDE);
    /* The override itself is already known to be valid: the service is built first. */
    if (import == NULL && !lat_text_is_empty(override))
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "ServiceImport %s/%s referenced by route %s/%s with "
                              "service-name-override=\"%s\" does not exist; refusing to claim the "
                              "existing service",
                              kube_namespace, name, builder->kube_namespace, builder->name,
                              override);
    *ret_import = import;
    return 0;
}

int gwc_build_import(struct gwc_builder *builder, const json_t *backend_ref,
                     struct gwc_backend *ret_backend)
{
    const char *kube_namespace = gwc_ref_namespace(backend_ref, builder->build->route);
    const char *name = lat_text_or_empty(gwc_member_text(backend_ref, "name"));
    const json_t *import = NULL;
    if (read_import(builder, kube_namespace, name, &import) != 0)
        return -1;

    struct gwc_backend backend = {.kind = GWC_BACKEND_IMPORT};
    const char *arn =
        gwc_trim(builder->arena, lat_kube_annotation(import, GWC_ANNOTATION_TARGET_GROUP_ARN));
    if (arn[0] != '\0') {
        if (build_external(builder, import, arn, &backend) != 0)
            return -1;
    } else {
        const char *exported =
            gwc_trim(builder->arena, lat_kube_annotation(import, GWC_ANNOTATION_EXPORT_NAME));
        backend.import_service = exported[0] != '\0' ? exported : name;
        backend.import_namespace = kube_namespace;
        backend.import_vpc = constraint(import, GWC_ANNOTATION_IMPORT_VPC);
        backend.import_cluster = constraint(import, GWC_ANNOTATION_IMPORT_CLUSTER_NAME);
    }
    *ret_backend = backend;
    return 0;
}
