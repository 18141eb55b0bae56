# SPDX-License-Identifier: Apache-2.0
"""The table of differences and the manual list the same ones, and every one that the tests assert."""

import pathlib
import re
import unittest

import linux_test
import messages_test
import rows_test

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def headings_of_table():
    """The first cells of docs/tcptraceroute-differences.md."""
    text = (REPOSITORY / "docs" / "tcptraceroute-differences.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)
    return [cell for cell in cells if cell not in ("Situation", "---")]


def words_of_manual():
    """The text of the section DIFFERENCES without markup."""
    text = (REPOSITORY / "man" / "tcptraceroute.1").read_text(encoding="utf-8")
    section = text.partition(".SH DIFFERENCES")[2].partition(".SH")[0]
    section = re.sub(r"^\.\w+ ?", "", section, flags=re.MULTILINE)
    return re.sub(r"\s+", " ", section.replace("\\", "").replace('"', "").replace(" , ", ", "))


class Differences(unittest.TestCase):
    def test_the_manual_has_every_one(self):
        manual = words_of_manual()
        for heading in headings_of_table():
            self.assertIn(heading.replace("`", ""), manual)

    def test_the_table_has_every_one_that_is_asserted(self):
        tables = [
            *(rows_test.ROWS, rows_test.STATES, rows_test.CODES, rows_test.DNAT, rows_test.PATHS),
            *(messages_test.USAGE, messages_test.LETTERS, messages_test.NUMBERS),
            *(messages_test.PLACES, messages_test.LOCAL, linux_test.TABLE),
        ]
        asserted = {situation.why for table in tables for situation in table if situation.why}
        self.assertGreaterEqual(len(asserted), 10)
        self.assertEqual(asserted - set(headings_of_table()), set())


if __name__ == "__main__":
    unittest.main()
