/* The files of a story and the manifests in them; see story.h. It never talks to anything but
 * files. */
#include "scenarios/engine/story.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const struct scn_source *scn_story_open(struct scn_story *story, const char *path,
                                        struct lat_err *reterr)
{
    struct lat_arena *arena = story->arena;
    struct lat_yaml *yaml = lat_yaml_read(path, reterr);
    if (yaml == NULL)
        return NULL;
    struct scn_source *source = LAT_NEW(arena, struct scn_source);
    source->path = lat_arena_strdup(arena, path);
    source->yaml = yaml;
    const char *slash = strrchr(path, '/');
    source->folder = slash != NULL ? lat_arena_strndup(arena, path, (size_t)(slash - path)) : ".";
    *LAT_ARENA_PUSH(arena, story->sources, story->source_count) = source;
    return source;
}

static int push_manifest(struct lat_arena *arena, const struct scn_source *source, int line,
                         const json_t *value, struct scn_item **items, size_t *item_count,
                         struct lat_err *reterr)
{
    if (lat_json_string_at(value, "kind", NULL) == NULL ||
        lat_json_string_at(value, "apiVersion", NULL) == NULL ||
        lat_json_string_at(value, "metadata.name", NULL) == NULL)
        return scn_error(source, line, reterr,
                         "a manifest needs apiVersion, kind and metadata.name");
    struct scn_item *item = LAT_ARENA_PUSH(arena, *items, *item_count);
    *item = (struct scn_item){.value = value, .source = source, .line = line};
    return 0;
}

static int read_manifest_file(struct lat_arena *arena, struct scn_story *story, const char *path,
                              struct scn_item **items, size_t *item_count, struct lat_err *reterr)
{
    const struct scn_source *source = scn_story_open(story, path, reterr);
    if (source == NULL)
        return -1;
    for (size_t i = 0; i < lat_yaml_count(source->yaml); i++) {
        const json_t *value = lat_yaml_document(source->yaml, i);
        if (push_manifest(arena, source, scn_line(source, value, 1), value, items, item_count,
                          reterr) < 0)
            return -1;
    }
    return 0;
}

static int is_yaml(const struct dirent *entry)
{
    return lat_text_has_suffix(entry->d_name, ".yaml");
}

static int read_manifest_folder(struct lat_arena *arena, struct scn_story *story, const char *path,
                                struct scn_item **items, size_t *item_count, struct lat_err *reterr)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_yaml, alphasort);
    if (count < 0)
        return lat_err_input(reterr, "%s: %s", path, strerror(errno));
    int result = 0;
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = read_manifest_file(arena, story,
                                        lat_arena_printf(arena, "%s/%s", path, entries[i]->d_name),
                                        items, item_count, reterr);
        free(entries[i]);
    }
    free(entries);
    return result;
}

int scn_story_manifests(struct lat_arena *arena, struct scn_story *story,
                        const struct scn_item *entry, struct scn_item **items, size_t *item_count,
                        struct lat_err *reterr)
{
    if (json_is_object(entry->value))
        return push_manifest(arena, entry->source, entry->line, entry->value, items, item_count,
                             reterr);
    if (!json_is_string(entry->value))
        return scn_error(entry->source, entry->line, reterr,
                         "an object is a file, a folder, or a manifest written here");
    const char *path = scn_path(arena, entry->source, json_string_value(entry->value));
    struct stat status;
    int result = 0;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        result = read_manifest_folder(arena, story, path, items, item_count, reterr);
    else
        result = read_manifest_file(arena, story, path, items, item_count, reterr);
    if (result < 0)
        return lat_err_prefix(reterr, "%s:%d", entry->source->path, entry->line);
    return 0;
}
