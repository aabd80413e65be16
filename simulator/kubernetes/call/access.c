/* Credentials on disk or in memory; see access.h. Keys are readable by their owner alone, and no
 * message shows one. */
#include "simulator/kubernetes/call/access.h"

#include "common/base/file.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADMIN_USER  "lattice-admin"
#define ADMIN_GROUP "system:masters"

static const char *path_of(struct lat_arena *arena, const char *folder, const char *name)
{
    return lat_arena_printf(arena, "%s/%s", folder, name);
}

/* --- files ------------------------------------------------------------------------------------ */

static int make_folder(const char *folder, struct lat_err *reterr)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return lat_err_input(reterr, "%s: cannot be made: %s", folder, strerror(errno));
    return 0;
}

/* *ret_text stays NULL when there is no such file. */
static int read_file(struct lat_arena *arena, const char *folder, const char *name,
                     const char **ret_text, struct lat_err *reterr)
{
    const char *path = path_of(arena, folder, name);
    char *text = NULL;
    size_t length = 0;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (lat_file_read(arena, path, LAT_FILE_BYTES_MAX, &text, &length, reterr) < 0)
        return -1;
    *ret_text = text;
    return 0;
}

static int write_file(struct lat_arena *arena, const char *folder, const char *name,
                      const char *text, struct lat_err *reterr)
{
    mode_t before = umask(077);
    int result = lat_file_write(path_of(arena, folder, name), text, strlen(text), reterr);
    umask(before);
    return result;
}

typedef int make_pair(struct lat_arena *arena, const struct lat_pki_pair *authority,
                      struct lat_pki_pair *ret_pair, struct lat_err *reterr);

/* Reads "name.crt" and "name.key", or makes and keeps them. */
static int open_pair(struct lat_arena *arena, const char *folder, const char *name, make_pair *make,
                     const struct lat_pki_pair *authority, struct lat_pki_pair *ret_pair,
                     struct lat_err *reterr)
{
    const char *certificate_name = lat_arena_printf(arena, "%s.crt", name);
    const char *key_name = lat_arena_printf(arena, "%s.key", name);
    struct lat_pki_pair pair = {0};
    if (folder != NULL &&
        (read_file(arena, folder, certificate_name, &pair.certificate, reterr) < 0 ||
         read_file(arena, folder, key_name, &pair.key, reterr) < 0))
        return -1;
    if ((pair.certificate == NULL) != (pair.key == NULL))
        return lat_err_input(reterr, "%s: there must be %s and %s, or neither of them", folder,
                             certificate_name, key_name);
    if (pair.certificate == NULL) {
        if (make(arena, authority, &pair, reterr) < 0)
            return -1;
        if (folder != NULL &&
            (write_file(arena, folder, key_name, pair.key, reterr) < 0 ||
             write_file(arena, folder, certificate_name, pair.certificate, reterr) < 0))
            return -1;
    }
    *ret_pair = pair;
    return 0;
}

static int make_authority(struct lat_arena *arena, const struct lat_pki_pair *none,
                          struct lat_pki_pair *ret_pair, struct lat_err *reterr)
{
    (void)none;
    return lat_pki_authority_make(arena, "lattice-simulator authority", ret_pair, reterr);
}

