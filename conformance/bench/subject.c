/* Programs under measurement; see subject.h. */
#include "conformance/bench/subject.h"

#include "common/base/child.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/bench/load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 24
#define READY_MS_MAX  30000
#define MOTO_MS_MAX   600000 /* its installation included */
#define PROC_BYTES    4096

static uint16_t port_of(const char *url)
{
    const char *colon = url == NULL ? NULL : strrchr(url, ':');
    return colon == NULL ? 0 : (uint16_t)strtoul(colon + 1, NULL, 10);
}

static int start(const char *const *argv, int ready_ms_max, struct cft_subject *ret,
                 const char **ret_line, struct lat_err *reterr)
{
    double started = cft_load_now();
    ret->child = lat_child_start(argv, NULL, NULL, reterr);
    if (ret->child == NULL)
        return -1;
    if (lat_child_read_line(ret->child, ready_ms_max, ret_line, reterr) < 0) {
        cft_subject_stop(ret);
        return lat_err_prefix(reterr, "%s did not become ready", argv[0]);
    }
    ret->ready_ms = (cft_load_now() - started) * 1e3;
    return 0;
}

int cft_subject_start(const char *program, const char *const *extra, struct cft_subject *ret,
                      struct lat_err *reterr)
{
    const char *argv[ARGUMENTS_MAX] = {program,       "--listen",    "127.0.0.1:0", "--kube-listen",
                                       "127.0.0.1:0", "--log-level", "error"};
    const char *line = NULL;
    struct cft_subject subject = {0};
    for (size_t i = 0; extra != NULL && extra[i] != NULL && i < ARGUMENTS_MAX - 8; i++)
        argv[7 + i] = extra[i];
    if (start(argv, READY_MS_MAX, &subject, &line, reterr) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *ready = lat_json_parse_new(line, strlen(line), reterr);
    subject.port = port_of(lat_json_string_at(ready, "aws", NULL));
    subject.kube_port = port_of(lat_json_string_at(ready, "kubernetes", NULL));
    if (subject.port == 0) {
        cft_subject_stop(&subject);
        return lat_err_broken(reterr, "%s did not say its port", program);
    }
    *ret = subject;
    return 0;
}

int cft_subject_start_bare(struct lat_arena *arena, const char *program, const char *answer,
                           struct cft_subject *ret, struct lat_err *reterr)
{
    char path[] = "/tmp/lattice-bench-XXXXXX";
    int fd = mkstemp(path);
    size_t length = strlen(answer);
    if (fd < 0 || write(fd, answer, length) != (ssize_t)length)
        return lat_err_broken(reterr, "%s cannot be written", path);
    close(fd);
    const char *const argv[] = {program, lat_arena_strdup(arena, path), NULL};
    const char *line = NULL;
    struct cft_subject subject = {0};
    int result = start(argv, READY_MS_MAX, &subject, &line, reterr);
    if (result == 0)
        subject.port = (uint16_t)strtoul(line, NULL, 10);
    unlink(path);
    *ret = subject;
    return result;
}

int cft_subject_start_moto(struct lat_arena *arena, const char *python, const char *program,
                           struct cft_subject *ret, const char **ret_reason, struct lat_err *reterr)
{
    const char *folder =
        lat_arena_strndup(arena, program, strlen(program) - strlen(strrchr(program, '.')));
    const char *const argv[] = {python, program, folder, NULL};
    const char *line = NULL;
    int64_t port = 0;
    struct cft_subject subject = {0};
    if (start(argv, MOTO_MS_MAX, &subject, &line, reterr) < 0) {
        *ret_reason = lat_arena_strdup(arena, reterr->message);
        return 0;
    }
    *ret_reason = lat_text_to_int64(line, &port) < 0 ? lat_arena_strdup(arena, line) : NULL;
    if (*ret_reason != NULL)
        cft_subject_stop(&subject);
    subject.port = (uint16_t)port;
    *ret = subject;
    return 0;
}

void cft_subject_stop(struct cft_subject *subject)
{
    if (subject->child == NULL)
        return;
    lat_child_close_input(subject->child);
    lat_child_stop(subject->child);
    subject->child = NULL;
}

/* A file of the kernel about the process, as text; "" when it has ended. */
static void read_proc(const struct cft_subject *subject, const char *name, char text[PROC_BYTES])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)lat_child_pid(subject->child), name);
    FILE *file = fopen(path, "re");
    size_t length = file == NULL ? 0 : fread(text, 1, PROC_BYTES - 1, file);
    text[length] = '\0';
    if (file != NULL)
        fclose(file);
}

double cft_subject_resident_mb(const struct cft_subject *subject)
{
    char text[PROC_BYTES];
    read_proc(subject, "status", text);
    const char *line = strstr(text, "VmRSS:");
    return line == NULL ? 0 : (double)strtoll(line + strlen("VmRSS:"), NULL, 10) * 1024 / 1e6;
}

double cft_subject_cpu_seconds(const struct cft_subject *subject)
{
    char text[PROC_BYTES];
    unsigned long user = 0, system = 0;
    read_proc(subject, "stat", text);
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL ||
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
