#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libsynroute as its users find it: by CMake and by pkg-config; the examples are compiled and run."""

import os
import re
import shlex
import shutil
import socket
import unittest

from installed import CMAKE, REPOSITORY, InstalledCase, run

CXX = os.environ.get("CXX", "c++")
EXAMPLES = REPOSITORY / "examples"
NAMES = [path.stem for path in sorted(EXAMPLES.glob("*.cpp"))]


class Library(InstalledCase):
    def by_cmake(self):
        build = self.folder / "by-cmake"
        run(CMAKE, "-S", EXAMPLES, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={CXX}", "-DCMAKE_CXX_FLAGS=-O0 -Wall -Wextra -Werror",
            "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF")
        run(CMAKE, "--build", build)
        return build

    def by_pkg_config(self):
        """Compiled by hand, as a makefile would."""
        if not shutil.which("pkg-config"):
            self.skipTest("pkg-config is not installed")
        configs = next(self.prefix.rglob("synroute.pc")).parent
        flags = run("pkg-config", "--cflags", "--libs", "synroute",
                    env=os.environ | {"PKG_CONFIG_PATH": str(configs)})
        build = self.folder / "by-pkg-config"
        build.mkdir()
        for name in NAMES:
            run(CXX, "-std=c++23", "-O0", "-Wall", "-Wextra", "-Werror", EXAMPLES / f"{name}.cpp",
                "-o", build / name, *shlex.split(flags))
        return build

    def check(self, build):
        self.assertEqual(NAMES, ["presenter", "strategy", "trace"], "a new example needs its test")
        self.check_trace(build / "trace")
        self.assertEqual(run(build / "strategy"), "shop is 7 hops away: found with 5 probes\n")
        self.assertEqual(
            run(build / "strategy", "closed").split(":")[1], " found with 5 probes\n")
        table = run(build / "presenter")
        self.assertIn("| 3 | no reply | | |\n", table)
        self.assertRegex(table, r"\| 7 \| 203\.0\.113\.80 \| shop\.example \| 12\.\d ms \|\n")
        self.assertTrue(table.endswith("\nPort 443: open\n"), table)

    def check_trace(self, program):
        """Against a real port of this host, by whatever way the test has the right to."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            self.assertEqual(run(program, "127.0.0.1", port), "1  127.0.0.1\nopen\n")
        self.assertEqual(run(program, "127.0.0.1", port), "1  127.0.0.1\nclosed\n")

    def test_cmake_finds_it(self):
        self.check(self.by_cmake())

    def test_pkg_config_finds_it(self):
        self.check(self.by_pkg_config())

    def test_headers_name_each_other_so_that_no_folder_of_the_user_is_met(self):
        top = self.prefix / "include" / "synroute"
        headers = list(top.rglob("*.hpp"))
        self.assertGreater(len(headers), 100)
        for header in headers:
            for name in re.findall(r'#include "([^"]+)"', header.read_text(encoding="utf-8")):
                self.assertTrue((top.parent / name).is_file(), f"{header}: {name}")
                self.assertTrue(name.startswith("synroute/"), f"{header}: {name}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
