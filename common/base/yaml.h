/* YAML files as JSON values, with the line of every value, so that a wrong file can be answered
 * with its name, the line and the remedy. The only includer of yaml.h of libyaml is yaml.c. */
#pragma once

#include "common/base/err.h"

#include <jansson.h>
#include <stddef.h>

/* The documents of one YAML text. Scalars follow the YAML 1.2 core schema (true, false, null,
 * numbers; all else is a string); aliases become copies, within LAT_YAML_NODES_MAX; duplicate keys,
 * merge keys (<<), tags of one's own, infinities and numbers over 64 bits are refused. */
struct lat_yaml;

/* name is used in messages ("orders.yaml"). Empty documents are left out. On failure NULL, and
 * reterr holds "name:line:column: what". The caller owns the result. */
struct lat_yaml *lat_yaml_parse(const char *text, size_t length, const char *name,
                                struct lat_err *reterr) LAT_MUST_USE;
/* The same for a file of at most LAT_FILE_BYTES_MAX bytes; "-" reads standard input. */
struct lat_yaml *lat_yaml_read(const char *path, struct lat_err *reterr) LAT_MUST_USE;

struct lat_yaml *lat_yaml_free(struct lat_yaml *yaml);
void lat_yaml_freep(struct lat_yaml **yaml);

const char *lat_yaml_name(const struct lat_yaml *yaml);
size_t lat_yaml_count(const struct lat_yaml *yaml);
/* Document number index, from 0; borrowed. Values may be kept beyond the lat_yaml with json_incref.
 */
json_t *lat_yaml_document(const struct lat_yaml *yaml, size_t index);
/* The line, from 1, on which a value of these documents starts; 0 for a value from elsewhere, and
 * for true, false and null, of which jansson has one each: ask for the line of their key. */
int lat_yaml_line(const struct lat_yaml *yaml, const json_t *value);
/* The line of the key of an object's member; 0 when it is not from these documents. */
int lat_yaml_member_line(const struct lat_yaml *yaml, const json_t *object, const char *key);
