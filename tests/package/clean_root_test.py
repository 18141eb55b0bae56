#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The package in a clean Debian 12: installed, used by an ordinary user, upgraded, removed with nothing left behind.

usage: clean_root_test.py FOLDER-WITH-THE-PACKAGES    (as root; ./dev package --check)
"""

import json
import os
import pathlib
import sys
import tempfile
import unittest

from clean_root import Root, make_archive, run

FOLDER = pathlib.Path("build/package")
PROGRAM = "usr/bin/synroute"


def package(folder):
    """The package of the program."""
    return next(path for path in folder.glob("synroute_*.deb"))


def with_higher_version(deb, folder):
    """A copy of the package with a higher version."""
    run("dpkg-deb", "-R", deb, folder / "unpacked")
    control = folder / "unpacked" / "DEBIAN" / "control"
    text = control.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(version, version + "+tomorrow"), encoding="utf-8")
    higher = folder / "synroute_tomorrow.deb"
    run("dpkg-deb", "--root-owner-group", "-b", folder / "unpacked", higher)
    return higher


class CleanRoot(unittest.TestCase):
    """self.root is a system; self.deb the package inside it."""

    maxDiff = None
    options = ()  # for apt-get install

    @classmethod
    def setUpClass(cls):
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="root-", dir=FOLDER))
        cls.addClassCleanup(run, "rm", "-rf", cls.place)
        cls.root = Root.extract(FOLDER / "clean-root.tar", cls.place / "root")
        cls.deb = cls.root.put(package(FOLDER))

    def install(self):
        return self.root.run("apt-get", "install", "-q", "-y", *self.options, self.deb)

    def purge(self):
        self.root.run("dpkg", "--purge", "synroute")  # apt no longer knows what a test has removed

    def trace(self, *options):
        """The JSON object of an ordinary user's trace to an open port."""
        text = self.root.trace("synroute", "--json", *options, "HOST:PORT")
        return json.loads(next(line for line in text.splitlines() if line.startswith("{")))

    def alternatives(self, name):
        return self.root.run("update-alternatives", "--list", name).split()

    def assert_nothing_left(self, before):
        after = self.root.listing()
        self.assertEqual({path for path in before | after if before.get(path) != after.get(path)}, set())

    def assert_no_set_id(self):
        mode = (self.root.folder / PROGRAM).stat().st_mode
        self.assertEqual(mode & 0o7777, 0o755)

    def capabilities(self):
        return os.listxattr(self.root.folder / PROGRAM)


class WithoutSetcap(CleanRoot):
    """Installed without recommended packages: setcap is missing."""

    options = ("--no-install-recommends",)

    def test_from_nothing_to_nothing(self):
        before = self.root.listing()
        said = self.install()
        self.assertIn("synroute: installed without cap_net_raw; ordinary users trace by connect()", said)
        self.assertEqual(self.capabilities(), [])
        self.assert_no_set_id()
        found = self.trace()
        self.assertEqual((found["method"], found["state"]), ("connect", "open"))
        self.purge()
        self.root.run("apt-get", "autoremove", "--purge", "-q", "-y")
        self.assert_nothing_left(before)


