"""The unmodified kubectl with Pods, Deployments and their rollouts: what it prints and what it leaves."""

import json

from kubectl_tests import kubectl
from tap import expect, test

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {space}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: app, image: 'shop:1', ports: [{{name: http, containerPort: 8080}}]}}]
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: {space}}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: http}}]}}
"""
GATE = "example.com/gate"


def deployed(world):
    """A namespace with a Deployment and its Service, applied with validation and rolled out."""
    space = world.name("work")
    kubectl(world, "create", "namespace", space)
    kubectl(world, "apply", "-f", "-", text=MANIFEST.format(space=space))
    expect("successfully rolled out" in status(world, space), "rollout")
    return space


def status(world, space):
    return kubectl(world, "rollout", "status", "deployment/web", "-n", space, "--timeout=10s")


def listed(world, space, what):
    return json.loads(kubectl(world, "get", what, "-n", space, "-o", "json"))["items"]


def images(world, space):
    return sorted(pod["spec"]["containers"][0]["image"] for pod in listed(world, space, "pods"))


@test("kubectl")
def apply_and_get(world):
    """apply makes a Deployment that is available at once; get, describe and wait say so"""
    space = deployed(world)
    text = kubectl(world, "get", "deploy,rs,pods", "-n", space)
    lines = [line.split() for line in text.splitlines() if line]
    expect(["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"] in lines, text)
    expect(["deployment.apps/web", "2/2", "2", "2"] in [line[:4] for line in lines], text)
    expect(["2", "2", "2"] in [line[1:4] for line in lines if line[0].startswith("replicaset.apps/web-")], text)
    expect([line[1:3] for line in lines if line[0].startswith("pod/")] == [["1/1", "Running"]] * 2, text)
    kubectl(world, "wait", "--for=condition=Available", "deployment/web", "-n", space, "--timeout=5s")
    kubectl(world, "wait", "--for=condition=Ready", "pod", "--all", "-n", space, "--timeout=5s")
    text = kubectl(world, "describe", "deployment", "web", "-n", space)
    expect("2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in text, text)
    text = kubectl(world, "describe", "service", "web", "-n", space)
    addresses = [f"{pod['status']['podIP']}:8080" for pod in listed(world, space, "pods")]
    expect(all(address in text for address in addresses), text)
    shown = kubectl(world, "get", "endpoints", "web", "-n", space)
    expect(all(address in shown for address in addresses), shown)


@test("kubectl")
def create_and_expose(world):
    """create deployment and expose make what a Deployment and a Service need"""
    space = world.name("made")
    kubectl(world, "create", "namespace", space)
    kubectl(world, "create", "deployment", "web", "--image=shop:1", "--port=8080", "--replicas=3", "-n", space)
    kubectl(world, "expose", "deployment", "web", "--port=80", "--target-port=8080", "-n", space)
    expect("successfully rolled out" in status(world, space), "rollout")
    found = listed(world, space, "endpointslices")
    expect(len(found) == 1 and len(found[0]["endpoints"]) == 3 and found[0]["ports"][0]["port"] == 8080, found)


@test("kubectl")
def scale(world):
    """scale changes the number of Pods, and refuses when it is not what was expected"""
    space = deployed(world)
    kubectl(world, "scale", "deployment/web", "--replicas=4", "-n", space)
    expect(len(listed(world, space, "pods")) == 4, "pods")
    kubectl(world, "scale", "deployment/web", "--current-replicas=4", "--replicas=1", "-n", space)
    expect(len(listed(world, space, "pods")) == 1, "pods")
    kubectl(world, "scale", "deployment/web", "--current-replicas=4", "--replicas=2", "-n", space,
            refused="xpected replicas")
    expect(len(listed(world, space, "pods")) == 1, "pods")


@test("kubectl")
def rollouts(world):
    """set image, rollout restart, history, undo, pause and resume"""
    space = deployed(world)
    kubectl(world, "set", "image", "deployment/web", "app=shop:2", "-n", space)
    status(world, space)
    expect(images(world, space) == ["shop:2", "shop:2"], images(world, space))
    text = kubectl(world, "rollout", "history", "deployment/web", "-n", space)
    expect([line.split()[0] for line in text.splitlines()[2:] if line] == ["1", "2"], text)
    kubectl(world, "rollout", "undo", "deployment/web", "-n", space)
    expect(images(world, space) == ["shop:1", "shop:1"], images(world, space))
    expect(len(listed(world, space, "replicasets")) == 2, "the old ReplicaSet was not taken again")
    names = {pod["metadata"]["name"] for pod in listed(world, space, "pods")}
    kubectl(world, "rollout", "restart", "deployment/web", "-n", space)
    status(world, space)
    expect(not names & {pod["metadata"]["name"] for pod in listed(world, space, "pods")}, "not restarted")
    kubectl(world, "rollout", "pause", "deployment/web", "-n", space)
    kubectl(world, "set", "image", "deployment/web", "app=shop:3", "-n", space)
    expect(images(world, space) == ["shop:1", "shop:1"], "it rolled while paused")
    kubectl(world, "rollout", "resume", "deployment/web", "-n", space)
    expect(images(world, space) == ["shop:3", "shop:3"], images(world, space))


@test("kubectl")
def held_rollout(world):
    """rollout status waits while the gates of new Pods are closed, and the old Pods stay"""
    space = deployed(world)
    kubectl(world, "patch", "deployment", "web", "-n", space, "-p", json.dumps(
        {"spec": {"template": {"spec": {"readinessGates": [{"conditionType": GATE}]}}}}))
    kubectl(world, "rollout", "status", "deployment/web", "-n", space, "--timeout=1s", refused="timed out")
    pods = listed(world, space, "pods")
    gated = [pod for pod in pods if "readinessGates" in pod["spec"]]
    expect((len(pods), len(gated)) == (3, 1), [pod["metadata"]["name"] for pod in pods])
    wide = kubectl(world, "get", "pod", gated[0]["metadata"]["name"], "-n", space, "-o", "wide")
    expect(wide.splitlines()[1].split()[-1] == "0/1", wide)
    kubectl(world, "rollout", "undo", "deployment/web", "-n", space)
    status(world, space)
    expect(not any("readinessGates" in pod["spec"] for pod in listed(world, space, "pods")), "not taken back")


@test("kubectl")
def run_and_replace(world):
    """run makes a Pod that runs; a deleted Pod of a Deployment is replaced, and all go with it"""
    space = deployed(world)
    kubectl(world, "run", "solo", "--image=shop:1", "--restart=Never", "-n", space)
    kubectl(world, "wait", "--for=condition=Ready", "pod/solo", "-n", space, "--timeout=5s")
    first = next(pod for pod in listed(world, space, "pods") if pod["metadata"]["name"] != "solo")
    kubectl(world, "delete", "pod", first["metadata"]["name"], "-n", space)
    expect(len(listed(world, space, "pods")) == 3, "not replaced")
    kubectl(world, "delete", "deployment", "web", "-n", space)
    expect([pod["metadata"]["name"] for pod in listed(world, space, "pods")] == ["solo"], "they stayed")
    expect(listed(world, space, "replicasets") == [], "the ReplicaSet stayed")


@test("kubectl")
def drain(world):
    """drain cordons the node and evicts its Pods, which wait until uncordon"""
    space = deployed(world)
    chosen = f"--pod-selector=app=web,space={space}"
    kubectl(world, "patch", "deployment", "web", "-n", space, "-p", json.dumps(
        {"spec": {"template": {"metadata": {"labels": {"space": space}}}}}))
    text = kubectl(world, "drain", "lattice-sim", chosen, "--timeout=20s")
    try:
        expect("evicted" in text or "deleted" in text, text)  # older programs delete where no budgets are served
        expect("SchedulingDisabled" in kubectl(world, "get", "node", "lattice-sim"), "not cordoned")
        phases = {pod["status"]["phase"] for pod in listed(world, space, "pods")}
        expect(phases == {"Pending"}, phases)
    finally:
        kubectl(world, "uncordon", "lattice-sim")
    expect("successfully rolled out" in status(world, space), "rollout")
