/* Look-ups in an estate; see estate.h. */
#include "scenarios/engine/estate.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

#define SERVICE_WORD "Service/"

const char *scn_tag_value(const struct scn_tag *tags, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(tags[i].key, key))
            return tags[i].value;
    return NULL;
}

static bool is_named(const char *word, const char *id, const char *arn, const char *name)
{
    return word != NULL &&
           (lat_text_eq(word, name) || lat_text_eq(word, id) || lat_text_eq(word, arn));
}

const struct scn_service *scn_estate_service(const struct scn_estate *estate, const char *word)
{
    for (size_t i = 0; i < estate->service_count; i++) {
        const struct scn_service *service = &estate->services[i];
        if (is_named(word, service->id, service->arn, service->name))
            return service;
    }
    return NULL;
}

const struct scn_listener *scn_service_listener(const struct scn_service *service, int64_t port)
{
    for (size_t i = 0; i < service->listener_count; i++)
        if (service->listeners[i].port == port)
            return &service->listeners[i];
    return NULL;
}

const struct scn_network *scn_estate_network(const struct scn_estate *estate, const char *word)
{
    for (size_t i = 0; i < estate->network_count; i++)
        if (is_named(word, estate->networks[i].id, NULL, estate->networks[i].name))
            return &estate->networks[i];
    return NULL;
}

const struct scn_group *scn_estate_group(const struct scn_estate *estate, const char *word)
{
    const char *kube_service = NULL;
    if (word != NULL && lat_text_has_prefix(word, SERVICE_WORD))
        kube_service = word + strlen(SERVICE_WORD);
    const struct scn_group *leaving = NULL;
    for (size_t i = 0; i < estate->group_count; i++) {
        const struct scn_group *group = &estate->groups[i];
        if (kube_service == NULL) {
            if (is_named(word, group->id, group->arn, group->name))
                return group;
            continue;
        }
        const char *tag = scn_tag_value(group->tags, group->tag_count, SCN_TAG_KUBE_SERVICE);
        if (!lat_text_eq(tag, kube_service))
            continue;
        if (!lat_text_has_prefix(lat_text_or_empty(group->status), "DELETE"))
            return group;
        leaving = group;
    }
    return leaving;
}

const char *scn_group_label(const struct scn_group *group, char *text, size_t text_bytes)
{
    const char *kube_service = scn_tag_value(group->tags, group->tag_count, SCN_TAG_KUBE_SERVICE);
    if (kube_service != NULL)
        snprintf(text, text_bytes, SERVICE_WORD "%s", kube_service);
    else
        snprintf(text, text_bytes, "%s", lat_text_or_empty(group->name));
    return text;
}
