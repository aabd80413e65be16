/* Places in the files of a story; see source.h. */
#include "scenarios/engine/source.h"

#include <stdarg.h>
#include <stdio.h>

int scn_line(const struct scn_source *source, const json_t *value, int fallback)
{
    int line = value != NULL ? lat_yaml_line(source->yaml, value) : 0;
    return line > 0 ? line : fallback;
}

const char *scn_path(struct lat_arena *arena, const struct scn_source *source, const char *path)
{
    if (path[0] == '/')
        return path;
    return lat_arena_printf(arena, "%s/%s", source->folder, path);
}

int scn_error(const struct scn_source *source, int line, struct lat_err *reterr, const char *format,
              ...)
{
    char message[LAT_ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return lat_err_input(reterr, "%s:%d: %s", source->path, line, message);
}
