#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the structure checks: a small correct tree passes; each offence is found with its file and line."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import check_structure
import documents
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
    """A tree in a temporary folder: the correct one with `changes` applied."""

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

    def test_prints_its_usage(self):
        self.assertEqual(self.run_program().returncode, 2)


class OneComposerTest(OffenceTest):
    def test_finds_a_front_end_that_composes_a_trace_itself(self):
        for word in ("transport::RawTransport raw;", "enrich::DnsResolver names;", "drive::Session session;",
                     "os::PortReservation ports;", "engine::Settings settings;"):
            found = found_in({"src/cli/app.cpp": GOOD["src/cli/app.cpp"] + word + "\n"})
            self.assert_only(found, "src/cli/app.cpp:5", "tracer::run()")


class LayersTest(OffenceTest):
    def test_finds_an_include_of_a_higher_module(self):
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

    def test_follows_indirect_includes(self):
        found = found_in({"src/cli/app.cpp": SPDX + '#include "wire/tcp.hpp"\n'})
        self.assertEqual(found, [])

    def test_finds_a_source_that_is_not_listed(self):
        found = found_in({"src/base/more_test.cpp": SPDX})
        self.assert_only(found, "src/base/more_test.cpp:1", "not listed in src/base/CMakeLists.txt")

    def test_finds_a_module_without_cmake_lists(self):
        found = found_in({"src/model/a.hpp": SPDX + "#pragma once\n"})
        self.assert_only(found, "src/model/a.hpp:1", "has no CMakeLists.txt")

    def test_finds_a_module_of_another_name(self):
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

    def test_table_has_no_cycle(self):
        for module in layers.MAY_USE:
            reached, edge = set(), {module}
            while edge:
                edge = {used for name in edge for used in layers.MAY_USE[name]} - reached
                reached |= edge
            self.assertNotIn(module, reached)


def module_wire(headers):
    """The module wire with additional headers: {path below wire: headers of wire that it includes}."""
    changes = {"src/wire/CMakeLists.txt": "synroute_module(\n  wire\n  DEPENDS base\n  HEADERS "
                                          + " ".join(["reader.hpp", "tcp.hpp", *headers]) + ")\n"}
    for path, included in headers.items():
        changes[f"src/wire/{path}"] = SPDX + "#pragma once\n" + "".join(f'#include "wire/{name}"\n' for name in included)
    return changes


