/* The load generator; see load.h. */
#include "conformance/bench/load.h"

#include "common/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_BYTES_MAX   (1 << 20)
#define HEAD_BYTES_MAX      (4 << 10)
#define READ_BYTES          (256 << 10)
#define SILENCE_SECONDS_MAX 60
#define SAMPLES_MAX         (1 << 20)
#define EVENTS_PER_ROUND    64

struct connection {
    int fd;
    bool is_open; /* a request is under way */
    double sent_at;
    struct lat_buf request;
    size_t sent;
    struct lat_buf head;
    bool in_body;
    bool closes; /* the server will, behind this answer */
    size_t body_left;
};

struct load {
    const struct cft_load_plan *plan;
    int epoll_fd;
    struct connection *connections;
    int under_way;
    uint64_t next;
    uint64_t answers;
    uint64_t body_bytes;
    double started;
    float *samples_us;
    char *input;
    struct lat_err *err;
};

double cft_load_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int cft_load_connect(uint16_t port, int *ret_fd, struct lat_err *reterr)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return lat_err_broken(reterr, "port %u: %s", port, strerror(error));
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *ret_fd = fd;
    return 0;
}

/* --- one answer ---------------------------------------------------------------------------------
 */

/* Status and body length of a whole head (a text that ends with it, or a short one), and whether
 * the connection ends with the answer; -1 when it is none. */
static int read_head(const char *head, int *ret_status, size_t *ret_body, bool *ret_closes)
{
    if (strncmp(head, "HTTP/1.1 ", 9) != 0)
        return -1;
    *ret_status = (int)strtol(head + 9, NULL, 10);
    *ret_body = 0;
    *ret_closes = strcasestr(head, "\r\nConnection: close\r\n") != NULL;
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, "Content-Length:", 15) == 0)
            *ret_body = (size_t)strtoull(line + 17, NULL, 10);
    return strcasestr(head, "\r\nTransfer-Encoding:") == NULL ? 0 : -1;
}

/* Takes bytes as they come; returns 1 when the answer is whole, 0 when not yet, -1 when wrong. */
static int take_bytes(struct load *load, struct connection *connection, const char *data,
                      size_t length)
{
    if (!connection->in_body) {
        size_t before = connection->head.length;
        size_t piece = length < HEAD_BYTES_MAX ? length : HEAD_BYTES_MAX;
        if (lat_buf_append(&connection->head, data, piece) < 0)
            return lat_err_broken(load->err, "the head of an answer does not end");
        char *end = strstr(connection->head.data + (before > 3 ? before - 3 : 0), "\r\n\r\n");
        if (end == NULL)
            return piece == length ? 0 : lat_err_broken(load->err, "the head is too long");
        end[4] = '\0'; /* what follows is of the body, and need not be looked through */
        int status = 0;
        size_t taken = (size_t)(end + 4 - connection->head.data) - before;
        if (read_head(connection->head.data, &status, &connection->body_left, &connection->closes) <
                0 ||
            status != load->plan->status)
            return lat_err_broken(load->err, "%d was expected, not: %.600s", load->plan->status,
                                  connection->head.data);
        load->body_bytes = connection->body_left;
        connection->in_body = true;
        data += taken;
        length -= taken;
    }
    if (length > connection->body_left)
        return lat_err_broken(load->err, "an answer is longer than it said");
    connection->body_left -= length;
    return connection->body_left == 0;
}

/* --- sending and receiving ----------------------------------------------------------------------
 */

static int watch(struct load *load, struct connection *connection, uint32_t events, int operation)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(load->epoll_fd, operation, connection->fd, &event) < 0)
        return lat_err_broken(load->err, "epoll: %s", strerror(errno));
    return 0;
}

static int flush(struct load *load, struct connection *connection)
{
    size_t before = connection->sent;
    while (connection->sent < connection->request.length) {
        ssize_t count =
            send(connection->fd, connection->request.data + connection->sent,
                 connection->request.length - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN)
            return watch(load, connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        if (count < 0)
            return lat_err_broken(load->err, "sending: %s", strerror(errno));
        connection->sent += (size_t)count;
    }
    return before > 0 ? watch(load, connection, EPOLLIN, EPOLL_CTL_MOD) : 0;
}

static bool is_over(const struct load *load, double now)
{
    const struct cft_load_plan *plan = load->plan;
    return (plan->count > 0 && load->next - plan->first >= plan->count) ||
           (plan->seconds_max > 0 && now - load->started >= plan->seconds_max);
}

static int begin(struct load *load, struct connection *connection, double now)
{
    connection->is_open = !is_over(load, now);
    if (!connection->is_open)
        return 0;
    load->under_way++;
    lat_buf_clear(&connection->request);
    lat_buf_clear(&connection->head);
    load->plan->next(load->plan->context, load->next++, &connection->request);
    connection->sent = 0;
    connection->in_body = false;
    connection->sent_at = now;
    return flush(load, connection);
}

static int open_connection(struct load *load, struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd); /* epoll forgets it */
    connection->fd = -1;
    return cft_load_connect(load->plan->port, &connection->fd, load->err) < 0
               ? -1
               : watch(load, connection, EPOLLIN, EPOLL_CTL_ADD);
}

