/* Answers of resource families; see family.h. */
#include "simulator/engine/family.h"

#include "common/aws/model.h"

#include <assert.h>
#include <string.h>

#define LIST_VALUES_MAX 7

/* Bytes of a member's value in a generated struct. */
static size_t member_bytes(const struct lat_member *member)
{
    switch (member->shape->kind) {
    case LAT_SHAPE_KIND_INTEGER:
    case LAT_SHAPE_KIND_LONG:
    case LAT_SHAPE_KIND_TIMESTAMP:
        return sizeof(struct lat_opt_int);
    case LAT_SHAPE_KIND_BOOLEAN:
        return sizeof(struct lat_opt_bool);
    case LAT_SHAPE_KIND_LIST:
    case LAT_SHAPE_KIND_MAP:
        return sizeof(struct lat_list);
    default:
        return sizeof(void *); /* texts, structures, unions */
    }
}

/* A member that two shapes share by name. */
struct shared {
    size_t from, to, bytes;
};

struct sharing {
    struct shared *items;
    size_t count;
};

/* What from_shape and to_shape share; the other members of the target stay absent. */
static struct sharing find_shared(struct lat_arena *arena, const struct lat_shape *from_shape,
                                  const struct lat_shape *to_shape)
{
    struct sharing sharing = {LAT_NEW_ARRAY(arena, struct shared, to_shape->member_count), 0};
    for (size_t i = 0; i < to_shape->member_count; i++) {
        const struct lat_member *target = &to_shape->members[i];
        const struct lat_member *source = lat_shape_member(from_shape, target->name);
        if (source == NULL)
            continue;
        assert(member_bytes(source) == member_bytes(target));
        sharing.items[sharing.count++] =
            (struct shared){source->offset, target->offset, member_bytes(source)};
    }
    return sharing;
}

static int show_shared(struct sim_call *call, const struct sim_family *family,
                       struct sharing sharing, const void *row, void *ret)
{
    void *view = lat_arena_alloc(call->arena, lat_shapes[family->view].bytes);
    if (family->show(call, row, view) < 0)
        return -1;
    for (size_t i = 0; i < sharing.count; i++) {
        const struct shared *shared = &sharing.items[i];
        memcpy((char *)ret + shared->to, (const char *)view + shared->from, shared->bytes);
    }
    return 0;
}

int sim_family_find(struct sim_call *call, const struct sim_family *family, const char *identifier,
                    void **ret_row)
{
    return sim_resource_find(call, family->table, family->kind, identifier, ret_row);
}

int sim_family_show(struct sim_call *call, const struct sim_family *family, const void *row,
                    const struct lat_shape *shape, void *ret)
{
    if (shape == &lat_shapes[family->view])
        return family->show(call, row, ret);
    struct sharing sharing = find_shared(call->arena, &lat_shapes[family->view], shape);
    return show_shared(call, family, sharing, row, ret);
}

int sim_family_answer(struct sim_call *call, const struct sim_family *family, const void *row,
                      void *output)
{
    return sim_family_show(call, family, row, call->lattice->output, output);
}

/* Shows rows as summaries, into the list member of the output. */
static int show_items(struct sim_call *call, const struct sim_family *family, const void *rows,
                      size_t count, void *output)
{
    const struct lat_shape *shape = &lat_shapes[family->summary];
    struct sharing sharing = find_shared(call->arena, &lat_shapes[family->view], shape);
    char *items = lat_arena_alloc(call->arena, shape->bytes * count);
    for (size_t i = 0; i < count; i++) {
        const char *row = (const char *)rows + i * family->table->row_bytes;
        char *item = items + i * shape->bytes;
        if (show_shared(call, family, sharing, row, item) < 0 ||
            (family->add_to_summary != NULL && family->add_to_summary(call, row, item) < 0))
            return -1;
    }
    struct lat_list list = LAT_LIST(items, count);
    memcpy((char *)output + call->lattice->page_items->offset, &list, sizeof list);
    return 0;
}

int sim_family_list(struct sim_call *call, const struct sim_family *family, const void *input,
                    const char *tail, struct sim_values values, void *output)
{
    const struct lat_operation *operation = call->lattice;
    struct sim_value bound[LIST_VALUES_MAX + 2];
    struct sim_page page;
    void *rows = NULL;
    const char *token = NULL;
    size_t count = 0;
    assert(values.count <= LIST_VALUES_MAX);
    if (sim_page_begin(call, *lat_member_int(input, operation->page_limit),
                       lat_member_text(input, operation->page_cursor), &page) < 0)
        return -1;
    bound[0] = sim_int(page.after);
    bound[1] = sim_int(page.fetch);
    memcpy(&bound[2], values.items, values.count * sizeof bound[0]);
    if (sim_store_rows(call->sim->store, call->arena, family->table, tail,
                       (struct sim_values){bound, values.count + 2}, &rows, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, family->table, rows, count, &token);
    lat_member_set_text(output, operation->page_next, token);
    return show_items(call, family, rows, count, output);
}
