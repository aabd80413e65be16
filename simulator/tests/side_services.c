/* The services beside VPC Lattice: what they answer from rows that the admin API or STS made, in
 * their own wire formats. The same through real clients: conformance/external. */
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/quota.h"
#include "simulator/tests/bench.h"

#include <criterion/criterion.h>

TestSuite(side_services, .fini = check_leaks);

#define INSTANCE "i-0123456789abcdef0"
#define MAC      "0a:1b:2c:3d:4e:5f"

static int admin(struct bench *bench, const char *method, const char *path, const char *body)
{
    return bench_send_as(bench, method, path, body, NULL, 0);
}

/* --- ACM ----------------------------------------------------------------------------------------
 */

static int acm(struct bench *bench, const char *operation, const char *body)
{
    return bench_json(bench, bench_format(bench, "CertificateManager.%s", operation), body);
}

static const char *import(struct bench *bench, const char *members)
{
    cr_assert_eq(
        admin(bench, "POST", "/_lattice/certificates", bench_format(bench, "{%s}", members)), 201,
        "%s", bench_body(bench));
    return bench_keep(bench, "arn");
}

Test(side_services, acm_lists_describes_and_knows_the_users_of_certificates)
{
    NEW_BENCH(&sim_delays_instant);
    const char *arn = import(bench, "'domain_name':'*.example.com','alternatives':['example.com'],"
                                    "'tags':{'team':'a'}");
    cr_expect_eq(acm(bench, "ListCertificates", "{'CertificateStatuses':['ISSUED']}"), 200);
    cr_expect_str_eq(bench_text(bench, "CertificateSummaryList[0].CertificateArn"), arn);
    cr_expect_str_eq(bench_text(bench, "CertificateSummaryList[0].KeyAlgorithm"), "RSA-2048");
    cr_expect_eq(json_real_value(bench_at(bench, "CertificateSummaryList[0].ImportedAt")),
                 1704067200.0);
    cr_expect(json_is_false(bench_at(bench, "CertificateSummaryList[0].InUse")));
    bench_send(bench, "POST", "/services",
               bench_format(bench,
                            "{'name':'orders','customDomainName':'a.example.com',"
                            "'certificateArn':'%s'}",
                            arn));
    const char *service = bench_keep(bench, "arn");
    const char *body = bench_format(bench, "{'CertificateArn':'%s'}", arn);
    cr_expect_eq(acm(bench, "DescribeCertificate", body), 200);
    cr_expect_str_eq(bench_text(bench, "Certificate.InUseBy[0]"), service);
    cr_expect_str_eq(bench_text(bench, "Certificate.SubjectAlternativeNames[1]"), "example.com");
    cr_expect_eq(acm(bench, "ListTagsForCertificate", body), 200);
    cr_expect_str_eq(bench_text(bench, "Tags[0].Key"), "team");
    cr_expect_str_eq(bench_text(bench, "Tags[0].Value"), "a");
}

Test(side_services, acm_filters_by_status_and_key_and_pages)
{
    NEW_BENCH(&sim_delays_instant);
    import(bench, "'domain_name':'a.example.com'");
    import(bench, "'domain_name':'b.example.com','key_algorithm':'EC_prime256v1'");
    import(bench, "'domain_name':'c.example.com','status':'PENDING_VALIDATION'");
    import(bench, "'domain_name':'d.example.com','account':'210987654321'");
    acm(bench, "ListCertificates", "{}");
    cr_expect_eq(json_array_size(bench_at(bench, "CertificateSummaryList")), 2,
                 "RSA keys of 1024 and 2048 bits only, of one account");
    acm(bench, "ListCertificates", "{'Includes':{'keyTypes':['EC_prime256v1']}}");
    cr_expect_str_eq(bench_text(bench, "CertificateSummaryList[0].DomainName"), "b.example.com");
    acm(bench, "ListCertificates", "{'MaxItems':1}");
    cr_expect_str_eq(bench_text(bench, "CertificateSummaryList[0].DomainName"), "a.example.com");
    const char *token = bench_keep(bench, "NextToken");
    acm(bench, "ListCertificates", bench_format(bench, "{'MaxItems':1,'NextToken':'%s'}", token));
    cr_expect_str_eq(bench_text(bench, "CertificateSummaryList[0].DomainName"), "c.example.com");
    cr_expect_null(bench_at(bench, "NextToken"));
}

