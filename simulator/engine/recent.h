/* Answers to what was just asked: clients poll, and between two writes every reading of the same
 * thing is answered alike. Only for answers that follow from the rows and the caller's account and
 * Region alone; what also follows from the clock is never kept. */
#pragma once

#include "simulator/engine/call.h"

struct sim_recent;

struct sim_recent *sim_recent_new(void) LAT_MUST_USE;
struct sim_recent *sim_recent_free(struct sim_recent *recent);

/* The body that this call was answered with since the last write, in the call's arena; NULL when it
 * was not. To be asked once operation and input are known. */
const char *sim_recent_find(const struct sim_call *call);

/* Keeps the body of a call that was answered, if it is one that reads; copied. */
void sim_recent_keep(const struct sim_call *call, const char *body);
