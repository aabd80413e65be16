"""boto3 drives each resource family, and meets each refusal as its own exception class."""

import os
import sys

from tap import expect, test, until

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
import model_check  # noqa: E402  (lies in the folder of the flows' client)

VPC = "vpc-0123456789abcdef0"
FIXED = {"fixedResponse": {"statusCode": 404}}


def client(name="vpc-lattice", **options):
    import boto3  # here, because this module is read where boto3 may be missing
    from botocore.config import Config

    return model_check.watch(boto3.client(name, config=Config(retries={"max_attempts": 1}), **options))


def active(read):
    return until(read, lambda answer: answer["status"] == "ACTIVE")


def gone(lattice, read):
    def is_gone():
        try:
            read()
            return False
        except lattice.exceptions.ResourceNotFoundException:
            return True

    until(is_gone, bool)


def a_service(world, lattice):
    made = lattice.create_service(name=world.name("svc"))
    return active(lambda: lattice.get_service(serviceIdentifier=made["id"]))


def a_group(world, lattice):
    made = lattice.create_target_group(
        name=world.name("group"), type="IP",
        config={"port": 8080, "protocol": "HTTP", "vpcIdentifier": VPC})
    return active(lambda: lattice.get_target_group(targetGroupIdentifier=made["id"]))


def a_listener(world, lattice):
    service = a_service(world, lattice)
    return lattice.create_listener(serviceIdentifier=service["id"], name="http", protocol="HTTP",
                                   defaultAction=FIXED)


def a_rule(lattice, listener, priority):
    return lattice.create_rule(
        serviceIdentifier=listener["serviceId"], listenerIdentifier=listener["id"],
        name=f"rule{priority}", priority=priority, action=FIXED,
        match={"httpMatch": {"pathMatch": {"match": {"prefix": f"/{priority}"}}}})


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def paged(lattice, operation, **arguments):
    pages = lattice.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments)
    return [item for page in pages for item in page["items"]]


def refused(exception, call, **arguments):
    """The exception that a call must meet."""
    try:
        call(**arguments)
    except exception as met:
        expect(met.response["Error"]["Message"], "the exception has no message")
        expect(met.response["ResponseMetadata"].get("RequestId"), "the exception has no request id")
        return met
    raise AssertionError(f"the call was not refused with {exception.__name__}")


@test("boto3")
def services(world):
    """services are created, read, listed in pages, updated and deleted"""
    lattice = client()
    made = [a_service(world, lattice) for _ in range(3)]
    listed = {item["id"] for item in paged(lattice, "list_services")}
    expect({service["id"] for service in made} <= listed, "a service is missing in the list")
    first = made[0]
    expect(first["dnsEntry"]["domainName"].endswith(".7d67968.vpc-lattice-svcs.us-east-2.on.aws"), first)
    expect(first["createdAt"].tzinfo is not None, "createdAt is no time")
    lattice.update_service(serviceIdentifier=first["arn"], authType="AWS_IAM")
    expect(lattice.get_service(serviceIdentifier=first["arn"])["authType"] == "AWS_IAM", "not updated")
    for service in made:
        deleted = lattice.delete_service(serviceIdentifier=service["id"])
        expect(deleted["status"] == "DELETE_IN_PROGRESS", deleted)
        gone(lattice, lambda: lattice.get_service(serviceIdentifier=service["id"]))


@test("boto3")
def service_networks(world):
    """service networks are created, read, listed in pages, updated and deleted"""
    lattice = client()
    made = [lattice.create_service_network(name=world.name("net")) for _ in range(3)]
    listed = {item["id"] for item in paged(lattice, "list_service_networks")}
    expect({network["id"] for network in made} <= listed, "a network is missing in the list")
    lattice.update_service_network(serviceNetworkIdentifier=made[0]["id"], authType="AWS_IAM")
    read = lattice.get_service_network(serviceNetworkIdentifier=made[0]["id"])
    expect(read["authType"] == "AWS_IAM" and read["numberOfAssociatedVPCs"] == 0, read)
    for network in made:
        expect(status(lattice.delete_service_network(serviceNetworkIdentifier=network["id"])) == 204, "status")


