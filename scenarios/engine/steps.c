/* The actions of a step, by table: what a person does with kubectl, the AWS CLI and a clock. What
 * must come out of them is judged in expect.c. */
#include "scenarios/engine/run.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/expect.h"
#include "scenarios/engine/rehearse.h"
#include "scenarios/engine/vars.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX 10000 /* times that one call is repeated */

static const char *object_name(struct lat_arena *arena, const json_t *manifest)
{
    const char *namespace = lat_json_string_at(manifest, "metadata.namespace", NULL);
    return lat_arena_printf(arena, "%s %s%s%s", lat_json_string_at(manifest, "kind", "?"),
                            namespace != NULL ? namespace : "", namespace != NULL ? "/" : "",
                            lat_json_string_at(manifest, "metadata.name", "?"));
}

/* A refusal that nobody expected ends the story; an expected one must come. */
static int judge_refusal(struct scn_run *run, const char *what, const char *expected, int status,
                         const char *code, const char *message, struct lat_err *reterr)
{
    if (expected == NULL && code != NULL)
        return lat_err_input(reterr, "%s was refused with %d %s: %s", what, status, code, message);
    if (expected == NULL)
        return 0;
    scn_run_check(run, lat_text_eq(code, expected),
                  lat_arena_printf(run->arena, "%s is refused with %s", what, expected),
                  code != NULL ? lat_arena_printf(run->arena, "%s: %s", code, message)
                               : "it was not refused");
    return 0;
}

/* --- apply ------------------------------------------------------------------------------------ */

static const char *describe_apply_one(struct lat_arena *arena, const json_t *value)
{
    if (json_is_object(value))
        return object_name(arena, value);
    return lat_text_or_empty(json_string_value(value));
}

static const char *describe_apply(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "apply %s", describe_apply_one(arena, value));
}

int scn_run_apply(struct scn_run *run, const struct scn_item *item, struct lat_err *reterr)
{
    json_t *replaced LAT_AUTO(lat_json_decrefp) =
        scn_vars_replace_new(run->story->replace, item->value);
    json_t *manifest LAT_AUTO(lat_json_decrefp) = scn_vars_fill_new(run->vars, replaced, reterr);
    struct scn_kube_refusal refusal;
    if (manifest == NULL ||
        scn_kube_apply(&run->world.kube, run->arena, manifest, &refusal, reterr) < 0)
        return lat_err_prefix(reterr, "%s:%d", item->source->path, item->line);
    if (refusal.status != 0)
        return lat_err_input(reterr, "%s:%d: the API server refused %s with %d %s: %s",
                             item->source->path, item->line, object_name(run->arena, manifest),
                             refusal.status, refusal.reason, refusal.message);
    return 0;
}

static int perform_apply(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    struct scn_item entry = {
        .value = value, .source = run->place->source, .line = run->place->line};
    struct scn_item *items = NULL;
    size_t item_count = 0;
    if (scn_story_manifests(run->arena, run->story, &entry, &items, &item_count, reterr) < 0)
        return -1;
    for (size_t i = 0; i < item_count; i++)
        if (scn_run_apply(run, &items[i], reterr) < 0)
            return -1;
    return 0;
}

/* --- apply refused ---------------------------------------------------------------------------- */

static const struct scn_member refused_members[] = {
    {"manifest", SCN_MAP, true}, {"reason", SCN_TEXT, true}, {"contains", SCN_TEXT, false}};

static const char *describe_refused(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "try to apply %s",
                            object_name(arena, json_object_get(value, "manifest")));
}

static int perform_refused(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const json_t *manifest = json_object_get(value, "manifest");
    const char *contains = lat_json_string_at(value, "contains", "");
    struct scn_kube_refusal refusal;
    if (scn_kube_apply(&run->world.kube, run->arena, manifest, &refusal, reterr) < 0)
        return -1;
    const char *reason = lat_json_string_at(value, "reason", "");
    bool passed = refusal.status != 0 && lat_text_eq(refusal.reason, reason) &&
                  strstr(refusal.message, contains) != NULL;
    scn_run_check(run, passed,
                  lat_arena_printf(run->arena, "the API server refuses %s: %s %s",
                                   object_name(run->arena, manifest), reason, contains),
                  refusal.status == 0 ? "it was accepted" : refusal.message);
    return 0;
}

/* --- edit ------------------------------------------------------------------------------------- */