class FoldersTest(OffenceTest):
    def test_accepts_folders_that_use_one_another_in_one_direction(self):
        self.assertEqual(found_in(module_wire({
            "ip/v4.hpp": ["ip/v6.hpp", "bits/word.hpp"], "ip/v6.hpp": ["bits/word.hpp"], "bits/word.hpp": ["reader.hpp"],
            "packet.hpp": ["ip/v4.hpp", "tcp.hpp"]})), [])

    def test_accepts_files_of_one_folder_that_include_one_another(self):
        self.assertEqual(found_in(module_wire({"ip/v4.hpp": ["ip/v6.hpp"], "ip/v6.hpp": ["ip/v4.hpp"]})), [])

    def test_finds_two_folders_that_include_each_other(self):
        found = found_in(module_wire({"ip/v4.hpp": ["bits/word.hpp"], "bits/word.hpp": ["tcp.hpp", "ip/v4.hpp"]}))
        self.assert_only(found, "src/wire/bits/word.hpp:4", "a cycle of includes: wire/bits -> wire/ip -> wire/bits")

    def test_finds_a_cycle_through_different_files_of_a_folder(self):
        found = found_in(module_wire({
            "ip/v4.hpp": ["bits/word.hpp"], "ip/v6.hpp": [], "bits/word.hpp": [], "bits/byte.hpp": ["ip/v6.hpp"]}))
        self.assert_only(found, "src/wire/bits/byte.hpp:3", "wire/bits -> wire/ip -> wire/bits")

    def test_finds_a_cycle_of_three_folders_once(self):
        found = found_in(module_wire({"b/b.hpp": ["c/c.hpp"], "c/c.hpp": ["a/a.hpp"], "a/a.hpp": ["b/b.hpp"]}))
        self.assert_only(found, "src/wire/a/a.hpp:3", "wire/a -> wire/b -> wire/c -> wire/a")

    def test_finds_a_cycle_between_files_at_the_top_of_a_module(self):
        found = found_in(module_wire({"frame.hpp": ["packet.hpp"], "packet.hpp": ["frame.hpp"]}))
        self.assert_only(found, "src/wire/frame.hpp:3", "wire/frame -> wire/packet -> wire/frame")

    def test_finds_a_cycle_between_a_folder_and_a_file_at_the_top(self):
        found = found_in(module_wire({"ip/v4.hpp": ["packet.hpp"], "packet.hpp": ["ip/v4.hpp"]}))
        self.assert_only(found, "src/wire/ip/v4.hpp:3", "wire/ip -> wire/packet -> wire/ip")

    def test_takes_a_header_and_its_source_as_one(self):
        changes = module_wire({"frame.hpp": [], "packet.hpp": ["frame.hpp"]})
        changes["src/wire/CMakeLists.txt"] = changes["src/wire/CMakeLists.txt"].replace(
            "HEADERS", "SOURCES frame.cpp\n  HEADERS")
        changes["src/wire/frame.cpp"] = SPDX + '#include "wire/packet.hpp"\n'
        found = found_in(changes)
        self.assert_only(found, "src/wire/frame.cpp:2", "wire/frame -> wire/packet -> wire/frame")

    def test_lets_unit_tests_include_any_folder(self):
        changes = module_wire({"ip/v4.hpp": ["bits/word.hpp"], "bits/word.hpp": []})
        changes["src/wire/CMakeLists.txt"] = changes["src/wire/CMakeLists.txt"].replace(
            "HEADERS", "TESTS bits/word_test.cpp\n  HEADERS")
        changes["src/wire/bits/word_test.cpp"] = SPDX + '#include "wire/ip/v4.hpp"\n'
        self.assertEqual(found_in(changes), [])

    ROWS = "".join(f"| `{module}` | {', '.join(uses) or '–'} | pure |\n" for module, uses in layers.MAY_USE.items())

    def test_accepts_a_table_of_the_existing_folders(self):
        changes = module_wire({"ip/v4.hpp": [], "ip/options/mss.hpp": [], "packet.hpp": []})
        changes["ARCHITECTURE.md"] = self.ROWS + "| `wire/ip` | IP |\n| `wire/ip/options` | its options |\n"
        self.assertEqual(found_in(changes), [])

    def test_finds_a_folder_without_a_row(self):
        changes = {**module_wire({"ip/v4.hpp": []}), "ARCHITECTURE.md": self.ROWS}
        self.assert_only(found_in(changes), "ARCHITECTURE.md:1", "the folder wire/ip has no row")

    def test_finds_a_row_without_files(self):
        found = found_in({"ARCHITECTURE.md": self.ROWS + "| `wire/ip` | IP |\n"})
        self.assertIn("ARCHITECTURE.md:1: the folder wire/ip has a row and no files in the table of folders", found)


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

    def test_finds_a_left_over_mark_in_a_script(self):
        self.assert_only(found_in({"dev": GOOD["dev"] + "# FIX" "ME\n"}), "dev:3", "do it now")


