/* A step as a request and its answer; see send.h. */
#include "conformance/runner/send.h"

#include "common/aws/uri.h"
#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "conformance/runner/expand.h"
#include "conformance/runner/run.h"

#include <string.h>

void cft_exchange_done(struct cft_exchange *exchange)
{
    json_decref(exchange->input);
    exchange->input = NULL;
    cft_answer_done(&exchange->answer);
}

static int build_call(struct lat_arena *arena, json_t *scope, const struct cft_step *step,
                      struct cft_request *ret_request, json_t **ret_input, struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) empty = json_object();
    json_t *LAT_AUTO(lat_json_decrefp) input = NULL;
    json_t *LAT_AUTO(lat_json_decrefp) extra = NULL;
    if (cft_expand_new(arena, scope, step->input != NULL ? step->input : empty, CFT_EXPAND_INPUT,
                       &input, reterr) < 0)
        return -1;
    if (!json_is_object(input))
        return lat_err_input(reterr, "the input of %s must be members", step->title);
    if (step->extra != NULL &&
        cft_expand_new(arena, scope, step->extra, CFT_EXPAND_INPUT, &extra, reterr) < 0)
        return -1;
    if (cft_call_build(arena, step->operation, input, extra, ret_request, reterr) < 0)
        return -1;
    if (ret_input != NULL)
        *ret_input = LAT_TAKE(input);
    return 0;
}

/* "a=b&c=d", as forms are written. */
static const char *form_text(struct lat_arena *arena, const json_t *form)
{
    const char *name = NULL;
    json_t *value = NULL;
    struct lat_buf LAT_AUTO(lat_buf_done) out;
    lat_buf_init(&out, LAT_HTTP_BODY_BYTES_MAX);
    json_object_foreach(lat_json_iterable(form), name, value) {
        const char *text =
            json_is_string(value) ? json_string_value(value) : lat_json_text(arena, value);
        lat_buf_printf(&out, "%s%s=%s", out.length == 0 ? "" : "&", lat_uri_encode(arena, name),
                       lat_uri_encode(arena, text));
    }
    return lat_arena_strdup(arena, out.data);
}

static int add_headers(struct lat_arena *arena, const json_t *headers, const char *content_type,
                       struct cft_request *request)
{
    struct lat_http_header *list = NULL;
    size_t count = 0;
    const char *name = NULL;
    json_t *value = NULL;
    bool has_type = false;
    json_object_foreach(lat_json_iterable(headers), name, value) {
        *LAT_ARENA_PUSH(arena, list, count) = (struct lat_http_header){
            lat_arena_strdup(arena, name), lat_arena_strdup(arena, json_string_value(value))};
        has_type |= lat_text_eq_ignore_case(name, "content-type");
    }
    if (content_type != NULL && !has_type)
        *LAT_ARENA_PUSH(arena, list, count) =
            (struct lat_http_header){"Content-Type", content_type};
    request->headers = list;
    request->header_count = count;
    return 0;
}

/* One member of an http step, expanded; NULL stays NULL. */
static int expand_member(struct lat_arena *arena, json_t *scope, const json_t *source,
                         json_t **ret_new, struct lat_err *reterr)
{
    return source == NULL ? 0
                          : cft_expand_new(arena, scope, source, CFT_EXPAND_INPUT, ret_new, reterr);
}

static int build_http(struct lat_arena *arena, json_t *scope, const struct cft_http *http,
                      struct cft_request *ret_request, struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) headers = NULL;
    json_t *LAT_AUTO(lat_json_decrefp) body = NULL;
    json_t *LAT_AUTO(lat_json_decrefp) form = NULL;
    const char *content_type = http->json != NULL ? "application/json"
                               : http->form != NULL
                                   ? "application/x-www-form-urlencoded; charset=utf-8"
                                   : NULL;
    struct cft_request request = {.service = http->service != NULL ? http->service : "vpc-lattice",
                                  .method = http->method,
                                  .is_unsigned = http->is_unsigned};
    if (cft_expand_text(arena, scope, http->path, &request.path, reterr) < 0 ||
        expand_member(arena, scope, http->headers, &headers, reterr) < 0 ||
        expand_member(arena, scope, http->json, &body, reterr) < 0 ||
        expand_member(arena, scope, http->form, &form, reterr) < 0)
        return -1;
    if (http->body != NULL && cft_expand_text(arena, scope, http->body, &request.body, reterr) < 0)
        return -1;
    if (body != NULL)
        request.body = lat_json_text(arena, body);
    if (form != NULL)
        request.body = form_text(arena, form);
    request.body_length = request.body == NULL ? 0 : strlen(request.body);
    *ret_request = request;
    return add_headers(arena, headers, content_type, ret_request);
}

