"""A small test harness that speaks TAP. Tests are functions marked with @test; one that needs a
tool which is not there is skipped with the reason, or fails where nothing may be skipped (CI)."""

import json
import os
import subprocess
import time
import traceback

import clients

TESTS = []


class World:
    """What a test gets: the endpoints, the tools, and a name that no other test uses."""

    def __init__(self, given):
        self.aws = given["aws"]
        self.kubernetes = given["kubernetes"]
        self.program = given["program"]  # of the simulator
        self.kubernetes_tls = given["kubernetes_tls"]
        self.tls_folder = given["tls_folder"]
        self.kubeconfig = given["kubeconfig"]
        self.folder = given["folder"]
        self.bin = given["bin"]
        self.commands = given["commands"]  # that run the flows, by client
        self.tools = given["tools"]  # name -> None when usable, else the reason why it is not
        self.flows = {}  # results by client, for flow_tests
        self.kubectl = None  # the program and its minor version, as the test at hand is to use it
        self.kubectl_minor = 0
        self.number = 0

    def use(self, tool):
        """Lets the helpers start this kubectl."""
        if tool in clients.KUBECTLS:
            self.kubectl = self.commands[tool][0]
            told = subprocess.run([self.kubectl, "version", "--client", "-o", "json"], check=True,
                                  capture_output=True, text=True).stdout
            self.kubectl_minor = int(json.loads(told)["clientVersion"]["minor"].rstrip("+"))

    def kubectl_cache(self):
        return os.path.join(self.folder, f"external-kubectl-cache-{self.kubectl_minor}")

    def name(self, stem):
        self.number += 1
        return f"ext-{stem}-{os.getpid() % 10000}-{self.number}"


def test(needs):
    """Marks a test that needs one tool: a client of clients.py, or kubectl. Its docstring is its name."""

    def mark(function):
        TESTS.append((needs, function))
        return function

    return mark


def until(read, holds, seconds=60):
    """Reads until holds(value) is true and returns the value."""
    end = time.monotonic() + seconds
    while True:
        value = read()
        if holds(value):
            return value
        assert time.monotonic() < end, f"still {value} after {seconds} s"
        time.sleep(0.2)


def expect(condition, message):
    assert condition, message


def expanded():
    """All tests with the tool that each is to run with: those of kubectl with every kubectl."""
    for needs, function in TESTS:
        for tool in clients.KUBECTLS if needs == "kubectl" else (needs,):
            yield tool, function


def run_all(world, may_skip):
    """Runs all tests, prints TAP, returns how many failed."""
    failed = skipped = 0
    tests = list(expanded())
    print(f"TAP version 13\n1..{len(tests)}", flush=True)
    for number, (needs, function) in enumerate(tests, 1):
        name = f"{needs}: {function.__doc__}"
        reason = world.tools.get(needs)
        if reason is not None and may_skip:
            skipped += 1
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
            continue
        try:
            expect(reason is None, f"{needs} cannot be used: {reason}")
            world.use(needs)
            function(world)
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # a test may fail in any way; the next one runs all the same
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().rstrip().splitlines():
                print(f"  # {line}")
    print(f"# passed {len(tests) - failed - skipped}, failed {failed}, skipped {skipped}", flush=True)
    return failed
