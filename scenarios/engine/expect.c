/* All expectations by name; see expect.h. */
#include "scenarios/engine/expect.h"

const struct scn_kind *scn_expectation_find(const char *name)
{
    const struct scn_kinds *const tables[] = {&scn_expect_lattice, &scn_expect_calls,
                                              &scn_expect_kube};
    const struct scn_kind *found = NULL;
    for (size_t i = 0; name != NULL && found == NULL && i < LAT_COUNT(tables); i++)
        found = scn_kind_find(tables[i], name);
    return found;
}
