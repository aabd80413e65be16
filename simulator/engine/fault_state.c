/* Fault rules, their counts, what they remember, token buckets and the source of chance as rows, so
 * that a state that is taken up again meets the same faults. While the program runs they are in
 * memory; rows follow when a state is kept. See fault.h. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/fault_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- the tables ---------------------------------------------------------------------------------
 */

struct fault_row {
    int64_t seq;
    const char *document;
    int64_t matches, strikes;
};

struct chance_row {
    int64_t seq, rng_0, rng_1, rng_2, rng_3;
};

struct answer_row {
    int64_t seq, fault;
    const char *request;
    int64_t status;
    const char *content_type, *body, *headers, *error;
    int64_t held_back;
};

struct bucket_row {
    int64_t seq;
    const char *key;
    int64_t filled_ms, millis;
};

#define INT(row, member)                                                                           \
    {                                                                                              \
#member, SIM_COLUMN_INT, offsetof(struct row, member)                                      \
    }
#define TEXT(row, member)                                                                          \
    {                                                                                              \
#member, SIM_COLUMN_TEXT, offsetof(struct row, member)                                     \
    }
#define TABLE(table, row)                                                                          \
    static const struct sim_table row##_table = {                                                  \
        .name = table,                                                                             \
        .columns = row##_columns,                                                                  \
        .column_count = LAT_COUNT(row##_columns),                                                  \
        .row_bytes = sizeof(struct row),                                                           \
    }

static const struct sim_column fault_row_columns[] = {
    INT(fault_row, seq),
    TEXT(fault_row, document),
    INT(fault_row, matches),
    INT(fault_row, strikes),
};
TABLE("fault", fault_row);

static const struct sim_column chance_row_columns[] = {
    INT(chance_row, seq),   INT(chance_row, rng_0), INT(chance_row, rng_1),
    INT(chance_row, rng_2), INT(chance_row, rng_3),
};
TABLE("fault_chance", chance_row);

static const struct sim_column answer_row_columns[] = {
    INT(answer_row, seq),      INT(answer_row, fault),         TEXT(answer_row, request),
    INT(answer_row, status),   TEXT(answer_row, content_type), TEXT(answer_row, body),
    TEXT(answer_row, headers), TEXT(answer_row, error),        INT(answer_row, held_back),
};
TABLE("stale_answer", answer_row);

static const struct sim_column bucket_row_columns[] = {
    INT(bucket_row, seq),
    TEXT(bucket_row, key),
    INT(bucket_row, filled_ms),
    INT(bucket_row, millis),
};
TABLE("throttle_bucket", bucket_row);

/* --- to rows ------------------------------------------------------------------------------------
 */

/* Writes a row in place of the one with its key. */
static int put(struct sim_store *store, const char *forget, const struct sim_table *table,
               void *row)
{
    int64_t key = *(const int64_t *)row;
    if (sim_store_run(store, forget, SIM_VALUES(sim_int(key)), NULL) < 0)
        return -1;
    return sim_store_insert(store, table, row);
}

static int put_chance(struct sim_store *store, const struct lat_rng *rng)
{
    struct chance_row row = {1, (int64_t)rng->state[0], (int64_t)rng->state[1],
                             (int64_t)rng->state[2], (int64_t)rng->state[3]};
    return put(store, "DELETE FROM fault_chance WHERE seq = ?1", &chance_row_table, &row);
}

static int put_answer(struct sim_store *store, struct lat_arena *arena, int64_t fault,
                      const struct sim_stale_answer *answer)
{
    LAT_AUTO(lat_json_decrefp) json_t *headers = json_array();
    for (size_t i = 0; i < answer->answer.header_count; i++) {
        json_array_append_new(headers, json_string(answer->answer.headers[i].name));
        json_array_append_new(headers, json_string(answer->answer.headers[i].value));
    }
    struct answer_row row = {
        .seq = answer->id,
        .fault = fault,
        .request = answer->key,
        .status = answer->answer.status,
        .content_type = answer->answer.content_type,
        .body = answer->answer.body,
        .headers = lat_json_text(arena, headers),
        .error = answer->error,
        .held_back = answer->held_back,
    };
    return put(store, "DELETE FROM stale_answer WHERE seq = ?1", &answer_row_table, &row);
}

/* A rule's row is updated in place: its answers refer to it. */
static int put_fault(struct sim_store *store, struct lat_arena *arena, struct sim_fault *fault,
                     bool is_there)
{
    struct fault_row row = {fault->id, lat_json_text(arena, fault->document), fault->matches,
                            fault->strikes};
    bool is_noted = is_there && fault->noted_matches == fault->matches;
    if (!is_noted && (is_there ? sim_store_update(store, &fault_row_table, &row)
                               : sim_store_insert(store, &fault_row_table, &row)) < 0)
        return -1;
    for (struct sim_stale_answer *answer = fault->answers; answer != NULL; answer = answer->next) {
        if (!answer->is_noted && put_answer(store, arena, fault->id, answer) < 0)
            return -1;
        answer->is_noted = true;
    }
    fault->noted_matches = fault->matches;
    fault->is_noted = true;
    return 0;
}

