"""Runs the flows (flows/README.md) with the aws command line.   usage: flows.py FLOWS UNIQUE

Each call is a process of its own with the words that a user would type. It is forked from this one, which
has read the program's modules: starting from nothing takes most of a second a call.
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from awscli.clidriver import create_clidriver
from botocore import xform_name

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "python"))
import flow  # noqa: E402  (lies in the folder of the other client in Python)

NAMES = {"tagging": "resourcegroupstaggingapi"}
DRIVER = create_clidriver()
DRIVER.session.get_service_model("vpc-lattice")  # read once, here; each call inherits it
KEYS = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), flow.KEYS))
REFUSED = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)", re.DOTALL)


def words_of(service, operation, given, page_size):
    words = [NAMES.get(service, service), xform_name(operation, "-"), "--output", "json"]
    for name, value in given.items():
        flag = xform_name(name, "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", flow.as_text(value)]
    return words + (["--page-size", str(page_size)] if page_size else [])


def aws(words, keys):
    """Exit status, standard output and standard error of "aws WORDS", with these keys in its environment."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            status = 255
            try:
                os.environ.update(keys)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                status = DRIVER.main(words)
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return status, out.read(), err.read()


def call(service, operation, given, page_size, keys):
    words = words_of(service, operation, given, page_size)
    status, out, err = aws(words, {variable: keys.get(name, "") for variable, name in KEYS.items()} if keys else {})
    if status == 0:
        return json.loads(out) if out.strip() else {}
    refused = REFUSED.search(err)
    assert refused, f"aws {' '.join(words)}: status {status}: {err.strip()}"
    raise flow.Refused(refused[1], flow.Glimpse(message=refused[2].strip()))


if __name__ == "__main__":
    sys.exit(flow.main(sys.argv[1:], call))
