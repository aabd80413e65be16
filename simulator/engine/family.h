/* A resource family's answers. Every family has one view: its resource in full, as its Get
 * operation shows it. All its other answers (Create, Update, Delete, the items of List) are the
 * same members, fewer of them; the tables of the API model say which, so a family fills its view
 * and nothing else. */
#pragma once

#include "simulator/engine/resource.h"

struct sim_family {
    enum lat_resource_kind_id kind;
    const struct sim_table *table;
    enum lat_shape_id view;    /* the output of its Get operation */
    enum lat_shape_id summary; /* an item of its List operation */
    /* Fills a zeroed view from a row of the table. */
    int (*show)(struct sim_call *call, const void *row, void *ret_view);
    /* Adds what a summary has beyond the view; NULL when there is nothing. */
    int (*add_to_summary)(struct sim_call *call, const void *row, void *summary);
};

/* Finds by identifier; as sim_resource_find. */
int sim_family_find(struct sim_call *call, const struct sim_family *family, const char *identifier,
                    void **ret_row) LAT_MUST_USE;

/* Fills a value of any shape from a row: the members that the shape and the view share. */
int sim_family_show(struct sim_call *call, const struct sim_family *family, const void *row,
                    const struct lat_shape *shape, void *ret) LAT_MUST_USE;

/* Fills the output of the call's operation from a row: the members that the output and the view
 * share. */
int sim_family_answer(struct sim_call *call, const struct sim_family *family, const void *row,
                      void *output) LAT_MUST_USE;

/* Answers a List operation: one page of rows as summaries. tail selects them in order and binds the
 * page as ?1 (the key behind which it starts) and ?2 (how many rows); the values follow from ?3 on,
 * seven at most. */
int sim_family_list(struct sim_call *call, const struct sim_family *family, const void *input,
                    const char *tail, struct sim_values values, void *output) LAT_MUST_USE;
