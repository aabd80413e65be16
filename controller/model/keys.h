/* The words that the controller shares with its users and with other controllers: annotations,
 * tags, TLS options, finalizers, and the three kinds of route. Data only. Source:
 * controller-routes reference, sections 2.2 and 12 (observed). */
#pragma once

#include "controller/model/stack.h"

#define GWC_PREFIX              "application-networking.k8s.aws/"
#define GWC_CONTROLLER_NAME     GWC_PREFIX "gateway-api-controller"
#define GWC_KUBE_SERVICE_LABEL  "kubernetes.io/service-name"
#define GWC_KUBE_GATEWAY_GROUP  "gateway.networking.k8s.io"
#define GWC_KUBE_LATTICE_GROUP  "application-networking.k8s.aws"
#define GWC_TLS_CERTIFICATE_ARN GWC_PREFIX "certificate-arn"

#define GWC_ANNOTATION_NAME_OVERRIDE       GWC_PREFIX "service-name-override"
#define GWC_ANNOTATION_TAKEOVER            GWC_PREFIX "allow-takeover-from"
#define GWC_ANNOTATION_STANDALONE          GWC_PREFIX "standalone"
#define GWC_ANNOTATION_TAGS                GWC_PREFIX "tags"
#define GWC_ANNOTATION_SERVICE_ARN         GWC_PREFIX "lattice-service-arn"
#define GWC_ANNOTATION_DOMAIN_NAME         GWC_PREFIX "lattice-assigned-domain-name"
#define GWC_ANNOTATION_TARGET_GROUP_ARN    GWC_PREFIX "target-group-arn"
#define GWC_ANNOTATION_EXPORT_NAME         GWC_PREFIX "export-name"
#define GWC_ANNOTATION_IMPORT_VPC          GWC_PREFIX "aws-vpc"
#define GWC_ANNOTATION_IMPORT_CLUSTER_NAME GWC_PREFIX "aws-eks-cluster-name"

#define GWC_TAG_MANAGED_BY        GWC_PREFIX "ManagedBy"
#define GWC_TAG_ROUTE_NAME        GWC_PREFIX "RouteName"
#define GWC_TAG_ROUTE_NAMESPACE   GWC_PREFIX "RouteNamespace"
#define GWC_TAG_ROUTE_TYPE        GWC_PREFIX "RouteType"
#define GWC_TAG_CLUSTER_NAME      GWC_PREFIX "ClusterName"
#define GWC_TAG_SERVICE_NAME      GWC_PREFIX "ServiceName"
#define GWC_TAG_SERVICE_NAMESPACE GWC_PREFIX "ServiceNamespace"
#define GWC_TAG_SOURCE_TYPE       GWC_PREFIX "SourceTypeKey"
#define GWC_TAG_PROTOCOL_VERSION  GWC_PREFIX "ProtocolVersion"

/* What differs between the three kinds of route and is not behaviour. */
struct gwc_route_fact {
    const char *kind;         /* "HTTPRoute"; also the SourceTypeKey of its target groups */
    const char *route_type;   /* "http": the RouteType tag of its service */
    const char *finalizer;    /* "httproute.k8s.aws/resources" */
    const char *event_source; /* "httproute" */
    const char *plural;       /* "httproutes" */
};

extern const struct gwc_route_fact gwc_route_facts[GWC_ROUTE_KIND_COUNT];