static int put_buckets(struct sim_store *store, struct sim_throttle *throttle)
{
    for (size_t i = 0; throttle->buckets != NULL && i < SIM_BUCKETS_MAX; i++) {
        struct sim_bucket *bucket = &throttle->buckets[i];
        struct bucket_row row = {(int64_t)i + 1, bucket->key, bucket->filled_ms, bucket->millis};
        if (bucket->key[0] == '\0' || bucket->is_noted)
            continue;
        if (put(store, "DELETE FROM throttle_bucket WHERE seq = ?1", &bucket_row_table, &row) < 0)
            return -1;
        bucket->is_noted = true;
    }
    return 0;
}

/* Forgets every row, and that any was written. */
static int begin_anew(struct sim_store *store, struct sim_faults *faults)
{
    if (sim_store_run(store, "DELETE FROM fault", SIM_NONE, NULL) < 0 ||
        sim_store_run(store, "DELETE FROM throttle_bucket", SIM_NONE, NULL) < 0)
        return -1;
    for (struct sim_fault *fault = faults->first; fault != NULL; fault = fault->next) {
        fault->is_noted = false;
        for (struct sim_stale_answer *at = fault->answers; at != NULL; at = at->next)
            at->is_noted = false;
    }
    for (size_t i = 0; faults->throttle->buckets != NULL && i < SIM_BUCKETS_MAX; i++)
        faults->throttle->buckets[i].is_noted = false;
    return 0;
}

int sim_faults_write(struct sim_store *store, struct sim_faults *faults)
{
    if (faults == NULL || !faults->is_changed)
        return 0;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (faults->is_rewritten && begin_anew(store, faults) < 0)
        return -1;
    for (struct sim_fault *fault = faults->first; fault != NULL; fault = fault->next)
        if (put_fault(store, arena, fault, fault->is_noted) < 0)
            return -1;
    bool has_drawn = memcmp(&faults->rng, &faults->noted_rng, sizeof faults->rng) != 0;
    if (put_buckets(store, faults->throttle) < 0 ||
        (has_drawn && put_chance(store, &faults->rng) < 0))
        return -1;
    faults->noted_rng = faults->rng;
    faults->is_changed = faults->is_rewritten = false;
    return 0;
}

/* --- from rows ----------------------------------------------------------------------------------
 */

struct reader {
    struct sim_store *store;
    struct lat_arena *arena;
    struct sim_faults *faults;
};

static int rows_of(const struct reader *reader, const struct sim_table *table, void **ret_rows,
                   size_t *ret_count, struct lat_err *reterr)
{
    if (sim_store_rows(reader->store, reader->arena, table, "ORDER BY r.seq", SIM_NONE, ret_rows,
                       ret_count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(reader->store));
    return 0;
}

static int read_fault(const struct reader *reader, const struct fault_row *row,
                      struct lat_err *reterr)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *document = lat_json_parse_new(row->document, strlen(row->document), NULL);
    const struct sim_fault *added = NULL;
    if (row->seq < 1 || row->matches < 0 || row->strikes < 0 || row->strikes > row->matches)
        return lat_err_input(reterr, "tables.fault: the counts of rule %" PRId64 " cannot be",
                             row->seq);
    reader->faults->last_id = row->seq - 1;
    if (sim_faults_add(reader->faults, document, &added, reterr) < 0)
        return lat_err_prefix(reterr, "tables.fault: rule %" PRId64, row->seq);
    struct sim_fault *fault = reader->faults->first;
    while (fault != added)
        fault = fault->next;
    fault->matches = fault->noted_matches = row->matches;
    fault->strikes = row->strikes;
    fault->is_noted = true;
    return 0;
}

static bool read_headers(struct lat_arena *arena, const char *text, struct sim_answer *answer)
{
    LAT_AUTO(lat_json_decrefp) json_t *list = lat_json_parse_new(text, strlen(text), NULL);
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count % 2 != 0 || count / 2 > SIM_ANSWER_HEADERS_MAX - 2)
        return false;
    for (size_t i = 0; i < count; i += 2) {
        const char *name = json_string_value(json_array_get(list, i));
        const char *value = json_string_value(json_array_get(list, i + 1));
        if (lat_text_is_empty(name) || value == NULL || strpbrk(name, "\r\n: ") != NULL ||
            strpbrk(value, "\r\n") != NULL)
            return false;
        sim_answer_header(answer, lat_arena_strdup(arena, name), lat_arena_strdup(arena, value));
    }
    return true;
}

