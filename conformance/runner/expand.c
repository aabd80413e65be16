/* Variables and generated values; see expand.h. Recursion is bounded by LAT_JSON_DEPTH_MAX, which
 * the YAML reader enforces on every source. */
#include "conformance/runner/expand.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

struct expansion {
    struct lat_arena *arena;
    json_t *scope;
    enum cft_expand_mode mode;
};

static int expand(const struct expansion *x, const json_t *source, json_t **ret_new,
                  struct lat_err *reterr);

static int look_up(const struct expansion *x, const char *name, json_t **ret_value,
                   struct lat_err *reterr)
{
    json_t *value = lat_json_at(x->scope, name);
    if (value == NULL)
        return lat_err_input(reterr,
                             "no value for ${%s} here; capture it in an earlier step, or list it "
                             "under vars",
                             name);
    *ret_value = value;
    return 0;
}

static const char *as_text(const struct expansion *x, const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : lat_json_text(x->arena, value);
}

/* Appends an inserted value; inside a regular expression it is quoted. */
static int insert(const struct expansion *x, struct lat_buf *out, const json_t *value,
                  bool is_regex)
{
    const char *text = as_text(x, value);
    return is_regex ? lat_buf_printf(out, "\\Q%s\\E", text) : lat_buf_puts(out, text);
}

/* The end of the variable that starts at text ("${"), or NULL when it is never closed. */
static const char *variable_end(const char *text)
{
    return strchr(text, '}');
}

static int splice(const struct expansion *x, const char *source, struct lat_buf *out,
                  struct lat_err *reterr)
{
    bool is_regex = x->mode == CFT_EXPAND_PATTERN && source[0] == '~';
    for (const char *at = source; *at != '\0';) {
        const char *start = strstr(at, "${");
        if (start == NULL) {
            lat_buf_puts(out, at);
            break;
        }
        bool is_escaped = start > source && start[-1] == '$';
        lat_buf_append(out, at, (size_t)(start - at) - (is_escaped ? 1U : 0U));
        if (is_escaped) {
            lat_buf_puts(out, "${");
            at = start + 2;
            continue;
        }
        const char *end = variable_end(start);
        if (end == NULL)
            return lat_err_input(reterr, "\"%s\" has a ${ without its }", source);
        json_t *value = NULL;
        const char *name = lat_arena_strndup(x->arena, start + 2, (size_t)(end - start) - 2);
        if (look_up(x, name, &value, reterr) < 0)
            return -1;
        insert(x, out, value, is_regex);
        at = end + 1;
    }
    return 0;
}

static int splice_text(const struct expansion *x, const char *source, const char **ret_text,
                       struct lat_err *reterr)
{
    struct lat_buf LAT_AUTO(lat_buf_done) out;
    lat_buf_init(&out, CFT_GENERATED_BYTES_MAX);
    if (splice(x, source, &out, reterr) < 0)
        return -1;
    if (out.overflowed)
        return lat_err_input(reterr, "a text grew beyond %d bytes", CFT_GENERATED_BYTES_MAX);
    *ret_text = lat_arena_strndup(x->arena, out.data, out.length);
    return 0;
}

/* Whether the whole text is one variable. */
static bool is_one_variable(const char *text)
{
    if (!lat_text_has_prefix(text, "${"))
        return false;
    const char *end = variable_end(text);
    return end != NULL && end[1] == '\0';
}

static int expand_string(const struct expansion *x, const char *source, json_t **ret_new,
                         struct lat_err *reterr)
{
    bool is_literal = x->mode == CFT_EXPAND_PATTERN && source[0] == '$';
    if (is_one_variable(source)) {
        json_t *value = NULL;
        const char *name = lat_arena_strndup(x->arena, source + 2, strlen(source) - 3);
        if (look_up(x, name, &value, reterr) < 0)
            return -1;
        if (!is_literal || !json_is_string(value)) {
            *ret_new = json_deep_copy(value);
            return 0;
        }
    }
    const char *text = NULL;
    if (splice_text(x, source, &text, reterr) < 0)
        return -1;
    /* A value that begins the pattern could look like one ("*", "~…"): "=" makes it literal. */
    *ret_new = json_string(is_literal ? lat_arena_printf(x->arena, "=%s", text) : text);
    return 0;
}

