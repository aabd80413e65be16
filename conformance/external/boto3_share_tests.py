"""Every operation as another account tries it on what is shared with it: a service network, a service and a
resource configuration, and what belongs to them. Source: user guide on sharing, RAM's permissions; "denied, also
to read" for children, policies and tags of what is shared is chosen but for tags (observed)."""

from boto3_tests import FIXED, VPC, active, client
from boto3_side_tests import admin
from tap import expect, test

SHAREE = "210987654321"
ALLOWED, DENIED, MISSING = None, "AccessDeniedException", "ResourceNotFoundException"
RESOURCE = {"resourceConfigurationDefinition": {"ipResource": {"ipAddress": "10.0.0.9"}}}
LOGS = "arn:aws:logs:us-east-2:123456789012:log-group:/lattice"
POLICY = '{"Version":"2012-10-17","Statement":[]}'
MATCH = {"httpMatch": {}}


def owned(world, lattice):
    """What the owner has, by name: ids, and ARNs as NAME_arn."""
    made = {}

    def keep(name, answer):
        made[name], made[f"{name}_arn"] = answer["id"], answer.get("arn")

    keep("network", lattice.create_service_network(name=world.name("net")))
    keep("service", lattice.create_service(name=world.name("svc")))
    keep("free_service", lattice.create_service(name=world.name("svc")))
    active(lambda: lattice.get_service(serviceIdentifier=made["free_service"]))
    keep("listener", lattice.create_listener(serviceIdentifier=made["service"], name="http", protocol="HTTP",
                                             defaultAction=FIXED))
    keep("rule", lattice.create_rule(serviceIdentifier=made["service"], listenerIdentifier=made["listener"],
                                     name="first", priority=1, match=MATCH, action=FIXED))
    keep("group", lattice.create_target_group(name=world.name("group"), type="LAMBDA"))
    keep("gateway", lattice.create_resource_gateway(name=world.name("gate"), vpcIdentifier=VPC,
                                                    subnetIds=["subnet-0123456789abcdef0"]))
    for name, kind in (("config", {"type": "SINGLE"} | RESOURCE), ("config_group", {"type": "GROUP"})):
        keep(name, lattice.create_resource_configuration(name=world.name("rcfg"), protocol="TCP",
                                                         resourceGatewayIdentifier=made["gateway"], **kind))
    keep("snsa", lattice.create_service_network_service_association(
        serviceIdentifier=made["service"], serviceNetworkIdentifier=made["network"]))
    keep("snva", lattice.create_service_network_vpc_association(
        vpcIdentifier="vpc-0feedfeedfeedfeed", serviceNetworkIdentifier=made["network"]))
    keep("snra", lattice.create_service_network_resource_association(
        resourceConfigurationIdentifier=made["config"], serviceNetworkIdentifier=made["network"]))
    keep("log", lattice.create_access_log_subscription(resourceIdentifier=made["network"], destinationArn=LOGS))
    keep("domain", lattice.start_domain_verification(domainName=f"{world.name('dom')}.example.com"))
    active(lambda: lattice.get_service_network_vpc_association(serviceNetworkVpcAssociationIdentifier=made["snva"]))
    for name, owner in (("endpoint", "123456789012"), ("endpoint_mine", SHAREE)):
        keep(name, admin(world, "POST", "endpoints", {"resourceConfiguration": made["config"], "owner": owner}))
        admin(world, "POST", "endpoints", {"serviceNetwork": made["network"], "owner": owner})
    for shared in ("network", "service", "free_service", "config", "config_group"):
        admin(world, "POST", "shares", {"resource": made[shared], "account": SHAREE})
    return made


def own(world, lattice):
    """What the sharee brings along."""
    made = {"my_network": lattice.create_service_network(name=world.name("net"))["id"],
            "my_service": lattice.create_service(name=world.name("svc"))["id"]}
    active(lambda: lattice.get_service(serviceIdentifier=made["my_service"]))
    return made


