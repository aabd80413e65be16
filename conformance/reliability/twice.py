#!/usr/bin/env python3
"""Tells the same long story to several simulators with the same seed and a virtual clock, one process after the other,
and compares every answer, the exports and the journals byte for byte. One of them keeps a file, and one is ended and
started again in the middle, which must change nothing of what comes.

usage: twice.py SIMULATOR [STEPS]     LAB_SEED chooses another story.
Output is TAP; exit status 0, 1 (something differed) or 2 (could not be run). Standard library only.
"""

import difflib
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

STEPS = 1000
SEED = "77"
SECONDS_MAX = 30
ACCOUNTS = ("123456789012", "123456789012", "123456789012", "210987654321")
VPC = "vpc-0123456789abcdef0"
MAPS = "/api/v1/namespaces/default/configmaps"
KUBE_SERVICES = "/api/v1/namespaces/default/services"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes"


class Simulator:
    def __init__(self, program, flags):
        self.command = [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--clock", "virtual",
                        "--seed", SEED, "--delays", "real", *flags]
        self.start()

    def start(self):
        self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        urls = json.loads(self.child.stdout.readline())
        self.connections = {port: http.client.HTTPConnection(urls[port].split("//")[1], timeout=SECONDS_MAX)
                            for port in ("aws", "kubernetes")}

    def stop(self):
        for connection in self.connections.values():
            connection.close()
        self.child.terminate()
        self.child.communicate(timeout=SECONDS_MAX)

    def ask(self, port, method, target, body=None, headers=None):
        """Status, headers but the date, and body; a cut connection is an answer, too."""
        connection = self.connections[port]
        try:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            told = sorted((name.lower(), value) for name, value in answer.getheaders() if name.lower() != "date")
            return answer.status, told, answer.read().decode()
        except (http.client.HTTPException, ConnectionError):
            connection.close()
            return 0, [], "cut"


