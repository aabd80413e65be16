/* Where the Kubernetes API server is and how to log in there: a kubeconfig file, or the service
 * account that a pod finds inside its cluster. Never runs a login helper. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "controller/kube/client.h"

struct gwc_kubeconfig;

/* What decides, first match first: server (a bare URL, no login), path, the files of environment
 * variable KUBECONFIG (the first that exists), the cluster around this pod, ~/.kube/config. NULL
 * with one clear line when none can be used. The caller owns the result. */
struct gwc_kubeconfig *gwc_kubeconfig_load(const char *server, const char *path,
                                           struct lat_err *reterr) LAT_MUST_USE;
struct gwc_kubeconfig *gwc_kubeconfig_free(struct gwc_kubeconfig *config);
void gwc_kubeconfig_freep(struct gwc_kubeconfig **config);

/* Borrowed; lives as long as the config. */
const struct gwc_kube_access *gwc_kubeconfig_access(const struct gwc_kubeconfig *config);
