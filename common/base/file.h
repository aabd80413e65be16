/* Whole files in and out. Nothing is ever half-written: write beside, fsync, rename. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <stddef.h>

/* The content of a file of at most bytes_max bytes, terminated, in the arena; "-" reads standard
 * input. Returns -1 with a message that names the file and the reason. */
int lat_file_read(struct lat_arena *arena, const char *path, size_t bytes_max, char **ret_text,
                  size_t *ret_length, struct lat_err *reterr) LAT_MUST_USE;

/* Replaces a file with these bytes, or leaves it as it was. */
int lat_file_write(const char *path, const void *data, size_t length,
                   struct lat_err *reterr) LAT_MUST_USE;
