/* The folder of stories: finds them by name or path. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <stddef.h>

/* The files that word stands for: a file, all stories below a folder, or the story of that name
 * below stories_folder. Appended to *paths, sorted. */
int scn_library_find(struct lat_arena *arena, const char *stories_folder, const char *word,
                     const char ***paths, size_t *path_count, struct lat_err *reterr) LAT_MUST_USE;
