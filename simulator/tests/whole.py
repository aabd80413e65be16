#!/usr/bin/env python3
"""The state as a whole, from outside: files that are old, new, broken or in use; what no answer may tell; and what
clients of the Kubernetes API see when the state is replaced: whole.py SIMULATOR FOLDER-WITH-OLD-STATES."""

import http.client
import json
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SECONDS_MAX = 30
NAMESPACES = "/api/v1/namespaces"
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


class Running:
    """A simulator on free ports for as long as the block runs."""

    def __init__(self, program, *flags):
        self.command = [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", *flags]

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.child.stdout.readline()
        if not line:
            raise AssertionError(f"it does not start: {self.child.communicate(timeout=SECONDS_MAX)[1]}")
        self.urls = json.loads(line)
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.said = self.child.communicate(timeout=SECONDS_MAX)[1]

    def connect(self, port):
        return http.client.HTTPConnection(self.urls[port].split("//")[1], timeout=SECONDS_MAX)

    def call(self, port, method, target, body=None, headers=None):
        """Status and text of the answer."""
        connection = self.connect(port)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        connection.request(method, target, body=text, headers={"Content-Type": "application/json"} | (headers or {}))
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def aws(self, method, target, body=None):
        return self.call("aws", method, target, body)

    def kube(self, method, target, body=None):
        status, text = self.call("kubernetes", method, target, body)
        return status, json.loads(text)


class Watch:
    """A stream of events."""

    def __init__(self, simulator, target):
        self.connection = simulator.connect("kubernetes")
        self.connection.request("GET", target)
        self.answer = self.connection.getresponse()

    def next(self):
        """Type and object of the next event; None at the end."""
        line = self.answer.readline()
        event = json.loads(line) if line else None
        return None if event is None else (event["type"], event["object"])

    def close(self):
        self.connection.close()


class Whole(unittest.TestCase):
    program = ""
    old_states = ""

    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="lattice-whole-")
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        self.file = self.folder / "state.db"

    def running(self, *flags):
        return Running(self.program, *flags)

    def make_file(self):
        with self.running("--state", str(self.file)) as simulator:
            for number in range(50):
                self.assertEqual(simulator.aws("POST", "/services", {"name": f"orders-{number}"})[0], 201)

    def expect_refused(self, text, *flags):
        run = subprocess.run([self.program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--state",
                              str(self.file), *flags], capture_output=True, text=True, check=False, timeout=SECONDS_MAX)
        self.assertEqual(run.returncode, 2, run)
        self.assertEqual(run.stdout, "")
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertIn("--state", run.stderr)
        self.assertIn(text, run.stderr)

    # --- files

    def test_a_file_of_each_older_program_is_opened_and_works(self):
        for source in sorted(Path(self.old_states).glob("version-*.sql")):
            path = self.folder / f"{source.stem}.db"
            database = sqlite3.connect(path)
            database.executescript(source.read_text(encoding="utf-8"))
            database.close()
            for name in ("first", "second"):
                with self.running("--state", str(path)) as simulator:
                    status, text = simulator.aws("GET", "/services")
                    self.assertEqual(status, 200, text)
                    self.assertIn('"orders"', text)
                    self.assertEqual(simulator.aws("POST", "/services", {"name": name, "tags": {"a": "b"}})[0], 201)
                    self.assertEqual(simulator.aws("POST", "/_lattice/faults", {"latency_ms": 1})[0], 200)
                    status, text = simulator.aws("POST", "/_lattice/credentials", {
                        "access_key": "AKIATEAM", "secret_key": "x", "account": "210987654321"})
                    self.assertEqual(status, 200, text)
                    self.assertEqual(simulator.aws("GET", "/_lattice/export")[0], 200)
                    self.assertEqual(simulator.kube("POST", NAMESPACES, {"metadata": {"name": name}})[0], 201)

    def test_a_file_of_a_newer_program_is_refused(self):
        self.make_file()
        database = sqlite3.connect(self.file)
        database.execute("PRAGMA user_version = 99")
        database.commit()
        database.close()
        self.expect_refused("use a newer program")

    def test_a_truncated_file_is_refused(self):
        self.make_file()
        size = self.file.stat().st_size
        for left in (size // 2, 4096, 1000, 50):
            with open(self.file, "r+b") as file:
                file.truncate(left)
            self.expect_refused("state.db: is ")

    def test_a_damaged_file_is_refused(self):
        self.make_file()
        whole = self.file.read_bytes()
        for start, length in ((0, 16), (100, 400), (len(whole) // 2, 8192), (4096, len(whole) - 4096)):
            self.file.write_bytes(whole[:start] + b"\x5a" * length + whole[start + length:])
            self.expect_refused("state.db: is ")
        self.file.write_text("services: []\n" * 100, encoding="utf-8")
        self.expect_refused("is not a state file")

    def test_a_file_that_another_process_holds_is_refused(self):
        with self.running("--state", str(self.file)) as simulator:
            self.expect_refused("is in use by another simulator")
            self.assertEqual(simulator.aws("POST", "/services", {"name": "orders"})[0], 201)

    def test_a_folder_or_a_place_that_is_not_there_is_refused(self):
        self.file.mkdir()
        self.expect_refused("state.db")
        self.file = self.folder / "no" / "such" / "state.db"
        self.expect_refused("state.db")

    # --- secrets and paths

    def read_everything(self, simulator):
        """What every GET of the admin API answers, by target."""
        targets = ["export", "journal", "metrics", "health", "clock", "check", "faults", "throttle", "delays", "shares",
                   "quotas", "quotas/headroom", "quotas/requests", "credentials", "snapshots", "diff?from=before",
                   "diff?from=before&format=text", "explain?seq=1", "explain?seq=2&format=text", "nothing"]
        return {target: simulator.aws("GET", f"/_lattice/{target}")[1] for target in targets}

    def test_tls_keys_tokens_and_secrets_are_in_no_answer(self):
        tls = self.folder / "tls"
        with self.running("--kube-tls", "127.0.0.1:0", "--tls-dir", str(tls), "--auth", "strict", "--state",
                          str(self.file)) as simulator:
            simulator.aws("POST", "/_lattice/snapshots", {"name": "before"})
            token = (tls / "tokens.csv").read_text(encoding="utf-8").split(",")[0]
            secrets = {"very-hidden-secret", "dmVyeS1oaWRkZW4tdG9rZW4=", token}
            for path in tls.glob("*.key"):
                secrets.update(line for line in path.read_text(encoding="utf-8").splitlines() if len(line) == 64)
            self.assertGreater(len(secrets), 4, list(tls.iterdir()))
            context = ssl.create_default_context(cafile=tls / "ca.crt")
            for sent, wanted in ((token, 200), (token + "very-hidden-secret", 401)):
                connection = http.client.HTTPSConnection(simulator.urls["kubernetes_tls"].split("//")[1],
                                                         timeout=SECONDS_MAX, context=context)
                connection.request("GET", CONFIG_MAPS, headers={"Authorization": f"Bearer {sent}"})
                answer = connection.getresponse()
                self.assertEqual(answer.status, wanted)
                self.assertNotIn(token, answer.read().decode())
                connection.close()
            simulator.aws("POST", "/_lattice/credentials", {"access_key": "AKIATEAM", "secret_key": "very-hidden-secret",
                                                            "account": "210987654321"})
            status, _ = simulator.kube("POST", "/api/v1/namespaces/default/secrets", {
                "metadata": {"name": "keys"}, "data": {"key": "dmVyeS1oaWRkZW4tdG9rZW4="}})
            self.assertEqual(status, 201)
            simulator.kube("PUT", "/api/v1/namespaces/default/secrets/keys", {"data": 5, "stringData": {
                "key": "very-hidden-secret"}})
            simulator.aws("GET", "/services?X-Amz-Security-Token=very-hidden-secret")
            for target, text in self.read_everything(simulator).items():
                for secret in secrets:
                    self.assertNotIn(secret, text, f"{target} tells {secret}")
        for secret in secrets:
            self.assertNotIn(secret, simulator.said)

    def test_no_answer_names_a_place_on_the_machine(self):
        broken = ("{", "[]", '{"format":"lattice-lab-state","version":3,"tables":{"resource":[{"seq":"/"}]}}')
        with self.running("--kube-tls", "127.0.0.1:0", "--tls-dir", str(self.folder / "tls"), "--state",
                          str(self.file)) as simulator:
            simulator.aws("POST", "/_lattice/snapshots", {"name": "before"})
            answers = list(self.read_everything(simulator).values())
            for method, path in (("POST", "import"), ("POST", "restore"), ("POST", "branch"), ("POST", "snapshots"),
                                 ("POST", "faults"), ("PUT", "delays"), ("POST", "credentials"), ("POST", "fail")):
                for body in broken:
                    status, text = simulator.aws(method, f"/_lattice/{path}", body)
                    self.assertGreaterEqual(status, 400, f"{path}: {text}")
                    answers.append(text)
            for target in ("/api", "/version", "/openapi/v2", "/apis/none/v1/none", NAMESPACES, "/nothing"):
                answers.append(simulator.call("kubernetes", "GET", target)[1])
            for text in answers:
                for word in (str(self.folder), str(Path(self.program).resolve().parent), "state.db", ".c:"):
                    self.assertNotIn(word, text)

    # --- clients of the Kubernetes API

    def put_map(self, simulator, name):
        status, made = simulator.kube("POST", CONFIG_MAPS, {"metadata": {"name": name}, "data": {"a": "b"}})
        self.assertEqual(status, 201, made)
        return made["metadata"]["resourceVersion"]

    def check_replaced(self, replace):
        """A watch that is open, and one that comes back with what it knew, while the state is replaced."""
        with self.running("--clock", "virtual", "--seed", "1") as simulator:
            self.put_map(simulator, "kept")
            simulator.aws("POST", "/_lattice/snapshots", {"name": "before"})
            document = simulator.aws("GET", "/_lattice/export")[1]
            watch = Watch(simulator, f"{CONFIG_MAPS}?watch=true&resourceVersion=0")
            known = [self.put_map(simulator, f"lost-{number}") for number in range(3)]
            self.assertEqual([watch.next()[0] for _ in range(4)], ["ADDED"] * 4)
            page = simulator.kube("GET", f"{CONFIG_MAPS}?limit=1")[1]["metadata"]["continue"]
            status, text = replace(simulator, document)
            self.assertEqual(status, 200, text)
            self.assertIsNone(watch.next(), "an open watch ends")
            watch.close()
            present = simulator.kube("GET", CONFIG_MAPS)[1]
            now = present["metadata"]["resourceVersion"]
            self.assertGreater(int(now), int(known[-1]), "versions never mean two things")
            made = [self.put_map(simulator, f"new-{number}") for number in range(5)]
            for version in (known[0], known[-1]):
                late = Watch(simulator, f"{CONFIG_MAPS}?watch=true&resourceVersion={version}")
                kind, status = late.next()
                self.assertEqual((kind, status.get("code"), status.get("reason")), ("ERROR", 410, "Expired"), version)
                late.close()
            self.assertEqual(simulator.kube("GET", f"{CONFIG_MAPS}?limit=1&continue={page}")[0], 410)
            anew = Watch(simulator, f"{CONFIG_MAPS}?watch=true&resourceVersion={now}")
            self.assertEqual([(kind, found["metadata"]["name"], found["metadata"]["resourceVersion"])
                              for kind, found in (anew.next() for _ in range(5))],
                             [("ADDED", f"new-{number}", made[number]) for number in range(5)])
            anew.close()
            return [item["metadata"]["name"] for item in present["items"]]

    def test_clients_list_anew_after_a_restore(self):
        self.assertEqual(self.check_replaced(
            lambda simulator, _: simulator.aws("POST", "/_lattice/restore", {"name": "before"})), ["kept"])

    def test_clients_list_anew_after_an_import(self):
        self.assertEqual(self.check_replaced(
            lambda simulator, document: simulator.aws("POST", "/_lattice/import", document)), ["kept"])

    def test_clients_list_anew_after_a_reset(self):
        self.assertEqual(self.check_replaced(lambda simulator, _: simulator.aws("POST", "/_lattice/reset")), [])

    def test_clients_list_anew_after_a_restart_with_an_import(self):
        flags = ("--state", str(self.file))
        with self.running(*flags) as simulator:
            document = simulator.aws("GET", "/_lattice/export")[1]
            known = self.put_map(simulator, "lost")
        with self.running(*flags) as simulator:
            simulator.aws("POST", "/_lattice/import", document)
            for number in range(5):
                self.put_map(simulator, f"new-{number}")
            late = Watch(simulator, f"{CONFIG_MAPS}?watch=true&resourceVersion={known}")
            self.assertEqual(late.next()[1].get("code"), 410)
            late.close()

    def test_a_journal_is_a_record_and_stays_when_the_state_goes_back(self):
        with self.running("--clock", "virtual", "--seed", "1") as simulator:
            simulator.aws("POST", "/_lattice/snapshots", {"name": "before"})
            simulator.aws("POST", "/services", {"name": "orders"})
            self.put_map(simulator, "a")
            journal = simulator.aws("GET", "/_lattice/journal")[1]
            simulator.aws("POST", "/_lattice/restore", {"name": "before"})
            self.assertEqual(simulator.aws("GET", "/_lattice/journal")[1], journal)
            self.assertIn('"api":"aws"', journal)
            self.assertIn('"api":"kubernetes"', journal)
            self.assertNotIn("orders", simulator.aws("GET", "/services")[1])
            self.assertEqual(simulator.kube("GET", f"{CONFIG_MAPS}/a")[0], 404)


if __name__ == "__main__":
    Whole.program, Whole.old_states = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
