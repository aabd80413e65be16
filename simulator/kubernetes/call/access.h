/* Who may call the fake Kubernetes API over TLS: a certificate authority, a certificate and a token
 * of an administrator, and more tokens if the user lists them. */
#pragma once

#include "common/base/pki.h"

/* A line of tokens.csv: who calls when the token is shown. */
struct sim_kube_token {
    const char *token;
    const char *user;
    const char *uid;
    const char *const *groups;
    size_t group_count;
};

struct sim_kube_access {
    struct lat_pki_pair authority;
    struct lat_pki_pair admin; /* a client certificate: user lattice-admin, group system:masters */
    struct sim_kube_token *tokens; /* the first one is the administrator's */
    size_t token_count;
};

/* Reads the folder (ca.crt, ca.key, admin.crt, admin.key, tokens.csv), and makes it and what it
 * lacks; NULL makes everything in memory alone. tokens.csv is what kube-apiserver takes as
 * --token-auth-file: token,user,uid,"group1,group2". Everything lives in the arena. */
int sim_kube_access_open(struct lat_arena *arena, const char *folder,
                         struct sim_kube_access *ret_access, struct lat_err *reterr) LAT_MUST_USE;

/* The server's own certificate for these addresses ("127.0.0.1:9443"), issued anew. */
int sim_kube_access_serve(struct lat_arena *arena, const struct sim_kube_access *access,
                          const char *address, struct lat_pki_pair *ret_pair,
                          struct lat_err *reterr) LAT_MUST_USE;

/* A kubeconfig, as text in the arena: contexts lattice (certificate) and lattice-token over TLS, or
 * with access NULL the one context lattice over plain HTTP. url is the server's. */
const char *sim_kube_access_config(struct lat_arena *arena, const struct sim_kube_access *access,
                                   const char *url);
