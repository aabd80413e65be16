/* What the helpers for Pods and Services share. Only for this folder. */
#pragma once

#include "simulator/kubernetes/kube_int.h"

/* Annotations and a label of the product's own (chosen). */
#define SIM_KUBE_PODS    "lattice.sim/pods"    /* on a Service: how many ready Pods it gets */
#define SIM_KUBE_READY   "lattice.sim/ready"   /* on a Pod: "true" or "false" */
#define SIM_KUBE_DELETE  "lattice.sim/delete"  /* on a Pod: "true" deletes it */
#define SIM_KUBE_SERVICE "lattice.sim/service" /* label of Pods made for a Service: its name */

/* Brings the status of a Pod to what its annotations say; deletes it if they say so. */
int sim_kube_run_pod(struct sim_kube_call *call, const char *namespace, const char *name);

/* Makes the EndpointSlice of a Service list the Pods that its selector selects. */
int sim_kube_list_endpoints(struct sim_kube_call *call, const json_t *service);
/* The labels by which the Pods of a Service are known; borrowed when the Service has a selector. */
json_t *sim_kube_pod_labels_new(const json_t *service);
/* The Pods of a namespace, parsed; a new reference to an array in order of their names. */
int sim_kube_pods_new(struct sim_kube_call *call, const char *namespace, json_t **ret_new);
