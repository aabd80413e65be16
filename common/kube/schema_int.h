/* The compiled form of a schema, for schema*.c only. Nodes live in the schema's arena and never
 * change after compiling. */
#pragma once

#include "common/kube/schema.h"

#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum node_type {
    NODE_ANY, /* no type given */
    NODE_OBJECT,
    NODE_ARRAY,
    NODE_STRING,
    NODE_INTEGER,
    NODE_NUMBER,
    NODE_BOOLEAN,
    NODE_TYPE_COUNT
};

enum node_list { NODE_LIST_ATOMIC, NODE_LIST_SET, NODE_LIST_MAP };

struct node;

struct node_property {
    const char *name;
    const struct node *node;
};

struct node_list_of {
    const struct node **items;
    size_t count;
};

/* Bounds are -1 when absent. */
struct node {
    enum node_type type;
    bool nullable, preserves_unknown, int_or_string, embedded;
    struct node_property *properties;
    size_t property_count;
    const struct node *items;
    const struct node *additional; /* schema of other members; NULL when none is allowed */
    const char **required;
    size_t required_count;
    const json_t *enum_values;
    json_t *default_value;
    const char *pattern_text;
    pcre2_code *pattern;
    const char *format;
    bool has_minimum, has_maximum, exclusive_minimum, exclusive_maximum;
    double minimum, maximum;
    double multiple_of; /* 0 when absent */
    int64_t length_min, length_max, items_min, items_max, properties_min, properties_max;
    enum node_list list;
    const json_t *map_keys;
    struct node_list_of all_of, any_of, one_of;
    const struct node *not_node;
};

struct lat_kube_schema {
    struct lat_arena *arena;
    json_t *document;
    const struct node *root; /* NULL: not compiled yet, and there is no arena */
    pcre2_code **patterns;   /* owned; the nodes borrow them */
    size_t pattern_count;
};

/* The compiled schema; compiles one that was left for later. */
const struct node *lat_kube_schema_root(const struct lat_kube_schema *schema);

const struct node *lat_kube_node_property(const struct node *node, const char *name);
const char *lat_kube_node_type_name(enum node_type type);
