"""The aws command line drives the simulator as a person at a terminal does."""

import json
import os
import subprocess

from tap import expect, test, until

SECONDS_MAX = 60


def aws(world, *words, refused=None):
    """The JSON that a command prints; or, when it must be refused, its error text."""
    run = subprocess.run([os.path.join(world.bin, "aws"), *words, "--output", "json"], check=False,
                         capture_output=True, text=True, timeout=SECONDS_MAX)
    if refused is None:
        expect(run.returncode == 0, f"aws {' '.join(words)}: {run.stderr}")
        return json.loads(run.stdout) if run.stdout.strip() else None
    expect(run.returncode != 0 and f"({refused})" in run.stderr, f"{run.returncode}: {run.stderr}")
    return run.stderr


@test("aws")
def services(world):
    """services are created, listed page by page, updated and deleted"""
    names = [world.name("cli") for _ in range(2)]
    made = [aws(world, "vpc-lattice", "create-service", "--name", name) for name in names]
    listed = aws(world, "vpc-lattice", "list-services", "--page-size", "1")["items"]
    expect(set(names) <= {item["name"] for item in listed}, listed)
    for service in made:
        place = ("--service-identifier", service["arn"])
        until(lambda: aws(world, "vpc-lattice", "get-service", *place),
              lambda read: read["status"] == "ACTIVE")
        aws(world, "vpc-lattice", "update-service", *place, "--auth-type", "AWS_IAM")
        deleted = aws(world, "vpc-lattice", "delete-service", *place)
        expect(deleted["status"] == "DELETE_IN_PROGRESS", deleted)


@test("aws")
def rules(world):
    """a listener with a rule is created from JSON arguments and deleted without output"""
    service = aws(world, "vpc-lattice", "create-service", "--name", world.name("cli"))["id"]
    until(lambda: aws(world, "vpc-lattice", "get-service", "--service-identifier", service),
          lambda read: read["status"] == "ACTIVE")
    fixed = '{"fixedResponse":{"statusCode":404}}'
    listener = aws(world, "vpc-lattice", "create-listener", "--service-identifier", service, "--name",
                   "http", "--protocol", "HTTP", "--default-action", fixed)
    place = ("--service-identifier", service, "--listener-identifier", listener["id"])
    rule = aws(world, "vpc-lattice", "create-rule", *place, "--name", "one", "--priority", "1",
               "--match", '{"httpMatch":{"method":"GET"}}', "--action", fixed)
    expect(rule["match"]["httpMatch"]["method"] == "GET", rule)
    nothing = aws(world, "vpc-lattice", "delete-rule", *place, "--rule-identifier", rule["id"])
    expect(nothing is None, nothing)
    aws(world, "vpc-lattice", "delete-service", "--service-identifier", service)


STRANGERS = [("iam", "list-users"), ("elbv2", "describe-load-balancers"), ("s3api", "list-buckets"),
             ("dynamodb", "list-tables"), ("logs", "describe-log-groups")]


@test("aws")
def strangers(world):
    """a service that is not faked says so, in the form that its own client reads"""
    for words in STRANGERS:
        said = aws(world, *words, refused="NotImplementedException")
        expect("does not fake the service" in said, said)


@test("aws")
def refusals(world):
    """refusals are named on standard error"""
    name = world.name("cli")
    network = aws(world, "vpc-lattice", "create-service-network", "--name", name)["id"]
    text = aws(world, "vpc-lattice", "create-service-network", "--name", name, refused="ConflictException")
    expect("already exists" in text, text)
    aws(world, "vpc-lattice", "create-service", "--name", "Not_A_Name", refused="ValidationException")
    aws(world, "vpc-lattice", "get-target-group", "--target-group-identifier", "tg-0fffffffffffffff0",
        refused="ResourceNotFoundException")
    aws(world, "vpc-lattice", "delete-service-network", "--service-network-identifier", network)


@test("aws")
def side_services(world):
    """sts and the tagging API answer"""
    expect(len(aws(world, "sts", "get-caller-identity")["Account"]) == 12, "the account")
    found = aws(world, "resourcegroupstaggingapi", "get-resources", "--tag-filters",
                f"Key={world.name('nobody')}")
    expect(found["ResourceTagMappingList"] == [], found)
