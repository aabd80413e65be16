/* lattice-simulator ctl: a small client of the admin API of a running simulator. */
#pragma once

/* argv[0] is "ctl". Returns the exit status: 0, 1 when the simulator refused, 2 when it could not
 * be asked. */
int sim_ctl(int argc, char **argv);
