/* Where AWS credentials come from: the environment, then the shared credentials file, in the order
 * of the official SDKs (documented). Never logs a secret, and asks no network. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

/* Texts live in the arena that they were found with. */
struct lat_credentials {
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* NULL for long-term keys */
    const char *source;        /* for messages: "environment", or the file and profile */
};

/* Looks in turn into AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), and into
 * the profile AWS_PROFILE (else "default") of AWS_SHARED_CREDENTIALS_FILE (else
 * ~/.aws/credentials). Returns -1 with one line that names what was looked at. */
int lat_credentials_find(struct lat_arena *arena, struct lat_credentials *ret_credentials,
                         struct lat_err *reterr) LAT_MUST_USE;
