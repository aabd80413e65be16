#!/usr/bin/env python3
"""The lint catches each kind of violation, and leaves a clean tree alone."""

import contextlib
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("lint", HERE.parent / "lint.py")
lint = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(lint)

HEAD = "/* What this is. */\n"


def findings(files):
    """The rules broken by a tree of these files, and the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = lint.main([folder])
    lines = out.getvalue().splitlines()
    return status, [line.split(": ")[1] for line in lines], lines


class Violations(unittest.TestCase):
    def expect(self, rule, name, text):
        status, rules, lines = findings({name: text})
        self.assertEqual((status, rules), (1, [rule]), lines)

    def test_a_clean_tree_passes(self):
        text = HEAD + '#include "common/base/arena.h"\n#include <stdio.h>\n'
        self.assertEqual(findings({"controller/a.c": text})[:2], (0, []))

    def test_the_controller_may_not_know_the_simulator(self):
        self.expect("direction", "controller/a.c", HEAD + '#include "simulator/engine/a.h"\n')

    def test_http_may_not_know_aws(self):
        self.expect("direction", "common/http/a.c", HEAD + '#include "common/aws/arn.h"\n')

    def test_base_may_not_know_kube(self):
        self.expect("direction", "common/base/a.c", HEAD + '#include "common/kube/a.h"\n')

    def test_conformance_knows_common_only(self):
        self.expect("direction", "conformance/runner/a.c", HEAD + '#include "controller/a.h"\n')

    def test_includes_are_written_from_the_top(self):
        self.expect("include-path", "simulator/a.c", HEAD + '#include "store.h"\n')

    def test_each_restricted_header_has_one_owner(self):
        for header, owners in lint.RESTRICTED:
            text = HEAD + f"#include <{header}>\n"
            self.expect("restricted-header", "simulator/engine/a.c", text)
            self.assertEqual(findings({owners[0] + ".c": text})[0], 0)

    def test_each_banned_call_is_found(self):
        for name, owners, _ in lint.BANNED:
            text = HEAD + f"int f(void)\n{{\n    return {name} (x);\n}}\n"
            self.expect("banned-call", "simulator/a.c", text)
            for owner in owners:
                self.assertEqual(findings({owner: text})[0], 0)

    def test_names_that_contain_a_banned_name_and_comments_are_no_calls(self):
        text = HEAD + "/* never sprintf(x) */\nint f(void)\n{\n    lat_time(\"atoi(x)\");\n}\n"
        self.assertEqual(findings({"simulator/a.c": text})[:2], (0, []))

    def test_a_function_has_at_most_seventy_lines(self):
        body = "    x();\n" * 68
        self.assertEqual(findings({"simulator/a.c": HEAD + "void f(void)\n{\n" + body + "}\n"})[0], 0)
        self.expect("function-length", "simulator/a.c",
                    HEAD + "void f(void)\n{\n" + body + "    x();\n}\n")

    def test_a_file_begins_by_saying_what_it_is(self):
        self.expect("file-head", "scenarios/a.c", "#include <stdio.h>\n")

    def test_a_file_has_a_bound_on_its_lines(self):
        self.expect("file-length", "scenarios/a.c", HEAD + "int x;\n" * lint.FILE_LINES_MAX)

    def test_unfinished_words_are_found_in_comments(self):
        word = "TO" + "DO"
        self.expect("unfinished", "scenarios/a.c", HEAD + f"/* {word} later */\n")
        self.expect("unfinished", "scenarios/a.yaml", f"# {word} later\n")
        text = HEAD + f'const char *a = "{word}";\n'
        self.assertEqual(findings({"scenarios/a.c": text})[0], 0)

    def test_paths_of_one_machine_are_found(self):
        path = "/ho" + "me/someone/x"
        self.expect("machine-path", "scenarios/a.c", HEAD + f'const char *a = "{path}";\n')

    def test_a_wrong_call_is_refused(self):
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(lint.main([]), 2)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
