/* Every constraint of every member of every input, at any depth, broken by table and sent over the
 * wire: the refusal names that member and no other; with all broken at once it names them all. */
#include "common/aws/tests/fixture.h"
#include "common/aws/tests/sample.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define DEPTH_MAX 16
#define NODES_MAX 512
#define VARIANTS  3 /* so that each member of each union has its turn */

TestSuite(constraints, .init = set_up, .fini = tear_down);

/* One value in a document: the way to it, and what it must be. */
struct node {
    const struct lat_shape *shape;
    enum lat_location location; /* of the member of the input that it is in */
    bool required;
    size_t depth;
    struct {
        const char *name; /* NULL: an element of a list */
        size_t index;
    } steps[DEPTH_MAX];
};

struct nodes {
    struct node all[NODES_MAX];
    size_t count;
};

static const char *path_of(const struct node *node)
{
    const char *path = "";
    for (size_t i = 0; i < node->depth; i++)
        path =
            node->steps[i].name == NULL
                ? lat_arena_printf(arena, "%s[%zu]", path, node->steps[i].index)
                : lat_arena_printf(arena, "%s%s%s", path, i == 0 ? "" : ".", node->steps[i].name);
    return path;
}

/* Puts a new reference in the node's place; NULL takes the value away. */
static void put(json_t *document, const struct node *node, json_t *value)
{
    json_t *holder = document;
    for (size_t i = 0; i + 1 < node->depth; i++)
        holder = node->steps[i].name == NULL ? json_array_get(holder, node->steps[i].index)
                                             : json_object_get(holder, node->steps[i].name);
    const char *name = node->steps[node->depth - 1].name;
    if (name == NULL)
        json_array_set_new(holder, node->steps[node->depth - 1].index, value);
    else if (value == NULL)
        json_object_del(holder, name);
    else
        json_object_set_new(holder, name, value);
}

/* Notes a value and all inside of it. */
static void walk(struct nodes *nodes, const struct node *node, const json_t *value)
{
    cr_assert_lt(nodes->count, NODES_MAX);
    cr_assert_lt(node->depth, DEPTH_MAX);
    nodes->all[nodes->count++] = *node;
    struct node inner = *node;
    inner.depth++;
    inner.required = false;
    inner.shape = node->shape->element;
    for (size_t i = 0; i < json_array_size(value); i++) {
        inner.steps[node->depth].name = NULL;
        inner.steps[node->depth].index = i;
        walk(nodes, &inner, json_array_get(value, i));
    }
    if (node->shape->kind == LAT_SHAPE_KIND_MAP) {
        inner.steps[node->depth].name = "team"; /* of every sample */
        walk(nodes, &inner, json_object_get(value, "team"));
    }
    for (size_t i = 0; i < node->shape->member_count; i++) {
        const struct lat_member *member = &node->shape->members[i];
        if (json_object_get(value, member->name) == NULL)
            continue; /* of a union */
        inner.steps[node->depth].name = member->name;
        inner.shape = member->shape;
        inner.required = member->required;
        if (node->depth == 0)
            inner.location = member->location;
        walk(nodes, &inner, json_object_get(value, member->name));
    }
}

/* --- values that break something ----------------------------------------------------------------
 */

static json_t *text_of_new(char letter, int64_t length)
{
    char *text = lat_arena_alloc(arena, (size_t)length + 1);
    memset(text, letter, (size_t)length);
    return json_string(text);
}

/* Of a length that would do, but not of the pattern. */
static json_t *mismatch_new(const struct lat_shape *shape)
{
    static const char letters[] = " !A_";
    int64_t length = shape->bounded && shape->min > 1 ? shape->min : 1;
    for (const char *letter = letters; *letter != '\0'; letter++) {
        json_t *text = text_of_new(*letter, length);
        if (!lat_codec_matches(codec, shape, json_string_value(text)))
            return text;
        json_decref(text);
    }
    return NULL;
}

static json_t *sized_new(const struct lat_shape *shape, int64_t size)
{
    if (size < 0)
        return NULL;
    if (shape->kind == LAT_SHAPE_KIND_STRING)
        return text_of_new('a', size);
    json_t *held = shape->kind == LAT_SHAPE_KIND_LIST ? json_array() : json_object();
    for (int64_t i = 0; i < size; i++) {
        json_t *element = sample_new(codec, shape->element, 0);
        if (shape->kind == LAT_SHAPE_KIND_LIST)
            json_array_append_new(held, element);
        else
            json_object_set_new(held, lat_arena_printf(arena, "k%lld", (long long)i), element);
    }
    return held;
}

