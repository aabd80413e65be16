/* POST /_lattice/vpcs and PUT /_lattice/ec2-tags: what the fake EC2 describes. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define ID_BYTES_MAX    64
#define CIDR_BYTES_MAX  32
#define TAGS_MAX        50
#define KEY_BYTES_MAX   512  /* 128 characters */
#define VALUE_BYTES_MAX 1024 /* 256 characters */

/* Which type an id is of, by its prefix; the word before the dash where they are the same. */
static const char *type_of(struct sim_admin_call *call, const char *id)
{
    if (lat_text_has_prefix(id, "i-"))
        return "instance";
    if (lat_text_has_prefix(id, "sg-"))
        return "security-group";
    return lat_arena_strndup(call->arena, id, strcspn(id, "-"));
}

static int put_tag(struct sim_admin_call *call, struct sim_ec2_tag *tag)
{
    struct sim_store *store = call->sim->store;
    if (sim_store_run(store,
                      "DELETE FROM ec2_tag WHERE account = ?1 AND region = ?2 "
                      "AND resource_id = ?3 AND key = ?4",
                      SIM_VALUES(sim_text(tag->account), sim_text(tag->region),
                                 sim_text(tag->resource_id), sim_text(tag->key)),
                      NULL) < 0)
        return -1;
    return tag->value == NULL ? 0 : sim_store_insert(store, &sim_ec2_tag_table, tag);
}

/* Sets the tags of the input on a resource; null takes one away. */
static int put_tags(struct sim_admin_call *call, const char *id)
{
    struct sim_caller home = sim_admin_caller(call);
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(json_object_get(call->input, "tags")), key, value) {
        struct sim_ec2_tag tag = {
            .account = home.account,
            .region = home.region,
            .resource_id = id,
            .resource_type = type_of(call, id),
            .key = key,
            .value = json_string_value(value),
        };
        if (put_tag(call, &tag) < 0)
            return -1;
    }
    return 0;
}

static const char *check_tags(const json_t *tags)
{
    const char *key;
    json_t *value;
    if (tags == NULL)
        return NULL;
    if (!json_is_object(tags) || json_object_size(tags) > TAGS_MAX)
        return "tags must be an object of at most 50 members";
    json_object_foreach(lat_json_iterable(tags), key, value) {
        if ((!json_is_string(value) && !json_is_null(value)) || key[0] == '\0' ||
            strlen(key) > KEY_BYTES_MAX ||
            strlen(lat_text_or_empty(json_string_value(value))) > VALUE_BYTES_MAX)
            return "tags must map texts to texts, or to null to take a tag away";
    }
    return NULL;
}

static bool is_id(const char *id)
{
    const char *dash = strchr(id, '-');
    return dash != NULL && dash > id && strlen(id) <= ID_BYTES_MAX && dash[1] != '\0' &&
           dash[1 + strspn(dash + 1, "0123456789abcdef")] == '\0';
}

/* Runs what write does in one transaction and answers. */
static void write_all(struct sim_admin_call *call, const char *id,
                      int (*write)(struct sim_admin_call *call, const char *id))
{
    struct sim_store *store = call->sim->store;
    if (sim_store_begin(store) < 0 || write(call, id) < 0 || sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_answer(call, 200, json_pack("{s:s}", "id", id));
}

static int put_vpc(struct sim_admin_call *call, const char *id)
{
    struct sim_caller home = sim_admin_caller(call);
    struct sim_vpc vpc = {
        .account = home.account,
        .region = home.region,
        .vpc_id = id,
        .cidr_block = lat_json_string_at(call->input, "cidr_block", "10.0.0.0/16"),
        .is_default = lat_json_bool_at(call->input, "is_default", false),
    };
    if (sim_store_run(
            call->sim->store, "DELETE FROM vpc WHERE account = ?1 AND region = ?2 AND vpc_id = ?3",
            SIM_VALUES(sim_text(vpc.account), sim_text(vpc.region), sim_text(id)), NULL) < 0 ||
        sim_store_insert(call->sim->store, &sim_vpc_table, &vpc) < 0)
        return -1;
    return put_tags(call, id);
}

void sim_admin_put_vpc(struct sim_admin_call *call)
{
    const char *id = lat_json_string_at(call->input, "id", "");
    const char *cidr = lat_json_string_at(call->input, "cidr_block", "10.0.0.0/16");
    const char *wrong = check_tags(json_object_get(call->input, "tags"));
    if (!lat_text_has_prefix(id, "vpc-") || !is_id(id))
        wrong = "id must be a VPC id such as vpc-0123456789abcdef0";
    else if (strlen(cidr) > CIDR_BYTES_MAX || strchr(cidr, '/') == NULL)
        wrong = "cidr_block must be a block such as 10.0.0.0/16";
    if (wrong != NULL)
        sim_admin_refuse(call, 400, wrong);
    else
        write_all(call, id, put_vpc);
}

void sim_admin_put_ec2_tags(struct sim_admin_call *call)
{
    const char *id = lat_json_string_at(call->input, "resource_id", "");
    const char *wrong = check_tags(json_object_get(call->input, "tags"));
    if (!is_id(id))
        wrong = "resource_id must be an id such as i-0123456789abcdef0";
    else if (json_object_get(call->input, "tags") == NULL)
        wrong = "tags must map texts to texts, or to null to take a tag away";
    if (wrong != NULL)
        sim_admin_refuse(call, 400, wrong);
    else
        write_all(call, id, put_tags);
}
