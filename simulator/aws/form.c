/* Forms; see form.h. */
#include "simulator/aws/form.h"

#include "common/aws/uri.h"

#include <string.h>

const char *sim_form_text(const struct lat_http_request *request)
{
    return request->body_length == 0 ? request->query : request->body;
}

const char *sim_form_field(const struct lat_http_request *request, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = sim_form_text(request); *p != '\0'; p += strspn(p, "&")) {
        size_t width = strcspn(p, "&");
        if (width > length && strncmp(p, name, length) == 0 && p[length] == '=')
            return lat_uri_decode(request->arena, p + length + 1, width - length - 1, true);
        p += width;
    }
    return NULL;
}
