/* Child processes: lines, input, time-outs and every way to end. */
#include "common/base/child.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lat_child *child;
static struct lat_err err;
static const char *line;

static void tear_down(void)
{
    lat_child_stopp(&child);
    check_leaks();
}

TestSuite(child, .fini = tear_down, .timeout = 20);

static void start(const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const char *const extra[] = {"LAT_TEST_WORD=over", "LAT_TEST_NEW=new", NULL};
    setenv("LAT_TEST_WORD", "under", 1);
    setenv("LAT_TEST_KEPT", "kept", 1);
    child = lat_child_start(argv, extra, "/dev/null", &err);
    cr_assert_not_null(child, "%s", err.message);
}

static void expect_line(const char *expected)
{
    cr_assert_eq(lat_child_read_line(child, 5000, &line, &err), 0, "%s", err.message);
    cr_expect_str_eq(line, expected);
}

Test(child, is_read_line_by_line_up_to_its_end)
{
    start("printf 'one\\n\\ntwo'; exit 3");
    expect_line("one");
    expect_line("");
    expect_line("two");
    cr_expect_eq(lat_child_read_line(child, 5000, &line, &err), -1);
    int status = 0;
    cr_expect_eq(lat_child_wait(child, 5000, &status, &err), 0);
    cr_expect_eq(status, 3);
    cr_expect_eq(lat_child_stop(LAT_TAKE(child)), 3);
}

Test(child, sees_the_environment_with_the_extra_laid_over)
{
    start("echo $LAT_TEST_WORD $LAT_TEST_KEPT $LAT_TEST_NEW");
    expect_line("over kept new");
}

Test(child, answers_what_is_written_to_it)
{
    start("while read -r word; do echo \"got $word\"; done; echo end");
    cr_expect_eq(lat_child_write(child, "a\nb\n", &err), 0);
    expect_line("got a");
    expect_line("got b");
    lat_child_close_input(child);
    expect_line("end");
    cr_expect_eq(lat_child_write(child, "c\n", &err), -1);
}

Test(child, that_is_silent_is_an_error_after_the_time_out_and_can_be_read_on)
{
    start("read -r word; echo late");
    cr_expect_eq(lat_child_read_line(child, 50, &line, &err), -1);
    cr_expect_not_null(strstr(err.message, "within 50 ms"), "%s", err.message);
    int status = 0;
    cr_expect_eq(lat_child_wait(child, 10, &status, &err), -1);
    cr_expect_eq(lat_child_write(child, "go\n", &err), 0);
    expect_line("late");
}

Test(child, that_has_gone_makes_writing_an_error_and_no_signal)
{
    start("exit 0");
    int status = 0;
    cr_assert_eq(lat_child_wait(child, 5000, &status, &err), 0);
    cr_expect_eq(lat_child_write(child, "x\n", &err), -1);
    cr_expect_not_null(strstr(err.message, strerror(EPIPE)), "%s", err.message);
}

Test(child, that_writes_an_endless_line_is_an_error)
{
    start("head -c 6000000 /dev/zero | tr '\\0' x");
    cr_expect_eq(lat_child_read_line(child, 10000, &line, &err), -1);
    cr_expect_not_null(strstr(err.message, "a line of more than"), "%s", err.message);
}

Test(child, ends_by_sigterm_or_else_by_sigkill)
{
    start("echo ready; exec sleep 60");
    expect_line("ready");
    cr_expect_eq(lat_child_stop(LAT_TAKE(child)), 128 + SIGTERM);
    start("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
    expect_line("ready");
    cr_expect_eq(lat_child_stop(LAT_TAKE(child)), 5);
    start("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    expect_line("ready");
    pid_t pid = lat_child_pid(child);
    cr_expect_eq(lat_child_stop(LAT_TAKE(child)), 128 + SIGKILL);
    cr_expect_eq(kill(pid, 0), -1, "nothing is left of it");
    cr_expect_eq(lat_child_stop(NULL), 0);
}

Test(child, that_does_not_exist_is_refused_by_name)
{
    const char *const argv[] = {"no-such-program-here", NULL};
    cr_expect_null(lat_child_start(argv, NULL, NULL, &err));
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_not_null(strstr(err.message, "no-such-program-here"), "%s", err.message);
}
