/* The small parts of the base: memory, texts, time, chance, errors, command lines, JSON, files. */
#include "common/base/arena.h"
#include "common/base/args.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct lat_arena *arena;

static void set_up(void)
{
    arena = lat_arena_new();
}

static void tear_down(void)
{
    lat_arena_freep(&arena);
    check_leaks();
}

TestSuite(arena, .init = set_up, .fini = tear_down);
TestSuite(buf, .init = set_up, .fini = tear_down);
TestSuite(text, .init = set_up, .fini = tear_down);
TestSuite(clock, .init = set_up, .fini = tear_down);
TestSuite(rng, .init = set_up, .fini = tear_down);
TestSuite(err, .init = set_up, .fini = tear_down);
TestSuite(args, .init = set_up, .fini = tear_down);
TestSuite(json, .init = set_up, .fini = tear_down);
TestSuite(file, .init = set_up, .fini = tear_down);
TestSuite(log, .init = set_up, .fini = tear_down);

/* ---- arena ---- */

Test(arena, gives_zeroed_and_aligned_memory_of_any_size)
{
    for (size_t size = 0; size < 5000000; size = size * 3 + 1) {
        unsigned char *memory = lat_arena_alloc(arena, size);
        cr_expect_eq((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0, "byte %zu of %zu", i, size);
        if (size > 0)
            memset(memory, 0xff, size);
    }
}

Test(arena, gives_zeroed_memory_again_after_a_clear)
{
    memset(lat_arena_alloc(arena, 1000), 0xff, 1000);
    memset(lat_arena_alloc(arena, 100000), 0xff, 100000);
    lat_arena_clear(arena);
    const unsigned char *memory = lat_arena_alloc(arena, 3000);
    for (size_t i = 0; i < 3000; i++)
        cr_assert_eq(memory[i], 0);
}

Test(arena, what_is_no_utf8_is_replaced_byte_by_byte)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", ""},
        {"a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a\x80z", "a\xef\xbf\xbdz"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        cr_expect_str_eq(lat_arena_utf8(arena, cases[i].text), cases[i].wanted, "%zu", i);
}

Test(arena, keeps_what_was_pushed_when_an_array_moves)
{
    int *numbers = NULL;
    size_t count = 0;
    for (int i = 0; i < 1000; i++)
        *LAT_ARENA_PUSH(arena, numbers, count) = i;
    cr_assert_eq(count, 1000);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(numbers[i], i);
}

Test(arena, copies_texts)
{
    cr_expect_null(lat_arena_strdup(arena, NULL));
    cr_expect_str_eq(lat_arena_strndup(arena, "abcdef", 3), "abc");
    cr_expect_str_eq(lat_arena_printf(arena, "%s-%d", "x", 7), "x-7");
    cr_expect_str_eq(lat_arena_concat(arena, "a", "", "bc", NULL), "abc");
}

/* ---- buf ---- */

Test(buf, takes_up_to_its_maximum_and_no_byte_more)
{
    LAT_AUTO(lat_buf_done) struct lat_buf buf;
    lat_buf_init(&buf, 5);
    cr_expect_str_eq(buf.data, "");
    cr_expect_eq(lat_buf_puts(&buf, "abc"), 0);
    cr_expect_eq(lat_buf_printf(&buf, "%d", 123), -1);
    cr_expect(buf.overflowed);
    cr_expect_str_eq(buf.data, "abc");
    cr_expect_eq(lat_buf_append(&buf, "de", 2), 0);
    cr_expect_eq(lat_buf_append(&buf, "f", 1), -1);
    cr_expect_eq(lat_buf_append(&buf, "f", SIZE_MAX), -1);
    cr_expect_str_eq(buf.data, "abcde");
}

Test(buf, consumes_from_the_front_and_hands_its_text_on)
{
    LAT_AUTO(lat_buf_done) struct lat_buf buf;
    lat_buf_init(&buf, 100);
    lat_buf_puts(&buf, "one two");
    lat_buf_consume(&buf, 4);
    cr_expect_str_eq(buf.data, "two");
    LAT_AUTO(lat_free_charp) char *text = lat_buf_take(&buf);
    cr_expect_str_eq(text, "two");
    cr_expect_eq(buf.length, 0);
    LAT_AUTO(lat_free_charp) char *nothing = lat_buf_take(&buf);
    cr_expect_str_eq(nothing, "");
}

/* ---- text ---- */

Test(text, compares_and_accepts_null)
{
    cr_expect(lat_text_eq(NULL, NULL));
    cr_expect_not(lat_text_eq(NULL, ""));
    cr_expect(lat_text_eq_ignore_case("Host", "hOST"));
    cr_expect(lat_text_has_prefix("svc-1", "svc-"));
    cr_expect_not(lat_text_has_prefix(NULL, "svc-"));
    cr_expect_not(lat_text_has_suffix("a", "aa"));
    cr_expect(lat_text_has_suffix("a.yaml", ".yaml"));
    cr_expect_eq(lat_text_characters("a\xc3\xa4\xf0\x9f\x98\x80"), 3);
}

Test(text, reads_whole_numbers_only)
{
    int64_t number = 0;
    cr_expect_eq(lat_text_to_int64("-9223372036854775808", &number), 0);
    cr_expect_eq(number, INT64_MIN);
    static const char *const wrong[] = {"", "+1", " 1", "1 ", "1x", "-", "9223372036854775808"};
    for (size_t i = 0; i < LAT_COUNT(wrong); i++)
        cr_expect_eq(lat_text_to_int64(wrong[i], &number), -1, "\"%s\"", wrong[i]);
}

/* ---- clock ---- */

Test(clock, moves_only_by_hand_when_it_is_virtual)
{
    struct lat_clock clock;
    lat_clock_init_virtual(&clock, LAT_CLOCK_VIRTUAL_START_MS);
    cr_expect_eq(lat_clock_now_ms(&clock), LAT_CLOCK_VIRTUAL_START_MS);
    lat_clock_advance(&clock, 1500);
    char text[LAT_TIME_TEXT_BYTES];
    cr_expect_str_eq(lat_time_format_ms(lat_clock_now_ms(&clock), text),
                     "2024-01-01T00:00:01.500Z");
    cr_expect_str_eq(lat_time_format_seconds(lat_clock_now_ms(&clock), text),
                     "2024-01-01T00:00:01Z");
    cr_expect_str_eq(lat_time_format_basic(lat_clock_now_ms(&clock), text), "20240101T000001Z");
}

Test(clock, the_calendar_is_that_of_the_library)
{
    struct lat_rng rng;
    lat_rng_init(&rng, 7);
    for (int i = 0; i < 20000; i++) {
        char ours[LAT_TIME_TEXT_BYTES], library[LAT_TIME_TEXT_BYTES];
        time_t seconds = (time_t)lat_rng_below(&rng, UINT64_C(315569519999)) - INT64_C(62167219200);
        struct tm parts;
        strftime(library, sizeof library, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts));
        /* The library writes years below 1000 with fewer digits. */
        if (parts.tm_year + 1900 >= 1000)
            cr_assert_str_eq(lat_time_format_seconds(seconds * 1000, ours), library);
        int64_t read_ms = 1;
        cr_assert_eq(lat_time_parse_basic(lat_time_format_basic(seconds * 1000, ours), &read_ms),
                     0);
        cr_assert_eq(read_ms, seconds * 1000);
    }
}