def table(w):
    """(operation, its input, how it ends), in this order; a name saves the id of the answer for later rows."""
    listener = {"serviceIdentifier": w["service"], "listenerIdentifier": w["listener"]}
    rule = listener | {"ruleIdentifier": w["rule"]}
    group = {"targetGroupIdentifier": w["group"]}
    targets = group | {"targets": [{"id": "arn:aws:lambda:us-east-2:123456789012:function:f"}]}
    yield "create_service", {"name": w["unique"]}, ALLOWED
    yield "get_service", {"serviceIdentifier": w["service_arn"]}, ALLOWED
    yield "list_services", {}, ALLOWED
    yield "update_service", {"serviceIdentifier": w["service"], "authType": "NONE"}, DENIED
    yield "delete_service", {"serviceIdentifier": w["service"]}, DENIED
    yield "create_service_network", {"name": w["unique"]}, ALLOWED
    yield "get_service_network", {"serviceNetworkIdentifier": w["network_arn"]}, ALLOWED
    yield "list_service_networks", {}, ALLOWED
    yield "update_service_network", {"serviceNetworkIdentifier": w["network"], "authType": "NONE"}, DENIED
    yield "delete_service_network", {"serviceNetworkIdentifier": w["network"]}, DENIED
    ends = {"serviceNetworkIdentifier": w["network"]}
    mine = {"serviceIdentifier": w["my_service"]}
    yield "create_service_network_service_association", ends | mine, ALLOWED, "my_snsa"
    yield "create_service_network_service_association", ends | {"serviceIdentifier": w["free_service"]}, DENIED
    yield "get_service_network_service_association", {"id": w["my_snsa"]}, ALLOWED
    yield "get_service_network_service_association", {"id": w["snsa"]}, MISSING
    yield "list_service_network_service_associations", ends, ALLOWED, w["my_snsa"]
    yield "delete_service_network_service_association", {"id": w["snsa"]}, MISSING
    yield "delete_service_network_service_association", {"id": w["my_snsa"]}, ALLOWED
    yield "create_service_network_vpc_association", ends | {"vpcIdentifier": VPC}, ALLOWED, "my_snva"
    groups = {"securityGroupIds": ["sg-0123456789abcdef0"]}
    yield "get_service_network_vpc_association", {"id": w["my_snva"]}, ALLOWED
    yield "get_service_network_vpc_association", {"id": w["snva"]}, MISSING
    yield "list_service_network_vpc_associations", ends, ALLOWED, w["my_snva"]
    yield "update_service_network_vpc_association", {"id": w["my_snva"]} | groups, ALLOWED
    yield "update_service_network_vpc_association", {"id": w["snva"]} | groups, MISSING
    yield "delete_service_network_vpc_association", {"id": w["snva"]}, MISSING
    yield "delete_service_network_vpc_association", {"id": w["my_snva"]}, ALLOWED
    config = {"resourceConfigurationIdentifier": w["config"]}
    yield ("create_service_network_resource_association", config | {"serviceNetworkIdentifier": w["my_network"]},
           ALLOWED, "my_snra")
    yield "create_service_network_resource_association", config | ends, DENIED
    yield "get_service_network_resource_association", {"id": w["my_snra"]}, ALLOWED
    yield "get_service_network_resource_association", {"id": w["snra"]}, MISSING
    yield "list_service_network_resource_associations", config, ALLOWED, w["my_snra"]
    yield "delete_service_network_resource_association", {"id": w["snra"]}, MISSING
    yield "delete_service_network_resource_association", {"id": w["my_snra"]}, ALLOWED
    yield "list_service_network_vpc_endpoint_associations", ends, ALLOWED, 1
    yield "list_resource_endpoint_associations", config, ALLOWED, w["endpoint_mine"]
    yield "delete_resource_endpoint_association", {"id": w["endpoint"]}, MISSING
    yield "delete_resource_endpoint_association", {"id": w["endpoint_mine"]}, ALLOWED
    yield "create_listener", {"serviceIdentifier": w["service"], "name": "more", "protocol": "HTTP", "port": 81,
                              "defaultAction": FIXED}, DENIED
    yield "get_listener", listener, DENIED
    yield "list_listeners", {"serviceIdentifier": w["service"]}, DENIED
    yield "update_listener", listener | {"defaultAction": FIXED}, DENIED
    yield "delete_listener", listener, DENIED
    yield "create_rule", listener | {"name": "more", "priority": 2, "match": MATCH, "action": FIXED}, DENIED
    yield "get_rule", rule, DENIED
    yield "list_rules", listener, DENIED
    yield "update_rule", rule | {"priority": 3}, DENIED
    yield "batch_update_rule", listener | {"rules": [{"ruleIdentifier": w["rule"], "priority": 3}]}, DENIED
    yield "delete_rule", rule, DENIED
    yield "create_target_group", {"name": w["unique"], "type": "LAMBDA"}, ALLOWED
    yield "get_target_group", group, MISSING
    yield "list_target_groups", {}, ALLOWED
    yield "update_target_group", group | {"healthCheck": {}}, MISSING
    yield "register_targets", targets, MISSING
    yield "deregister_targets", targets, MISSING
    yield "list_targets", group, MISSING
    yield "delete_target_group", group, MISSING
    yield "create_resource_gateway", {"name": w["unique"], "vpcIdentifier": VPC,
                                      "subnetIds": ["subnet-0123456789abcdef0"]}, ALLOWED
    gateway = {"resourceGatewayIdentifier": w["gateway"]}
    yield "get_resource_gateway", gateway, MISSING
    yield "list_resource_gateways", {}, ALLOWED
    yield "update_resource_gateway", gateway, MISSING
    yield "delete_resource_gateway", gateway, MISSING
    child = {"type": "CHILD", "resourceConfigurationGroupIdentifier": w["config_group"]}
    yield "create_resource_configuration", {"name": w["unique"]} | child | RESOURCE, DENIED
    yield "create_resource_configuration", {"name": w["unique"], "type": "SINGLE"} | gateway | RESOURCE, MISSING
    yield "get_resource_configuration", config, ALLOWED
    yield "list_resource_configurations", {}, ALLOWED
    yield "update_resource_configuration", config | {"portRanges": ["80"]}, DENIED
    yield "delete_resource_configuration", config, DENIED
    yield "start_domain_verification", {"domainName": f"{w['unique']}.example.com"}, ALLOWED
    yield "get_domain_verification", {"id": w["domain"]}, MISSING
    yield "list_domain_verifications", {}, ALLOWED
    yield "delete_domain_verification", {"id": w["domain"]}, MISSING
    for shared in ("network", "service"):
        yield "put_auth_policy", {"id": w[shared], "policy": POLICY}, DENIED
        yield "get_auth_policy", {"id": w[shared]}, DENIED
        yield "delete_auth_policy", {"id": w[shared]}, DENIED
    for shared in ("network", "service", "config"):
        yield "put_resource_policy", {"id": w[f"{shared}_arn"], "policy": POLICY}, DENIED
        yield "get_resource_policy", {"id": w[f"{shared}_arn"]}, DENIED
        yield "delete_resource_policy", {"id": w[f"{shared}_arn"]}, DENIED
        yield ("create_access_log_subscription", {"resourceIdentifier": w[shared], "destinationArn": LOGS}, DENIED)
        yield "list_access_log_subscriptions", {"id": w[shared]}, ALLOWED, 0
        yield "tag_resource", {"id": w[f"{shared}_arn"], "tags": {"team": "blue"}}, DENIED
        yield "untag_resource", {"id": w[f"{shared}_arn"], "tagKeys": ["team"]}, DENIED
        yield "list_tags_for_resource", {"id": w[f"{shared}_arn"]}, DENIED
    yield "get_access_log_subscription", {"id": w["log"]}, MISSING
    yield "update_access_log_subscription", {"id": w["log"], "destinationArn": LOGS}, MISSING
    yield "delete_access_log_subscription", {"id": w["log"]}, MISSING


