/* The life of a request, for the files of this folder itself and for tests. */
#pragma once

#include "simulator/kubernetes/about/about.h"
#include "simulator/kubernetes/cluster/cluster.h"

/* --- server.c --- */

/* Carries a request that was read out, in a transaction of its own when it writes. */
void sim_kube_carry_out(struct sim_kube_call *call);
/* The way of a call that no fault rule strikes, from its request to answer and journal. */
void sim_kube_serve(struct sim_kube_call *call);
/* What follows an answer: watches are told, and kinds follow their definitions. */
void sim_kube_settle(struct sim_kube *kube);

/* --- server.c --- */

/* A request of the program itself, as if a client had sent it; see struct sim_cluster. */
json_t *sim_kube_ask_new(void *context, struct lat_arena *arena, const char *method,
                         const char *target, const json_t *body, int *ret_status);

/* --- state.c --- */

/* See struct sim_cluster. */
int sim_kube_state_check(void *context, struct lat_err *reterr);
int sim_kube_state_arrive(void *context);
