#!/usr/bin/env python3
"""House rules that a machine can check: include directions, restricted headers, banned calls,
function length, file heads, unfinished words, paths of one machine. Standard library only; it
reads the tree and never changes it. Its own test is tests/violations.py.

usage: lint.py TREE    prints "file:line: rule: what", exit status 1 when there is any
"""

import re
import sys
from pathlib import Path

PARTS = ("common", "simulator", "controller", "conformance", "scenarios")
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 650  # the rule is "about 600"

KUBERNETES = "simulator/kubernetes/"
BELOW_KUBERNETES = ("common/", "simulator/engine/", "simulator/store/", KUBERNETES + "kube.h")

# Which folders a file may include from: the first entry that its path begins with decides.
DIRECTIONS = (
    ("common/base/", ("common/base/",)),
    ("common/aws/", ("common/base/", "common/aws/")),
    ("common/http/", ("common/base/", "common/http/")),
    ("common/kube/", ("common/base/", "common/kube/")),
    (KUBERNETES + "call/", (*BELOW_KUBERNETES, KUBERNETES + "call/")),
    (KUBERNETES + "reading/", (*BELOW_KUBERNETES, KUBERNETES + "call/", KUBERNETES + "reading/")),
    (KUBERNETES + "objects/", (*BELOW_KUBERNETES, *(KUBERNETES + at for at in ("call/", "reading/", "objects/")))),
    (KUBERNETES + "about/", (*BELOW_KUBERNETES, KUBERNETES + "call/", KUBERNETES + "about/")),
    ("simulator/", ("common/", "simulator/")),
    ("controller/", ("common/", "controller/")),
    ("conformance/", ("common/", "conformance/")),
    ("scenarios/", ("common/", "scenarios/")),
)

# System headers that one place wraps for all others: header, beginnings of the paths that may.
RESTRICTED = (
    ("sqlite3.h", ("simulator/store/",)),
    ("microhttpd.h", ("common/http/server",)),
    ("curl/curl.h", ("common/http/client",)),
    ("yaml.h", ("common/base/yaml",)),
)

# Calls that are never right here, or right in one file only: name, files that may, remedy.
BANNED = (
    ("sprintf", (), "use snprintf, lat_buf_printf or lat_arena_printf"),
    ("vsprintf", (), "use vsnprintf or lat_arena_vprintf"),
    ("strcpy", (), "use lat_arena_strdup or snprintf"),
    ("strcat", (), "use lat_buf_puts"),
    ("strtok", (), "use strcspn and lat_arena_strndup"),
    ("gets", (), "use fgets or lat_file_read"),
    ("atoi", (), "use lat_text_to_int64"),
    ("alloca", (), "use an arena"),
    ("system", (), "use lat_child_start"),
    ("time", ("common/base/clock.c",), "take a struct lat_clock"),
    ("gettimeofday", ("common/base/clock.c",), "take a struct lat_clock"),
    ("rand", ("common/base/rng.c",), "take a struct lat_rng"),
    ("random", ("common/base/rng.c",), "take a struct lat_rng"),
    ("usleep", ("common/base/clock.c",), "wait for an event"),
)

UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.-])/(work|home/\w+|root|Users)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, keep_comments):
    """The text with literals, and comments or all but comments, replaced by blanks."""

    def spaces(piece):
        return re.sub(r"[^\n]", " ", piece)

    out, at = [], 0
    for match in TOKEN.finditer(text):
        code = text[at : match.start()]
        is_comment = match.group().startswith("/")
        out.append(spaces(code) if keep_comments else code)
        out.append(match.group() if keep_comments and is_comment else spaces(match.group()))
        at = match.end()
    out.append(spaces(text[at:]) if keep_comments else text[at:])
    return "".join(out)


def check_includes(path, text):
    allowed = next((folders for start, folders in DIRECTIONS if path.startswith(start)), None)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        bracket, header = match.groups()
        if bracket == '"' and not header.startswith(tuple(part + "/" for part in PARTS)):
            yield number, "include-path", f'"{header}" is not written from the top of the tree'
        elif bracket == '"' and allowed and not header.startswith(allowed):
            yield number, "direction", f'"{header}" is not below this part; it may include from {", ".join(allowed)}'
        for name, owners in RESTRICTED:
            if bracket == "<" and header == name and not path.startswith(owners):
                yield number, "restricted-header", f"<{name}> is included by {owners[0]} only"


def check_calls(path, code):
    for number, line in enumerate(code.splitlines(), 1):
        for name, owners, remedy in BANNED:
            if path not in owners and re.search(rf"(?<![\w.>]){name}\s*\(", line):
                yield number, "banned-call", f"{name}(); {remedy}"


def check_functions(code):
    start = None
    for number, line in enumerate(code.splitlines(), 1):
        if line.rstrip() == "{":
            start = number
        elif line.rstrip() == "}" and start is not None:
            length = number - start + 1
            if length > FUNCTION_LINES_MAX:
                yield start, "function-length", f"{length} lines; at most {FUNCTION_LINES_MAX}"
            start = None


def check_head(text):
    if not text.lstrip().startswith("/*"):
        yield 1, "file-head", "the file does not begin by saying what it is"
    length = text.count("\n")
    if length > FILE_LINES_MAX:
        yield 1, "file-length", f"{length} lines; at most {FILE_LINES_MAX}"


def check_words(text, comments):
    for number, line in enumerate(comments.splitlines(), 1):
        match = UNFINISHED.search(line)
        if match:
            yield number, "unfinished", f"{match.group()}; finish it, or say what is so and why"
    for number, line in enumerate(text.splitlines(), 1):
        match = MACHINE_PATH.search(line)
        if match:
            yield number, "machine-path", f"{match.group()}… exists on one machine only"


def hash_comments(text):
    """The comments of a file whose comments begin with #."""
    return "\n".join(line[line.find("#") :] if "#" in line else "" for line in text.splitlines())


def check_file(path, text):
    if path.endswith((".c", ".h")):
        code = blank(text, keep_comments=False)
        yield from check_includes(path, text)
        yield from check_calls(path, code)
        yield from check_functions(code)
        yield from check_head(text)
        yield from check_words(text, blank(text, keep_comments=True))
    else:
        yield from check_words(text, hash_comments(text))


def sources(tree):
    for part in PARTS:
        for path in sorted((tree / part).rglob("*")):
            if path.suffix in (".c", ".h", ".py", ".sh", ".yaml", ".build") or path.name == "meson.build":
                yield path


def main(arguments):
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: lint.py TREE", file=sys.stderr)
        return 2
    tree = Path(arguments[0])
    findings = 0
    for file in sources(tree):
        path = file.relative_to(tree).as_posix()
        for number, rule, what in check_file(path, file.read_text(encoding="utf-8")):
            print(f"{path}:{number}: {rule}: {what}")
            findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
