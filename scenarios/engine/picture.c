/* Draws an estate and marks what changed; see picture.h. */
#include "scenarios/engine/picture.h"

#include "common/base/buf.h"
#include "common/base/text.h"

#include <string.h>

#define PICTURE_BYTES_MAX (1 << 20)
#define LABEL_COLUMNS     56 /* where values start; a longer label pushes its own value */

struct drawing {
    struct lat_arena *arena;
    const struct scn_estate *estate;
    struct scn_picture_line *lines;
    size_t line_count;
};

static void line(struct drawing *drawing, int indent, const char *key, const char *label,
                 const char *value, const char *detail)
{
    *LAT_ARENA_PUSH(drawing->arena, drawing->lines, drawing->line_count) =
        (struct scn_picture_line){.key = key, .indent = indent, .parts = {label, value, detail}};
}

static const char *compare_word(enum scn_compare compare)
{
    static const char *const words[SCN_COMPARE_COUNT] = {"is", "starts with", "contains"};
    return words[compare];
}

const char *scn_match_text(struct lat_arena *arena, const struct scn_match *match)
{
    const char *text = "";
    if (match->path != NULL)
        text =
            lat_arena_printf(arena, "path %s %s%s", compare_word(match->path_compare), match->path,
                             match->path_case_sensitive ? "" : " (in any letter case)");
    if (match->method != NULL)
        text = lat_arena_printf(arena, "%s%smethod %s", text, *text != '\0' ? ", " : "",
                                match->method);
    for (size_t i = 0; i < match->header_count; i++) {
        const struct scn_header_match *header = &match->headers[i];
        text = lat_arena_printf(arena, "%s%sheader %s %s %s%s", text, *text != '\0' ? ", " : "",
                                header->name, compare_word(header->compare), header->value,
                                header->case_sensitive ? " (in this letter case)" : "");
    }
    return *text != '\0' ? text : "every request";
}

const char *scn_action_text(struct lat_arena *arena, const struct scn_estate *estate,
                            const struct scn_action *action)
{
    if (action->status_code != 0)
        return lat_arena_printf(arena, "answer %lld", (long long)action->status_code);
    const char *text = "";
    for (size_t i = 0; i < action->group_count; i++) {
        char label[SCN_LABEL_BYTES];
        const struct scn_group *group = scn_estate_group(estate, action->groups[i].group);
        text = lat_arena_printf(arena, "%s%s%s %lld", text, i > 0 ? ", " : "",
                                group != NULL ? scn_group_label(group, label, sizeof label)
                                              : action->groups[i].group,
                                (long long)action->groups[i].weight);
    }
    return *text != '\0' ? text : "nothing";
}

static const char *owner_text(const struct scn_tag *tags, size_t tag_count)
{
    const char *owner = scn_tag_value(tags, tag_count, SCN_TAG_OWNER);
    return owner != NULL ? owner : "nobody";
}

/* "2 of 3 targets healthy"; targets that nobody checks are said so. */
static const char *health_text(struct lat_arena *arena, const struct scn_group *group)
{
    size_t healthy = 0;
    size_t unchecked = 0;
    for (size_t i = 0; i < group->target_count; i++) {
        healthy += lat_text_eq(group->targets[i].status, "HEALTHY");
        unchecked += lat_text_eq(group->targets[i].status, "UNAVAILABLE");
    }
    if (unchecked > 0)
        return lat_arena_printf(arena, "%zu targets, health not checked", group->target_count);
    return lat_arena_printf(arena, "%zu of %zu targets healthy", healthy, group->target_count);
}

static void draw_weight(struct drawing *drawing, const char *owner_key,
                        const struct scn_weight *weight, int indent)
{
    char name[SCN_LABEL_BYTES];
    struct lat_arena *arena = drawing->arena;
    const char *key = lat_arena_printf(arena, "%s/%s", owner_key, weight->group);
    const char *value = lat_arena_printf(arena, "weight %lld", (long long)weight->weight);
    const struct scn_group *group = scn_estate_group(drawing->estate, weight->group);
    if (group == NULL) {
        line(drawing, indent, key, lat_arena_printf(arena, "%s (gone)", weight->group), value, "");
        return;
    }
    line(drawing, indent, key,
         lat_arena_printf(arena, "%s (%s)", scn_group_label(group, name, sizeof name), group->id),
         value,
         lat_arena_printf(arena, "%s, owner %s", health_text(arena, group),
                          owner_text(group->tags, group->tag_count)));
}

/* One line for what happens, and one for each target group. priority is "" for the default. */
static void draw_action(struct drawing *drawing, const char *key, const char *label,
                        const char *priority, const struct scn_action *action)
{
    const char *value = priority;
    if (action->status_code != 0)
        value = lat_arena_printf(drawing->arena, "%s%sanswers %lld", priority,
                                 *priority != '\0' ? ", " : "", (long long)action->status_code);
    line(drawing, 2, key, label, value, "");
    for (size_t i = 0; i < action->group_count; i++)
        draw_weight(drawing, key, &action->groups[i], 3);
}