class WithSetcap(CleanRoot):
    """Installed with recommended packages. Each test checks that purging leaves nothing behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Its dependencies stay installed, so that the listing shows only what the package itself leaves behind.
        cls.root.run("apt-get", "install", "-q", "-y", cls.deb)
        cls.root.run("apt-get", "purge", "-q", "-y", "synroute")

    def setUp(self):
        before = self.root.listing()
        self.said = self.install()
        self.addCleanup(self.assert_nothing_left, before)
        self.addCleanup(self.purge)

    def test_an_ordinary_user_has_raw_packets(self):
        self.assertNotIn("without cap_net_raw", self.said)
        self.assert_no_set_id()
        self.assertIn("cap_net_raw=ep", self.root.run("getcap", "/" + PROGRAM))
        found = self.trace()
        self.assertEqual((found["method"], found["state"]), ("raw", "open"))
        self.assertEqual(self.trace("--method", "connect")["method"], "connect")

    def test_an_ordinary_user_can_see_the_demo(self):
        said = self.root.run("chroot", "--userspec=65534:65534", "/", "synroute", "demo")
        self.assertIn("open: 203.0.113.80 accepts connections", said)

    def test_it_is_an_alternative_and_the_other_tcptraceroute_stays_the_default(self):
        self.assertEqual(
            set(self.alternatives("tcptraceroute")),
            {"/usr/bin/tcptraceroute.mt", "/usr/bin/tcptraceroute.synroute"})
        self.assertEqual(self.alternatives("tracetcp"), ["/usr/bin/tracetcp.synroute"])
        self.assertEqual(self.chosen("tcptraceroute"), "/usr/bin/tcptraceroute.mt")

    def chosen(self, name):
        return os.readlink(self.root.folder / "etc" / "alternatives" / name)

    def test_choosing_it_gives_program_and_manual_and_survives_an_upgrade(self):
        self.root.run("update-alternatives", "--set", "tcptraceroute", "/usr/bin/tcptraceroute.synroute")
        self.assertEqual(
            self.chosen("tcptraceroute.1.gz"), "/usr/share/man/man1/tcptraceroute.synroute.1.gz")
        self.upgrade()
        self.assertEqual(self.chosen("tcptraceroute"), "/usr/bin/tcptraceroute.synroute")
        for command in (("tcptraceroute", "-n", "HOST", "PORT"), ("tracetcp", "HOST:PORT", "-n"),
                        ("tracetcp.synroute", "HOST:PORT", "-n")):
            self.assertRegex(self.root.trace(*command), r"(?i)(open|established)", command)
        # Only Synroute's version output contains its name.
        self.assertIn("synroute", self.root.run("sh", "-c", "tcptraceroute -v 2>&1 || true").lower())
        self.root.run("apt-get", "remove", "-q", "-y", "synroute")
        self.assertEqual(self.chosen("tcptraceroute"), "/usr/bin/tcptraceroute.mt")

    def upgrade(self):
        higher = with_higher_version(package(FOLDER), pathlib.Path(tempfile.mkdtemp(dir=self.place)))
        self.root.run("apt-get", "install", "-q", "-y", self.root.put(higher))
        version = self.root.run("dpkg-query", "-W", "-f=${Version}", "synroute")
        self.assertTrue(version.endswith("+tomorrow"), version)

    def test_an_upgrade_sets_the_capability_again(self):
        self.upgrade()
        self.assertEqual(self.capabilities(), ["security.capability"])
        self.assertEqual(self.trace()["method"], "raw")

    def test_an_administrators_statoverride_is_respected(self):
        self.root.run("dpkg-statoverride", "--update", "--add", "root", "root", "0755", "/" + PROGRAM)
        self.addCleanup(self.root.run, "dpkg-statoverride", "--remove", "/" + PROGRAM)
        self.upgrade()
        self.assertEqual(self.capabilities(), [])
        self.assertEqual(self.trace()["method"], "connect")


class Library(CleanRoot):
    """libsynroute-dev, compiled against with the compiler of the machine that runs the test."""

    def test_a_program_can_be_built_with_what_it_installs(self):
        before = self.root.listing()
        library = self.root.put(next(FOLDER.glob("libsynroute-dev_*.deb")))
        self.root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", library)
        configs = next((self.root.folder / "usr" / "lib").glob("*/pkgconfig"))
        flags = run("pkg-config", "--cflags", "--libs", "synroute", env=os.environ | {"PKG_CONFIG_LIBDIR": str(configs)})
        example = self.root.folder / "usr" / "share" / "doc" / "libsynroute-dev" / "examples" / "strategy.cpp"
        run("g++", "-std=c++23", example, "-o", self.place / "strategy", *flags.split())
        self.assertEqual(run(self.place / "strategy"), "shop is 7 hops away: found with 5 probes\n")
        self.root.run("apt-get", "purge", "-q", "-y", "libsynroute-dev")
        self.root.run("apt-get", "autoremove", "--purge", "-q", "-y")
        self.assert_nothing_left(before)


def main(arguments):
    global FOLDER
    if os.geteuid() != 0:
        print("skipped: chroot needs root", file=sys.stderr)
        return 77
    if arguments:
        FOLDER = pathlib.Path(arguments[0]).resolve()
    archive = FOLDER / "clean-root.tar"
    if not archive.exists():
        make_archive(archive)
    return 0 if unittest.main(argv=sys.argv[:1], verbosity=2, exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
