"""The check of the ledger finds what it is for."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import ledger  # noqa: E402

RULES = 'x [SIM_RULE_A] = {"guess", CONFLICT, NULL, CHOSEN, "a"},\n[SIM_RULE_B] =\n {"known", CONFLICT, NULL, OBSERVED, "b"},'
PLAIN = '{"SomeException", "plain", SIM_SOURCE_CHOSEN},'
GOOD = "| a (rules `guess`, `plain`) | b | c |\n"


class Ledger(unittest.TestCase):
    def faults(self, text):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            for path, content in (("simulator/engine/rules.c", RULES), ("simulator/engine/explain.c", PLAIN),
                                  ("docs/divergence.md", text)):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            return list(ledger.find_faults(root))

    def test_a_ledger_that_names_every_guess_passes(self):
        self.assertEqual(self.faults(GOOD), [])

    def test_a_guess_without_a_row_is_found(self):
        self.assertIn("guess", self.faults("| a (rule `plain`) | b | c |\n")[0])

    def test_a_rule_outside_of_the_table_does_not_count(self):
        self.assertEqual(len(self.faults("the rules `guess`, `plain`\n")), 2)

    def test_a_row_of_a_rule_that_is_gone_is_found(self):
        self.assertIn("no rule gone", self.faults(GOOD + "| a (rule `gone`) | b | c |\n")[0])

    def test_a_row_of_a_rule_that_is_no_guess_is_found(self):
        self.assertIn("observed", self.faults(GOOD + "| a (rule `known`) | b | c |\n")[0])


if __name__ == "__main__":
    unittest.main()