Test(clock, reads_no_basic_time_that_it_would_not_write)
{
    static const char *const wrong[] = {"",
                                        "20240101T000000",
                                        "20240101t000000Z",
                                        "20240101T000000Z ",
                                        "20240230T000000Z",
                                        "20240132T000000Z",
                                        "20241301T000000Z",
                                        "20240001T000000Z",
                                        "20240101T240000Z",
                                        "20240101T000060Z",
                                        "2024010/T000000Z",
                                        "20240101T00:000Z"};
    int64_t ms = 0;
    for (size_t i = 0; i < LAT_COUNT(wrong); i++)
        cr_expect_eq(lat_time_parse_basic(wrong[i], &ms), -1, "\"%s\"", wrong[i]);
}

Test(clock, a_time_beyond_four_digits_is_the_last_that_fits)
{
    char text[LAT_TIME_TEXT_BYTES];
    cr_expect_str_eq(lat_time_format_ms(INT64_MAX, text), "9999-12-31T23:59:59.999Z");
    cr_expect_str_eq(lat_time_format_ms(INT64_MIN, text), "0000-01-01T00:00:00.000Z");
}

Test(clock, reads_what_it_writes_and_offsets_and_fractions)
{
    static const struct {
        const char *text;
        int64_t ms;
    } times[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2024-01-01T00:00:00.123Z", INT64_C(1704067200123)},
        {"2024-01-01T00:00:00.123456789Z", INT64_C(1704067200123)},
        {"2024-01-01T02:30:00+02:30", INT64_C(1704067200000)},
        {"2023-12-31T19:00:00.5-05:00", INT64_C(1704067200500)},
        {"1969-12-31T23:59:59.999Z", -1},
    };
    for (size_t i = 0; i < LAT_COUNT(times); i++) {
        int64_t ms = 0;
        cr_expect_eq(lat_time_parse(times[i].text, &ms), 0, "%s", times[i].text);
        cr_expect_eq(ms, times[i].ms, "%s gives %lld", times[i].text, (long long)ms);
    }
    char text[LAT_TIME_TEXT_BYTES];
    cr_expect_str_eq(lat_time_format_ms(-1, text), "1969-12-31T23:59:59.999Z");
}

