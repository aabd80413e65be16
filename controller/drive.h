/* The rehearsal mode: commands on standard input, one per line, each answered by one line of JSON.
 * The clock is virtual and moves only by command. */
#pragma once

#include "common/base/clock.h"
#include "common/base/err.h"
#include "controller/reconcile/manager.h"

#include <stdio.h>

#define GWC_DRIVE_LINE_MAX 4096

/* Serves commands from in until "quit" or its end: "drain" and "advance MS". A command that is not
 * understood or fails is answered {"error": "…"} and is not the end. The first line says
 * {"ready":true}. */
int gwc_drive(struct gwc_manager *manager, struct lat_clock *clock, FILE *in, FILE *out,
              struct lat_err *reterr) LAT_MUST_USE;
