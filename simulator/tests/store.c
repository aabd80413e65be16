/* The store: rows through their tables, violations by name, transactions and what they changed. */
#include "simulator/store/rows.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>

TestSuite(store, .fini = check_leaks);

static struct sim_store *open_store(void)
{
    struct sim_store *store = NULL;
    struct lat_err err = {0};
    cr_assert_eq(sim_store_open(NULL, &store, &err), 0, "%s", err.message);
    cr_assert_eq(sim_store_begin(store), 0);
    return store;
}

static struct sim_service service_row(const char *id, const char *name)
{
    return (struct sim_service){
        .resource = {.id = id,
                     .arn = id,
                     .kind = "service",
                     .account = "1",
                     .region = "r",
                     .name = name,
                     .created_ms = 7,
                     .updated_ms = 7},
        .auth_type = "NONE",
        .dns_name = "d",
        .hosted_zone_id = "z",
    };
}

Test(store, a_row_comes_back_as_it_was_written)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_service written = service_row("svc-1", "orders");
    void *row = NULL;
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &written), 0);
    cr_assert_eq(sim_store_row(store, arena, &sim_service_table, "WHERE r.id = ?1",
                               SIM_VALUES(sim_text("svc-1")), &row),
                 0);
    const struct sim_service *read = row;
    cr_assert_not_null(read);
    cr_expect_eq(read->resource.seq, written.resource.seq);
    cr_expect_str_eq(read->resource.name, "orders");
    cr_expect_null(read->custom_domain_name);
    cr_expect_eq(read->resource.created_ms, 7);
    cr_expect_eq(read->resource.due_ms, 0);
}

Test(store, a_taken_name_is_a_violation_that_names_its_index)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    struct sim_service first = service_row("svc-1", "orders"),
                       second = service_row("svc-2", "orders");
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &first), 0);
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &second), -1);
    cr_expect_eq(sim_store_violation(store)->kind, SIM_VIOLATION_UNIQUE);
    cr_expect_str_eq(sim_store_violation(store)->rule, "index 'resource_name'");
}

Test(store, what_is_joined_by_an_association_cannot_go)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    struct sim_service service = service_row("svc-1", "orders"),
                       network = service_row("sn-1", "net");
    network.resource.kind = "servicenetwork";
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &service), 0);
    cr_assert_eq(sim_store_insert(store, &sim_resource_table, &network.resource), 0);
    struct sim_service_association association = {
        .resource = service_row("snsa-1", NULL).resource,
        .service = service.resource.seq,
        .network = network.resource.seq,
        .created_by = "1",
    };
    association.resource.kind = "servicenetworkserviceassociation";
    cr_assert_eq(sim_store_insert(store, &sim_service_association_table, &association), 0);
    static const char *const ends[] = {"svc-1", "sn-1"};
    for (size_t i = 0; i < LAT_COUNT(ends); i++) {
        cr_expect_eq(sim_store_run(store, "DELETE FROM resource WHERE id = ?1",
                                   SIM_VALUES(sim_text(ends[i])), NULL),
                     -1);
        cr_expect_eq(sim_store_violation(store)->kind, SIM_VIOLATION_FOREIGN_KEY);
    }
}

Test(store, a_rollback_leaves_nothing)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    struct sim_service service = service_row("svc-1", "orders");
    int64_t count = -1;
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &service), 0);
    sim_store_rollback(store);
    cr_assert_eq(sim_store_number(store, "SELECT count(*) FROM resource", SIM_NONE, &count), 0);
    cr_expect_eq(count, 0);
}

Test(store, a_savepoint_takes_back_its_part_alone)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    struct sim_service kept = service_row("svc-1", "orders"),
                       dropped = service_row("svc-2", "users");
    int64_t count = -1;
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &kept), 0);
    cr_assert_eq(sim_store_savepoint(store), 0);
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &dropped), 0);
    sim_store_rollback_to(store);
    cr_assert_eq(sim_store_commit(store), 0);
    cr_assert_eq(sim_store_number(store, "SELECT count(*) FROM service", SIM_NONE, &count), 0);
    cr_expect_eq(count, 1);
}

Test(store, a_transaction_lists_the_rows_it_changed)
{
    LAT_AUTO(sim_store_closep) struct sim_store *store = open_store();
    struct sim_service service = service_row("svc-1", "orders");
    size_t count = 0;
    cr_assert_eq(sim_store_insert(store, &sim_service_table, &service), 0);
    const struct sim_change *changes = sim_store_changes(store, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(changes[0].table, "resource");
    cr_expect_str_eq(changes[0].id, "svc-1");
    cr_expect_eq(changes[0].operation, 'i');
    cr_expect_str_eq(changes[1].table, "service");
    cr_assert_eq(sim_store_commit(store), 0);
    cr_assert_eq(sim_store_begin(store), 0);
    cr_assert_eq(sim_store_run(store, "DELETE FROM resource WHERE id = 'svc-1'", SIM_NONE, NULL),
                 0);
    changes = sim_store_changes(store, &count);
    cr_assert_eq(count, 2);
    bool named = false;
    for (size_t i = 0; i < count; i++)
        named = named || (changes[i].operation == 'd' && lat_text_eq(changes[i].id, "svc-1"));
    cr_expect(named, "a deleted resource is named");
}
