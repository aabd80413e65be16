/* Who is calling, and the signature that says so. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/http/client.h"

#include <stdbool.h>

struct cft_signer;

/* Credentials of the environment or the shared files; is_own: made-up ones, for a simulator of our
 * own. region is copied. No credentials is one clear line. */
struct cft_signer *cft_signer_new(bool is_own, const char *region,
                                  struct lat_err *reterr) LAT_MUST_USE;
struct cft_signer *cft_signer_free(struct cft_signer *signer);

/* Lays the signature over the headers of a call that is otherwise complete; texts in the arena. */
int cft_signer_sign(const struct cft_signer *signer, struct lat_arena *arena, const char *service,
                    struct lat_http_call *call, struct lat_err *reterr) LAT_MUST_USE;
