/* Stored objects as they are read: one, lists, tables, watches. Writes nothing. */
#pragma once

#include "simulator/kubernetes/call/call.h"

/* --- stored.c --- */

/* The object's text in the version that was asked for. */
const char *sim_kube_body_for(struct lat_arena *arena, const struct lat_kube_kind *kind,
                              const struct lat_kube_version *version, const char *body);
int sim_kube_find(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                  const char *namespace, const char *name, struct sim_kube_object **ret_object);
/* Writes the object under the next version in place of the row (row->seq 0: as a new one) and logs
 * the change. object gets its resourceVersion. */
int sim_kube_store(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                   const struct sim_kube_object *row, json_t *object);
/* The same for the requested kind, and the answer is what was written. */
int sim_kube_store_answered(struct sim_kube_call *call, const struct sim_kube_object *row,
                            json_t *object, int status);
/* A text that a stored object holds, as JSON; a new reference. */
json_t *sim_kube_stored_new(const char *body);
bool sim_kube_is_definition(const struct lat_kube_kind *kind);
/* The kind of a stored row. */
const struct lat_kube_kind *sim_kube_kind_of(const struct sim_kube *kube, const char *resource);

/* --- read.c --- */

int sim_kube_get(struct sim_kube_call *call);
int sim_kube_list(struct sim_kube_call *call);
bool sim_kube_wants_table(const struct sim_kube_call *call);
bool sim_kube_selects(const struct lat_kube_selector *labels,
                      const struct lat_kube_selector *fields, const json_t *object);

/* --- history.c --- */

/* What sim_store_kube_list would have given at an earlier version, which the change log still
 * reaches back to. With count_max >= 0 it is a page of about as many, behind whose last row the
 * next one goes on when *ret_has_more; a page may be empty all the same. */
int sim_kube_history_list(struct sim_store *store, struct lat_arena *arena, const char *resource,
                          int64_t version, const char *namespace, struct sim_kube_cursor after,
                          int64_t count_max, struct sim_kube_object **ret_rows, size_t *ret_count,
                          bool *ret_has_more);

/* --- watch.c --- */

int sim_kube_watch_start(struct sim_kube_call *call);
/* Tells every watch of the changes that were committed since it was last called. */
void sim_kube_watch_publish(struct sim_kube *kube);
void sim_kube_watch_end_all(struct sim_kube *kube);
/* Ends the watches of a kind, which is about to go. */
void sim_kube_watch_end_kind(struct sim_kube *kube, const struct lat_kube_kind *kind);

/* --- table.c, cells.c --- */

/* How a table is made. */
struct sim_kube_table {
    struct lat_arena *arena;
    const struct lat_kube_version *version; /* whose columns it has */
    const char *include; /* what a row carries: "Metadata" (also ""), "Object", "None" */
    int64_t now_ms;      /* ages are counted up to here */
};

struct sim_kube_table sim_kube_table_for(const struct sim_kube_call *call);
/* The Table of these objects (an array), as kubectl prints it; a new reference. */
json_t *sim_kube_table_new(const struct sim_kube_table *how, const json_t *objects,
                           const char *list_version);
/* "5m", "3d2h": the way kubectl shows ages. */
const char *sim_kube_duration_text(struct lat_arena *arena, int64_t duration_ms);
/* The content of a cell that no JSON path can make; a new reference. */
json_t *sim_kube_cell_new(struct lat_arena *arena, const char *cell, const json_t *object,
                          int64_t now_ms);
