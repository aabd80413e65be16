/* Requests as bytes, as an SDK of AWS sends them, and what the answers hold. */
#pragma once

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdint.h>

#define CFT_WIRE_ACCOUNT INT64_C(123456789012)

/* A call to the AWS port, before anybody has signed it. */
struct cft_call {
    int64_t account;
    const char *method;
    char path[256];
    char body[1024]; /* "": none */
};

/* Appends the request with a signature that is made up: no time is spent on it, and it is for
 * servers that check none. */
void cft_wire_put(struct lat_buf *request, const struct cft_call *call);

/* Appends it really signed at this moment, with the headers that botocore signs, by the key that
 * every account has in the simulator. */
void cft_wire_put_signed(struct lat_buf *request, const struct cft_call *call, int64_t now_ms);

/* Sends it alone and really signed, expects a status, and gives the answer's body (a new reference;
 * NULL when it has none). */
int cft_wire_call(uint16_t port, int64_t account, const char *method, const char *path,
                  const char *body, int status, json_t **ret_new,
                  struct lat_err *reterr) LAT_MUST_USE;

/* The text member of the body of such an answer, in the arena. */
int cft_wire_call_for(struct lat_arena *arena, uint16_t port, int64_t account, const char *method,
                      const char *path, const char *body, int status, const char *member,
                      const char **ret_text, struct lat_err *reterr) LAT_MUST_USE;

/* Raises a quota of an account so far that no measurement meets it. */
int cft_wire_lift_quota(uint16_t port, int64_t account, const char *code,
                        struct lat_err *reterr) LAT_MUST_USE;
