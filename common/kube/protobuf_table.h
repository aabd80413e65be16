/* Tables of protobuf messages, as messages.txt describes them: which field of a message has which
 * number and type. Only for reading and writing protobuf in this folder. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One field. Texts are spans of the table. */
struct lat_kube_field {
    uint64_t number;
    const char *name, *type;
    size_t name_length, type_length;
    bool is_list, is_map, keeps_zero, is_inline;
};

/* The fields of a message, for lat_kube_message_next; NULL when the table has none of that name. */
const char *lat_kube_message(const char *table, const char *name, size_t length);
/* Moves *at over the next field; false behind the last one. */
bool lat_kube_message_next(const char **at, struct lat_kube_field *ret_field);
bool lat_kube_field_is(const struct lat_kube_field *field, const char *type);
