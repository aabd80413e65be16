"""TLS on the Kubernetes API, as kubectl and a bare TLS client meet it."""

import http.client
import json
import os
import ssl
import subprocess
import urllib.parse

from tap import expect, test

SECONDS_MAX = 60


def ask(world, path, token=None, certificate=False):
    """Status and body of a GET; the server's certificate must be the authority's."""
    context = ssl.create_default_context(cafile=os.path.join(world.tls_folder, "ca.crt"))
    if certificate:
        context.load_cert_chain(os.path.join(world.tls_folder, "admin.crt"),
                                os.path.join(world.tls_folder, "admin.key"))
    place = urllib.parse.urlsplit(world.kubernetes_tls)
    connection = http.client.HTTPSConnection(place.hostname, place.port, context=context, timeout=10)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    status, body = answer.status, answer.read()
    connection.close()
    return status, body


def kubectl(world, *words):
    run = subprocess.run([world.kubectl, "--kubeconfig", world.kubeconfig, "--cache-dir", world.kubectl_cache(),
                          *words], check=False, capture_output=True, text=True, timeout=SECONDS_MAX)
    expect(run.returncode == 0, f"kubectl {' '.join(words)}: {run.stderr}")
    return run.stdout


@test("python")
def logging_in(world):
    """a certificate or a token opens the API; without one only health and version answer"""
    with open(os.path.join(world.tls_folder, "tokens.csv"), encoding="utf-8") as file:
        token = file.readline().split(",")[0]
    expect(ask(world, "/api/v1/namespaces", certificate=True)[0] == 200, "certificate")
    expect(ask(world, "/api/v1/namespaces", token=token)[0] == 200, "token")
    status, body = ask(world, "/api/v1/namespaces")
    expect(status == 401 and json.loads(body)["reason"] == "Unauthorized", body)
    expect(ask(world, "/version", token="guess")[0] == 401, "unknown token")
    expect(ask(world, "/readyz")[0] == 200 and ask(world, "/version")[0] == 200, "public paths")


@test("python")
def foreign_authority(world):
    """a certificate of another authority opens nothing"""
    other = os.path.join(world.folder, "external-tls-other")
    subprocess.run([world.program, "kubeconfig", "--tls-dir", other], check=True, capture_output=True,
                   timeout=SECONDS_MAX)
    context = ssl.create_default_context(cafile=os.path.join(world.tls_folder, "ca.crt"))
    context.load_cert_chain(os.path.join(other, "admin.crt"), os.path.join(other, "admin.key"))
    place = urllib.parse.urlsplit(world.kubernetes_tls)
    connection = http.client.HTTPSConnection(place.hostname, place.port, context=context, timeout=10)
    try:
        connection.request("GET", "/api/v1/namespaces")
        expect(connection.getresponse().status == 401, "served")
    except (ssl.SSLError, ConnectionError):
        pass  # refused while shaking hands, which is as good
    finally:
        connection.close()


@test("python")
def plain_stays_local(world):
    """plain HTTP on an address that others reach is refused in one line"""
    run = subprocess.run([world.program, "--listen", "127.0.0.1:0", "--kube-listen", "0.0.0.0:0"],
                         check=False, capture_output=True, text=True, timeout=SECONDS_MAX)
    expect(run.returncode == 2 and run.stderr.count("\n") == 1 and "--kube-tls" in run.stderr, run.stderr)


@test("kubectl")
def kubeconfig(world):
    """the printed kubeconfig works by certificate and by token, and the server knows who calls"""
    for context in ("lattice", "lattice-token"):
        expect("default" in kubectl(world, "--context", context, "get", "namespaces"), context)
        if world.kubectl_minor >= 27:
            who = json.loads(kubectl(world, "--context", context, "auth", "whoami", "-o", "json"))
            user = who["status"]["userInfo"]
            expect(user["username"] == "lattice-admin" and "system:masters" in user["groups"], user)
    expect(kubectl(world, "auth", "can-i", "create", "pods").strip() == "yes", "can-i")
