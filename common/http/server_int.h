/* Callbacks of the HTTP library that need nothing of the server. Only for this folder: it includes
 * microhttpd.h. */
#pragma once

#include <microhttpd.h>

/* The library unescapes in place; this leaves everything as it was sent. */
size_t lat_http_keep_escapes(void *context, struct MHD_Connection *connection, char *text);

/* Answers are small and whole: they are not held back for more. */
void lat_http_connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                                 enum MHD_ConnectionNotificationCode code);