enum breakage { TOO_LITTLE, TOO_MUCH, MISMATCH, WORD, TYPE, CHOICE, MISSING, BREAKAGE_COUNT };

static const char *const texts[BREAKAGE_COUNT] = {
    "inclusive",      "inclusive",      "regular expression", "enum value set",
    "Member must be", "exactly one of", "must not be null"};

static json_t *beyond_new(const struct lat_shape *shape, int64_t bound)
{
    return !shape->bounded                         ? NULL
           : shape->kind == LAT_SHAPE_KIND_INTEGER ? json_integer(bound)
                                                   : sized_new(shape, bound);
}

/* Two members of a union; none where there is one to have. */
static json_t *too_many_new(const struct lat_shape *shape)
{
    json_t *object = json_object();
    for (size_t i = 0; i < 2 && shape->member_count > 1; i++)
        json_object_set_new(object, shape->members[i].name,
                            sample_new(codec, shape->members[i].shape, 0));
    return object;
}

/* Whether a value at this place can be broken so, and how; ret_value is a new reference or NULL. */
static bool break_it(const struct node *node, enum breakage breakage, json_t **ret_value)
{
    const struct lat_shape *shape = node->shape;
    bool is_body = node->location == LAT_LOCATION_BODY;
    bool is_text = shape->kind == LAT_SHAPE_KIND_STRING;
    *ret_value = NULL;
    switch (breakage) {
    case TOO_LITTLE:
        /* An empty label is another path, an empty list in a query is none. */
        if (!is_body && shape->kind != LAT_SHAPE_KIND_INTEGER && shape->min < 2)
            return false;
        *ret_value = beyond_new(shape, shape->min - 1);
        break;
    case TOO_MUCH:
        *ret_value = beyond_new(shape, shape->max + 1);
        break;
    case MISMATCH:
        *ret_value = is_text && shape->pattern != NULL ? mismatch_new(shape) : NULL;
        break;
    case WORD:
        *ret_value = shape->kind == LAT_SHAPE_KIND_ENUM ? json_string("NO_SUCH_WORD") : NULL;
        break;
    case TYPE: /* what stands in a path or a query is a text before it is anything else */
        if (is_body || shape->kind == LAT_SHAPE_KIND_INTEGER)
            *ret_value = json_real(0.5);
        break;
    case CHOICE:
        *ret_value = shape->kind == LAT_SHAPE_KIND_UNION ? too_many_new(shape) : NULL;
        break;
    case MISSING: /* a label that is not there is another path */
        return node->required && node->location != LAT_LOCATION_LABEL;
    case BREAKAGE_COUNT:
        break;
    }
    return *ret_value != NULL;
}

/* --- sending ------------------------------------------------------------------------------------
 */

static struct lat_refusal send(const struct lat_operation *operation, const json_t *document)
{
    struct lat_wire_request wire;
    struct lat_routed routed;
    struct lat_refusal refusal = {0};
    void *input;
    cr_assert_eq(lat_request_from_document(arena, operation, document, &wire, NULL), 0, "%s",
                 operation->name);
    cr_assert_eq(lat_route(arena, wire.method, wire.path, &routed), 0, "%s", wire.path);
    cr_assert_eq(routed.operation, operation, "%s", wire.path);
    int result = lat_request_decode(codec, arena, &routed, wire.query, wire.body, wire.body_length,
                                    &input, &refusal);
    cr_assert_eq(result < 0, refusal.code != NULL);
    return refusal;
}

static void expect_refused(const struct lat_operation *operation, const struct node *node,
                           const struct lat_refusal *refusal, const char *text)
{
    const char *path = path_of(node);
    cr_assert_str_eq(refusal->code == NULL ? "" : refusal->code, "ValidationException", "%s %s",
                     operation->name, path);
    cr_assert_str_eq(refusal->reason, "fieldValidationFailed");
    bool told = false;
    for (size_t i = 0; i < refusal->field_count; i++) {
        cr_assert_str_eq(refusal->fields[i].name, path, "%s %s", operation->name, path);
        told = told || strstr(refusal->fields[i].message, text) != NULL;
    }
    cr_assert(told, "%s %s: no %s", operation->name, path, text);
}