int cft_request_of_step(struct lat_arena *arena, json_t *scope, const struct cft_step *step,
                        struct cft_request *ret_request, json_t **ret_input, struct lat_err *reterr)
{
    return step->kind == CFT_STEP_HTTP
               ? build_http(arena, scope, &step->http, ret_request, reterr)
               : build_call(arena, scope, step, ret_request, ret_input, reterr);
}

static int send_once(struct cft_endpoint *endpoint, struct lat_arena *arena,
                     struct cft_exchange *exchange, struct lat_err *reterr)
{
    struct lat_http_answer http = {0};
    if (cft_endpoint_send(endpoint, arena, &exchange->request, &http, reterr) < 0)
        return -1;
    cft_answer_done(&exchange->answer);
    cft_answer_read(arena, &http, &exchange->answer);
    exchange->calls++;
    return 0;
}

/* Appends a page's items and returns the token of the next page, NULL behind the last. */
static const char *take_page(struct lat_arena *arena, const json_t *body, json_t *items,
                             json_t *sizes)
{
    json_t *page = json_object_get(body, "items");
    json_array_extend(items, page);
    json_array_append_new(sizes, json_integer((json_int_t)json_array_size(page)));
    return lat_arena_strdup(arena, json_string_value(json_object_get(body, "nextToken")));
}

/* Follows nextToken from the first answer on; a refusal ends it and stays the answer. */
static int follow_pages(struct cft_endpoint *endpoint, struct lat_arena *arena,
                        const struct cft_step *step, struct cft_exchange *exchange,
                        struct cft_mismatches *wrong, struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) joined = json_pack("{s:[],s:[]}", "items", "pageSizes");
    json_t *items = json_object_get(joined, "items");
    json_t *sizes = json_object_get(joined, "pageSizes");
    const char *previous = NULL;
    for (int page = 1; exchange->answer.http.status < 300; page++) {
        const char *token = take_page(arena, exchange->answer.body, items, sizes);
        if (token == NULL) {
            json_decref(exchange->answer.body);
            exchange->answer.body = LAT_TAKE(joined);
            return 0;
        }
        if (lat_text_eq(token, previous) || lat_text_is_empty(token) || page == CFT_PAGES_MAX) {
            cft_mismatch(wrong, "page %d: nextToken \"%s\" leads nowhere new", page, token);
            return 0;
        }
        previous = token;
        lat_json_set_string(exchange->input, "nextToken", token);
        if (cft_call_build(arena, step->operation, exchange->input, NULL, &exchange->request,
                           reterr) < 0 ||
            send_once(endpoint, arena, exchange, reterr) < 0)
            return -1;
    }
    return 0;
}

enum cft_sent cft_send_step(struct cft_endpoint *endpoint, struct lat_arena *arena, json_t *scope,
                            const struct cft_step *step, struct cft_exchange *ret_exchange,
                            struct cft_mismatches *wrong, struct lat_err *reterr)
{
    if (cft_request_of_step(arena, scope, step, &ret_exchange->request, &ret_exchange->input,
                            reterr) < 0)
        return CFT_NOT_SENDABLE;
    if (send_once(endpoint, arena, ret_exchange, reterr) < 0)
        return CFT_NOT_ANSWERED;
    if (step->all_pages && follow_pages(endpoint, arena, step, ret_exchange, wrong, reterr) < 0)
        return CFT_NOT_ANSWERED;
    return CFT_SENT;
}