static int read_answer(const struct reader *reader, const struct answer_row *row,
                       struct lat_err *reterr)
{
    struct sim_fault *fault = reader->faults->first;
    while (fault != NULL && fault->id != row->fault)
        fault = fault->next;
    struct lat_arena *arena = lat_arena_new();
    struct sim_stale_answer *entry = LAT_NEW(arena, struct sim_stale_answer);
    *entry = (struct sim_stale_answer){
        .arena = arena,
        .id = row->seq,
        .key = lat_arena_strdup(arena, row->request),
        .answer = {.status = (int)row->status,
                   .content_type = lat_arena_strdup(arena, row->content_type),
                   .body = lat_arena_strdup(arena, row->body)},
        .error = lat_arena_strdup(arena, row->error),
        .held_back = row->held_back,
        .is_noted = true,
    };
    if (fault == NULL || fault->stale == 0 || fault->answer_count == SIM_STALE_ANSWERS_MAX ||
        row->seq < 1 || row->status < 200 || row->status > 599 || row->held_back < 0 ||
        !read_headers(arena, row->headers, &entry->answer)) {
        lat_arena_free(arena);
        return lat_err_input(reterr, "tables.stale_answer: answer %" PRId64 " cannot be", row->seq);
    }
    entry->next = fault->answers; /* the newest first, as they are remembered */
    fault->answers = entry;
    fault->answer_count++;
    reader->faults->last_answer = row->seq;
    return 0;
}

static int read_bucket(const struct reader *reader, const struct bucket_row *row,
                       struct lat_err *reterr)
{
    const struct sim_throttle *throttle = reader->faults->throttle;
    if (row->seq < 1 || row->seq > SIM_BUCKETS_MAX || throttle->buckets == NULL ||
        lat_text_is_empty(row->key) || strlen(row->key) >= SIM_BUCKET_KEY_BYTES ||
        row->millis < 0 || row->millis > throttle->burst * 1000)
        return lat_err_input(reterr, "tables.throttle_bucket: bucket %" PRId64 " cannot be",
                             row->seq);
    struct sim_bucket *bucket = &throttle->buckets[row->seq - 1];
    memcpy(bucket->key, row->key, strlen(row->key) + 1);
    bucket->filled_ms = row->filled_ms;
    bucket->millis = row->millis;
    bucket->is_noted = true;
    return 0;
}

static int read_all(const struct reader *reader, struct lat_err *reterr)
{
    void *rows = NULL;
    size_t count = 0;
    if (rows_of(reader, &fault_row_table, &rows, &count, reterr) < 0)
        return -1;
    const struct fault_row *faults = rows;
    for (size_t i = 0; i < count; i++)
        if (read_fault(reader, &faults[i], reterr) < 0)
            return -1;
    if (rows_of(reader, &answer_row_table, &rows, &count, reterr) < 0)
        return -1;
    const struct answer_row *answers = rows;
    for (size_t i = 0; i < count; i++)
        if (read_answer(reader, &answers[i], reterr) < 0)
            return -1;
    if (rows_of(reader, &bucket_row_table, &rows, &count, reterr) < 0)
        return -1;
    const struct bucket_row *buckets = rows;
    for (size_t i = 0; i < count; i++)
        if (read_bucket(reader, &buckets[i], reterr) < 0)
            return -1;
    if (rows_of(reader, &chance_row_table, &rows, &count, reterr) < 0)
        return -1;
    const struct chance_row *chance = rows;
    if (count > 0)
        reader->faults->rng = (struct lat_rng){{(uint64_t)chance->rng_0, (uint64_t)chance->rng_1,
                                                (uint64_t)chance->rng_2, (uint64_t)chance->rng_3}};
    return 0;
}

int sim_faults_read(struct sim *sim, struct sim_faults **ret_faults, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_faults *faults = sim_faults_new(sim->seed);
    const struct reader reader = {sim->store, arena, faults};
    int64_t books = 0;
    sim_throttle_set(faults, sim->config.throttle_rate, sim->config.throttle_burst);
    if (read_all(&reader, reterr) < 0) {
        sim_faults_free(faults);
        return -1;
    }
    /* An id is never given out twice. */
    if (sim_store_number(sim->store, "SELECT seq FROM sqlite_sequence WHERE name = 'fault'",
                         SIM_NONE, &books) == 0 &&
        books > faults->last_id)
        faults->last_id = books;
    faults->noted_rng = faults->rng;
    faults->is_changed = faults->is_rewritten = false;
    *ret_faults = faults;
    return 0;
}
