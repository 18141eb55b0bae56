# SPDX-License-Identifier: Apache-2.0
"""The program under test, called as a user would."""

import os
import pathlib
import subprocess
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PATH = os.environ.get("SYNROUTE", str(REPOSITORY / "build" / "release" / "synroute"))


def run(*arguments, env=None, **options):
    """Runs the program to its end; output is captured as text."""
    settings = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60}
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm"} | (env or {})
    return subprocess.run([PATH, *arguments], env=environment, check=False, **(settings | options))


class ProgramCase(unittest.TestCase):
    """Assertions about how a call ended."""

    def assert_refused(self, arguments, status, message, **options):
        """Exactly this line on stderr, nothing on stdout."""
        with self.subTest(arguments=arguments):
            done = run(*arguments, **options)
            self.assertEqual(done.stderr, f"synroute: {message}\n")
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.returncode, status)

    def assert_done(self, arguments, status=0, **options):
        """This status and nothing on stderr; gives what stood on stdout."""
        done = run(*arguments, **options)
        self.assertEqual(done.stderr, "", arguments)
        self.assertEqual(done.returncode, status, (arguments, done.stdout))
        return done.stdout
