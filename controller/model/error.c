/* The table of error classes and the way a failure is put together. Knows no Kubernetes object. */
#include "controller/model/error.h"

#include <stdarg.h>
#include <stddef.h>

const struct gwc_error_response gwc_error_responses[GWC_ERROR_CLASS_COUNT] = {
    [GWC_ERROR_OWNERSHIP_CONFLICT] =
        {
            .condition_type = "Accepted",
            .reason = "Conflicted",
            .is_success = true,
            .update_error = "failed to update route status for conflict due to err %s",
        },
    [GWC_ERROR_CERTIFICATE_NOT_FOUND] =
        {
            .condition_type = "Accepted",
            .reason = "CertificateNotFound",
            .requeue_ms = 60000,
            .update_error = "failed to update route status: %s",
        },
    [GWC_ERROR_INVALID_EXTERNAL_ARN] =
        {
            .condition_type = "ResolvedRefs",
            .reason = "InvalidExternalTargetGroup",
            .returned = "external target group annotation invalid; see route ResolvedRefs status",
            .update_error = "failed to update route status for InvalidExternalTargetGroup: %s",
        },
    [GWC_ERROR_CONFLICTING_ANNOTATIONS] =
        {
            .condition_type = "ResolvedRefs",
            .reason = "ConflictingServiceImportAnnotations",
            .returned = "conflicting ServiceImport annotations; see route ResolvedRefs status",
            .update_error =
                "failed to update route status for ConflictingServiceImportAnnotations: %s",
        },
    [GWC_ERROR_EXTERNAL_NOT_FOUND] =
        {
            .condition_type = "ResolvedRefs",
            .reason = "ExternalTargetGroupNotFound",
            .requeue_ms = 60000,
            .update_error = "failed to update route status for ExternalTargetGroupNotFound: %s",
        },
    [GWC_ERROR_LATTICE_RETRY] = {.requeue_ms = 10000},
};

int gwc_model_fail(struct lat_arena *arena, struct gwc_model_error *ret_error,
                   enum gwc_error_class error_class, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = lat_arena_vprintf(arena, format, args);
    va_end(args);
    *ret_error = (struct gwc_model_error){.error_class = error_class, .text = text};
    return -1;
}

int gwc_model_fail_prefix(struct lat_arena *arena, struct gwc_model_error *ret_error,
                          const char *prefix)
{
    ret_error->text = lat_arena_printf(arena, "%s%s", prefix, ret_error->text);
    return -1;
}
