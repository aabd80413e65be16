/* get and list. Stored text goes out as it is whenever nobody asks for a selection, another version
 * or a table: a list of ten thousand objects is then never parsed. */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <string.h>

bool sim_kube_wants_table(const struct sim_kube_call *call)
{
    const char *accept = lat_text_or_empty(lat_http_request_header(call->http, "Accept"));
    return strstr(accept, "as=Table") != NULL;
}

bool sim_kube_selects(const struct lat_kube_selector *labels,
                      const struct lat_kube_selector *fields, const json_t *object)
{
    return lat_kube_labels_match(labels, lat_json_at(object, "metadata.labels")) &&
           lat_kube_fields_match(fields, object);
}

int sim_kube_get(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object *row = NULL;
    if (sim_kube_find(call, request->kind, request->namespace, request->name, &row) < 0)
        return -1;
    if (row == NULL)
        return sim_kube_refuse_not_found(call, request->name);
    const char *body = sim_kube_body_for(call->arena, request->kind, request->version, row->body);
    if (!sim_kube_wants_table(call)) {
        sim_kube_answer_text(call, 200, body);
        return 0;
    }
    LAT_AUTO(lat_json_decrefp) json_t *objects = json_array();
    json_array_append_new(objects, sim_kube_stored_new(body));
    struct sim_kube_table how = sim_kube_table_for(call);
    LAT_AUTO(lat_json_decrefp)
    json_t *table =
        sim_kube_table_new(&how, objects, lat_arena_printf(call->arena, "%" PRId64, row->version));
    sim_kube_answer_json(call, 200, table);
    return 0;
}

/* --- list ------------------------------------------------------------------------------------- */

/* One page: which version it shows, where it began, what it holds. */
struct page {
    int64_t version, current; /* as of which it is; that of the store */
    struct sim_kube_cursor after;
    int64_t limit; /* 0: all */
    struct sim_kube_object *rows;
    size_t count;
    bool has_more;
    int64_t remaining; /* objects behind a page that has_more, when nothing is selected */
};

/* "VERSION/NAMESPACE/NAME", percent-free by construction: names have no '/'. */
static int read_continue(struct sim_kube_call *call, struct page *page)
{
    const char *token = sim_kube_parameter(&call->request, "continue");
    page->after = (struct sim_kube_cursor){"", ""};
    if (lat_text_is_empty(token))
        return 0;
    const char *slash = strchr(token, '/');
    const char *second = slash == NULL ? NULL : strchr(slash + 1, '/');
    int64_t version = 0;
    if (second == NULL ||
        lat_text_to_int64(lat_arena_strndup(call->arena, token, (size_t)(slash - token)),
                          &version) < 0)
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "continue key is not valid: %s", token);
    page->version = version;
    page->after.namespace = lat_arena_strndup(call->arena, slash + 1, (size_t)(second - slash - 1));
    page->after.name = second + 1;
    return 0;
}

/* As kube-apiserver judges the options of a list (documented). */
static int check_match(struct sim_kube_call *call)
{
    static const char field[] = "resourceVersionMatch";
    const struct sim_kube_request *request = &call->request;
    const char *match = lat_text_or_empty(sim_kube_parameter(request, field));
    const char *version = sim_kube_parameter(request, "resourceVersion");
    struct lat_kube_causes causes = {.arena = call->arena};
    if (match[0] == '\0')
        return 0;
    if (lat_text_is_empty(version))
        lat_kube_cause_add(&causes, LAT_KUBE_FORBIDDEN, field, NULL,
                           "resourceVersionMatch is forbidden unless resourceVersion is provided");
    if (!lat_text_is_empty(sim_kube_parameter(request, "continue")))
        lat_kube_cause_add(&causes, LAT_KUBE_FORBIDDEN, field, NULL,
                           "resourceVersionMatch is forbidden when continue is provided");
    if (!lat_text_eq(match, "Exact") && !lat_text_eq(match, "NotOlderThan")) {
        LAT_AUTO(lat_json_decrefp) json_t *value = json_string(match);
        lat_kube_cause_add(&causes, LAT_KUBE_NOT_SUPPORTED, field, value,
                           "supported values: \"Exact\", \"NotOlderThan\", \"\"");
    }
    if (lat_text_eq(match, "Exact") && lat_text_eq(version, "0"))
        lat_kube_cause_add(&causes, LAT_KUBE_FORBIDDEN, field, NULL,
                           "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    return causes.count == 0 ? 0 : sim_kube_refuse_options(call, "ListOptions", &causes);
}

static int read_page_options(struct sim_kube_call *call, struct page *page)
{
    struct sim_store *store = call->kube->sim->store;
    int64_t asked = 0;
    if (sim_store_kube_version(store, &page->current) < 0 ||
        sim_kube_parameter_number(call, "limit", 0, &page->limit) < 0 ||
        sim_kube_parameter_number(call, "resourceVersion", 0, &asked) < 0)
        return -1;
    if (asked > page->current)
        return sim_kube_refuse_too_new(call, asked, page->current);
    if (check_match(call) < 0)
        return -1;
    bool is_exact =
        lat_text_eq(sim_kube_parameter(&call->request, "resourceVersionMatch"), "Exact");
    page->version = is_exact ? asked : page->current;
    int64_t oldest = 0;
    if (read_continue(call, page) < 0 || sim_store_kube_oldest(store, &oldest) < 0)
        return -1;
    if (page->version > page->current)
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "continue key is not valid: %s",
                               sim_kube_parameter(&call->request, "continue"));
    return page->version < oldest - 1 ? sim_kube_refuse_expired(call, page->version, oldest) : 0;
}

