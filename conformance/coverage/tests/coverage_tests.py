"""coverage.py on logs of its own: it must see what is missing, and what is excepted without need."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import coverage

MODEL = coverage.Model(coverage.MODEL)


def complete():
    """A log in which everything was produced."""
    calls = [(name, operation["status"], None) for name, operation in MODEL.operations.items()]
    calls += [(name, MODEL.errors[error], error) for name, error in coverage.declared(MODEL)]
    words = {f"{enum}.{word}": 1 for enum, all_words in MODEL.words.items() for word in all_words}
    return [{"service": "vpc-lattice", "operation": operation, "status": status, "error": error, "words": words}
            for operation, status, error in calls]


class Coverage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_on(self, calls, exceptions="", *flags):
        log, excepted = self.folder / "log", self.folder / "exceptions"
        log.write_text("".join(json.dumps(call) + "\n" for call in calls))
        excepted.write_text(exceptions)
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            status = coverage.main(["--exceptions", str(excepted), *flags, str(log)])
        return status, out.getvalue()

    def test_the_model_is_read_whole(self):
        self.assertEqual((len(MODEL.operations), len(MODEL.errors)), (73, 7))
        self.assertEqual(MODEL.words["AuthType"], ["NONE", "AWS_IAM"])

    def test_a_complete_log_passes(self):
        self.assertEqual(self.run_on(complete())[0], 0)

    def test_an_operation_that_never_succeeded_fails(self):
        calls = [call for call in complete() if call["operation"] != "DeleteRule"]
        status, out = self.run_on(calls)
        self.assertEqual(status, 1)
        self.assertRegex(out, r"not ok \d+ - operation DeleteRule is produced")

    def test_an_error_shape_that_was_never_met_fails(self):
        calls = [call for call in complete() if call["error"] != "ConflictException"]
        self.assertIn("error ConflictException is produced", self.failures(calls))

    def test_an_error_that_an_operation_declares_and_never_met_fails_unless_it_is_excepted(self):
        calls = [call for call in complete() if (call["operation"], call["error"]) != ("DeleteRule", "ConflictException")]
        self.assertEqual(self.failures(calls), ["pair DeleteRule.ConflictException is produced"])
        self.assertEqual(self.run_on(calls, "pair DeleteRule.ConflictException: for this test\n")[0], 0)

    def test_the_page_tells_what_a_fault_rule_made_from_what_a_call_deserved(self):
        calls = complete()
        for call in calls:
            if (call["operation"], call["error"]) == ("DeleteRule", "ConflictException"):
                call["rule"] = "fault"
        page = self.folder / "page"
        self.assertEqual(self.run_on(calls, "", "--write", str(page))[0], 0)
        row = next(line for line in page.read_text().splitlines() if line.startswith("| DeleteRule "))
        self.assertEqual(row.split(" | ")[3], "Conflict")

    def test_a_word_that_was_never_told_fails_unless_it_is_excepted(self):
        calls = complete()
        for call in calls:
            call["words"] = {word: 1 for word in call["words"] if word != "AuthType.AWS_IAM"}
        self.assertIn("word AuthType.AWS_IAM is produced", self.failures(calls))
        self.assertEqual(self.run_on(calls, "word AuthType.AWS_IAM: for this test\n")[0], 0)

    def test_an_exception_without_need_or_sense_fails(self):
        self.assertEqual(self.run_on(complete(), "word AuthType.NONE: for this test\n")[0], 1)
        self.assertEqual(self.run_on(complete(), "word AuthType.SOME: for this test\n")[0], 1)
        self.assertEqual(self.run_on(complete(), "word AuthType.NONE\n")[0], 2)

    def test_a_page_that_is_not_up_to_date_fails(self):
        page = self.folder / "page"
        page.write_text("old")
        self.assertEqual(self.run_on(complete(), "", "--check", str(page))[0], 1)
        self.assertEqual(self.run_on(complete(), "", "--write", str(page))[0], 0)
        self.assertEqual(self.run_on(complete(), "", "--check", str(page))[0], 0)

    def failures(self, calls):
        status, out = self.run_on(calls)
        self.assertEqual(status, 1)
        return [line.partition(" - ")[2] for line in out.splitlines() if line.startswith("not ok")]


if __name__ == "__main__":
    unittest.main()
