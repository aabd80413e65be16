/* Calls to the Kubernetes API server: one function, JSON in and out, and the Status object that a
 * refusal carries. Never retries by itself: who calls knows whether that is safe. */
#pragma once

#include "common/base/clock.h"
#include "common/base/err.h"
#include "common/http/client.h"
#include "controller/kube/kinds.h"

#include <jansson.h>

#define GWC_KUBE_MERGE_PATCH     "application/merge-patch+json"
#define GWC_KUBE_STRATEGIC_PATCH "application/strategic-merge-patch+json"

/* How to reach the API server; filled by gwc_kubeconfig_load. Texts live as long as its owner. */
struct gwc_kube_access {
    const char *server; /* "https://host:6443", without a slash at its end */
    const char *ca_file;
    const char *client_cert;
    const char *client_key;
    const char *token;
    const char *token_file; /* read again every minute: projected tokens rotate */
    bool skip_tls_verify;
};

/* Why a call did not do its work. */
struct gwc_kube_error {
    int status;          /* HTTP; 0 when no answer came */
    const char *reason;  /* "NotFound", "Conflict", …; "" when the server gave none */
    const char *message; /* one line, in the arena of the call */
};

struct gwc_kube;

/* access and clock are borrowed and must outlive the client. */
struct gwc_kube *gwc_kube_new(const struct gwc_kube_access *access,
                              const struct lat_clock *clock) LAT_MUST_USE;
struct gwc_kube *gwc_kube_free(struct gwc_kube *kube);
void gwc_kube_freep(struct gwc_kube **kube);

/* Sends one request; body and content_type are NULL for GET. The object of the answer is owned by
 * the caller. Returns -1 for any status of 400 and more, and when no answer came. */
int gwc_kube_call(struct gwc_kube *kube, struct lat_arena *arena, const char *method,
                  const char *path, const char *content_type, const json_t *body,
                  json_t **ret_new_object, struct gwc_kube_error *ret_error) LAT_MUST_USE;

/* Opens a watch stream on the same server; see lat_http_client_subscribe. */
struct lat_http_subscription *gwc_kube_subscribe(struct gwc_kube *kube, const char *path,
                                                 const struct lat_http_stream_events *events);

/* Waits for watch streams; see lat_http_client_poll. */
int gwc_kube_poll(struct gwc_kube *kube, int extra_fd, int timeout_ms);

/* The RFC 7386 patch that makes before into after; {} when they are equal. Arrays are whole. */
json_t *gwc_merge_patch_new(const json_t *before, const json_t *after);
