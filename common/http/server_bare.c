/* The yardstick of the benchmark: libmicrohttpd with nothing around it. One thread, one epoll, and
 * the answer that a file holds (status line, headers, empty line, body: as it was received) to
 * every request, whose body is taken and forgotten. It must never do more than that.
 *
 * usage: lattice-bare-server FILE    prints its port, serves until standard input ends */
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/file.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct answer {
    unsigned int status;
    struct MHD_Response *response;
};

static char seen; /* marks a request whose head has been seen */

static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload_data,
                                 size_t *upload_bytes, void **slot)
{
    const struct answer *answer = context;
    (void)url, (void)method, (void)version, (void)upload_data;
    if (*slot == NULL) {
        *slot = &seen;
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, answer->status, answer->response);
}

/* Headers that the library writes by itself. */
static bool is_own(const char *name)
{
    return lat_text_eq_ignore_case(name, "Content-Length") ||
           lat_text_eq_ignore_case(name, "Connection") || lat_text_eq_ignore_case(name, "Date");
}

static int add_header(struct answer *answer, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL)
        return -1;
    *colon = '\0';
    const char *value = colon + 1 + strspn(colon + 1, " ");
    return is_own(line) || MHD_add_response_header(answer->response, line, value) == MHD_YES ? 0
                                                                                             : -1;
}

/* Cuts the text at its line ends. */
static int read_answer(char *text, struct answer *ret_answer)
{
    char *body = strstr(text, "\r\n\r\n");
    if (body == NULL || strncmp(text, "HTTP/1.1 ", 9) != 0)
        return -1;
    *body = '\0';
    body += 4;
    struct answer answer = {.status = (unsigned int)strtoul(text + 9, NULL, 10)};
    answer.response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
    char *line = strstr(text, "\r\n");
    while (line != NULL) {
        line += 2;
        char *end = strstr(line, "\r\n");
        if (end != NULL)
            *end = '\0';
        if (add_header(&answer, line) < 0)
            return -1;
        line = end;
    }
    *ret_answer = answer;
    return 0;
}

static struct MHD_Daemon *start(struct answer *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_access, answer,
                            MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned int)LAT_HTTP_CONNECTIONS_MAX,
                            MHD_OPTION_END);
}

int main(int argc, char **argv)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_err err = {.message = "usage: lattice-bare-server FILE"};
    struct answer answer;
    char *text = NULL;
    size_t length = 0;
    if (argc != 2 || lat_file_read(arena, argv[1], LAT_FILE_BYTES_MAX, &text, &length, &err) < 0 ||
        read_answer(text, &answer) < 0) {
        fprintf(stderr, "lattice-bare-server: %s\n", err.message);
        return 2;
    }
    struct MHD_Daemon *daemon = start(&answer);
    if (daemon == NULL)
        return 1;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    char input[64];
    while (read(STDIN_FILENO, input, sizeof input) > 0)
        ;
    MHD_stop_daemon(daemon);
    MHD_destroy_response(answer.response);
    return 0;
}
