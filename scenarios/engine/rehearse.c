/* Actions on the simulator alone; see rehearse.h. */
#include "scenarios/engine/rehearse.h"

#include "common/base/json.h"
#include "scenarios/engine/run.h"

static int post(struct scn_run *run, const char *method, const char *target, const json_t *value,
                struct lat_err *reterr)
{
    struct lat_http_answer answer;
    return scn_aws_admin(&run->world.aws, run->arena, method, target, value, &answer, reterr);
}

const char *scn_rehearse_describe_fault(struct lat_arena *arena, const json_t *value)
{
    return json_object_size(value) == 0
               ? "no faults any more"
               : lat_arena_printf(arena, "from now on, by a fault rule: %s",
                                  lat_json_text(arena, value));
}

/* An empty rule takes all of them back. */
int scn_rehearse_fault(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    return post(run, json_object_size(value) == 0 ? "DELETE" : "POST", "/_lattice/faults", value,
                reterr);
}

const char *scn_rehearse_describe_health(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "the health checks of %s in %s %s",
                            lat_json_string_at(value, "target", "all targets"),
                            lat_json_string_at(value, "targetGroup", "?"),
                            lat_json_bool_at(value, "healthy", false) ? "pass" : "fail");
}

int scn_rehearse_health(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    return post(run, "POST", "/_lattice/targets", value, reterr);
}

const char *scn_rehearse_describe_share(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "share %s with account %s",
                            lat_json_string_at(value, "resource", "?"),
                            lat_json_string_at(value, "account", "?"));
}

int scn_rehearse_share(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    return post(run, "POST", "/_lattice/shares", value, reterr);
}

const char *scn_rehearse_describe_delays(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "from now on it takes, in milliseconds: %s",
                            lat_json_text(arena, value));
}

int scn_rehearse_delays(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    return post(run, "PUT", "/_lattice/delays", value, reterr);
}
