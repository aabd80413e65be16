/* Kubeconfig files and the in-cluster account; see kubeconfig.h. */
#include "controller/kube/kubeconfig.h"

#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/base/yaml.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ACCOUNT_DIRECTORY "/var/run/secrets/kubernetes.io/serviceaccount"
#define PEM_FILES_MAX     3

struct gwc_kubeconfig {
    struct lat_arena *arena;
    struct gwc_kube_access access;
    int pem_fds[PEM_FILES_MAX]; /* certificates given inline live in memory, not on the disk */
    size_t pem_count;
};

struct gwc_kubeconfig *gwc_kubeconfig_free(struct gwc_kubeconfig *config)
{
    if (config == NULL)
        return NULL;
    for (size_t i = 0; i < config->pem_count; i++)
        close(config->pem_fds[i]);
    lat_arena_free(config->arena);
    free(config);
    return NULL;
}

void gwc_kubeconfig_freep(struct gwc_kubeconfig **config)
{
    *config = gwc_kubeconfig_free(*config);
}

const struct gwc_kube_access *gwc_kubeconfig_access(const struct gwc_kubeconfig *config)
{
    return &config->access;
}

/* Base64 text as a file in memory; its path is valid while the descriptor is open. */
static int inline_pem(struct gwc_kubeconfig *config, const char *base64, const char *member,
                      const char **ret_path, struct lat_err *reterr)
{
    size_t length = strlen(base64);
    unsigned char *pem = lat_arena_alloc(config->arena, length + 4);
    int decoded = EVP_DecodeBlock(pem, (const unsigned char *)base64, (int)length);
    if (decoded <= 0 || config->pem_count == PEM_FILES_MAX)
        return lat_err_input(reterr, "%s is not base64", member);
    while (length > 0 && base64[length - 1] == '=') {
        decoded--;
        length--;
    }
    int fd = memfd_create("kubeconfig", MFD_CLOEXEC);
    if (fd < 0 || write(fd, pem, (size_t)decoded) != decoded) {
        if (fd >= 0)
            close(fd);
        return lat_err_broken(reterr, "%s cannot be kept in memory", member);
    }
    config->pem_fds[config->pem_count++] = fd;
    *ret_path = lat_arena_printf(config->arena, "/proc/self/fd/%d", fd);
    return 0;
}

/* The element of a kubeconfig list ("clusters", …) with that name. */
static json_t *named(const json_t *document, const char *list, const char *name)
{
    size_t index = 0;
    json_t *item = NULL;
    json_array_foreach(json_object_get(document, list), index, item) {
        if (lat_text_eq(lat_json_string_at(item, "name", NULL), name))
            return item;
    }
    return NULL;
}

/* A member that is a file name (relative to the kubeconfig) or, with "-data", the content. */
static int pem_member(struct gwc_kubeconfig *config, const char *directory, const json_t *holder,
                      const char *member, const char **ret_path, struct lat_err *reterr)
{
    const char *data_member = lat_arena_printf(config->arena, "%s-data", member);
    const char *data = json_string_value(json_object_get(holder, data_member));
    if (!lat_text_is_empty(data))
        return inline_pem(config, data, data_member, ret_path, reterr);
    const char *path = json_string_value(json_object_get(holder, member));
    if (lat_text_is_empty(path))
        return 0;
    *ret_path = path[0] == '/' ? lat_arena_strdup(config->arena, path)
                               : lat_arena_printf(config->arena, "%s%s", directory, path);
    return 0;
}

static int fill_user(struct gwc_kubeconfig *config, const char *directory, const json_t *user,
                     struct lat_err *reterr)
{
    if (json_object_get(user, "exec") != NULL || json_object_get(user, "auth-provider") != NULL)
        return lat_err_input(reterr, "this user logs in through a helper program, which is not "
                                     "supported; use a token or a client certificate");
    struct gwc_kube_access *access = &config->access;
    if (pem_member(config, directory, user, "client-certificate", &access->client_cert, reterr) <
            0 ||
        pem_member(config, directory, user, "client-key", &access->client_key, reterr) < 0)
        return -1;
    access->token =
        lat_arena_strdup(config->arena, json_string_value(json_object_get(user, "token")));
    access->token_file =
        lat_arena_strdup(config->arena, json_string_value(json_object_get(user, "tokenFile")));
    return 0;
}

static const char *without_slash(struct lat_arena *arena, const char *server)
{
    size_t length = strlen(server);
    while (length > 0 && server[length - 1] == '/')
        length--;
    return lat_arena_strndup(arena, server, length);
}

