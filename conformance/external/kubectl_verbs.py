"""Every verb of the unmodified kubectl, with validation on: what it prints and what it leaves."""

import json
import os
import subprocess
import time
import urllib.request

from kubectl_tests import MANIFEST, SECONDS_MAX, kubectl, kubectl_words, unknown_field
from tap import expect, test

WATCH_SECONDS = 3


def applied(world):
    """A namespace with the objects of a migration, applied with validation."""
    space = world.name("verb")
    kubectl(world, "apply", "-f", "-", text=MANIFEST.format(space=space))
    return space


def read(world, space, what, path=None):
    words = ["get", *what.split("/"), "-n", space, "-o", "json" if path is None else f"jsonpath={path}"]
    if world.kubectl_minor >= 21:  # older ones always show them
        words.append("--show-managed-fields")
    text = kubectl(world, *words)
    return json.loads(text) if path is None else text


def patch_status(world, what, space, patch):
    """By kubectl, which can since 1.24; for older ones as a controller does it."""
    if world.kubectl_minor >= 24:
        kubectl(world, "patch", what, "-n", space, "--subresource=status", "--type=merge", "-p", json.dumps(patch))
        return
    kind, name = what.split("/")
    group = "api/v1" if kind == "service" else "apis/gateway.networking.k8s.io/v1"
    request = urllib.request.Request(f"{world.kubernetes}/{group}/namespaces/{space}/{kind}s/{name}/status",
                                     json.dumps(patch).encode(), {"Content-Type": "application/merge-patch+json"},
                                     method="PATCH")
    urllib.request.urlopen(request, timeout=SECONDS_MAX).close()


def service(space, port, **more):
    return json.dumps({"apiVersion": "v1", "kind": "Service",
                       "metadata": {"name": "shop", "namespace": space, **more},
                       "spec": {"ports": [{"port": 80, "targetPort": port}]}})


def managers(found):
    return {entry["manager"]: entry for entry in found["metadata"].get("managedFields", [])}


@test("kubectl")
def get_wide(world):
    """get -o wide shows more columns, -o yaml the object without its managers, jsonpath one value"""
    space = applied(world)
    wide = kubectl(world, "get", "service", "checkout", "-n", space, "-o", "wide")
    expect("SELECTOR" in wide and "app=checkout" in wide, wide)
    text = kubectl(world, "get", "service", "checkout", "-n", space, "-o", "yaml")
    expect("targetPort: 8080" in text, text)
    expect(("managedFields" in text) == (world.kubectl_minor < 21), text)
    expect(read(world, space, "service/checkout", "{.spec.ports[0].name}") == "http", text)
    names = kubectl(world, "get", "gateway,httproute", "-n", space, "-o", "name")
    expect(names.split() == ["gateway.gateway.networking.k8s.io/shop",
                             "httproute.gateway.networking.k8s.io/checkout"], names)


