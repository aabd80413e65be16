/* The actions of a step that no user of the real service has: faults, failing targets, shares with
 * another account, delays of single kinds. Each posts its value to the simulator's admin API, which
 * judges it. */
#pragma once

#include "scenarios/engine/kind.h"

scn_describe scn_rehearse_describe_fault;
scn_perform scn_rehearse_fault;
scn_describe scn_rehearse_describe_health;
scn_perform scn_rehearse_health;
scn_describe scn_rehearse_describe_share;
scn_perform scn_rehearse_share;
scn_describe scn_rehearse_describe_delays;
scn_perform scn_rehearse_delays;
