"""boto3 drives the services beside VPC Lattice, and signs in every way that the verifier knows."""

import base64
import json
import time
import urllib.error
import urllib.request

from boto3_tests import client, refused, status
from tap import expect, test

ROLE = "arn:aws:iam::123456789012:role/team/deployer"
HOUR = 3600


def admin(world, method, path, document):
    """A call of the simulator's own API."""
    request = urllib.request.Request(world.aws + "/_lattice/" + path, method=method,
                                     data=json.dumps(document).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def keys(session):
    return {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"]}


def fetch(url, **headers):
    """Status and body of a plain GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def web_token(**claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return f"{part({'alg': 'RS256'})}.{part(claims)}.{base64.urlsafe_b64encode(b'unproven').decode().rstrip('=')}"


def failure(call, **arguments):
    """The error that a call must meet, with its code."""
    import botocore.exceptions
    met = refused(botocore.exceptions.ClientError, call, **arguments)
    return met.response["Error"]["Code"]


@test("boto3")
def wrong_secret(_world):
    """a wrong secret, an unknown key and a made-up token are refused, each with its code"""
    known = "AKIALATTICESIMULATOR"
    wrong = {"aws_access_key_id": known, "aws_secret_access_key": "wrong"}
    expect(failure(client(**wrong).list_services) == "InvalidSignatureException", "wrong secret")
    expect(failure(client("sts", **wrong).get_caller_identity) == "SignatureDoesNotMatch", "sts")
    expect(failure(client("ec2", **wrong).describe_vpcs) == "AuthFailure", "ec2")
    unknown = {"aws_access_key_id": "AKIANOBODY0000000000", "aws_secret_access_key": "x"}
    expect(failure(client(**unknown).list_services) == "UnrecognizedClientException", "unknown key")
    token = {"aws_access_key_id": known, "aws_secret_access_key": "lattice-simulator", "aws_session_token": "made up"}
    expect(failure(client(**token).list_services) == "UnrecognizedClientException", "made-up token")


@test("boto3")
def presigned(_world):
    """presigned URLs of VPC Lattice and STS work for anybody, as they are and only as they are"""
    url = client().generate_presigned_url("list_services", Params={"maxResults": 5}, ExpiresIn=60)
    code, body = fetch(url)
    expect(code == 200 and "items" in body, (code, body))
    code, body = fetch(url.replace("maxResults=5", "maxResults=6"))
    expect(code == 403 and "does not match" in body, (code, body))
    url = client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    code, body = fetch(url)
    expect(code == 200 and "<Account>123456789012</Account>" in body, (code, body))


@test("boto3")
def unsigned(world):
    """a call without a signature is refused"""
    code, body = fetch(world.aws + "/services")
    expect(code == 403 and "Missing Authentication Token" in body, (code, body))


@test("boto3")
def account_keys(world):
    """a 12-digit key is an account of its own, and sees nothing of the others"""
    other = {"aws_access_key_id": "210987654321", "aws_secret_access_key": "210987654321"}
    expect(client("sts", **other).get_caller_identity()["Account"] == "210987654321", "account")
    network = client().create_service_network(name=world.name("net"))
    stranger = client(**other)
    refused(stranger.exceptions.ResourceNotFoundException, stranger.get_service_network,
            serviceNetworkIdentifier=network["id"])
    client().delete_service_network(serviceNetworkIdentifier=network["id"])


@test("boto3")
def roles(_world):
    """STS assumes roles, and the session signs calls"""
    answer = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="ci", DurationSeconds=900)
    expect(answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/deployer/ci", answer)
    expect(answer["Credentials"]["Expiration"].timestamp() > time.time(), answer)
    session = keys(answer["Credentials"])
    told = client("sts", **session).get_caller_identity()
    expect(told["Arn"] == answer["AssumedRoleUser"]["Arn"], told)
    expect(status(client(**session).list_services()) == 200, "the session is refused")
    expect(status(client("resourcegroupstaggingapi", **session).get_resources()) == 200, "tagging")


@test("boto3")
def web_identity(_world):
    """a web identity becomes a role without keys; a token that has ended does not"""
    from botocore import UNSIGNED
    from botocore.config import Config
    import boto3
    sts = boto3.client("sts", config=Config(signature_version=UNSIGNED, retries={"max_attempts": 1}))
    claims = {"iss": "https://oidc.example.com", "sub": "system:serviceaccount:a:b", "aud": "sts.amazonaws.com"}
    call = {"RoleArn": ROLE, "RoleSessionName": "pod"}
    answer = sts.assume_role_with_web_identity(
        WebIdentityToken=web_token(exp=int(time.time()) + HOUR, **claims), **call)
    expect(answer["SubjectFromWebIdentityToken"] == claims["sub"], answer)
    expect(status(client(**keys(answer["Credentials"])).list_services()) == 200, "the session is refused")
    refused(sts.exceptions.ExpiredTokenException, sts.assume_role_with_web_identity,
            WebIdentityToken=web_token(exp=int(time.time()) - 1, **claims), **call)
    refused(sts.exceptions.InvalidIdentityTokenException, sts.assume_role_with_web_identity,
            WebIdentityToken="not-a-token", **call)


@test("boto3")
def certificates(world):
    """ACM lists, describes and tells the tags of an imported certificate"""
    acm, name = client("acm"), world.name("cert") + ".example.com"
    arn = admin(world, "POST", "certificates", {"domain_name": name, "tags": {"team": "blue"}})["arn"]
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED"], PaginationConfig={"PageSize": 1})
    listed = {item["CertificateArn"]: item for page in pages for item in page["CertificateSummaryList"]}
    expect(listed[arn]["DomainName"] == name and listed[arn]["CreatedAt"].tzinfo is not None, listed)
    read = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    expect(read["Status"] == "ISSUED" and read["SubjectAlternativeNames"] == [name], read)
    expect(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}], "tags")
    refused(acm.exceptions.ResourceNotFoundException, acm.describe_certificate, CertificateArn=arn[:-1] + "z")


@test("boto3")
def vpcs_and_tags(world):
    """EC2 describes VPCs and tags, with filters"""
    ec2 = client("ec2")
    admin(world, "POST", "vpcs", {"id": "vpc-0abc", "cidr_block": "10.7.0.0/16", "tags": {"Name": "old"}})
    admin(world, "PUT", "ec2-tags", {"resource_id": "i-0abc", "tags": {"aws:eks:cluster-name": "c1"}})
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["o*"]}])["Vpcs"]
    expect([vpc["VpcId"] for vpc in found] == ["vpc-0abc"] and found[0]["CidrBlock"] == "10.7.0.0/16", found)
    expect(ec2.describe_vpcs(VpcIds=["vpc-0abc"])["Vpcs"][0]["OwnerId"] == "123456789012", "owner")
    expect(failure(ec2.describe_vpcs, VpcIds=["vpc-0fff"]) == "InvalidVpcID.NotFound", "not found")
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": ["i-0abc"]}])["Tags"]
    expect([tag["Value"] for tag in tags] == ["c1"] and tags[0]["ResourceType"] == "instance", tags)


@test("boto3")
def quotas(world):
    """Service Quotas lists in pages, and an approved request counts"""
    service_quotas, rules = client("service-quotas"), {"ServiceCode": "vpc-lattice", "QuotaCode": "L-BB11C6B9"}
    pages = service_quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode="vpc-lattice", PaginationConfig={"PageSize": 4})
    codes = [quota["QuotaCode"] for page in pages for quota in page["Quotas"]]
    expect(len(codes) == len(set(codes)) >= 15 and "L-CF78395E" in codes, codes)
    before = service_quotas.get_service_quota(**rules)["Quota"]["Value"]
    asked = service_quotas.request_service_quota_increase(DesiredValue=before + 5, **rules)["RequestedQuota"]
    expect(asked["Status"] == "PENDING", asked)
    refused(service_quotas.exceptions.ResourceAlreadyExistsException,
            service_quotas.request_service_quota_increase, DesiredValue=before + 9, **rules)
    admin(world, "PUT", "quotas/requests", {"id": asked["Id"], "status": "APPROVED"})
    expect(service_quotas.get_service_quota(**rules)["Quota"]["Value"] == before + 5, "not raised")
    default = service_quotas.get_aws_default_service_quota(**rules)["Quota"]
    expect(default["Value"] == before and default["Adjustable"], default)
    expect(service_quotas.list_services()["Services"][0]["ServiceCode"] == "vpc-lattice", "services")


@test("boto3")
def instance_role(world):
    """the credential chain finds the role of the instance through its metadata"""
    from botocore.utils import InstanceMetadataFetcher
    fetcher = InstanceMetadataFetcher(base_url=world.aws, num_attempts=1, timeout=5, env={})
    found = fetcher.retrieve_iam_role_credentials()
    expect(found.get("role_name") == "lattice-simulator", found.keys())
    session = {"aws_access_key_id": found["access_key"], "aws_secret_access_key": found["secret_key"],
               "aws_session_token": found["token"]}
    told = client("sts", **session).get_caller_identity()
    expect(told["Arn"].endswith(":assumed-role/lattice-simulator/i-0123456789abcdef0"), told)


@test("boto3")
def instance_region(world):
    """an SDK without a Region finds that of the instance through its metadata"""
    from botocore.utils import InstanceMetadataRegionFetcher
    fetcher = InstanceMetadataRegionFetcher(base_url=world.aws, num_attempts=1, timeout=5, env={})
    expect(fetcher.retrieve_region() == "us-east-2", "Region")


@test("boto3")
def metadata_tokens(world):
    """metadata wants a token: one with a life time, of this instance, and not through a proxy"""
    def ask(method, path, headers):
        request = urllib.request.Request(world.aws + path, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), answer.headers

    token_path, life, mac = "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "/latest/meta-data/mac"
    for seconds, code in (("0", 400), ("21601", 400), ("soon", 400), ("1", 200), ("21600", 200)):
        expect(ask("PUT", token_path, {life: seconds})[0] == code, seconds)
    expect(ask("PUT", token_path, {})[0] == 400, "without a life time")
    expect(ask("PUT", token_path, {life: "60", "X-Forwarded-For": "10.0.0.1"})[0] == 403, "through a proxy")
    code, token, headers = ask("PUT", token_path, {life: "60"})
    expect(code == 200 and headers[life] == "60", headers)
    expect(ask("GET", mac, {})[0] == 401, "without a token")
    expect(ask("GET", mac, {"X-aws-ec2-metadata-token": token[:-1] + "-"})[0] == 401, "a made-up token")
    code, address, _ = ask("GET", mac, {"X-aws-ec2-metadata-token": token})
    expect(code == 200 and address.count(":") == 5, address)
    with_token = {"X-aws-ec2-metadata-token": token}
    vpc = ask("GET", f"/latest/meta-data/network/interfaces/macs/{address}/vpc-id", with_token)[1]
    expect(vpc.startswith("vpc-"), vpc)
    expect(ask("GET", "/latest/meta-data/network/interfaces/macs/0e:00:00:00:00:00/vpc-id", with_token)[0] == 404,
           "the VPC of another interface")
    document = json.loads(ask("GET", "/latest/dynamic/instance-identity/document", with_token)[1])
    expect(document["region"] == "us-east-2" and document["accountId"] == "123456789012", document)


@test("boto3")
def pod_identity(world):
    """the credential chain takes a web identity from the file that a Pod has"""
    import os
    import botocore.session
    file = os.path.join(world.folder, "external-web-identity")
    with open(file, "w", encoding="utf-8") as out:
        out.write(web_token(iss="https://oidc.example.com", sub="system:serviceaccount:a:b", aud="sts.amazonaws.com",
                            exp=int(time.time()) + HOUR))
    session = botocore.session.Session(profile=None)
    chain = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_SESSION_NAME": "pod"}
    kept = {name: os.environ.pop(name, None) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    os.environ.update(chain)
    try:
        told = session.create_client("sts").get_caller_identity()
    finally:
        for name in chain:
            del os.environ[name]
        os.environ.update({name: value for name, value in kept.items() if value is not None})
    expect(told["Arn"] == "arn:aws:sts::123456789012:assumed-role/deployer/pod", told)
