/* Which ACM certificate serves a host name. A pure choice over a list; who fetched the list, and
 * when, is not known here. Source: controller-routes reference, 3.2.4 (observed). */
#pragma once

#include "common/base/arena.h"

#include <stddef.h>
#include <stdint.h>

struct gwc_certificate {
    const char *arn;
    const char *domain_name;
    const char *const *alternative_names; /* when empty, domain_name counts */
    size_t alternative_name_count;
    int64_t issued_ms; /* since 1970; 0: absent, like the next two */
    int64_t imported_ms;
    int64_t created_ms;
};

struct gwc_certificates {
    struct gwc_certificate *items;
    size_t count;
};

/* The most recent exact match, else the most recent wildcard match, else NULL. Borrowed. */
const struct gwc_certificate *gwc_certificate_choose(const struct gwc_certificates *certificates,
                                                     const char *hostname);
