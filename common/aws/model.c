/* Looking things up in the generated tables, and members of generated structs by table. */
#include "common/aws/lattice_model.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

const struct lat_operation *lat_operation_by_name(const char *name)
{
    for (size_t i = 0; i < LAT_OP_COUNT; i++)
        if (lat_text_eq(lat_operations[i].name, name))
            return &lat_operations[i];
    return NULL;
}

const struct lat_error_shape *lat_error_shape_by_name(const char *name)
{
    for (size_t i = 0; i < LAT_ERROR_COUNT; i++)
        if (lat_text_eq(lat_error_shapes[i].name, name))
            return &lat_error_shapes[i];
    return NULL;
}

const struct lat_shape *lat_shape_by_name(const char *name)
{
    for (size_t i = 0; i < LAT_SHAPE_COUNT; i++)
        if (lat_text_eq(lat_shapes[i].name, name))
            return &lat_shapes[i];
    return NULL;
}

const struct lat_member *lat_shape_member(const struct lat_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->member_count; i++)
        if (lat_text_eq(shape->members[i].name, name))
            return &shape->members[i];
    return NULL;
}

const char *lat_member_text(const void *value, const struct lat_member *member)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_STRING ||
           member->shape->kind == LAT_SHAPE_KIND_ENUM);
    return *(const char *const *)lat_member_at(value, member);
}

const struct lat_opt_int *lat_member_int(const void *value, const struct lat_member *member)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_INTEGER ||
           member->shape->kind == LAT_SHAPE_KIND_LONG ||
           member->shape->kind == LAT_SHAPE_KIND_TIMESTAMP);
    return lat_member_at(value, member);
}

const struct lat_opt_bool *lat_member_bool(const void *value, const struct lat_member *member)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_BOOLEAN);
    return lat_member_at(value, member);
}

const struct lat_list *lat_member_list(const void *value, const struct lat_member *member)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_LIST || member->shape->kind == LAT_SHAPE_KIND_MAP);
    return lat_member_at(value, member);
}

const void *lat_member_struct(const void *value, const struct lat_member *member)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_STRUCTURE ||
           member->shape->kind == LAT_SHAPE_KIND_UNION);
    return *(const void *const *)lat_member_at(value, member);
}

bool lat_member_is_present(const void *value, const struct lat_member *member)
{
    switch (member->shape->kind) {
    case LAT_SHAPE_KIND_STRING:
    case LAT_SHAPE_KIND_ENUM:
        return lat_member_text(value, member) != NULL;
    case LAT_SHAPE_KIND_INTEGER:
    case LAT_SHAPE_KIND_LONG:
    case LAT_SHAPE_KIND_TIMESTAMP:
        return lat_member_int(value, member)->has;
    case LAT_SHAPE_KIND_BOOLEAN:
        return lat_member_bool(value, member)->has;
    case LAT_SHAPE_KIND_LIST:
    case LAT_SHAPE_KIND_MAP:
        return lat_member_list(value, member)->has || lat_member_list(value, member)->count > 0;
    case LAT_SHAPE_KIND_STRUCTURE:
    case LAT_SHAPE_KIND_UNION:
        return lat_member_struct(value, member) != NULL;
    case LAT_SHAPE_KIND_COUNT:
        break;
    }
    assert(false);
    return false;
}

void lat_member_set_text(void *value, const struct lat_member *member, const char *text)
{
    assert(member->shape->kind == LAT_SHAPE_KIND_STRING ||
           member->shape->kind == LAT_SHAPE_KIND_ENUM);
    memcpy((char *)value + member->offset, &text, sizeof text);
}
