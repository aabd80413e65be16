/* watch over HTTP: where it begins, what it says, how it ends. */
#include "common/base/text.h"
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

#define HUNDREDS 300

TestSuite(watch, .init = set_up, .fini = tear_down);

Test(watch, without_a_version_begins_with_what_there_is)
{
    bench_make_route(bench, "a");
    struct watch *watch = bench_watch(bench, ALL_ROUTES "?watch=true");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    bench_make_route(bench, "b");
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/a", "{'spec':{'hostnames':['a.b']}}"), 200);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "MODIFIED");
    cr_expect_str_eq(lat_json_string_at(event, "object.metadata.resourceVersion", ""), version);
    cr_expect_str_eq(lat_json_string_at(event, "object.kind", ""), "HTTPRoute");
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/a", NULL), 200);
    cr_expect_str_eq(watch_next_text(watch), "DELETED a");
}

Test(watch, from_a_version_says_only_what_came_after)
{
    bench_make_route(bench, "a");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    bench_make_route(bench, "b");
    struct watch *watch =
        bench_watch(bench, bench_format(bench, ALL_ROUTES "?watch=1&resourceVersion=%s", version));
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
}

Test(watch, a_write_that_changes_nothing_is_not_told)
{
    bench_make_route(bench, "a");
    struct watch *watch = bench_watch(bench, ALL_ROUTES "?watch=true");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/a", "{}"), 200);
    bench_make_route(bench, "b");
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
}

Test(watch, a_watch_list_marks_the_end_of_its_beginning)
{
    bench_make_route(bench, "a");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    struct watch *watch = bench_watch(
        bench, ALL_ROUTES "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                          "&allowWatchBookmarks=true");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "BOOKMARK");
    cr_expect_str_eq(lat_json_string_at(event, "object.kind", ""), "HTTPRoute");
    cr_expect_str_eq(lat_json_string_at(event, "object.metadata.resourceVersion", ""), version);
    cr_expect_str_eq(
        lat_json_string_at(event, "object.metadata.annotations[\"k8s.io/initial-events-end\"]", ""),
        "true");
    bench_make_route(bench, "b");
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
}

Test(watch, options_that_do_not_fit_are_refused)
{
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?watch=true&sendInitialEvents=true", NULL),
                 422);
    cr_expect_eq(
        bench_send(bench, "GET", ALL_ROUTES "?watch=true&resourceVersionMatch=Exact", NULL), 422);
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?watch=true&resourceVersion=999", NULL), 504);
}

Test(watch, objects_enter_and_leave_a_selection)
{
    bench_make_route(bench, "a");
    struct watch *watch = bench_watch(bench, ALL_ROUTES "?watch=true&labelSelector=x%3Dy");
    bench_make_route(bench, "b");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/a", "{'metadata':{'labels':{'x':'y'}}}"),
                 200);
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/a", "{'metadata':{'labels':{'z':'y'}}}"),
                 200);
    cr_expect_str_eq(watch_next_text(watch), "MODIFIED a");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/a", "{'metadata':{'labels':{'x':'n'}}}"),
                 200);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "DELETED");
    cr_expect_str_eq(lat_json_string_at(event, "object.metadata.labels.x", ""), "y");
    cr_expect_str_eq(lat_json_string_at(event, "object.metadata.resourceVersion", ""), version);
}

Test(watch, one_object_can_be_watched_alone)
{
    bench_make_route(bench, "a");
    struct watch *by_name = bench_watch(bench, ROUTES "/b?watch=true");
    struct watch *by_field =
        bench_watch(bench, ROUTES "?watch=true&fieldSelector=metadata.name%3Db");
    bench_make_route(bench, "b");
    cr_expect_str_eq(watch_next_text(by_name), "ADDED b");
    cr_expect_str_eq(watch_next_text(by_field), "ADDED b");
}

Test(watch, kubectl_gets_the_rows_of_a_table)
{
    struct watch *watch =
        bench_watch_as(bench, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
                       ALL_ROUTES "?watch=true&resourceVersion=4");
    bench_make_route(bench, "a");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "ADDED");
    cr_expect_str_eq(lat_json_string_at(event, "object.kind", ""), "Table");
    cr_expect_str_eq(lat_json_string_at(event, "object.rows[0].cells[0]", ""), "a");
    cr_expect_str_eq(lat_json_string_at(event, "object.rows[0].object.metadata.name", ""), "a");
}

Test(watch, a_slow_reader_gets_everything_in_the_end)
{
    const char *filler = bench_format(bench, "{'metadata':{'annotations':{'x':'%0200000d'}}}", 0);
    for (int i = 0; i < 60; i++) { /* more than one stream may hold unsent */
        const char *name = bench_format(bench, "r%02d", i);
        bench_make_route(bench, name);
        cr_assert_eq(bench_patch(bench, "merge", bench_format(bench, ROUTES "/%s", name), filler),
                     200);
    }
    struct watch *watch = bench_watch(bench, ALL_ROUTES "?watch=true");
    for (int i = 0; i < 60; i++)
        cr_expect_str_eq(watch_next_text(watch), bench_format(bench, "ADDED r%02d", i));
    bench_make_route(bench, "last");
    cr_expect_str_eq(watch_next_text(watch), "ADDED last");
}

Test(watch, it_ends_when_its_time_is_up)
{
    struct watch *watch =
        bench_watch(bench, ALL_ROUTES "?watch=true&timeoutSeconds=1&allowWatchBookmarks=true");
    cr_expect_str_eq(watch_next_text(watch), "BOOKMARK -");
    cr_expect_str_eq(watch_next_text(watch), "end");
}

Test(watch, every_watch_hears_of_a_change)
{
    struct watch *watches[4];
    for (size_t i = 0; i < 4; i++)
        watches[i] = bench_watch(bench, ALL_ROUTES "?watch=true");
    bench_make_route(bench, "a");
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(watch_next_text(watches[i]), "ADDED a");
}

Test(watch, an_expired_version_is_answered_with_an_error_event)
{
    bench_make_route(bench, "a");
    for (int i = 0; i < 20050; i++)
        cr_assert_eq(bench_patch(bench, "merge", ROUTES "/a",
                                 i % 2 == 0 ? "{'metadata':{'labels':{'x':'y'}}}"
                                            : "{'metadata':{'labels':{'x':'z'}}}"),
                     200);
    struct watch *watch = bench_watch(bench, ALL_ROUTES "?watch=true&resourceVersion=5");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "ERROR");
    cr_expect_str_eq(lat_json_string_at(event, "object.reason", ""), "Expired");
    cr_expect_eq(lat_json_int_at(event, "object.code", 0), 410);
    cr_expect_str_eq(watch_next_text(watch), "end");
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?limit=1&continue=5/default/A", NULL), 410);
    cr_expect_str_eq(bench_text(bench, "reason"), "Expired");
}

Test(watch, hundreds_of_watches_hear_every_change)
{
    struct watch *watches[HUNDREDS];
    bench_make_route(bench, "first");
    for (size_t i = 0; i < HUNDREDS; i++)
        watches[i] = bench_watch(bench, ALL_ROUTES "?watch=true");
    for (size_t i = 0; i < HUNDREDS; i++)
        cr_assert_str_eq(watch_next_text(watches[i]), "ADDED first");
    for (int i = 0; i < 20; i++)
        bench_make_route(bench, bench_format(bench, "r%02d", i));
    for (size_t w = 0; w < HUNDREDS; w++)
        for (int i = 0; i < 20; i++)
            cr_assert_str_eq(watch_next_text(watches[w]), bench_format(bench, "ADDED r%02d", i));
}