class Story:
    """What is asked next depends on the seed and on the answers alone."""

    def __init__(self, simulator, seed):
        self.simulator = simulator
        self.random = random.Random(seed)
        self.lines = []
        self.ids = {"services": [], "servicenetworks": [], "targetgroups": [], "listeners": []}
        self.names = 0

    def tell(self, port, method, target, body=None, headers=None):
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        given = {"Content-Type": "application/json"} | (headers or {})
        status, told, answer = self.simulator.ask(port, method, target, text, given)
        self.lines.append(f"{method} {target} {text}\n  {status} {told}\n  {answer}")
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {}

    def aws(self, method, target, body=None):
        account = self.random.choice(ACCOUNTS)
        credential = f"Credential={account}/20240101/us-east-2/vpc-lattice/aws4_request"
        return self.tell("aws", method, target, body, {
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"})

    def admin(self, method, path, body=None):
        return self.tell("aws", method, f"/_lattice/{path}", body)

    def kube(self, method, target, body=None):
        return self.tell("kubernetes", method, target, body, {"User-Agent": "story/1"})

    def name(self, word):
        self.names += self.random.random() < 0.9  # else a name that is taken
        return f"{word}-{self.names}"

    def pick(self, kind):
        return self.random.choice(self.ids[kind]) if self.ids[kind] else "nothing-0123456789abcdef0"

    def keep(self, kind, answer):
        if "id" in answer:
            self.ids[kind].append(answer["id"])

    # --- what may happen

    def create(self):
        kind = self.random.choice(["services", "servicenetworks", "targetgroups"])
        body = {"name": self.name("orders"), "tags": {"team": self.name("team")}}
        if kind == "targetgroups":
            body |= {"type": "IP", "config": {"protocol": "HTTP", "port": 80, "vpcIdentifier": VPC}}
        if self.random.random() < 0.5:
            body["clientToken"] = f"token-{self.random.randrange(50)}"
        self.keep(kind, self.aws("POST", f"/{kind}", body)[1])

    def listen(self):
        service, group = self.pick("services"), self.pick("targetgroups")
        action = {"forward": {"targetGroups": [{"targetGroupIdentifier": group}]}}
        _, answer = self.aws("POST", f"/services/{service}/listeners", {
            "name": self.name("http"), "protocol": "HTTP", "port": self.random.randrange(80, 84), "defaultAction": action})
        if "id" in answer:
            self.ids["listeners"].append(f"{service}/listeners/{answer['id']}")
        self.aws("POST", f"/services/{self.pick('listeners')}/rules", {
            "name": self.name("path"), "priority": self.random.randrange(1, 9),
            "match": {"httpMatch": {"method": "GET"}}, "action": action})

    def join(self):
        network, service = self.pick("servicenetworks"), self.pick("services")
        self.aws("POST", "/servicenetworkserviceassociations", {
            "serviceIdentifier": service, "serviceNetworkIdentifier": network})
        self.aws("POST", "/servicenetworkvpcassociations", {
            "vpcIdentifier": VPC, "serviceNetworkIdentifier": network})

    def read(self):
        kind = self.random.choice(list(self.ids)[:3])
        self.aws("GET", self.random.choice([f"/{kind}", f"/{kind}?maxResults=2", f"/{kind}/{self.pick(kind)}"]))

    def remove(self):
        kind = self.random.choice(list(self.ids)[:3])
        self.aws("DELETE", f"/{kind}/{self.pick(kind)}")

    def register(self):
        group = self.pick("targetgroups")
        targets = [{"id": f"10.0.0.{self.random.randrange(1, 9)}"} for _ in range(3)]
        verb = self.random.choice(["registertargets", "registertargets", "deregistertargets"])
        self.aws("POST", f"/targetgroups/{group}/{verb}", {"targets": targets})
        self.admin("POST", "targets", {"targetGroup": group, "healthy": self.random.random() < 0.5})
        self.aws("POST", f"/targetgroups/{group}/listtargets")

    def side_service(self):
        forms = ("Action=GetCallerIdentity&Version=2011-06-15",
                 "Action=AssumeRole&Version=2011-06-15&RoleSessionName=one&RoleArn="
                 "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Ftester",
                 "Action=DescribeVpcs&Version=2016-11-15")
        self.tell("aws", "POST", "/", self.random.choice(forms), {"Content-Type": "application/x-www-form-urlencoded"})
        self.tell("aws", "POST", "/", "{}", {"X-Amz-Target": "ResourceGroupsTaggingAPI_20170126.GetResources"})

    def set_up_faults(self):
        operation = self.random.choice(["ListServices", "CreateService", "GetTargetGroup", "ListTargets", None])
        effect = self.random.choice([{"error": {"code": "InternalServerException"}}, {"throttle": 1}, {"cut": "after"},
                                     {"cut": "before"}, {"stale": 2}])
        rule = effect if "stale" in effect else effect | self.random.choice(
            [{"probability": 0.3}, {"every": 3}, {"nth": 2}, {"times": 2}])
        if operation is not None:
            rule["operation"] = operation
        self.admin("POST", "faults", rule | {"times": 5} if "stale" not in effect else rule)
        if self.random.random() < 0.4:
            self.admin("POST", "faults", {"api": "kubernetes", "resource": "configmaps", "times": 4} | self.random.choice(
                [{"probability": 0.5, "error": {"code": "Conflict"}}, {"every": 2, "cut": "after"}, {"throttle": 1}]))
        if self.random.random() < 0.3:
            self.admin("DELETE", "faults")
        self.admin("GET", "faults")

    def set_up(self):
        self.random.choice([
            lambda: self.admin("PUT", "throttle", {"rate": self.random.choice([0, 0, 5]), "burst": 7}),
            lambda: self.admin("PUT", "delays", {"service": self.random.choice([0, 1500])}),
            lambda: self.admin("PUT", "delays", {"tagging": self.random.choice([0, 5000])}),
            lambda: self.admin("PUT", "quotas", {"code": "L-D64E952E", "value": self.random.randrange(1, 9)}),
            lambda: self.admin("POST", "fail", {"kind": "service", "status": "CREATE_FAILED"}),
            lambda: self.admin("POST", "shares", {"resource": self.pick("servicenetworks"), "account": ACCOUNTS[-1]}),
            lambda: self.admin("POST", "certificates", {"domain_name": "*.example.com"}),
        ])()

    def turn_time(self):
        self.admin("POST", "clock", {"advance_ms": self.random.choice([100, 1000, 5000, 70000])})

    def keep_states(self):
        name = f"kept-{self.random.randrange(3)}"
        self.admin("POST", "snapshots", {"name": name})
        if self.random.random() < 0.3:
            self.admin(*self.random.choice([("POST", "restore", {"name": name}), ("POST", "branch", {"name": "try"}),
                                            ("POST", "branch", {"name": "main"})]))
        self.admin("GET", f"diff?from={name}")

    def write_objects(self):
        name = f"map-{self.random.randrange(20)}"
        choice = self.random.random()
        if choice < 0.4:
            self.kube("POST", MAPS, {"metadata": {"name": name}, "data": {"a": str(self.random.random())}})
        elif choice < 0.6:
            self.tell("kubernetes", "PATCH", f"{MAPS}/{name}", {"data": {"b": str(self.random.random())}},
                      {"Content-Type": "application/merge-patch+json"})
        elif choice < 0.7:
            self.kube("DELETE", f"{MAPS}/{name}")
        elif choice < 0.8:
            self.kube("POST", KUBE_SERVICES, {
                "metadata": {"name": self.name("svc"), "annotations": {"lattice.sim/pods": "2"}},
                "spec": {"selector": {"app": "a"}, "ports": [{"port": 80}]}})
        elif choice < 0.9:
            self.kube("POST", ROUTES, {"metadata": {"generateName": "route-"}, "spec": {"parentRefs": [{"name": "g"}]}})
        else:
            self.kube("GET", f"{MAPS}?limit=3")

    def go_on(self, steps):
        acts = ([self.create] * 6 + [self.read] * 5 + [self.write_objects] * 6 + [self.listen] * 3 + [self.turn_time] * 3 +
                [self.register] * 3 + [self.join, self.remove, self.side_service, self.set_up_faults, self.set_up_faults,
                                       self.set_up, self.keep_states])
        for _ in range(steps):
            self.random.choice(acts)()

    def end(self):
        self.admin("GET", "snapshots")
        self.admin("GET", "check")
        return {"answers": "\n".join(self.lines), "export": self.simulator.ask("aws", "GET", "/_lattice/export")[2],
                "journal": self.simulator.ask("aws", "GET", "/_lattice/journal")[2],
                "metrics": self.simulator.ask("aws", "GET", "/_lattice/metrics")[2]}


def told_by(program, seed, steps, flags, restarts=False):
    simulator = Simulator(program, flags)
    story = Story(simulator, seed)
    try:
        story.go_on(steps // 2)
        if restarts:
            simulator.stop()
            simulator.start()
        story.go_on(steps - steps // 2)
        return story.end()
    finally:
        simulator.stop()


def first_difference(one, other):
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=2)
    return "".join(f"# {line[:300]}\n" for _, line in zip(range(12), lines))


def main(arguments):
    program, steps = arguments[0], int(arguments[1]) if len(arguments) > 1 else STEPS
    seed = os.environ.get("LAB_SEED", "1")
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        first = told_by(program, seed, steps, [])
        runs = (("a second process", [], False, ("answers", "export", "journal", "metrics")),
                ("one with a file", ["--state", str(Path(name, "a.db"))], False, ("answers", "export", "journal", "metrics")),
                # What was noted in memory alone went with the first of the two processes.
                ("one that is started again in the middle", ["--state", str(Path(name, "b.db"))], True,
                 ("answers", "export")))
        print(f"1..{len(runs)}", flush=True)
        for number, (what, flags, restarts, parts) in enumerate(runs, 1):
            other = told_by(program, seed, steps, flags, restarts)
            wrong = [part for part in parts if first[part] != other[part]]
            failed += bool(wrong)
            print(f"{'not ' if wrong else ''}ok {number} - {what} answers, exports and notes the same, byte for byte")
            for part in wrong:
                print(f"# {part} differ:\n{first_difference(first[part], other[part])}", end="")
    calls = first["answers"].count("\n  ") // 2
    print(f"# seed {seed}: {calls} calls, export of {len(first['export'])} bytes, journal of {len(first['journal'])}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