static int count_of(const struct expansion *x, const json_t *object, const char *name, int64_t max,
                    int64_t *ret_count, struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) value = NULL;
    if (expand(x, json_object_get(object, name), &value, reterr) < 0)
        return -1;
    int64_t count = json_is_integer(value) ? json_integer_value(value) : -1;
    if (count < 0 || count > max)
        return lat_err_input(reterr, "%s takes a number from 0 to %lld", name, (long long)max);
    *ret_count = count;
    return 0;
}

/* { $times: N, $item: … }: N elements, with ${i} from 1. */
static int make_list(const struct expansion *x, const json_t *object, json_t **ret_new,
                     struct lat_err *reterr)
{
    int64_t count = 0;
    if (count_of(x, object, "$times", CFT_GENERATED_ITEMS_MAX, &count, reterr) < 0)
        return -1;
    json_t *LAT_AUTO(lat_json_decrefp) list = json_array();
    for (int64_t i = 1; i <= count; i++) {
        json_t *item = NULL;
        lat_json_set(x->scope, "i", json_integer(i));
        if (expand(x, json_object_get(object, "$item"), &item, reterr) < 0)
            return -1;
        json_array_append_new(list, item);
    }
    json_object_del(x->scope, "i");
    *ret_new = LAT_TAKE(list);
    return 0;
}

/* { $text: "ab", $length: 5 }: "ababa". */
static int make_text(const struct expansion *x, const json_t *object, json_t **ret_new,
                     struct lat_err *reterr)
{
    int64_t length = 0;
    const char *unit = json_string_value(json_object_get(object, "$text"));
    if (lat_text_is_empty(unit))
        return lat_err_input(reterr, "$text takes a text that is not empty");
    if (count_of(x, object, "$length", CFT_GENERATED_BYTES_MAX, &length, reterr) < 0)
        return -1;
    char *text = lat_arena_alloc(x->arena, (size_t)length + 1);
    for (size_t i = 0; i < (size_t)length; i++)
        text[i] = unit[i % strlen(unit)];
    *ret_new = json_string(text);
    return 0;
}

static int expand_object(const struct expansion *x, const json_t *source, json_t **ret_new,
                         struct lat_err *reterr)
{
    if (json_object_get(source, "$item") != NULL)
        return make_list(x, source, ret_new, reterr);
    if (json_object_get(source, "$text") != NULL)
        return make_text(x, source, ret_new, reterr);
    json_t *LAT_AUTO(lat_json_decrefp) object = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(lat_json_iterable(source), name, value) {
        json_t *member = NULL;
        const char *text = NULL;
        if (splice_text(x, name, &text, reterr) < 0 || expand(x, value, &member, reterr) < 0)
            return -1;
        json_object_set_new(object, text, member);
    }
    *ret_new = LAT_TAKE(object);
    return 0;
}

static int expand(const struct expansion *x, const json_t *source, json_t **ret_new,
                  struct lat_err *reterr)
{
    if (json_is_string(source))
        return expand_string(x, json_string_value(source), ret_new, reterr);
    if (json_is_object(source))
        return expand_object(x, source, ret_new, reterr);
    if (!json_is_array(source)) {
        *ret_new = json_deep_copy(source);
        return 0;
    }
    json_t *LAT_AUTO(lat_json_decrefp) list = json_array();
    for (size_t i = 0; i < json_array_size(source); i++) {
        json_t *item = NULL;
        if (expand(x, json_array_get(source, i), &item, reterr) < 0)
            return -1;
        json_array_append_new(list, item);
    }
    *ret_new = LAT_TAKE(list);
    return 0;
}

int cft_expand_new(struct lat_arena *arena, json_t *scope, const json_t *source,
                   enum cft_expand_mode mode, json_t **ret_new, struct lat_err *reterr)
{
    struct expansion x = {.arena = arena, .scope = scope, .mode = mode};
    return expand(&x, source, ret_new, reterr);
}

int cft_expand_text(struct lat_arena *arena, json_t *scope, const char *source,
                    const char **ret_text, struct lat_err *reterr)
{
    struct expansion x = {.arena = arena, .scope = scope, .mode = CFT_EXPAND_INPUT};
    return splice_text(&x, source, ret_text, reterr);
}
