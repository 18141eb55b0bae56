# SPDX-License-Identifier: Apache-2.0
"""What stands on terminals of several widths."""

import json
import unittest

from program import PATH, ProgramCase
from terminal import screen_of

WIDTHS = (60, 80, 95, 200)


class Screens(ProgramCase):
    def answers(self, *arguments):
        trace = json.loads(self.assert_done(["demo", *arguments, "--json"]))
        return [each for hop in trace["hops"] for each in hop["responders"]]

    def test_nothing_learnt_is_missing_at_any_width(self):
        for scenario in ("home", "mpls-core", "interface-info"):
            names = [each["name"] for each in self.answers(scenario) if each["name"]]
            for columns in WIDTHS:
                with self.subTest(scenario=scenario, columns=columns):
                    lines = screen_of([PATH, "demo", scenario], columns)
                    text = "\n".join(lines)
                    for name in names:
                        self.assertIn(name, text)
                    self.assertLess(max(map(len, lines)), columns)

    def test_labels_have_a_line_of_their_own_where_there_is_no_room(self):
        self.assertIn("     <MPLS:L=24015,E=0,S=1,T=1>", screen_of([PATH, "demo", "home"], 80))
        (row,) = [line for line in screen_of([PATH, "demo", "home"], 200) if "MPLS" in line]
        self.assertIn("pe3.core.example", row)

    def test_many_queries_are_continued_below(self):
        lines = screen_of([PATH, "demo", "home", "-n", "-q", "100"], 80, rows=300)
        text = " ".join(lines)
        self.assertEqual(text.count(" 3.0 ms"), 1)
        self.assertLess(max(map(len, lines)), 80)

    def test_sentences_are_broken_between_words(self):
        lines = screen_of([PATH, "demo", "home"], 60)
        self.assertIn("open: 203.0.113.80 accepts connections on port 443, 7 hops", lines)
        self.assertIn("  away, 12.0 ms", lines)

    def test_silent_rows_are_folded(self):
        self.assertIn("  3-4  no answer within 0.1 s", screen_of([PATH, "demo", "silent-3"], 80))

    def test_a_blank_line_separates_targets(self):
        lines = self.assert_done(["demo", "home", "shop:443", "shop:80"]).splitlines()
        headings = [number for number, line in enumerate(lines) if line.startswith("shop (")]
        self.assertEqual(len(headings), 2)
        self.assertEqual(lines[headings[1] - 1], "")
        self.assertNotEqual(lines[0], "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
