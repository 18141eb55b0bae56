#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The structure tests, tested: a small good tree passes; each offence in it is found, in its file and line."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import check_structure
import layers

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD = {
    "src/base/CMakeLists.txt": "synroute_module(\n  base\n  SOURCES text.cpp\n  HEADERS text.hpp\n"
                               "  TESTS text_test.cpp)\n",
    "src/base/text.hpp": SPDX + "#pragma once\n\n#include <string>\n",
    "src/base/text.cpp": SPDX + '#include "base/text.hpp"\n\n// std::cout and 1\'000 in a comment\n'
                                'const char* kText = "rand() // printf(";\nconst int kMany = 1\'000;\n',
    "src/base/text_test.cpp": SPDX + '#include "base/text.hpp"\n#include "wire/tcp.hpp"\n#include <gtest/gtest.h>\n',
    "src/wire/CMakeLists.txt": "synroute_module(\n  wire\n  DEPENDS base\n  HEADERS reader.hpp tcp.hpp)\n",
    "src/wire/tcp.hpp": SPDX + '#pragma once\n#include "base/text.hpp"\n',
    "src/wire/reader.hpp": SPDX + "#pragma once\ninline auto left = data.size() - position;\n",
    "src/cli/CMakeLists.txt": "synroute_module(\n  cli\n  DEPENDS base wire\n  SOURCES app.cpp)\n",
    "src/cli/app.cpp": SPDX + '#include "base/text.hpp"\n#include "wire/tcp.hpp"\n#include <iostream>\n',
    "dev": "#!/usr/bin/env bash\n# SPDX-License-Identifier: Apache-2.0\n",
}


class Tree:
    """A tree in a temporary folder: the good one, with `changes` written over it."""

    def __init__(self, changes, executable=("dev",)):
        self.folder = tempfile.TemporaryDirectory()
        top = pathlib.Path(self.folder.name)
        for path, content in {**GOOD, **changes}.items():
            target = top / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
            target.chmod(0o755 if path in executable else 0o644)

    def __enter__(self):
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


def found_in(changes, **options):
    with Tree(changes, **options) as top:
        return [str(offence) for offence in check_structure.offences(top)]


class OffenceTest(unittest.TestCase):
    def assert_only(self, found, place, words):
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(place + ": "), found)
        self.assertIn(words, found[0])


class ProgramTest(unittest.TestCase):
    def test_accepts_a_good_tree(self):
        self.assertEqual(found_in({}), [])

    def run_program(self, *arguments):
        program = pathlib.Path(__file__).with_name("check_structure.py")
        return subprocess.run([sys.executable, "-B", program, *arguments], capture_output=True, text=True)

    def test_passes_a_good_tree(self):
        with Tree({}) as top:
            self.assertEqual(self.run_program(top).returncode, 0)

    def test_fails_on_an_offending_tree_and_says_where(self):
        with Tree({"src/base/text.cpp": SPDX + "int x = atoi(y);\n"}) as top:
            run = self.run_program(top)
        self.assertEqual(run.returncode, 1)
        self.assertIn("src/base/text.cpp:2: `atoi(` is banned", run.stdout)

    def test_says_how_it_is_called(self):
        self.assertEqual(self.run_program().returncode, 2)


class OneComposerTest(OffenceTest):
    def test_finds_a_front_end_that_composes_a_trace_itself(self):
        for word in ("transport::RawTransport raw;", "enrich::DnsResolver names;", "drive::Session session;",
                     "os::PortReservation ports;", "engine::Settings settings;"):
            found = found_in({"src/cli/app.cpp": GOOD["src/cli/app.cpp"] + word + "\n"})
            self.assert_only(found, "src/cli/app.cpp:5", "tracer::run()")


