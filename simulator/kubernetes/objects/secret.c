/* ConfigMaps and Secrets: text members of a Secret become data, and what is immutable stays. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"

static char letter(unsigned index)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return letters[index & 63];
}

static json_t *base64_new(struct lat_arena *arena, const char *bytes, size_t length)
{
    char *text = lat_arena_alloc(arena, length / 3 * 4 + 5);
    char *out = text;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned first = (unsigned char)bytes[i];
        unsigned second = left > 1 ? (unsigned char)bytes[i + 1] : 0;
        unsigned third = left > 2 ? (unsigned char)bytes[i + 2] : 0;
        unsigned group = first << 16 | second << 8 | third;
        *out++ = letter(group >> 18);
        *out++ = letter(group >> 12);
        *out++ = (char)(left > 1 ? letter(group >> 6) : '=');
        *out++ = (char)(left > 2 ? letter(group) : '=');
    }
    *out = '\0';
    return json_string(text);
}

/* stringData is written and never read back (documented). */
void sim_kube_secret_default(struct sim_kube_call *call, json_t *object)
{
    const char *name;
    json_t *value;
    json_t *texts = json_object_get(object, "stringData");
    if (json_object_size(texts) > 0 && !json_is_object(json_object_get(object, "data")))
        json_object_set_new(object, "data", json_object());
    json_object_foreach(lat_json_iterable(texts), name, value) {
        if (!json_is_string(value))
            return; /* the schema refuses it */
        json_object_set_new(
            json_object_get(object, "data"), name,
            base64_new(call->arena, json_string_value(value), json_string_length(value)));
    }
    json_object_del(object, "stringData");
}

void sim_kube_immutable_validate(const json_t *object, const json_t *old,
                                 struct lat_kube_causes *causes)
{
    static const char *const members[] = {"data", "binaryData", "immutable"};
    if (!lat_json_bool_at(old, "immutable", false))
        return;
    for (size_t i = 0; i < LAT_COUNT(members); i++) {
        const json_t *before = json_object_get(old, members[i]);
        const json_t *after = json_object_get(object, members[i]);
        if (before != after && !json_equal(before, after))
            lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, members[i], NULL, "%s",
                               "field is immutable when `immutable` is set");
    }
}