Test(clock, refuses_what_is_no_time)
{
    static const char *const wrong[] = {"",    "2024-01-01",           "2024-01-01T00:00:00",
                                        "now", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00Zx"};
    int64_t ms = 0;
    for (size_t i = 0; i < LAT_COUNT(wrong); i++)
        cr_expect_eq(lat_time_parse(wrong[i], &ms), -1, "\"%s\"", wrong[i]);
}

/* ---- rng ---- */

Test(rng, gives_the_same_from_the_same_seed)
{
    struct lat_rng a, b, c;
    lat_rng_init(&a, 42);
    lat_rng_init(&b, 42);
    lat_rng_init(&c, 43);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t number = lat_rng_next(&a);
        cr_assert_eq(number, lat_rng_next(&b));
        differs = differs || number != lat_rng_next(&c);
    }
    cr_expect(differs);
}

Test(rng, stays_below_its_bound_and_reaches_every_number)
{
    struct lat_rng rng;
    lat_rng_init(&rng, 1);
    int seen[7] = {0};
    for (int i = 0; i < 1000; i++) {
        uint64_t number = lat_rng_below(&rng, 7);
        cr_assert_lt(number, 7);
        seen[number]++;
    }
    for (int i = 0; i < 7; i++)
        cr_expect_gt(seen[i], 90, "%d came %d times", i, seen[i]);
    cr_expect_eq(lat_rng_below(&rng, 1), 0);
}

