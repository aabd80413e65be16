/* The estate that the tests of traffic and pictures stand on: the service "orders" on port 80, one
 * rule that splits between a legacy group and a group of the controller's. */
#pragma once

#include "common/base/tests/leaks.h"
#include "scenarios/engine/estate.h"

#define OWNER "123456789012/prod/vpc-1"

static const struct scn_target two_healthy[] = {{"10.0.0.1", 80, "HEALTHY"},
                                                {"10.0.0.2", 80, "HEALTHY"}};
static const struct scn_tag service_tags[] = {{SCN_TAG_OWNER, OWNER}};
static const struct scn_tag group_tags[] = {{SCN_TAG_OWNER, OWNER},
                                            {SCN_TAG_KUBE_SERVICE, "orders-eks"}};

static const struct scn_group groups[] = {
    {.id = "tg-old",
     .arn = "arn:tg-old",
     .name = "orders-legacy",
     .status = "ACTIVE",
     .config = "{}",
     .targets = two_healthy,
     .target_count = 2},
    {.id = "tg-new",
     .arn = "arn:tg-new",
     .name = "k8s-orders",
     .status = "ACTIVE",
     .config = "{}",
     .targets = two_healthy,
     .target_count = 2,
     .tags = group_tags,
     .tag_count = 2},
};

static const struct scn_association associations[] = {{"snsa-1", "sn-1", "my-net", "ACTIVE"}};
static const struct scn_vpc_association vpcs[] = {{"vpc-1", "ACTIVE"}};
static const struct scn_network networks[] = {
    {.id = "sn-1", .name = "my-net", .vpcs = vpcs, .vpc_count = 1}};

/* The service "orders" with one listener, in a network with one VPC; filled by lay_ground. */
struct ground {
    struct scn_service service;
    struct scn_estate estate;
};

static inline void lay_ground(struct ground *ground, const struct scn_listener *listener,
                              const struct scn_group *from, size_t group_count)
{
    ground->service = (struct scn_service){.id = "svc-1",
                                           .name = "orders",
                                           .dns = "orders.on.aws",
                                           .associations = associations,
                                           .association_count = 1,
                                           .listeners = listener,
                                           .listener_count = 1};
    ground->estate = (struct scn_estate){.services = &ground->service,
                                         .service_count = 1,
                                         .groups = from,
                                         .group_count = group_count,
                                         .networks = networks,
                                         .network_count = 1};
}

static const struct scn_weight split[] = {{"tg-old", 90}, {"tg-new", 10}};