Test(side_services, acm_refuses_wrong_input)
{
    static const struct {
        const char *operation, *body, *type;
    } cases[] = {
        {"ListCertificates", "{'MaxItems':0}", "ValidationException"},
        {"ListCertificates", "{'NextToken':'made up'}", "ValidationException"},
        {"ListCertificates", "{'CertificateStatuses':['GOOD']}", "ValidationException"},
        {"DescribeCertificate", "{}", "ValidationException"},
        {"DescribeCertificate", "{'CertificateArn':'orders'}", "InvalidArnException"},
        {"DescribeCertificate",
         "{'CertificateArn':'arn:aws:acm:us-east-2:123456789012:certificate/none'}",
         "ResourceNotFoundException"},
        {"RequestMoney", "{}", "UnknownOperationException"},
    };
    static const char *const imports[] = {"{}",
                                          "{'domain_name':'a','status':'GOOD'}",
                                          "{'domain_name':'a','key_algorithm':'ROT13'}",
                                          "{'domain_name':'a','alternatives':[1]}",
                                          "{'domain_name':'a','valid_days':0}",
                                          "{'domain_name':'a','tags':{'a':1}}"};
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        cr_expect_eq(acm(bench, cases[i].operation, cases[i].body), 400, "%s", cases[i].body);
        cr_expect_str_eq(bench_text(bench, "__type"), cases[i].type);
    }
    for (size_t i = 0; i < LAT_COUNT(imports); i++)
        cr_expect_eq(admin(bench, "POST", "/_lattice/certificates", imports[i]), 400);
}

/* --- EC2 ----------------------------------------------------------------------------------------
 */

static int ec2(struct bench *bench, const char *form)
{
    return bench_form(bench, bench_format(bench, "Version=2016-11-15&Action=%s", form));
}

static void make_two_vpcs(struct bench *bench)
{
    cr_assert_eq(admin(bench, "POST", "/_lattice/vpcs",
                       "{'id':'vpc-0a','cidr_block':'10.1.0.0/16','tags':{'Name':'old & <new>'}}"),
                 200);
    cr_assert_eq(admin(bench, "POST", "/_lattice/vpcs", "{'id':'vpc-0b','is_default':true}"), 200);
}

Test(side_services, ec2_describes_vpcs_by_id_and_by_filter)
{
    NEW_BENCH(&sim_delays_instant);
    make_two_vpcs(bench);
    cr_expect_eq(ec2(bench, "DescribeVpcs"), 200);
    cr_expect_not_null(strstr(bench_body(bench), "<vpcId>vpc-0a</vpcId>"));
    cr_expect_not_null(strstr(bench_body(bench), "<value>old &amp; &lt;new&gt;</value>"));
    cr_expect_not_null(strstr(bench_body(bench), "<vpcId>vpc-0b</vpcId>"));
    static const char *const of_b[] = {
        "&VpcId.1=vpc-0b", "&Filter.1.Name=is-default&Filter.1.Value.1=true",
        "&Filter.1.Name=vpc-id&Filter.1.Value.1=none&Filter.1.Value.2=*0b",
        "&Filter.1.Name=cidr&Filter.1.Value.1=10.0.?.0%2F16"};
    for (size_t i = 0; i < LAT_COUNT(of_b); i++) {
        ec2(bench, bench_format(bench, "DescribeVpcs%s", of_b[i]));
        cr_expect_str_eq(bench_xml(bench, "vpcId"), "vpc-0b", "%s", of_b[i]);
        cr_expect_null(strstr(bench_body(bench), "vpc-0a"), "%s", of_b[i]);
    }
    ec2(bench, "DescribeVpcs&Filter.1.Name=tag:Name&Filter.1.Value.1=old*");
    cr_expect_str_eq(bench_xml(bench, "vpcId"), "vpc-0a");
    ec2(bench, "DescribeVpcs&Filter.1.Name=tag-key&Filter.1.Value.1=Nam");
    cr_expect_str_eq(bench_xml(bench, "vpcId"), "");
}

