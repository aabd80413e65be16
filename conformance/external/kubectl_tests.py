"""The unmodified kubectl applies, reads, patches and deletes the objects of a migration."""

import json
import subprocess

from tap import expect, test

SECONDS_MAX = 60

MANIFEST = """\
apiVersion: v1
kind: Namespace
metadata: {{name: {space}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {{name: {space}}}
spec: {{controllerName: application-networking.k8s.aws/gateway-api-controller}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {{name: shop, namespace: {space}}}
spec:
  gatewayClassName: {space}
  listeners: [{{name: http, protocol: HTTP, port: 80}}]
---
apiVersion: v1
kind: Service
metadata: {{name: checkout, namespace: {space}}}
spec:
  selector: {{app: checkout}}
  ports: [{{name: http, port: 80, targetPort: 8080}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: checkout, namespace: {space}}}
spec:
  parentRefs: [{{name: shop}}]
  rules:
  - backendRefs: [{{name: checkout, port: 80}}]
"""


def kubectl_words(world):
    return [world.kubectl, "--server", world.kubernetes, "--cache-dir", world.kubectl_cache()]


def kubectl(world, *words, text=None, refused=None):
    """What a command prints; or, when it must be refused, its error text."""
    run = subprocess.run([*kubectl_words(world), *words],
                         input=text, check=False, capture_output=True, text=True, timeout=SECONDS_MAX)
    if refused is None:
        expect(run.returncode == 0, f"kubectl {' '.join(words)}: {run.stderr}")
        return run.stdout
    expect(run.returncode != 0 and refused in run.stderr, f"{run.returncode}: {run.stderr}")
    return run.stderr


def unknown_field(world, place, name):
    """How a member is refused: by the server, and by older programs themselves, which read OpenAPI v2."""
    return f'unknown field "{place}.{name}"' if world.kubectl_minor >= 25 else f'{place}): unknown field "{name}"'


def applied(world):
    space = world.name("kube")
    kubectl(world, "apply", "--validate=false", "-f", "-", text=MANIFEST.format(space=space))
    return space


def versions(world, space):
    """Version and generation of all applied objects."""
    found = json.loads(kubectl(world, "get", f"namespace/{space}", f"gatewayclass/{space}", "-o", "json"))["items"]
    found += json.loads(kubectl(world, "get", "gateway,service,httproute", "-n", space, "-o", "json"))["items"]
    return {item["kind"]: (item["metadata"]["resourceVersion"], item["metadata"].get("generation"))
            for item in found}


@test("kubectl")
def apply_twice(world):
    """objects are applied, and applying them again changes nothing"""
    space = applied(world)
    before = versions(world, space)
    expect(len(before) == 5, before)
    kubectl(world, "apply", "--validate=false", "-f", "-", text=MANIFEST.format(space=space))
    expect(versions(world, space) == before, (before, versions(world, space)))


@test("kubectl")
def read(world):
    """objects are read as a table, as JSON, and with defaults filled in"""
    space = applied(world)
    table = kubectl(world, "get", "httproutes", "-n", space)
    expect("checkout" in table and "NAME" in table, table)
    route = json.loads(kubectl(world, "get", "httproute", "checkout", "-n", space, "-o", "json"))
    expect(route["metadata"]["generation"] == 1 and route["metadata"]["uid"], route["metadata"])
    rule = route["spec"]["rules"][0]
    expect(rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}], rule)
    expect(rule["backendRefs"][0]["weight"] == 1, rule)
    path = kubectl(world, "get", "gateway", "shop", "-n", space, "-o", "jsonpath={.spec.listeners[0].port}")
    expect(path == "80", path)


@test("kubectl")
def change(world):
    """objects are patched, labelled and annotated; only changes of the spec count as generations"""
    space = applied(world)
    kubectl(world, "patch", "httproute", "checkout", "-n", space, "--type", "merge", "-p",
            '{"spec":{"hostnames":["shop.example.com"]}}')
    kubectl(world, "patch", "httproute", "checkout", "-n", space, "--type", "json", "-p",
            '[{"op":"replace","path":"/spec/rules/0/backendRefs/0/weight","value":7}]')
    kubectl(world, "label", "httproute", "checkout", "-n", space, "team=blue")
    kubectl(world, "annotate", "httproute", "checkout", "-n", space, "note=hello")
    route = json.loads(kubectl(world, "get", "httproute", "-n", space, "-l", "team=blue", "-o", "json"))["items"][0]
    expect(route["spec"]["hostnames"] == ["shop.example.com"], route["spec"])
    expect(route["spec"]["rules"][0]["backendRefs"][0]["weight"] == 7, route["spec"])
    expect(route["metadata"]["generation"] == 3, route["metadata"])


@test("kubectl")
def refusals(world):
    """a missing object, a wrong value and a taken name are refused in kubectl's words"""
    space = applied(world)
    kubectl(world, "get", "httproute", "nobody", "-n", space, refused="NotFound")
    taken = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    kubectl(world, "create", "--validate=false", "-f", "-", text=taken, refused="AlreadyExists")
    kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
            '{"spec":{"listeners":[{"name":"http","protocol":"HTTP","port":70000}]}}', refused="Invalid")


@test("kubectl")
def delete(world):
    """objects are deleted, those with a finalizer only once it is taken off"""
    space = applied(world)
    kubectl(world, "delete", "httproute", "checkout", "-n", space)
    kubectl(world, "get", "httproute", "checkout", "-n", space, refused="NotFound")
    kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
            '{"metadata":{"finalizers":["example.com/hold"]}}')
    kubectl(world, "delete", "gateway", "shop", "-n", space, "--wait=false")
    held = json.loads(kubectl(world, "get", "gateway", "shop", "-n", space, "-o", "json"))
    expect("deletionTimestamp" in held["metadata"], held["metadata"])
    kubectl(world, "patch", "gateway", "shop", "-n", space, "--type", "merge", "-p",
            '{"metadata":{"finalizers":null}}')
    kubectl(world, "get", "gateway", "shop", "-n", space, refused="NotFound")