class LayersTest(OffenceTest):
    def test_finds_an_include_up_the_house(self):
        found = found_in({"src/base/text.hpp": SPDX + '#pragma once\n#include "cli/app.hpp"\n'})
        self.assertIn("src/base/text.hpp:3: base may not use cli (ARCHITECTURE.md holds the table)", found)

    def test_finds_an_include_of_tests(self):
        found = found_in({"src/cli/app.cpp": GOOD["src/cli/app.cpp"] + '#include "tests/support/build.hpp"\n'})
        self.assert_only(found, "src/cli/app.cpp:5", "nothing in src may use tests")

    def test_finds_an_include_that_names_no_module(self):
        found = found_in({"src/wire/reader.hpp": SPDX + '#pragma once\n#include "tcp.hpp"\n'})
        self.assert_only(found, "src/wire/reader.hpp:3", 'write "wire/tcp.hpp"')

    def test_ignores_an_include_in_a_comment(self):
        found = found_in({"src/wire/reader.hpp": SPDX + '#pragma once\n// #include "cli/app.hpp"\n'})
        self.assertEqual(found, [])

    def test_lets_unit_tests_use_everything(self):
        test = GOOD["src/base/text_test.cpp"] + '#include "tests/support/build.hpp"\n#include "cli/app.hpp"\n'
        self.assertEqual(found_in({"src/base/text_test.cpp": test}), [])

    def test_finds_a_module_that_the_table_does_not_know(self):
        found = found_in({
            "src/extra/CMakeLists.txt": "synroute_module(\n  extra\n  HEADERS a.hpp)\n",
            "src/extra/a.hpp": SPDX + "#pragma once\n"})
        self.assert_only(found, "src/extra/a.hpp:1", "extra is not in the table")

    def test_finds_a_forbidden_dependency_in_cmake(self):
        found = found_in({"src/base/CMakeLists.txt": GOOD["src/base/CMakeLists.txt"].replace(
            "SOURCES", "DEPENDS wire SOURCES")})
        self.assertIn("src/base/CMakeLists.txt:1: base may not depend on wire", found)

    def test_finds_a_dependency_that_is_used_and_not_listed(self):
        found = found_in({"src/wire/CMakeLists.txt": GOOD["src/wire/CMakeLists.txt"].replace("DEPENDS base\n  ", "")})
        self.assert_only(found, "src/wire/CMakeLists.txt:1", "includes base: add it")

    def test_finds_a_dependency_that_nothing_needs(self):
        found = found_in({"src/wire/tcp.hpp": SPDX + "#pragma once\n"})
        self.assert_only(found, "src/wire/CMakeLists.txt:1", "take it out of DEPENDS")

    def test_knows_what_an_include_brings_along(self):
        found = found_in({"src/cli/app.cpp": SPDX + '#include "wire/tcp.hpp"\n'})
        self.assertEqual(found, [])

    def test_finds_a_source_that_is_not_listed(self):
        found = found_in({"src/base/more_test.cpp": SPDX})
        self.assert_only(found, "src/base/more_test.cpp:1", "not listed in src/base/CMakeLists.txt")

    def test_finds_a_module_without_cmake_lists(self):
        found = found_in({"src/model/a.hpp": SPDX + "#pragma once\n"})
        self.assert_only(found, "src/model/a.hpp:1", "has no CMakeLists.txt")

    def test_finds_a_call_for_another_name(self):
        found = found_in({"src/cli/CMakeLists.txt": "synroute_module(other SOURCES app.cpp)\n"})
        self.assert_only(found, "src/cli/CMakeLists.txt:1", "no synroute_module(cli")

    def test_reads_the_documented_table(self):
        rows = "".join(
            f"| `{module}` | {', '.join(uses) or '–'} | pure |\n" for module, uses in layers.MAY_USE.items())
        self.assertEqual(found_in({"ARCHITECTURE.md": rows}), [])
        found = found_in({"ARCHITECTURE.md": rows.replace("| `wire` | base |", "| `wire` | base, model |")})
        self.assert_only(found, "ARCHITECTURE.md:1", "the row of wire says ['base', 'model']")

    def test_finds_a_module_that_the_documents_leave_out(self):
        rows = "".join(
            f"| `{module}` | {', '.join(uses) or '–'} | pure |\n"
            for module, uses in layers.MAY_USE.items() if module != "tui")
        self.assert_only(found_in({"ARCHITECTURE.md": rows}), "ARCHITECTURE.md:1", "the row of tui says None")

    def test_table_has_no_circle(self):
        for module in layers.MAY_USE:
            reached, edge = set(), {module}
            while edge:
                edge = {used for name in edge for used in layers.MAY_USE[name]} - reached
                reached |= edge
            self.assertNotIn(module, reached)