Test(side_services, ec2_describes_tags_in_pages)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(admin(bench, "PUT", "/_lattice/ec2-tags",
                       "{'resource_id':'" INSTANCE "','tags':{'aws:eks:cluster-name':'c1','a':'1',"
                       "'b':'2','c':'3','d':'4','e':'5'}}"),
                 200);
    ec2(bench, "DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1=" INSTANCE
               "&Filter.2.Name=key&Filter.2.Value.1=aws:eks:cluster-name");
    cr_expect_str_eq(bench_xml(bench, "value"), "c1");
    cr_expect_str_eq(bench_xml(bench, "resourceType"), "instance");
    ec2(bench, "DescribeTags&MaxResults=5");
    const char *token = bench_xml(bench, "nextToken");
    cr_expect_str_neq(token, "");
    ec2(bench, bench_format(bench, "DescribeTags&MaxResults=5&NextToken=%s", token));
    cr_expect_str_eq(bench_xml(bench, "key"), "e");
    cr_expect_str_eq(bench_xml(bench, "nextToken"), "");
    admin(bench, "PUT", "/_lattice/ec2-tags", "{'resource_id':'" INSTANCE "','tags':{'e':null}}");
    ec2(bench, "DescribeTags&Filter.1.Name=key&Filter.1.Value.1=e");
    cr_expect_str_eq(bench_xml(bench, "key"), "");
}

Test(side_services, ec2_refuses_in_its_own_format)
{
    static const struct {
        const char *form, *code;
    } cases[] = {
        {"DescribeVpcs&VpcId.1=vpc-0fff", "InvalidVpcID.NotFound"},
        {"DescribeVpcs&VpcId.1=orders", "InvalidVpcID.Malformed"},
        {"DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=red", "InvalidParameterValue"},
        {"DescribeTags&MaxResults=4", "InvalidParameterValue"},
        {"DescribeTags&NextToken=made-up", "InvalidParameterValue"},
        {"RunInstances", "InvalidAction"},
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        cr_expect_eq(ec2(bench, cases[i].form), 400, "%s", cases[i].form);
        cr_expect_str_eq(bench_xml(bench, "Code"), cases[i].code);
        cr_expect(lat_text_has_prefix(bench_body(bench), "<Response><Errors><Error>"));
    }
    cr_expect_eq(admin(bench, "POST", "/_lattice/vpcs", "{'id':'orders'}"), 400);
    cr_expect_eq(admin(bench, "PUT", "/_lattice/ec2-tags", "{'resource_id':'i-0a'}"), 400);
}

/* --- Service Quotas -----------------------------------------------------------------------------
 */

static int quotas(struct bench *bench, const char *operation, const char *body)
{
    return bench_json(bench, bench_format(bench, "ServiceQuotasV20190624.%s", operation), body);
}

#define RULES "'ServiceCode':'vpc-lattice','QuotaCode':'L-CF78395E'"

Test(side_services, service_quotas_lists_every_quota_in_pages)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(quotas(bench, "ListServiceQuotas", "{'ServiceCode':'vpc-lattice'}"), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "Quotas")), SIM_QUOTA_COUNT);
    quotas(bench, "ListAWSDefaultServiceQuotas", "{'ServiceCode':'vpc-lattice','MaxResults':5}");
    cr_expect_eq(json_array_size(bench_at(bench, "Quotas")), 5);
    const char *first = bench_keep(bench, "Quotas[0].QuotaCode");
    quotas(bench, "ListAWSDefaultServiceQuotas",
           bench_format(bench, "{'ServiceCode':'vpc-lattice','MaxResults':5,'NextToken':'%s'}",
                        bench_text(bench, "NextToken")));
    cr_expect_str_neq(bench_text(bench, "Quotas[0].QuotaCode"), first);
    quotas(bench, "ListServices", "{}");
    cr_expect_str_eq(bench_text(bench, "Services[0].ServiceCode"), "vpc-lattice");
}