class FilesTest(OffenceTest):
    def test_finds_each_offending_file(self):
        for path, content, place, words in [
            ("src/base/text.hpp", "// Text.\n#pragma once\n", "src/base/text.hpp:1", "SPDX"),
            ("src/base/text.hpp", SPDX + "\n#pragma once\n", "src/base/text.hpp:2", "#pragma once"),
            ("tools/a.py", '"""Says."""\n', "tools/a.py:1", "SPDX"),
            ("dev", "#!/usr/bin/env bash\n", "dev:1", "SPDX"),
            ("SECURITY.md", b"caf\xe9\n", "SECURITY.md:1", "UTF-8"),
            ("SECURITY.md", "a\r\n", "SECURITY.md:1", "carriage"),
            ("SECURITY.md", "a\nb", "SECURITY.md:2", "line end"),
            ("cmake/a.cmake", "set(a) \n", "cmake/a.cmake:1", "space at the end"),
            ("cmake/a.cmake", "\tset(a)\n", "cmake/a.cmake:1", "tab"),
            ("docs/a.docx", "a\n", "docs/a.docx:1", "unknown kind of file"),
            ("docs/a.txt", "a" * 300000 + "\n", "docs/a.txt:1", "the limit is"),
            ("tests/run.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", "tests/run.sh:1", "no execute bit"),
        ]:
            with self.subTest(path=path, words=words):
                self.assert_only(found_in({path: content}), place, words)

    def test_finds_a_source_of_more_than_400_lines_but_not_a_unit_test(self):
        line = "// x\n"
        source, test = "src/base/text.cpp", "src/base/text_test.cpp"
        self.assertEqual(found_in({source: SPDX + line * 399, test: SPDX + line * 900}), [])
        self.assert_only(found_in({source: SPDX + line * 400}), source + ":401", "401 lines")

    def test_finds_an_execute_bit_on_a_source(self):
        found = found_in({}, executable=("dev", "src/base/text.cpp"))
        self.assert_only(found, "src/base/text.cpp:1", "no #! line")

    def test_takes_captures_and_fuzz_inputs_as_bytes(self):
        self.assertEqual(found_in({"fuzz/corpus/tcp/1": b"\xff\x00", "tests/a.pcap": b"\xd4\xc3"}), [])


class DocumentsTest(OffenceTest):
    TREE = {
        "dev": GOOD["dev"] + "cmd_trace() {\n  :\n}\ncmd_test() {\n  :\n}\n",
        "docs/a.md": "# A\n",
        "README.md": "# It\n\n```\n./dev trace HOST   # traces\n./dev test\n```\n",
    }

    def found_with(self, path, content):
        return found_in({**self.TREE, path: content})

    def test_accepts_paths_links_and_commands_that_exist(self):
        self.assertEqual(self.found_with("docs/b.md", "\n".join([
            "`src/base/text.hpp` `base/text.cpp` `base/text` `src/wire` `wire/` `src/*/CMakeLists.txt` `base/t*.cpp`",
            "`synroute/base/text.hpp` `and/or` `./dev test` `build/dev` [a](a.md) [up](../README.md#it) [x](https://x.example/y)",
            "```", "src/base/lost.hpp", "```", ""])), [])

    def test_finds_a_path_that_does_not_exist(self):
        for path in ("src/base/lost.hpp", "base/lost", "docs/lost.md", "src/base/l*.hpp"):
            with self.subTest(path=path):
                found = self.found_with("docs/b.md", f"```\nx\n```\nSee `{path}`.\n")
                self.assert_only(found, "docs/b.md:4", f"`{path}` does not exist")

    def test_finds_a_link_that_leads_nowhere(self):
        found = self.found_with("docs/b.md", "\n[b](docs/a.md)\n")
        self.assert_only(found, "docs/b.md:2", "docs/a.md leads nowhere")

    def test_finds_a_command_that_dev_does_not_have(self):
        self.assert_only(self.found_with("docs/b.md", "`./dev trac x`\n"), "docs/b.md:1", "no command trac")

    def test_finds_a_readme_that_opens_with_something_else(self):
        for block in ("./dev test\n./dev trace HOST\n", "./dev trace HOST\n", "./dev trace A\n./dev test\n./dev test\n"):
            with self.subTest(block=block):
                found = self.found_with("README.md", f"# It\n\n```\n{block}```\n")
                self.assert_only(found, "README.md:1", "the first code block")

    def additions(self, words):
        rows = "".join(f"| `{module}` | {', '.join(uses) or '–'} | pure |\n" for module, uses in layers.MAY_USE.items())
        return rows + "## Where to add what\n\n" + "".join(f"| a {name} | a file |\n" for name in words) + "## Next\n"

    def test_accepts_instructions_for_each_addition(self):
        self.assertEqual(self.found_with("ARCHITECTURE.md", self.additions(documents.ADDITIONS)), [])

    def test_finds_an_addition_without_instructions(self):
        found = self.found_with("ARCHITECTURE.md", self.additions(documents.ADDITIONS[1:]) + "| a middlebox | elsewhere |\n")
        self.assert_only(found, "ARCHITECTURE.md:1", "no row for: middlebox")


if __name__ == "__main__":
    unittest.main()
