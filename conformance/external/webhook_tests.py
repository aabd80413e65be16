"""Mutating webhooks: a real TLS server is asked before a Pod is stored."""

import base64
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

from tap import expect, test

GATE = "example.com/gate"


class Hook:
    """A webhook server on loopback, with a certificate for name.namespace.svc."""

    def __init__(self, world, service, space):
        stem = os.path.join(world.folder, f"external-hook-{space}")
        self.certificate, key = stem + ".crt", stem + ".key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=hook", "-addext",
                        f"subjectAltName=DNS:{service}.{space}.svc,IP:127.0.0.1",
                        "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        self.asked, self.answer, self.delay = [], {"allowed": True}, 0
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.asked.append((self.path, review))
                time.sleep(hook.delay)
                body = json.dumps({"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response":
                                   {"uid": review["request"]["uid"], **hook.answer}}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *words: None
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bundle(self):
        with open(self.certificate, "rb") as file:
            return base64.b64encode(file.read()).decode()

    def patch(self, *operations):
        self.answer = {"allowed": True, "patchType": "JSONPatch",
                       "patch": base64.b64encode(json.dumps(operations).encode()).decode()}


def send(world, method, path, body=None):
    """Status and answer of a request over plain HTTP."""
    request = urllib.request.Request(world.kubernetes + path, json.dumps(body).encode() if body else None,
                                     {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


class Ground:
    """A labelled namespace with a webhook that is configured for it alone; tidies up at the end."""

    def __init__(self, world, **webhook):
        self.world, self.space = world, world.name("hook")
        self.hook = Hook(world, "webhook", self.space)
        status, answer = send(world, "POST", "/api/v1/namespaces",
                              {"metadata": {"name": self.space, "labels": {"inject": self.space}}})
        expect(status == 201, answer)
        status, answer = send(world, "POST", f"/api/v1/namespaces/{self.space}/services", {
            "metadata": {"name": "webhook", "annotations": {"lattice.sim/address": self.hook.address}},
            "spec": {"ports": [{"port": 443}]}})
        expect(status == 201, answer)
        status, answer = send(world, "POST", CONFIGURATIONS, {
            "metadata": {"name": self.space}, "webhooks": [{
                "name": "gate.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "namespaceSelector": {"matchLabels": {"inject": self.space}},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                           "resources": ["pods"]}],
                "clientConfig": {"caBundle": self.hook.bundle(), "service":
                                 {"name": "webhook", "namespace": self.space, "path": "/mutate-pod"}},
                **webhook}]})
        expect(status == 201, answer)

    def create(self, name="p", space=None):
        return send(self.world, "POST", f"/api/v1/namespaces/{space or self.space}/pods",
                    {"metadata": {"name": name}, "spec": {"containers": [{"name": "a", "image": "b"}]}})

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        send(self.world, "DELETE", f"{CONFIGURATIONS}/{self.space}")
        self.hook.server.shutdown()


@test("openssl")
def mutation(world):
    """a matching Pod is shown to the webhook over TLS and stored as the webhook's patch makes it"""
    with Ground(world) as ground:
        ground.hook.patch({"op": "add", "path": "/spec/readinessGates", "value": [{"conditionType": GATE}]})
        status, pod = ground.create()
        expect(status == 201 and pod["spec"]["readinessGates"] == [{"conditionType": GATE}], pod)
        path, review = ground.hook.asked[0]
        expect(path.startswith("/mutate-pod?timeout=10s"), path)
        request = review["request"]
        expect(request["operation"] == "CREATE" and request["object"]["metadata"]["name"] == "p", request)
        expect(request["namespace"] == ground.space and request["kind"]["kind"] == "Pod", request)
        status, pod = ground.create(space="default", name=ground.space)
        expect(status == 201 and "readinessGates" not in pod["spec"], pod)
        expect(len(ground.hook.asked) == 1, ground.hook.asked)


@test("openssl")
def helped_pods(world):
    """Pods that a Service asks for pass the webhook too, and wait for their gate"""
    with Ground(world) as ground:
        ground.hook.patch({"op": "add", "path": "/spec/readinessGates", "value": [{"conditionType": GATE}]})
        base = f"/api/v1/namespaces/{ground.space}"
        status, answer = send(world, "POST", f"{base}/services", {
            "metadata": {"name": "web", "annotations": {"lattice.sim/pods": "1"}},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})
        expect(status == 201, answer)
        slices = f"/apis/discovery.k8s.io/v1/namespaces/{ground.space}/endpointslices"
        ready = send(world, "GET", slices)[1]["items"][0]["endpoints"][0]["conditions"]["ready"]
        expect(ready is False, ready)
        pod = send(world, "GET", f"{base}/pods/web-0")[1]
        pod["status"]["conditions"].append({"type": GATE, "status": "True"})
        status, answer = send(world, "PUT", f"{base}/pods/web-0/status", pod)
        expect(status == 200, answer)
        ready = send(world, "GET", slices)[1]["items"][0]["endpoints"][0]["conditions"]["ready"]
        expect(ready is True, ready)


@test("openssl")
def denial(world):
    """a webhook that denies keeps the Pod out, in kube-apiserver's words"""
    with Ground(world) as ground:
        ground.hook.answer = {"allowed": False, "status": {"code": 403, "message": "not here"}}
        status, answer = ground.create()
        expect(status == 403, answer)
        expect(answer["message"] == 'admission webhook "gate.example.com" denied the request: not here', answer)
        expect(send(world, "GET", f"/api/v1/namespaces/{ground.space}/pods/p")[0] == 404, "stored")


@test("openssl")
def failure(world):
    """a webhook that does not answer in time, or cannot be trusted, fails or is ignored as its policy says"""
    with Ground(world, timeoutSeconds=1) as ground:
        ground.hook.delay = 3
        began = time.monotonic()
        status, answer = ground.create()
        expect(status == 500 and "failed calling webhook" in answer["message"], answer)
        expect(time.monotonic() - began < 2.5, "the time-out was not kept")
        expect(send(world, "GET", "/api/v1/namespaces")[0] == 200, "the server goes on")
    with Ground(world, timeoutSeconds=1, failurePolicy="Ignore") as ground:
        ground.hook.delay = 3
        status, answer = ground.create()
        expect(status == 201, answer)
    with Ground(world) as ground:
        other = Hook(world, "webhook", world.name("other"))
        path = f"{CONFIGURATIONS}/{ground.space}"
        configuration = send(world, "GET", path)[1]
        configuration["webhooks"][0]["clientConfig"]["caBundle"] = other.bundle()
        expect(send(world, "PUT", path, configuration)[0] == 200, "configuration")
        status, answer = ground.create()
        expect(status == 500 and not ground.hook.asked, answer)
        other.server.shutdown()
