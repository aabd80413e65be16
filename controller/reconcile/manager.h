/* The controllers of the program and what they share: caches that feed queues, queues that feed
 * passes, and the collector of target groups. One thread; a pass runs to its end. Source:
 * controller-platform reference 1.5, 1.8 and 2.1 (observed). */
#pragma once

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "controller/aws/tagging.h"
#include "controller/kube/cache.h"
#include "controller/kube/client.h"
#include "controller/kube/events.h"
#include "controller/kube/informer.h"
#include "controller/model/build.h"
#include "controller/model/config.h"
#include "controller/sleeper.h"

#define GWC_GC_PERIOD_MS 30000

/* All are borrowed and must outlive the manager. */
struct gwc_manager_options {
    struct gwc_kube *kube;
    struct gwc_aws *aws;
    struct gwc_tagging *tagging;
    const struct gwc_lookups *lookups;
    const struct gwc_config *config;
    struct lat_clock *clock;
    struct lat_rng *rng;
    const struct lat_log *log;
    struct gwc_sleeper sleeper;
    int64_t resync_ms; /* 0: objects are not reconciled again by themselves */
};

struct gwc_manager;

struct gwc_manager *gwc_manager_new(const struct gwc_manager_options *options) LAT_MUST_USE;
struct gwc_manager *gwc_manager_free(struct gwc_manager *manager);
void gwc_manager_freep(struct gwc_manager **manager);

/* Asks the API server what it serves; see gwc_informers_discover. Call it once, first. */
int gwc_manager_start(struct gwc_manager *manager, struct lat_err *reterr) LAT_MUST_USE;

/* Runs on watches until is_stopped says so. wake_fd becomes readable when that may be. */
void gwc_manager_run(struct gwc_manager *manager, bool (*is_stopped)(void *context), void *context,
                     int wake_fd);

/* Rehearsal: lists every kind anew and runs what is due, until neither brings anything. Adds the
 * number of passes to *passes. */
int gwc_manager_drain(struct gwc_manager *manager, size_t *passes,
                      struct lat_err *reterr) LAT_MUST_USE;

/* When the next key of any controller is due (-1: none waits), and the next collection. */
int64_t gwc_manager_next_due_ms(const struct gwc_manager *manager);
int64_t gwc_manager_gc_due_ms(const struct gwc_manager *manager);
