"""The Go libraries of controllers: the program in kube/go runs its flows, one test for each."""

import json
import re
import subprocess
import urllib.request

from tap import expect, test

SECONDS_MAX = 180
FLOWS = ("an informer sees a creation, a patch and a deletion",
         "a lease is taken, renewed, and kept from a stale holder",
         "a Service gets the Pods and the EndpointSlice that it asks for",
         "a manager's reconciler guards a Service with a finalizer")


def outcome(world):
    """What the program printed, run once."""
    if not hasattr(world, "go_outcome"):
        space = world.name("go")
        make_namespace(world, space)
        run = subprocess.run([*world.commands["client-go"], world.kubeconfig, space], check=False,
                             capture_output=True, text=True, timeout=SECONDS_MAX)
        world.go_outcome = run.stdout
        world.go_errors = run.stderr
    return world.go_outcome


def make_namespace(world, space):
    body = json.dumps({"metadata": {"name": space}}).encode()
    request = urllib.request.Request(world.kubernetes + "/api/v1/namespaces", body,
                                     {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def flow_test(flow):
    def run(world):
        text = outcome(world)
        line = re.search(r"^(not )?ok \d+ - .*" + re.escape(flow) + r"(\n  # .*)?", text, re.MULTILINE)
        expect(line and not line.group(1), f"{line.group(0) if line else text}\n{world.go_errors[-2000:]}")

    run.__doc__ = flow
    test("client-go")(run)


for each in FLOWS:
    flow_test(each)
