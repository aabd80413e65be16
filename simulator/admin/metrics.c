/* Figures in the text format of Prometheus: calls by answer, what exists, what is open. */
#include "simulator/admin/admin_int.h"

#include "common/base/buf.h"
#include "common/base/text.h"
#include "simulator/engine/journal.h"

#include <inttypes.h>

#define METRICS_BYTES_MAX (4 << 20)

static void put_head(struct lat_buf *out, const char *name, const char *type, const char *help)
{
    lat_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: quotes, backslashes and line feeds are escaped. */
static void put_label(struct lat_buf *out, const char *before, const char *name, const char *value)
{
    lat_buf_printf(out, "%s%s=\"", before, name);
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            lat_buf_puts(out, "\\n");
        else if (*value == '"' || *value == '\\')
            lat_buf_printf(out, "\\%c", *value);
        else
            lat_buf_append(out, value, 1);
    }
    lat_buf_puts(out, "\"");
}

static void put_requests(struct lat_buf *out, const struct sim_metrics *metrics)
{
    static const char name[] = "lattice_requests_total";
    size_t count = 0;
    const struct sim_metric *items = sim_metrics_all(metrics, &count);
    put_head(out, name, "counter", "Calls that were answered.");
    for (size_t i = 0; i < count; i++) {
        lat_buf_puts(out, name);
        put_label(out, "{", "api", items[i].api);
        put_label(out, ",", "service", items[i].service);
        put_label(out, ",", "operation", items[i].operation);
        lat_buf_printf(out, ",status=\"%d\"} %" PRId64 "\n", items[i].status, items[i].count);
    }
}

/* A group of rows and its size: what a query of two columns yields. */
struct group {
    int64_t count;
    const char *name;
};

static const struct sim_column columns[] = {
    {"count", SIM_COLUMN_INT, offsetof(struct group, count)},
    {"name", SIM_COLUMN_TEXT, offsetof(struct group, name)},
};

/* The views group in the database: a table of a query, as the store's tables go. */
static const struct sim_table resources_by_kind = {
    .name = "(SELECT count(*) AS count, kind AS name FROM resource GROUP BY kind)",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct group),
};

static const struct sim_table objects_by_resource = {
    .name = "(SELECT count(*) AS count, resource AS name FROM kube_object GROUP BY resource)",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct group),
};

static int put_groups(struct sim_admin_call *call, struct lat_buf *out, const char *name,
                      const char *help, const char *label, const struct sim_table *table)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, table, "ORDER BY r.name", SIM_NONE, &rows,
                       &count) < 0)
        return -1;
    const struct group *groups = rows;
    put_head(out, name, "gauge", help);
    for (size_t i = 0; i < count; i++) {
        lat_buf_puts(out, name);
        put_label(out, "{", label, groups[i].name);
        lat_buf_printf(out, "} %" PRId64 "\n", groups[i].count);
    }
    return 0;
}

static void put_number(struct lat_buf *out, const char *name, const char *type, const char *help,
                       int64_t value)
{
    put_head(out, name, type, help);
    lat_buf_printf(out, "%s %" PRId64 "\n", name, value);
}

void sim_admin_metrics(struct sim_admin_call *call)
{
    const struct sim *sim = call->sim;
    const struct sim_journal *journal = sim->journal;
    LAT_AUTO(lat_buf_done) struct lat_buf out;
    lat_buf_init(&out, METRICS_BYTES_MAX);
    put_requests(&out, sim_journal_metrics(journal));
    if (put_groups(call, &out, "lattice_resources", "VPC Lattice resources that exist.", "kind",
                   &resources_by_kind) < 0 ||
        put_groups(call, &out, "lattice_kubernetes_objects", "Kubernetes objects that exist.",
                   "resource", &objects_by_resource) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    if (sim->cluster.watch_count != NULL)
        put_number(&out, "lattice_kubernetes_watches", "gauge", "Open watches.",
                   (int64_t)sim->cluster.watch_count(sim->cluster.context));
    put_number(&out, "lattice_journal_entries", "gauge", "Calls that the journal holds.",
               sim_journal_last(journal) - sim_journal_first(journal) + 1);
    put_number(&out, "lattice_journal_bytes", "gauge", "Memory of these entries.",
               (int64_t)sim_journal_bytes(journal));
    put_head(&out, "lattice_uptime_seconds", "gauge", "Time since the start, by the clock.");
    lat_buf_printf(&out, "lattice_uptime_seconds %.3f\n",
                   (double)(lat_clock_now_ms(&sim->clock) - sim->started_ms) / 1000.0);
    sim_admin_answer_text(call, "text/plain; version=0.0.4; charset=utf-8",
                          lat_arena_strndup(call->arena, out.data, out.length));
}
