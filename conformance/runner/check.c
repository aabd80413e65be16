/* One answer against what a step expects of it; see check.h. */
#include "conformance/runner/check.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/expand.h"

#include <string.h>
#include <strings.h>

/* The text up to the first separator. */
static const char *before(struct lat_arena *arena, const char *text, const char *separators)
{
    return lat_arena_strndup(arena, text, strcspn(text, separators));
}

/* "com.amazonaws.acm#X" names X. */
static const char *after_hash(const char *text)
{
    const char *hash = strchr(text, '#');
    return hash == NULL ? text : hash + 1;
}

/* The text of <Code> in an XML error. */
static const char *xml_code(struct lat_arena *arena, const char *body)
{
    const char *start = strstr(body, "<Code>");
    return start == NULL ? NULL : before(arena, start + strlen("<Code>"), "<");
}

/* Where SDKs look, in their order: the header, __type, code. */
static const char *error_code(struct lat_arena *arena, const struct lat_http_answer *http,
                              const json_t *body)
{
    const char *header = lat_http_answer_header(http, "x-amzn-errortype");
    const char *type = json_string_value(json_object_get(body, "__type"));
    if (header != NULL)
        return after_hash(before(arena, header, ":"));
    if (type != NULL)
        return after_hash(type);
    if (http->status < 400)
        return NULL;
    const char *code = json_string_value(json_object_get(body, "code"));
    return code != NULL ? code : xml_code(arena, http->body);
}

void cft_answer_read(struct lat_arena *arena, const struct lat_http_answer *http,
                     struct cft_answer *ret_answer)
{
    struct lat_err ignored = {0};
    json_t *body =
        http->body_length == 0 ? NULL : lat_json_parse_new(http->body, http->body_length, &ignored);
    *ret_answer = (struct cft_answer){
        .http = *http, .body = body, .error_code = error_code(arena, http, body)};
}

void cft_answer_done(struct cft_answer *answer)
{
    json_decref(answer->body);
    answer->body = NULL;
}

/* Expands a pattern and compares. */
static void check_pattern(struct cft_mismatches *mismatches, json_t *scope, const char *place,
                          const json_t *pattern, const json_t *value)
{
    struct lat_err err = {0};
    json_t *LAT_AUTO(lat_json_decrefp) expanded = NULL;
    if (cft_expand_new(mismatches->arena, scope, pattern, CFT_EXPAND_PATTERN, &expanded, &err) < 0)
        cft_mismatch(mismatches, "%s: %s", place, err.message);
    else
        cft_match(mismatches, place, expanded, value);
}

static const char *expected_code(const json_t *error)
{
    return json_is_object(error) ? json_string_value(json_object_get(error, "code"))
                                 : json_string_value(error);
}

/* The status that a step expects without saying so: that of its exception or of its operation; 0
 * for any success. */
static int implied_status(const struct cft_step *step)
{
    if (step->expect.error != NULL) {
        const struct lat_error_shape *shape =
            lat_error_shape_by_name(expected_code(step->expect.error));
        return shape == NULL || step->kind != CFT_STEP_CALL ? -1 : shape->status;
    }
    return step->operation == NULL ? 0 : step->operation->status;
}

static void check_status(struct cft_mismatches *mismatches, json_t *scope,
                         const struct cft_step *step, int status)
{
    json_t *LAT_AUTO(lat_json_decrefp) value = json_integer(status);
    int implied = implied_status(step);
    if (step->expect.status != NULL)
        check_pattern(mismatches, scope, "status", step->expect.status, value);
    else if (implied == 0 && (status < 200 || status > 299))
        cft_mismatch(mismatches, "status: expected a success, got %d", status);
    else if (implied > 0 && implied != status)
        cft_mismatch(mismatches, "status: expected %d, got %d", implied, status);
    else if (implied < 0 && status < 400)
        cft_mismatch(mismatches, "status: expected a refusal, got %d", status);
}

static void check_error(struct cft_mismatches *mismatches, json_t *scope,
                        const struct cft_step *step, const struct cft_answer *answer)
{
    const json_t *error = step->expect.error;
    if (error == NULL)
        return;
    json_t *LAT_AUTO(lat_json_decrefp) code = json_string(expected_code(error));
    json_t *LAT_AUTO(lat_json_decrefp) got =
        answer->error_code == NULL ? NULL : json_string(answer->error_code);
    check_pattern(mismatches, scope, "error code", code, got);
    if (!json_is_object(error))
        return;
    json_t *LAT_AUTO(lat_json_decrefp) members = json_copy(lat_json_iterable(error));
    json_object_del(members, "code");
    check_pattern(mismatches, scope, "error", members, answer->body);
}

static json_t *headers_new(struct lat_arena *arena, const struct lat_http_answer *http)
{
    json_t *headers = json_object();
    for (size_t i = 0; i < http->header_count; i++) {
        char *name = lat_arena_strdup(arena, http->headers[i].name);
        for (char *at = name; *at != '\0'; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at = (char)(*at - 'A' + 'a');
        lat_json_set_string(headers, name, http->headers[i].value);
    }
    return headers;
}

void cft_answer_check(struct cft_mismatches *mismatches, json_t *scope, const struct cft_step *step,
                      const struct cft_answer *answer)
{
    const struct cft_expect *expect = &step->expect;
    check_status(mismatches, scope, step, answer->http.status);
    check_error(mismatches, scope, step, answer);
    if (expect->body != NULL)
        check_pattern(mismatches, scope, "body", expect->body, answer->body);
    if (expect->headers != NULL) {
        json_t *LAT_AUTO(lat_json_decrefp) headers = headers_new(mismatches->arena, &answer->http);
        check_pattern(mismatches, scope, "headers", expect->headers, headers);
    }
    if (expect->text != NULL) {
        json_t *LAT_AUTO(lat_json_decrefp) pattern = json_string(expect->text);
        json_t *LAT_AUTO(lat_json_decrefp) text = json_string(answer->http.body);
        check_pattern(mismatches, scope, "text", pattern, text);
    }
}