static const struct scn_member edit_members[] = {
    {"object", SCN_TEXT, true}, {"set", SCN_MAP, false}, {"remove", SCN_LIST, false}};

static const char *describe_edit(struct lat_arena *arena, const json_t *value)
{
    const char *text =
        lat_arena_printf(arena, "edit %s:", lat_json_string_at(value, "object", "?"));
    const char *key;
    json_t *item;
    size_t index;
    json_object_foreach(json_object_get(value, "set"), key, item) {
        text = lat_arena_printf(arena, "%s %s = %s", text, key, lat_json_text(arena, item));
    }
    json_array_foreach(json_object_get(value, "remove"), index, item) {
        text = lat_arena_printf(arena, "%s without %s", text,
                                lat_text_or_empty(json_string_value(item)));
    }
    return text;
}

static int change_object(json_t *object, const json_t *value, struct lat_err *reterr)
{
    const char *key;
    json_t *item;
    size_t index;
    json_object_foreach(json_object_get(value, "set"), key, item) {
        if (scn_vars_set_path(object, key, item, reterr) < 0)
            return -1;
    }
    json_array_foreach(json_object_get(value, "remove"), index, item) {
        if (scn_vars_set_path(object, lat_text_or_empty(json_string_value(item)), NULL, reterr) < 0)
            return -1;
    }
    return 0;
}

static int perform_edit(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *reference = lat_json_string_at(value, "object", "");
    json_t *object LAT_AUTO(lat_json_decrefp) = NULL;
    struct scn_kube_refusal refusal;
    if (scn_kube_get(&run->world.kube, run->arena, reference, &object, reterr) < 0)
        return -1;
    if (object == NULL)
        return lat_err_input(reterr, "%s does not exist, so it cannot be edited", reference);
    if (change_object(object, value, reterr) < 0 ||
        scn_kube_put(&run->world.kube, run->arena, reference, object, &refusal, reterr) < 0)
        return -1;
    return judge_refusal(run, lat_arena_printf(run->arena, "the edit of %s", reference), NULL,
                         refusal.status, refusal.status != 0 ? refusal.reason : NULL,
                         refusal.message, reterr);
}

/* --- delete ----------------------------------------------------------------------------------- */

static const char *describe_delete(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "delete %s", lat_text_or_empty(json_string_value(value)));
}

static int perform_delete(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *reference = lat_text_or_empty(json_string_value(value));
    struct scn_kube_refusal refusal;
    if (scn_kube_delete(&run->world.kube, run->arena, reference, &refusal, reterr) < 0)
        return -1;
    return judge_refusal(run, lat_arena_printf(run->arena, "deleting %s", reference), NULL,
                         refusal.status, refusal.status != 0 ? refusal.reason : NULL,
                         refusal.message, reterr);
}

/* --- call ------------------------------------------------------------------------------------- */

static const struct scn_member call_members[] = {
    {"call", SCN_TEXT, true},  {"note", SCN_TEXT, false},    {"input", SCN_MAP, false},
    {"save", SCN_TEXT, false}, {"refused", SCN_TEXT, false}, {"repeat", SCN_NUMBER, false},
};

static const char *describe_call(struct lat_arena *arena, const json_t *value)
{
    const char *note = lat_json_string_at(value, "note", NULL);
    const char *operation = lat_json_string_at(value, "call", "?");
    const char *name = lat_json_string_at(value, "input.name", NULL);
    if (note != NULL)
        return lat_arena_printf(arena, "%s: %s", operation, note);
    return name != NULL ? lat_arena_printf(arena, "%s %s", operation, name) : operation;
}

static int call_once(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *operation = lat_json_string_at(value, "call", "");
    const char *save = lat_json_string_at(value, "save", NULL);
    struct scn_answer answer;
    json_t *input LAT_AUTO(lat_json_decrefp) = NULL;
    json_t *given = json_object_get(value, "input");
    /* ${index} stood for itself until now (runner.c): its value is known only here. */
    if (given != NULL && (input = scn_vars_fill_new(run->vars, given, reterr)) == NULL)
        return -1;
    if (scn_aws_call(&run->world.aws, run->arena, operation, input, &answer, reterr) < 0)
        return -1;
    if (save != NULL && answer.code == NULL)
        (void)json_object_set(run->vars, save, answer.body);
    int result = judge_refusal(run, operation, lat_json_string_at(value, "refused", NULL),
                               answer.status, answer.code, answer.message, reterr);
    scn_answer_done(&answer);
    return result;
}

