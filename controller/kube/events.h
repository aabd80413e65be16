/* Events about objects, as users read them with kubectl describe. The same event again raises the
 * count of the first one; many different ones are gathered into one; too many are dropped. Never
 * fails: reconciling does not depend on events. Source: controller-platform reference 5.8
 * (observed). */
#pragma once

#include "common/base/clock.h"
#include "common/base/log.h"
#include "controller/kube/client.h"

struct gwc_events;

/* All are borrowed and must outlive the recorder; the log may be NULL. */
struct gwc_events *gwc_events_new(struct gwc_kube *kube, const struct lat_clock *clock,
                                  const struct lat_log *log) LAT_MUST_USE;
struct gwc_events *gwc_events_free(struct gwc_events *events);
void gwc_events_freep(struct gwc_events **events);

/* Sends one event. component is the source ("httproute"), type "Normal" or "Warning". */
void gwc_events_send(struct gwc_events *events, const char *component, const struct gwc_kind *kind,
                     const json_t *object, const char *type, const char *reason,
                     const char *message);
