/* Reading the tables of messages; see protobuf_table.h. They are our own files, whose form is held
 * by the tests: nothing here is told by a peer. */
#include "common/kube/protobuf_table.h"

#include <string.h>

/* What stands behind "NAME:" at the begin of a line. */
const char *lat_kube_message(const char *table, const char *name, size_t length)
{
    const char *line = table;
    while (*line != '\0') {
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return NULL;
}

/* A message goes on as long as lines are indented. */
static bool is_end(const char *at)
{
    return *at == '\0' || (*at == '\n' && at[1] != ' ');
}

static void read_type(struct lat_kube_field *field, const char *at, size_t length)
{
    field->is_list = at[0] == '[';
    field->is_map = at[0] == '{';
    bool is_wrapped = field->is_list || field->is_map;
    field->type = at + is_wrapped;
    field->type_length = length - (is_wrapped ? 2 : 0);
    field->keeps_zero = at[length - 1] == '?';
    field->type_length -= field->keeps_zero;
}

bool lat_kube_message_next(const char **at_slot, struct lat_kube_field *ret_field)
{
    static const char blank[] = " \n";
    const char *at = *at_slot;
    if (is_end(at))
        return false;
    at += strspn(at, " ,");
    if (*at == '\n' && !is_end(at))
        at += 1 + strspn(at + 1, " ");
    struct lat_kube_field field = {0};
    for (; *at >= '0' && *at <= '9'; at++)
        field.number = field.number * 10 + (uint64_t)(*at - '0');
    at += strspn(at, blank);
    field.name = at;
    field.name_length = strcspn(at, blank);
    field.is_inline = *at == '<';
    at += field.name_length;
    at += strspn(at, blank);
    size_t length = strcspn(at, ",\n");
    if (length == 0)
        return false;
    read_type(&field, at, length);
    *at_slot = at + length;
    *ret_field = field;
    return true;
}

bool lat_kube_field_is(const struct lat_kube_field *field, const char *type)
{
    return field->type_length == strlen(type) && memcmp(field->type, type, field->type_length) == 0;
}
