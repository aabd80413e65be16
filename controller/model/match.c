/* Translates what a rule of a route matches. Filters and timeouts are not looked at: they are
 * ignored silently (observed). */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/object.h"

enum { HEADER_MATCHES_MAX = 5 };

static int fail(struct gwc_builder *builder, const char *text)
{
    return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER, "%s", text);
}

static const struct lat_path_match *path_match(struct lat_arena *arena, const char *exact,
                                               const char *prefix)
{
    struct lat_path_match_type *type = LAT_NEW(arena, struct lat_path_match_type);
    *type = (struct lat_path_match_type){.exact = exact, .prefix = prefix};
    struct lat_path_match *match = LAT_NEW(arena, struct lat_path_match);
    *match = (struct lat_path_match){.match = type, .case_sensitive = LAT_BOOL(true)};
    return match;
}

static int match_http(struct gwc_builder *builder, const json_t *match, struct lat_http_match *http)
{
    const json_t *path = json_object_get(match, "path");
    if (path != NULL) {
        const char *type = gwc_member_text(path, "type");
        const char *value = gwc_member_text(path, "value");
        value = value != NULL ? value : "/";
        if (type == NULL)
            return fail(builder, "type is required on path match");
        if (lat_text_eq(type, "Exact"))
            http->path_match = path_match(builder->arena, value, NULL);
        else if (lat_text_eq(type, "PathPrefix"))
            http->path_match = path_match(builder->arena, NULL, value);
        else
            return fail(builder, "LATTICE_UNSUPPORTED_PATH_MATCH_TYPE");
    }
    http->method = gwc_member_text(match, "method");
    if (json_object_get(match, "queryParams") != NULL)
        return fail(builder, "LATTICE_UNSUPPORTED_MATCH_TYPE");
    return 0;
}

static int match_grpc(struct gwc_builder *builder, const json_t *match, struct lat_http_match *http)
{
    const json_t *wanted = json_object_get(match, "method");
    const char *service = gwc_member_text(wanted, "service");
    const char *method = gwc_member_text(wanted, "method");
    const char *type = gwc_member_text(wanted, "type");
    http->method = "POST";
    if (service == NULL && method != NULL)
        return fail(builder, "cannot create GRPCRouteMatch for nil service and non-nil method");
    if (type != NULL && !lat_text_eq(type, "Exact"))
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "unsupported gRPC method match type %s", type);
    if (service == NULL)
        http->path_match = path_match(builder->arena, NULL, "/");
    else if (method == NULL)
        http->path_match =
            path_match(builder->arena, NULL, lat_arena_printf(builder->arena, "/%s/", service));
    else
        http->path_match = path_match(
            builder->arena, lat_arena_printf(builder->arena, "/%s/%s", service, method), NULL);
    return 0;
}

static int match_headers(struct gwc_builder *builder, const json_t *match,
                         struct lat_http_match *http)
{
    const json_t *headers = json_object_get(match, "headers");
    size_t count = json_array_size(headers);
    if (count == 0)
        return 0;
    if (count > HEADER_MATCHES_MAX)
        return fail(builder, "LATTICE_EXCEED_MAX_HEADER_MATCHES");

    struct lat_header_match *made = LAT_NEW_ARRAY(builder->arena, struct lat_header_match, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *header = json_array_get(headers, i);
        const char *type = gwc_member_text(header, "type");
        if (type != NULL && !lat_text_eq(type, "Exact"))
            return fail(builder, "LATTICE_UNSUPPORTED_HEADER_MATCH_TYPE");
        struct lat_header_match_type *value = LAT_NEW(builder->arena, struct lat_header_match_type);
        value->exact = lat_text_or_empty(gwc_member_text(header, "value"));
        made[i] = (struct lat_header_match){
            .name = gwc_member_text(header, "name"),
            .match = value,
            .case_sensitive = LAT_BOOL(false),
        };
    }
    http->header_matches = LAT_LIST(made, count);
    return 0;
}

int gwc_build_match(struct gwc_builder *builder, const json_t *rule,
                    const struct lat_rule_match **ret_match)
{
    bool is_grpc = builder->build->route_kind == GWC_ROUTE_GRPC;
    const json_t *matches = json_object_get(rule, "matches");
    if (json_array_size(matches) > 1)
        return fail(builder, "LATTICE_NO_SUPPORT_FOR_MULTIPLE_MATCHES");

    struct lat_http_match *http = LAT_NEW(builder->arena, struct lat_http_match);
    const json_t *match = json_array_get(matches, 0);
    if (match == NULL) {
        http->path_match = path_match(builder->arena, NULL, "/");
        http->method = is_grpc ? "POST" : NULL;
    } else if ((is_grpc ? match_grpc : match_http)(builder, match, http) != 0 ||
               match_headers(builder, match, http) != 0) {
        return -1;
    }
    struct lat_rule_match *made = LAT_NEW(builder->arena, struct lat_rule_match);
    made->http_match = http;
    *ret_match = made;
    return 0;
}
