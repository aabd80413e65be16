/* GET /_lattice/quotas/headroom: how far each quota is from its limit. Quotas of an account and
 * Region have one entry; those of a container one for each container, the fullest first. */
#include "common/aws/uri.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/quota.h"
#include "simulator/store/rows.h"

#include <stdlib.h>
#include <string.h>

#define CONTAINERS_LOOKED_AT_MAX                                                                   \
    10000                       /* of one quota, oldest first; ask for one by ?container=          \
                                 */
#define CONTAINERS_SHOWN_MAX 20 /* of one quota */

/* What fills up, by the code of the quota; codes that are absent count in the account. */
static const struct {
    const char *code;
    const char *kind; /* of the container, as in its ARN */
} containers[] = {
    {"L-75D4A19E", "servicenetwork"},
    {"L-EF6E2D62", "servicenetwork"},
    {"L-89DEA27F", "servicenetwork"},
    {"L-6095700C", "servicenetwork"},
    {"L-D64E952E", "service"},
    {"L-3DEC3B9F", "service"},
    {"L-CF78395E", "listener"},
    {"L-D71303F3", "targetgroup"},
    {"L-9BC96FEF", "resourceconfiguration"},
    {"L-0DCA4434", "resourcegateway"},
};

struct entry {
    const char *container; /* NULL: the account */
    int64_t used;
};

static const char *container_kind(const char *code)
{
    for (size_t i = 0; i < LAT_COUNT(containers); i++)
        if (lat_text_eq(containers[i].code, code))
            return containers[i].kind;
    return NULL;
}

/* A parameter of the query, decoded; the fallback when it is absent. */
static const char *parameter(const struct sim_admin_call *call, const char *name,
                             const char *fallback)
{
    size_t length = strlen(name);
    for (const char *p = call->request->query; *p != '\0'; p += strspn(p, "&")) {
        size_t width = strcspn(p, "&");
        if (width > length && strncmp(p, name, length) == 0 && p[length] == '=') {
            const char *text =
                lat_uri_decode(call->arena, p + length + 1, width - length - 1, true);
            return text == NULL ? "" : text;
        }
        p += width;
    }
    return fallback;
}

static int count_used(struct sim_admin_call *call, const struct sim_caller *home,
                      const struct sim_quota *quota, int64_t container, int64_t *ret_used)
{
    return sim_store_number(
        call->sim->store, quota->count_sql,
        SIM_VALUES(sim_text(home->account), sim_text(home->region), sim_int(container)), ret_used);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->used > y->used ? -1 : x->used < y->used ? 1 : strcmp(x->container, y->container);
}

static int count_containers(struct sim_admin_call *call, const struct sim_caller *home,
                            const struct sim_quota *quota, const char *kind,
                            struct entry **ret_entries, size_t *ret_count)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_resource_table,
                       "WHERE r.account = ?1 AND r.region = ?2 AND r.kind = ?3 "
                       "AND (?4 IS NULL OR r.id = ?4) ORDER BY r.seq LIMIT ?5",
                       SIM_VALUES(sim_text(home->account), sim_text(home->region), sim_text(kind),
                                  sim_text(parameter(call, "container", NULL)),
                                  sim_int(CONTAINERS_LOOKED_AT_MAX)),
                       &rows, &count) < 0)
        return -1;
    const struct sim_resource *resources = rows;
    struct entry *entries = LAT_NEW_ARRAY(call->arena, struct entry, count);
    for (size_t i = 0; i < count; i++) {
        entries[i].container = resources[i].id;
        if (count_used(call, home, quota, resources[i].seq, &entries[i].used) < 0)
            return -1;
    }
    if (count > 0)
        qsort(entries, count, sizeof *entries, compare_entries);
    *ret_entries = entries;
    *ret_count = count < CONTAINERS_SHOWN_MAX ? count : CONTAINERS_SHOWN_MAX;
    return 0;
}

static int add_quota(struct sim_admin_call *call, const struct sim_caller *home,
                     enum sim_quota_id id, json_t *list)
{
    const struct sim_quota *quota = &sim_quotas[id];
    const char *kind = container_kind(quota->code);
    struct sim_call reader = {.sim = call->sim, .arena = call->arena, .caller = *home};
    struct entry whole = {0}, *entries = &whole;
    size_t count = 1;
    int64_t value = 0;
    if (sim_quota_value(&reader, id, &value) < 0)
        return -1;
    if (kind == NULL ? count_used(call, home, quota, 0, &whole.used) < 0
                     : count_containers(call, home, quota, kind, &entries, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        json_t *entry =
            json_pack("{s:s, s:s, s:I, s:I, s:I}", "code", quota->code, "name", quota->name,
                      "value", (json_int_t)value, "used", (json_int_t)entries[i].used, "headroom",
                      (json_int_t)(value - entries[i].used));
        lat_json_set_string(entry, "container", entries[i].container);
        json_array_append_new(list, entry);
    }
    return 0;
}

void sim_admin_show_headroom(struct sim_admin_call *call)
{
    struct sim_caller home = {
        .account = parameter(call, "account", call->sim->config.account),
        .region = parameter(call, "region", call->sim->config.region),
    };
    const char *code = parameter(call, "code", NULL);
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
        if ((code == NULL || lat_text_eq(code, sim_quotas[i].code)) &&
            add_quota(call, &home, (enum sim_quota_id)i, list) < 0) {
            sim_admin_refuse(call, 500, "the store failed");
            return;
        }
    sim_admin_answer(call, 200, json_pack("{s:O}", "headroom", list));
}
