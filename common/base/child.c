/* Child processes; see child.h. Waits with time-outs only, so that a program that hangs fails a
 * test instead of stopping it; never leaves a child behind that was stopped. */
#include "common/base/child.h"

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS         2000  /* between SIGTERM and SIGKILL */
#define WRITE_TIMEOUT_MS 10000 /* a child that does not read its input for so long is given up */
#define READ_BLOCK_BYTES 4096

struct lat_child {
    struct lat_arena *arena; /* holds this struct and the name */
    const char *name;
    pid_t pid;
    int pid_fd;
    int input_fd;  /* where we write */
    int output_fd; /* where we read */
    struct lat_buf output;
    size_t line_bytes; /* at the front of output, handed out by the last call */
    bool output_ended;
    bool waited; /* status is known */
    int status;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until fd is ready or end_ms has come. Returns 1, 0 for the time-out, or -1. */
static int wait_ready(int fd, short events, int64_t end_ms)
{
    for (;;) {
        int64_t left_ms = end_ms - monotonic_ms();
        struct pollfd ready = {.fd = fd, .events = events};
        int count = poll(&ready, 1,
                         left_ms < 0           ? 0
                         : left_ms > INT32_MAX ? INT32_MAX
                                               : (int)left_ms);
        if (count > 0)
            return 1;
        if (count < 0 && errno != EINTR)
            return -1;
        if (count == 0 && left_ms <= 0)
            return 0;
    }
}

static void close_pair(int (*pair)[2])
{
    for (int i = 0; i < 2; i++)
        if ((*pair)[i] >= 0)
            close((*pair)[i]);
}

static bool is_overlaid(const char *entry, const char *const extra[])
{
    size_t name_bytes = strcspn(entry, "=") + 1;
    for (; *extra != NULL; extra++)
        if (strncmp(*extra, entry, name_bytes) == 0)
            return true;
    return false;
}

/* The caller's environment with extra laid over it. */
static char **make_environment(struct lat_arena *arena, const char *const extra[])
{
    size_t count = 0;
    char **list = NULL;
    static const char *const none[] = {NULL};
    const char *const *overlay = extra == NULL ? none : extra;
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        if (!is_overlaid(*entry, overlay))
            *LAT_ARENA_PUSH(arena, list, count) = *entry;
    for (; *overlay != NULL; overlay++)
        *LAT_ARENA_PUSH(arena, list, count) = lat_arena_strdup(arena, *overlay);
    *LAT_ARENA_PUSH(arena, list, count) = NULL;
    return list;
}

static char **copy_arguments(struct lat_arena *arena, const char *const argv[])
{
    size_t count = 0;
    char **list = NULL;
    for (; *argv != NULL; argv++)
        *LAT_ARENA_PUSH(arena, list, count) = lat_arena_strdup(arena, *argv);
    *LAT_ARENA_PUSH(arena, list, count) = NULL;
    return list;
}

/* Starts the program; returns 0 or an errno. The child gets a clean signal state: the caller may
 * be a server that has signals blocked. */
static int spawn(const char *const argv[], char **arguments, char **environment,
                 const char *stderr_path, int input_fd, int output_fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, input_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
    if (stderr_path != NULL)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderr_path,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int problem = posix_spawnp(ret_pid, argv[0], &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return problem;
}

struct lat_child *lat_child_start(const char *const argv[], const char *const extra_environment[],
                                  const char *stderr_path, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(close_pair) int input[2] = {-1, -1};
    LAT_AUTO(close_pair) int output[2] = {-1, -1};
    if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0) {
        lat_err_broken(reterr, "%s: no pipe: %s", argv[0], strerror(errno));
        return NULL;
    }
    fcntl(input[1], F_SETFL, O_NONBLOCK);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    struct lat_child *child = LAT_NEW(arena, struct lat_child);
    int problem =
        spawn(argv, copy_arguments(arena, argv), make_environment(arena, extra_environment),
              stderr_path, input[0], output[1], &child->pid);
    if (problem != 0) {
        lat_err_input(reterr, "%s cannot be started: %s", argv[0], strerror(problem));
        return NULL;
    }
    child->name = lat_arena_strdup(arena, argv[0]);
    child->pid_fd = pidfd_open(child->pid, 0);
    child->input_fd = input[1];
    child->output_fd = output[0];
    input[1] = output[0] = -1;
    lat_buf_init(&child->output, LAT_CHILD_LINE_BYTES_MAX + READ_BLOCK_BYTES);
    child->arena = LAT_TAKE(arena);
    return child;
}

/* Reads what is there. Returns -1 when reading failed. */
static int read_some(struct lat_child *child, struct lat_err *reterr)
{
    char block[READ_BLOCK_BYTES];
    ssize_t count = read(child->output_fd, block, sizeof block);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (count < 0)
        return lat_err_broken(reterr, "%s: reading its output failed: %s", child->name,
                              strerror(errno));
    if (count == 0)
        child->output_ended = true;
    return lat_buf_append(&child->output, block, (size_t)count);
}

/* Hands out the first length bytes of output; taken is that and its line feed. */
static int hand_out(struct lat_child *child, size_t length, size_t taken, const char **ret_line)
{
    child->line_bytes = taken;
    child->output.data[length] = '\0';
    *ret_line = child->output.data;
    return 0;
}

int lat_child_read_line(struct lat_child *child, int timeout_ms, const char **ret_line,
                        struct lat_err *reterr)
{
    int64_t end_ms = monotonic_ms() + timeout_ms;
    lat_buf_consume(&child->output, child->line_bytes);
    child->line_bytes = 0;
    size_t searched = 0;
    for (;;) {
        struct lat_buf *output = &child->output;
        const char *feed = memchr(output->data + searched, '\n', output->length - searched);
        if (feed != NULL) {
            size_t length = (size_t)(feed - output->data);
            return hand_out(child, length, length + 1, ret_line);
        }
        searched = output->length;
        if (child->output_ended && output->length > 0)
            return hand_out(child, output->length, output->length, ret_line);
        if (child->output_ended)
            return lat_err_broken(reterr, "%s ended its output", child->name);
        if (output->length > LAT_CHILD_LINE_BYTES_MAX)
            return lat_err_broken(reterr, "%s wrote a line of more than %d bytes", child->name,
                                  LAT_CHILD_LINE_BYTES_MAX);
        if (wait_ready(child->output_fd, POLLIN, end_ms) <= 0)
            return lat_err_broken(reterr, "%s wrote no line within %d ms", child->name, timeout_ms);
        if (read_some(child, reterr) < 0)
            return -1;
    }
}

/* Writes all, waiting where the pipe is full. Returns 0 or an errno. */
static int write_all(int fd, const char *data, size_t length)
{
    int64_t end_ms = monotonic_ms() + WRITE_TIMEOUT_MS;
    while (length > 0) {
        ssize_t count = write(fd, data, length);
        if (count >= 0) {
            data += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN) {
            if (wait_ready(fd, POLLOUT, end_ms) <= 0)
                return ETIMEDOUT;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int lat_child_write(struct lat_child *child, const char *text, struct lat_err *reterr)
{
    if (child->input_fd < 0)
        return lat_err_broken(reterr, "%s: its input was closed", child->name);
    /* A child that has gone must be an error here, not a signal that ends the caller. */
    sigset_t broken_pipe, before;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    int problem = write_all(child->input_fd, text, strlen(text));
    if (problem == EPIPE && !sigismember(&before, SIGPIPE))
        sigtimedwait(&broken_pipe, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem != 0)
        return lat_err_broken(reterr, "%s: writing its input failed: %s", child->name,
                              strerror(problem));
    return 0;
}

void lat_child_close_input(struct lat_child *child)
{
    if (child->input_fd >= 0)
        close(child->input_fd);
    child->input_fd = -1;
}

pid_t lat_child_pid(const struct lat_child *child)
{
    return child->pid;
}

static void reap(struct lat_child *child)
{
    int status = 0;
    pid_t pid = 0;
    do
        pid = waitpid(child->pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    child->waited = true;
    child->status = pid < 0               ? -1
                    : WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                          : WEXITSTATUS(status);
}

/* Returns whether the child has ended before end_ms. */
static bool wait_end(struct lat_child *child, int64_t end_ms)
{
    if (!child->waited && wait_ready(child->pid_fd, POLLIN, end_ms) == 1)
        reap(child);
    return child->waited;
}

int lat_child_wait(struct lat_child *child, int timeout_ms, int *ret_status, struct lat_err *reterr)
{
    if (!wait_end(child, monotonic_ms() + timeout_ms))
        return lat_err_broken(reterr, "%s did not end within %d ms", child->name, timeout_ms);
    *ret_status = child->status;
    return 0;
}

int lat_child_stop(struct lat_child *child)
{
    if (child == NULL)
        return 0;
    if (!child->waited)
        kill(child->pid, SIGTERM);
    lat_child_close_input(child);
    if (!wait_end(child, monotonic_ms() + GRACE_MS)) {
        kill(child->pid, SIGKILL);
        reap(child);
    }
    int status = child->status;
    if (child->pid_fd >= 0)
        close(child->pid_fd);
    close(child->output_fd);
    lat_buf_done(&child->output);
    lat_arena_free(child->arena);
    return status;
}

void lat_child_stopp(struct lat_child **child)
{
    lat_child_stop(*child);
    *child = NULL;
}