class BansTest(OffenceTest):
    PURE_LINES = [
        "auto t = std::chrono::steady_clock::now();", "timespec t; clock_gettime(0, &t);", "auto t = std::time(nullptr);",
        "std::this_thread::sleep_for(x);", 'std::cout << "x";', 'printf("x");', 'std::fprintf(f, "x");',
        'fmt::print("x");', "std::random_device seed;", 'auto v = std::getenv("X");', "std::ifstream in;",
        "namespace fs = std::filesystem;", "std::mutex guard;", "thread_local int x;", "if (errno == 0) {}",
        "try { f(); } catch (const E& e) {}", "std::exit(1);",
        "#include <sys/socket.h>", "#include <netinet/tcp.h>", "#include <arpa/inet.h>", "#include <unistd.h>",
        "#include <thread>", "#include <mutex>", "#include <iostream>", "#include <fstream>", "#include <filesystem>",
        "#include <ares.h>", "#include <nlohmann/json.hpp>", "#include <ctime>",
    ]
    ANYWHERE_LINES = [
        "int x = rand();", "int x = std::rand();", "srand(1);", "int x = atoi(y);", "strcpy(a, b);", "sprintf(a, b);",
        "using namespace std;", "auto* h = gethostbyname(x);", "char* t = strtok(a, b);",
        "// NOLINT", "// NOLINTNEXTLINE(bugprone-x)", "// NOLINT: reason only", "// " + "TO" "DO: later", "// X" "XX",
    ]
    TEST_LINES = [
        "std::this_thread::sleep_for(x);", "usleep(5);", "std::random_device seed;", "EXPECT_TRUE(true);",
        "TEST(A, DISABLED_B) {}", "GTEST_SKIP();",
    ]

    def test_finds_each_in_pure_modules_and_lets_cli_use_it(self):
        for line in self.PURE_LINES:
            with self.subTest(line=line):
                found = found_in({"src/base/text.cpp": GOOD["src/base/text.cpp"] + line + "\n"})
                self.assertTrue(found and all(f.startswith("src/base/text.cpp:7: ") for f in found), found)
                self.assertEqual(found_in({"src/cli/app.cpp": GOOD["src/cli/app.cpp"] + line + "\n"}), [])

    def test_finds_each_everywhere(self):
        for line in self.ANYWHERE_LINES:
            for path, number in (("src/cli/app.cpp", 5), ("src/base/text_test.cpp", 5)):
                with self.subTest(line=line, path=path):
                    found = found_in({path: GOOD[path] + line + "\n"})
                    self.assertTrue(found and all(f.startswith(f"{path}:{number}: ") for f in found), found)

    def test_finds_a_shell_in_the_program_but_not_in_tests(self):
        line = 'std::system("ls");\n'
        found = found_in({"src/cli/app.cpp": GOOD["src/cli/app.cpp"] + line})
        self.assert_only(found, "src/cli/app.cpp:5", "posix_spawn")
        self.assertEqual(found_in({"src/base/text_test.cpp": GOOD["src/base/text_test.cpp"] + line}), [])

    def test_takes_a_header_for_tests_as_a_test(self):
        header = SPDX + '#pragma once\n#include "wire/tcp.hpp"\n#include <gtest/gtest.h>\n'
        self.assertEqual(found_in({"src/base/texts_for_tests.hpp": header}), [])
        found = found_in({"src/base/texts_for_tests.hpp": header + "EXPECT_TRUE(true);\n"})
        self.assert_only(found, "src/base/texts_for_tests.hpp:5", "can be false")

    def test_finds_each_in_tests(self):
        for line in self.TEST_LINES:
            with self.subTest(line=line):
                found = found_in({"src/base/text_test.cpp": GOOD["src/base/text_test.cpp"] + line + "\n"})
                self.assertTrue(found and all(f.startswith("src/base/text_test.cpp:5: ") for f in found), found)

    def test_lets_words_that_look_alike_pass(self):
        lines = [
            "int operand(int);", "random.rand_();", "int snowprintf_x = 0;", 'GTEST_SKIP() << "no namespaces here";',
            "// NOLINTNEXTLINE(bugprone-x): the protocol wants it", "auto text = R\"(printf(\"x\") // atoi(\")\";",
            "#include <fmt/format.h>", "#include <algorithm>", "using namespace std::string_literals;", "clock.now_or_later();",
        ]
        for line in lines:
            with self.subTest(line=line):
                self.assertEqual(found_in({"src/base/text.cpp": GOOD["src/base/text.cpp"] + line + "\n"}), [])

    def test_each_message_says_what_to_write_instead(self):
        found = found_in({"src/base/text.cpp": SPDX + "std::random_device seed;\n"})
        self.assert_only(found, "src/base/text.cpp:2", "instead: take a Random with a seed from the caller")

    def test_finds_a_subtraction_from_a_size_in_wire_but_not_in_the_reader(self):
        code = SPDX + '#pragma once\n#include "base/text.hpp"\nauto end = data.size() - 4;\n'
        self.assert_only(found_in({"src/wire/tcp.hpp": code}), "src/wire/tcp.hpp:4", "Reader and Writer")

    def test_finds_a_left_over_in_a_script(self):
        self.assert_only(found_in({"dev": GOOD["dev"] + "# FIX" "ME\n"}), "dev:3", "left-over")


