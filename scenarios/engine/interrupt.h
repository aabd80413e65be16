/* Ctrl-C and its like, heard between two actions: a story that is broken off still ends the
 * programs it started. Held signals stay pending in the kernel; there is no handler and no flag. */
#pragma once

#include <stdbool.h>

/* From here on SIGINT, SIGTERM and SIGHUP wait until they are asked for, and a closed pipe is an
 * error of writing instead of a signal. Programs that are started do not inherit this. */
void scn_interrupt_hold(void);

/* Whether one of them came. */
bool scn_interrupt_came(void);

/* Sleeps until one of them comes. */
void scn_interrupt_await(void);

/* Waits for a line of standard input, or its end. False when an interrupt came first. */
bool scn_interrupt_or_enter(void);
