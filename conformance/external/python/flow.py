"""The interpreter of flows (flows/README.md) for clients that Python drives. It knows no client: one
is a function call(service, operation, input, page_size, keys) that answers or raises Refused; keys are
credentials as STS tells them, or None for those of the environment."""

import json
import os
import re
import time
import urllib.request
from pathlib import Path

SECONDS_MAX = 30
PAUSE_SECONDS = 0.1
KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
UNSEEN = object()  # stands for what a client does not tell


class Refused(Exception):
    """A call was refused: the name of the client's exception class, and its members."""

    def __init__(self, name, members):
        super().__init__(f"{name} {members}")
        self.name = name
        self.members = members


class Glimpse(dict):
    """The members of an exception of which a client tells only some."""

    def get(self, name, _default=None):
        return super().get(name, UNSEEN)


def pick(value, step):
    if value is UNSEEN:
        return UNSEEN
    if step == "length":
        return len(value or [])
    if isinstance(value, dict):
        return value.get(step)
    if not isinstance(value, list):
        return None
    if step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    member, _, wanted = step.partition("=")
    return next((item for item in value if as_text(item.get(member)) == wanted), None)


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value, default=str)


class Flow:
    """One run of one flow; what it saved is gone with it."""

    def __init__(self, unique, call):
        self.saved = {"unique": unique}
        self.call = call

    def find(self, value, path):
        """Splits the path first, so that values with dots may stand in it."""
        for step in re.findall(r"(?:\$\{[^}]*\}|[^.])+", path):
            value = pick(value, self.expand(step))
        return value

    def expand(self, value):
        if isinstance(value, str):
            return re.sub(r"\$\{([^}]*)\}", lambda found: as_text(self.find(self.saved, found[1])), value)
        if isinstance(value, list):
            return [self.expand(item) for item in value]
        if isinstance(value, dict):
            return {name: self.expand(item) for name, item in value.items()}
        return value

    def check(self, answer, expected):
        for path, wanted in expected.items():
            got, wanted = self.find(answer, path), self.expand(wanted)
            holds = (got is UNSEEN or (wanted == "*" and got is not None) or (wanted == "absent" and got is None)
                     or (got == wanted and isinstance(got, bool) == isinstance(wanted, bool)))
            assert holds, f"{path} is {as_text(got)} instead of {as_text(wanted)}"

    def answer(self, step):
        given = self.expand(step.get("input", {}))
        if "admin" in step:
            return admin(step["admin"], given)
        keys = self.expand(step.get("as"))
        if isinstance(keys, str):
            keys = self.saved[keys]["Credentials"]
        return self.call(step.get("service", "vpc-lattice"), step["call"], given, step.get("pages"), keys)

    def once(self, step):
        try:
            answer = self.answer(step)
        except Refused as met:
            assert met.name == step.get("refused"), f"refused with {met}"
            answer = met.members
        else:
            assert "refused" not in step, f"not refused: {as_text(answer)}"
        self.check(answer, step.get("expect", {}))
        if "save" in step:
            self.saved[step["save"]] = answer

    def run(self, steps):
        for number, step in enumerate(steps, 1):
            end = time.monotonic() + SECONDS_MAX
            while True:
                try:
                    self.once(step)
                    break
                except AssertionError as failed:
                    if not step.get("until") or time.monotonic() > end:
                        raise AssertionError(f"step {number}, {step.get('call', 'admin')}: {failed}") from None
                time.sleep(PAUSE_SECONDS)


def admin(request, body):
    method, path = request.split()
    url = os.environ["AWS_ENDPOINT_URL"] + path
    with urllib.request.urlopen(urllib.request.Request(
            url, method=method, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})) as answer:
        return json.loads(answer.read() or b"{}")


def main(arguments, call):
    """Runs all flows of a folder; 0, or 1 when one failed."""
    folder, unique = arguments
    flows = [flow for file in sorted(Path(folder).glob("*.json")) for flow in json.loads(file.read_text())]
    failed = 0
    for number, flow in enumerate(flows, 1):
        result = {"flow": flow["flow"], "ok": True}
        try:
            Flow(f"{unique}-{number}", call).run(flow["steps"])
        except Exception as problem:  # whatever a client throws is the flow's failure; the next one runs
            failed += 1
            result |= {"ok": False, "reason": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(result), flush=True)
    return 1 if failed else 0
