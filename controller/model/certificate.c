/* Chooses a certificate from a list. Fetches nothing. */
#include "controller/model/certificate.h"

#include "common/base/text.h"

#include <string.h>

enum match { MATCH_NONE, MATCH_WILDCARD, MATCH_EXACT };

static enum match match_domain(const char *domain, const char *hostname)
{
    if (lat_text_eq_ignore_case(domain, hostname))
        return MATCH_EXACT;
    if (!lat_text_has_prefix(domain, "*."))
        return MATCH_NONE;
    const char *rest = domain + strlen("*.");
    const char *dot = strchr(hostname, '.');
    bool matches = rest[0] != '\0' && strchr(rest, '*') == NULL && dot != NULL && dot != hostname &&
                   lat_text_eq_ignore_case(rest, dot + 1);
    return matches ? MATCH_WILDCARD : MATCH_NONE;
}

/* The first domain that matches decides, even when a later one would match exactly. */
static enum match match_certificate(const struct gwc_certificate *certificate, const char *hostname)
{
    if (certificate->alternative_name_count == 0)
        return match_domain(lat_text_or_empty(certificate->domain_name), hostname);
    for (size_t i = 0; i < certificate->alternative_name_count; i++) {
        enum match found = match_domain(certificate->alternative_names[i], hostname);
        if (found != MATCH_NONE)
            return found;
    }
    return MATCH_NONE;
}

static int64_t date_ms(const struct gwc_certificate *certificate)
{
    if (certificate->issued_ms != 0)
        return certificate->issued_ms;
    return certificate->imported_ms != 0 ? certificate->imported_ms : certificate->created_ms;
}

/* An undated best gives way to any later candidate; otherwise only a newer one takes its place. */
static bool is_better(const struct gwc_certificate *candidate, const struct gwc_certificate *best)
{
    return best == NULL || date_ms(best) == 0 || date_ms(candidate) > date_ms(best);
}

const struct gwc_certificate *gwc_certificate_choose(const struct gwc_certificates *certificates,
                                                     const char *hostname)
{
    const struct gwc_certificate *best[] = {
        [MATCH_NONE] = NULL, [MATCH_WILDCARD] = NULL, [MATCH_EXACT] = NULL};
    for (size_t i = 0; i < certificates->count; i++) {
        const struct gwc_certificate *candidate = &certificates->items[i];
        enum match found = match_certificate(candidate, hostname);
        if (found != MATCH_NONE && is_better(candidate, best[found]))
            best[found] = candidate;
    }
    return best[MATCH_EXACT] != NULL ? best[MATCH_EXACT] : best[MATCH_WILDCARD];
}
