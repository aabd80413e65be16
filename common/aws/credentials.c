/* Credentials from the environment and the shared file; see credentials.h. */
#include "common/aws/credentials.h"

#include "common/base/file.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the source has keys is in access_key; half a pair of keys is an error. */
static int from_environment(struct lat_arena *arena, struct lat_credentials *credentials,
                            struct lat_err *reterr)
{
    const char *access_key = getenv("AWS_ACCESS_KEY_ID");
    const char *secret_key = getenv("AWS_SECRET_ACCESS_KEY");
    const char *token = getenv("AWS_SESSION_TOKEN");
    if (lat_text_is_empty(access_key) && lat_text_is_empty(secret_key))
        return 0;
    if (lat_text_is_empty(access_key) || lat_text_is_empty(secret_key))
        return lat_err_input(
            reterr, "%s is set and %s is not; set both",
            lat_text_is_empty(secret_key) ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
            lat_text_is_empty(secret_key) ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    credentials->access_key = lat_arena_strdup(arena, access_key);
    credentials->secret_key = lat_arena_strdup(arena, secret_key);
    credentials->session_token = lat_text_is_empty(token) ? NULL : lat_arena_strdup(arena, token);
    credentials->source = "environment";
    return 0;
}

/* The line at *cursor without outer blanks, terminated in place; NULL at the end. */
static char *next_line(char **cursor)
{
    char *line = *cursor;
    if (*line == '\0')
        return NULL;
    size_t length = strcspn(line, "\n");
    *cursor = line + length + (line[length] == '\n');
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        length--;
    line[length] = '\0';
    return line + strspn(line, " \t");
}

/* Splits "name = value" in place; returns NULL when there is no "=". */
static char *split_setting(char *line)
{
    char *equals = strchr(line, '=');
    if (equals == NULL)
        return NULL;
    char *end = equals;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return equals + 1 + strspn(equals + 1, " \t");
}

/* Reads the settings of one "[profile]" of an INI text, which it cuts up. */
static void read_profile(char *text, const char *profile, struct lat_credentials *credentials)
{
    bool inside = false;
    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        if (line[0] == '#' || line[0] == ';')
            continue;
        if (line[0] == '[') {
            char *name = line + 1 + strspn(line + 1, " \t");
            name[strcspn(name, "]")] = '\0';
            for (size_t n = strlen(name); n > 0 && isspace((unsigned char)name[n - 1]); n--)
                name[n - 1] = '\0';
            inside = strcmp(name, profile) == 0;
            continue;
        }
        const char *value = inside ? split_setting(line) : NULL;
        if (lat_text_is_empty(value))
            continue;
        if (strcmp(line, "aws_access_key_id") == 0)
            credentials->access_key = value;
        else if (strcmp(line, "aws_secret_access_key") == 0)
            credentials->secret_key = value;
        else if (strcmp(line, "aws_session_token") == 0)
            credentials->session_token = value;
    }
}

static const char *shared_file(struct lat_arena *arena)
{
    const char *path = getenv("AWS_SHARED_CREDENTIALS_FILE");
    const char *home = getenv("HOME");
    if (!lat_text_is_empty(path))
        return path;
    return lat_text_is_empty(home) ? NULL : lat_arena_printf(arena, "%s/.aws/credentials", home);
}

static int from_file(struct lat_arena *arena, const char *path, const char *profile,
                     struct lat_credentials *credentials, struct lat_err *reterr)
{
    char *text = NULL;
    size_t length = 0;
    if (path == NULL || access(path, F_OK) != 0)
        return 0;
    if (lat_file_read(arena, path, LAT_FILE_BYTES_MAX, &text, &length, reterr) < 0)
        return -1;
    struct lat_credentials found = {0};
    read_profile(text, profile, &found);
    if (found.access_key == NULL && found.secret_key == NULL)
        return 0;
    if (found.access_key == NULL || found.secret_key == NULL)
        return lat_err_input(reterr, "%s: the profile \"%s\" lacks %s", path, profile,
                             found.access_key == NULL ? "aws_access_key_id"
                                                      : "aws_secret_access_key");
    found.source = lat_arena_printf(arena, "%s, profile %s", path, profile);
    *credentials = found;
    return 0;
}

int lat_credentials_find(struct lat_arena *arena, struct lat_credentials *ret_credentials,
                         struct lat_err *reterr)
{
    struct lat_credentials found = {0};
    if (from_environment(arena, &found, reterr) < 0)
        return -1;
    const char *profile = getenv("AWS_PROFILE");
    const char *name = lat_text_is_empty(profile) ? "default" : profile;
    const char *path = shared_file(arena);
    if (found.access_key == NULL && from_file(arena, path, name, &found, reterr) < 0)
        return -1;
    if (found.access_key == NULL)
        return lat_err_input(reterr,
                             "no AWS credentials: set AWS_ACCESS_KEY_ID and "
                             "AWS_SECRET_ACCESS_KEY, or write the profile \"%s\" into %s",
                             name, path == NULL ? "AWS_SHARED_CREDENTIALS_FILE" : path);
    *ret_credentials = found;
    return 0;
}
