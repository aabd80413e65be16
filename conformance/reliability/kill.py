#!/usr/bin/env python3
"""Kills the simulator at random points while clients write to its state file, starts it again, and
checks that every answered write is there, that no write is there in half, and that the file is sound.

usage: kill.py SIMULATOR [KILLS]     KILLS is 20, or 200 with LAB_LONG=1. LAB_SEED repeats a run's choices.
Output is TAP; exit status 0, 1 (something was lost) or 2 (could not be run). Standard library only.
"""

import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

WRITERS = 3
LIFE_SECONDS = (0.005, 0.12)  # from the first write to the kill
CALL_SECONDS_MAX = 10
SAMPLE = 40  # older writes that are looked at again after each kill

VPC = "vpc-0123456789abcdef0"
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


class Lost(Exception):
    pass


class Simulator:
    def __init__(self, program, state):
        self.command = [program, "--state", str(state), "--listen", "127.0.0.1:0",
                        "--kube-listen", "127.0.0.1:0", "--log-level", "error"]
        self.child = None

    def start(self):
        self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        line = self.child.stdout.readline()
        if not line.strip():
            raise Lost(f"it does not start again: exit status {self.child.wait()}")
        urls = json.loads(line)
        self.aws = urls["aws"].split("//")[1]
        self.kube = urls["kubernetes"].split("//")[1]

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.child.stdout.close()

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait()
            self.child.stdout.close()


def call(connection, method, target, body=None, headers=None):
    """Status and decoded body; raises when no whole answer came."""
    text = None if body is None else json.dumps(body)
    given = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, target, body=text, headers=given | (headers or {}))
    answer = connection.getresponse()
    data = answer.read()
    return answer.status, json.loads(data) if data else {}


def connect(address):
    return http.client.HTTPConnection(address, timeout=CALL_SECONDS_MAX)


