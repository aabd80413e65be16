/* The fake Kubernetes API behind a real port, in a child process: a test makes one, sends requests
 * over HTTP, reads status and body as JSON, and collects what watches send. Ids are seeded. */
#pragma once

#include "common/base/json.h"

struct bench;

struct bench *bench_new(void);
/* With fault rules: a JSON list with ' for ". */
struct bench *bench_new_with_faults(const char *rules);
/* Fails the test when the server did not end well (a leak, under the sanitizer). */
void bench_free(struct bench *bench);

/* Sends a request and returns the status; body is JSON with ' for ", or NULL. */
int bench_send(struct bench *bench, const char *method, const char *target, const char *body);
/* The same, or -1 when there was no answer. */
int bench_try(struct bench *bench, const char *method, const char *target, const char *body);
/* kind: "merge", "json", "strategic-merge", "apply". */
int bench_patch(struct bench *bench, const char *kind, const char *target, const char *body);
/* The same with an Accept header. */
int bench_get_as(struct bench *bench, const char *accept, const char *target);

/* Text, number or value at a path of the last answer; "" or -1 when it is not there. */
const char *bench_text(struct bench *bench, const char *path);
int64_t bench_number(struct bench *bench, const char *path);
const json_t *bench_at(struct bench *bench, const char *path);
/* The value there as JSON text. */
const char *bench_json(struct bench *bench, const char *path);
const char *bench_header(struct bench *bench, const char *name);
/* Text that stays until the bench goes. */
const char *bench_format(struct bench *bench, const char *format, ...) LAT_PRINTF(2, 3);

/* Opens a watch; what it sends is collected. */
struct watch;
struct watch *bench_watch(struct bench *bench, const char *target);
struct watch *bench_watch_as(struct bench *bench, const char *accept, const char *target);
/* The next event, waited for; NULL when the stream has ended. Borrowed until the bench goes. */
const json_t *watch_next(struct watch *watch);
/* "TYPE name" of the next event, or "end". */
const char *watch_next_text(struct watch *watch);

/* A route that is complete, in namespace "default"; the test fails when it is refused. */
void bench_make_route(struct bench *bench, const char *name);

#define ROUTES     "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes"
#define ALL_ROUTES "/apis/gateway.networking.k8s.io/v1/httproutes"