Test(rng, writes_well_formed_uuids)
{
    struct lat_rng rng;
    lat_rng_init(&rng, 1);
    char text[LAT_UUID_TEXT_BYTES];
    for (int i = 0; i < 50; i++) {
        lat_rng_uuid(&rng, text);
        cr_assert_eq(strlen(text), 36);
        cr_assert(text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-');
        cr_assert_eq(text[14], '4');
        cr_assert_not_null(strchr("89ab", text[19]));
        cr_assert_eq(strspn(text, "0123456789abcdef-"), 36);
    }
}

/* ---- err ---- */

Test(err, fills_and_prefixes_one_line)
{
    struct lat_err err = {0};
    cr_expect_eq(lat_err_input(&err, "line %d", 3), -1);
    cr_expect_eq(lat_err_prefix(&err, "%s", "a.yaml"), -1);
    cr_expect_str_eq(err.message, "a.yaml: line 3");
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_eq(lat_err_broken(NULL, "nobody asks"), -1);
    cr_expect_eq(lat_err_prefix(NULL, "nobody asks"), -1);
}

Test(err, cuts_a_message_that_is_too_long)
{
    struct lat_err err = {0};
    char *text = lat_arena_alloc(arena, 5000);
    memset(text, 'x', 4999);
    lat_err_broken(&err, "%s", text);
    cr_expect_eq(strlen(err.message), LAT_ERR_MESSAGE_MAX - 1);
    lat_err_prefix(&err, "%s", text);
    cr_expect_eq(strlen(err.message), LAT_ERR_MESSAGE_MAX - 1);
}

/* ---- args ---- */

struct flags_read {
    bool quiet;
    const char *mode;
    int64_t port;
};

static int parse(char **argv, int argc, struct flags_read *read, int *words, struct lat_err *err)
{
    const struct lat_flag flags[] = {
        {"quiet", LAT_FLAG_SWITCH, &read->quiet, NULL, "say less", NULL},
        {"mode", LAT_FLAG_TEXT, &read->mode, "MODE", "how", "real|virtual"},
        {"port", LAT_FLAG_NUMBER, &read->port, "N", "where", NULL},
    };
    return lat_args_parse(argc, argv, flags, LAT_COUNT(flags), words, err);
}

Test(args, reads_flags_in_both_forms_and_collects_words)
{
    char *argv[] = {(char[]){"p"},           (char[]){"one"},     (char[]){"--port"},
                    (char[]){"7"},           (char[]){"--quiet"}, (char[]){"-"},
                    (char[]){"--mode=real"}, (char[]){"--"},      (char[]){"--quiet"}};
    struct flags_read read = {0};
    int words = 0;
    struct lat_err err = {0};
    cr_assert_eq(parse(argv, (int)LAT_COUNT(argv), &read, &words, &err), 0, "%s", err.message);
    cr_expect(read.quiet);
    cr_expect_str_eq(read.mode, "real");
    cr_expect_eq(read.port, 7);
    cr_assert_eq(words, 3);
    cr_expect_str_eq(argv[1], "one");
    cr_expect_str_eq(argv[2], "-");
    cr_expect_str_eq(argv[3], "--quiet");
}

Test(args, answers_a_wrong_flag_with_one_line)
{
    static const struct {
        const char *flag;
        const char *part;
    } wrong[] = {
        {"--speed", "unknown flag --speed"}, {"-q", "unknown flag -q"},
        {"--port", "needs a value"},         {"--port=x", "whole number"},
        {"--port=-1", "whole number"},       {"--mode=other", "real|virtual"},
        {"--quiet=1", "takes no value"},
    };
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        char *argv[] = {(char[]){"p"}, lat_arena_strdup(arena, wrong[i].flag)};
        struct flags_read read = {0};
        int words = 0;
        struct lat_err err = {0};
        cr_expect_eq(parse(argv, 2, &read, &words, &err), -1, "%s", wrong[i].flag);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
        cr_expect_not_null(strstr(err.message, wrong[i].part), "%s", err.message);
    }
}

/* ---- json ---- */

Test(json, finds_values_by_path_with_fallbacks)
{
    struct lat_err err = {0};
    const char *text = "{\"spec\":{\"rules\":[{\"n\":1},{\"n\":2,\"ok\":true}],\"a.b/c\":\"x\"}}";
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(json);
    cr_expect_eq(lat_json_int_at(json, "spec.rules[1].n", -1), 2);
    cr_expect_eq(lat_json_int_at(json, "spec.rules[2].n", -1), -1);
    cr_expect(lat_json_bool_at(json, "spec.rules[1].ok", false));
    cr_expect_str_eq(lat_json_string_at(json, "spec[\"a.b/c\"]", ""), "x");
    cr_expect_str_eq(lat_json_string_at(json, "spec.rules[0].n", "none"), "none");
    cr_expect_null(lat_json_at(json, "spec.rules.n"));
}

Test(json, prints_equal_documents_as_equal_bytes)
{
    LAT_AUTO(lat_json_decrefp) json_t *a = json_pack("{s:i,s:i}", "b", 1, "a", 2);
    LAT_AUTO(lat_json_decrefp) json_t *b = json_pack("{s:i,s:i}", "a", 2, "b", 1);
    cr_expect_str_eq(lat_json_canonical(arena, a), lat_json_canonical(arena, b));
    cr_expect_str_eq(lat_json_text(arena, a), "{\"b\":1,\"a\":2}");
}

