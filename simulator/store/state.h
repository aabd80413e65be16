/* The whole state in and out, as one JSON object: a member per table, a list of rows in each, a
 * member per column that is not NULL. Snapshots are left out. */
#pragma once

#include "common/base/buf.h"
#include "simulator/store/store.h"

#include <jansson.h>

/* The version of the schema that this program writes. */
int sim_store_version(void);

/* What of a state is written: all of it, for keeping; or what an answer may show, without access
 * keys, tokens and the Secrets of Kubernetes. */
enum sim_store_extent { SIM_STORE_WHOLE, SIM_STORE_SHOWN };

/* Appends the object to a buf; one row a line, in an order that depends on the rows alone. Returns
 * -1 when the store failed or the buf's maximum was passed. */
int sim_store_dump(struct sim_store *store, enum sim_store_extent extent,
                   struct lat_buf *out) LAT_MUST_USE;

/* Replaces every row by those of an object of that form, in a transaction of its own: it happens
 * whole or not at all. A table or column that is left out is empty; but of an object that was made
 * to be shown (SIM_STORE_SHOWN) tables of access keys and tokens that it lacks stay as they are. A
 * wrong table, row, value or reference is LAT_ERR_INPUT and names the place. Before the commit
 * finish is asked (context is handed on); when it returns -1 nothing has happened and reterr is its
 * own. */
int sim_store_load(struct sim_store *store, const json_t *tables, enum sim_store_extent extent,
                   int (*finish)(void *context, struct lat_err *reterr), void *context,
                   struct lat_err *reterr) LAT_MUST_USE;
