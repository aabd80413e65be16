"""The same flows (flows/README.md) with each client: one test for each flow and client, from one run of
the client's interpreter against a simulator of its own."""

import json
import os
import subprocess

import clients
import simulator
from tap import expect, test

SECONDS_MAX = 600
NOTHING = {"ok": False, "reason": "the interpreter ended before it"}


def results(world, client):
    """What a client's interpreter says about each flow; it runs when the first test asks."""
    if client not in world.flows:
        with simulator.started(world.program, os.path.join(world.folder, f"external-{client}.log")) as urls:
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
