/* Whole files; see file.h. */
#include "common/base/file.h"

#include "common/base/buf.h"
#include "common/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd > STDERR_FILENO)
        close(*fd);
    *fd = -1;
}

int lat_file_read(struct lat_arena *arena, const char *path, size_t bytes_max, char **ret_text,
                  size_t *ret_length, struct lat_err *reterr)
{
    bool is_stdin = lat_text_eq(path, "-");
    LAT_AUTO(close_fd) int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return lat_err_input(reterr, "%s: cannot be opened: %s", path, strerror(errno));
    LAT_AUTO(lat_buf_done) struct lat_buf content;
    lat_buf_init(&content, bytes_max);
    char chunk[16384];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lat_err_input(reterr, "%s: cannot be read: %s", path, strerror(errno));
        if (got == 0)
            break;
        if (lat_buf_append(&content, chunk, (size_t)got) < 0)
            return lat_err_input(reterr, "%s: larger than %zu bytes", path, bytes_max);
    }
    *ret_text = lat_arena_strndup(arena, content.data, content.length);
    *ret_length = content.length;
    return 0;
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        length -= (size_t)put;
    }
    return fsync(fd);
}

int lat_file_write(const char *path, const void *data, size_t length, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    char *beside = lat_arena_printf(arena, "%s.XXXXXX", path);
    LAT_AUTO(close_fd) int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return lat_err_input(reterr, "%s: cannot be written: %s", path, strerror(errno));
    if (write_all(fd, data, length) < 0 || rename(beside, path) < 0) {
        int reason = errno;
        unlink(beside);
        return lat_err_input(reterr, "%s: cannot be written: %s", path, strerror(reason));
    }
    return 0;
}
