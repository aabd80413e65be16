/* What the handlers of all resource families share: finding by identifier, making, paging,
 * deleting. No family's own meaning lives here. */
#pragma once

#include "simulator/engine/call.h"

/* Finds the resource that an id or ARN names in the caller's Region; refuses with not found when
 * the caller's account neither owns nor shares it, and with access denied when it may not do this.
 * table is the family's table; ret_row gets its row. */
int sim_resource_find(struct sim_call *call, const struct sim_table *table,
                      enum lat_resource_kind_id kind, const char *identifier,
                      void **ret_row) LAT_MUST_USE;

/* The same for a child (listener, rule): it must belong to parent, else it is not found. */
int sim_resource_find_child(struct sim_call *call, const struct sim_table *table,
                            enum lat_resource_kind_id kind, const char *identifier,
                            const struct sim_resource *parent, void **ret_row) LAT_MUST_USE;

/* Finds by row key what the schema guarantees to be there. */
int sim_resource_get(struct sim_call *call, const struct sim_table *table, int64_t seq,
                     void **ret_row) LAT_MUST_USE;

/* Fills a new resource: id and ARN from the seeded source, account, Region, times. parent may be
 * NULL. A kind with a status starts in CREATE_IN_PROGRESS for delay_ms; delay_ms -1 means no
 * status. */
void sim_resource_init(struct sim_call *call, enum lat_resource_kind_id kind,
                       const struct sim_resource *parent, const char *name, int64_t delay_ms,
                       struct sim_resource *ret);

/* Inserts a family's row and its tags (list of struct lat_entry); refuses by the rule of a
 * constraint. */
int sim_resource_insert(struct sim_call *call, const struct sim_table *table, void *row,
                        struct lat_list tags, struct sim_about about) LAT_MUST_USE;

/* Writes back a family's row with a new updated_ms. */
int sim_resource_update(struct sim_call *call, const struct sim_table *table,
                        void *row) LAT_MUST_USE;

/* Refuses unless the resource is ACTIVE. */
int sim_resource_require_active(struct sim_call *call, enum lat_resource_kind_id kind,
                                const struct sim_resource *resource) LAT_MUST_USE;

/* Refuses unless the resource is ACTIVE, or was before its last update failed: what may be updated
 * and used (that an update may be repeated is chosen). */
int sim_resource_require_settled(struct sim_call *call, enum lat_resource_kind_id kind,
                                 const struct sim_resource *resource) LAT_MUST_USE;

/* Refuses when the creation failed, or a deletion runs or failed: such a resource can only be
 * deleted (documented). Kinds without a status always pass. */
int sim_resource_require_usable(struct sim_call *call, enum lat_resource_kind_id kind,
                                const struct sim_resource *resource) LAT_MUST_USE;

/* Rows that keep a resource from being deleted: their number by its key (?1), and the rule. */
struct sim_holder {
    const char *sql; /* a literal */
    enum sim_rule_id rule;
};

/* Refuses by the first holder that has any rows. */
int sim_resource_require_free(struct sim_call *call, enum lat_resource_kind_id kind,
                              const struct sim_resource *resource, const struct sim_holder *holders,
                              size_t holder_count) LAT_MUST_USE;

/* Puts an update under way in the struct (not yet in the store) that ends after delay_ms. */
void sim_resource_begin_update(struct sim_call *call, struct sim_resource *resource,
                               int64_t delay_ms);

/* Ends the creation or update that was just stored at once, ACTIVE, unless it shall fail: then it
 * stays under way until the next call. For kinds that answer ACTIVE. */
int sim_resource_settle(struct sim_call *call, struct sim_resource *resource) LAT_MUST_USE;

/* Starts a deletion that ends after delay_ms: the status is DELETE_IN_PROGRESS until then.
 * Repeating it changes nothing. */
int sim_resource_start_deletion(struct sim_call *call, struct sim_resource *resource,
                                int64_t delay_ms) LAT_MUST_USE;

/* Deletes at once, with all that goes with it. */
int sim_resource_delete(struct sim_call *call, const struct sim_resource *resource) LAT_MUST_USE;

/* --- pages: the position is the key of the last item, so that rows may come and go
 * ----------------- */

struct sim_page {
    int64_t after; /* items with a larger key follow */
    int64_t limit; /* items wanted */
    int64_t fetch; /* rows to ask the store for: one more than wanted */
};

/* Reads maxResults and nextToken; refuses a token of another operation or of nobody. */
int sim_page_begin(struct sim_call *call, struct lat_opt_int max_results, const char *next_token,
                   struct sim_page *ret) LAT_MUST_USE;

/* Cuts count fetched rows of a table to the page. Returns how many remain; ret_token gets the token
 * of the next page, or NULL at the end. */
size_t sim_page_end(struct sim_call *call, const struct sim_page *page,
                    const struct sim_table *table, const void *rows, size_t count,
                    const char **ret_token);

#define SIM_PAGE_ITEMS_DEFAULT 100 /* chosen: the real default is not published */
