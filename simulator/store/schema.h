/* The schema files under schema/, embedded at build time. */
#pragma once

#include <stddef.h>

/* One SQL script per file, to be run in this order on an empty database. */
extern const char *const sim_schema[];
extern const size_t sim_schema_count;

/* The same name as a text that lives as long as the program; "" for a table that the schema lacks.
 */
const char *sim_schema_table_name(const char *name);
