/* Why a pass over a route failed, and what the controller does about each class of failure.
 * One table, so that status, requeue and log cannot disagree. Source: controller-routes reference,
 * 2.2 step U7 and section 7 (observed). */
#pragma once

#include "common/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order in which classes are looked for. */
enum gwc_error_class {
    GWC_ERROR_NONE,
    GWC_ERROR_OWNERSHIP_CONFLICT,    /* raised by deploy */
    GWC_ERROR_CERTIFICATE_NOT_FOUND, /* the others down to the name override: by the model */
    GWC_ERROR_INVALID_EXTERNAL_ARN,
    GWC_ERROR_CONFLICTING_ANNOTATIONS,
    GWC_ERROR_EXTERNAL_NOT_FOUND,
    GWC_ERROR_INVALID_NAME_OVERRIDE, /* a deletion counts it as success: nothing was ever made */
    GWC_ERROR_LATTICE_RETRY,         /* raised by deploy */
    GWC_ERROR_OTHER,
    GWC_ERROR_CLASS_COUNT
};

struct gwc_model_error {
    enum gwc_error_class error_class;
    const char *text; /* in the arena of the pass; the message of events and conditions */
};

/* What to do about a class on the upsert path. */
struct gwc_error_response {
    const char *condition_type; /* set to False; NULL: conditions stay as they are */
    const char *reason;
    int64_t requeue_ms;       /* > 0: try again after exactly this; the pass itself succeeded */
    bool is_success;          /* the pass ends as a success without a requeue */
    const char *returned;     /* the error handed to the queue; NULL: the error's own text */
    const char *update_error; /* printf format with one %s: writing the status failed */
};

extern const struct gwc_error_response gwc_error_responses[GWC_ERROR_CLASS_COUNT];

/* Fills ret_error and returns -1, so that a caller can return the call. */
int gwc_model_fail(struct lat_arena *arena, struct gwc_model_error *ret_error,
                   enum gwc_error_class error_class, const char *format, ...) LAT_PRINTF(4, 5);
/* Puts a text before the message, keeping the class. Returns -1. */
int gwc_model_fail_prefix(struct lat_arena *arena, struct gwc_model_error *ret_error,
                          const char *prefix);