def attempt(sharee, operation, given):
    """The answer and nothing, or nothing and the code of the refusal. "id" is the operation's only label."""
    import botocore.exceptions
    from botocore import xform_name
    model = sharee.meta.service_model
    shape = next(model.operation_model(name).input_shape for name in model.operation_names
                 if xform_name(name) == operation)
    label = next((name for name in shape.required_members if name.endswith(("Identifier", "Arn"))), None)
    named = {label if name == "id" else name: value for name, value in given.items()}
    try:
        return getattr(sharee, operation)(**named), ALLOWED
    except botocore.exceptions.ClientError as met:
        return None, met.response["Error"]["Code"]


@test("boto3")
def sharee(world):
    """another account may do with what is shared what RAM's permissions say, operation by operation"""
    from botocore import xform_name
    lattice = client()
    stranger = client(aws_access_key_id=SHAREE, aws_secret_access_key=SHAREE)
    known = {"unique": world.name("own")} | owned(world, lattice) | own(world, stranger)
    known = type("Known", (dict,), {"__missing__": lambda _self, name: f"no {name} yet"})(known)
    tried, wrong = set(), []
    for operation, given, outcome, *about in table(known):
        answer, code = attempt(stranger, operation, given)
        tried.add(operation)
        if code != outcome:
            wrong.append(f"{operation} {given}: {code or 'allowed'} instead of {outcome or 'allowed'}")
        elif about and "items" in answer:
            ids = [item["id"] for item in answer["items"]]
            if ids != [about[0]] and len(ids) != about[0]:
                wrong.append(f"{operation}: {ids} instead of {about[0]}")
        elif about:
            known[about[0]] = answer["id"]
    expect(not wrong, "\n".join(wrong))
    every = {xform_name(name) for name in stranger.meta.service_model.operation_names}
    expect(tried == every, f"not tried: {sorted(every - tried)}")


