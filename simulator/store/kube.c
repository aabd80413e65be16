/* Queries for the Kubernetes objects; see kube.h. */
#include "simulator/store/kube.h"

#include "common/base/lat_limits.h"
#include "simulator/store/store_int.h"

#include <string.h>

#define TEXT(row, member)                                                                          \
    {                                                                                              \
#member, SIM_COLUMN_TEXT, offsetof(struct row, member)                                     \
    }
#define INT(row, member)                                                                           \
    {                                                                                              \
#member, SIM_COLUMN_INT, offsetof(struct row, member)                                      \
    }

static const struct sim_column object_columns[] = {
    INT(sim_kube_object, seq),        TEXT(sim_kube_object, uid),  TEXT(sim_kube_object, resource),
    TEXT(sim_kube_object, namespace), TEXT(sim_kube_object, name), INT(sim_kube_object, version),
    TEXT(sim_kube_object, body),
};

static const struct sim_table object_table = {
    .name = "kube_object",
    .columns = object_columns,
    .column_count = sizeof object_columns / sizeof object_columns[0],
    .row_bytes = sizeof(struct sim_kube_object),
};

static const struct sim_column change_columns[] = {
    INT(sim_kube_change, version),    TEXT(sim_kube_change, resource),
    TEXT(sim_kube_change, namespace), TEXT(sim_kube_change, name),
    TEXT(sim_kube_change, type),      TEXT(sim_kube_change, body),
    TEXT(sim_kube_change, before),
};

static const struct sim_table change_table = {
    .name = "kube_change",
    .columns = change_columns,
    .column_count = sizeof change_columns / sizeof change_columns[0],
    .row_bytes = sizeof(struct sim_kube_change),
};

int sim_store_kube_find(struct sim_store *store, struct lat_arena *arena, const char *resource,
                        const char *namespace, const char *name,
                        struct sim_kube_object **ret_object)
{
    static const char tail[] = "WHERE r.resource = ?1 AND r.namespace = ?2 AND r.name = ?3";
    void *row = NULL;
    if (sim_store_row(store, arena, &object_table, tail,
                      SIM_VALUES(sim_text(resource), sim_text(namespace), sim_text(name)),
                      &row) < 0)
        return -1;
    *ret_object = row;
    return 0;
}

int sim_store_kube_list(struct sim_store *store, struct lat_arena *arena, const char *resource,
                        const char *namespace, struct sim_kube_cursor after, int64_t count_max,
                        struct sim_kube_object **ret_objects, size_t *ret_count)
{
    static const char everywhere[] = "WHERE r.resource = ?1 AND (r.namespace, r.name) > (?3, ?4)"
                                     " ORDER BY r.namespace, r.name LIMIT ?5";
    static const char in_namespace[] =
        "WHERE r.resource = ?1 AND r.namespace = ?2 AND r.name > ?4 AND ?3 IS NOT NULL"
        " ORDER BY r.name LIMIT ?5";
    void *rows = NULL;
    if (sim_store_rows(store, arena, &object_table, namespace == NULL ? everywhere : in_namespace,
                       SIM_VALUES(sim_text(resource), sim_text(namespace),
                                  sim_text(after.namespace), sim_text(after.name),
                                  sim_int(count_max)),
                       &rows, ret_count) < 0)
        return -1;
    *ret_objects = rows;
    return 0;
}

int sim_store_kube_count(struct sim_store *store, const char *resource, const char *namespace,
                         struct sim_kube_cursor after, int64_t *ret_count)
{
    static const char everywhere[] = "SELECT count(*) FROM kube_object WHERE resource = ?1"
                                     " AND (namespace, name) > (?3, ?4)";
    static const char in_namespace[] = "SELECT count(*) FROM kube_object WHERE resource = ?1"
                                       " AND namespace = ?2 AND name > ?4 AND ?3 IS NOT NULL";
    return sim_store_number(store, namespace == NULL ? everywhere : in_namespace,
                            SIM_VALUES(sim_text(resource), sim_text(namespace),
                                       sim_text(after.namespace), sim_text(after.name)),
                            ret_count);
}

int sim_store_kube_all(struct sim_store *store, struct lat_arena *arena,
                       struct sim_kube_object **ret_objects, size_t *ret_count)
{
    void *rows = NULL;
    if (sim_store_rows(store, arena, &object_table, "ORDER BY r.seq", SIM_NONE, &rows, ret_count) <
        0)
        return -1;
    *ret_objects = rows;
    return 0;
}

int sim_store_kube_in_namespace(struct sim_store *store, struct lat_arena *arena,
                                const char *namespace, struct sim_kube_object **ret_objects,
                                size_t *ret_count)
{
    static const char tail[] = "WHERE r.namespace = ?1 AND r.namespace <> '' ORDER BY r.seq";
    void *rows = NULL;
    if (sim_store_rows(store, arena, &object_table, tail, SIM_VALUES(sim_text(namespace)), &rows,
                       ret_count) < 0)
        return -1;
    *ret_objects = rows;
    return 0;
}

int sim_store_kube_by_uid(struct sim_store *store, struct lat_arena *arena, const char *uid,
                          struct sim_kube_object **ret_object)
{
    void *row = NULL;
    if (sim_store_row(store, arena, &object_table, "WHERE r.uid = ?1", SIM_VALUES(sim_text(uid)),
                      &row) < 0)
        return -1;
    *ret_object = row;
    return 0;
}

