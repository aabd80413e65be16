"""The clients that run the flows (flows/README.md): how each is installed into the build folder, through
its own registry, and started. What cannot be installed has a reason instead of a command."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLOWS = HERE / "flows"
PYTHON_PACKAGES = ("boto3", "awscli", "kubernetes")
INSTALL_SECONDS_MAX = 900  # a first build of client-go takes minutes on a busy machine
NODE_MIN = 20  # the SDK's own minimum
GO_MIN = (1, 21)  # the first that fetches the toolchain that go.mod asks for


class Missing(Exception):
    """Why a client cannot be used."""


def run(what, words, folder=None, extra=None):
    """Runs one step of an installation; Missing with the last line of its complaint when it fails."""
    try:
        done = subprocess.run([str(word) for word in words], cwd=folder, env=os.environ | (extra or {}), check=True,
                              capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
        return done.stdout
    except subprocess.TimeoutExpired:
        raise Missing(f"{what} was not done within {INSTALL_SECONDS_MAX} s") from None
    except (OSError, subprocess.CalledProcessError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise Missing(f"{what} failed: {lines[-1]}") from None


def once(folder, content, install):
    """Installs into a folder unless that was done for the same content before."""
    wanted = hashlib.sha256(content).hexdigest()
    done = folder / "installed"
    if not done.exists() or done.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        install()
        done.write_text(wanted)


def python(build):
    """The Python of a folder that has boto3, the aws command line and the Kubernetes client."""
    folder = build / "external"
    found = folder / "bin" / "python"

    def install():
        run("making a Python environment", [sys.executable, "-m", "venv", folder])
        run("installing " + ", ".join(PYTHON_PACKAGES), [found, "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES])

    once(folder, " ".join(PYTHON_PACKAGES).encode(), install)
    return found


def boto3(build):
    return [python(build), HERE / "python" / "flows.py"]


def command_line(build):
    return [python(build), HERE / "cli" / "flows.py"]


def javascript(build):
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Missing("node and npm are not installed")
    version = run("asking node for its version", [node, "--version"]).strip()
    if int(re.match(r"v(\d+)", version)[1]) < NODE_MIN:
        raise Missing(f"node is {version}, and the SDK needs {NODE_MIN}")
    folder, source = build / "external-javascript", HERE / "javascript"
    wanted = [source / "package.json", source / "package-lock.json"]

    def install():
        for file in wanted:
            shutil.copy(file, folder)
        run("npm ci", [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)

    once(folder, b"".join(file.read_bytes() for file in wanted), install)
    shutil.copy(source / "flows.mjs", folder)  # modules are looked for beside the program
    return [node, "--no-warnings", folder / "flows.mjs"]


def kubernetes(build):
    return [python(build)]


def go_program(build, name, source):
    """The command of a Go program, built."""
    found = shutil.which("go")
    if not found:
        raise Missing("go is not installed")
    version = run("asking go for its version", [found, "version"])
    numbers = re.search(r"go(\d+)\.(\d+)", version)
    if not numbers or tuple(map(int, numbers.groups())) < GO_MIN:
        raise Missing(f"go is too old: {version.strip()}; {GO_MIN[0]}.{GO_MIN[1]} is the least")
    program = build / "external-go" / name
    toolchain = {"GOTOOLCHAIN": os.environ.get("GOTOOLCHAIN", "auto"), "GOFLAGS": "-mod=readonly -buildvcs=false"}
    run("go build", [found, "build", "-o", program, "."], source, toolchain)
    return [program]


def go(build):
    return go_program(build, "flows", HERE / "go")


def client_go(build):
    return go_program(build, "kubeclients", HERE / "kube" / "go")


def kubectl(_build):
    found = shutil.which("kubectl")
    if not found:
        raise Missing("kubectl is not installed")
    return [found]


def kubectl_debian(build):
    """Debian's own kubectl, which is years older, beside another one: from its package, unpacked."""
    if not shutil.which("apt-get"):
        raise Missing("there is no apt-get to bring Debian's kubectl")
    folder = build / "external-kubectl-debian"

    def install():
        for old in folder.glob("*.deb"):
            old.unlink()
        run("apt-get download kubernetes-client", ["apt-get", "download", "kubernetes-client"], folder)
        run("dpkg-deb", ["dpkg-deb", "-x", next(folder.glob("*.deb")), folder])

    once(folder, b"kubernetes-client", install)
    return [folder / "usr" / "bin" / "kubectl"]


# Name of the client, as it stands in front of its tests -> its command, or Missing.
FLOW_CLIENTS = {"boto3": boto3, "aws": command_line, "javascript": javascript, "go": go}
KUBECTLS = {"kubectl": kubectl, "kubectl-debian": kubectl_debian}  # each runs the same tests
ALL = FLOW_CLIENTS | KUBECTLS | {"kubernetes": kubernetes, "client-go": client_go}


def prepare(build):
    """Commands by client, and reasons by client for those that have none."""
    commands, reasons = {}, {}
    for name, client in ALL.items():
        try:
            commands[name] = [str(word) for word in client(build)]
        except Missing as reason:
            reasons[name] = str(reason)
    return commands, reasons