class FilesTest(OffenceTest):
    def test_finds_each_offending_file(self):
        for path, content, place, words in [
            ("src/base/text.hpp", "// Text.\n#pragma once\n", "src/base/text.hpp:1", "SPDX"),
            ("src/base/text.hpp", SPDX + "\n#pragma once\n", "src/base/text.hpp:2", "#pragma once"),
            ("tools/a.py", '"""Says."""\n', "tools/a.py:1", "SPDX"),
            ("dev", "#!/usr/bin/env bash\n", "dev:1", "SPDX"),
            ("README.md", b"caf\xe9\n", "README.md:1", "UTF-8"),
            ("README.md", "a\r\n", "README.md:1", "carriage"),
            ("README.md", "a\nb", "README.md:2", "line end"),
            ("cmake/a.cmake", "set(a) \n", "cmake/a.cmake:1", "space at the end"),
            ("cmake/a.cmake", "\tset(a)\n", "cmake/a.cmake:1", "tab"),
            ("docs/a.docx", "a\n", "docs/a.docx:1", "kind of file"),
            ("docs/a.txt", "a" * 300000 + "\n", "docs/a.txt:1", "nothing here is larger"),
            ("tests/run.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", "tests/run.sh:1", "no execute bit"),
        ]:
            with self.subTest(path=path, words=words):
                self.assert_only(found_in({path: content}), place, words)

    def test_finds_an_execute_bit_on_a_source(self):
        found = found_in({}, executable=("dev", "src/base/text.cpp"))
        self.assert_only(found, "src/base/text.cpp:1", "no #! line")

    def test_takes_captures_and_fuzz_inputs_as_bytes(self):
        self.assertEqual(found_in({"fuzz/corpus/tcp/1": b"\xff\x00", "tests/a.pcap": b"\xd4\xc3"}), [])


if __name__ == "__main__":
    unittest.main()
