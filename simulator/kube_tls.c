/* TLS on the Kubernetes API; see kube_tls.h. */
#include "simulator/kube_tls.h"

#include "common/base/file.h"
#include "common/base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TLS_DEFAULT "127.0.0.1:9443"

bool sim_is_loopback(const char *address)
{
    static const char *const loopback[] = {"127.", "localhost:", "[::1]:"};
    for (size_t i = 0; i < LAT_COUNT(loopback); i++)
        if (lat_text_has_prefix(address, loopback[i]))
            return true;
    return false;
}

int sim_kube_check_plain(const char *address, struct lat_err *reterr)
{
    if (sim_is_loopback(address))
        return 0;
    return lat_err_input(reterr,
                         "%s: plain HTTP is for loopback addresses alone; serve others with "
                         "--kube-tls ADDRESS:PORT",
                         address);
}

int sim_kube_listen_tls(const struct sim_kube_places *places, struct lat_http_server *server,
                        struct sim_kube *kube, struct lat_arena *arena,
                        const struct sim_kube_access **ret_access, uint16_t *ret_port,
                        struct lat_err *reterr)
{
    struct sim_kube_access *access = LAT_NEW(arena, struct sim_kube_access);
    struct lat_pki_pair own;
    if (sim_kube_access_open(arena, places->folder, access, reterr) < 0)
        return lat_err_prefix(reterr, "--tls-dir");
    if (sim_kube_access_serve(arena, access, places->tls, &own, reterr) < 0)
        return -1;
    struct lat_http_tls tls = {
        .certificate = own.certificate,
        .key = own.key,
        .client_authority = access->authority.certificate,
    };
    sim_kube_set_access(kube, access);
    if (lat_http_server_listen_tls(server, places->tls, &tls, sim_kube_handle, kube, ret_port,
                                   reterr) < 0)
        return lat_err_prefix(reterr, "--kube-tls");
    *ret_access = access;
    return 0;
}

int sim_kube_write_config(const struct sim_kube_access *access, const char *url, const char *file,
                          struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *text = sim_kube_access_config(arena, access, url);
    mode_t before = umask(077);
    int result = lat_file_write(file, text, strlen(text), reterr);
    umask(before);
    return result < 0 ? lat_err_prefix(reterr, "--kubeconfig") : 0;
}

int sim_kube_print_config(const struct sim_kube_places *places, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_kube_access access;
    if (places->folder == NULL && places->tls != NULL)
        return lat_err_input(reterr, "kubeconfig: name the folder of the credentials: --tls-dir");
    const char *url = lat_arena_printf(arena, "http://%s", places->plain);
    if (places->folder == NULL) {
        fputs(sim_kube_access_config(arena, NULL, url), stdout);
        return 0;
    }
    if (sim_kube_access_open(arena, places->folder, &access, reterr) < 0)
        return lat_err_prefix(reterr, "--tls-dir");
    url = lat_arena_printf(arena, "https://%s", places->tls == NULL ? TLS_DEFAULT : places->tls);
    fputs(sim_kube_access_config(arena, &access, url), stdout);
    return 0;
}
