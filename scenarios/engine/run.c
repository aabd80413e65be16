/* What a story being played has seen and counted; see run.h. */
#include "scenarios/engine/run.h"

#include "common/base/text.h"
#include "scenarios/engine/inventory.h"

int scn_run_estate(struct scn_run *run, const struct scn_estate **ret_estate,
                   struct lat_err *reterr)
{
    if (!run->estate_is_fresh) {
        if (scn_inventory_read(&run->world.aws, run->arena, &run->estate, reterr) < 0)
            return -1;
        run->estate_is_fresh = true;
    }
    *ret_estate = &run->estate;
    return 0;
}

int scn_run_memory(struct scn_run *run, const char *name, const struct scn_memory **ret_memory,
                   struct lat_err *reterr)
{
    for (size_t i = run->memory_count; i > 0; i--) {
        if (lat_text_eq(run->memories[i - 1].name, name)) {
            *ret_memory = &run->memories[i - 1];
            return 0;
        }
    }
    return lat_err_input(reterr, "nothing was remembered as \"%s\"; write \"remember: %s\" earlier",
                         name, name);
}

void scn_run_check(struct scn_run *run, bool passed, const char *sentence, const char *found)
{
    if (passed)
        run->passed++;
    else
        run->failed++;
    scn_report_check(run->report, passed, sentence, found);
}
