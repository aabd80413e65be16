/* Access keys; see credential.h. */
#include "simulator/engine/credential.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "common/base/yaml.h"

#include <string.h>

#define ACCOUNT_DIGITS 12
#define ACCESS_KEY_BYTES_MIN                                                                       \
    4 /* the service's own have 16 and more; short ones read well in tests */
#define ACCESS_KEY_BYTES_MAX 128
#define SECRET_KEY_BYTES_MAX 256
#define ARN_BYTES_MAX        2048
#define SESSIONS_MAX         10000 /* the oldest go first */
#define KEYS_MAX             10000 /* of one file */

static const struct sim_column columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct sim_credential, seq)},
    {"access_key", SIM_COLUMN_TEXT, offsetof(struct sim_credential, access_key)},
    {"secret_key", SIM_COLUMN_TEXT, offsetof(struct sim_credential, secret_key)},
    {"session_token", SIM_COLUMN_TEXT, offsetof(struct sim_credential, session_token)},
    {"account", SIM_COLUMN_TEXT, offsetof(struct sim_credential, account)},
    {"arn", SIM_COLUMN_TEXT, offsetof(struct sim_credential, arn)},
    {"user_id", SIM_COLUMN_TEXT, offsetof(struct sim_credential, user_id)},
    {"expires_ms", SIM_COLUMN_OPTIONAL_INT, offsetof(struct sim_credential, expires_ms)},
};

const struct sim_table sim_credential_table = {
    .name = "credential",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct sim_credential),
};

bool sim_is_account(const char *text)
{
    return strlen(text) == ACCOUNT_DIGITS && strspn(text, "0123456789") == ACCOUNT_DIGITS;
}

const char *sim_user_arn(struct lat_arena *arena, const char *partition, const char *account,
                         const char *user)
{
    return lat_arena_concat(arena, "arn:", partition, ":iam::", account, ":user/", user, NULL);
}

static struct sim_credential *built_in(struct sim *sim, struct lat_arena *arena,
                                       const char *access_key)
{
    bool is_default = lat_text_eq(access_key, SIM_DEFAULT_ACCESS_KEY);
    if (!is_default && !sim_is_account(access_key))
        return NULL;
    struct sim_credential *credential = LAT_NEW(arena, struct sim_credential);
    const char *account = is_default ? sim->config.account : access_key;
    *credential = (struct sim_credential){
        .access_key = access_key,
        .secret_key = is_default ? SIM_DEFAULT_SECRET_KEY : access_key,
        .account = account,
        .arn = sim_user_arn(arena, sim->config.partition, account, access_key),
        .user_id = access_key,
    };
    return credential;
}

int sim_credential_given(struct sim *sim, struct lat_arena *arena, const char *access_key,
                         struct sim_credential **ret_credential)
{
    void *row = NULL;
    bool none = false;
    if (sim_store_is_empty(sim->store, sim_credential_table.name, &none) < 0 ||
        (!none && sim_store_row(sim->store, arena, &sim_credential_table, "WHERE r.access_key = ?1",
                                SIM_VALUES(sim_text(access_key)), &row) < 0))
        return -1;
    *ret_credential = row;
    return 0;
}

int sim_credential_find(struct sim *sim, struct lat_arena *arena, const char *access_key,
                        struct sim_credential **ret_credential)
{
    if (sim_credential_given(sim, arena, access_key, ret_credential) < 0)
        return -1;
    if (*ret_credential == NULL)
        *ret_credential = built_in(sim, arena, access_key);
    return 0;
}

/* --- keys that somebody gives -------------------------------------------------------------------
 */

static bool is_access_key(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    size_t length = strlen(text);
    return length >= ACCESS_KEY_BYTES_MIN && length <= ACCESS_KEY_BYTES_MAX &&
           strspn(text, allowed) == length;
}