static int make_admin(struct lat_arena *arena, const struct lat_pki_pair *authority,
                      struct lat_pki_pair *ret_pair, struct lat_err *reterr)
{
    static const char *const groups[] = {ADMIN_GROUP};
    struct lat_pki_subject subject = {
        .name = ADMIN_USER, .organizations = groups, .organization_count = LAT_COUNT(groups)};
    return lat_pki_issue(arena, authority, &subject, ret_pair, reterr);
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* Cuts the next comma-separated field off *rest, which may be in quotes; NULL at the end. */
static char *next_field(char **rest)
{
    char *start = *rest;
    if (start == NULL)
        return NULL;
    bool is_quoted = *start == '"';
    char *end = is_quoted ? strchr(++start, '"') : strchr(start, ',');
    char *comma = end == NULL ? NULL : strchr(end, ',');
    *rest = comma == NULL ? NULL : comma + 1;
    if (end != NULL)
        *end = '\0';
    return start;
}

static int read_token(struct lat_arena *arena, char *line, struct sim_kube_token *ret_token)
{
    const char **groups = NULL;
    char *rest = line;
    struct sim_kube_token token = {0};
    token.token = next_field(&rest);
    token.user = next_field(&rest);
    token.uid = next_field(&rest);
    char *list = next_field(&rest);
    if (lat_text_is_empty(token.token) || lat_text_is_empty(token.user) || token.uid == NULL)
        return -1;
    for (const char *group; !lat_text_is_empty(list) && (group = next_field(&list)) != NULL;)
        *LAT_ARENA_PUSH(arena, groups, token.group_count) = group;
    token.groups = groups;
    *ret_token = token;
    return 0;
}

static int read_tokens(struct lat_arena *arena, const char *text, struct sim_kube_access *access,
                       struct lat_err *reterr)
{
    char *rest = lat_arena_strdup(arena, text);
    for (int number = 1; *rest != '\0'; number++) {
        char *line = rest;
        size_t length = strcspn(line, "\n");
        rest += length + (line[length] == '\n');
        line[length] = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (read_token(arena, line, LAT_ARENA_PUSH(arena, access->tokens, access->token_count)) < 0)
            return lat_err_input(reterr, "tokens.csv: line %d must be token,user,uid,\"groups\"",
                                 number);
    }
    if (access->token_count == 0)
        return lat_err_input(reterr, "tokens.csv: holds no token; remove it to get a new one");
    return 0;
}

static int open_tokens(struct lat_arena *arena, const char *folder, struct sim_kube_access *access,
                       struct lat_err *reterr)
{
    const char *text = NULL, *secret = NULL;
    if (folder != NULL && read_file(arena, folder, "tokens.csv", &text, reterr) < 0)
        return -1;
    if (text == NULL) {
        if (lat_pki_secret(arena, &secret, reterr) < 0)
            return -1;
        text = lat_arena_printf(arena, "%s," ADMIN_USER "," ADMIN_USER ",\"" ADMIN_GROUP "\"\n",
                                secret);
        if (folder != NULL && write_file(arena, folder, "tokens.csv", text, reterr) < 0)
            return -1;
    }
    return read_tokens(arena, text, access, reterr);
}

int sim_kube_access_open(struct lat_arena *arena, const char *folder,
                         struct sim_kube_access *ret_access, struct lat_err *reterr)
{
    struct sim_kube_access access = {0};
    if (folder != NULL && make_folder(folder, reterr) < 0)
        return -1;
    if (open_pair(arena, folder, "ca", make_authority, NULL, &access.authority, reterr) < 0 ||
        open_pair(arena, folder, "admin", make_admin, &access.authority, &access.admin, reterr) <
            0 ||
        open_tokens(arena, folder, &access, reterr) < 0)
        return folder == NULL ? -1 : lat_err_prefix(reterr, "%s", folder);
    *ret_access = access;
    return 0;
}

int sim_kube_access_serve(struct lat_arena *arena, const struct sim_kube_access *access,
                          const char *address, struct lat_pki_pair *ret_pair,
                          struct lat_err *reterr)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon == NULL ? strlen(address) : (size_t)(colon - address);
    bool in_brackets = length > 2 && address[0] == '[';
    const char *host = lat_arena_strndup(arena, address + in_brackets, length - 2 * in_brackets);
    const char *hosts[] = {"localhost",          "127.0.0.1", "::1", "kubernetes.default.svc",
                           "kubernetes.default", host};
    struct lat_pki_subject subject = {
        .name = "lattice-simulator",
        .hosts = hosts,
        .host_count = LAT_COUNT(hosts) - (host[0] == '\0'),
    };
    return lat_pki_issue(arena, &access->authority, &subject, ret_pair, reterr);
}

/* --- kubeconfig ------------------------------------------------------------------------------- */

static const char *encoded(struct lat_arena *arena, const char *text)
{
    return lat_pki_base64(arena, text, strlen(text));
}

static const char *context_text(struct lat_arena *arena, const char *name)
{
    return lat_arena_printf(
        arena, "- name: %s\n  context: {cluster: lattice, user: %s, namespace: default}\n", name,
        name);
}

const char *sim_kube_access_config(struct lat_arena *arena, const struct sim_kube_access *access,
                                   const char *url)
{
    const char *head = lat_arena_printf(arena,
                                        "apiVersion: v1\nkind: Config\ncurrent-context: lattice\n"
                                        "clusters:\n- name: lattice\n  cluster:\n    server: %s\n",
                                        url);
    if (access == NULL)
        return lat_arena_printf(arena, "%scontexts:\n%susers:\n- name: lattice\n  user: {}\n", head,
                                context_text(arena, "lattice"));
    return lat_arena_printf(
        arena,
        "%s    certificate-authority-data: %s\ncontexts:\n%s%susers:\n"
        "- name: lattice\n  user:\n    client-certificate-data: %s\n    client-key-data: %s\n"
        "- name: lattice-token\n  user:\n    token: %s\n",
        head, encoded(arena, access->authority.certificate), context_text(arena, "lattice"),
        context_text(arena, "lattice-token"), encoded(arena, access->admin.certificate),
        encoded(arena, access->admin.key), access->tokens[0].token);
}
