/* Takes the ARN of an external target group apart. Partition, region and account are the user's
 * business: they are not checked (observed). */
#include "controller/model/external_arn.h"

#include "common/base/text.h"

#include <string.h>

enum { ARN_SECTIONS = 6, ID_BYTES = 17 };

static const char *complain(struct lat_arena *arena, const char **ret_complaint, const char *before,
                            const char *text, const char *after)
{
    if (ret_complaint != NULL)
        *ret_complaint = lat_arena_printf(arena, "%s%s%s", before, text, after);
    return NULL;
}

static bool is_target_group(const char *resource)
{
    static const char prefix[] = "targetgroup/tg-";
    if (!lat_text_has_prefix(resource, prefix))
        return false;
    const char *id = resource + strlen(prefix);
    return strlen(id) == ID_BYTES &&
           strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz") == (size_t)ID_BYTES;
}

const char *gwc_external_arn_id(struct lat_arena *arena, const char *arn,
                                const char **ret_complaint)
{
    const char *sections[ARN_SECTIONS] = {arn};
    if (!lat_text_has_prefix(arn, "arn:"))
        return complain(arena, ret_complaint, "not a valid ARN: arn: invalid prefix", "", "");
    for (size_t i = 1; i < ARN_SECTIONS; i++) {
        const char *colon = strchr(sections[i - 1], ':');
        if (colon == NULL)
            return complain(arena, ret_complaint, "not a valid ARN: arn: not enough sections", "",
                            "");
        sections[i] = colon + 1;
    }
    const char *service =
        lat_arena_strndup(arena, sections[2], (size_t)(sections[3] - sections[2]) - 1);
    if (!lat_text_eq(service, "vpc-lattice"))
        return complain(arena, ret_complaint, "expected a vpc-lattice ARN, got service \"", service,
                        "\"");
    const char *resource = sections[ARN_SECTIONS - 1];
    if (!is_target_group(resource))
        return complain(arena, ret_complaint,
                        "expected a target group ARN (targetgroup/tg-...), got resource \"",
                        resource, "\"");
    return resource + strlen("targetgroup/");
}
