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


def is_refused(world, certificate, key):
    """Whether a certificate gets no further than the handshake, or to a 401 Status."""
    context = ssl.create_default_context(cafile=os.path.join(world.tls_folder, "ca.crt"))
    context.load_cert_chain(certificate, key)
    place = urllib.parse.urlsplit(world.kubernetes_tls)
    connection = http.client.HTTPSConnection(place.hostname, place.port, context=context, timeout=10)
    try:
        connection.request("GET", "/api/v1/namespaces")
        answer = connection.getresponse()
        return answer.status == 401 and json.loads(answer.read())["kind"] == "Status"
    except (ssl.SSLError, ConnectionError):
        return True
    finally:
        connection.close()


@test("openssl")
def expired_certificate(world):
    """a certificate of the right authority opens nothing once it has expired"""
    folder = world.tls_folder
    paths = {name: os.path.join(world.folder, f"external-tls-{name}") for name in ("key", "request", "old", "new")}
    authority = ["-CA", os.path.join(folder, "ca.crt"), "-CAkey", os.path.join(folder, "ca.key")]

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=SECONDS_MAX)

    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", paths["key"], "-out", paths["request"],
            "-subj", "/O=system:masters/CN=late")
    for name, days in (("old", "-1"), ("new", "1")):
        openssl("x509", "-req", "-in", paths["request"], *authority, "-set_serial", "7", "-days", days,
                "-out", paths[name])
    expect(not is_refused(world, paths["new"], paths["key"]), "one that has not expired was refused")
    expect(is_refused(world, paths["old"], paths["key"]), "the expired one was taken")


@test("kubectl")
def wrong_token(world):
    """a wrong token is told that it is unauthorized"""
    run = subprocess.run([world.kubectl, "--server", world.kubernetes_tls, "--certificate-authority",
                          os.path.join(world.tls_folder, "ca.crt"), "--token", "guess", "--cache-dir",
                          world.kubectl_cache(), "get", "namespaces"], check=False, capture_output=True, text=True,
                         timeout=SECONDS_MAX, stdin=subprocess.DEVNULL)
    expect(run.returncode != 0 and "must be logged in" in run.stderr, run.stderr)


@test("kubectl")
def written_kubeconfig(world):
    """a server that keeps its credentials in memory writes the kubeconfig for them, and one for plain HTTP"""
    for flags in (["--kube-tls", "127.0.0.1:0"], []):
        file = os.path.join(world.folder, "external-kubeconfig-memory")
        with subprocess.Popen([world.program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0",
                               "--kubeconfig", file, *flags], stdout=subprocess.PIPE, text=True) as served:
            served.stdout.readline()  # ready
            run = subprocess.run([world.kubectl, "--kubeconfig", file, "--cache-dir", world.kubectl_cache(), "get",
                                  "namespaces"], check=False, capture_output=True, text=True, timeout=SECONDS_MAX)
            served.terminate()
        expect(run.returncode == 0 and "default" in run.stdout, run.stderr)
        expect(os.stat(file).st_mode & 0o77 == 0, "others may read it")


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