static void draw_listener(struct drawing *drawing, const struct scn_listener *listener)
{
    struct lat_arena *arena = drawing->arena;
    line(drawing, 1, listener->id,
         lat_arena_printf(arena, "listener %s:%lld (%s)", listener->protocol,
                          (long long)listener->port, listener->id),
         "", "");
    for (size_t i = 0; i < listener->rule_count; i++) {
        const struct scn_rule *rule = &listener->rules[i];
        draw_action(
            drawing, rule->id,
            lat_arena_printf(arena, "%s (%s)", scn_match_text(arena, &rule->match), rule->id),
            lat_arena_printf(arena, "priority %lld", (long long)rule->priority), &rule->action);
    }
    draw_action(drawing, lat_arena_printf(arena, "%s/default", listener->id), "otherwise", "",
                &listener->default_action);
}

static void draw_service(struct drawing *drawing, const struct scn_service *service)
{
    struct lat_arena *arena = drawing->arena;
    line(drawing, 0, service->id,
         lat_arena_printf(arena, "service %s (%s)", service->name, service->id),
         lat_arena_printf(arena, "owner %s", owner_text(service->tags, service->tag_count)), "");
    line(drawing, 1, lat_arena_printf(arena, "%s/dns", service->id), "DNS name",
         lat_text_or_empty(service->dns), "");
    for (size_t i = 0; i < service->association_count; i++) {
        const struct scn_association *association = &service->associations[i];
        line(drawing, 1, association->id,
             lat_arena_printf(arena, "in service network %s (%s)", association->network_name,
                              association->id),
             lat_text_eq(association->status, "ACTIVE") ? "" : association->status, "");
    }
    for (size_t i = 0; i < service->listener_count; i++)
        draw_listener(drawing, &service->listeners[i]);
}

void scn_picture_draw(struct lat_arena *arena, const struct scn_estate *estate, const char *word,
                      struct scn_picture *ret_picture)
{
    struct drawing drawing = {.arena = arena, .estate = estate};
    if (word == NULL) {
        for (size_t i = 0; i < estate->service_count; i++)
            draw_service(&drawing, &estate->services[i]);
    } else {
        const struct scn_service *service = scn_estate_service(estate, word);
        if (service != NULL)
            draw_service(&drawing, service);
    }
    ret_picture->lines = drawing.lines;
    ret_picture->line_count = drawing.line_count;
}

static const struct scn_picture_line *find(const struct scn_picture *picture, const char *key)
{
    for (size_t i = 0; picture != NULL && i < picture->line_count; i++)
        if (lat_text_eq(picture->lines[i].key, key))
            return &picture->lines[i];
    return NULL;
}

/* was: the line as it used to be, when its changes are to be told; else NULL. */
static void print_line(struct lat_buf *buf, char mark, const struct scn_picture_line *now,
                       const struct scn_picture_line *was)
{
    int last = SCN_PICTURE_LABEL;
    for (int i = 0; i < SCN_PICTURE_PART_COUNT; i++)
        if (*now->parts[i] != '\0' || (was != NULL && *was->parts[i] != '\0'))
            last = i;
    lat_buf_printf(buf, "%c %*s", mark, 2 * now->indent, "");
    for (int i = 0; i <= last; i++) {
        lat_buf_printf(buf, "%s%-*s", i > 0 ? "  " : "",
                       i == 0 && last > 0 ? LABEL_COLUMNS - 2 * now->indent : 0, now->parts[i]);
        if (was != NULL && !lat_text_eq(was->parts[i], now->parts[i]))
            lat_buf_printf(buf, " (was: %s)", *was->parts[i] != '\0' ? was->parts[i] : "nothing");
    }
    lat_buf_puts(buf, "\n");
}

/* Whether a line reads as it did. */
static bool is_same(const struct scn_picture_line *was, const struct scn_picture_line *now)
{
    for (int i = 0; i < SCN_PICTURE_PART_COUNT; i++)
        if (!lat_text_eq(was->parts[i], now->parts[i]))
            return false;
    return true;
}

/* Prints the lines of before that are gone, from *next up to the one that is drawn as key (or to
 * the end when key is NULL), so that each stands where it used to stand. */
static void print_gone(struct lat_buf *buf, const struct scn_picture *before,
                       const struct scn_picture *after, const char *key, size_t *next)
{
    size_t stop = before->line_count;
    for (size_t i = *next; key != NULL && i < before->line_count; i++)
        if (lat_text_eq(before->lines[i].key, key)) {
            stop = i;
            break;
        }
    if (key != NULL && stop == before->line_count)
        return; /* a new line, or one that moved up: the gone ones wait for a common line */
    for (; *next < stop; (*next)++)
        if (find(after, before->lines[*next].key) == NULL)
            print_line(buf, '-', &before->lines[*next], NULL);
    if (key != NULL)
        (*next)++;
}

const char *scn_picture_text(struct lat_arena *arena, const struct scn_picture *before,
                             const struct scn_picture *after)
{
    struct lat_buf buf LAT_AUTO(lat_buf_done);
    lat_buf_init(&buf, PICTURE_BYTES_MAX);
    size_t next = 0;
    for (size_t i = 0; i < after->line_count; i++) {
        const struct scn_picture_line *now = &after->lines[i];
        const struct scn_picture_line *was = find(before, now->key);
        if (before != NULL)
            print_gone(&buf, before, after, now->key, &next);
        char mark = ' ';
        if (before != NULL && was == NULL)
            mark = '+';
        else if (before != NULL && !is_same(was, now))
            mark = '~';
        print_line(&buf, mark, now, was);
    }
    if (before != NULL)
        print_gone(&buf, before, after, NULL, &next);
    return lat_arena_strdup(arena, buf.data);
}
