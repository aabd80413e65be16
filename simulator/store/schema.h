/* The schema files under schema/, embedded at build time. */
#pragma once

#include <stddef.h>

/* Makes every table, index and trigger that is not there yet. */
extern const char sim_schema[];

/* What changes in a file of the version before; in order of version. */
struct sim_migration {
    int version; /* that the file has afterwards */
    const char *sql;
};

extern const struct sim_migration sim_migrations[];
extern const size_t sim_migration_count;

/* The same name as a text that lives as long as the program; "" for a table that the schema lacks.
 */
const char *sim_schema_table_name(const char *name);
