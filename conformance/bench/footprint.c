/* Ready time, resident memory when idle, size of the stripped program. */
#include "conformance/bench/bench.h"

#include "common/base/child.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STARTS   15
#define CALLS_MS 10000

static int measure_ready(struct cft_bench *bench, struct lat_err *reterr)
{
    double ready[STARTS], resident[STARTS];
    for (int i = 0; i < STARTS; i++) {
        struct cft_subject simulator;
        if (cft_subject_start(bench->simulator, NULL, &simulator, reterr) < 0)
            return -1;
        ready[i] = simulator.ready_ms;
        resident[i] = cft_subject_resident_mb(&simulator);
        cft_subject_stop(&simulator);
    }
    cft_bench_add(bench, "ready", cft_bench_median(ready, STARTS), "ms", CFT_AT_MOST, 25,
                  "from exec to the line that says the ports, median of 15");
    cft_bench_add(bench, "resident when idle", cft_bench_median(resident, STARTS), "MB",
                  CFT_AT_MOST, 12, "VmRSS once ready");
    return 0;
}

int cft_bench_footprint(struct cft_bench *bench, struct lat_err *reterr)
{
    char path[] = "/tmp/lattice-bench-XXXXXX";
    int fd = mkstemp(path), status = 0;
    struct stat file;
    if (measure_ready(bench, reterr) < 0)
        return -1;
    if (fd < 0)
        return lat_err_broken(reterr, "%s cannot be made", path);
    close(fd);
    const char *const argv[] = {"strip", "-o", path, bench->simulator, NULL};
    struct lat_child *child = lat_child_start(argv, NULL, NULL, NULL);
    bool stripped = child != NULL && lat_child_wait(child, CALLS_MS, &status, NULL) == 0 &&
                    status == 0 && stat(path, &file) == 0;
    lat_child_stop(child);
    unlink(path);
    if (stripped)
        cft_bench_add(bench, "stripped program", (double)file.st_size / 1e6, "MB", CFT_AT_MOST, 2,
                      "size of the file");
    else
        cft_bench_skip(bench, "stripped program", "there is no strip here");
    return 0;
}
