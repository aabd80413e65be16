#!/usr/bin/env python3
"""What of the VPC Lattice API some test really produced: the API model beside traffic logs.

usage: coverage.py [--exceptions FILE] [--write FILE | --check FILE] LOG…

LOG is what lattice-simulator --traffic-log appends. Prints TAP: one test for each operation (it
succeeded), each error shape and each word of each enum (it stood in an answer), each pair of an
operation and an error that it declares (it was so refused), and one for the page
docs/api-coverage.md: --write FILE makes it, --check FILE wants it up to date.
Exit status: 0 all was produced, 1 something was not, 2 could not be done.

A line of the exceptions' file is "KIND NAME: reason", as in "word TargetStatus.UNAVAILABLE: …". One
that is not needed any more is a failure, so that the list stays as short as possible.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BY_REQUEST = {"fault", "throttled"}  # rules that refuse because a test asked for it, not for what the call is
MODEL = ROOT / "common" / "aws" / "model" / "vpc-lattice.api"
EXCEPTIONS = Path(__file__).resolve().parent / "exceptions.txt"


class Model:
    """Operations with their status and declared errors, error shapes, enums with their words."""

    def __init__(self, path):
        self.operations, self.errors, self.words = {}, {}, {}
        operation = None
        for line in path.read_text().splitlines():
            text = line.split("#")[0] if line.startswith("#") else line
            word = text.split()
            if not word:
                continue
            if word[0] == "operation":
                operation = {"status": int(word[4]), "errors": []}
                self.operations[word[1]] = operation
            elif word[0] == "errors" and line.startswith(" "):
                operation["errors"] += word[1:]
            elif word[0] == "error" and not line.startswith(" "):
                self.errors[word[1]] = int(word[2])
            elif word[0] == "enum" and not line.startswith(" "):
                self.words[word[1]] = word[2:]


class Traffic:
    """What the logs hold of it, counted."""

    def __init__(self, paths):
        self.calls = 0
        self.success, self.refused, self.earned, self.words = {}, {}, set(), {}
        for path in paths:
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    self.add(json.loads(line))

    def add(self, call):
        if call["service"] != "vpc-lattice":
            return
        self.calls += 1
        place = (call.get("operation"), call["status"], call.get("error"))
        table = self.success if call["status"] < 300 else self.refused
        table[place] = table.get(place, 0) + 1
        if call.get("rule") not in BY_REQUEST:
            self.earned.add(place[:1] + place[2:])
        for word, count in call["words"].items():
            self.words[word] = self.words.get(word, 0) + count


def read_exceptions(path):
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, reason = line.partition(": ")
        if not colon or not reason.strip() or len(name.split()) != 2:
            raise ValueError(f"{path}:{number}: not \"KIND NAME: reason\"")
        found[name] = reason.strip()
    return found


def judge(model, traffic):
    """"KIND NAME" of all that must be produced, and whether it was."""
    found = {}
    for name, operation in model.operations.items():
        found[f"operation {name}"] = (name, operation["status"], None) in traffic.success
    for name, status in model.errors.items():
        found[f"error {name}"] = any(place[1:] == (status, name) for place in traffic.refused)
    for enum, words in model.words.items():
        for word in words:
            found[f"word {enum}.{word}"] = f"{enum}.{word}" in traffic.words
    met = {place[:1] + place[2:] for place in traffic.refused}
    for pair in declared(model):
        found[f"pair {'.'.join(pair)}"] = pair in met
    return found


def declared(model):
    return [(name, error) for name, operation in model.operations.items() for error in operation["errors"]]


def short(error):
    return error.removesuffix("Exception")


def page(model, traffic, exceptions):
    """docs/api-coverage.md. It holds no counts, so that it changes only when coverage does."""
    met = {place[:1] + place[2:] for place in traffic.refused}
    produced = [pair for pair in declared(model) if pair in met]
    lines = [
        "# What the tests produce of the VPC Lattice API", "",
        "Made by `conformance/coverage/coverage.py` from the API model and the traffic logs of a run of",
        "`./lab test`: what stands here was answered by the simulator to some test. An operation that never",
        "succeeded, an error that it declares and never answered, an error shape or a word of an enum that never",
        "stood in an answer fails the run.", "",
        f"{len(model.operations)} operations, {len(model.errors)} error shapes, "
        f"{sum(map(len, model.words.values()))} words of {len(model.words)} enums; "
        f"{len(produced)} of {len(declared(model))} declared pairs of operation and error, "
        f"{len([pair for pair in produced if pair in traffic.earned])} of them by the simulator's own rules.", "",
        "## Operations", "",
        "Errors without \"Exception\". *By their rules*: the call deserved it. *On request only*: no test but with a fault",
        "rule or throttling made it; no source tells when the real service answers so, or it cannot come from a call.", "",
        "| Operation | Success | Errors by their rules | On request only | Never |", "|---|---|---|---|---|",
    ]
    for name, operation in model.operations.items():
        success = operation["status"] if (name, operation["status"], None) in traffic.success else "-"
        columns = ["", "", ""]
        for error in operation["errors"]:
            column = 0 if (name, error) in traffic.earned else 1 if (name, error) in met else 2
            columns[column] += f"{', ' if columns[column] else ''}{short(error)}"
        lines.append(f"| {name} | {success} | {' | '.join(column or '-' for column in columns)} |")
    lines += ["", "## Words of enums", "", "| Enum | Produced | Not produced |", "|---|---|---|"]
    for enum, words in model.words.items():
        mine = [word for word in words if f"{enum}.{word}" in traffic.words]
        rest = [word for word in words if f"{enum}.{word}" not in traffic.words]
        lines.append(f"| {enum} | {', '.join(mine) or '-'} | {', '.join(rest) or '-'} |")
    if exceptions:
        lines += ["", "## Exceptions", "", "| What | Why no test can produce it |", "|---|---|"]
        lines += [f"| {name} | {reason} |" for name, reason in exceptions.items()]
    return "\n".join(lines) + "\n"


def report(found, exceptions, page_holds):
    """TAP. An excepted gap is a skipped test; an exception without a gap, or of nothing, a failed one."""
    results = []
    for name, holds in found.items():
        excepted = name in exceptions
        mark = f" # SKIP {exceptions[name]}" if excepted and not holds else ""
        text = f"{name} is produced" + (", so its exception is not needed" if excepted and holds else "")
        results.append((holds != excepted, text + mark))
    results += [(False, f"{name} is excepted, but the model does not have it")
                for name in exceptions if name not in found]
    if page_holds is not None:
        results.append((page_holds, "docs/api-coverage.md is up to date"))
    print(f"TAP version 13\n1..{len(results)}")
    for number, (holds, text) in enumerate(results, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {text}")
    failed = sum(not holds for holds, _ in results)
    print(f"# passed {len(results) - failed}, failed {failed}")
    return failed


def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--exceptions", type=Path, default=EXCEPTIONS)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--check", type=Path)
    parser.add_argument("logs", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    try:
        model, traffic = Model(MODEL), Traffic(given.logs)
        exceptions = read_exceptions(given.exceptions)
        text = page(model, traffic, exceptions)
        if given.write:
            given.write.write_text(text)
        holds = given.check.read_text() == text if given.check else None
    except (OSError, ValueError) as error:
        print(f"coverage.py: {error}", file=sys.stderr)
        return 2
    failed = report(judge(model, traffic), exceptions, holds)
    if holds is False:
        print(f"# make the page anew: conformance/coverage/coverage.py --write {given.check} {' '.join(map(str, given.logs))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
