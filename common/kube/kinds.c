/* The kinds that come with the product; see kind.h. Their files are under kinds/; shared.yaml holds
 * the definitions that the others refer to. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/base/yaml.h"
#include "common/kube/kind.h"
#include "common/kube/kind_files.h"

#include <stdlib.h>
#include <string.h>

/* The one document of an embedded file; a new reference. */
static int read_file_new(const struct lat_kube_kind_file *file, json_t **ret_new,
                         struct lat_err *reterr)
{
    LAT_AUTO(lat_yaml_freep)
    struct lat_yaml *yaml = lat_yaml_parse(file->text, strlen(file->text), file->name, reterr);
    if (yaml == NULL)
        return -1;
    if (lat_yaml_count(yaml) != 1)
        return lat_err_broken(reterr, "%s: must hold one document", file->name);
    *ret_new = json_incref(lat_yaml_document(yaml, 0));
    return 0;
}

static int read_definitions_new(json_t **ret_new, struct lat_err *reterr)
{
    for (size_t i = 0; i < lat_kube_kind_file_count; i++)
        if (lat_text_eq(lat_kube_kind_files[i].name, "shared.yaml"))
            return read_file_new(&lat_kube_kind_files[i], ret_new, reterr);
    return lat_err_broken(reterr, "shared.yaml is not embedded");
}

static int read_all(struct lat_kube_kinds *kinds, const json_t *definitions, struct lat_err *reterr)
{
    for (size_t i = 0; i < lat_kube_kind_file_count; i++) {
        const struct lat_kube_kind_file *file = &lat_kube_kind_files[i];
        LAT_AUTO(lat_json_decrefp) json_t *document = NULL;
        if (lat_text_eq(file->name, "shared.yaml"))
            continue;
        if (read_file_new(file, &document, reterr) < 0)
            return -1;
        if (lat_kube_kind_new(document, definitions, &kinds->items[kinds->count], reterr) < 0)
            return lat_err_prefix(reterr, "%s", file->name);
        kinds->count++;
    }
    kinds->metadata = lat_kube_schema_later(json_object_get(definitions, "objectMeta"));
    return 0;
}

int lat_kube_kinds_new(struct lat_kube_kinds **ret_kinds, struct lat_err *reterr)
{
    LAT_AUTO(lat_kube_kinds_freep) struct lat_kube_kinds *kinds = calloc(1, sizeof *kinds);
    if (kinds == NULL)
        abort();
    kinds->items = calloc(lat_kube_kind_file_count, sizeof(struct lat_kube_kind *));
    if (kinds->items == NULL)
        abort();
    LAT_AUTO(lat_json_decrefp) json_t *definitions = NULL;
    if (read_definitions_new(&definitions, reterr) < 0 || read_all(kinds, definitions, reterr) < 0)
        return -1;
    *ret_kinds = LAT_TAKE(kinds);
    return 0;
}

struct lat_kube_kinds *lat_kube_kinds_free(struct lat_kube_kinds *kinds)
{
    if (kinds == NULL)
        return NULL;
    for (size_t i = 0; i < kinds->count; i++)
        lat_kube_kind_free(kinds->items[i]);
    lat_kube_schema_free(kinds->metadata);
    free(kinds->items);
    free(kinds);
    return NULL;
}

void lat_kube_kinds_freep(struct lat_kube_kinds **kinds)
{
    *kinds = lat_kube_kinds_free(*kinds);
}

void lat_kube_kinds_add(struct lat_kube_kinds *kinds, struct lat_kube_kind *kind)
{
    kinds->items = realloc(kinds->items, (kinds->count + 1) * sizeof(struct lat_kube_kind *));
    if (kinds->items == NULL)
        abort();
    kinds->items[kinds->count++] = kind;
}

void lat_kube_kinds_remove(struct lat_kube_kinds *kinds, size_t index)
{
    lat_kube_kind_free(kinds->items[index]);
    kinds->count--;
    for (size_t i = index; i < kinds->count; i++)
        kinds->items[i] = kinds->items[i + 1];
}

struct lat_kube_kind *lat_kube_kinds_by_plural(const struct lat_kube_kinds *kinds,
                                               const char *group, const char *plural)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (lat_text_eq(kinds->items[i]->group, group) &&
            lat_text_eq(kinds->items[i]->plural, plural))
            return kinds->items[i];
    return NULL;
}

struct lat_kube_kind *lat_kube_kinds_by_kind(const struct lat_kube_kinds *kinds, const char *group,
                                             const char *kind)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (lat_text_eq(kinds->items[i]->group, group) && lat_text_eq(kinds->items[i]->kind, kind))
            return kinds->items[i];
    return NULL;
}
