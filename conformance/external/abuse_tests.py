#!/usr/bin/env python3
"""What no client should send: oversized, slow, malformed and truncated requests, and very many
connections. Each gets an error or a closed connection; the simulator goes on, within its memory.
Standard library only; results as TAP.

usage: abuse_tests.py SIMULATOR
"""

import json
import resource
import socket
import subprocess
import sys
import time

CONNECTIONS = 10000
MEMORY_MB_MAX = 200  # two listeners of 2048 connections with some 34 KB each, and the rest
SANITIZED = 3  # a build with sanitizers keeps what is freed for a while, and a shadow of the rest
GIGABYTE = 1 << 30


class Simulator:
    def __init__(self, program):
        arguments = [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--log-level", "error"]
        with open(program, "rb") as binary:
            self.memory_mb_max = MEMORY_MB_MAX * (SANITIZED if b"__asan_init" in binary.read() else 1)
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.ports = [int(ready[name].rsplit(":", 1)[1]) for name in ("aws", "kubernetes")]

    def connect(self, port):
        return socket.create_connection(("127.0.0.1", port), timeout=20)

    def send(self, port, data, answer=True):
        """The first bytes of the answer; empty when the connection was closed instead."""
        with self.connect(port) as connection:
            try:
                connection.sendall(data)
                return connection.recv(4096) if answer else b""
            except OSError:
                return b""

    def resident_mb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1000

    def is_well(self):
        request = b"GET /_lattice/health HTTP/1.1\r\nHost: x\r\n\r\n"
        alive = self.process.poll() is None and b"200 OK" in self.send(self.ports[0], request)
        return alive and self.resident_mb() <= self.memory_mb_max


def is_refused(answer):
    return answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


def head(method="POST", target="/services", *lines):
    return "\r\n".join((f"{method} {target} HTTP/1.1", "Host: x", *lines, "", "")).encode()


MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",
    "a head without an end": b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * (1 << 20),
    "too many headers": head("GET", "/", *(f"X-{i}: 1" for i in range(500))),
    "a target that is too long": head("GET", "/" + "a" * (1 << 18)),
    "a negative length": head("POST", "/services", "Content-Length: -5"),
    "a length that is no number": head("POST", "/services", "Content-Length: many"),
    "a chunk that is no number": head("POST", "/services", "Transfer-Encoding: chunked") + b"zz\r\nabc\r\n",
    "a body that is not UTF-8": head("POST", "/services", "Content-Length: 3") + b'"\xff"',
    "a body nested 100,000 deep": head("POST", "/services", "Content-Length: 100000") + b"[" * 100000,
}


def malformed(simulator):
    for port in simulator.ports:
        for name, data in MALFORMED.items():
            if not is_refused(simulator.send(port, data)):
                return f"{name} was not refused"
    return None


def truncated(simulator):
    for port in simulator.ports:
        for _ in range(200):
            simulator.send(port, head("POST", "/services", "Content-Length: 100") + b'{"name":', answer=False)
            simulator.send(port, b"GET /serv", answer=False)
    return None


def pour(simulator, port, lines, frame):
    """Sends a gigabyte for as long as it is taken; returns how much was."""
    block = frame(b"x" * (1 << 20))
    sent = 0
    with simulator.connect(port) as connection:
        try:
            connection.sendall(head("POST", "/services", *lines))
            while sent < GIGABYTE:
                connection.sendall(block)
                sent += 1 << 20
        except OSError:
            pass
    return sent


def gigabyte(simulator):
    for port in simulator.ports:
        told = pour(simulator, port, [f"Content-Length: {GIGABYTE}"], lambda data: data)
        untold = pour(simulator, port, ["Transfer-Encoding: chunked"], lambda data: b"100000\r\n" + data + b"\r\n")
        if max(told, untold) >= GIGABYTE:
            return "a gigabyte was taken to its end"
    return None


def slow(simulator):
    with simulator.connect(simulator.ports[0]) as connection:
        for byte in head("GET", "/services"):
            connection.send(bytes([byte]))
            if not simulator.is_well():
                return "one slow client kept the others waiting"
        answer = connection.recv(4096)
    return None if b"200 OK" in answer else "a slow request was not answered"


def idle(simulator):
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, CONNECTIONS + 500), most))
    held = []
    try:
        for number in range(CONNECTIONS):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", simulator.ports[number % 2]))
            held.append(connection)
            if number % 200 == 0:
                time.sleep(0.01)  # for the listener to take them
    except OSError as error:
        if len(held) < 1000:
            return f"only {len(held)} connections could be opened: {error}"
    resident = simulator.resident_mb()
    for connection in held:
        connection.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
    print(f"# {len(held)} connections, {resident:.0f} MB resident")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not simulator.is_well():
        time.sleep(0.2)
    return None if resident <= simulator.memory_mb_max else f"{resident:.0f} MB are resident"


TESTS = (
    ("malformed requests get an error or a closed connection", malformed),
    ("truncated requests leave nothing behind", truncated),
    ("a body of a gigabyte is cut off", gigabyte),
    ("a slow request does not keep others waiting", slow),
    ("ten thousand idle connections stay within memory", idle),
)


def main():
    simulator = Simulator(sys.argv[1])
    print(f"1..{len(TESTS)}")
    failed = False
    for number, (name, test) in enumerate(TESTS, 1):
        wrong = test(simulator) or (None if simulator.is_well() else "the simulator is not well afterwards")
        failed = failed or wrong is not None
        print(f"{'ok' if wrong is None else 'not ok'} {number} - {name}" + (f" # {wrong}" if wrong else ""), flush=True)
        print(f"# {simulator.resident_mb():.0f} MB resident", flush=True)
    simulator.process.terminate()
    simulator.process.wait()
    return failed


if __name__ == "__main__":
    sys.exit(main())
