#!/usr/bin/env python3
"""Every command of lattice-simulator ctl against a running simulator, with right words and wrong ones: ctl.py SIMULATOR."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

SECONDS_MAX = 30
NOWHERE = "http://127.0.0.1:1"

# What each command is given here, and what its answer holds; in an order in which each finds what it needs.
RIGHT = (
    ("health", [], '"status":"ok"'),
    ("metrics", [], "lattice_"),
    ("clock", [], '"virtual":true'),
    ("advance", ["1500"], '"time"'),
    ("quotas", [], "L-CF78395E"),
    ("quota", ["L-CF78395E", "20"], '"value":20'),
    ("journal", ["api=aws", "limit=1"], "CreateService"),
    ("explain", ["1"], "carried out"),
    ("snapshot", ["before"], '"before"'),
    ("snapshots", [], '"before"'),
    ("branch", ["try", "before"], '"branch":"try"'),
    ("branch", ["main"], '"branch":"main"'),
    ("diff", ["before", "current"], None),
    ("diff", ["before"], None),
    ("restore", ["before"], '"before"'),
    ("drop", ["before"], '"snapshots"'),
    ("export", [], '"format":"lattice-lab-state"'),
    ("export", ["{folder}/state.json"], None),
    ("import", ["{folder}/state.json"], '"branch":"main"'),
    ("check", [], '"sound":true'),
    ("get", ["/_lattice/faults"], '"faults":[]'),
    ("post", ["/_lattice/faults", "{folder}/fault.json"], '"id":1'),
    ("put", ["/_lattice/delays", "{folder}/delays.json"], '"service":5'),
    ("get", ["/_lattice/quotas/headroom?code=L-620C821E"], '"headroom"'),
    ("delete", ["/_lattice/faults"], '"faults":[]'),
    ("reset", [], '"branch":"main"'),
)

# Words that are wrong before anybody is asked: exit status 2.
WRONG = (
    ["nonsense"], ["health", "now"], ["advance"], ["advance", "soon"], ["advance", "-5"], ["advance", "5", "6"], ["explain"],
    ["quota", "L-CF78395E"], ["quota", "L-CF78395E", "many"], ["snapshot"], ["drop"], ["restore"], ["branch"],
    ["diff"], ["import"], ["import", "{folder}/nothing.json"], ["journal", "limit"], ["export", "a", "b"],
    ["get"], ["get", "/services"], ["get", "/_lattice/health HTTP/1.1"], ["post", "/_lattice/faults", "{folder}/none"],
    ["export", "{folder}/no/such/folder/file"], ["--colour"], ["--url"], ["--url", "nonsense", "health"],
)

# What the simulator refuses: exit status 1.
REFUSED = (
    ["advance", "999999999999"], ["quota", "L-00000000", "5"], ["explain", "999999"],
    ["explain", "no-such-request"], ["journal", "colour=red"], ["snapshot", "Not a name"], ["drop", "never"],
    ["restore", "never"], ["branch", "try", "never"], ["diff", "never"], ["import", "{folder}/broken.json"],
    ["get", "/_lattice/nothing"], ["post", "/_lattice/faults", "{folder}/broken.json"], ["put", "/_lattice/health"],
)


class Ctl(unittest.TestCase):
    program = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        for name, text in (("broken.json", '{"format":'), ("fault.json", '{"latency_ms":1}'),
                           ("delays.json", '{"service":5}')):
            Path(cls.folder.name, name).write_text(text, encoding="utf-8")
        cls.simulator = subprocess.Popen(
            [cls.program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--clock", "virtual", "--seed", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = json.loads(cls.simulator.stdout.readline())["aws"]

    @classmethod
    def tearDownClass(cls):
        cls.simulator.terminate()
        cls.simulator.communicate(timeout=SECONDS_MAX)
        cls.folder.cleanup()

    def ctl(self, words, url=None):
        filled = [word.replace("{folder}", self.folder.name) for word in words]
        flags = [] if url is None else ["--url", url]
        return subprocess.run([self.program, "ctl", *flags, *filled], capture_output=True, text=True, check=False,
                              timeout=SECONDS_MAX)

    def make_service(self):
        request = urllib.request.Request(self.url + "/services", b'{"name":"orders"}', method="POST")
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            return answer.headers["x-amzn-RequestId"]

    def expect_one_line(self, run, words):
        self.assertEqual(run.stdout, "", words)
        self.assertEqual(run.stderr.count("\n"), 1, f"{words}: {run.stderr}")
        self.assertTrue(run.stderr.startswith("lattice-simulator ctl: "), run.stderr)

    def test_every_command_does_what_it_says(self):
        request_id = self.make_service()
        for command, words, holds in (*RIGHT[:8], ("explain", [request_id], "carried out"), *RIGHT[8:]):
            run = self.ctl([command, *words], self.url)
            self.assertEqual((run.returncode, run.stderr), (0, ""), f"{command} {words}: {run}")
            if holds is not None:
                self.assertIn(holds, run.stdout, f"{command} {words}")
        self.assertEqual(json.loads(Path(self.folder.name, "state.json").read_text())["format"], "lattice-lab-state")

    def test_the_commands_of_the_help_are_those_of_this_test_and_of_the_documentation(self):
        run = self.ctl(["--help"])
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        told = set(re.findall(r"^  ([a-z]+) ", run.stdout, re.M))
        self.assertEqual(told, {command for command, _, _ in RIGHT})
        text = (Path(__file__).parents[2] / "docs" / "admin.md").read_text(encoding="utf-8")
        part = text[text.index("## The client"):].split("\n## ")[0]
        for command in told:
            self.assertRegex(part, rf"\b{command}\b")

    def test_wrong_words_are_one_line_and_status_2(self):
        for words in WRONG:
            run = self.ctl(words) if words[0].startswith("--url") else self.ctl(words, self.url)
            self.assertEqual(run.returncode, 2, f"{words}: {run}")
            self.expect_one_line(run, words)

    def test_no_word_at_all_is_told_the_commands_and_status_2(self):
        run = self.ctl([])
        self.assertEqual(run.returncode, 2)
        self.assertIn("usage:", run.stdout)

    def test_what_is_refused_is_one_line_and_status_1(self):
        for words in REFUSED:
            run = self.ctl(words, self.url)
            self.assertEqual(run.returncode, 1, f"{words}: {run}")
            self.expect_one_line(run, words)
            self.assertNotIn(self.folder.name, run.stderr)

    def test_without_a_simulator_each_command_is_one_line_and_status_2(self):
        Path(self.folder.name, "state.json").write_text("{}", encoding="utf-8")
        for command, words, _ in RIGHT:
            run = self.ctl([command, *words], NOWHERE)
            self.assertEqual(run.returncode, 2, f"{command}: {run}")
            self.expect_one_line(run, command)
            self.assertIn("is a simulator running there?", run.stderr)


if __name__ == "__main__":
    Ctl.program = sys.argv.pop(1)
    unittest.main()