@test("boto3")
def associations(world):
    """services and VPCs are put into a service network, listed and taken out"""
    lattice = client()
    service = a_service(world, lattice)
    network = lattice.create_service_network(name=world.name("net"))
    snsa = lattice.create_service_network_service_association(
        serviceIdentifier=service["id"], serviceNetworkIdentifier=network["id"])
    snva = lattice.create_service_network_vpc_association(
        serviceNetworkIdentifier=network["id"], vpcIdentifier=VPC, securityGroupIds=["sg-0123456789abcdef0"])
    active(lambda: lattice.get_service_network_service_association(
        serviceNetworkServiceAssociationIdentifier=snsa["arn"]))
    active(lambda: lattice.get_service_network_vpc_association(
        serviceNetworkVpcAssociationIdentifier=snva["arn"]))
    lattice.update_service_network_vpc_association(
        serviceNetworkVpcAssociationIdentifier=snva["id"], securityGroupIds=["sg-0123456789abcdef1"])
    changed = active(lambda: lattice.get_service_network_vpc_association(
        serviceNetworkVpcAssociationIdentifier=snva["id"]))
    expect(changed["securityGroupIds"] == ["sg-0123456789abcdef1"], changed)
    listed = paged(lattice, "list_service_network_service_associations", serviceIdentifier=service["id"])
    expect([item["id"] for item in listed] == [snsa["id"]], listed)
    listed = paged(lattice, "list_service_network_vpc_associations", serviceNetworkIdentifier=network["id"])
    expect([item["id"] for item in listed] == [snva["id"]], listed)
    refused(lattice.exceptions.ConflictException, lattice.delete_service, serviceIdentifier=service["id"])
    lattice.delete_service_network_service_association(serviceNetworkServiceAssociationIdentifier=snsa["id"])
    lattice.delete_service_network_vpc_association(serviceNetworkVpcAssociationIdentifier=snva["id"])
    gone(lattice, lambda: lattice.get_service_network_service_association(
        serviceNetworkServiceAssociationIdentifier=snsa["id"]))
    gone(lattice, lambda: lattice.get_service_network_vpc_association(
        serviceNetworkVpcAssociationIdentifier=snva["id"]))
    lattice.delete_service_network(serviceNetworkIdentifier=network["id"])
    lattice.delete_service(serviceIdentifier=service["id"])


@test("boto3")
def target_groups_and_targets(world):
    """target groups are created, listed, updated and deleted, targets registered and taken off"""
    lattice = client()
    made = [a_group(world, lattice) for _ in range(3)]
    listed = {item["id"] for item in paged(lattice, "list_target_groups", vpcIdentifier=VPC)}
    expect({group["id"] for group in made} <= listed, "a target group is missing in the list")
    group = made[0]["id"]
    updated = lattice.update_target_group(targetGroupIdentifier=group, healthCheck={"path": "/up"})
    expect(updated["config"]["healthCheck"]["path"] == "/up", updated)
    answer = lattice.register_targets(targetGroupIdentifier=group,
                                      targets=[{"id": f"10.0.0.{n}"} for n in range(1, 6)])
    expect(len(answer["successful"]) == 5 and answer["unsuccessful"] == [], answer)
    targets = paged(lattice, "list_targets", targetGroupIdentifier=group)
    expect(len(targets) == 5 and {item["status"] for item in targets} == {"UNUSED"}, targets)
    answer = lattice.deregister_targets(targetGroupIdentifier=group,
                                        targets=[{"id": "10.0.0.1"}, {"id": "10.9.9.9"}])
    expect([item["id"] for item in answer["successful"]] == ["10.0.0.1"], answer)
    expect(answer["unsuccessful"][0]["failureCode"] == "TargetNotFound", answer)
    for one in made:
        lattice.delete_target_group(targetGroupIdentifier=one["id"])
        gone(lattice, lambda: lattice.get_target_group(targetGroupIdentifier=one["id"]))


@test("boto3")
def listeners_and_rules(world):
    """listeners and rules are created, listed, updated, swapped in a batch and deleted"""
    lattice = client()
    listener = a_listener(world, lattice)
    place = {"serviceIdentifier": listener["serviceId"], "listenerIdentifier": listener["id"]}
    lattice.update_listener(defaultAction={"fixedResponse": {"statusCode": 500}}, **place)
    expect(lattice.get_listener(**place)["defaultAction"]["fixedResponse"]["statusCode"] == 500, "listener")
    expect(len(paged(lattice, "list_listeners", serviceIdentifier=listener["serviceId"])) == 1, "listeners")
    one, two = a_rule(lattice, listener, 1), a_rule(lattice, listener, 2)
    lattice.update_rule(ruleIdentifier=one["id"], priority=5, **place)
    answer = lattice.batch_update_rule(
        rules=[{"ruleIdentifier": one["id"], "priority": 2}, {"ruleIdentifier": two["id"], "priority": 5}],
        **place)
    expect(len(answer["successful"]) == 2 and answer["unsuccessful"] == [], answer)
    listed = {item["id"]: item for item in paged(lattice, "list_rules", **place)}
    expect(len(listed) == 3 and listed[two["id"]]["priority"] == 5, listed)
    expect(lattice.get_rule(ruleIdentifier=two["arn"], **place)["match"] == two["match"], "the match changed")
    expect(status(lattice.delete_rule(ruleIdentifier=one["id"], **place)) == 204, "status")
    expect(status(lattice.delete_listener(**place)) == 204, "status")
    lattice.delete_service(serviceIdentifier=listener["serviceId"])


