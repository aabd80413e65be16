/* Why a call was answered as it was. At the call: which rule refused it, where the rule comes from,
 * and which rows it looked at. Afterwards: the same of a journal entry, as JSON and as text. */
#pragma once

#include "common/base/buf.h"
#include "simulator/engine/call.h"
#include "simulator/engine/journal.h"

/* The rule that refused a call and its source; both NULL when it was not refused. Constraints of
 * the API model are a rule without an entry in rules.h, as are refusals of other APIs. */
struct sim_verdict {
    const char *rule;
    const char *source;
};
struct sim_verdict sim_explain_verdict(const struct sim_call *call);

/* Of a refused call, after its transaction is gone: the rows that stood in its way, then those that
 * it read since sim_store_forget_seen, with their ids. call is NULL for a refusal of the Kubernetes
 * API. In the arena; costs queries. */
const struct sim_change *sim_explain_rows(struct sim_store *store, struct lat_arena *arena,
                                          const struct sim_call *call, size_t *ret_count);

/* The number of the entry with this request id; -1 when it is not kept. */
int64_t sim_explain_find(const struct sim_journal *journal, const char *request_id);

/* An entry explained; the caller owns the reference. */
json_t *sim_explain_new(int64_t number, const struct sim_journal_entry *entry) LAT_MUST_USE;

/* The same for people, several lines. */
void sim_explain_put_text(const json_t *explanation, struct lat_buf *out);
