/* What the controllers of a cluster that the simulator plays share: each brings one object to what
 * it should be now, whatever has happened, and writes only what differs. Only for this folder. */
#pragma once

#include "simulator/kubernetes/cluster/cluster.h"

/* Annotations and a label of the product's own (chosen). */
#define SIM_KUBE_PODS    "lattice.sim/pods"    /* on a Service: how many ready Pods it gets */
#define SIM_KUBE_READY   "lattice.sim/ready"   /* on a Pod: "true" or "false" */
#define SIM_KUBE_DELETE  "lattice.sim/delete"  /* on a Pod: "true" deletes it */
#define SIM_KUBE_SERVICE "lattice.sim/service" /* label of Pods made for a Service: its name */

#define SIM_KUBE_NODE          "lattice-sim" /* the one node */
#define SIM_KUBE_REPLICA_SETS  "replicasets.apps"
#define SIM_KUBE_DEPLOYMENTS   "deployments.apps"
#define SIM_KUBE_SLICES        "endpointslices.discovery.k8s.io"
#define SIM_KUBE_TEMPLATE_HASH "pod-template-hash"

/* Brings one object to what it should be. An object that is gone needs nothing, unless something of
 * it may be left. Returns 0, or -1 after a refusal or when the store failed. */
typedef int sim_kube_sync(struct sim_kube_call *call, const char *namespace, const char *name);

sim_kube_sync sim_kube_run_pod;           /* kubelet.c: scheduler and kubelet */
sim_kube_sync sim_kube_list_endpoints;    /* endpoints.c: of a Service */
sim_kube_sync sim_kube_mirror_endpoints;  /* endpoints.c: of Endpoints that a user made */
sim_kube_sync sim_kube_keep_service_pods; /* pods.c: of a Service with the annotation */
sim_kube_sync sim_kube_keep_replicas;     /* pods.c: of a ReplicaSet */
sim_kube_sync sim_kube_roll_out;          /* deployment.c */

/* --- controller_io.c: how they read and write --- */

/* The object of that name, parsed; *ret_new stays NULL when there is none. */
int sim_kube_read_new(struct sim_kube_call *call, const char *resource, const char *namespace,
                      const char *name, json_t **ret_new);
/* The objects of a resource in a namespace whose text holds word (NULL: all), parsed, in order of
 * their names; a new reference to an array. */
int sim_kube_read_all_new(struct sim_kube_call *call, const char *resource, const char *namespace,
                          const char *word, json_t **ret_new);
/* The path of a namespace's objects of a kind; with a name, of that one. */
const char *sim_kube_path(struct sim_kube_call *call, const char *resource, const char *namespace,
                          const char *name);
/* Writes an object as a controller would. What is refused is logged; *ret_accepted (may be NULL)
 * says so. method is POST, PUT or DELETE; name may be followed by "/status". */
int sim_kube_write(struct sim_kube_call *call, const char *method, const char *resource,
                   const char *namespace, const char *name, const json_t *object,
                   bool *ret_accepted);
/* ownerReferences of what a controller makes for owner; a new reference. */
json_t *sim_kube_owned_by_new(const json_t *owner);
/* Whether owner's controller made this object. */
bool sim_kube_is_controlled_by(const json_t *object, const json_t *owner);
/* --- pod_facts.c --- */

/* The labels by which a Service knows its Pods, borrowed or, for one that asks for Pods without a
 * selector, made; a new reference, NULL when it selects none. */
json_t *sim_kube_pod_labels_new(const json_t *service);
bool sim_kube_has_labels(const json_t *object, const json_t *labels);
/* Runs or waits to run: neither terminating nor ended. */
bool sim_kube_is_active(const json_t *pod);
bool sim_kube_is_ready(const json_t *pod);
