/* The types of the generated API tables (lattice_model.h, from model/vpc-lattice.api) and of the
 * values in generated structs. Facts only: what the API's shapes look like, never what they mean.
 *
 * How a shape becomes C. Each structure, union, input and output is a struct named after it:
 * CreateServiceRequest is struct lat_create_service_request; its member numberOfAssociatedVPCs is
 * number_of_associated_vpcs. A member is
 *   string, enum        const char *            NULL is absent; words of enums: LAT_AUTH_TYPE_NONE
 *   integer, long       struct lat_opt_int
 *   timestamp           struct lat_opt_int      milliseconds since 1970-01-01T00:00:00Z
 *   boolean             struct lat_opt_bool
 *   structure, union    const struct lat_x *    NULL is absent; a union has one member present
 *   list                struct lat_list         of structs by value, or of const char *
 *   map                 struct lat_list         of struct lat_entry
 * All of it zero is "nothing present". The structs own nothing: texts and lists live in an arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lat_opt_int {
    bool has;
    int64_t value;
};

struct lat_opt_bool {
    bool has;
    bool value;
};

/* A list or map; the comment at a generated member names the element type of items. */
struct lat_list {
    void *items;
    size_t count;
    bool has; /* present, perhaps empty */
};

struct lat_entry {
    const char *key;
    const char *value;
};

#define LAT_INT(number)        ((struct lat_opt_int){.has = true, .value = (number)})
#define LAT_BOOL(truth)        ((struct lat_opt_bool){.has = true, .value = (truth)})
#define LAT_LIST(array, total) ((struct lat_list){.items = (array), .count = (total), .has = true})

enum lat_shape_kind {
    LAT_SHAPE_KIND_STRING,
    LAT_SHAPE_KIND_ENUM,
    LAT_SHAPE_KIND_INTEGER,
    LAT_SHAPE_KIND_LONG,
    LAT_SHAPE_KIND_BOOLEAN,
    LAT_SHAPE_KIND_TIMESTAMP,
    LAT_SHAPE_KIND_LIST,
    LAT_SHAPE_KIND_MAP,
    LAT_SHAPE_KIND_STRUCTURE,
    LAT_SHAPE_KIND_UNION,
    LAT_SHAPE_KIND_COUNT
};

enum lat_location {
    LAT_LOCATION_BODY,
    LAT_LOCATION_LABEL,
    LAT_LOCATION_QUERY,
    LAT_LOCATION_HEADER,
    LAT_LOCATION_COUNT
};

struct lat_shape;

/* A member of a structure, union, input, output or error. */
struct lat_member {
    const char *name; /* in the API and, for labels, queries and bodies, on the wire */
    const struct lat_shape *shape;
    size_t offset; /* in the generated struct; 0 for members of errors */
    enum lat_location location;
    const char *json_name; /* the name as it begins a member of a document: "\"name\":" */
    size_t json_name_length;
    const char *wire_name; /* the header's name for LAT_LOCATION_HEADER, else equal to name */
    bool required;
    bool token; /* the idempotency token */
};

/* Its place in lat_shapes is its enum lat_shape_id. */
struct lat_shape {
    const char *name; /* "TargetGroupConfig" */
    enum lat_shape_kind kind;
    size_t bytes; /* of its C value: what an element of a list of it takes */
    bool bounded; /* min and max hold: characters of a text, a number's value, size of a list */
    int64_t min;
    int64_t max;
    const char *pattern;      /* of a string; it must match the whole text; NULL for none */
    const char *const *words; /* of an enum */
    size_t word_count;
    const struct lat_shape *key;     /* of a map, else NULL */
    const struct lat_shape *element; /* of a list, or a map's values, else NULL */
    const struct lat_member *members;
    size_t member_count;
};

/* Its place in lat_error_shapes is its enum lat_error_id. */
struct lat_error_shape {
    const char *name; /* "ResourceNotFoundException" */
    int status;       /* HTTP */
    bool retryable;
    bool throttling;
    const struct lat_member *members; /* which members of struct lat_refusal travel, and where */
    size_t member_count;
};

/* One segment of an operation's path: a word, or a label. */
struct lat_path_part {
    const char *word;               /* NULL for a label */
    const struct lat_member *label; /* NULL for a word */
    bool takes_rest;                /* a last label that may hold unencoded slashes */
};

/* Its place in lat_operations is its enum lat_operation_id. */
struct lat_operation {
    const char *name;   /* "CreateService" */
    const char *method; /* "POST" */
    const char *path;   /* "/services/{serviceIdentifier}" */
    int status;         /* HTTP, of success */
    bool idempotent;    /* repeating it is safe; not that it succeeds twice */
    bool readonly;
    const struct lat_path_part *parts;
    size_t part_count;
    const struct lat_shape *input;
    const struct lat_shape *output;
    const struct lat_error_shape *const *errors; /* the declared ones */
    size_t error_count;
    const struct lat_member *token; /* of the input: the idempotency token; NULL when it has none */
    /* All four are NULL unless the operation answers in pages. */
    const struct lat_member *page_items;  /* of the output: the list */
    const struct lat_member *page_next;   /* of the output: absent on the last page */
    const struct lat_member *page_cursor; /* of the input: the previous answer's page_next */
    const struct lat_member *page_limit;  /* of the input: how many items at most */
};

/* By name, exactly; NULL when there is none. */
const struct lat_operation *lat_operation_by_name(const char *name);
const struct lat_error_shape *lat_error_shape_by_name(const char *name);
const struct lat_shape *lat_shape_by_name(const char *name);
const struct lat_member *lat_shape_member(const struct lat_shape *shape, const char *name);

/* A member of a generated struct, by table. The getters expect a member of that kind (string or
 * enum; integer, long or timestamp; boolean; list or map; structure or union). */
static inline const void *lat_member_at(const void *value, const struct lat_member *member)
{
    return (const char *)value + member->offset;
}

const char *lat_member_text(const void *value, const struct lat_member *member);
const struct lat_opt_int *lat_member_int(const void *value, const struct lat_member *member);
const struct lat_opt_bool *lat_member_bool(const void *value, const struct lat_member *member);
const struct lat_list *lat_member_list(const void *value, const struct lat_member *member);
const void *lat_member_struct(const void *value, const struct lat_member *member);

/* Whether a member of a generated struct is present. */
bool lat_member_is_present(const void *value, const struct lat_member *member);

/* Sets a text member (string or enum) of a generated struct; text is borrowed. */
void lat_member_set_text(void *value, const struct lat_member *member, const char *text);
