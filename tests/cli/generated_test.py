# SPDX-License-Identifier: Apache-2.0
"""The manual and the completions in the tree are those the program makes, and shells take them.

After a change of the option table: ./tests/cli/generated_test.py --rewrite
"""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from program import REPOSITORY, ProgramCase, run

FILES = {
    "man": "man/synroute.1",
    "bash": "completions/synroute.bash",
    "zsh": "completions/_synroute",
    "fish": "completions/synroute.fish",
}


def rewrite():
    for kind, name in FILES.items():
        path = REPOSITORY / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(run("generate", kind).stdout, encoding="utf-8")


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
        for kind, name in FILES.items():
            committed = (REPOSITORY / name).read_text(encoding="utf-8")
            self.assertEqual(self.assert_done(["generate", kind]), committed, f"{name}: {__doc__}")

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


if __name__ == "__main__":
    if "--rewrite" in sys.argv:
        rewrite()
    else:
        unittest.main(verbosity=2)
