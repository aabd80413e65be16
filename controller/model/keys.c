/* The table of the three kinds of route. Data only. */
#include "controller/model/keys.h"

const struct gwc_route_fact gwc_route_facts[GWC_ROUTE_KIND_COUNT] = {
    [GWC_ROUTE_HTTP] = {"HTTPRoute", "http", "httproute.k8s.aws/resources", "httproute",
                        "httproutes"},
    [GWC_ROUTE_GRPC] = {"GRPCRoute", "grpc", "grpcroute.k8s.aws/resources", "grpcroute",
                        "grpcroutes"},
    [GWC_ROUTE_TLS] = {"TLSRoute", "tls", "tlsroute.k8s.aws/resources", "tlsroute", "tlsroutes"},
};