const char *sim_credential_read(struct lat_arena *arena, const char *partition, const json_t *entry,
                                struct sim_credential *ret_credential)
{
    static const char *const known[] = {"access_key", "secret_key", "account", "arn"};
    const char *name;
    json_t *value;
    if (!json_is_object(entry))
        return "a credential must have the members access_key, secret_key and account";
    json_object_foreach(lat_json_iterable(entry), name, value) {
        bool is_known = false;
        for (size_t i = 0; i < LAT_COUNT(known); i++)
            is_known = is_known || lat_text_eq(name, known[i]);
        if (!is_known)
            return "a credential has only the members access_key, secret_key, account and arn";
        if (!json_is_string(value))
            return "the members of a credential are texts; put quotes around the account";
    }
    const char *access_key = lat_json_string_at(entry, "access_key", "");
    const char *secret_key = lat_json_string_at(entry, "secret_key", "");
    const char *account = lat_json_string_at(entry, "account", "");
    const char *arn = lat_json_string_at(entry, "arn", NULL);
    if (!is_access_key(access_key))
        return "access_key must be 4 to 128 letters, digits and underscores";
    if (secret_key[0] == '\0' || strlen(secret_key) > SECRET_KEY_BYTES_MAX)
        return "secret_key must be a text of 1 to 256 bytes";
    if (!sim_is_account(account))
        return "account must be 12 digits";
    if (arn != NULL && (!lat_text_has_prefix(arn, "arn:") || strlen(arn) > ARN_BYTES_MAX))
        return "arn must be the ARN of a user or a role";
    *ret_credential = (struct sim_credential){
        .access_key = access_key,
        .secret_key = secret_key,
        .account = account,
        .arn = arn != NULL ? arn : sim_user_arn(arena, partition, account, access_key),
        .user_id = access_key,
    };
    return NULL;
}

int sim_credential_put(struct sim *sim, const struct sim_credential *credential)
{
    struct sim_credential row = *credential;
    row.seq = 0;
    if (sim_store_run(sim->store, "DELETE FROM credential WHERE access_key = ?1",
                      SIM_VALUES(sim_text(row.access_key)), NULL) < 0)
        return -1;
    return sim_store_insert(sim->store, &sim_credential_table, &row);
}

static int load_entry(struct sim *sim, struct lat_arena *arena, const struct lat_yaml *yaml,
                      const json_t *entry, struct lat_err *reterr)
{
    struct sim_credential credential;
    const char *wrong = sim_credential_read(arena, sim->config.partition, entry, &credential);
    if (wrong != NULL)
        return lat_err_input(reterr, "%s:%d: %s", lat_yaml_name(yaml), lat_yaml_line(yaml, entry),
                             wrong);
    if (sim_credential_put(sim, &credential) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    return 0;
}

static int load_all(struct sim *sim, const struct lat_yaml *yaml, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const json_t *top = lat_yaml_count(yaml) == 1 ? lat_yaml_document(yaml, 0) : NULL;
    const json_t *list = json_object_get(top, "credentials");
    if (!json_is_array(list) || json_object_size(top) != 1)
        return lat_err_input(reterr,
                             "%s: must hold one list named \"credentials\" of access_key, "
                             "secret_key, account and, if wanted, arn",
                             lat_yaml_name(yaml));
    if (json_array_size(list) > KEYS_MAX)
        return lat_err_input(reterr, "%s: holds more than %d credentials", lat_yaml_name(yaml),
                             KEYS_MAX);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (load_entry(sim, arena, yaml, json_array_get(list, i), reterr) < 0)
            return -1;
    return 0;
}

int sim_credentials_load(struct sim *sim, const char *path, struct lat_err *reterr)
{
    LAT_AUTO(lat_yaml_freep) struct lat_yaml *yaml = lat_yaml_read(path, reterr);
    if (yaml == NULL)
        return -1;
    if (sim_store_begin(sim->store) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    if (load_all(sim, yaml, reterr) < 0) {
        sim_store_rollback(sim->store);
        return -1;
    }
    if (sim_store_commit(sim->store) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    return 0;
}

/* --- sessions -----------------------------------------------------------------------------------
 */

/* prefix and characters of an alphabet whose size is a power of two. */
static const char *random_text(struct sim_call *call, const char *prefix, size_t length,
                               const char *alphabet)
{
    size_t start = strlen(prefix);
    char *text = lat_arena_alloc(call->arena, start + length + 1);
    memcpy(text, prefix, start);
    for (size_t i = 0; i < length; i++)
        text[start + i] = alphabet[lat_rng_below(&call->sim->rng, strlen(alphabet))];
    return text;
}

int sim_credential_issue(struct sim_call *call, const struct sim_credential *pattern,
                         int64_t duration_s, struct sim_credential *ret_issued)
{
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    static const char any[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct sim_credential issued = *pattern;
    issued.seq = 0;
    issued.access_key = random_text(call, "ASIA", 16, upper);
    issued.secret_key = random_text(call, "", 40, any);
    issued.session_token = random_text(call, "IQoJb3JpZ2lu", 180, any);
    /* Whole seconds, as the answers show them. */
    issued.expires_ms = call->now_ms / 1000 * 1000 + duration_s * 1000;
    if (sim_store_insert(call->sim->store, &sim_credential_table, &issued) < 0 ||
        sim_store_run(call->sim->store,
                      "DELETE FROM credential WHERE expires_ms IS NOT NULL AND seq <= ?1",
                      SIM_VALUES(sim_int(issued.seq - SESSIONS_MAX)), NULL) < 0)
        return -1;
    *ret_issued = issued;
    return 0;
}
