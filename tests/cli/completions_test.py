# SPDX-License-Identifier: Apache-2.0
"""Completions in the real shells: a line with a tab in it, and what the command is then given."""

import os
import re
import subprocess
import tempfile
import unittest

from program import REPOSITORY
from terminal import Terminal

FILES = REPOSITORY / "completions"
# A line, the tab at its end, and the words it becomes. They have one completion each.
CASES = {
    "synroute --js": "--json",
    "synroute --color alw": "--color always",
    "synroute dem": "demo",
    "synroute demo satel": "demo satellite",
    "synroute demo --li": "demo --list",
    "synroute --interf": "--interface",
    "synroute demo --interf": "demo --interf",  # no option of demo
    "synroute scan --whe": "scan --where",
    "synroute --whe": "--whe",  # only for scan
    "synroute -i l": "-i lo",
    "synroute generate ba": "generate bash",
    "synroute --flags syn,ps": "--flags syn,psh",
    "tcptraceroute -i l": "-i lo",
    "tracetcp --js": "--js",
}


class Shell(unittest.TestCase):
    """One shell for all lines; the programs are functions that show their words."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.environment = {
            "PATH": os.environ["PATH"], "TERM": "dumb", "HOME": folder, "PS1": "ready> ", "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "XDG_RUNTIME_DIR": folder,
        }

    def check(self, argv, setup, cases):
        with Terminal(argv, self.environment, columns=200) as shell:
            shell.send(setup + "\necho set'' up\n")
            shell.wait_for(r"set up")
            for line, words in cases.items():
                with self.subTest(line=line):
                    shell.send(f"{line}\t\n")
                    self.assertEqual(shell.wait_for(r"GOT<([^>\n]*)>")[1].strip(), words)

    def test_bash(self):
        functions = "; ".join(
            f"{name}() {{ printf 'GOT''<%s>\\n' \"$*\"; }}" for name in ("synroute", "tcptraceroute", "tracetcp")
        )
        setup = (
            f"source {FILES}/synroute.bash; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; {functions}"
        )
        self.check(["bash", "--norc", "--noprofile", "-i"], setup, CASES | {"synroute --color=alw": "--color=always"})

    def test_zsh(self):
        functions = "; ".join(
            f"{name}() {{ print -r -- 'GOT''<'\"$*\"'>' }}" for name in ("synroute", "tcptraceroute", "tracetcp")
        )
        setup = (
            f"fpath=({FILES} $fpath); autoload -Uz compinit; compinit -u -D; unsetopt auto_menu beep; {functions}"
        )
        self.check(["zsh", "-f", "-i"], setup, CASES | {"synroute --color=alw": "--color=always"})

    def complete_in_fish(self, line):
        script = f"source {FILES}/synroute.fish; complete -C {line!r}"
        done = subprocess.run(
            ["fish", "--no-config", "-c", script], env=self.environment, capture_output=True, text=True, timeout=60, check=True
        )
        self.assertEqual(done.stderr, "")
        return [each.split("\t")[0] for each in done.stdout.splitlines()]

    def test_fish(self):
        """Its own command gives what a tab would."""
        for line, words in CASES.items():
            with self.subTest(line=line):
                last = re.split(r"[ ]", words)[-1]
                offered = self.complete_in_fish(line)
                unchanged = line.endswith(" " + words)
                self.assertEqual(offered, [] if unchanged else [last])
        self.assertEqual(self.complete_in_fish("synroute --color=alw"), ["--color=always"])
        self.assertIn("https", self.complete_in_fish("synroute -p http"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
