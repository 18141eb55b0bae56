#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The relocatable archive: unpacked in any folder, it runs for any user with glibc 2.36 or newer.

usage: tarball_test.py ARCHIVE [EMULATOR...]    (./dev tarball makes and tests it)
"""

import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest

ARCHIVE = pathlib.Path("synroute.tar.xz")
EMULATOR = []  # what runs programs of another processor
GLIBC = (2, 36)
OF_THE_C_LIBRARY = re.compile(r"(libc|libm|libresolv)\.so\.\d+|ld-linux[-\w]*\.so\.\d+")
NOBODY = 65534


def run(*command, **options):
    """Runs a command and returns its output; a failure raises an error with that output."""
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Tarball(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = tempfile.mkdtemp(prefix="moved here ")
        cls.addClassCleanup(run, "rm", "-rf", place)
        os.chmod(place, 0o755)
        run("tar", "-xf", ARCHIVE, "-C", place)
        cls.top = next(pathlib.Path(place).iterdir())
        cls.program = cls.top / "bin" / "synroute"

    def as_user(self, *command):
        """Runs a command without rights and with an empty environment, also if the test runs as root."""
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        return run(*EMULATOR, *command, env={"PATH": "/usr/bin"}, cwd="/", **who)

    def complaint(self, name):
        """What a program writes when it is called without a target."""
        done = subprocess.run([*EMULATOR, self.top / "bin" / name], check=False, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout

    def test_it_unpacks_into_one_folder_and_nowhere_else(self):
        with tarfile.open(ARCHIVE) as archive:
            for member in archive.getmembers():
                self.assertEqual(member.name.split("/")[0], self.top.name)
                self.assertFalse(member.linkname.startswith("/") or ".." in member.linkname, member.name)
                self.assertEqual(member.mode & 0o7022, 0 if not member.issym() else 0o022, member.name)
                self.assertEqual(member.uid, 0, member.name)

    def test_it_runs_for_ordinary_users_under_every_name(self):
        version = self.top.name.split("-")[1]
        self.assertTrue(self.as_user(self.program, "--version").startswith(f"synroute {version}"))
        self.assertIn("open: 203.0.113.80 accepts connections", self.as_user(self.program, "demo"))
        self.assertIn("Usage: tcptraceroute", self.complaint("tcptraceroute"))
        self.assertIn("Host name not specified", self.complaint("tracetcp"))

    def test_it_depends_on_the_c_library_only(self):
        dynamic = run("readelf", "-d", self.program)
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.assertIn("libc.so.6", needed)
        self.assertEqual([name for name in needed if not OF_THE_C_LIBRARY.fullmatch(name)], [])
        self.assertNotRegex(dynamic, r"RPATH|RUNPATH")

    def test_it_runs_on_an_old_enough_glibc(self):
        wanted = set(re.findall(r"Name: (\w+)_([\d.]+)", run("readelf", "-V", self.program)))
        self.assertEqual({library for library, _ in wanted}, {"GLIBC"})
        newest = max(tuple(map(int, version.split("."))) for _, version in wanted)
        self.assertLessEqual(newest, GLIBC)

    def test_it_does_not_contain_the_build_path(self):
        repository = bytes(pathlib.Path(__file__).resolve().parents[2])
        for path in self.top.rglob("*"):
            if path.is_file():
                self.assertFalse(repository in path.read_bytes(), path)  # assertNotIn would print the whole file

    def test_it_contains_the_licences_of_all_linked_libraries(self):
        folder = self.top / "share" / "doc" / "synroute"
        self.assertIn("Apache License", (folder / "LICENSE").read_text(encoding="utf-8"))
        told = {path.name for path in (folder / "licences").iterdir()}
        for package in (
                "libc-ares-dev", "libcap-dev", "libfmt-dev", "libidn2-dev", "libunistring-dev", "libutf8proc-dev",
                "libzstd-dev", "nlohmann-json3-dev", "zlib1g-dev"):
            self.assertIn(package, told)
        self.assertTrue(any(name.startswith("libstdc++") for name in told), told)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ARCHIVE = pathlib.Path(sys.argv[1]).resolve()
    EMULATOR = sys.argv[2:]
    del sys.argv[1:]
    unittest.main(verbosity=2)