@test("kubectl")
def get_watch(world):
    """get -w prints what is there and then each change"""
    space = applied(world)
    with subprocess.Popen([*kubectl_words(world), "get", "service", "-n", space, "-w", "-L", "team", f"--request-timeout={WATCH_SECONDS}s"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as watch:
        first = [watch.stdout.readline(), watch.stdout.readline()]
        expect("TEAM" in first[0] and "checkout" in first[1], first)
        kubectl(world, "label", "service", "checkout", "-n", space, "team=blue")
        line = watch.stdout.readline()
        expect("checkout" in line and "blue" in line, line)
        watch.terminate()


@test("kubectl")
def describe(world):
    """describe shows an object, its events and, of a service, its endpoints"""
    space = applied(world)
    route = kubectl(world, "describe", "httproute", "checkout", "-n", space)
    expect("Kind:         HTTPRoute" in route and "Events:         <none>" in route, route)
    text = kubectl(world, "describe", "service", "checkout", "-n", space)
    lines = [line.split() for line in text.splitlines()]
    expect(["TargetPort:", "8080/TCP"] in lines and "Endpoints:" in text, text)


@test("kubectl")
def create_from_words(world):
    """create makes namespaces, services, secrets, configmaps, accounts and roles from its arguments"""
    space = world.name("made")
    expect("created" in kubectl(world, "create", "namespace", space), space)
    kubectl(world, "create", "service", "clusterip", "shop", "--tcp=80:8080", "-n", space)
    kubectl(world, "create", "secret", "generic", "key", "--from-literal=a=b", "-n", space)
    kubectl(world, "create", "configmap", "set", "--from-literal=a=b", "-n", space)
    kubectl(world, "create", "serviceaccount", "robot", "-n", space)
    kubectl(world, "create", "role", "read", "--verb=get", "--resource=pods", "-n", space)
    kubectl(world, "create", "rolebinding", "robot", "--role=read", f"--serviceaccount={space}:robot", "-n", space)
    listed = kubectl(world, "get", "rolebinding", "robot", "-n", space)
    expect("Role/read" in listed, listed)
    ports = read(world, space, "service/shop")["spec"]["ports"]
    expect(ports == [{"name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080}], ports)
    secret = read(world, space, "secret/key")
    expect(secret["data"] == {"a": "Yg=="} and secret["type"] == "Opaque", secret)
    expect(read(world, space, "configmap/set")["data"] == {"a": "b"}, "configmap")
    expect("kubectl-create" in managers(secret), secret["metadata"])
    kubectl(world, "create", "namespace", space, refused="AlreadyExists")


@test("kubectl")
def create_from_file(world):
    """create makes what a file holds, and refuses members that the kind does not have"""
    space = world.name("file")
    kubectl(world, "create", "namespace", space)
    kubectl(world, "create", "-f", "-", text=service(space, 8080))
    kubectl(world, "create", "-f", "-", text=service(space, 8080).replace("targetPort", "targetPrt"),
            refused=unknown_field(world, "spec.ports[0]", "targetPrt"))


@test("kubectl")
def apply_client_side(world):
    """apply merges on the client: a port that is left out goes, what others added stays"""
    space = applied(world)
    kubectl(world, "apply", "-f", "-", text=service(space, 8080, labels={"a": "1", "b": "1"}))
    kubectl(world, "label", "service", "shop", "-n", space, "other=1")
    said = kubectl(world, "apply", "-f", "-", text=service(space, 9090, labels={"a": "1"}))
    expect("configured" in said, said)
    found = read(world, space, "service/shop")
    expect(found["metadata"]["labels"] == {"a": "1", "other": "1"}, found["metadata"])
    expect(found["spec"]["ports"][0]["targetPort"] == 9090, found["spec"])
    said = kubectl(world, "apply", "-f", "-", text=service(space, 9090, labels={"a": "1"}))
    expect("unchanged" in said, said)


@test("kubectl")
def apply_server_side(world):
    """apply --server-side owns its fields, meets conflicts, forces them, and gives fields up"""
    space = applied(world)
    kubectl(world, "apply", "--server-side", "-f", "-", text=service(space, 8080, labels={"a": "1"}))
    before = read(world, space, "service/shop")
    time.sleep(1.1)  # times of managers count in seconds: a second apply must not change them
    kubectl(world, "apply", "--server-side", "-f", "-", text=service(space, 8080, labels={"a": "1"}))
    expect(read(world, space, "service/shop") == before, before)
    other = ("--server-side", "--field-manager=other", "-f", "-")
    said = kubectl(world, "apply", *other, text=service(space, 9090), refused="Apply failed with 1 conflict")
    expect('conflict with "kubectl": .spec.ports[port=80,protocol="TCP"].targetPort' in said, said)
    kubectl(world, "apply", *other, "--force-conflicts", text=service(space, 9090))
    kubectl(world, "apply", "--server-side", "-f", "-", text=service(space, 9090))
    found = read(world, space, "service/shop")
    expect("labels" not in found["metadata"], found["metadata"])
    expect(sorted(managers(found)) == ["kubectl", "other"], found["metadata"])


@test("kubectl")
def apply_both_sides(world):
    """apply --server-side takes over what apply wrote before, without a conflict"""
    space = applied(world)
    kubectl(world, "apply", "-f", "-", text=service(space, 8080))
    kubectl(world, "apply", "--server-side", "-f", "-", text=service(space, 9090))
    found = read(world, space, "service/shop")
    expect(found["spec"]["ports"][0]["targetPort"] == 9090, found["spec"])
    takes_over = ["kubectl", "kubectl-last-applied"] if world.kubectl_minor >= 26 else [
        "kubectl", "kubectl-client-side-apply"]
    expect(sorted(managers(found)) == takes_over, found["metadata"])
    kubectl(world, "apply", "-f", "-", text=service(space, 7070))
    expect(read(world, space, "service/shop", "{.spec.ports[0].targetPort}") == "7070", "client side again")


@test("kubectl")
def diff(world):
    """diff shows what apply would change, on both sides, and changes nothing"""
    space = applied(world)
    kubectl(world, "apply", "--server-side", "-f", "-", text=service(space, 8080))
    before = read(world, space, "service/shop")
    for side in ((), ("--server-side",)):
        run = subprocess.run([*kubectl_words(world), "diff", *side, "-f", "-"],
                             input=service(space, 9090), check=False, capture_output=True, text=True,
                             timeout=SECONDS_MAX)
        expect(run.returncode == 1, run)
        expect("-  - port: 80" in run.stdout or "-    targetPort: 8080" in run.stdout, run.stdout)
        expect("+    targetPort: 9090" in run.stdout, run.stdout)
    expect(read(world, space, "service/shop") == before, before)


@test("kubectl")
def patch_types(world):
    """patch merges strategically, by merge patch and by JSON patch, and on status"""
    space = applied(world)
    target = ("patch", "service", "checkout", "-n", space)
    kubectl(world, *target, "-p", '{"spec":{"ports":[{"port":443,"name":"tls"}]}}')
    ports = read(world, space, "service/checkout")["spec"]["ports"]
    expect([port["port"] for port in ports] == [443, 80], ports)
    kubectl(world, *target, "-p", '{"spec":{"ports":[{"port":443,"$patch":"delete"}]}}')
    kubectl(world, *target, "--type", "merge", "-p", '{"spec":{"selector":{"app":null,"role":"web"}}}')
    kubectl(world, *target, "--type", "json", "-p",
            '[{"op":"replace","path":"/spec/ports/0/targetPort","value":9090}]')
    patch_status(world, "service/checkout", space,
                 {"spec": {"type": "NodePort"}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}})
    found = read(world, space, "service/checkout")
    expect(found["spec"]["selector"] == {"role": "web"} and found["spec"]["type"] == "ClusterIP", found)
    expect([port["targetPort"] for port in found["spec"]["ports"]] == [9090], found)
    expect(found["status"]["loadBalancer"]["ingress"][0]["ip"] == "192.0.2.1", found)
    kubectl(world, "patch", "httproute", "checkout", "-n", space, "-p", "{}",
            refused="strategic-merge-patch" if world.kubectl_minor >= 25 else "UnsupportedMediaType")


@test("kubectl")
def edit(world):
    """edit stores what the editor leaves, of built-in kinds and of custom resources"""
    space = applied(world)
    os.environ["KUBE_EDITOR"] = "sed -i -e s/8080/9090/ -e 's/weight: 1$/weight: 5/'"
    kubectl(world, "edit", "service", "checkout", "-n", space)
    kubectl(world, "edit", "httproute", "checkout", "-n", space)
    expect(read(world, space, "service/checkout", "{.spec.ports[0].targetPort}") == "9090", "service")
    weight = read(world, space, "httproute/checkout", "{.spec.rules[0].backendRefs[0].weight}")
    expect(weight == "5", weight)
    expect("kubectl-edit" in managers(read(world, space, "service/checkout")), "managers")


@test("kubectl")
def replace(world):
    """replace puts a whole object in the place of another"""
    space = applied(world)
    kubectl(world, "create", "-f", "-", text=service(space, 8080, labels={"a": "1"}))
    kubectl(world, "replace", "-f", "-", text=service(space, 9090))
    found = read(world, space, "service/shop")
    expect("labels" not in found["metadata"] and found["spec"]["ports"][0]["targetPort"] == 9090, found)


@test("kubectl")
def label_and_annotate(world):
    """label and annotate add, overwrite only when told, and remove"""
    space = applied(world)
    kubectl(world, "label", "gateway", "shop", "-n", space, "team=blue")
    kubectl(world, "label", "gateway", "shop", "-n", space, "team=red", refused="already has a value")
    kubectl(world, "label", "gateway", "shop", "-n", space, "team=red", "--overwrite")
    kubectl(world, "annotate", "gateway", "shop", "-n", space, "note=hello")
    found = read(world, space, "gateway/shop")["metadata"]
    expect(found["labels"] == {"team": "red"} and found["annotations"]["note"] == "hello", found)
    kubectl(world, "label", "gateway", "shop", "-n", space, "team-")
    kubectl(world, "annotate", "gateway", "shop", "-n", space, "note-")
    found = read(world, space, "gateway/shop")["metadata"]
    expect("labels" not in found and "note" not in found["annotations"], found)
    expect(found["generation"] == 1, found)


@test("kubectl")
def wait_for(world):
    """wait returns when a value, a condition or a deletion has come, and fails when it does not"""
    space = applied(world)
    if world.kubectl_minor >= 23:
        kubectl(world, "wait", "--for=jsonpath={.spec.type}=ClusterIP", "service/checkout", "-n", space,
                "--timeout=5s")
    kubectl(world, "wait", "--for=condition=Accepted", "gateway/shop", "-n", space, "--timeout=1s",
            refused="timed out")
    condition = {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "", "observedGeneration": 1,
                 "lastTransitionTime": "2026-01-01T00:00:00Z"}
    patch_status(world, "gateway/shop", space, {"status": {"conditions": [condition]}})
    kubectl(world, "wait", "--for=condition=Accepted", "gateway/shop", "-n", space, "--timeout=5s")
    kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
            '{"metadata":{"finalizers":["example.com/hold"]}}')
    kubectl(world, "delete", "gateway", "shop", "-n", space, "--wait=false")
    with subprocess.Popen([*kubectl_words(world), "wait", "--for=delete", "gateway/shop", "-n", space,
                           "--timeout=20s"], stdout=subprocess.DEVNULL) as waiting:
        time.sleep(0.5)
        expect(waiting.poll() is None, "it did not wait")
        kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
                '{"metadata":{"finalizers":null}}')
        expect(waiting.wait(timeout=SECONDS_MAX) == 0, "it did not end well")


@test("kubectl")
def delete_wait(world):
    """delete --wait returns once the last finalizer is gone"""
    space = applied(world)
    kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
            '{"metadata":{"finalizers":["example.com/hold"]}}')
    with subprocess.Popen([*kubectl_words(world), "delete", "gateway", "shop", "-n", space, "--wait"], stdout=subprocess.DEVNULL) as waiting:
        time.sleep(1)
        expect(waiting.poll() is None, "it did not wait for the finalizer")
        kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "json", "-p",
                '[{"op":"remove","path":"/metadata/finalizers"}]')
        expect(waiting.wait(timeout=SECONDS_MAX) == 0, "it did not end well")
    kubectl(world, "get", "gateway", "shop", "-n", space, refused="NotFound")
    kubectl(world, "delete", "namespace", space, "--wait")
    kubectl(world, "get", "namespace", space, refused="NotFound")