static int receive(struct load *load, struct connection *connection)
{
    ssize_t count = recv(connection->fd, load->input, READ_BYTES, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN)
        return 0;
    if (count <= 0)
        return lat_err_broken(load->err, "the server closed a connection");
    int whole = take_bytes(load, connection, load->input, (size_t)count);
    if (whole <= 0)
        return whole;
    double now = cft_load_now();
    load->samples_us[load->answers++ % SAMPLES_MAX] = (float)((now - connection->sent_at) * 1e6);
    load->under_way--;
    if (connection->closes && open_connection(load, connection) < 0)
        return -1;
    return begin(load, connection, now);
}

static int open_all(struct load *load)
{
    for (int i = 0; i < load->plan->connections; i++) {
        struct connection *connection = &load->connections[i];
        lat_buf_init(&connection->request, REQUEST_BYTES_MAX);
        lat_buf_init(&connection->head, 2 * HEAD_BYTES_MAX);
        if (open_connection(load, connection) < 0)
            return -1;
    }
    load->started = cft_load_now();
    for (int i = 0; i < load->plan->connections; i++)
        if (begin(load, &load->connections[i], load->started) < 0)
            return -1;
    return 0;
}

/* Never sleeps while answers are due: else the server would pay for waking it up with each answer,
 * and the more the slower it is. */
static int drive(struct load *load)
{
    struct epoll_event events[EVENTS_PER_ROUND];
    double heard = load->started;
    while (load->under_way > 0) {
        int count = epoll_wait(load->epoll_fd, events, EVENTS_PER_ROUND, 0);
        double now = cft_load_now();
        if (count > 0)
            heard = now;
        else if (now - heard > SILENCE_SECONDS_MAX)
            return lat_err_broken(load->err, "no answer came for %d s", SILENCE_SECONDS_MAX);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (((events[i].events & EPOLLOUT) != 0 && flush(load, connection) < 0) ||
                ((events[i].events & ~(uint32_t)EPOLLOUT) != 0 && receive(load, connection) < 0))
                return -1;
        }
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void sum_up(struct load *load, struct cft_load_result *ret)
{
    size_t count = load->answers < SAMPLES_MAX ? load->answers : SAMPLES_MAX;
    double seconds = cft_load_now() - load->started;
    qsort(load->samples_us, count, sizeof load->samples_us[0], by_value);
    *ret = (struct cft_load_result){
        .answers = load->answers,
        .seconds = seconds,
        .per_second = (double)load->answers / seconds,
        .median_us = count == 0 ? 0 : (double)load->samples_us[count / 2],
        .p99_us = count == 0 ? 0 : (double)load->samples_us[count * 99 / 100],
        .body_bytes = load->body_bytes,
    };
}

static void close_all(struct load *load)
{
    for (int i = 0; i < load->plan->connections; i++) {
        lat_buf_done(&load->connections[i].request);
        lat_buf_done(&load->connections[i].head);
        if (load->connections[i].fd >= 0)
            close(load->connections[i].fd);
    }
    close(load->epoll_fd);
    free(load->connections);
    free(load->samples_us);
    free(load->input);
}

int cft_load_run(const struct cft_load_plan *plan, struct cft_load_result *ret_result,
                 struct lat_err *reterr)
{
    struct load load = {.plan = plan,
                        .next = plan->first,
                        .err = reterr,
                        .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
                        .samples_us = calloc(SAMPLES_MAX, sizeof(float)),
                        .input = malloc(READ_BYTES)};
    load.connections = calloc((size_t)plan->connections, sizeof load.connections[0]);
    if (load.connections == NULL || load.samples_us == NULL || load.input == NULL)
        abort();
    for (int i = 0; i < plan->connections; i++)
        load.connections[i].fd = -1;
    int result = open_all(&load) < 0 || drive(&load) < 0 ? -1 : 0;
    if (result == 0)
        sum_up(&load, ret_result);
    close_all(&load);
    return result;
}

/* --- one call ----------------------------------------------------------------------------------
 */

/* The bytes that the answer has in all; 0 while its head is not whole. */
static size_t whole_length(struct lat_buf *answer)
{
    int status = 0;
    bool closes = false;
    size_t body = 0;
    char *end = strstr(answer->data, "\r\n\r\n");
    if (end == NULL)
        return 0;
    end[2] = '\0'; /* the head alone: a body may be long */
    int result = read_head(answer->data, &status, &body, &closes);
    end[2] = '\r';
    return result < 0 ? 0 : (size_t)(end + 4 - answer->data) + body;
}

int cft_load_once(uint16_t port, const char *request, struct lat_buf *answer,
                  struct lat_err *reterr)
{
    int fd = -1;
    size_t whole = 0, length = strlen(request);
    if (cft_load_connect(port, &fd, reterr) < 0)
        return -1;
    lat_buf_clear(answer);
    int result = send(fd, request, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
    while (result == 0 && (whole == 0 || answer->length < whole)) {
        char input[16 << 10];
        ssize_t count = recv(fd, input, sizeof input, 0);
        if (count <= 0 || lat_buf_append(answer, input, (size_t)count) < 0)
            result = -1;
        else if (whole == 0)
            whole = whole_length(answer);
    }
    close(fd);
    return result == 0 ? 0 : lat_err_broken(reterr, "no whole answer came to: %.80s", request);
}
