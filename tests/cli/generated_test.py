# SPDX-License-Identifier: Apache-2.0
"""Manual, completions, picture and examples in the tree are what the program prints now; shells and groff accept them."""

import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from program import PATH, REPOSITORY, ProgramCase

os.environ["SYNROUTE"] = PATH  # for generate
sys.path.insert(0, str(REPOSITORY / "tools"))

import generate  # noqa: E402
import terminal_svg  # noqa: E402

FILES = {kind: path for path, kind in generate.FROM_TABLES.items()}


class Generated(ProgramCase):
    maxDiff = None

    def checked(self, program, *arguments):
        """Runs a checker, or skips where there is none."""
        if not shutil.which(program):
            self.skipTest(f"{program} is not installed")
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_files_in_the_tree_are_up_to_date(self):
        made = generate.generated()
        self.assertLessEqual({*FILES.values(), "README.md", "docs/trace.svg"}, set(made))
        for path, content in made.items():
            with self.subTest(path=path):
                committed = (REPOSITORY / path).read_text(encoding="utf-8")
                self.assertEqual(content, committed, "out of date; ./dev generate writes it")

    def test_every_option_of_the_help_stands_in_all_of_them(self):
        text = self.assert_done(["--help"]) + self.assert_done(["demo", "--help"])
        names = set(re.findall(r"--[a-z][a-z0-9-]+", text))
        self.assertGreater(len(names), 30)
        for kind in FILES:
            made = self.assert_done(["generate", kind]).replace("\\-", "-")
            for name in names:
                self.assertIn(name if kind != "fish" else f"-l {name[2:]} ", made, kind)

    def test_groff_takes_the_manual(self):
        page = str(REPOSITORY / FILES["man"])
        text = self.checked("groff", "-man", "-ww", "-Tutf8", "-z", page)
        self.assertEqual(text, "")

    def test_shells_take_their_completions(self):
        for program, kind in (("bash", "bash"), ("zsh", "zsh"), ("fish", "fish")):
            with self.subTest(program=program):
                self.checked(program, "-n", str(REPOSITORY / FILES[kind]))

    def complete(self, *words):
        script = (
            f"source {REPOSITORY / FILES['bash']}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
            ' _synroute; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        return set(self.checked("bash", "-c", script, "bash", "synroute", *words).split())

    def test_bash_offers_what_fits(self):
        self.assertEqual(self.complete("--js"), {"--json"})
        self.assertLessEqual({"--first", "--flags"}, self.complete("--f"))
        self.assertEqual(self.complete("--color", "a"), {"auto", "always"})
        self.assertEqual(self.complete("--color", "al"), {"always"})
        self.assertEqual(self.complete("-i", "lo"), {"lo"})
        self.assertIn("demo", self.complete("de"))


class Documents(unittest.TestCase):
    """What generate makes of a document."""

    EXAMPLE = "Text.\n\n<!-- output of: synroute demo --list -->\n```\nold\n```\nMore.\n"

    def test_an_example_gets_the_command_and_its_output(self):
        made = generate.with_examples(self.EXAMPLE)
        self.assertRegex(made, r"(?s)^Text\.\n\n<!-- [^\n]+\n```\n\$ synroute demo --list\n.*\nhome +A home .*\n```\nMore\.\n$")
        self.assertEqual(generate.with_examples(made), made)
        self.assertNotIn("old", made)

    def test_a_command_that_fails_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "status 2"):
            generate.with_examples(self.EXAMPLE.replace("--list", "--lost"))

    def test_the_comparison_has_the_numbers_of_the_peers(self):
        rows = [line.split(" | ") for line in generate.comparison().splitlines()]
        self.assertEqual(rows[0], ["| ", "Synroute", "`traceroute -T`", "`mtr -T`", "`tcptraceroute` |"])
        peers = (REPOSITORY / "docs" / "peers.md").read_text(encoding="utf-8")
        for column, name in ((1, "synroute"), (2, "traceroute"), (3, "mtr")):
            right, wrong, hangs = (rows[number][column] for number in (3, 4, 5))
            self.assertRegex(peers, rf"(?m)^\| {name} \| [^|]+ \| {right} \| {wrong} \| {hangs} \|")


class Picture(unittest.TestCase):
    """Terminal output as SVG."""

    def texts(self, output):
        """[(x, y, color, text)]"""
        root = xml.etree.ElementTree.fromstring(terminal_svg.draw(output, "A <title>"))
        self.assertEqual(root.get("aria-label"), "A <title>")
        return [(float(e.get("x")), float(e.get("y")), e.get("fill"), e.text) for e in root.iter() if e.tag.endswith("}text")]

    def test_columns_and_lines_keep_their_places(self):
        (x1, y1, _, first), (x2, y2, _, second), (x3, y3, _, third) = self.texts("ab  cd\n\n ef\n")
        self.assertEqual((first, second, third), ("ab", "cd", "ef"))
        self.assertAlmostEqual(x2 - x1, 4 * terminal_svg.CELL_WIDTH, places=1)
        self.assertAlmostEqual(x3 - x1, terminal_svg.CELL_WIDTH, places=1)
        self.assertEqual((y2 - y1, y3 - y1), (0, 2 * terminal_svg.LINE_HEIGHT))

    def test_colors_last_until_they_are_reset(self):
        output = "a \x1b[32mopen\x1b[0m b\n\x1b[2mc\nd\x1b[m e\n"
        self.assertEqual([(color, text) for _, _, color, text in self.texts(output)], [
            (terminal_svg.FOREGROUND, "a"), (terminal_svg.COLORS[2], "open"), (terminal_svg.FOREGROUND, "b"),
            (terminal_svg.FAINT, "c"), (terminal_svg.FAINT, "d"), (terminal_svg.FOREGROUND, "e")])

    def test_markup_is_escaped(self):
        self.assertEqual(self.texts("<MPLS:L=1> & x\n")[0][3], "<MPLS:L=1> & x")

    def test_what_cannot_be_drawn_is_an_error(self):
        for output in ("\x1b[44mx\n", "a\tb\n", "\x1b[2Jx\n"):
            with self.subTest(output=output), self.assertRaises(ValueError):
                terminal_svg.draw(output, "")

    def test_no_text_leaves_the_window(self):
        text = (REPOSITORY / "docs" / "trace.svg").read_text(encoding="utf-8")
        root = xml.etree.ElementTree.fromstring(text)
        for element in root.iter():
            if element.tag.endswith("}text"):
                end = float(element.get("x")) + float(element.get("textLength"))
                self.assertLess(end, float(root.get("width")))
                self.assertLess(float(element.get("y")), float(root.get("height")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
