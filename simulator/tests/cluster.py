#!/usr/bin/env python3
"""Both ports of one simulator at work: Pods by the admin API, and fault rules on the Kubernetes port,
seen from outside: cluster.py SIMULATOR."""

import http.client
import json
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

SECONDS_MAX = 20
SPACE = "/api/v1/namespaces/default"
SERVICE = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
DEPLOYMENT = {"metadata": {"name": "web"}, "spec": {
    "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}


class Cluster(unittest.TestCase):
    program = ""

    def setUp(self):
        flags = ["--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--log-level", "error"]
        self.child = subprocess.Popen([self.program, *flags], stdout=subprocess.PIPE, text=True)
        self.urls = json.loads(self.child.stdout.readline())

    def tearDown(self):
        self.child.terminate()
        self.child.wait(timeout=SECONDS_MAX)
        self.child.stdout.close()
        self.assertEqual(self.child.returncode, 0)

    def send(self, port, method, path, body=None, expect=200):
        """Status, headers and body of an answer, whose status must be the expected one."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        request = urllib.request.Request(self.urls[port] + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
                status, headers, text = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, headers, text = error.code, error.headers, error.read()
        self.assertEqual(status, expect, text)
        return headers, json.loads(text)

    def kube(self, method, path, body=None, expect=200):
        return self.send("kubernetes", method, path, body, expect)[1]

    def pods(self, method="GET", expect=200, **body):
        query = "" if method != "GET" else "?" + "&".join(f"{name}={value}" for name, value in body.items())
        answer = self.send("aws", method, "/_lattice/pods" + query, None if query else body, expect)[1]
        return answer.get("pods", answer)

    def ready_addresses(self):
        found = self.kube("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")["items"]
        return {endpoint["addresses"][0] for part in found for endpoint in part["endpoints"]
                if endpoint["conditions"]["ready"]}

    def fault(self, **rule):
        self.send("aws", "POST", "/_lattice/faults", {"api": "kubernetes", **rule})

    # --- Pods ---

    def test_pods_of_a_service_are_scaled_turned_and_deleted(self):
        self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        self.assertEqual(self.pods(service="web"), [])
        made = self.pods("PUT", service="web", count=3)
        self.assertEqual([pod["name"] for pod in made], ["web-0", "web-1", "web-2"])
        self.assertTrue(all(pod["ready"] and pod["owner"] == "web" for pod in made))
        self.assertEqual(self.ready_addresses(), {pod["address"] for pod in made})
        turned = self.pods("POST", service="web", ready=False, pod="web-1")
        self.assertEqual([pod["ready"] for pod in turned], [True, False, True])
        self.assertEqual(self.ready_addresses(), {made[0]["address"], made[2]["address"]})
        self.assertFalse(any(pod["ready"] for pod in self.pods("POST", service="web", ready=False)))
        after = self.pods("DELETE", service="web", pod="web-1")
        self.assertNotEqual(after[1]["address"], made[1]["address"])
        self.assertEqual([pod["ready"] for pod in after], [False, True, False])
        self.assertEqual(self.pods("PUT", service="web", count=0), [])

    def test_a_deployment_is_scaled_by_its_service(self):
        self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        self.kube("POST", "/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT, expect=201)
        self.assertEqual(len(self.pods(service="web")), 2)
        self.assertEqual(len(self.pods("PUT", service="web", count=5)), 5)
        found = self.kube("GET", "/apis/apps/v1/namespaces/default/deployments/web")
        self.assertEqual(found["status"]["availableReplicas"], 5)
        self.assertNotIn("annotations", self.kube("GET", SPACE + "/services/web")["metadata"])

    def test_watches_and_the_journal_tell_of_it(self):
        self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        with urllib.request.urlopen(self.urls["kubernetes"] + SPACE + "/pods?watch=1", timeout=SECONDS_MAX) as watch:
            self.pods("PUT", service="web", count=1)
            self.assertEqual(json.loads(watch.readline())["object"]["metadata"]["name"], "web-0")
        with urllib.request.urlopen(self.urls["aws"] + "/_lattice/journal?caller=lattice-admin") as journal:
            lines = [json.loads(line) for line in journal]
        self.assertIn(("services", "patch"), [(line["service"], line["operation"]) for line in lines])

    def test_wrong_requests_are_refused(self):
        self.assertIn("not found", self.pods(service="none", expect=404)["message"])
        self.assertIn("service must be", self.pods(namespace="default", expect=400)["message"])
        self.assertIn("service must be", self.pods("PUT", service="../pods", count=1, expect=400)["message"])
        self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        self.assertIn("count must be", self.pods("PUT", service="web", expect=400)["message"])
        self.assertIn("count must be", self.pods("PUT", service="web", count=1001, expect=400)["message"])
        self.assertIn("0 to 100", self.pods("PUT", service="web", count=101, expect=422)["message"])
        self.assertIn("ready must be", self.pods("POST", service="web", expect=400)["message"])
        self.assertIn("no such Pod", self.pods("DELETE", service="web", pod="web-9", expect=404)["message"])

    # --- a rollout behind a readiness gate ---

    def test_a_closed_gate_holds_a_rollout_and_an_open_one_lets_it_end(self):
        gated = json.loads(json.dumps(DEPLOYMENT))
        gated["spec"]["template"]["spec"]["readinessGates"] = [{"conditionType": "aws/gate"}]
        path = "/apis/apps/v1/namespaces/default/deployments"
        self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        self.kube("POST", path, gated, expect=201)
        self.open_gates()
        old = self.ready_addresses()
        self.assertEqual(len(old), 2)
        change = {"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}}
        self.kube("PATCH", path + "/web", change)
        self.assertEqual(self.ready_addresses(), old)
        self.assertEqual(len(self.pods(service="web")), 3)
        for _ in range(4):
            self.open_gates()
        status = self.kube("GET", path + "/web")["status"]
        self.assertEqual((status["updatedReplicas"], status["availableReplicas"]), (2, 2))
        self.assertFalse(self.ready_addresses() & old)

    def open_gates(self):
        for pod in self.pods(service="web"):
            if not pod["ready"]:
                found = self.kube("GET", f"{SPACE}/pods/{pod['name']}")
                found["status"]["conditions"].append({"type": "aws/gate", "status": "True"})
                self.kube("PUT", f"{SPACE}/pods/{pod['name']}/status", found)

    # --- names ---

    def test_a_generated_name_is_tried_eight_times(self):
        # Each round begins with the chance of the first one, so that it meets the names of all before it.
        begin = self.send("aws", "GET", "/_lattice/export")[1]["tables"]["continuation"]
        body, names = {"metadata": {"generateName": "a-"}}, []
        for _ in range(8):
            names.append(self.kube("POST", SPACE + "/configmaps", body, expect=201)["metadata"]["name"])
            document = self.send("aws", "GET", "/_lattice/export")[1]
            document["tables"]["continuation"] = begin
            self.send("aws", "POST", "/_lattice/import", document)
        self.assertEqual(len(set(names)), 8)
        headers, status = self.send("kubernetes", "POST", SPACE + "/configmaps", body, expect=409)
        self.assertEqual((status["reason"], headers["Retry-After"]), ("AlreadyExists", "1"))
        self.assertEqual(status["message"], f'configmaps "{names[-1]}" already exists, the server was not able to '
                                            "generate a unique name for the object")
        self.assertEqual(len(self.kube("GET", SPACE + "/configmaps")["items"]), 8)

    # --- faults ---

    def test_rules_strike_by_verb_resource_namespace_and_name(self):
        self.fault(verb="update", resource="services", namespace="default", name="web", times=1,
                   error={"code": "Conflict"})
        self.fault(verb="create", resource="configmaps", times=1, throttle=3)
        service = self.kube("POST", SPACE + "/services", SERVICE, expect=201)
        self.assertEqual(self.kube("PUT", SPACE + "/services/web", service, expect=409)["reason"], "Conflict")
        self.kube("PUT", SPACE + "/services/web", service)
        headers, status = self.send("kubernetes", "POST", SPACE + "/configmaps", {"metadata": {"name": "a"}}, 429)
        self.assertEqual((headers["Retry-After"], status["details"]["retryAfterSeconds"]), ("3", 3))
        listed = self.send("aws", "GET", "/_lattice/faults")[1]["faults"]
        self.assertEqual([rule["strikes"] for rule in listed], [1, 1])

    def test_a_late_answer_comes_late_and_a_lost_one_not_at_all(self):
        self.fault(verb="get", latency_ms=300)
        self.fault(verb="create", resource="configmaps", cut="after")
        start = time.monotonic()
        self.kube("GET", SPACE)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.kube("POST", SPACE + "/configmaps", {"metadata": {"name": "a"}})
        self.kube("GET", SPACE + "/configmaps/a")
        with urllib.request.urlopen(self.urls["aws"] + "/_lattice/journal?rule=fault") as journal:
            self.assertEqual(json.loads(journal.read())["error"], "ConnectionCut")

    def test_a_watch_is_told_that_its_version_expired(self):
        self.fault(verb="watch", resource="configmaps", watch={"end": "expired", "events": 1})
        with urllib.request.urlopen(self.urls["kubernetes"] + SPACE + "/configmaps?watch=1",
                                    timeout=SECONDS_MAX) as watch:
            self.kube("POST", SPACE + "/configmaps", {"metadata": {"name": "a"}}, expect=201)
            events = [json.loads(line) for line in watch]
        self.assertEqual([event["type"] for event in events], ["ADDED", "ERROR"])
        self.assertEqual(events[1]["object"]["code"], 410)


if __name__ == "__main__":
    Cluster.program = sys.argv.pop(1)
    unittest.main()
