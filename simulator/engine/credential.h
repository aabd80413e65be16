/* Access keys: whose they are and what they sign with. Two kinds need no row: a documented default
 * pair of the configured account, and every 12-digit key, which is an account of its own whose
 * secret is the same text (chosen). The others come from --credentials, the admin API and STS.
 * Secrets leave this module only towards the verifier and to whom they are issued. */
#pragma once

#include "simulator/engine/call.h"

#include <jansson.h>

#define SIM_DEFAULT_ACCESS_KEY "AKIALATTICESIMULATOR"
#define SIM_DEFAULT_SECRET_KEY "lattice-simulator"

struct sim_credential {
    int64_t seq; /* 0: built in */
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* NULL for long-term keys */
    const char *account;
    const char *arn; /* of the user, or of the assumed role's session */
    const char *user_id;
    int64_t expires_ms; /* 0: never */
};

extern const struct sim_table sim_credential_table;

bool sim_is_account(const char *text);

/* The ARN of a user of an account. */
const char *sim_user_arn(struct lat_arena *arena, const char *partition, const char *account,
                         const char *user) LAT_MUST_USE;

/* The credential of an access key, expired ones included; NULL when nobody has it. */
int sim_credential_find(struct sim *sim, struct lat_arena *arena, const char *access_key,
                        struct sim_credential **ret_credential) LAT_MUST_USE;

/* The same without the built-in ones, of which the scope of a signature says everything. */
int sim_credential_given(struct sim *sim, struct lat_arena *arena, const char *access_key,
                         struct sim_credential **ret_credential) LAT_MUST_USE;

/* Reads {access_key, secret_key, account, arn} (arn may be absent) and says in one line what is
 * wrong, or gives NULL. Texts stay those of the JSON, or are made in the arena. */
const char *sim_credential_read(struct lat_arena *arena, const char *partition, const json_t *entry,
                                struct sim_credential *ret_credential);

/* Puts a long-term key in place, instead of one with the same name. */
int sim_credential_put(struct sim *sim, const struct sim_credential *credential) LAT_MUST_USE;

/* Makes a session for account, arn and user_id of the pattern, which ends after duration_s. */
int sim_credential_issue(struct sim_call *call, const struct sim_credential *pattern,
                         int64_t duration_s, struct sim_credential *ret_issued) LAT_MUST_USE;

/* Puts all keys of a YAML file in place: a list of entries as above under "credentials". A wrong
 * file is one line with its name, the line and the remedy, and changes nothing. */
int sim_credentials_load(struct sim *sim, const char *path, struct lat_err *reterr) LAT_MUST_USE;
