"""All tests with real clients, in one process; started by run, which prepares the ground."""

import json
import os
import sys

import tap


def main():
    given = json.loads(sys.argv[1])
    world = tap.World(given)
    import boto3_family_tests  # noqa: F401  (importing a module registers its tests)
    import boto3_share_tests  # noqa: F401
    import boto3_side_tests  # noqa: F401
    import boto3_tests  # noqa: F401
    import cli_tests  # noqa: F401
    import flow_tests  # noqa: F401
    import kube_go_tests  # noqa: F401
    import kube_python_tests  # noqa: F401
    import kubectl_definitions  # noqa: F401
    import kubectl_tests  # noqa: F401
    import kubectl_verbs  # noqa: F401
    import kubectl_workloads  # noqa: F401
    import tls_tests  # noqa: F401
    import webhook_tests  # noqa: F401
    return 1 if tap.run_all(world, may_skip=os.environ.get("CI") != "true") else 0


if __name__ == "__main__":
    sys.exit(main())
