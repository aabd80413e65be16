"""The same flows (flows/README.md) with each client: one test for each flow and client, from one run of
the client's interpreter against a simulator of its own that verifies every signature."""

import json
import os
import subprocess
import time
import urllib.request
from datetime import datetime

import clients
import simulator
from tap import expect, test

SECONDS_MAX = 600
NOTHING = {"ok": False, "reason": "the interpreter ended before it"}


# Signatures are good for 15 minutes to both sides of the simulator's clock, and the shortest session of a
# role lasts as long: half of it before the machine's time, a flow can let a session end and still sign.
BEHIND_MS = 450_000
STEP_MS_MAX = 604_800_000
FLAGS = ("--auth", "strict", "--clock", "virtual")


def admin_clock(url, document=None):
    body = None if document is None else json.dumps(document).encode()
    with urllib.request.urlopen(urllib.request.Request(url + "/_lattice/clock", data=body), timeout=10) as answer:
        return datetime.fromisoformat(json.load(answer)["time"]).timestamp() * 1000


def set_clock(url):
    """Moves a virtual clock to a little before the machine's."""
    left = time.time() * 1000 - BEHIND_MS - admin_clock(url)
    while left > 0:
        step = int(min(left, STEP_MS_MAX)) + 1
        admin_clock(url, {"advance_ms": min(step, STEP_MS_MAX)})
        left -= step


def results(world, client):
    """What a client's interpreter says about each flow; it runs when the first test asks."""
    if client not in world.flows:
        with simulator.started(world.program, os.path.join(world.folder, f"external-{client}.log"), FLAGS) as urls:
            set_clock(urls["aws"])
            run = subprocess.run([*world.commands[client], str(clients.FLOWS), world.name(client[:4])],
                                 env=os.environ | {"AWS_ENDPOINT_URL": urls["aws"]}, check=False,
                                 capture_output=True, text=True, timeout=SECONDS_MAX)
        told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        world.flows[client] = {line["flow"]: line for line in told}
        world.flows[client][None] = run.stderr.strip()
    return world.flows[client]


def add(client, flow):
    def holds(world):
        told = results(world, client)
        result = told.get(flow, NOTHING)
        expect(result["ok"], f"{result.get('reason')}\n{told[None]}")

    holds.__doc__ = flow
    test(client)(holds)


for name in clients.FLOW_CLIENTS:
    for file in sorted(clients.FLOWS.glob("*.json")):
        for described in json.loads(file.read_text()):
            add(name, described["flow"])