Test(side_services, an_approved_request_raises_the_quota_and_a_denied_one_does_not)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(quotas(bench, "RequestServiceQuotaIncrease", "{" RULES ",'DesiredValue':20.0}"),
                 200, "%s", bench_body(bench));
    cr_expect_str_eq(bench_text(bench, "RequestedQuota.Status"), "PENDING");
    const char *id = bench_keep(bench, "RequestedQuota.Id");
    cr_expect_eq(quotas(bench, "RequestServiceQuotaIncrease", "{" RULES ",'DesiredValue':30}"),
                 400);
    cr_expect_str_eq(bench_text(bench, "__type"), "ResourceAlreadyExistsException");
    quotas(bench, "GetServiceQuota", "{" RULES "}");
    cr_expect_eq(json_real_value(bench_at(bench, "Quota.Value")), 10.0);
    const char *decision = bench_format(bench, "{'id':'%s','status':'APPROVED'}", id);
    cr_expect_eq(admin(bench, "PUT", "/_lattice/quotas/requests", decision), 200);
    cr_expect_eq(admin(bench, "PUT", "/_lattice/quotas/requests", decision), 404);
    quotas(bench, "GetServiceQuota", "{" RULES "}");
    cr_expect_eq(json_real_value(bench_at(bench, "Quota.Value")), 20.0);
    quotas(bench, "GetAWSDefaultServiceQuota", "{" RULES "}");
    cr_expect_eq(json_real_value(bench_at(bench, "Quota.Value")), 10.0);
    quotas(bench, "RequestServiceQuotaIncrease", "{" RULES ",'DesiredValue':40}");
    decision = bench_format(bench, "{'id':'%s','status':'DENIED'}",
                            bench_text(bench, "RequestedQuota.Id"));
    admin(bench, "PUT", "/_lattice/quotas/requests", decision);
    quotas(bench, "GetServiceQuota", "{" RULES "}");
    cr_expect_eq(json_real_value(bench_at(bench, "Quota.Value")), 20.0);
    quotas(bench, "ListRequestedServiceQuotaChangeHistory", "{'Status':'DENIED'}");
    cr_expect_eq(json_array_size(bench_at(bench, "RequestedQuotas")), 1);
    quotas(bench, "GetRequestedServiceQuotaChange", bench_format(bench, "{'RequestId':'%s'}", id));
    cr_expect_str_eq(bench_text(bench, "RequestedQuota.Status"), "APPROVED");
}

Test(side_services, service_quotas_refuses_wrong_input)
{
    static const struct {
        const char *operation, *body, *type;
    } cases[] = {
        {"ListServiceQuotas", "{}", "IllegalArgumentException"},
        {"ListServiceQuotas", "{'ServiceCode':'ec2'}", "NoSuchResourceException"},
        {"ListServiceQuotas", "{'ServiceCode':'vpc-lattice','MaxResults':101}",
         "IllegalArgumentException"},
        {"ListServiceQuotas", "{'ServiceCode':'vpc-lattice','NextToken':'x'}",
         "InvalidPaginationTokenException"},
        {"GetServiceQuota", "{'ServiceCode':'vpc-lattice','QuotaCode':'L-0'}",
         "NoSuchResourceException"},
        {"RequestServiceQuotaIncrease", "{" RULES "}", "IllegalArgumentException"},
        {"RequestServiceQuotaIncrease", "{" RULES ",'DesiredValue':10}",
         "IllegalArgumentException"},
        {"RequestServiceQuotaIncrease", "{" RULES ",'DesiredValue':20.5}",
         "IllegalArgumentException"},
        {"GetRequestedServiceQuotaChange", "{'RequestId':'x'}", "NoSuchResourceException"},
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        cr_expect_eq(quotas(bench, cases[i].operation, cases[i].body), 400, "%s", cases[i].body);
        cr_expect_str_eq(bench_text(bench, "__type"), cases[i].type, "%s", cases[i].body);
    }
}

Test(side_services, headroom_tells_what_is_used_and_left)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    bench_service(bench, "empty");
    const char *listener = bench_listener(bench, service, 80);
    bench_rule(bench, service, listener, 1, bench_target_group(bench, "legacy"));
    cr_assert_eq(admin(bench, "GET", "/_lattice/quotas/headroom?code=L-620C821E", NULL), 200);
    cr_expect_eq(bench_number(bench, "headroom[0].used"), 2);
    cr_expect_eq(bench_number(bench, "headroom[0].headroom"), 1998);
    admin(bench, "GET", "/_lattice/quotas/headroom?code=L-D64E952E", NULL);
    cr_expect_str_eq(bench_text(bench, "headroom[0].container"), service,
                     "the fullest comes first");
    cr_expect_eq(bench_number(bench, "headroom[0].headroom"), 1);
    cr_expect_eq(bench_number(bench, "headroom[1].headroom"), 2);
    admin(bench, "GET",
          bench_format(bench, "/_lattice/quotas/headroom?code=L-CF78395E&container=%s", listener),
          NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "headroom")), 1);
    cr_expect_eq(bench_number(bench, "headroom[0].used"), 1, "the default rule does not count");
    admin(bench, "GET", "/_lattice/quotas/headroom?account=210987654321&code=L-620C821E", NULL);
    cr_expect_eq(bench_number(bench, "headroom[0].used"), 0);
}

