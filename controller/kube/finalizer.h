/* Finalizers: added and removed by merge patch with the resourceVersion in it, so that nobody's
 * change is lost. Source: controller-routes reference U2 (observed). */
#pragma once

#include "controller/kube/client.h"
#include "controller/sleeper.h"

/* Makes the finalizer present, or absent, on *object; does nothing when it already is. After a
 * conflict the object is read again, up to 4 tries. On success *object is replaced by what the
 * server holds now (a new reference when it changed; the old one is released). */
int gwc_finalizer_set(struct gwc_kube *kube, struct lat_arena *arena,
                      const struct gwc_sleeper *sleeper, const struct gwc_kind *kind,
                      json_t **object, const char *finalizer, bool is_wanted,
                      struct gwc_kube_error *ret_error) LAT_MUST_USE;
