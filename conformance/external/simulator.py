"""A simulator of one's own, on free ports, for as long as the block runs."""

import contextlib
import json
import subprocess


@contextlib.contextmanager
def started(program, log_file, flags=()):
    """Gives what the simulator says when it is ready: its URLs. Raises RuntimeError when it is not."""
    with open(log_file, "ab") as log, subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--kube-listen", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE, stderr=log) as child:
        try:
            ready = child.stdout.readline()
            if not ready.strip():
                raise RuntimeError(f"the simulator did not become ready; see {log_file}")
            yield json.loads(ready)
        finally:
            child.terminate()
