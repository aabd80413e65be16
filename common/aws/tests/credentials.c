/* Where credentials are found, and what a person is told when they are not. */
#include "common/aws/credentials.h"

#include "common/base/file.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/lat-credentials-XXXXXX";
static struct lat_arena *arena;

static void set_up(void)
{
    static const char *const names[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN", "AWS_PROFILE"};
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        unsetenv(names[i]);
    arena = lat_arena_new();
    close(mkstemp(path));
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
}

static void tear_down(void)
{
    unlink(path);
    lat_arena_freep(&arena);
    check_leaks();
}

TestSuite(credentials, .init = set_up, .fini = tear_down);

static void write_file(const char *text)
{
    cr_assert_eq(lat_file_write(path, text, strlen(text), NULL), 0);
}

Test(credentials, come_from_the_environment_before_the_file)
{
    write_file("[default]\naws_access_key_id = FILE\naws_secret_access_key = S\n");
    setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    setenv("AWS_SESSION_TOKEN", "token", 1);
    struct lat_credentials found;
    cr_assert_eq(lat_credentials_find(arena, &found, NULL), 0);
    cr_expect_str_eq(found.access_key, "ENV");
    cr_expect_str_eq(found.secret_key, "secret");
    cr_expect_str_eq(found.session_token, "token");
    cr_expect_str_eq(found.source, "environment");
}

Test(credentials, come_from_the_named_profile_of_the_file)
{
    write_file("# keys\n[default]\naws_access_key_id=D\naws_secret_access_key=E\n\n"
               "[ work ]\n  aws_access_key_id =  AKIA \r\naws_secret_access_key = a=b/+\n"
               "aws_session_token = T\nregion = us-east-2");
    struct lat_credentials found;
    cr_assert_eq(lat_credentials_find(arena, &found, NULL), 0);
    cr_expect_str_eq(found.access_key, "D");
    cr_expect_null(found.session_token);
    setenv("AWS_PROFILE", "work", 1);
    cr_assert_eq(lat_credentials_find(arena, &found, NULL), 0);
    cr_expect_str_eq(found.access_key, "AKIA");
    cr_expect_str_eq(found.secret_key, "a=b/+");
    cr_expect_str_eq(found.session_token, "T");
}

Test(credentials, that_are_missing_are_asked_for_by_name)
{
    struct lat_credentials found;
    struct lat_err err = {0};
    setenv("AWS_PROFILE", "work", 1);
    cr_assert_eq(lat_credentials_find(arena, &found, &err), -1);
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_not_null(strstr(err.message, path), "%s", err.message);
    cr_expect_not_null(strstr(err.message, "\"work\""), "%s", err.message);
}

Test(credentials, that_are_half_are_refused)
{
    struct lat_credentials found;
    struct lat_err err = {0};
    write_file("[default]\naws_access_key_id = FILE\n");
    cr_assert_eq(lat_credentials_find(arena, &found, &err), -1);
    cr_expect_not_null(strstr(err.message, "lacks aws_secret_access_key"), "%s", err.message);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    cr_assert_eq(lat_credentials_find(arena, &found, &err), -1);
    cr_expect_not_null(strstr(err.message, "AWS_ACCESS_KEY_ID is not"), "%s", err.message);
}
