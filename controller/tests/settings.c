/* What the controller reads from its environment, and what it refuses. */
#include "controller/settings.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct lat_arena *arena;

static void set_up(void)
{
    clearenv();
    setenv("CLUSTER_VPC_ID", "vpc-1", 1);
    setenv("REGION", "us-east-2", 1);
    setenv("AWS_ACCOUNT_ID", "123456789012", 1);
    setenv("CLUSTER_NAME", "prod", 1);
    arena = lat_arena_new();
}

static void tear_down(void)
{
    lat_arena_free(arena);
    check_leaks();
}

TestSuite(settings, .init = set_up, .fini = tear_down);

static struct gwc_settings read_settings(void)
{
    struct gwc_settings settings;
    struct lat_err err = {0};
    cr_assert_eq(gwc_settings_read(arena, &settings, &err), 0, "%s", err.message);
    return settings;
}

Test(settings, the_owner_is_account_cluster_and_vpc)
{
    cr_assert_str_eq(read_settings().config.managed_by, "123456789012/prod/vpc-1");
}

Test(settings, a_missing_variable_is_named_with_its_remedy)
{
    const char *const names[] = {"CLUSTER_VPC_ID", "REGION", "AWS_ACCOUNT_ID", "CLUSTER_NAME"};
    for (size_t i = 0; i < LAT_COUNT(names); i++) {
        char *kept = strdup(getenv(names[i]));
        unsetenv(names[i]);
        struct gwc_settings settings;
        struct lat_err err = {0};
        cr_assert_eq(gwc_settings_read(arena, &settings, &err), -1);
        cr_assert_eq(err.kind, LAT_ERR_INPUT);
        cr_assert_not_null(strstr(err.message, names[i]));
        setenv(names[i], kept, 1);
        free(kept);
    }
}

Test(settings, endpoints_follow_the_sdk_except_for_lattice)
{
    struct gwc_settings settings = read_settings();
    cr_assert_str_eq(settings.lattice_endpoint, "https://vpc-lattice.us-east-2.amazonaws.com");
    cr_assert_str_eq(settings.tagging_endpoint, "https://tagging.us-east-2.amazonaws.com");
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9009/", 1);
    setenv("AWS_ENDPOINT_URL_ACM", "http://acm", 1);
    settings = read_settings();
    cr_assert_str_eq(settings.lattice_endpoint, "https://vpc-lattice.us-east-2.amazonaws.com");
    cr_assert_str_eq(settings.tagging_endpoint, "http://127.0.0.1:9009");
    cr_assert_str_eq(settings.acm_endpoint, "http://acm");
    setenv("LATTICE_ENDPOINT", "http://lattice/", 1);
    cr_assert_str_eq(read_settings().lattice_endpoint, "http://lattice");
}

Test(settings, the_network_override_needs_a_default_network)
{
    setenv("ENABLE_SERVICE_NETWORK_OVERRIDE", "TRUE", 1);
    cr_assert_not(read_settings().config.is_override);
    setenv("DEFAULT_SERVICE_NETWORK", "shared", 1);
    cr_assert(read_settings().config.is_override);
}

Test(settings, a_resync_is_off_or_at_least_a_minute)
{
    struct gwc_settings settings;
    struct lat_err err = {0};
    setenv("RECONCILE_DEFAULT_RESYNC_SECONDS", "60", 1);
    cr_assert_eq(read_settings().resync_ms, 60000);
    setenv("RECONCILE_DEFAULT_RESYNC_SECONDS", "0", 1);
    cr_assert_eq(read_settings().resync_ms, 0);
    const char *const wrong[] = {"59", "-1", "soon"};
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        setenv("RECONCILE_DEFAULT_RESYNC_SECONDS", wrong[i], 1);
        cr_assert_eq(gwc_settings_read(arena, &settings, &err), -1, "%s", wrong[i]);
    }
}