static void keep_selected(struct sim_kube_call *call, struct page *page)
{
    const struct sim_kube_request *request = &call->request;
    size_t kept = 0;
    for (size_t i = 0; i < page->count; i++) {
        LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(page->rows[i].body);
        if (sim_kube_selects(&request->labels, &request->fields, object))
            page->rows[kept++] = page->rows[i];
    }
    page->count = kept;
}

static int read_rows(struct sim_kube_call *call, struct page *page)
{
    const struct sim_kube_request *request = &call->request;
    bool selects = request->labels.count + request->fields.count > 0;
    int64_t count_max = selects || page->limit == 0 ? -1 : page->limit + 1;
    const char *namespace = request->namespace[0] == '\0' ? NULL : request->namespace;
    struct sim_store *store = call->kube->sim->store;
    bool is_past = page->version != page->current;
    bool goes_on = false;
    if ((is_past ? sim_kube_history_list(store, call->arena, request->kind->resource, page->version,
                                         namespace, page->after, -1, &page->rows, &page->count,
                                         &goes_on)
                 : sim_store_kube_list(store, call->arena, request->kind->resource, namespace,
                                       page->after, count_max, &page->rows, &page->count)) < 0)
        return -1;
    if (selects)
        keep_selected(call, page);
    page->has_more = page->limit > 0 && page->count > (size_t)page->limit;
    if (!page->has_more)
        return 0;
    page->remaining = (int64_t)page->count - page->limit;
    page->count = (size_t)page->limit;
    const struct sim_kube_object *last = &page->rows[page->count - 1];
    return selects || is_past
               ? 0
               : sim_store_kube_count(store, request->kind->resource, namespace,
                                      (struct sim_kube_cursor){last->namespace, last->name},
                                      &page->remaining);
}

/* The token of the page behind this one; "" when this is the last. */
static const char *continue_token(struct sim_kube_call *call, const struct page *page)
{
    if (!page->has_more)
        return "";
    const struct sim_kube_object *last = &page->rows[page->count - 1];
    return lat_arena_printf(call->arena, "%" PRId64 "/%s/%s", page->version, last->namespace,
                            last->name);
}

static void put_list_metadata(struct sim_kube_call *call, const struct page *page)
{
    const struct sim_kube_request *request = &call->request;
    lat_buf_printf(&call->buf, "\"metadata\":{\"resourceVersion\":\"%" PRId64 "\"", page->version);
    if (page->has_more)
        lat_buf_printf(&call->buf, ",\"continue\":\"%s\"", continue_token(call, page));
    if (page->has_more && request->labels.count + request->fields.count == 0)
        lat_buf_printf(&call->buf, ",\"remainingItemCount\":%" PRId64, page->remaining);
    lat_buf_puts(&call->buf, "}");
}

static int answer_list(struct sim_kube_call *call, const struct page *page)
{
    const struct sim_kube_request *request = &call->request;
    struct lat_buf *buf = &call->buf;
    lat_buf_printf(buf, "{\"apiVersion\":\"%s\",\"kind\":\"%s\",",
                   lat_kube_kind_api_version(call->arena, request->kind, request->version),
                   request->kind->list_kind);
    put_list_metadata(call, page);
    lat_buf_puts(buf, ",\"items\":[");
    for (size_t i = 0; i < page->count; i++) {
        if (i > 0)
            lat_buf_puts(buf, ",");
        lat_buf_puts(buf, sim_kube_body_for(call->arena, request->kind, request->version,
                                            page->rows[i].body));
    }
    lat_buf_puts(buf, "]}");
    if (buf->overflowed)
        return sim_kube_refuse(call, SIM_KUBE_INTERNAL_ERROR,
                               "the list is larger than %d bytes; ask for it in pages with limit",
                               LAT_HTTP_ANSWER_BYTES_MAX);
    call->answer = (struct sim_kube_answer){
        .status = 200,
        .content_type = "application/json",
        .body = buf->data,
        .length = buf->length,
    };
    return 0;
}

static int answer_table(struct sim_kube_call *call, const struct page *page)
{
    const struct sim_kube_request *request = &call->request;
    LAT_AUTO(lat_json_decrefp) json_t *objects = json_array();
    for (size_t i = 0; i < page->count; i++)
        json_array_append_new(
            objects, sim_kube_stored_new(sim_kube_body_for(call->arena, request->kind,
                                                           request->version, page->rows[i].body)));
    struct sim_kube_table how = sim_kube_table_for(call);
    LAT_AUTO(lat_json_decrefp)
    json_t *table =
        sim_kube_table_new(&how, objects, lat_arena_printf(call->arena, "%" PRId64, page->version));
    if (page->has_more)
        lat_json_set_string(json_object_get(table, "metadata"), "continue",
                            continue_token(call, page));
    sim_kube_answer_json(call, 200, table);
    return 0;
}

int sim_kube_list(struct sim_kube_call *call)
{
    struct page page = {0};
    if (read_page_options(call, &page) < 0 || read_rows(call, &page) < 0)
        return -1;
    return sim_kube_wants_table(call) ? answer_table(call, &page) : answer_list(call, &page);
}
