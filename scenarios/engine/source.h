/* The YAML files a story is made of, and how a message names a place in them. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/yaml.h"

/* A YAML file that is part of a story. */
struct scn_source {
    const char *path;
    const char *folder; /* paths in the file are relative to this */
    struct lat_yaml *yaml;
};

/* A value and the file it stands in, so that a message can name the line. */
struct scn_item {
    const json_t *value;
    const struct scn_source *source;
    int line;
};

/* The line of value, or fallback for a value that has none. */
int scn_line(const struct scn_source *source, const json_t *value, int fallback);

/* path as seen from the folder of source; absolute paths stay. Owned by arena. */
const char *scn_path(struct lat_arena *arena, const struct scn_source *source, const char *path);

/* -1 with "file:line: message". */
int scn_error(const struct scn_source *source, int line, struct lat_err *reterr, const char *format,
              ...) LAT_PRINTF(4, 5);
