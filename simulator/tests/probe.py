#!/usr/bin/env python3
"""Health checks of little real servers, by protocol, version, port, path, codes and time-out: probe.py SIMULATOR."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

SECONDS_MAX = 20
INTERVAL = 5  # the shortest there is; two checks decide what fails
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# Frames of HTTP/2: empty SETTINGS, then HEADERS of stream 1 with the indexed field ":status 200" and END_STREAM.
SETTINGS, OK_FRAME = bytes(3) + b"\x04" + bytes(5), b"\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88"


class Server:
    """Answers each connection once and notes the first line of what it was asked."""

    def __init__(self, status=200, headers="", delay=0, tls=None, http2=False, address="127.0.0.1"):
        self.status, self.headers, self.delay, self.tls, self.http2 = status, headers, delay, tls, http2
        self.asked, self.open_after = [], 0
        self.socket = socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.address, self.port = address, self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            with contextlib.suppress(OSError), self.socket.accept()[0] as plain:
                plain.settimeout(SECONDS_MAX)
                with self.tls.wrap_socket(plain, server_side=True) if self.tls else contextlib.nullcontext(plain) as peer:
                    self.answer(peer)

    def answer(self, peer):
        got = peer.recv(65536)
        if self.http2:
            while len(got) < len(PREFACE):
                got += peer.recv(65536)
            self.asked.append(got[:len(PREFACE)])
            peer.sendall(SETTINGS + OK_FRAME)
        else:
            self.asked.append(got.split(b"\r\n")[0])
            time.sleep(self.delay)
            peer.sendall(f"HTTP/1.1 {self.status} X\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
        while peer.recv(65536):  # until the other side closes: a connection serves one check
            self.open_after += not self.http2


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Probe(unittest.TestCase):
    program = ""

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body or {}).encode())
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            return json.load(answer)

    def group(self, name, target_port, check, protocol="HTTP", address="127.0.0.1"):
        config = {"port": 80, "protocol": protocol, "vpcIdentifier": "vpc-0123456789abcdef0",
                  "ipAddressType": "IPV6" if ":" in address else "IPV4",
                  "healthCheck": {"enabled": True, "healthCheckIntervalSeconds": INTERVAL,
                                  "unhealthyThresholdCount": 2} | check}
        group = self.call("POST", "/targetgroups", {"name": name, "type": "IP", "config": config})["id"]
        service = self.call("POST", "/services", {"name": name})["id"]
        self.call("POST", f"/services/{service}/listeners", {
            "name": "http", "protocol": "HTTPS", "defaultAction": {"forward": {"targetGroups": [
                {"targetGroupIdentifier": group}]}}})
        self.call("POST", f"/targetgroups/{group}/registertargets", {"targets": [{"id": address, "port": target_port}]})
        return group

    def state(self, group):
        item = self.call("POST", f"/targetgroups/{group}/listtargets")["items"][0]
        return item["status"], item.get("reasonCode")

    def expect_soon(self, group, status, seconds):
        end = time.monotonic() + seconds
        while self.state(group)[0] != status and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.state(group), (status, None if status == "HEALTHY" else "HealthCheckFailed"), group)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        child = subprocess.Popen(
            [self.program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", "--kube-tls", "127.0.0.1:0",
             "--tls-dir", folder.name, "--health-checks", "probe"], stdout=subprocess.PIPE)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.addCleanup(child.stdout.close)
        self.url = json.loads(child.stdout.readline())["aws"]
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)  # a certificate that nobody else trusts
        self.tls.load_cert_chain(Path(folder.name, "admin.crt"), Path(folder.name, "admin.key"))
        self.tls2 = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls2.load_cert_chain(Path(folder.name, "admin.crt"), Path(folder.name, "admin.key"))
        self.tls2.set_alpn_protocols(["h2"])

    def test_targets_are_asked_as_their_group_says(self):
        plain, over_tls, found, moved = Server(), Server(tls=self.tls), Server(404), Server(301, "Location: /\r\n")
        slow, hurried = Server(delay=0.5), Server(delay=3)
        old, new, new_tls, six = Server(), Server(http2=True), Server(http2=True, tls=self.tls2), Server(address="::1")
        beside = Server()
        http2, https, patient = {"protocolVersion": "HTTP2"}, {"protocol": "HTTPS"}, {"healthCheckTimeoutSeconds": 1}
        healthy = [
            self.group("plain", plain.port, {"path": "/health/up?deep=1"}),
            self.group("over-tls", over_tls.port, https, "HTTPS"),
            self.group("found", found.port, {"matcher": {"httpCode": "200-299,404"}}),
            self.group("slow", slow.port, patient),
            self.group("beside", closed_port(), {"port": beside.port}),
            self.group("new", new.port, http2),
            self.group("new-tls", new_tls.port, http2 | https, "HTTPS"),
            self.group("six", six.port, {}, address="::1"),
        ]
        unhealthy = [
            self.group("moved", moved.port, {"matcher": {"httpCode": "200-299"}}),
            self.group("hurried", hurried.port, patient),
            self.group("closed", closed_port(), {}),
            self.group("old", old.port, http2),
            self.group("old-tls", over_tls.port, http2 | https, "HTTPS"),
            self.group("not-tls", plain.port, https, "HTTPS"),
            self.group("tls", over_tls.port, {}, "HTTPS"),
        ]
        begun = time.monotonic()
        for group in healthy:
            self.expect_soon(group, "HEALTHY", INTERVAL)
        self.assertEqual(self.state(unhealthy[0]), ("INITIAL", "InitialHealthChecking"))
        for group in unhealthy:
            self.expect_soon(group, "UNHEALTHY", 2 * INTERVAL)
        self.assertGreater(time.monotonic() - begun, INTERVAL - 1, "two failures come at two checks")
        for group in healthy:
            self.assertEqual(self.state(group)[0], "HEALTHY")
        self.assertIn(b"GET /health/up?deep=1 HTTP/1.1", plain.asked)
        self.assertEqual(set(new.asked), {PREFACE})
        self.assertIn(len(slow.asked), (2, 3), "an answer that takes time does not move the next check")
        self.assertEqual(sum(server.open_after for server in (plain, found, slow, beside)), 0)


if __name__ == "__main__":
    Probe.program = sys.argv.pop(1)
    unittest.main()
