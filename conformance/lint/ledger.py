#!/usr/bin/env python3
"""Every refusal rule whose source is *chosen* has a row in docs/divergence.md that names it (rule `name`), and every
rule that the ledger names exists: ledger.py ROOT."""

import re
import sys
from pathlib import Path

LEDGER = "docs/divergence.md"
# File, and how a rule stands in it: name and source.
TABLES = (
    ("simulator/engine/rules.c", re.compile(r'\]\s*=\s*\{\s*"(\w+)",\s*\w+,\s*\w+,\s*([A-Z]+)')),
    ("simulator/engine/explain.c", re.compile(r'\{"\w+",\s*"(\w+)",\s*SIM_SOURCE_([A-Z]+)\}')),
)
NAMED = re.compile(r"\brules? ((?:`\w+`(?:, | and )?)+)")


def read_rules(root):
    """Names of all rules, with the source of each."""
    rules = {}
    for path, pattern in TABLES:
        found = pattern.findall((root / path).read_text(encoding="utf-8"))
        if not found:
            raise SystemExit(f"ledger: {path} holds no rules that can be read")
        rules.update(found)
    return rules


def read_ledger(root):
    """The names that rows of the ledger give, each with the number of a line."""
    named = {}
    for number, line in enumerate((root / LEDGER).read_text(encoding="utf-8").splitlines(), 1):
        for group in NAMED.findall(line) if line.startswith("|") else ():
            for name in re.findall(r"`(\w+)`", group):
                named.setdefault(name, number)
    return named


def find_faults(root):
    rules, named = read_rules(root), read_ledger(root)
    for name, source in sorted(rules.items()):
        if source == "CHOSEN" and name not in named:
            yield f"{LEDGER}: the rule {name} is chosen, and no row says so (rule `{name}`)"
        if source != "CHOSEN" and name in named:
            yield f"{LEDGER}:{named[name]}: the rule {name} is not chosen, but {source.lower()}"
    for name, number in sorted(named.items()):
        if name not in rules:
            yield f"{LEDGER}:{number}: there is no rule {name}"


def main(root):
    faults = list(find_faults(Path(root)))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