static int fill_from_document(struct gwc_kubeconfig *config, const char *path,
                              const json_t *document, struct lat_err *reterr)
{
    const char *slash = strrchr(path, '/');
    const char *directory =
        slash == NULL ? "" : lat_arena_strndup(config->arena, path, (size_t)(slash - path) + 1);
    const char *current = lat_json_string_at(document, "current-context", "");
    const json_t *context = json_object_get(named(document, "contexts", current), "context");
    if (context == NULL)
        return lat_err_input(reterr, "%s: context \"%s\" is not there; set current-context", path,
                             current);
    const char *cluster_name = lat_json_string_at(context, "cluster", "");
    const json_t *cluster = json_object_get(named(document, "clusters", cluster_name), "cluster");
    const char *server = lat_json_string_at(cluster, "server", NULL);
    if (server == NULL)
        return lat_err_input(reterr, "%s: cluster \"%s\" has no server", path, cluster_name);
    config->access.server = without_slash(config->arena, server);
    config->access.skip_tls_verify = lat_json_bool_at(cluster, "insecure-skip-tls-verify", false);
    if (pem_member(config, directory, cluster, "certificate-authority", &config->access.ca_file,
                   reterr) < 0)
        return lat_err_prefix(reterr, "%s", path);
    const json_t *user =
        json_object_get(named(document, "users", lat_json_string_at(context, "user", "")), "user");
    if (user != NULL && fill_user(config, directory, user, reterr) < 0)
        return lat_err_prefix(reterr, "%s", path);
    return 0;
}

static int fill_from_file(struct gwc_kubeconfig *config, const char *path, struct lat_err *reterr)
{
    LAT_AUTO(lat_yaml_freep) struct lat_yaml *yaml = lat_yaml_read(path, reterr);
    if (yaml == NULL)
        return -1;
    if (lat_yaml_count(yaml) == 0)
        return lat_err_input(reterr, "%s: the file is empty", path);
    return fill_from_document(config, path, lat_yaml_document(yaml, 0), reterr);
}

static void fill_in_cluster(struct gwc_kubeconfig *config, const char *host, const char *port)
{
    config->access.server = strchr(host, ':') == NULL
                                ? lat_arena_printf(config->arena, "https://%s:%s", host, port)
                                : lat_arena_printf(config->arena, "https://[%s]:%s", host, port);
    config->access.ca_file = ACCOUNT_DIRECTORY "/ca.crt";
    config->access.token_file = ACCOUNT_DIRECTORY "/token";
}

/* The first existing file of a list separated by colons, or NULL. */
static const char *first_existing(struct lat_arena *arena, const char *list)
{
    for (const char *p = lat_text_or_empty(list); *p != '\0'; p += strspn(p, ":")) {
        size_t length = strcspn(p, ":");
        const char *path = lat_arena_strndup(arena, p, length);
        if (access(path, R_OK) == 0)
            return path;
        p += length;
    }
    return NULL;
}

static int fill(struct gwc_kubeconfig *config, const char *server, const char *path,
                struct lat_err *reterr)
{
    if (server != NULL) {
        config->access.server = without_slash(config->arena, server);
        return 0;
    }
    if (path == NULL)
        path = first_existing(config->arena, getenv("KUBECONFIG"));
    if (path != NULL)
        return fill_from_file(config, path, reterr);
    const char *host = getenv("KUBERNETES_SERVICE_HOST");
    const char *port = getenv("KUBERNETES_SERVICE_PORT");
    if (!lat_text_is_empty(host) && !lat_text_is_empty(port)) {
        fill_in_cluster(config, host, port);
        return 0;
    }
    const char *home = lat_text_or_empty(getenv("HOME"));
    const char *fallback = lat_arena_printf(config->arena, "%s/.kube/config", home);
    if (access(fallback, R_OK) == 0)
        return fill_from_file(config, fallback, reterr);
    return lat_err_input(reterr, "no Kubernetes API server is configured; give --kubeconfig FILE, "
                                 "--kube-server URL or set KUBECONFIG");
}

struct gwc_kubeconfig *gwc_kubeconfig_load(const char *server, const char *path,
                                           struct lat_err *reterr)
{
    LAT_AUTO(gwc_kubeconfig_freep) struct gwc_kubeconfig *config = calloc(1, sizeof *config);
    if (config == NULL)
        abort();
    config->arena = lat_arena_new();
    if (fill(config, server, path, reterr) < 0)
        return NULL;
    return LAT_TAKE(config);
}
