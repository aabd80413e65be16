/* Every kind that the API knows by itself can be made, listed and printed. */
#include "common/base/text.h"
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

TestSuite(kinds, .init = set_up, .fini = tear_down);

#define AS_TABLE "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
#define IN       "/namespaces/default/"
#define GATEWAY  "/apis/gateway.networking.k8s.io/v1"
#define AWS      "/apis/application-networking.k8s.aws/v1alpha1"
#define RBAC     "/apis/rbac.authorization.k8s.io/v1"
#define ROLE_REF ",'roleRef':{'kind':'ClusterRole','name':'system:auth'},'subjects':[]"
#define TARGET   "'targetRef':{'group':'gateway.networking.k8s.io','kind':'Gateway','name':'g'}"

Test(kinds, every_kind_can_be_made_and_listed)
{
    static const struct {
        const char *collection, *kind, *members;
    } cases[] = {
        {"/api/v1/namespaces", "Namespace", ""},
        {"/api/v1" IN "services", "Service", ",'spec':{'ports':[{'port':80}]}"},
        {"/api/v1" IN "endpoints", "Endpoints",
         ",'subsets':[{'addresses':[{'ip':'1.2.3.4'}],'ports':[{'port':80}]}]"},
        {"/api/v1" IN "pods", "Pod", ",'spec':{'containers':[{'name':'c','image':'i'}]}"},
        {"/api/v1/nodes", "Node", ""},
        {"/api/v1" IN "configmaps", "ConfigMap", ",'data':{'a':'b'}"},
        {"/api/v1" IN "secrets", "Secret", ",'stringData':{'a':'b'}"},
        {"/api/v1" IN "serviceaccounts", "ServiceAccount", ""},
        {"/api/v1" IN "events", "Event", ",'involvedObject':{'namespace':'default'}"},
        {"/apis/events.k8s.io/v1" IN "events", "Event", ",'eventTime':'2026-01-01T00:00:00Z'"},
        {"/apis/discovery.k8s.io/v1" IN "endpointslices", "EndpointSlice",
         ",'addressType':'IPv4','endpoints':[]"},
        {"/apis/coordination.k8s.io/v1" IN "leases", "Lease", ",'spec':{'holderIdentity':'me'}"},
        {"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
         "MutatingWebhookConfiguration",
         ",'webhooks':[{'name':'a.b.c','admissionReviewVersions':['v1'],'sideEffects':'None',"
         "'clientConfig':{'url':'https://a'}}]"},
        {GATEWAY "/gatewayclasses", "GatewayClass", ",'spec':{'controllerName':'a.b/c'}"},
        {GATEWAY IN "gateways", "Gateway",
         ",'spec':{'gatewayClassName':'c','listeners':[{'name':'l','port':80,'protocol':'HTTP'}]}"},
        {GATEWAY IN "httproutes", "HTTPRoute", ",'spec':{}"},
        {GATEWAY IN "grpcroutes", "GRPCRoute", ",'spec':{}"},
        {GATEWAY IN "tlsroutes", "TLSRoute",
         ",'spec':{'hostnames':['a.b'],'rules':[{'backendRefs':[{'name':'s'}]}]}"},
        {GATEWAY IN "referencegrants", "ReferenceGrant",
         ",'spec':{'from':[{'group':'','kind':'A','namespace':'n'}],'to':[{'group':'','kind':'B'}]"
         "}"},
        {GATEWAY IN "backendtlspolicies", "BackendTLSPolicy",
         ",'spec':{'targetRefs':[{'group':'','kind':'Service','name':'s'}],'validation':{"
         "'hostname':'a.b'}}"},
        {AWS IN "accesslogpolicies", "AccessLogPolicy",
         ",'spec':{'destinationArn':'arn:aws:s3:::b'," TARGET "}"},
        {AWS IN "iamauthpolicies", "IAMAuthPolicy", ",'spec':{'policy':'{}'," TARGET "}"},
        {AWS IN "targetgrouppolicies", "TargetGroupPolicy", ",'spec':{" TARGET "}"},
        {AWS IN "vpcassociationpolicies", "VpcAssociationPolicy",
         ",'spec':{'securityGroupIds':['sg-1']," TARGET "}"},
        {AWS "/servicenetworks", "ServiceNetwork", ""},
        {AWS IN "serviceexports", "ServiceExport", ""},
        {AWS IN "serviceimports", "ServiceImport",
         ",'spec':{'type':'Headless','ports':[{'port':80}]}"},
        {"/apis/externaldns.k8s.io/v1alpha1" IN "dnsendpoints", "DNSEndpoint", ""},
        {RBAC IN "roles", "Role", ",'rules':[{'verbs':['get'],'resources':['pods']}]"},
        {RBAC "/clusterroles", "ClusterRole",
         ",'rules':[{'verbs':['*'],'nonResourceURLs':['/x']}]"},
        {RBAC IN "rolebindings", "RoleBinding", ROLE_REF},
        {RBAC "/clusterrolebindings", "ClusterRoleBinding", ROLE_REF},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        const char *body = bench_format(bench, "{'metadata':{'name':'made'}%s}", cases[i].members);
        cr_expect_eq(bench_send(bench, "POST", cases[i].collection, body), 201, "%s: %s",
                     cases[i].collection, bench_text(bench, "message"));
        cr_expect_str_eq(bench_text(bench, "kind"), cases[i].kind);
        cr_expect_eq(bench_get_as(bench, AS_TABLE, cases[i].collection), 200);
        cr_expect_eq(json_array_size(bench_at(bench, "rows[0].cells")),
                     json_array_size(bench_at(bench, "columnDefinitions")), "%s",
                     cases[i].collection);
        for (size_t c = 0; c < json_array_size(bench_at(bench, "columnDefinitions")); c++)
            cr_expect_neq(bench_at(bench, bench_format(bench, "rows[0].cells[%zu]", c)), NULL);
    }
}

