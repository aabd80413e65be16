#!/usr/bin/env python3
"""Every header compiles alone, so that the order of includes never matters. Takes the compiler and
its search paths from the build's compile_commands.json.

usage: headers.py TREE BUILD
"""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

PARTS = ("common", "simulator", "controller", "conformance", "scenarios")


def compiler(build):
    """The compiler, and every search path and definition that any file of the build is given."""
    command, flags = None, []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        command = command or words[: next(i for i, word in enumerate(words) if word.startswith("-"))]
        for word in words:
            if re.match(r"-(I|isystem|D)\S", word) and word not in flags:
                flags.append(word)
    return command, flags


def main(arguments):
    if len(arguments) != 2:
        print("usage: headers.py TREE BUILD", file=sys.stderr)
        return 2
    tree, build = (Path(argument).resolve() for argument in arguments)
    command, flags = compiler(build)
    failed = 0
    for part in PARTS:
        for header in sorted((tree / part).rglob("*.h")):
            name = header.relative_to(tree).as_posix()
            run = subprocess.run(
                [*command, *flags, "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                 "-x", "c", "-"],
                input=f'#include "{name}"\n', cwd=build, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                failed += 1
                print(f"{name}: does not compile alone\n{run.stderr}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