@test("boto3")
def ends_of_an_association(world):
    """an association is seen by both ends, deleted by its creator and the network's owner, updated by its creator"""
    owner, other = client(), client(aws_access_key_id=SHAREE, aws_secret_access_key=SHAREE)
    network = owner.create_service_network(name=world.name("net"))["id"]
    service = other.create_service(name=world.name("svc"))["id"]
    active(lambda: other.get_service(serviceIdentifier=service))
    gateway = other.create_resource_gateway(name=world.name("gate"), vpcIdentifier=VPC,
                                            subnetIds=["subnet-0123456789abcdef0"])["id"]
    config = other.create_resource_configuration(name=world.name("rcfg"), type="SINGLE",
                                                 resourceGatewayIdentifier=gateway, **RESOURCE)["id"]
    for resource, account in ((network, SHAREE), (service, "123456789012"), (config, "123456789012")):
        admin(world, "POST", "shares", {"resource": resource, "account": account})
    ends = {"serviceNetworkIdentifier": network}
    put, groups = owner.create_service_network_resource_association, {"securityGroupIds": ["sg-0123456789abcdef0"]}
    made = {
        "service": owner.create_service_network_service_association(serviceIdentifier=service, **ends)["id"],
        "resource": put(resourceConfigurationIdentifier=config, **ends)["id"],
        "vpc": other.create_service_network_vpc_association(vpcIdentifier=VPC, **ends)["id"],
    }
    rows = [
        (other, "get_service_network_service_association", {"id": made["service"]}, ALLOWED),
        (other, "delete_service_network_service_association", {"id": made["service"]}, DENIED),
        (owner, "delete_service_network_service_association", {"id": made["service"]}, ALLOWED),
        (other, "get_service_network_resource_association", {"id": made["resource"]}, ALLOWED),
        (other, "delete_service_network_resource_association", {"id": made["resource"]}, DENIED),
        (owner, "delete_service_network_resource_association", {"id": made["resource"]}, ALLOWED),
        (owner, "get_service_network_vpc_association", {"id": made["vpc"]}, ALLOWED),
        (owner, "update_service_network_vpc_association", {"id": made["vpc"]} | groups, DENIED),
        (other, "update_service_network_vpc_association", {"id": made["vpc"]} | groups, ALLOWED),
        (owner, "delete_service_network_vpc_association", {"id": made["vpc"]}, ALLOWED),
    ]
    for caller, operation, given, outcome in rows:
        code = attempt(caller, operation, given)[1]
        expect(code == outcome, f"{operation}: {code or 'allowed'} instead of {outcome or 'allowed'}")


@test("boto3")
def tags_of_what_is_shared(world):
    """the tagging API neither finds nor changes what is shared with an account"""
    owner, name = client(), world.name("net")
    arn = owner.create_service_network(name=name, tags={"share": name})["arn"]
    admin(world, "POST", "shares", {"resource": arn, "account": SHAREE})
    tagging = client("resourcegroupstaggingapi", aws_access_key_id=SHAREE, aws_secret_access_key=SHAREE)
    wanted = {"TagFilters": [{"Key": "share", "Values": [name]}]}
    expect(tagging.get_resources(**wanted)["ResourceTagMappingList"] == [], "found")
    failed = tagging.tag_resources(ResourceARNList=[arn], Tags={"share": "mine"})["FailedResourcesMap"]
    expect(list(failed) == [arn], failed)
    failed = tagging.untag_resources(ResourceARNList=[arn], TagKeys=["share"])["FailedResourcesMap"]
    expect(list(failed) == [arn], failed)
    found = client("resourcegroupstaggingapi").get_resources(**wanted)["ResourceTagMappingList"]
    expect([item["ResourceARN"] for item in found] == [arn], found)
