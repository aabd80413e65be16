/* Who is calling, and the signature that says so. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/http/client.h"

struct cft_signer;

/* Signs with the credentials of the environment or the shared files; NULL with one clear line when
 * there are none. All lives in the arena; region is borrowed. */
struct cft_signer *cft_signer_new(struct lat_arena *arena, const char *region,
                                  struct lat_err *reterr) LAT_MUST_USE;
/* Signs with made-up ones, which a simulator accepts. */
struct cft_signer *cft_signer_new_made_up(struct lat_arena *arena, const char *region) LAT_MUST_USE;

/* Lays Host and the signature over the headers of a call that is otherwise complete; texts in the
 * arena. */
int cft_signer_sign(const struct cft_signer *signer, struct lat_arena *arena, const char *service,
                    struct lat_http_call *call, struct lat_err *reterr) LAT_MUST_USE;