class Writer:
    """One client: writes until the simulator goes, and remembers what it was answered."""

    def __init__(self, number, seed):
        self.random = random.Random(seed)
        self.number = number
        self.count = 0
        self.alive = {}     # target of a GET: what it must answer
        self.gone = []      # targets that must answer 404
        self.fresh = set()  # written since the last check
        self.open = None    # a create that got no answer: (target, body)
        self.answered = 0

    def name(self, word):
        self.count += 1
        return f"{word}-{self.number}-{self.count}"

    def create_service(self, aws):
        name = self.name("svc")[4:]
        body = {"name": f"orders-{name}", "clientToken": f"token-{name}", "tags": {"writer": str(self.number)}}
        self.open = ("/services", body)
        status, answer = call(aws, "POST", "/services", body)
        self.open = None
        if status != 201:
            raise Lost(f"CreateService {body['name']}: {status} {answer}")
        self.keep(f"/services/{answer['id']}", {"name": body["name"], "id": answer["id"]})
        self.keep(f"/tags/{answer['arn'].replace('/', '%2F')}", {"tags": body["tags"]})

    def create_target_group(self, aws):
        name = self.name("group")
        body = {"name": name, "type": "IP", "clientToken": f"token-{name}",
                "config": {"protocol": "HTTP", "port": 80, "vpcIdentifier": VPC}}
        self.open = ("/targetgroups", body)
        status, answer = call(aws, "POST", "/targetgroups", body)
        self.open = None
        if status != 201:
            raise Lost(f"CreateTargetGroup {name}: {status} {answer}")
        self.keep(f"/targetgroups/{answer['id']}", {"name": name, "id": answer["id"]})

    def services(self):
        return [target for target in self.alive if target.startswith("/services/")]

    def update_service(self, aws):
        target = self.random.choice(self.services())
        auth = self.random.choice(["NONE", "AWS_IAM"])
        kept = self.alive.pop(target)  # whichever it is when no answer comes
        status, answer = call(aws, "PATCH", target, {"authType": auth})
        if status != 200:
            raise Lost(f"UpdateService {target}: {status} {answer}")
        self.keep(target, kept | {"authType": auth})

    def delete_service(self, aws):
        target = self.random.choice(self.services())
        self.alive.pop(target)
        for tags in [t for t in self.alive if t.startswith("/tags/") and target.split("/")[2] in t]:
            self.alive.pop(tags)
        status, answer = call(aws, "DELETE", target)
        if status != 200:
            raise Lost(f"DeleteService {target}: {status} {answer}")
        self.gone.append(target)

    def config_maps(self):
        return [target for target in self.alive if target.startswith("kube /") and "/configmaps/" in target]

    def create_config_map(self, kube):
        name = self.name("map")
        status, answer = call(kube, "POST", CONFIG_MAPS, {"metadata": {"name": name}, "data": {"count": "1"}})
        if status != 201:
            raise Lost(f"ConfigMap {name}: {status} {answer}")
        self.keep_object(f"{CONFIG_MAPS}/{name}", answer)

    def update_config_map(self, kube):
        target = self.random.choice(self.config_maps())
        data = {"count": str(self.random.random())}
        self.alive.pop(target)  # whichever it is when no answer comes
        status, answer = call(kube, "PATCH", target.removeprefix("kube "), {"data": data},
                              {"Content-Type": "application/merge-patch+json"})
        if status != 200 or answer["data"] != data:
            raise Lost(f"{target}: {status} {answer}")
        self.keep_object(target.removeprefix("kube "), answer)

    def delete_config_map(self, kube):
        target = self.random.choice(self.config_maps())
        self.alive.pop(target)
        status, answer = call(kube, "DELETE", target.removeprefix("kube "))
        if status != 200:
            raise Lost(f"DELETE {target}: {status} {answer}")
        self.gone.append(target)

    def keep_object(self, target, answer):
        """An object is there as it was answered, to its version."""
        known = {name: answer["metadata"][name] for name in ("uid", "resourceVersion", "creationTimestamp")}
        self.keep(f"kube {target}", {"metadata": known} | ({"data": answer["data"]} if "data" in answer else {}))

    def create_namespace(self, kube):
        name = self.name("ns")
        status, answer = call(kube, "POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        if status != 201:
            raise Lost(f"namespace {name}: {status} {answer}")
        self.keep_object(f"/api/v1/namespaces/{name}", answer)

    def keep(self, target, value):
        self.alive[target] = value
        self.fresh.add(target)
        self.answered += 1

    def write_once(self, aws, kube):
        choice = self.random.random()
        if choice < 0.25 or not self.services():
            self.create_service(aws)
        elif choice < 0.35:
            self.create_target_group(aws)
        elif choice < 0.5:
            self.update_service(aws)
        elif choice < 0.6:
            self.delete_service(aws)
        elif choice < 0.65:
            self.create_namespace(kube)
        elif choice < 0.8 or not self.config_maps():
            self.create_config_map(kube)
        elif choice < 0.92:
            self.update_config_map(kube)
        else:
            self.delete_config_map(kube)

    def run(self, simulator):
        aws, kube = connect(simulator.aws), connect(simulator.kube)
        self.lost = None
        try:
            while True:
                self.write_once(aws, kube)
        except Lost as error:
            self.lost = error
        except (OSError, http.client.HTTPException, ValueError):
            pass  # it was killed
        finally:
            aws.close()
            kube.close()

    def check_targets(self, simulator, alive, gone):
        aws, kube = connect(simulator.aws), connect(simulator.kube)
        for target in alive:
            connection = kube if target.startswith("kube ") else aws
            status, answer = call(connection, "GET", target.removeprefix("kube "))
            if status != 200 or not holds(answer, self.alive[target]):
                raise Lost(f"{target}: wanted {self.alive[target]}, got {status} {answer}")
        for target in gone:
            connection = kube if target.startswith("kube ") else aws
            status, answer = call(connection, "GET", target.removeprefix("kube "))
            if status != 404:
                raise Lost(f"{target} was deleted, and is there again: {status} {answer}")
        aws.close()
        kube.close()

    def finish_open(self, simulator):
        """The create without an answer happened whole or not at all: the same token makes it whole."""
        if self.open is None:
            return
        aws = connect(simulator.aws)
        target, body = self.open
        status, answer = call(aws, "POST", target, body)
        if status != 201:
            raise Lost(f"{target} {body}: it was cut off, and repeated it got {status} {answer}")
        status, found = call(aws, "GET", f"{target}/{answer['id']}")
        if status != 200:
            raise Lost(f"{target}/{answer['id']}: answered twice and not there: {status} {found}")
        self.open = None
        aws.close()

    def check(self, simulator):
        older = [target for target in self.alive if target not in self.fresh]
        self.finish_open(simulator)
        self.check_targets(simulator, sorted(self.fresh & set(self.alive)) +
                           self.random.sample(older, min(SAMPLE, len(older))), self.gone[-SAMPLE:])
        self.fresh.clear()

    def check_all(self, simulator):
        self.check_targets(simulator, list(self.alive), self.gone)


def holds(answer, wanted):
    if isinstance(wanted, dict):
        return isinstance(answer, dict) and all(holds(answer.get(name), value) for name, value in wanted.items())
    return answer == wanted


def check_file(state, folder):
    """Of a copy, as the kill left it: what the simulator does to the original stays its own."""
    for suffix in ("", "-wal"):
        if Path(f"{state}{suffix}").exists():
            shutil.copy(f"{state}{suffix}", folder / f"copy{suffix}")
    database = sqlite3.connect(folder / "copy")
    wrong = [row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
    wrong += database.execute("PRAGMA foreign_key_check").fetchall()
    database.close()
    for path in folder.glob("copy*"):
        path.unlink()
    if wrong:
        raise Lost(f"the file is not sound: {wrong}")


def check_state(simulator):
    """The simulator's own invariants, and that versions go on above every object's."""
    aws, kube = connect(simulator.aws), connect(simulator.kube)
    status, answer = call(aws, "GET", "/_lattice/check")
    if status != 200 or answer != {"sound": True}:
        raise Lost(f"the state is not sound: {status} {answer}")
    status, listed = call(kube, "GET", CONFIG_MAPS)
    versions = [int(item["metadata"]["resourceVersion"]) for item in listed["items"]]
    if len(set(versions)) != len(versions) or max(versions, default=0) > int(listed["metadata"]["resourceVersion"]):
        raise Lost("resourceVersions of ConfigMaps are there twice, or above the list's")
    aws.close()
    kube.close()


def lift_quotas(simulator):
    """So that a long run is not stopped by what an account may have."""
    aws = connect(simulator.aws)
    _, answer = call(aws, "GET", "/_lattice/quotas")
    for quota in answer["quotas"]:
        call(aws, "PUT", "/_lattice/quotas", {"code": quota["code"], "value": 1000000})
    aws.close()


def kill_once(simulator, writers, choices, state, folder):
    simulator.start()
    check_state(simulator)
    for writer in writers:
        writer.check(simulator)
    threads = [threading.Thread(target=writer.run, args=(simulator,)) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(choices.uniform(*LIFE_SECONDS))
    simulator.kill()
    for thread in threads:
        thread.join()
    for writer in writers:
        if writer.lost is not None:
            raise writer.lost
    check_file(state, folder)


def main(arguments):
    program = arguments[0]
    kills = int(arguments[1]) if len(arguments) > 1 else 200 if os.environ.get("LAB_LONG") == "1" else 20
    seed = int(os.environ.get("LAB_SEED", "1"))
    choices = random.Random(seed)
    writers = [Writer(number, f"{seed}-{number}") for number in range(WRITERS)]
    began = time.monotonic()
    done = 0
    print("1..1", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = folder / "state.db"
        simulator = Simulator(program, state)
        try:
            simulator.start()
            lift_quotas(simulator)
            simulator.kill()
            for done in range(kills):
                kill_once(simulator, writers, choices, state, folder)
            simulator.start()
            for writer in writers:
                writer.check(simulator)
                writer.check_all(simulator)
        except Lost as error:
            print(f"not ok 1 - every answered write outlives a kill\n# seed {seed}, after {done} kills: {error}")
            return 1
        finally:
            simulator.stop()
    answered = sum(writer.answered for writer in writers)
    print(f"ok 1 - every answered write outlives a kill\n# seed {seed}: {kills} kills, {answered} answered writes, "
          f"{sum(len(writer.alive) for writer in writers)} resources checked in the end, "
          f"{time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