/* --- instance metadata --------------------------------------------------------------------------
 */

static int metadata(struct bench *bench, const char *token, const char *path)
{
    const struct lat_http_header header = {"x-aws-ec2-metadata-token", token};
    return bench_send_as(bench, "GET", bench_format(bench, "/latest/%s", path), NULL, &header, 1);
}

static const char *metadata_token(struct bench *bench, const char *ttl)
{
    const struct lat_http_header header = {"x-aws-ec2-metadata-token-ttl-seconds", ttl};
    int status = bench_send_as(bench, "PUT", "/latest/api/token", NULL, &header, 1);
    return status == 200 ? bench_format(bench, "%s", bench_body(bench)) : NULL;
}

Test(side_services, metadata_answers_with_a_token_and_in_strict_mode_too)
{
    NEW_BENCH(&sim_delays_instant);
    bench_sim(bench)->config.auth = SIM_AUTH_STRICT;
    const char *token = metadata_token(bench, "300");
    cr_assert_not_null(token);
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"meta-data/mac", MAC},
        {"meta-data/network/interfaces/macs/" MAC "/vpc-id", "vpc-0123456789abcdef0"},
        {"meta-data/placement/region", "us-east-2"},
        {"meta-data/iam/security-credentials/", "lattice-simulator"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        cr_expect_eq(metadata(bench, token, cases[i].path), 200);
        cr_expect_str_eq(bench_body(bench), cases[i].text);
    }
    metadata(bench, token, "dynamic/instance-identity/document");
    cr_expect_str_eq(bench_text(bench, "instanceId"), INSTANCE);
    cr_expect_str_eq(bench_text(bench, "accountId"), "123456789012");
    metadata(bench, token, "meta-data/identity-credentials/ec2/info");
    cr_expect_str_eq(bench_text(bench, "AccountId"), "123456789012");
    cr_expect_eq(metadata(bench, token, "meta-data/iam/security-credentials-extended/"), 404);
}

Test(side_services, metadata_wants_a_token_that_has_not_ended)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_null(metadata_token(bench, "0"));
    cr_expect_null(metadata_token(bench, "21601"));
    cr_expect_eq(bench_send_as(bench, "PUT", "/latest/api/token", NULL, NULL, 0), 400);
    cr_expect_eq(metadata(bench, "made-up", "meta-data/mac"), 401);
    const char *token = metadata_token(bench, "1");
    cr_expect_eq(metadata(bench, token, "meta-data/mac"), 200);
    lat_clock_advance(&bench_sim(bench)->clock, 1000);
    cr_expect_eq(metadata(bench, token, "meta-data/mac"), 401);
}

Test(side_services, the_role_of_the_instance_signs_in_strict_mode)
{
    NEW_BENCH(&sim_delays_instant);
    static const char path[] = "meta-data/iam/security-credentials/lattice-simulator";
    bench_sim(bench)->config.auth = SIM_AUTH_STRICT;
    const char *token = metadata_token(bench, "21600");
    cr_assert_eq(metadata(bench, token, path), 200);
    struct bench_signer role = {
        .service = "vpc-lattice",
        .access_key = bench_keep(bench, "AccessKeyId"),
        .secret_key = bench_keep(bench, "SecretAccessKey"),
        .session_token = bench_keep(bench, "Token"),
    };
    cr_expect_str_eq(bench_text(bench, "Expiration"), "2024-01-01T06:00:00Z");
    cr_expect_eq(bench_send_signed(bench, &role, "GET", "/services", NULL), 200);
    metadata(bench, token, path);
    cr_expect_str_eq(bench_text(bench, "AccessKeyId"), role.access_key, "kept while they last");
    lat_clock_advance(&bench_sim(bench)->clock, INT64_C(21000000));
    metadata(bench, token, path);
    cr_expect_str_neq(bench_text(bench, "AccessKeyId"), role.access_key);
    admin(bench, "GET", "/_lattice/journal", NULL);
    cr_expect_null(strstr(bench_body(bench), role.secret_key));
    cr_expect_null(strstr(bench_body(bench), token));
}
