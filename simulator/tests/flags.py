#!/usr/bin/env python3
"""What the simulator's flags about access, and its table of quotas, are from outside: flags.py SIMULATOR."""

import json
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

PORTS = ["--kube-listen", "127.0.0.1:0"]
SECONDS_MAX = 20


class Access(unittest.TestCase):
    program = ""

    def run_for(self, *flags):
        """Starts the simulator, reads its first line, ends it; the line and standard error."""
        with subprocess.Popen([self.program, *PORTS, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as child:
            line = child.stdout.readline()
            child.terminate()
            return line, child.communicate(timeout=SECONDS_MAX)[1]

    def test_an_open_address_without_checked_signatures_is_warned_of(self):
        for auth in ("off", "lenient"):
            line, said = self.run_for("--listen", "0.0.0.0:0", "--auth", auth)
            self.assertIn("aws", json.loads(line))
            self.assertIn(f"--auth {auth} checks no signature", said)

    def test_an_open_address_with_checked_signatures_is_warned_of_for_the_admin_api(self):
        line, said = self.run_for("--listen", "0.0.0.0:0", "--auth", "strict")
        self.assertIn("aws", json.loads(line))
        self.assertIn("the admin API below /_lattice/ asks for no signature", said)

    def test_loopback_and_strict_are_not_warned_of(self):
        for flags in (["--listen", "127.0.0.1:0", "--auth", "off"], ["--listen", "localhost:0"],
                      ["--listen", "0.0.0.0:0", "--auth", "strict"]):
            line, said = self.run_for(*flags)
            self.assertIn("aws", json.loads(line))
            self.assertNotIn("checks no signature", said)

    def test_the_default_address_is_loopback(self):
        said = subprocess.run([self.program, "--help"], capture_output=True, text=True, check=True).stdout
        self.assertIn("AWS endpoint (127.0.0.1:9009", said)
        self.assertIn("Kubernetes API (127.0.0.1:9010", said)

    def test_a_wrong_kind_of_auth_or_a_wrong_file_is_one_line_and_status_2(self):
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, "keys.yaml")
            wrong.write_text("credentials:\n- access_key: AKIATEAM\n  secret_key: very-hidden\n  account: 12\n")
            for flags, text in ((["--auth", "sometimes"], "--auth"),
                                (["--credentials", folder + "/none.yaml"], "none.yaml"),
                                (["--credentials", str(wrong)], "keys.yaml:2: ")):
                run = subprocess.run([self.program, "--listen", "127.0.0.1:0", *PORTS, *flags], check=False,
                                     capture_output=True, text=True, timeout=SECONDS_MAX)
                self.assertEqual(run.returncode, 2, flags)
                self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
                self.assertIn(text, run.stderr)
                self.assertNotIn("very-hidden", run.stderr)

    def test_strict_refuses_an_unsigned_call_over_http(self):
        with subprocess.Popen([self.program, "--listen", "127.0.0.1:0", *PORTS, "--auth", "strict"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            try:
                url = json.loads(child.stdout.readline())["aws"]
                with self.assertRaises(urllib.error.HTTPError) as met:
                    urllib.request.urlopen(url + "/services", timeout=SECONDS_MAX)
                self.assertEqual(met.exception.code, 403)
                self.assertEqual(met.exception.headers["x-amzn-ErrorType"], "MissingAuthenticationTokenException")
                met.exception.close()
            finally:
                child.terminate()

    def test_the_table_of_quotas_in_the_documentation_is_the_programs(self):
        text = (Path(__file__).parents[2] / "docs" / "quotas.md").read_text(encoding="utf-8")
        written = {tuple(cell.strip() for cell in line.split("|")[1:4]) for line in text.splitlines()
                   if line.startswith("| L-")}
        with subprocess.Popen([self.program, "--listen", "127.0.0.1:0", *PORTS], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as child:
            try:
                url = json.loads(child.stdout.readline())["aws"]
                with urllib.request.urlopen(url + "/_lattice/quotas", timeout=SECONDS_MAX) as answer:
                    quotas = json.load(answer)["quotas"]
            finally:
                child.terminate()
        self.assertEqual(written, {(quota["code"], quota["name"], str(quota["default"])) for quota in quotas})


if __name__ == "__main__":
    Access.program = sys.argv.pop(1)
    unittest.main()
