/* What the controller was started with, as far as the desired state depends on it. Read once at
 * start by controller/main.c; never changed afterwards. Source: controller-routes reference, 1.1
 * and 1.4 (observed). */
#pragma once

#include <stdbool.h>

struct gwc_config {
    const char *account;                 /* 12 digits */
    const char *region;                  /* "us-east-2": appears in messages */
    const char *cluster_name;            /* part of the identity of target groups */
    const char *vpc_id;                  /* of every target group */
    const char *default_service_network; /* "" or NULL: none */
    bool is_override;                    /* every route joins default_service_network */
    const char *managed_by;              /* "account/cluster/vpc": the ownership tag's value */
};