Test(json, prints_as_the_library_does)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "[[],{},[{}]]",
        "null",
        "\"\"",
        "[0,-1,9223372036854775807,1.0,-0.5,1e300,0.1,true,false,null]",
        "{\"\":\"\",\"a\\\"b\\\\c\":\"\\b\\f\\n\\r\\t\\u0001\\u001f\"}",
        "\"/\\u007f\\u00e9\\ud83d\\ude00\"",
    };
    for (size_t i = 0; i < LAT_COUNT(texts); i++) {
        LAT_AUTO(lat_json_decrefp)
        json_t *json = lat_json_parse_new(texts[i], strlen(texts[i]), NULL);
        char *library = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
        cr_expect_str_eq(lat_json_text(arena, json), library);
        free(library);
    }
}

Test(json, refuses_duplicates_depth_and_rubbish_with_a_place)
{
    struct lat_err err = {0};
    char deep[200] = {0};
    memset(deep, '[', 80);
    memset(deep + 80, ']', 80);
    cr_expect_null(lat_json_parse_new(deep, 160, &err));
    cr_expect_not_null(strstr(err.message, "levels deep"), "%s", err.message);
    cr_expect_null(lat_json_parse_new("{\"a\":1,\n\"a\":2}", 14, &err));
    cr_expect_not_null(strstr(err.message, "line 2"), "%s", err.message);
    cr_expect_null(lat_json_parse_new("", 0, &err));
}

/* ---- file ---- */

Test(file, is_replaced_whole_and_read_back)
{
    char folder[] = "/tmp/lat-file-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    const char *path = lat_arena_printf(arena, "%s/state", folder);
    cr_assert_eq(lat_file_write(path, "first", 5, NULL), 0);
    cr_assert_eq(lat_file_write(path, "2\0d", 3, NULL), 0);
    char *text = NULL;
    size_t length = 0;
    cr_assert_eq(lat_file_read(arena, path, 3, &text, &length, NULL), 0);
    cr_expect_eq(length, 3);
    cr_expect_eq(memcmp(text, "2\0d", 4), 0);
    unlink(path);
    cr_expect_eq(rmdir(folder), 0, "nothing is left beside the file");
}

Test(file, stays_as_it_was_when_it_cannot_be_written)
{
    char folder[] = "/tmp/lat-file-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    const char *path = lat_arena_printf(arena, "%s/state", folder);
    mkdir(path, 0755); /* a folder cannot be replaced by a file */
    struct lat_err err = {0};
    cr_expect_eq(lat_file_write(path, "x", 1, &err), -1);
    cr_expect_not_null(strstr(err.message, path), "%s", err.message);
    cr_expect_eq(rmdir(path), 0);
    cr_expect_eq(rmdir(folder), 0, "nothing is left beside the file");
}

Test(file, is_refused_with_its_name_when_missing_or_too_large)
{
    char path[] = "/tmp/lat-file-XXXXXX";
    close(mkstemp(path));
    cr_assert_eq(lat_file_write(path, "12345", 5, NULL), 0);
    char *text = NULL;
    size_t length = 0;
    struct lat_err err = {0};
    cr_expect_eq(lat_file_read(arena, path, 4, &text, &length, &err), -1);
    cr_expect_not_null(strstr(err.message, "larger than 4 bytes"), "%s", err.message);
    unlink(path);
    cr_expect_eq(lat_file_read(arena, path, 4, &text, &length, &err), -1);
    cr_expect_not_null(strstr(err.message, path), "%s", err.message);
}

/* ---- log ---- */

Test(log, writes_lines_from_its_level_on)
{
    struct lat_clock clock;
    lat_clock_init_virtual(&clock, LAT_CLOCK_VIRTUAL_START_MS);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    struct lat_log log = {out, &clock, LAT_LOG_INFO, "test"};
    lat_log_write(&log, LAT_LOG_DEBUG, "dropped");
    lat_log_write(&log, LAT_LOG_INFO, "kept %d", 1);
    fclose(out);
    cr_expect_str_eq(text, "2024-01-01T00:00:00.000Z info test: kept 1\n");
    free(text);
    cr_expect_eq(lat_log_level_parse("warning"), LAT_LOG_WARNING);
    cr_expect_eq(lat_log_level_parse("loud"), -1);
}