int sim_store_kube_owned_by(struct sim_store *store, struct lat_arena *arena, const char *uid,
                            struct sim_kube_object **ret_objects, size_t *ret_count)
{
    static const char tail[] = "WHERE instr(r.body, '\"ownerReferences\"') > 0"
                               " AND instr(r.body, ?1) > 0 AND r.uid <> ?1 ORDER BY r.seq";
    void *rows = NULL;
    if (sim_store_rows(store, arena, &object_table, tail, SIM_VALUES(sim_text(uid)), &rows,
                       ret_count) < 0)
        return -1;
    *ret_objects = rows;
    return 0;
}

int sim_store_kube_version(struct sim_store *store, int64_t *ret_version)
{
    static const char sql[] = "SELECT max(version) FROM kube_change";
    return sim_store_number(store, sql, SIM_NONE, ret_version);
}

int sim_store_kube_oldest(struct sim_store *store, int64_t *ret_version)
{
    static const char sql[] = "SELECT min(version) FROM kube_change";
    return sim_store_number(store, sql, SIM_NONE, ret_version);
}

int sim_store_kube_compact(struct sim_store *store, int64_t version)
{
    /* A change of nothing, which no watch is about: the log has at least one row. */
    struct sim_kube_change mark = {
        .version = version,
        .resource = "",
        .namespace = "",
        .name = "",
        .type = "COMPACTED",
        .body = "{}",
    };
    if (sim_store_run(store, "DELETE FROM kube_change", SIM_NONE, NULL) < 0)
        return -1;
    *sim_store_kube_log_bytes(store) = -1;
    return sim_store_insert(store, &change_table, &mark);
}

int sim_store_kube_changes(struct sim_store *store, struct lat_arena *arena, int64_t after,
                           int64_t count_max, struct sim_kube_change **ret_changes,
                           size_t *ret_count)
{
    static const char tail[] = "WHERE r.version > ?1 ORDER BY r.version LIMIT ?2";
    void *rows = NULL;
    if (sim_store_rows(store, arena, &change_table, tail,
                       SIM_VALUES(sim_int(after), sim_int(count_max)), &rows, ret_count) < 0)
        return -1;
    *ret_changes = rows;
    return 0;
}

int sim_store_kube_first_changes(struct sim_store *store, struct lat_arena *arena,
                                 const char *resource, int64_t after,
                                 struct sim_kube_change **ret_changes, size_t *ret_count)
{
    static const char tail[] =
        "WHERE r.version IN (SELECT min(version) FROM kube_change WHERE version > ?2"
        " AND resource = ?1 GROUP BY namespace, name) ORDER BY r.namespace, r.name";
    void *rows = NULL;
    if (sim_store_rows(store, arena, &change_table, tail,
                       SIM_VALUES(sim_text(resource), sim_int(after)), &rows, ret_count) < 0)
        return -1;
    *ret_changes = rows;
    return 0;
}

/* --- the log ---------------------------------------------------------------------------------- */

#define CHANGE_BYTES                                                                               \
    "coalesce(sum(length(CAST(body AS BLOB)) + coalesce(length(CAST(before AS BLOB)), 0)), 0)"

/* The oldest changes go as new ones come, so that neither their number nor their texts grow without
 * end; a watch from before them is told that it expired. The newest stays: it knows the version. */
static int forget_oldest(struct sim_store *store, int64_t newest)
{
    static const char size[] = "SELECT " CHANGE_BYTES " FROM kube_change WHERE version = ?1";
    static const char forget[] = "DELETE FROM kube_change WHERE version = ?1";
    int64_t *bytes = sim_store_kube_log_bytes(store);
    for (;;) {
        int64_t oldest = 0, oldest_bytes = 0;
        if (sim_store_kube_oldest(store, &oldest) < 0)
            return -1;
        if (oldest == newest ||
            (oldest > newest - LAT_KUBE_CHANGES_MAX && *bytes <= LAT_KUBE_CHANGES_BYTES_MAX))
            return 0;
        if (sim_store_number(store, size, SIM_VALUES(sim_int(oldest)), &oldest_bytes) < 0 ||
            sim_store_run(store, forget, SIM_VALUES(sim_int(oldest)), NULL) < 0)
            return -1;
        *bytes -= oldest_bytes;
    }
}

static int log_change(struct sim_store *store, const struct sim_kube_object *object,
                      const char *type, const char *before)
{
    static const char size[] = "SELECT " CHANGE_BYTES " FROM kube_change";
    struct sim_kube_change change = {
        .version = object->version,
        .resource = object->resource,
        .namespace = object->namespace,
        .name = object->name,
        .type = type,
        .body = object->body,
        .before = before,
    };
    int64_t *bytes = sim_store_kube_log_bytes(store);
    if ((*bytes < 0 && sim_store_number(store, size, SIM_NONE, bytes) < 0) ||
        sim_store_insert(store, &change_table, &change) < 0)
        return -1;
    *bytes += (int64_t)(strlen(change.body) + (before == NULL ? 0 : strlen(before)));
    return forget_oldest(store, object->version);
}

int sim_store_kube_insert(struct sim_store *store, struct sim_kube_object *object)
{
    if (sim_store_insert(store, &object_table, object) < 0)
        return -1;
    return log_change(store, object, "ADDED", NULL);
}

int sim_store_kube_update(struct sim_store *store, const struct sim_kube_object *object,
                          const char *before)
{
    if (sim_store_update(store, &object_table, object) < 0)
        return -1;
    return log_change(store, object, "MODIFIED", before);
}

int sim_store_kube_delete(struct sim_store *store, const struct sim_kube_object *object,
                          const char *before)
{
    static const char sql[] = "DELETE FROM kube_object WHERE seq = ?1";
    if (sim_store_run(store, sql, SIM_VALUES(sim_int(object->seq)), NULL) < 0)
        return -1;
    return log_change(store, object, "DELETED", before);
}
