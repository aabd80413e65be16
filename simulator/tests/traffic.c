/* The traffic log: what a line says, and that programs only ever append. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/traffic.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(traffic, .fini = check_leaks);

#define LINE_BYTES 512

/* Names a new empty file in the variable; the template gets its name. */
static FILE *new_log(char *template)
{
    int file = mkstemp(template);
    cr_assert_geq(file, 0);
    setenv(SIM_TRAFFIC_VARIABLE, template, 1);
    return fdopen(file, "r");
}

static void expect_line(FILE *log, const char *expected)
{
    char line[LINE_BYTES];
    cr_assert_not_null(fgets(line, sizeof line, log), "no line where %s should be", expected);
    cr_expect_str_eq(line, expected);
}

static void send_two(void)
{
    LAT_AUTO(bench_freep) struct bench *bench = bench_new(&sim_delays_instant);
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    bench_send(bench, "POST", "/services", "{'name':'Orders'}");
}

Test(traffic, each_call_is_a_line_with_its_answer_and_the_enum_words_in_it)
{
    char name[] = "/tmp/traffic-XXXXXX";
    FILE *log = new_log(name);
    send_two();
    expect_line(log, "{\"service\":\"vpc-lattice\",\"operation\":\"CreateService\",\"status\":201,"
                     "\"words\":{\"ServiceStatus.CREATE_IN_PROGRESS\":1,\"AuthType.NONE\":1}}\n");
    expect_line(log, "{\"service\":\"vpc-lattice\",\"operation\":\"CreateService\",\"status\":400,"
                     "\"error\":\"ValidationException\","
                     "\"words\":{\"ValidationExceptionReason.fieldValidationFailed\":1}}\n");
    cr_expect_eq(fgetc(log), EOF);
    fclose(log);
    unlink(name);
}

Test(traffic, a_second_program_appends)
{
    char name[] = "/tmp/traffic-XXXXXX";
    FILE *log = new_log(name);
    send_two();
    send_two();
    int lines = 0;
    for (int c = fgetc(log); c != EOF; c = fgetc(log))
        lines += c == '\n';
    cr_expect_eq(lines, 4);
    fclose(log);
    unlink(name);
}

Test(traffic, a_file_that_cannot_be_written_is_a_clear_error)
{
    struct sim_traffic *traffic = NULL;
    struct lat_err err = {0};
    cr_assert_eq(sim_traffic_open("/no/such/folder/log", &traffic, &err), -1);
    cr_expect_not_null(strstr(err.message, "/no/such/folder/log"));
    cr_expect_eq(sim_traffic_open("", &traffic, &err), 0);
    cr_expect_null(traffic);
}
