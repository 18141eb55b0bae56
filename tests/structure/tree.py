# SPDX-License-Identifier: Apache-2.0
"""The source tree as the structure tests see it: which files, which module, code without its comments."""

import dataclasses
import functools
import pathlib
import re
import subprocess

CPP_SUFFIXES = {".cpp", ".hpp"}

# Raw strings first: they may hold anything. A quote behind a digit is a separator (1'000), not a character.
_TOKEN = re.compile(
    r'R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'
    r'|//[^\n]*|/\*.*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<name>"[^"\n]+"|<[^>\n]+>)', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Include:
    name: str
    line: int
    quoted: bool


@dataclasses.dataclass(frozen=True)
class Offence:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def blank(match):
    """The line ends of the match, so that line numbers stay correct."""
    kept = "\n" * match.group().count("\n")
    return kept + '""' if match.group().startswith(('"', "R")) else kept + " "


class SourceFile:
    """One file: `path` relative to the top, in POSIX form."""

    def __init__(self, top, path):
        self.path = path
        self.full = top / path
        self.suffix = pathlib.PurePosixPath(path).suffix
        self.name = pathlib.PurePosixPath(path).name

    @functools.cached_property
    def data(self):
        return self.full.read_bytes()

    @functools.cached_property
    def text(self):
        return self.data.decode("utf-8", errors="replace")

    @functools.cached_property
    def code(self):
        """C++ with comments and the insides of literals taken out."""
        return _TOKEN.sub(blank, self.text)

    @functools.cached_property
    def includes(self):
        without_comments = re.sub(r"//[^\n]*|/\*.*?\*/", blank, self.text, flags=re.DOTALL)
        return [
            Include(m["name"][1:-1], without_comments.count("\n", 0, m.start("name")) + 1, m["name"][0] == '"')
            for m in _INCLUDE.finditer(without_comments)
        ]

    @property
    def is_cpp(self):
        return self.suffix in CPP_SUFFIXES

    @property
    def is_test(self):
        """A unit test, or a header that unit tests share."""
        return self.name.endswith(("_test.cpp", "_for_tests.hpp"))

    @property
    def module(self):
        """The folder below src; None outside and for main.cpp."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else None

    def offence(self, line, message):
        return Offence(self.path, line, message)


def _listed_by_git(top):
    listed = subprocess.run(
        ["git", "-C", str(top), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True,
    ).stdout.decode()
    return [path for path in listed.split("\0") if path]


def _walked(top):
    for path in top.rglob("*"):
        parts = path.relative_to(top).parts
        if parts[0] not in ("build", ".git") and "__pycache__" not in parts:
            yield "/".join(parts)


def read_tree(top):
    """Every file of the project, sorted. Without git (a release archive), every file outside build/."""
    top = pathlib.Path(top)
    paths = _listed_by_git(top) if (top / ".git").exists() else _walked(top)
    return [SourceFile(top, path) for path in sorted(set(paths)) if (top / path).is_file()]