static void collect(const struct lat_operation *operation, const json_t *document,
                    struct nodes *nodes)
{
    const struct node top = {.shape = operation->input, .location = LAT_LOCATION_BODY};
    nodes->count = 0;
    walk(nodes, &top, document);
}

/* Breaks each value of a sample in each way that it can be broken. Returns how many there were. */
static size_t break_each(const struct lat_operation *operation, const json_t *sample,
                         size_t *counts)
{
    static struct nodes nodes;
    size_t broken = 0;
    collect(operation, sample, &nodes);
    for (size_t i = 1; i < nodes.count; i++) /* the first is the input itself */
        for (int breakage = 0; breakage < BREAKAGE_COUNT; breakage++) {
            json_t *value = NULL;
            if (!break_it(&nodes.all[i], (enum breakage)breakage, &value))
                continue;
            LAT_AUTO(lat_json_decrefp)
            json_t *document = json_deep_copy(lat_json_iterable(sample));
            put(document, &nodes.all[i], value);
            struct lat_refusal refusal = send(operation, document);
            expect_refused(operation, &nodes.all[i], &refusal, texts[breakage]);
            counts[breakage]++;
            broken++;
        }
    return broken;
}

Test(constraints, each_one_broken_alone_is_refused_with_its_member, .timeout = 120)
{
    size_t counts[BREAKAGE_COUNT] = {0}, total = 0;
    for (size_t i = 0; i < LAT_OP_COUNT; i++)
        for (size_t variant = 0; variant < VARIANTS; variant++) {
            LAT_AUTO(lat_json_decrefp)
            json_t *sample = sample_new(codec, lat_operations[i].input, variant);
            struct lat_refusal refusal = send(&lat_operations[i], sample);
            cr_assert_null(refusal.code, "%s: %s", lat_operations[i].name, refusal.message);
            total += break_each(&lat_operations[i], sample, counts);
            lat_arena_freep(&arena);
            arena = lat_arena_new();
        }
    for (int breakage = 0; breakage < BREAKAGE_COUNT; breakage++)
        cr_assert_gt(counts[breakage], 40, "%s: %zu", texts[breakage], counts[breakage]);
    cr_assert_gt(total, 3000, "%zu", total);
}

/* --- all at once --------------------------------------------------------------------------------
 */

static bool is_leaf(const struct node *node)
{
    return node->shape->element == NULL && node->shape->member_count == 0;
}

/* Breaks every single value that can be broken; expected gets their paths. */
static size_t break_all(json_t *document, const struct nodes *nodes, const char **expected)
{
    size_t count = 0;
    for (size_t i = 1; i < nodes->count && count < LAT_VIOLATIONS_MAX / 2; i++)
        for (int breakage = 0; is_leaf(&nodes->all[i]) && breakage < MISSING; breakage++) {
            json_t *value = NULL;
            if (!break_it(&nodes->all[i], (enum breakage)breakage, &value))
                continue;
            put(document, &nodes->all[i], value);
            expected[count++] = path_of(&nodes->all[i]);
            break;
        }
    return count;
}

static bool is_among(const char *const *paths, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(paths[i], path) == 0)
            return true;
    return false;
}

Test(constraints, all_broken_at_once_are_all_named, .timeout = 120)
{
    static struct nodes nodes;
    size_t most = 0;
    for (size_t i = 0; i < LAT_OP_COUNT; i++) {
        const char *expected[LAT_VIOLATIONS_MAX];
        LAT_AUTO(lat_json_decrefp)
        json_t *document = sample_new(codec, lat_operations[i].input, 0);
        collect(&lat_operations[i], document, &nodes);
        size_t count = break_all(document, &nodes, expected);
        cr_assert_gt(count, 0, "%s", lat_operations[i].name);
        most = count > most ? count : most;
        struct lat_refusal refusal = send(&lat_operations[i], document);
        const char *told[LAT_VIOLATIONS_MAX];
        for (size_t k = 0; k < refusal.field_count; k++) {
            told[k] = refusal.fields[k].name;
            cr_assert(is_among(expected, count, told[k]), "%s: %s is not broken",
                      lat_operations[i].name, told[k]);
        }
        for (size_t k = 0; k < count; k++)
            cr_assert(is_among(told, refusal.field_count, expected[k]), "%s: %s is not named",
                      lat_operations[i].name, expected[k]);
    }
    cr_assert_gt(most, 20, "%zu", most);
}
