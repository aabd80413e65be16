/* Walks the folder of stories; see library.h. It reads names only, never files. */
#include "scenarios/engine/library.h"

#include "common/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_DEPTH_MAX 8

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Appends every "*.yaml" below folder, or only those named wanted when it is given. */
static int walk(struct lat_arena *arena, const char *folder, const char *wanted, int depth,
                const char ***paths, size_t *path_count, struct lat_err *reterr)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return lat_err_input(reterr, "%s: %s", folder, strerror(errno));
    int result = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const char *path = lat_arena_printf(arena, "%s/%s", folder, name);
        if (name[0] != '.' && result == 0) {
            if (is_folder(path) && depth < FOLDER_DEPTH_MAX)
                result = walk(arena, path, wanted, depth + 1, paths, path_count, reterr);
            else if (wanted != NULL ? lat_text_eq(name, wanted)
                                    : lat_text_has_suffix(name, ".yaml"))
                *LAT_ARENA_PUSH(arena, *paths, *path_count) = path;
        }
        free(entries[i]);
    }
    free(entries);
    return result;
}

int scn_library_find(struct lat_arena *arena, const char *stories_folder, const char *word,
                     const char ***paths, size_t *path_count, struct lat_err *reterr)
{
    size_t before = *path_count;
    if (is_folder(word)) {
        if (walk(arena, word, NULL, 0, paths, path_count, reterr) < 0)
            return -1;
    } else if (strchr(word, '/') != NULL || lat_text_has_suffix(word, ".yaml")) {
        *LAT_ARENA_PUSH(arena, *paths, *path_count) = word;
    } else if (walk(arena, stories_folder, lat_arena_printf(arena, "%s.yaml", word), 0, paths,
                    path_count, reterr) < 0) {
        return -1;
    }
    if (*path_count == before)
        return lat_err_input(reterr, "there is no story \"%s\"; lattice-scenario list names them",
                             word);
    return 0;
}
