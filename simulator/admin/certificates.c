/* POST /_lattice/certificates: puts a certificate into the fake ACM, by its names and status. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define NAMES_MAX         100
#define NAME_BYTES_MAX    253
#define DAYS_DEFAULT      395
#define DAYS_MAX          36500
#define DAY_MS            INT64_C(86400000)
#define SERIAL_HEX_DIGITS 32
#define TAGS_MAX          50

static bool is_one_of(const char *text, const char *const *known)
{
    for (; *known != NULL; known++)
        if (lat_text_eq(text, *known))
            return true;
    return false;
}

/* All names, the first one in front; NULL when one of them is no text or too long. */
static json_t *names_new(const char *domain_name, const json_t *alternatives)
{
    json_t *names = json_pack("[s]", domain_name);
    for (size_t i = 0; i < json_array_size(alternatives); i++) {
        json_t *name = json_array_get(alternatives, i);
        if (!json_is_string(name) || json_string_length(name) > NAME_BYTES_MAX) {
            json_decref(names);
            return NULL;
        }
        if (!lat_text_eq(json_string_value(name), domain_name))
            json_array_append(names, name);
    }
    return names;
}

static bool are_tags(const json_t *tags)
{
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(tags), key, value) {
        if (!json_is_string(value))
            return false;
    }
    return json_is_object(tags) && json_object_size(tags) <= TAGS_MAX;
}

/* What is wrong with the input, in one line; NULL when it is right. */
static const char *read_input(const struct sim_admin_call *call,
                              struct sim_certificate *certificate)
{
    static const char *const statuses[] = {"PENDING_VALIDATION",   "ISSUED",  "INACTIVE", "EXPIRED",
                                           "VALIDATION_TIMED_OUT", "REVOKED", "FAILED",   NULL};
    static const char *const types[] = {"IMPORTED", "AMAZON_ISSUED", "PRIVATE", NULL};
    static const char *const algorithms[] = {
        "RSA_1024",      "RSA_2048",     "RSA_3072",     "RSA_4096",
        "EC_prime256v1", "EC_secp384r1", "EC_secp521r1", NULL};
    const json_t *input = call->input;
    const json_t *alternatives = json_object_get(input, "alternatives");
    certificate->domain_name = lat_json_string_at(input, "domain_name", "");
    certificate->status = lat_json_string_at(input, "status", "ISSUED");
    certificate->type = lat_json_string_at(input, "type", "IMPORTED");
    certificate->key_algorithm = lat_json_string_at(input, "key_algorithm", "RSA_2048");
    size_t length = strlen(certificate->domain_name);
    if (length == 0 || length > NAME_BYTES_MAX)
        return "domain_name must be a name such as *.example.com";
    if (alternatives != NULL &&
        (!json_is_array(alternatives) || json_array_size(alternatives) > NAMES_MAX))
        return "alternatives must be a list of at most 100 names";
    if (!is_one_of(certificate->status, statuses))
        return "status must be one of ACM's, such as ISSUED or PENDING_VALIDATION";
    if (!is_one_of(certificate->type, types))
        return "type must be IMPORTED, AMAZON_ISSUED or PRIVATE";
    if (!is_one_of(certificate->key_algorithm, algorithms))
        return "key_algorithm must be one of ACM's, such as RSA_2048 or EC_prime256v1";
    return NULL;
}

/* Names, tags and dates. */
static const char *read_rest(const struct sim_admin_call *call, struct sim_certificate *certificate)
{
    const json_t *tags = json_object_get(call->input, "tags");
    int64_t days = lat_json_int_at(call->input, "valid_days", DAYS_DEFAULT);
    LAT_AUTO(lat_json_decrefp)
    json_t *names =
        names_new(certificate->domain_name, json_object_get(call->input, "alternatives"));
    if (names == NULL)
        return "alternatives must be names of at most 253 characters";
    if (tags != NULL && !are_tags(tags))
        return "tags must map at most 50 texts to texts";
    if (days < 1 || days > DAYS_MAX)
        return "valid_days must be a number from 1 to 36500";
    certificate->alternatives = lat_json_text(call->arena, names);
    certificate->tags = tags == NULL ? "{}" : lat_json_text(call->arena, tags);
    certificate->created_ms = lat_clock_now_ms(&call->sim->clock);
    certificate->not_after_ms = certificate->created_ms + days * DAY_MS;
    return NULL;
}

void sim_admin_import_certificate(struct sim_admin_call *call)
{
    struct sim_store *store = call->sim->store;
    struct sim_caller home = sim_admin_caller(call);
    struct sim_certificate certificate = {.account = home.account, .region = home.region};
    char id[LAT_UUID_TEXT_BYTES], serial[SERIAL_HEX_DIGITS + 1];
    const char *wrong = read_input(call, &certificate);
    if (wrong == NULL)
        wrong = read_rest(call, &certificate);
    if (wrong != NULL) {
        sim_admin_refuse(call, 400, wrong);
        return;
    }
    certificate.arn = lat_arena_printf(call->arena, "arn:%s:acm:%s:%s:certificate/%s",
                                       call->sim->config.partition, home.region, home.account,
                                       lat_rng_uuid(&call->sim->rng, id));
    lat_rng_hex(&call->sim->rng, SERIAL_HEX_DIGITS, serial);
    certificate.serial = serial;
    if (sim_store_begin(store) < 0 ||
        sim_store_insert(store, &sim_certificate_table, &certificate) < 0 ||
        sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_answer(call, 201, json_pack("{s:s}", "arn", certificate.arn));
}
