#!/usr/bin/env python3
"""Watchers that do not read, while big changes go by: the simulator's memory stays bounded, those who do
read get every change, and the others are told 410 (or closed) and can list again. And hundreds of
watchers at once. Standard library only; results as TAP.

usage: watchers.py SIMULATOR [CHANGES]
"""

import http.client
import json
import socket
import subprocess
import sys
import threading

CHANGES = 2000  # of CHANGE_BYTES each: twice a hundred megabytes, several times of what may be held
CHANGE_BYTES = 100_000
STALLED, READING, MANY = 24, 2, 400
LAG_MAX = 50  # changes by which the reading ones may be behind
MEMORY_MB_MAX = 450  # 64 MB each for journal, log of changes and unread events; the rest is slack
SECONDS_MAX = 60
MAPS = "/api/v1/namespaces/default/configmaps"


class Simulator:
    def __init__(self, program):
        arguments = [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--log-level", "error"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        self.port = int(json.loads(self.process.stdout.readline())["kubernetes"].rsplit(":", 1)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_MAX)

    def send(self, method, path, body=None, kind="application/json"):
        self.connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": kind})
        answer = self.connection.getresponse()
        found = json.loads(answer.read())
        assert answer.status < 300, found
        return found

    def peak_mb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1000


def open_watch(simulator, path, receive_bytes=None):
    """A socket on which a watch was asked for, and nothing was read."""
    opened = socket.socket()
    if receive_bytes is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    opened.settimeout(SECONDS_MAX)
    opened.connect(("127.0.0.1", simulator.port))
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return opened


def events(opened):
    """What a watch sends, until its end or the end of the connection. A line that is cut is no event."""
    reader = http.client.HTTPResponse(opened, method="GET")
    try:
        reader.begin()
        while line := reader.readline():
            if line.endswith(b"\n"):
                yield json.loads(line)
    except (http.client.IncompleteRead, ConnectionError, TimeoutError):
        return
    finally:
        reader.close()


class Reader(threading.Thread):
    """Counts the versions that it hears of, up to the last one."""

    def __init__(self, opened, last):
        super().__init__(daemon=True)
        self.opened, self.last, self.heard = opened, last, []
        self.changed = threading.Condition()

    def run(self):
        for event in events(self.opened):
            with self.changed:
                self.heard.append((event["type"], event["object"]["metadata"].get("annotations", {}).get("n")))
                self.changed.notify_all()
            if self.heard[-1][1] == self.last:
                return

    def await_heard(self, count, seconds):
        with self.changed:
            self.changed.wait_for(lambda: len(self.heard) >= count, seconds)


def change(simulator, number):
    note = {"metadata": {"annotations": {"n": str(number), "filler": str(number % 10) * CHANGE_BYTES}}}
    return simulator.send("PATCH", f"{MAPS}/big", note, "application/merge-patch+json")["metadata"]["resourceVersion"]


def check_stalled(opened, newest):
    """What one gets who reads on in the end: whole events in order, and an end of it unless that is all."""
    last, told = 0, None
    for event in events(opened):
        if event["type"] == "ERROR":
            told = event["object"]["code"]
            break
        version = int(event["object"]["metadata"]["resourceVersion"])
        assert version > last, (version, last)
        last = version
        if last == newest:
            return "caught up"
    assert told in (None, 410), told
    return "410" if told else "closed"


def stalled(simulator, changes):
    """some watchers read nothing while big changes go by: memory is bounded, the others get everything"""
    made = simulator.send("POST", MAPS, {"metadata": {"name": "big"}})
    path = f"{MAPS}?watch=1&resourceVersion={made['metadata']['resourceVersion']}"
    sleepers = [open_watch(simulator, path, 4096) for _ in range(STALLED)]
    readers = [Reader(open_watch(simulator, path), str(changes - 1)) for _ in range(READING)]
    for reader in readers:
        reader.start()
    newest = 0
    for number in range(changes):
        newest = int(change(simulator, number))
        for reader in readers:  # who reads is not to lag because this process is slow
            reader.await_heard(number - LAG_MAX, SECONDS_MAX)
    for reader in readers:
        reader.join(SECONDS_MAX)
        wanted = [("MODIFIED", str(number)) for number in range(changes)]
        assert reader.heard == wanted, f"a reader heard {len(reader.heard)} of {changes} changes"
    peak = simulator.peak_mb()
    ends = [check_stalled(sleeper, newest) for sleeper in sleepers]
    listed = simulator.send("GET", MAPS)
    assert int(listed["metadata"]["resourceVersion"]) == newest, "the list is not current"
    print(f"# {changes} changes of {CHANGE_BYTES} bytes, {STALLED} watchers asleep: peak {peak:.0f} MB, they got "
          + ", ".join(f"{ends.count(end)} x {end}" for end in sorted(set(ends))), flush=True)
    assert "410" in ends, "nobody was dropped"
    assert peak <= simulator.memory_mb_max, f"{peak:.0f} MB"


def initial(simulator, _changes):
    """watchers that begin with a long list and do not read it hold no copy of it"""
    for number in range(200):
        simulator.send("POST", MAPS, {"metadata": {"name": f"l{number}"}, "data": {"x": "y" * CHANGE_BYTES}})
    sleepers = [open_watch(simulator, f"{MAPS}?watch=1", 4096) for _ in range(STALLED)]
    simulator.send("GET", f"{MAPS}/l0")
    assert simulator.peak_mb() <= simulator.memory_mb_max, f"{simulator.peak_mb():.0f} MB"
    for sleeper in sleepers:
        sleeper.close()
    names = set()
    for event in events(open_watch(simulator, f"{MAPS}?watch=1")):
        names.add(event["object"]["metadata"]["name"])
        if len(names) == 201:  # with the one of the test before
            break
    simulator.send("DELETE", MAPS)


def many(simulator, _changes):
    """four hundred watchers hear every change"""
    version = simulator.send("GET", MAPS)["metadata"]["resourceVersion"]
    path = f"{MAPS}?watch=1&timeoutSeconds=60&resourceVersion={version}"
    opened = [open_watch(simulator, path) for _ in range(MANY)]
    for number in range(20):
        simulator.send("POST", MAPS, {"metadata": {"name": f"many{number}"}})
    for watch in opened:
        told = events(watch)
        heard = []
        while len(heard) < 20:
            name = next(told)["object"]["metadata"]["name"]
            heard += [name] if name.startswith("many") else []
        assert heard == [f"many{number}" for number in range(20)], heard
        watch.close()


def main(arguments):
    simulator = Simulator(arguments[0])
    changes = int(arguments[1]) if len(arguments) > 1 else CHANGES
    with open(arguments[0], "rb") as program:
        simulator.memory_mb_max = MEMORY_MB_MAX * (4 if b"__asan_init" in program.read() else 1)  # it keeps what is freed
    tests = (stalled, initial, many)
    failed = False
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        try:
            test(simulator, changes)
            assert simulator.process.poll() is None, "the simulator is gone"
            print(f"ok {number} - {test.__doc__}", flush=True)
        except (AssertionError, OSError, http.client.HTTPException, StopIteration) as wrong:
            failed = True
            print(f"not ok {number} - {test.__doc__}\n# {wrong!r}", flush=True)
    simulator.process.terminate()
    return 1 if simulator.process.wait() != 0 or failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
