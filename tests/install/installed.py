# SPDX-License-Identifier: Apache-2.0
"""An installed tree in a place of its own, moved after it was installed: nothing may depend on where it was."""

import os
import pathlib
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", REPOSITORY / "build" / "dev"))
CMAKE = os.environ.get("CMAKE", "cmake")


def run(*command, **options):
    """Runs a command to its end and gives its standard output; anything but success is an error."""
    settings = {"capture_output": True, "text": True, "timeout": 240, "stdin": subprocess.DEVNULL}
    done = subprocess.run([str(word) for word in command], check=False, **(settings | options))
    if done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class InstalledCase(unittest.TestCase):
    """self.prefix holds the tree."""

    @classmethod
    def setUpClass(cls):
        # Below the build tree: a temporary folder may be mounted so that nothing in it can be run.
        folder = tempfile.TemporaryDirectory(prefix="install-test-", dir=BUILD)
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        run(CMAKE, "--install", BUILD, "--prefix", cls.folder / "first")
        cls.prefix = (cls.folder / "first").rename(cls.folder / "moved here")
