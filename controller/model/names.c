/* Makes and checks names. Never asks whether a name is taken. */
#include "controller/model/names.h"

#include "common/base/text.h"

#include <string.h>

enum {
    ROUTE_NAME_BYTES = 20,
    NAMESPACE_BYTES = 18,
    GROUP_PART_BYTES = 55,
    OVERRIDE_MIN = 3,
    OVERRIDE_MAX = 40
};

static struct lat_str cut(const char *text, size_t bytes_max)
{
    struct lat_str part = {.data = text, .length = strnlen(text, bytes_max)};
    while (part.length > 0 && part.data[0] == '-') {
        part.data++;
        part.length--;
    }
    while (part.length > 0 && part.data[part.length - 1] == '-')
        part.length--;
    return part;
}

char *gwc_service_name(struct lat_arena *arena, const char *route_name, const char *route_namespace)
{
    struct lat_str name = cut(route_name, ROUTE_NAME_BYTES);
    struct lat_str space = cut(route_namespace, NAMESPACE_BYTES);
    return lat_arena_printf(arena, "%.*s-%.*s", (int)name.length, name.data, (int)space.length,
                            space.data);
}

char *gwc_listener_name(struct lat_arena *arena, const char *route_name,
                        const char *route_namespace, int64_t port, const char *protocol)
{
    const char *word = lat_text_eq(protocol, "HTTP")    ? "http"
                       : lat_text_eq(protocol, "HTTPS") ? "https"
                                                        : "tls";
    return lat_arena_printf(arena, "%s-%lld-%s",
                            gwc_service_name(arena, route_name, route_namespace), (long long)port,
                            word);
}

char *gwc_target_group_name(struct lat_arena *arena, const char *service_namespace,
                            const char *service_name, const char *suffix)
{
    struct lat_str space = cut(service_namespace, GROUP_PART_BYTES);
    struct lat_str name = cut(service_name, GROUP_PART_BYTES);
    return lat_arena_printf(arena, "k8s-%.*s-%.*s-%s", (int)space.length, space.data,
                            (int)name.length, name.data, suffix);
}

const char *gwc_name_override_complaint(const char *value)
{
    size_t length = strlen(value);
    if (length < OVERRIDE_MIN)
        return "service name must be at least 3 characters long";
    if (length > OVERRIDE_MAX)
        return "service name cannot exceed 40 characters";
    if (strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return "service name must contain only lowercase letters, numbers, and hyphens";
    if (lat_text_has_prefix(value, "svc-"))
        return "service name cannot start with 'svc-'";
    if (value[0] == '-')
        return "service name cannot start with a hyphen";
    if (value[length - 1] == '-')
        return "service name cannot end with a hyphen";
    if (strstr(value, "--") != NULL)
        return "service name cannot contain double hyphens";
    return NULL;
}
