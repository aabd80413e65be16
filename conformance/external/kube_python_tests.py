"""The official Python client lists, watches, patches and holds leases, over TLS with a token."""

import datetime
import os

from tap import expect, test


def api(world):
    import kubernetes  # here, because this module is read where the client may be missing

    return kubernetes.config.new_client_from_config(world.kubeconfig, context="lattice-token")


def space(world):
    import kubernetes

    name = world.name("py")
    kubernetes.client.CoreV1Api(api(world)).create_namespace({"metadata": {"name": name}})
    return name


def service(name, annotations=None):
    return {"metadata": {"name": name, "annotations": annotations or {}},
            "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80}]}}


@test("kubernetes")
def watches(world):
    """a watch from a list's version shows what happens after it, to its time-out"""
    import kubernetes

    core, namespace = kubernetes.client.CoreV1Api(api(world)), space(world)
    core.create_namespaced_service(namespace, service("before"))
    listed = core.list_namespaced_service(namespace)
    expect([item.metadata.name for item in listed.items] == ["before"], listed.items)
    core.create_namespaced_service(namespace, service("after"))
    core.patch_namespaced_service("after", namespace, {"metadata": {"labels": {"a": "b"}}})
    core.delete_namespaced_service("after", namespace)
    seen = [(event["type"], event["object"].metadata.name)
            for event in kubernetes.watch.Watch().stream(
                core.list_namespaced_service, namespace, timeout_seconds=1,
                resource_version=listed.metadata.resource_version)]
    expect(seen == [("ADDED", "after"), ("MODIFIED", "after"), ("DELETED", "after")], seen)


@test("kubernetes")
def patches(world):
    """strategic and merge patches change what they name, and a stale replace is refused"""
    import kubernetes

    core, namespace = kubernetes.client.CoreV1Api(api(world)), space(world)
    made = core.create_namespaced_service(namespace, service("patched"))
    body = {"spec": {"ports": [{"name": "admin", "port": 81}]}}
    patched = core.patch_namespaced_service("patched", namespace, body)
    expect({port.port for port in patched.spec.ports} == {80, 81}, patched.spec.ports)
    custom = kubernetes.client.CustomObjectsApi(api(world))
    where = ("gateway.networking.k8s.io", "v1", namespace, "httproutes")
    custom.create_namespaced_custom_object(*where, {
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r"},
        "spec": {"rules": [{"backendRefs": [{"name": "patched", "port": 80}]}]}})
    changed = custom.patch_namespaced_custom_object(*where, "r", {"spec": {"hostnames": ["a.example"]}})
    expect(changed["spec"]["hostnames"] == ["a.example"] and changed["metadata"]["generation"] == 2, changed)
    try:
        core.replace_namespaced_service("patched", namespace, made)
        raise AssertionError("a stale replace was taken")
    except kubernetes.client.ApiException as refused:
        expect(refused.status == 409, refused)


@test("kubernetes")
def leases(world):
    """a lease is taken, renewed with microseconds, and kept from a stale holder"""
    import kubernetes

    coordination, namespace = kubernetes.client.CoordinationV1Api(api(world)), space(world)
    now = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)
    lease = kubernetes.client.V1Lease(
        metadata=kubernetes.client.V1ObjectMeta(name="leader"),
        spec=kubernetes.client.V1LeaseSpec(holder_identity="one", lease_duration_seconds=15,
                                           acquire_time=now, renew_time=now))
    first = coordination.create_namespaced_lease(namespace, lease)
    expect(first.spec.renew_time == now, first.spec)
    first.spec.renew_time = now + datetime.timedelta(seconds=2)
    second = coordination.replace_namespaced_lease("leader", namespace, first)
    expect(second.spec.renew_time == first.spec.renew_time, second.spec)
    try:
        coordination.replace_namespaced_lease("leader", namespace, first)
        raise AssertionError("a stale holder renewed the lease")
    except kubernetes.client.ApiException as refused:
        expect(refused.status == 409, refused)


@test("kubernetes")
def helpers(world):
    """a Service gets the ready Pods that its annotation asks for, more and fewer"""
    import kubernetes

    core, namespace = kubernetes.client.CoreV1Api(api(world)), space(world)
    core.create_namespaced_service(namespace, service("web", {"lattice.sim/pods": "2"}))

    def ready():
        slices = kubernetes.client.DiscoveryV1Api(api(world)).list_namespaced_endpoint_slice(namespace)
        return [endpoint.conditions.ready for piece in slices.items for endpoint in piece.endpoints or []]

    expect(ready() == [True, True], ready())
    core.patch_namespaced_pod("web-0", namespace, {"metadata": {"annotations": {"lattice.sim/ready": "false"}}})
    expect(ready() == [False, True], ready())
    core.patch_namespaced_service("web", namespace, {"metadata": {"annotations": {"lattice.sim/pods": "1"}}})
    expect(ready() == [False], ready())
    core.delete_namespaced_pod("web-0", namespace)
    expect(ready() == [True], ready())


@test("kubernetes")
def reviews(world):
    """a token review tells whose a token is, and that an unknown one is nobody's"""
    import kubernetes

    authentication = kubernetes.client.AuthenticationV1Api(api(world))
    with open(os.path.join(world.tls_folder, "tokens.csv"), encoding="utf-8") as file:
        token = file.readline().split(",")[0]
    answer = authentication.create_token_review({"spec": {"token": token}})
    expect(answer.status.authenticated and answer.status.user.username == "lattice-admin", answer.status)
    answer = authentication.create_token_review({"spec": {"token": "guess"}})
    expect(not answer.status.authenticated, answer.status)
