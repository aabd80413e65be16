"""boto3 drives the families that few users know: resource gateways, configurations and their
associations, domain verifications, policies, access logs."""

from boto3_tests import VPC, active, client, gone, paged, refused, status
from tap import expect, test, until

POLICY = '{"Version":"2012-10-17","Statement":[]}'


def a_gateway(world, lattice):
    made = lattice.create_resource_gateway(name=world.name("gate"), vpcIdentifier=VPC,
                                           subnetIds=["subnet-0123456789abcdef0"])
    return active(lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=made["id"]))


def a_configuration(world, lattice, gateway):
    made = lattice.create_resource_configuration(
        name=world.name("config"), type="SINGLE", resourceGatewayIdentifier=gateway["arn"],
        resourceConfigurationDefinition={"ipResource": {"ipAddress": "10.0.0.7"}})
    return active(lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"]))


@test("boto3")
def resources(world):
    """resources are put behind a gateway, into a service network, listed and taken out"""
    lattice = client()
    gateway = a_gateway(world, lattice)
    updated = lattice.update_resource_gateway(resourceGatewayIdentifier=gateway["id"],
                                              securityGroupIds=["sg-0123456789abcdef1"])
    expect(updated["securityGroupIds"] == ["sg-0123456789abcdef1"], updated)
    expect(gateway["id"] in {item["id"] for item in paged(lattice, "list_resource_gateways")}, "gateways")
    configuration = a_configuration(world, lattice, gateway)
    expect(configuration["createdAt"].tzinfo is not None, "createdAt is no time")
    changed = lattice.update_resource_configuration(
        resourceConfigurationIdentifier=configuration["id"], portRanges=["5432"],
        resourceConfigurationDefinition={"ipResource": {"ipAddress": "10.0.0.8"}})
    expect(changed["resourceConfigurationDefinition"] == {"ipResource": {"ipAddress": "10.0.0.8"}}, changed)
    listed = paged(lattice, "list_resource_configurations", resourceGatewayIdentifier=gateway["id"])
    expect([item["id"] for item in listed] == [configuration["id"]], listed)
    network = lattice.create_service_network(name=world.name("net"))
    snra = lattice.create_service_network_resource_association(
        resourceConfigurationIdentifier=configuration["id"], serviceNetworkIdentifier=network["id"])
    read = active(lambda: lattice.get_service_network_resource_association(
        serviceNetworkResourceAssociationIdentifier=snra["arn"]))
    expect(read["dnsEntry"]["domainName"].startswith(f"{snra['id']}.{configuration['id']}."), read)
    listed = paged(lattice, "list_service_network_resource_associations", serviceNetworkIdentifier=network["id"])
    expect([item["id"] for item in listed] == [snra["id"]], listed)
    expect(paged(lattice, "list_service_network_vpc_endpoint_associations",
                 serviceNetworkIdentifier=network["id"]) == [], "endpoints of the network")
    expect(paged(lattice, "list_resource_endpoint_associations",
                 resourceConfigurationIdentifier=configuration["id"]) == [], "endpoints of the resource")
    met = refused(lattice.exceptions.ValidationException, lattice.delete_resource_configuration,
                  resourceConfigurationIdentifier=configuration["id"])
    expect("has existing association with service networks" in met.response["message"], met.response)
    lattice.delete_service_network_resource_association(
        serviceNetworkResourceAssociationIdentifier=snra["id"])
    gone(lattice, lambda: lattice.get_service_network_resource_association(
        serviceNetworkResourceAssociationIdentifier=snra["id"]))
    expect(status(lattice.delete_resource_configuration(
        resourceConfigurationIdentifier=configuration["id"])) == 204, "status")
    gone(lattice, lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=configuration["id"]))
    lattice.delete_resource_gateway(resourceGatewayIdentifier=gateway["id"])
    gone(lattice, lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=gateway["id"]))
    lattice.delete_service_network(serviceNetworkIdentifier=network["id"])


@test("boto3")
def domain_verifications(world):
    """a domain is verified, listed and forgotten"""
    lattice = client()
    started = lattice.start_domain_verification(domainName=f"{world.name('domain')}.example.com",
                                                tags={"team": "blue"})
    expect(started["status"] == "PENDING" and started["txtMethodConfig"]["name"].startswith("_"), started)
    read = until(lambda: lattice.get_domain_verification(domainVerificationIdentifier=started["arn"]),
                 lambda answer: answer["status"] == "VERIFIED")
    expect(read["tags"] == {"team": "blue"} and read["lastVerifiedTime"].tzinfo is not None, read)
    expect(started["id"] in {item["id"] for item in paged(lattice, "list_domain_verifications")}, "list")
    expect(status(lattice.delete_domain_verification(domainVerificationIdentifier=started["id"])) == 200, "status")


@test("boto3")
def policies(world):
    """policies are stored, told and deleted; an absent one is an empty answer"""
    lattice = client()
    network = lattice.create_service_network(name=world.name("net"))
    subject = {"resourceIdentifier": network["id"]}
    expect("policy" not in lattice.get_auth_policy(**subject), "a policy is there from the beginning")
    put = lattice.put_auth_policy(policy=POLICY, **subject)
    expect(put["policy"] == POLICY and put["state"] == "Inactive", put)
    lattice.update_service_network(serviceNetworkIdentifier=network["id"], authType="AWS_IAM")
    expect(lattice.get_auth_policy(**subject)["state"] == "Active", "state")
    expect(status(lattice.delete_auth_policy(**subject)) == 204, "status")
    lattice.put_resource_policy(resourceArn=network["arn"], policy=POLICY)
    expect(lattice.get_resource_policy(resourceArn=network["arn"])["policy"] == POLICY, "resource policy")
    expect(status(lattice.delete_resource_policy(resourceArn=network["arn"])) == 204, "status")
    expect("policy" not in lattice.get_resource_policy(resourceArn=network["arn"]), "not deleted")
    lattice.delete_service_network(serviceNetworkIdentifier=network["id"])


@test("boto3")
def access_logs(world):
    """access logs are subscribed to, once for each type of destination"""
    lattice = client()
    network = lattice.create_service_network(name=world.name("net"))
    group = "arn:aws:logs:us-east-2:123456789012:log-group:/lattice"
    made = lattice.create_access_log_subscription(resourceIdentifier=network["arn"], destinationArn=group)
    refused(lattice.exceptions.ConflictException, lattice.create_access_log_subscription,
            resourceIdentifier=network["id"], destinationArn=group + "/other")
    changed = lattice.update_access_log_subscription(accessLogSubscriptionIdentifier=made["id"],
                                                     destinationArn=group + "/other")
    expect(changed["destinationArn"] == group + "/other:*", changed)
    listed = paged(lattice, "list_access_log_subscriptions", resourceIdentifier=network["id"])
    expect([item["arn"] for item in listed] == [made["arn"]], listed)
    read = lattice.get_access_log_subscription(accessLogSubscriptionIdentifier=made["arn"])
    expect(read["resourceArn"] == network["arn"] and read["serviceNetworkLogType"] == "SERVICE", read)
    expect(status(lattice.delete_access_log_subscription(
        accessLogSubscriptionIdentifier=made["id"])) == 204, "status")
    lattice.delete_service_network(serviceNetworkIdentifier=network["id"])
