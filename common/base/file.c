/* Whole files; see file.h. */
#include "common/base/file.h"

#include "common/base/buf.h"
#include "common/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* The mode of the file that is replaced, or that of an ordinary new file. */
static int take_mode(const char *path, int fd)
{
    struct stat old;
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, stat(path, &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask);
}

/* Makes a rename last: the folder's own entry is written too. */
static int sync_folder(struct lat_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    const char *folder = length == 0 ? "." : lat_arena_strndup(arena, path, length);
    LAT_AUTO(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : fsync(fd);
}

int lat_file_write(const char *path, const void *data, size_t length, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    char *beside = lat_arena_printf(arena, "%s.XXXXXX", path);
    LAT_AUTO(close_fd) int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return lat_err_input(reterr, "%s: cannot be written: %s", path, strerror(errno));
    if (take_mode(path, fd) < 0 || write_all(fd, data, length) < 0 || rename(beside, path) < 0) {
        int reason = errno;
        unlink(beside);
        return lat_err_input(reterr, "%s: cannot be written: %s", path, strerror(reason));
    }
    if (sync_folder(arena, path) < 0)
        return lat_err_broken(reterr, "%s: its folder cannot be synced: %s", path, strerror(errno));
    return 0;
}
