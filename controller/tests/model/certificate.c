/* Which certificate serves a host name. */
#include "controller/model/certificate.h"
#include "common/base/text.h"

#include <criterion/criterion.h>

static const char *choose(const struct gwc_certificate *items, size_t count, const char *hostname)
{
    /* The list is read only; its type is shared with the code that fills it. */
    struct gwc_certificate copy[8];
    for (size_t i = 0; i < count; i++)
        copy[i] = items[i];
    struct gwc_certificates list = {.items = copy, .count = count};
    const struct gwc_certificate *chosen = gwc_certificate_choose(&list, hostname);
    return chosen == NULL ? "" : chosen->arn;
}

Test(certificate, a_wildcard_stands_for_exactly_one_label)
{
    static const struct {
        const char *domain;
        const char *hostname;
        bool matches;
    } rows[] = {
        {"*.example.com", "foo.example.com", true},
        {"*.EXAMPLE.com", "Foo.Example.COM", true},
        {"*.example.com", "foo.bar.example.com", false},
        {"*.example.com", "example.com", false},
        {"*.example.com", ".example.com", false},
        {"*.*.example.com", "a.b.example.com", false},
        {"foo.*.example.com", "foo.a.example.com", false},
        {"*.", "a.", false},
        {"foo.example.com", "FOO.example.com", true},
        {"foo.example.com", "bar.example.com", false},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        const struct gwc_certificate one = {.arn = "one", .domain_name = rows[i].domain};
        cr_expect_eq(choose(&one, 1, rows[i].hostname)[0] != '\0', rows[i].matches, "%s for %s",
                     rows[i].domain, rows[i].hostname);
    }
}

Test(certificate, an_exact_match_beats_a_newer_wildcard_and_a_newer_exact_match_an_older)
{
    const struct gwc_certificate items[] = {
        {.arn = "wild", .domain_name = "*.example.com", .issued_ms = 900},
        {.arn = "old", .domain_name = "a.example.com", .issued_ms = 100},
        {.arn = "new", .domain_name = "a.example.com", .imported_ms = 300, .created_ms = 50},
        {.arn = "tie", .domain_name = "a.example.com", .created_ms = 300},
    };
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "a.example.com"), "new");
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "b.example.com"), "wild");
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "b.example.org"), "");
}

Test(certificate, an_undated_one_gives_way_but_never_takes_the_place_of_a_dated_one)
{
    const struct gwc_certificate items[] = {
        {.arn = "undated", .domain_name = "a.b"},
        {.arn = "dated", .domain_name = "a.b", .issued_ms = 1},
        {.arn = "later", .domain_name = "a.b"},
    };
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "a.b"), "dated");
}

Test(certificate, alternative_names_hide_the_domain_name_and_the_first_that_matches_decides)
{
    static const char *const names[] = {"*.example.com", "a.example.com"};
    const struct gwc_certificate items[] = {
        {.arn = "names",
         .domain_name = "x.org",
         .alternative_names = names,
         .alternative_name_count = LAT_COUNT(names),
         .issued_ms = 500},
        {.arn = "exact", .domain_name = "a.example.com", .issued_ms = 1},
    };
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "x.org"), "");
    /* The first name is a wildcard, so this certificate counts as one. */
    cr_expect_str_eq(choose(items, LAT_COUNT(items), "a.example.com"), "exact");
}
