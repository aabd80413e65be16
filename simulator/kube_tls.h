/* The parts of the program that concern TLS on the Kubernetes API: the listener and the kubeconfig
 * for it. */
#pragma once

#include "simulator/kubernetes/call/access.h"
#include "simulator/kubernetes/kube.h"

/* Where the Kubernetes API is served. */
struct sim_kube_places {
    const char *plain;  /* "127.0.0.1:9010" */
    const char *tls;    /* "ADDRESS:PORT", or NULL for no TLS */
    const char *folder; /* of the credentials; NULL keeps them in memory */
};

/* Whether only this machine reaches an ADDRESS:PORT. */
bool sim_is_loopback(const char *address);

/* Plain HTTP is trusted, so it must stay on a loopback address. */
int sim_kube_check_plain(const char *address, struct lat_err *reterr) LAT_MUST_USE;

/* Listens at places->tls; what that needs lives in the arena, which must outlive the server. */
int sim_kube_listen_tls(const struct sim_kube_places *places, struct lat_http_server *server,
                        struct sim_kube *kube, struct lat_arena *arena,
                        const struct sim_kube_access **ret_access, uint16_t *ret_port,
                        struct lat_err *reterr) LAT_MUST_USE;

/* Writes a kubeconfig for the server at url, for its owner alone to read; access NULL: without
 * credentials. */
int sim_kube_write_config(const struct sim_kube_access *access, const char *url, const char *file,
                          struct lat_err *reterr) LAT_MUST_USE;

/* Prints a kubeconfig on standard output: over TLS when a folder is named, else over plain HTTP. */
int sim_kube_print_config(const struct sim_kube_places *places,
                          struct lat_err *reterr) LAT_MUST_USE;
