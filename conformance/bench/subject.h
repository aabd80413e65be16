/* A program under measurement, started as a child: its ports, its memory, its processor time. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <stdint.h>

struct cft_subject {
    struct lat_child *child;
    uint16_t port;      /* of the AWS endpoint, or the only one */
    uint16_t kube_port; /* 0: none */
    double ready_ms;    /* from its start to the line that says so */
};

/* Starts the simulator on free ports with extra arguments (NULL-terminated, may be NULL). */
int cft_subject_start(const char *program, const char *const *extra, struct cft_subject *ret,
                      struct lat_err *reterr) LAT_MUST_USE;

/* Starts the bare server with the answer that this text holds; folder takes its file. */
int cft_subject_start_bare(struct lat_arena *arena, const char *program, const char *answer,
                           struct cft_subject *ret, struct lat_err *reterr) LAT_MUST_USE;

/* Starts moto's server by a program in Python. Where it cannot be had, ret_reason says why and
 * nothing is started; else it is NULL. May take minutes the first time. */
int cft_subject_start_moto(struct lat_arena *arena, const char *python, const char *program,
                           struct cft_subject *ret, const char **ret_reason,
                           struct lat_err *reterr) LAT_MUST_USE;

void cft_subject_stop(struct cft_subject *subject);

/* Resident memory in MB (10^6 bytes). */
double cft_subject_resident_mb(const struct cft_subject *subject);
/* Processor time so far, user and system, in seconds. */
double cft_subject_cpu_seconds(const struct cft_subject *subject);
