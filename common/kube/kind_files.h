/* The files under kinds/, embedded at build time. */
#pragma once

#include <stddef.h>

struct lat_kube_kind_file {
    const char *name; /* "httproute.yaml" */
    const char *text;
};

extern const struct lat_kube_kind_file lat_kube_kind_files[];
extern const size_t lat_kube_kind_file_count;
