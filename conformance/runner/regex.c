/* Regular expressions of case files; see regex.h. Compiled at each use: a case has a handful. */
#include "conformance/runner/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_STEPS_MAX 1000000 /* a pathological expression ends here, as no match */

static void code_freep(pcre2_code **code)
{
    pcre2_code_free(*code);
}

static void data_freep(pcre2_match_data **data)
{
    pcre2_match_data_free(*data);
}

static void context_freep(pcre2_match_context **context)
{
    pcre2_match_context_free(*context);
}

int cft_regex_matches(const char *regex, const char *text, bool *ret_matches,
                      struct lat_err *reterr)
{
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *LAT_AUTO(code_freep) code = pcre2_compile(
        (PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
        PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_DOTALL, &number, &offset, NULL);
    if (code == NULL) {
        PCRE2_UCHAR reason[128] = "";
        pcre2_get_error_message(number, reason, sizeof reason);
        return lat_err_input(reterr, "regular expression /%s/, character %zu: %s", regex,
                             (size_t)offset + 1, (const char *)reason);
    }
    pcre2_match_data *LAT_AUTO(data_freep) data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_match_context *LAT_AUTO(context_freep) context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, MATCH_STEPS_MAX);
    *ret_matches =
        pcre2_match(code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0, data, context) >= 0;
    return 0;
}
