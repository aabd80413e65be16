/* The expectations, by table, one file per thing that is looked at: expect_lattice.c (services,
 * rules, tags, what stayed), expect_calls.c (the journal), expect_kube.c (objects, conditions,
 * events), expect_traffic.c (shares of requests). Each prints one plain sentence. */
#pragma once

#include "scenarios/engine/kind.h"

#define SCN_TRAFFIC_MEMBER_COUNT 9

extern const struct scn_member scn_traffic_members[SCN_TRAFFIC_MEMBER_COUNT];
scn_describe scn_traffic_describe;
scn_perform scn_traffic_perform;

extern const struct scn_kinds scn_expect_lattice;
extern const struct scn_kinds scn_expect_calls;
extern const struct scn_kinds scn_expect_kube;