@test("boto3")
def tags(world):
    """tags are set at creation, merged, removed, and found through the tagging API"""
    lattice, tagging = client(), client("resourcegroupstaggingapi")
    key = world.name("key")
    network = lattice.create_service_network(name=world.name("net"), tags={key: "a", "k8s/name": "x"})
    lattice.tag_resource(resourceArn=network["arn"], tags={"more": ""})
    lattice.untag_resource(resourceArn=network["arn"], tagKeys=["k8s/name"])
    read = lattice.list_tags_for_resource(resourceArn=network["arn"])["tags"]
    expect(read == {key: "a", "more": ""}, read)
    found = tagging.get_resources(TagFilters=[{"Key": key, "Values": ["a", "b"]}],
                                  ResourceTypeFilters=["vpc-lattice:servicenetwork"])
    expect([item["ResourceARN"] for item in found["ResourceTagMappingList"]] == [network["arn"]], found)
    failed = tagging.tag_resources(ResourceARNList=[network["arn"]], Tags={"third": "3"})
    expect(failed["FailedResourcesMap"] == {}, failed)
    tagging.untag_resources(ResourceARNList=[network["arn"]], TagKeys=["more"])
    read = lattice.list_tags_for_resource(resourceArn=network["arn"])["tags"]
    expect(read == {key: "a", "third": "3"}, read)
    lattice.delete_service_network(serviceNetworkIdentifier=network["id"])


@test("boto3")
def identity(_world):
    """STS tells who is calling"""
    identity_told = client("sts").get_caller_identity()
    expect(identity_told["Account"].isdigit() and len(identity_told["Account"]) == 12, identity_told)
    expect(identity_told["Arn"].startswith("arn:aws:"), identity_told)


@test("boto3")
def not_found(world):
    """a missing resource is ResourceNotFoundException with its id and type"""
    lattice = client()
    met = refused(lattice.exceptions.ResourceNotFoundException, lattice.get_service,
                  serviceIdentifier="svc-0fffffffffffffff0")
    expect(met.response["resourceId"] == "svc-0fffffffffffffff0", met.response)
    expect(met.response["resourceType"] == "SERVICE", met.response)
    expect(status(met.response) == 404, met.response)


@test("boto3")
def conflict(world):
    """a taken name is ConflictException with the id and type of what is in the way"""
    lattice = client()
    service = a_service(world, lattice)
    met = refused(lattice.exceptions.ConflictException, lattice.create_service, name=service["name"])
    expect("already exists" in met.response["message"], met.response)
    expect(met.response["resourceId"] and met.response["resourceType"] == "SERVICE", met.response)
    expect(status(met.response) == 409, met.response)
    lattice.delete_service(serviceIdentifier=service["id"])


@test("boto3")
def quota(world):
    """the third listener is ServiceQuotaExceededException with quota and service code"""
    lattice = client()
    listener = a_listener(world, lattice)
    make = {"serviceIdentifier": listener["serviceId"], "protocol": "HTTP", "defaultAction": FIXED}
    lattice.create_listener(name="second", port=81, **make)
    met = refused(lattice.exceptions.ServiceQuotaExceededException, lattice.create_listener,
                  name="third", port=82, **make)
    expect(met.response["quotaCode"] == "L-D64E952E", met.response)
    expect(met.response["serviceCode"] == "vpc-lattice" and met.response["resourceType"], met.response)
    expect(status(met.response) == 402, met.response)
    lattice.delete_service(serviceIdentifier=listener["serviceId"])


@test("boto3")
def validation(world):
    """violations are ValidationException with the reason and one entry for each member"""
    lattice = client()
    met = refused(lattice.exceptions.ValidationException, lattice.create_service,
                  name="Not_A_Name", authType="SOMETIMES")
    expect(met.response["reason"] == "fieldValidationFailed", met.response)
    expect({entry["name"] for entry in met.response["fieldList"]} == {"name", "authType"}, met.response)
    expect(all(entry["message"] for entry in met.response["fieldList"]), met.response)
    expect(status(met.response) == 400, met.response)


@test("boto3")
def idempotency(world):
    """a create repeated with its token answers the same resource"""
    lattice = client()
    name, token = world.name("svc"), world.name("token")
    first = lattice.create_service(name=name, clientToken=token)
    again = lattice.create_service(name=name, clientToken=token)
    expect(first["id"] == again["id"], (first, again))
    active(lambda: lattice.get_service(serviceIdentifier=first["id"]))
    lattice.delete_service(serviceIdentifier=first["id"])
