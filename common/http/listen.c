/* Listening sockets by address; see listen_int.h. A wrong address is one line with its remedy. */
#include "common/http/listen_int.h"

#include "common/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST_BYTES_MAX 256

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void free_addresses(struct addrinfo **list)
{
    if (*list != NULL)
        freeaddrinfo(*list);
}

/* Splits "host:port" or "[host]:port"; the port is checked to be one. */
static int split(const char *address, char host[HOST_BYTES_MAX], const char **ret_port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address)
        return -1;
    size_t length = (size_t)(colon - address);
    const char *start = address;
    if (address[0] == '[') {
        if (length < 3 || colon[-1] != ']')
            return -1;
        start++;
        length -= 2;
    } else if (memchr(address, ':', length) != NULL) {
        return -1; /* an IPv6 address without its brackets */
    }
    int64_t port = -1;
    if (length >= HOST_BYTES_MAX || lat_text_to_int64(colon + 1, &port) < 0 || port < 0 ||
        port > UINT16_MAX)
        return -1;
    memcpy(host, start, length);
    host[length] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static uint16_t bound_port(int fd)
{
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        return 0;
    if (name.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&name)->sin6_port);
    return ntohs(((struct sockaddr_in *)&name)->sin_port);
}

static int refuse_bind(const char *address, struct lat_err *reterr)
{
    switch (errno) {
    case EADDRINUSE:
        return lat_err_input(reterr, "%s: the port is taken; choose another, or 0 for any",
                             address);
    case EACCES:
        return lat_err_input(reterr,
                             "%s: this user may not listen on that port; choose one "
                             "from 1024 on",
                             address);
    case EADDRNOTAVAIL:
        return lat_err_input(reterr, "%s: this machine has no such address; choose 127.0.0.1",
                             address);
    default:
        return lat_err_input(reterr, "%s: cannot listen: %s", address, strerror(errno));
    }
}

int lat_http_listen_socket(const char *address, int *ret_fd, uint16_t *ret_port,
                           struct lat_err *reterr)
{
    char host[HOST_BYTES_MAX];
    const char *port = NULL;
    if (split(address, host, &port) < 0)
        return lat_err_input(reterr,
                             "\"%s\" is not an address to listen on; write HOST:PORT, for "
                             "example 127.0.0.1:9009 or [::1]:9009",
                             address);
    LAT_AUTO(free_addresses) struct addrinfo *found = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    /* "localhost" often names an IPv6 address first, which clients given 127.0.0.1 miss; and a bare
     * machine may not know the name at all. */
    const char *name = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    int problem = getaddrinfo(name, port, &hints, &found);
    if (problem != 0)
        return lat_err_input(reterr, "%s: the host \"%s\" is not known (%s); use an address",
                             address, host, gai_strerror(problem));
    LAT_AUTO(close_fd)
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return lat_err_broken(reterr, "%s: no socket: %s", address, strerror(errno));
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0)
        return refuse_bind(address, reterr);
    *ret_port = bound_port(fd);
    *ret_fd = fd;
    fd = -1;
    return 0;
}
