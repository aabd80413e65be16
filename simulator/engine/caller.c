/* Who calls; see caller.h. */
#include "simulator/engine/caller.h"

#include "common/aws/uri.h"
#include "common/base/text.h"
#include "simulator/engine/credential.h"

#include <string.h>

/* The text behind a marker up to a separator: "Credential=…,". NULL when the marker is absent. */
static char *part_after(struct lat_arena *arena, const char *text, const char *marker,
                        const char *separators)
{
    const char *start = text == NULL ? NULL : strstr(text, marker);
    if (start == NULL)
        return NULL;
    start += strlen(marker);
    return lat_arena_strndup(arena, start, strcspn(start, separators));
}

/* The next part of "AKID/20240101/us-east-2/vpc-lattice/aws4_request". */
static const char *next_part(char **cursor)
{
    return *cursor == NULL ? NULL : strsep(cursor, "/");
}

struct sim_scope sim_scope_read(struct lat_arena *arena, const struct lat_http_request *request)
{
    const char *header = lat_http_request_header(request, "Authorization");
    char *credential = part_after(arena, header, "Credential=", ", ");
    if (credential == NULL) {
        char *encoded = part_after(arena, request->query, "X-Amz-Credential=", "&");
        if (encoded != NULL)
            credential = lat_uri_decode(arena, encoded, strlen(encoded), false);
    }
    struct sim_scope scope = {.access_key = ""};
    if (credential == NULL)
        return scope;
    char *cursor = credential;
    scope.access_key = lat_text_or_empty(next_part(&cursor));
    next_part(&cursor); /* the date */
    scope.region = next_part(&cursor);
    scope.service = next_part(&cursor);
    return scope;
}

struct sim_caller sim_caller_from_scope(struct lat_arena *arena, const struct sim_config *config,
                                        const struct sim_scope *scope)
{
    const char *account = sim_is_account(scope->access_key) ? scope->access_key : config->account;
    const char *user = lat_text_is_empty(scope->access_key) ? "anonymous" : scope->access_key;
    return (struct sim_caller){
        .access_key = scope->access_key,
        .account = account,
        .region = lat_text_is_empty(scope->region) ? config->region : scope->region,
        .arn = sim_user_arn(arena, config->partition, account, user),
        .user_id = scope->access_key,
    };
}
