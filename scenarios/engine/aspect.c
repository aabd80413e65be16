/* Aspects as text; see aspect.h. */
#include "scenarios/engine/aspect.h"

#include "common/base/text.h"
#include "scenarios/engine/picture.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

/* The parts sorted and joined, so that an order that means nothing does not count. */
static const char *join_sorted(struct lat_arena *arena, const char **parts, size_t part_count)
{
    const char *text = "";
    if (part_count > 1)
        qsort(parts, part_count, sizeof *parts, by_text);
    for (size_t i = 0; i < part_count; i++)
        text = lat_arena_printf(arena, "%s%s%s", text, i > 0 ? "; " : "", parts[i]);
    return *text != '\0' ? text : "none";
}

static const char *tags_text(struct lat_arena *arena, const struct scn_tag *tags, size_t tag_count)
{
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < tag_count; i++)
        *LAT_ARENA_PUSH(arena, parts, part_count) =
            lat_arena_printf(arena, "%s=%s", tags[i].key, tags[i].value);
    return join_sorted(arena, parts, part_count);
}

static const char *id(struct lat_arena *arena, const struct scn_estate *estate,
                      const struct scn_service *service)
{
    (void)arena;
    (void)estate;
    return service->id;
}

static const char *dns(struct lat_arena *arena, const struct scn_estate *estate,
                       const struct scn_service *service)
{
    (void)estate;
    return lat_arena_printf(arena, "%s %s", lat_text_or_empty(service->dns),
                            lat_text_or_empty(service->custom_domain));
}

static const char *tags(struct lat_arena *arena, const struct scn_estate *estate,
                        const struct scn_service *service)
{
    (void)estate;
    return tags_text(arena, service->tags, service->tag_count);
}

static const char *settings(struct lat_arena *arena, const struct scn_estate *estate,
                            const struct scn_service *service)
{
    (void)estate;
    return lat_arena_printf(arena, "auth %s, certificate %s", lat_text_or_empty(service->auth_type),
                            service->certificate != NULL ? service->certificate : "none");
}

static const char *associations(struct lat_arena *arena, const struct scn_estate *estate,
                                const struct scn_service *service)
{
    (void)estate;
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < service->association_count; i++) {
        const struct scn_association *association = &service->associations[i];
        *LAT_ARENA_PUSH(arena, parts, part_count) = lat_arena_printf(
            arena, "%s to %s %s", association->id, association->network_name, association->status);
    }
    return join_sorted(arena, parts, part_count);
}

static const char *listeners(struct lat_arena *arena, const struct scn_estate *estate,
                             const struct scn_service *service)
{
    (void)estate;
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < service->listener_count; i++) {
        const struct scn_listener *listener = &service->listeners[i];
        *LAT_ARENA_PUSH(arena, parts, part_count) = lat_arena_printf(
            arena, "%s %s:%lld", listener->id, listener->protocol, (long long)listener->port);
    }
    return join_sorted(arena, parts, part_count);
}

static const char *default_actions(struct lat_arena *arena, const struct scn_estate *estate,
                                   const struct scn_service *service)
{
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < service->listener_count; i++)
        *LAT_ARENA_PUSH(arena, parts, part_count) =
            lat_arena_printf(arena, "%s %s", service->listeners[i].id,
                             scn_action_text(arena, estate, &service->listeners[i].default_action));
    return join_sorted(arena, parts, part_count);
}

/* One text per rule of the service, made by part. */
static const char *rule_parts(struct lat_arena *arena, const struct scn_estate *estate,
                              const struct scn_service *service,
                              const char *(*part)(struct lat_arena *arena,
                                                  const struct scn_estate *estate,
                                                  const struct scn_rule *rule))
{
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < service->listener_count; i++)
        for (size_t j = 0; j < service->listeners[i].rule_count; j++)
            *LAT_ARENA_PUSH(arena, parts, part_count) =
                part(arena, estate, &service->listeners[i].rules[j]);
    return join_sorted(arena, parts, part_count);
}

static const char *rule_id(struct lat_arena *arena, const struct scn_estate *estate,
                           const struct scn_rule *rule)
{
    (void)arena;
    (void)estate;
    return rule->id;
}

static const char *rule_match(struct lat_arena *arena, const struct scn_estate *estate,
                              const struct scn_rule *rule)
{
    (void)estate;
    return lat_arena_printf(arena, "%s %s", rule->id, scn_match_text(arena, &rule->match));
}

static const char *rule_priority(struct lat_arena *arena, const struct scn_estate *estate,
                                 const struct scn_rule *rule)
{
    (void)estate;
    return lat_arena_printf(arena, "%s %lld", rule->id, (long long)rule->priority);
}

static const char *rule_action(struct lat_arena *arena, const struct scn_estate *estate,
                               const struct scn_rule *rule)
{
    return lat_arena_printf(arena, "%s %s", rule->id,
                            scn_action_text(arena, estate, &rule->action));
}

static const char *rule_ids(struct lat_arena *arena, const struct scn_estate *estate,
                            const struct scn_service *service)
{
    return rule_parts(arena, estate, service, rule_id);
}

static const char *matches(struct lat_arena *arena, const struct scn_estate *estate,
                           const struct scn_service *service)
{
    return rule_parts(arena, estate, service, rule_match);
}

static const char *priorities(struct lat_arena *arena, const struct scn_estate *estate,
                              const struct scn_service *service)
{
    return rule_parts(arena, estate, service, rule_priority);
}

static const char *weights(struct lat_arena *arena, const struct scn_estate *estate,
                           const struct scn_service *service)
{
    return rule_parts(arena, estate, service, rule_action);
}

const struct scn_aspect scn_aspects[] = {
    {"service id", "its id", id},
    {"dns name", "its DNS name", dns},
    {"tags", "its tags", tags},
    {"settings", "its settings", settings},
    {"associations", "its service network associations", associations},
    {"listeners", "its listeners", listeners},
    {"default actions", "its default actions", default_actions},
    {"rule ids", "its rule ids", rule_ids},
    {"matches", "what its rules match", matches},
    {"priorities", "its rule priorities", priorities},
    {"weights", "its weights", weights},
};

const size_t scn_aspect_count = LAT_COUNT(scn_aspects);

const char *scn_group_text(struct lat_arena *arena, const struct scn_group *group)
{
    const char **parts = NULL;
    size_t part_count = 0;
    for (size_t i = 0; i < group->target_count; i++)
        *LAT_ARENA_PUSH(arena, parts, part_count) = lat_arena_printf(
            arena, "%s:%lld", group->targets[i].id, (long long)group->targets[i].port);
    return lat_arena_printf(arena, "%s %s %s %s, tags %s, targets %s", group->id, group->name,
                            group->status, group->config,
                            tags_text(arena, group->tags, group->tag_count),
                            join_sorted(arena, parts, part_count));
}
