#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program and what belongs to it."""

import os
import re
import unittest

from installed import BUILD, REPOSITORY, InstalledCase, run

FILES = {
    "bin/synroute",
    "bin/synroute-lab",
    "share/bash-completion/completions/synroute",
    "share/zsh/site-functions/_synroute",
    "share/fish/vendor_completions.d/synroute.fish",
    "share/man/man1/synroute.1",
    "share/man/man1/synroute-lab.1",
    "share/man/man1/tcptraceroute.1",
    "share/man/man1/tracetcp.1",
    "share/synroute/schema/error.schema.json",
    "share/synroute/schema/trace.schema.json",
    "share/synroute/schema/scan.schema.json",
    "share/doc/synroute/LICENSE",
}

# What each says, in its own words, when it is called without arguments.
ANCESTORS = {
    "tcptraceroute": "Usage: tcptraceroute",
    "tracetcp": "Host name not specified. Use -? option for help.",
}


class Program(InstalledCase):
    def test_everything_is_there(self):
        self.assertEqual({name for name in FILES if not (self.prefix / name).is_file()}, set())

    def test_every_schema_and_manual_is_installed(self):
        for folder, where in (("schema", "share/synroute/schema"), ("man", "share/man/man1")):
            wanted = {path.name for path in (REPOSITORY / folder).iterdir()}
            self.assertEqual({path.name for path in (self.prefix / where).iterdir()}, wanted)

    def test_it_runs_under_all_its_names(self):
        version = run(self.prefix / "bin/synroute", "--version")
        self.assertRegex(version, r"^synroute \d+\.\d+\.\d+")
        self.assertIn("203.0.113.80", run(self.prefix / "bin/synroute", "demo", "-n"))
        for ancestor, says in ANCESTORS.items():
            link = self.prefix / "bin" / ancestor
            self.assertEqual(os.readlink(link), "synroute")
            told = run("sh", "-c", '"$1" 2>&1 || true', "sh", link)
            self.assertIn(says, told)

    def test_all_say_the_same_version(self):
        version = run(self.prefix / "bin/synroute", "--version").split()[1]
        changes = (REPOSITORY / "debian" / "changelog").read_text(encoding="utf-8")
        self.assertEqual(re.match(r"synroute \(([^)]+)\)", changes)[1], version)
        for page in ("synroute", "synroute-lab", "tcptraceroute", "tracetcp"):
            text = (self.prefix / "share/man/man1" / f"{page}.1").read_text(encoding="utf-8")
            self.assertRegex(text, rf'(?m)^\.TH \S+ 1 .*"synroute {re.escape(version)}"')

    def test_no_text_tells_where_it_was_built(self):
        secret = re.compile("|".join(re.escape(str(path)) for path in (BUILD, REPOSITORY, self.folder)))
        for path in self.prefix.rglob("*"):
            if path.is_file() and path.suffix != ".a" and path.parent.name != "bin":
                found = secret.search(path.read_text(encoding="utf-8"))
                self.assertIsNone(found, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
