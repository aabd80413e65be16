/* Owner references: what goes with its owner, what waits, what stays. */
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

TestSuite(owners, .init = set_up, .fini = tear_down);

#define MAPS "/api/v1/namespaces/default/configmaps"

/* Makes an object and returns its uid. */
static const char *make(const char *name, const char *metadata)
{
    cr_assert_eq(bench_send(bench, "POST", MAPS,
                            bench_format(bench, "{'metadata':{'name':'%s'%s}}", name, metadata)),
                 201, "%s", bench_text(bench, "message"));
    return bench_text(bench, "metadata.uid");
}

static const char *owned_by(const char *uid, const char *more)
{
    return bench_format(bench,
                        ",'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'o',"
                        "'uid':'%s'%s}]",
                        uid, more);
}

static int get(const char *name)
{
    return bench_send(bench, "GET", bench_format(bench, MAPS "/%s", name), NULL);
}

static int delete (const char *name, const char *options)
{
    return bench_send(bench, "DELETE", bench_format(bench, MAPS "/%s", name), options);
}

Test(owners, dependents_go_with_their_owner_and_theirs_with_them)
{
    const char *owner = make("owner", "");
    const char *child = make("child", owned_by(owner, ""));
    make("grandchild", owned_by(child, ""));
    make("stranger", "");
    cr_expect_eq(delete ("owner", "{'dryRun':['All']}"), 200);
    cr_expect_eq(get("grandchild"), 200);
    cr_expect_eq(delete ("owner", NULL), 200);
    cr_expect_eq(get("child"), 404);
    cr_expect_eq(get("grandchild"), 404);
    cr_expect_eq(get("stranger"), 200);
}

Test(owners, a_circle_of_owners_goes_as_a_whole)
{
    const char *a = make("a", "");
    const char *b = make("b", owned_by(a, ""));
    cr_expect_eq(bench_patch(bench, "merge", MAPS "/a",
                             bench_format(bench, "{'metadata':{%s}}", owned_by(b, "") + 1)),
                 200);
    cr_expect_eq(delete ("a", NULL), 200);
    cr_expect_eq(get("b"), 404);
}

Test(owners, who_has_another_owner_stays_without_the_one_that_went)
{
    const char *a = make("a", ""), *b = make("b", "");
    make("child",
         bench_format(bench,
                      ",'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'a','uid':"
                      "'%s'},{'apiVersion':'v1','kind':'ConfigMap','name':'b','uid':'%s'}]",
                      a, b));
    cr_expect_eq(delete ("a", NULL), 200);
    cr_expect_eq(get("child"), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "metadata.ownerReferences")), 1);
    cr_expect_str_eq(bench_text(bench, "metadata.ownerReferences[0].uid"), b);
    cr_expect_eq(delete ("b", NULL), 200);
    cr_expect_eq(get("child"), 404);
}

Test(owners, orphans_lose_their_reference_and_stay)
{
    make("child", owned_by(make("owner", ""), ""));
    cr_expect_eq(delete ("owner", "{'propagationPolicy':'Orphan'}"), 200);
    cr_expect_eq(get("owner"), 404);
    cr_expect_eq(get("child"), 200);
    cr_expect_null(bench_at(bench, "metadata.ownerReferences"));
    cr_expect_eq(delete ("child", "{'propagationPolicy':'Sideways'}"), 422);
}

Test(owners, in_the_foreground_an_owner_waits_for_dependents_that_block_it)
{
    const char *owner = make("owner", "");
    make("held", bench_format(bench, ",'finalizers':['a/b']%s",
                              owned_by(owner, ",'blockOwnerDeletion':true")));
    make("free", owned_by(owner, ""));
    cr_expect_eq(delete ("owner", "{'propagationPolicy':'Foreground'}"), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.finalizers[0]"), "foregroundDeletion");
    cr_expect_eq(get("free"), 404);
    cr_expect_eq(get("held"), 200);
    cr_expect_neq(bench_at(bench, "metadata.deletionTimestamp"), NULL);
    cr_expect_eq(get("owner"), 200);
    cr_expect_eq(bench_patch(bench, "json", MAPS "/held",
                             "[{'op':'test','path':'/metadata/finalizers/0','value':'a/b'},"
                             "{'op':'remove','path':'/metadata/finalizers'}]"),
                 200);
    cr_expect_eq(get("held"), 404);
    cr_expect_eq(get("owner"), 404);
}

Test(owners, in_the_foreground_an_owner_without_dependents_goes_at_once)
{
    make("owner", "");
    struct watch *watch = bench_watch(bench, MAPS "?watch=true");
    cr_expect_str_eq(watch_next_text(watch), "ADDED owner");
    cr_expect_eq(bench_send(bench, "DELETE", MAPS "/owner?propagationPolicy=Foreground", NULL),
                 200);
    cr_expect_str_eq(watch_next_text(watch), "MODIFIED owner");
    cr_expect_str_eq(watch_next_text(watch), "DELETED owner");
    cr_expect_eq(get("owner"), 404);
}

Test(owners, the_last_finalizer_of_an_owner_frees_its_dependents_too)
{
    make("child", owned_by(make("owner", ",'finalizers':['a/b']"), ""));
    cr_expect_eq(delete ("owner", NULL), 200);
    cr_expect_eq(get("child"), 200);
    cr_expect_eq(bench_patch(bench, "merge", MAPS "/owner", "{'metadata':{'finalizers':null}}"),
                 200);
    cr_expect_eq(get("child"), 404);
}
