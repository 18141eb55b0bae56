# SPDX-License-Identifier: Apache-2.0
"""The kinds of files in the tree, and the format of each."""

import re
import stat

LARGEST = 256 * 1024
# Lines of a C++ file of the program or the lab; unit tests may be longer.
LONGEST = 400

# Folders whose files are bytes for tests: captures and fuzz inputs. Everything else is text.
_BYTES = re.compile(r"^fuzz/corpus/|^fuzz/corpora/|\.pcap(?:ng)?$")
# Exact outputs of programs, which may have spaces at line ends.
_VERBATIM = re.compile(r"^tests/golden/|^tests/.*\.expected$|^LICENSE$|\.md$")
_TABS = re.compile(r"^debian/rules$|Makefile$")

_KINDS = {
    ".cpp", ".hpp", ".py", ".sh", ".cmake", ".md", ".txt", ".json", ".in", ".yml", ".scenario", ".expected",
    ".1", ".3", ".7", ".bash", ".zsh", ".fish", ".css", ".html", ".csv", ".dot", ".svg", ".xml", ".tape", ".nft",
    ".dict",
}
_NAMED = {
    "dev", "run", "LICENSE", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", ".gitattributes",
    ".shellcheckrc",
}
_WITH_SPDX = {".cpp", ".hpp", ".py", ".sh"}
_SPDX = "SPDX-License-Identifier: Apache-2.0"


def _is_kind_known(file):
    folder = file.path.split("/")[0]
    return file.suffix in _KINDS or file.name in _NAMED or folder in ("debian", "completions", "man")


def _text_offences(file):
    try:
        file.data.decode("utf-8")
    except UnicodeDecodeError:
        yield file.offence(1, "not UTF-8 text")
        return
    if b"\r" in file.data:
        yield file.offence(1, "carriage return: lines end in LF only")
    if file.data and not file.data.endswith(b"\n"):
        yield file.offence(file.text.count("\n") + 1, "no line end at the end of the file")
    if _VERBATIM.search(file.path):
        return
    for number, line in enumerate(file.text.split("\n"), 1):
        if line != line.rstrip():
            yield file.offence(number, "space at the end of the line")
        if "\t" in line and not _TABS.search(file.path):
            yield file.offence(number, "tab: indent with spaces")


def _spdx_offences(file):
    if file.suffix not in _WITH_SPDX and file.name not in ("dev", "run"):
        return
    lines = file.text.split("\n")
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if _SPDX not in first:
        yield file.offence(1, f"the first line must say {_SPDX}")


def _pragma_offences(file):
    if file.suffix == ".hpp" and not re.match(r"[^\n]*\n#pragma once\n", file.text):
        yield file.offence(2, "a header's second line is #pragma once")


def _length_offences(file):
    lines = file.text.count("\n")
    if file.is_cpp and not file.is_test and file.path.startswith(("src/", "lab/")) and lines > LONGEST:
        yield file.offence(LONGEST + 1, f"{lines} lines: the limit is {LONGEST}; move a part to a file of its own")


def _execute_offences(file):
    is_executable = bool(file.full.stat().st_mode & stat.S_IXUSR)
    is_script = file.data.startswith(b"#!")
    if is_executable and not is_script:
        yield file.offence(1, "has the execute bit and no #! line")
    if is_script and not is_executable:
        yield file.offence(1, "has a #! line and no execute bit")


def check(tree):
    for file in tree:
        if len(file.data) > LARGEST:
            yield file.offence(1, f"{len(file.data)} bytes: the limit is {LARGEST}; generate it")
        if _BYTES.search(file.path):
            continue
        if not _is_kind_known(file):
            yield file.offence(1, "unknown kind of file; tests/structure/files.py has the list")
        yield from _text_offences(file)
        yield from _spdx_offences(file)
        yield from _pragma_offences(file)
        yield from _length_offences(file)
        yield from _execute_offences(file)