static int perform_call(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    int64_t times = lat_json_int_at(value, "repeat", 1);
    if (times < 1 || times > REPEAT_MAX)
        return lat_err_input(reterr, "\"repeat\" is a number from 1 to %d", REPEAT_MAX);
    for (int64_t i = 1; i <= times; i++) {
        (void)json_object_set_new(run->vars, "index", json_integer(i));
        if (call_once(run, value, reterr) < 0)
            return -1;
    }
    return 0;
}

/* --- reconcile, wait, controller, quota ------------------------------------------------------- */

static const char *describe_reconcile(struct lat_arena *arena, const json_t *value)
{
    (void)arena;
    (void)value;
    return "let the controller work until it is idle";
}

static int perform_reconcile(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    if (!lat_text_eq(json_string_value(value), "now"))
        return lat_err_input(reterr, "write \"reconcile: now\"; \"wait: 30s\" lets time pass");
    return scn_world_reconcile(&run->world, reterr);
}

/* "1500ms", "30s", "10m", "2h" in milliseconds. */
static int parse_duration(const char *text, int64_t *ret_ms, struct lat_err *reterr)
{
    static const struct {
        const char *suffix;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (size_t i = 0; i < LAT_COUNT(units); i++) {
        if (!lat_text_has_suffix(text, units[i].suffix))
            continue;
        char *digits LAT_AUTO(lat_free_charp) =
            strndup(text, strlen(text) - strlen(units[i].suffix));
        int64_t number = 0;
        if (lat_text_to_int64(digits, &number) < 0 || number < 0 || number > 1000000)
            break;
        *ret_ms = number * units[i].ms;
        return 0;
    }
    return lat_err_input(reterr, "\"%s\" is not a time; write 500ms, 30s, 10m or 2h", text);
}

static const char *describe_wait(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "let %s pass", lat_text_or_empty(json_string_value(value)));
}

static int perform_wait(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    int64_t wait_ms = 0;
    if (parse_duration(lat_text_or_empty(json_string_value(value)), &wait_ms, reterr) < 0)
        return -1;
    return scn_world_wait(&run->world, wait_ms, reterr);
}

static const char *describe_controller(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "%s the controller",
                            lat_text_or_empty(json_string_value(value)));
}

static int perform_controller(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *word = lat_text_or_empty(json_string_value(value));
    bool restarts = lat_text_eq(word, "restart");
    if (lat_text_eq(word, "stop") || restarts) {
        if (scn_world_stop_controller(&run->world, reterr) < 0)
            return -1;
        if (!restarts)
            return 0;
    }
    if (lat_text_eq(word, "start") || restarts)
        return scn_world_start_controller(&run->world, reterr);
    return lat_err_input(reterr, "\"controller\" takes start, stop or restart, not \"%s\"", word);
}

/* The quotas that stories change most, by a name that can be read. */
static const struct {
    const char *name;
    const char *code;
} quotas[] = {
    {"rules per listener", "L-CF78395E"},
    {"listeners per service", "L-D64E952E"},
    {"target groups per service", "L-3DEC3B9F"},
    {"targets per target group", "L-D71303F3"},
    {"target groups", "L-BB11C6B9"},
};

static const char *describe_quota(struct lat_arena *arena, const json_t *value)
{
    const char *text = "set quotas:";
    const char *key;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        text = lat_arena_printf(arena, "%s %s = %s", text, key, lat_json_text(arena, item));
    }
    return text;
}

static int set_quota(struct scn_run *run, const char *name, const json_t *value,
                     struct lat_err *reterr)
{
    const char *code = lat_text_has_prefix(name, "L-") ? name : NULL;
    for (size_t i = 0; code == NULL && i < LAT_COUNT(quotas); i++)
        if (lat_text_eq(quotas[i].name, name))
            code = quotas[i].code;
    if (code == NULL || !json_is_integer(value))
        return lat_err_input(reterr,
                             "\"%s\" is no quota with a number; name its code (L-…) or one of: "
                             "rules per listener, listeners per service, target groups per "
                             "service, targets per target group, target groups",
                             name);
    json_t *body LAT_AUTO(lat_json_decrefp) =
        json_pack("{s:s,s:I}", "code", code, "value", json_integer_value(value));
    struct lat_http_answer answer;
    return scn_aws_admin(&run->world.aws, run->arena, "PUT", "/_lattice/quotas", body, &answer,
                         reterr);
}