Test(kinds, the_rules_of_the_policies_hold)
{
    cr_expect_eq(bench_send(bench, "POST", AWS IN "accesslogpolicies",
                            "{'metadata':{'name':'p'},'spec':{'destinationArn':'s3'," TARGET "}}"),
                 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].field"), "spec.destinationArn");
    cr_expect_eq(bench_send(bench, "POST", AWS IN "vpcassociationpolicies",
                            "{'metadata':{'name':'p'},'spec':{'securityGroupIds':[]," TARGET "}}"),
                 422);
    cr_expect_eq(bench_send(bench, "POST", AWS IN "iamauthpolicies",
                            "{'metadata':{'name':'p'},'spec':{" TARGET "}}"),
                 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].reason"), "FieldValueRequired");
    cr_expect_eq(bench_send(bench, "POST", AWS "/servicenetworks", "{'metadata':{'name':'n'}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].reason"), "NotReconciled");
}

Test(kinds, what_is_stored_and_never_evaluated_says_so)
{
    cr_expect_eq(bench_send(bench, "POST",
                            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
                            "{'metadata':{'name':'p'},'spec':{'failurePolicy':'Fail'}}"),
                 201);
    cr_expect_str_eq(bench_header(bench, "Warning"),
                     "299 - \"ValidatingAdmissionPolicy: it is stored and not evaluated\"");
}

#define SECRETS "/api/v1" IN "secrets"

Test(kinds, texts_of_a_secret_become_its_data)
{
    cr_expect_eq(bench_send(bench, "POST", SECRETS,
                            "{'metadata':{'name':'s'},'stringData':{'a':'user','b':'no'}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "type"), "Opaque");
    cr_expect_str_eq(bench_text(bench, "data.a"), "dXNlcg==");
    cr_expect_str_eq(bench_text(bench, "data.b"), "bm8=");
    cr_expect_null(bench_at(bench, "stringData"));
    cr_expect_eq(bench_patch(bench, "merge", SECRETS "/s", "{'data':{'a':'?'}}"), 422);
    cr_expect_eq(bench_patch(bench, "merge", SECRETS "/s", "{'immutable':true}"), 200);
    cr_expect_eq(bench_patch(bench, "merge", SECRETS "/s", "{'data':{'a':'eA=='}}"), 422);
    cr_expect_eq(bench_patch(bench, "merge", SECRETS "/s", "{'metadata':{'labels':{'a':'b'}}}"),
                 200);
    cr_expect_eq(bench_patch(bench, "merge", SECRETS "/s", "{'type':'other'}"), 422);
}
