/* Callbacks of the HTTP library that need nothing of the server; see server_int.h. */
#include "common/http/server_int.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

size_t lat_http_keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

void lat_http_connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                                 enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    (void)slot;
    if (code != MHD_CONNECTION_NOTIFY_STARTED)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int on = 1;
    if (info != NULL)
        setsockopt(info->connect_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
