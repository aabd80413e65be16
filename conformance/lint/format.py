#!/usr/bin/env python3
"""The formatter decides about layout: every C file is as clang-format writes it. Exit status 77 (a
skipped test) where the formatter is not installed.

usage: format.py TREE
"""

import shutil
import subprocess
import sys
from pathlib import Path

PARTS = ("common", "simulator", "controller", "conformance", "scenarios")


def main(arguments):
    if len(arguments) != 1:
        print("usage: format.py TREE", file=sys.stderr)
        return 2
    if shutil.which("clang-format") is None:
        print("clang-format is not installed: skipped")
        return 77
    tree = Path(arguments[0])
    files = [str(path.relative_to(tree)) for part in PARTS for end in ("*.c", "*.h")
             for path in sorted((tree / part).rglob(end))]
    run = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=tree, check=False)
    if run.returncode != 0:
        print("remedy: clang-format -i on the files named above")
    return 1 if run.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