static int perform_quota(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *key;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        if (set_quota(run, key, item, reterr) < 0)
            return -1;
    }
    return 0;
}

/* --- remember, show, traffic, expect ---------------------------------------------------------- */

static const char *describe_remember(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "remember what stands now as \"%s\"",
                            lat_text_or_empty(json_string_value(value)));
}

static int perform_remember(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    if (scn_run_estate(run, &estate, reterr) < 0 || scn_world_read_journal(&run->world, reterr) < 0)
        return -1;
    struct scn_memory *memory = LAT_ARENA_PUSH(run->arena, run->memories, run->memory_count);
    *memory = (struct scn_memory){.name = lat_arena_strdup(run->arena, json_string_value(value)),
                                  .estate = *estate,
                                  .seq = run->world.journal.last_seq};
    return 0;
}

static const char *describe_show(struct lat_arena *arena, const json_t *value)
{
    const char *service = lat_json_string_at(value, "service", NULL);
    return service != NULL ? lat_arena_printf(arena, "show the picture of service %s", service)
                           : "show the picture";
}

static const struct scn_member show_members[] = {{"service", SCN_TEXT, false}};

static int perform_show(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    struct scn_picture picture;
    if (json_is_string(value) && !lat_text_eq(json_string_value(value), "picture"))
        return lat_err_input(reterr, "write \"show: picture\" or \"show: {service: NAME}\"");
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    scn_picture_draw(run->arena, estate, lat_json_string_at(value, "service", NULL), &picture);
    scn_report_block(
        run->report, "picture",
        scn_picture_text(run->arena, run->has_picture ? &run->picture : NULL, &picture));
    run->picture = picture;
    run->has_picture = true;
    return 0;
}

static const char *describe_expect(struct lat_arena *arena, const json_t *value)
{
    const char *name = json_object_iter_key(json_object_iter(lat_json_iterable(value)));
    const struct scn_kind *kind = name != NULL ? scn_expectation_find(name) : NULL;
    return kind != NULL ? lat_arena_printf(arena, "expect: %s",
                                           kind->describe(arena, json_object_get(value, name)))
                        : "expect";
}

static int perform_expect(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const char *name = json_object_iter_key(json_object_iter(lat_json_iterable(value)));
    return scn_expectation_find(name)->perform(run, json_object_get(value, name), reterr);
}

#define MEMBERS(table) (table), LAT_COUNT(table)

static const struct scn_kind actions[] = {
    {"apply", SCN_TEXT | SCN_MAP, true, NULL, 0, describe_apply, perform_apply},
    {"apply refused", SCN_MAP, true, MEMBERS(refused_members), describe_refused, perform_refused},
    {"edit", SCN_MAP, true, MEMBERS(edit_members), describe_edit, perform_edit},
    {"delete", SCN_TEXT, true, NULL, 0, describe_delete, perform_delete},
    {"call", SCN_MAP, true, MEMBERS(call_members), describe_call, perform_call},
    {"reconcile", SCN_TEXT, false, NULL, 0, describe_reconcile, perform_reconcile},
    {"wait", SCN_TEXT, false, NULL, 0, describe_wait, perform_wait},
    {"controller", SCN_TEXT, false, NULL, 0, describe_controller, perform_controller},
    {"quota", SCN_MAP, false, NULL, 0, describe_quota, perform_quota},
    {"fault", SCN_MAP, true, NULL, 0, scn_rehearse_describe_fault, scn_rehearse_fault},
    {"health", SCN_MAP, true, NULL, 0, scn_rehearse_describe_health, scn_rehearse_health},
    {"share", SCN_MAP, true, NULL, 0, scn_rehearse_describe_share, scn_rehearse_share},
    {"delays", SCN_MAP, false, NULL, 0, scn_rehearse_describe_delays, scn_rehearse_delays},
    {"remember", SCN_TEXT, false, NULL, 0, describe_remember, perform_remember, true},
    {"show", SCN_TEXT | SCN_MAP, false, MEMBERS(show_members), describe_show, perform_show, true},
    {"traffic", SCN_MAP, true, scn_traffic_members, SCN_TRAFFIC_MEMBER_COUNT, scn_traffic_describe,
     scn_traffic_perform, true},
    {"expect", SCN_MAP, true, NULL, 0, describe_expect, perform_expect, true},
};

const struct scn_kinds scn_actions = {actions, LAT_COUNT(actions)};
