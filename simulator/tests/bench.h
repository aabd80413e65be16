/* A simulator without a port: a test makes one, sends requests, reads status and body as JSON. The
 * clock is virtual and the ids are seeded, so every run is the same. */
#pragma once

#include "common/base/json.h"
#include "simulator/engine/api.h"

struct bench;

struct bench *bench_new(const struct sim_delays *delays);
/* The same on a state file, which is durable. */
struct bench *bench_new_in(const char *path, const struct sim_delays *delays);
struct bench *bench_free(struct bench *bench);
void bench_freep(struct bench **bench);

/* The bench of one test; it goes with its scope. */
#define NEW_BENCH(delays) LAT_AUTO(bench_freep) struct bench *bench = bench_new(delays)

struct sim *bench_sim(struct bench *bench);
struct sim_aws *bench_aws(struct bench *bench);

/* Sends a request as the access key of account 123456789012 would, and returns the status. The
 * answer's body stays readable through bench_at until the next call. body is JSON with ' for ", or
 * NULL. */
int bench_send(struct bench *bench, const char *method, const char *target, const char *body);

/* The same with a body that is sent as it is. */
int bench_send_text(struct bench *bench, const char *method, const char *target, const char *body);

/* The same to the tagging API. */
int bench_tagging(struct bench *bench, const char *operation, const char *body);

/* A request with just these headers; body is JSON with ' for ", or NULL. */
int bench_send_as(struct bench *bench, const char *method, const char *target, const char *body,
                  const struct lat_http_header *headers, size_t header_count);
/* Signs with these credentials at the moment of the bench's clock, moved by skew_ms, and sends. */
struct bench_signer {
    const char *service;
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* NULL for none */
    int64_t skew_ms;
};
int bench_send_signed(struct bench *bench, const struct bench_signer *signer, const char *method,
                      const char *target, const char *body);
/* The same to an operation of a JSON 1.1 API: "CertificateManager.ListCertificates". */
int bench_json(struct bench *bench, const char *target, const char *body);
/* A form to a query API, unsigned. */
int bench_form(struct bench *bench, const char *form);
/* The text of the first such element of the last answer in XML; "" when there is none. */
const char *bench_xml(struct bench *bench, const char *element);

/* Text, number or truth at a path of the last answer; "" or -1 when it is not there. */
const char *bench_text(struct bench *bench, const char *path);
int64_t bench_number(struct bench *bench, const char *path);
const json_t *bench_at(struct bench *bench, const char *path);
/* The last answer as the engine gave it, its body as text (until the next call), and one of its
 * headers, for the bench's life (NULL when it is not there). */
const struct sim_answer *bench_answer(struct bench *bench);
const char *bench_body(const struct bench *bench);
const char *bench_header(struct bench *bench, const char *name);

/* The exception of the last answer, by its header; NULL when there is none. */
const char *bench_error(struct bench *bench);

/* Fails the test unless the last answer refuses with this exception and its message holds text. */
void bench_expect_refusal(struct bench *bench, const char *error, const char *text);

/* The number that a query on the store yields. */
int64_t bench_count(struct bench *bench, const char *sql);

/* Lets time pass. */
void bench_wait(struct bench *bench, int64_t ms);

/* Text that stays until the bench goes. */
const char *bench_format(struct bench *bench, const char *format, ...) LAT_PRINTF(2, 3);
const char *bench_keep(struct bench *bench, const char *path);

/* "/path/arn" with the ARN's slash encoded, as clients send it. */
const char *bench_at_arn(struct bench *bench, const char *path, const char *arn);

/* The id of a new resource, made and made ACTIVE in one step; the test fails when it is refused. */
const char *bench_service(struct bench *bench, const char *name);
const char *bench_network(struct bench *bench, const char *name);
const char *bench_target_group(struct bench *bench, const char *name);
const char *bench_gateway(struct bench *bench, const char *name);
/* A configuration of type SINGLE or GROUP. */
const char *bench_configuration(struct bench *bench, const char *name, const char *type,
                                const char *gateway);
const char *bench_child(struct bench *bench, const char *name, const char *group);
const char *bench_resource_association(struct bench *bench, const char *configuration,
                                       const char *network);
const char *bench_listener(struct bench *bench, const char *service, int port);
const char *bench_rule(struct bench *bench, const char *service, const char *listener, int priority,
                       const char *target_group);
