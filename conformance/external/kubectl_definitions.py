"""The unmodified kubectl installs a kind of its own, uses it and takes it away again."""

import json

from kubectl_tests import kubectl, unknown_field
from tap import expect, test

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  scope: Cluster
  names: {{kind: Widget, plural: widgets, shortNames: [wd]}}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {{name: Size, type: integer, jsonPath: .spec.size}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What it is made of.
            required: [size]
            x-kubernetes-validations: [{{rule: self.size > 1}}]
            properties:
              size: {{type: integer, maximum: 9, description: How big it is.}}
              color: {{type: string, enum: [red, blue], default: red}}
"""

WIDGET = """\
apiVersion: {group}/v1
kind: Widget
metadata: {{name: {name}}}
spec: {{size: {size}}}
"""


@test("kubectl")
def install(world):
    """a kind is installed, used with its schema, explained, and taken away with its objects"""
    group = f"{world.name('crd')}.example.com"
    resource = f"widgets.{group}"
    kubectl(world, "apply", "-f", "-", text=DEFINITION.format(group=group))
    kubectl(world, "wait", "--for=condition=Established", f"crd/{resource}", "--timeout=10s")
    kubectl(world, "apply", "-f", "-", text=WIDGET.format(group=group, name="big", size=3))
    widget = json.loads(kubectl(world, "get", resource, "big", "-o", "json"))
    expect(widget["spec"] == {"size": 3, "color": "red"}, widget["spec"])
    table = kubectl(world, "get", resource).split()
    expect(table[:2] == ["NAME", "SIZE"] and table[2:4] == ["big", "3"], table)
    explained = kubectl(world, "explain", "widgets.spec", f"--api-version={group}/v1")
    expect("How big it is." in explained and "-required-" in explained, explained)
    kubectl(world, "create", "-f", "-", text=WIDGET.format(group=group, name="huge", size=30),
            refused="spec.size in body should be less than or equal to 9")
    kubectl(world, "create", "-f", "-", text=WIDGET.format(group=group, name="odd", size="1, x: 2"),
            refused=unknown_field(world, "spec", "x"))
    definition = json.loads(kubectl(world, "get", "crd", resource, "-o", "json"))
    told = {item["type"]: item for item in definition["status"]["conditions"]}
    expect("self.size > 1" in told["Unsupported"]["message"], told)
    kubectl(world, "delete", "crd", resource)
    kubectl(world, "get", resource, refused="the server doesn't have a resource type")


@test("kubectl")
def cascade(world):
    """dependents go with their owner, before it, or stay, as --cascade says"""
    space = world.name("cascade")
    kubectl(world, "apply", "-f", "-",
            text=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}))

    def make(name, owner=None):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": space}}
        if owner:
            body["metadata"]["ownerReferences"] = [
                {"apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"],
                 "uid": owner["metadata"]["uid"], "blockOwnerDeletion": True}]
        return json.loads(kubectl(world, "create", "-o", "json", "-f", "-", text=json.dumps(body)))

    for how, stays in (("background", False), ("foreground", False), ("orphan", True)):
        make(f"{how}-child", make(f"{how}-owner"))
        kubectl(world, "delete", "configmap", f"{how}-owner", "-n", space, f"--cascade={how}")
        left = kubectl(world, "get", "configmaps", "-n", space, "-o", "name")
        expect((f"configmap/{how}-child" in left) == stays and f"{how}-owner" not in left, left)
    kubectl(world, "delete", "namespace", space)
    kubectl(world, "get", "namespace", space, refused="NotFound")
