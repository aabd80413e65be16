/* Words of the command line that hold lists; see settings.h. */
#include "conformance/runner/settings.h"

#include "common/base/json.h"

#include <string.h>

bool cft_list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at != NULL && *at != '\0'; at += strspn(at, ",")) {
        size_t width = strcspn(at, ",");
        if (width == length && memcmp(at, word, width) == 0)
            return true;
        at += width;
    }
    return false;
}

int cft_settings_apply(struct lat_arena *arena, const char *settings, json_t *into,
                       struct lat_err *reterr)
{
    for (const char *at = settings; at != NULL && *at != '\0'; at += strspn(at, ",")) {
        size_t width = strcspn(at, ",");
        const char *part = lat_arena_strndup(arena, at, width);
        size_t name = strcspn(part, "=");
        if (part[name] == '\0' || name == 0)
            return lat_err_input(reterr, "--set takes name=value, not \"%s\"", part);
        lat_json_set_string(into, lat_arena_strndup(arena, part, name), part + name + 1);
        at += width;
    }
    return 0;
}
