#!/usr/bin/env python3
"""moto's server on a free port, for the benchmark beside it. A Python without moto makes an environment with it in
FOLDER, once, and goes on there.

usage: moto_server.py FOLDER    prints the port and serves until standard input ends; or prints why not
"""

import logging
import os
import subprocess
import sys
import venv
from pathlib import Path

INSTALL_SECONDS_MAX = 300


def install(folder):
    """The Python of an environment with moto's server."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", "moto[server]"], check=False,
                          capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
    if done.returncode != 0:
        raise OSError("pip: " + (done.stderr.strip().splitlines() or ["failed"])[-1])
    return str(python)


def serve():
    from moto.server import ThreadedMotoServer  # pylint: disable=import-outside-toplevel
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request would cost it time
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    print(server.get_host_and_port()[1], flush=True)
    sys.stdin.read()
    server.stop()


def main(folder):
    try:
        serve()
    except ImportError:
        if sys.prefix == str(folder):
            raise
        try:
            python = install(folder)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"moto's server cannot be installed: {error}", flush=True)
            return 0
        os.execv(python, [python, __file__, str(folder)])
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