@test("kubectl")
def explain(world):
    """api-resources and explain know kinds, short names and fields"""
    resources = kubectl(world, "api-resources", "--no-headers")
    expect(any(line.split()[:2] == ["services", "svc"] for line in resources.splitlines()), resources)
    expect("httproutes" in kubectl(world, "api-resources", "--api-group=gateway.networking.k8s.io"), resources)
    text = kubectl(world, "explain", "httproute.spec.rules.backendRefs")
    expect("weight\t<integer>" in text and "name\t<string> -required-" in text, text)
    text = kubectl(world, "explain", "svc.spec.ports.protocol")
    expect(["FIELD:", "protocol", "<string>"] in [line.split() for line in text.splitlines()], text)
    if world.kubectl_minor >= 27:
        text = kubectl(world, "explain", "svc.spec.ports", "--output=plaintext-openapiv2")
    else:
        text = kubectl(world, "explain", "svc.spec.ports")
    expect("targetPort\t<string>" in text and "port\t<integer> -required-" in text, text)


@test("kubectl")
def reviews(world):
    """auth can-i and create of reviews ask the server, whose reviews api-resources lists"""
    listed = kubectl(world, "api-resources", "--no-headers")
    expect("tokenreviews" in listed and "selfsubjectaccessreviews" in listed, listed)
    expect(kubectl(world, "auth", "can-i", "delete", "httproutes").strip() == "yes", "can-i")
    expect("[*]" in kubectl(world, "auth", "can-i", "--list"), "can-i --list")
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "nobody's"}}
    status = json.loads(kubectl(world, "create", "-f", "-", "-o", "json", text=json.dumps(review)))["status"]
    expect(not status.get("authenticated") and "invalid bearer token" in status["error"], status)
