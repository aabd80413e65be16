/* The files under kinds/, and the tables of messages without their comments, embedded at build
 * time. */
#pragma once

#include <stddef.h>

struct lat_kube_kind_file {
    const char *name; /* "httproute.yaml" */
    const char *text;
};

extern const struct lat_kube_kind_file lat_kube_kind_files[];
extern const char lat_kube_messages[]; /* messages.txt */
extern const char lat_kube_openapi[];  /* openapi.txt */
extern const size_t lat_kube_kind_file_count;
