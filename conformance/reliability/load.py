#!/usr/bin/env python3
"""Load on the Kubernetes port, for builds with sanitizers: hundreds of watchers, and writers that use every
kind of patch, finalizers, pages, Pods made through a webhook, and TLS, all at once, for a while. What an
answer says must fit, and the simulator must end well. Standard library only; results as TAP.

usage: load.py SIMULATOR [SECONDS]
"""

import base64
import collections
import http.client
import http.server
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 8
WATCHERS, WRITERS, READERS = 300, 4, 2
SECONDS_MAX = 120  # of one answer: sanitizers are slow
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"
PATCH, APPLY = "application/json-patch+json", "application/apply-patch+yaml"
SERVICES = "/api/v1/namespaces/default/services"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes"
PODS = "/api/v1/namespaces/default/pods"
HOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


class Hook(http.server.BaseHTTPRequestHandler):
    """A mutating webhook that lets every Pod pass as it is."""

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                           "response": {"uid": review["request"]["uid"], "allowed": True}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


class Load:
    def __init__(self, program, seconds):
        self.folder = tempfile.TemporaryDirectory()
        self.tls_folder = os.path.join(self.folder.name, "tls")
        arguments = [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--kube-tls", "127.0.0.1:0",
                     "--tls-dir", self.tls_folder, "--log-level", "error"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.plain, self.tls = (int(ready[name].rsplit(":", 1)[1]) for name in ("kubernetes", "kubernetes_tls"))
        self.end = time.monotonic() + seconds
        self.wrong, self.counts = [], collections.Counter()

    def context(self):
        context = ssl.create_default_context(cafile=os.path.join(self.tls_folder, "ca.crt"))
        context.load_cert_chain(*(os.path.join(self.tls_folder, f"admin.{part}") for part in ("crt", "key")))
        return context

    def connect(self, number):
        """Every other connection over TLS."""
        if number % 2:
            return http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=SECONDS_MAX, context=self.context())
        return http.client.HTTPConnection("127.0.0.1", self.plain, timeout=SECONDS_MAX)

    def ask(self, connection, method, path, body=None, kind="application/json", allowed=()):
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": kind})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        self.counts[f"{method} {answer.status}"] += 1
        if answer.status >= 300 and answer.status not in allowed:
            raise AssertionError(f"{method} {path}: {found}")
        return found

    def going_on(self):
        return time.monotonic() < self.end and not self.wrong

    def start(self, function, *words):
        def run():
            try:
                function(*words)
            except Exception as error:  # whatever it is: the test tells
                self.wrong.append(f"{function.__name__}: {error!r}")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def hook(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A certificate of its own, which the configuration names as the one to trust.
        key, certificate = (os.path.join(self.folder.name, name) for name in ("hook.key", "hook.crt"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True,
                       capture_output=True)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open(certificate, "rb") as file:
            bundle = file.read()
        return server.server_address[1], bundle


def write(load, number):
    """A writer makes objects of its own, changes them in every way, and deletes them."""
    connection, random_ = load.connect(number), random.Random(number)
    turn = 0
    while load.going_on():
        turn += 1
        name = f"w{number}-{turn}"
        one = f"{SERVICES}/{name}"
        load.ask(connection, "POST", SERVICES, {
            "metadata": {"name": name, "labels": {"writer": str(number)}, "finalizers": ["example.com/hold"]},
            "spec": {"ports": [{"port": 80}], "selector": {"app": name}}})
        load.ask(connection, "PATCH", one, {"spec": {"ports": [{"port": 443, "name": "tls"}, {"port": 80, "name": "http"}],
                                                     "$setElementOrder/ports": [{"port": 443}, {"port": 80}]}}, STRATEGIC)
        load.ask(connection, "PATCH", one, {"metadata": {"annotations": {"x": "y" * random_.randrange(5000)}}}, MERGE)
        load.ask(connection, "PATCH", one, [{"op": "replace", "path": "/spec/ports/0/port", "value": 8443}], PATCH)
        load.ask(connection, "PATCH", f"{one}?fieldManager=load&force=true", json.dumps({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": {"applied": "yes"}}}), APPLY)
        load.ask(connection, "PATCH", f"{one}/status", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}},
                 MERGE)
        load.ask(connection, "PATCH", one, {"spec": {"ports": 7}}, MERGE, allowed=(422,))
        load.ask(connection, "PATCH", one, "{", MERGE, allowed=(400,))
        found = load.ask(connection, "GET", one)
        assert found["metadata"]["labels"]["applied"] == "yes", found
        load.ask(connection, "DELETE", f"{one}?propagationPolicy=Foreground")
        load.ask(connection, "PATCH", one, {"metadata": {"finalizers": None}}, MERGE)
        load.ask(connection, "GET", one, allowed=(404,))
        load.ask(connection, "POST", ROUTES, {"metadata": {"generateName": "r-"}, "spec": {"rules": [{"backendRefs": [
            {"name": name, "port": 80}]}]}})
        if number == 0:
            load.ask(connection, "POST", PODS, {"metadata": {"name": name}, "spec": {"containers": [
                {"name": "c", "image": "i"}]}})
            load.ask(connection, "DELETE", f"{PODS}/{name}")
        if turn % 20 == 0:
            load.ask(connection, "DELETE", ROUTES)


def read(load, number):
    """A reader lists in pages, selected and as tables."""
    connection = load.connect(number)
    while load.going_on():
        token, seen = "", set()
        while True:
            page = load.ask(connection, "GET", f"{ROUTES}?limit=7&continue={token}", allowed=(410,))
            names = {item["metadata"]["name"] for item in page.get("items", [])}
            assert not names & seen, "an object is on two pages"
            seen |= names
            token = page["metadata"].get("continue", "")
            if not token:
                break
        load.ask(connection, "GET", f"{SERVICES}?labelSelector=writer%20in%20(1,2),!gone&fieldSelector=metadata.name!=x")
        load.ask(connection, "GET", "/openapi/v2")
        time.sleep(0.05)


def open_watch(load, number):
    """A watch on a socket; every tenth over TLS."""
    opened = socket.create_connection(("127.0.0.1", load.tls if number % 10 == 0 else load.plain), timeout=SECONDS_MAX)
    if number % 10 == 0:
        opened = load.context().wrap_socket(opened, server_hostname="localhost")
    path = (SERVICES, ROUTES, PODS)[number % 3]
    opened.sendall(f"GET {path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=600 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return opened


def follow(load, opened, slow):
    """Reads a watch: the versions of one kind rise."""
    reader = http.client.HTTPResponse(opened, method="GET")
    reader.begin()
    last, initial = 0, True
    while load.going_on():
        line = reader.readline()
        if not line:
            return
        event = json.loads(line)
        if event["type"] == "ERROR":
            assert event["object"]["code"] == 410, event
            return
        version = int(event["object"]["metadata"]["resourceVersion"])
        initial = initial and event["type"] == "ADDED"
        assert initial or version > last, (event["type"], version, last)
        last = max(last, version)
        load.counts["events"] += 1
        if slow:
            time.sleep(0.2)


def churn(load):
    """Watches that come and go, some in the middle of a line."""
    number = 0
    while load.going_on():
        opened = open_watch(load, number)
        opened.recv(random.Random(number).randrange(1, 4096))
        opened.close()
        number += 1
        time.sleep(0.01)


def run(load):
    setup = load.connect(0)
    port, bundle = load.hook()
    load.ask(setup, "POST", HOOKS, {"metadata": {"name": "hook"}, "webhooks": [{
        "name": "hook.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail",
        "clientConfig": {"url": f"https://localhost:{port}/", "caBundle": base64.b64encode(bundle).decode()},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}]}]})
    threads = [load.start(follow, load, open_watch(load, number), number % 50 == 1) for number in range(WATCHERS)]
    threads += [load.start(write, load, number) for number in range(WRITERS)]
    threads += [load.start(read, load, number) for number in range(READERS)]
    threads.append(load.start(churn, load))
    for thread in threads[WATCHERS:]:
        thread.join(SECONDS_MAX)
    load.ask(setup, "GET", SERVICES)


def main(arguments):
    load = Load(arguments[0], int(arguments[1]) if len(arguments) > 1 else SECONDS)
    print("1..2")
    try:
        run(load)
    except Exception as error:
        load.wrong.append(repr(error))
    fine = not load.wrong and load.counts["events"] > 0
    print(f"{'ok' if fine else 'not ok'} 1 - watchers, writers and readers get what fits")
    for line in load.wrong[:5]:
        print(f"# {line}")
    print("# " + ", ".join(f"{count} x {what}" for what, count in sorted(load.counts.items())))
    load.process.terminate()
    status = load.process.wait(SECONDS_MAX)
    print(f"{'ok' if status == 0 else 'not ok'} 2 - the simulator ends well # status {status}", flush=True)
    return 0 if fine and status == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
