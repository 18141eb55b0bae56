# SPDX-License-Identifier: Apache-2.0
"""Checks documents against the tree: paths, links and ./dev commands that they name must exist."""

import pathlib
import posixpath
import re

# The first commands a reader of README.md meets.
OPENING = ["./dev trace", "./dev test"]

# Changes that "Where to add what" in ARCHITECTURE.md must describe: words of the first cell of a row.
ADDITIONS = [
    "middlebox", "scenario key", "header option", "exit status", "JSON field", "finding", "capture link type", "strategy",
    "output format", "command-line option",
]

_CODE_BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.*-]+)+/?")
_LINK = re.compile(r"\]\((?P<target>[^)#\s]+)[^)]*\)")
_DEV_CALL = re.compile(r"\./dev ([a-z-]+)")
_DEV_COMMANDS = re.compile(r"^cmd_([a-z]+)\(\)", re.MULTILINE)


def _line(text, position):
    return text.count("\n", 0, position) + 1


def _names_of(tree):
    """Every path by which a document may name a file, a pair of header and source, or a folder."""
    names = set()
    for file in tree:
        path = pathlib.PurePosixPath(file.path)
        names |= {file.path, *(str(folder) for folder in path.parents)}
        if file.is_cpp or file.suffix == ".py":
            names.add(str(path.with_suffix("")))
    return names | {name.removeprefix("src/") for name in names if name.startswith("src/")}


def _exists(path, names):
    if "*" in path:
        return any(pathlib.PurePosixPath(name).match(path) for name in names)
    return path.rstrip("/") in names


def _path_offences(file, names):
    """Only what begins with a folder of the project is a path of the project."""
    prose = _CODE_BLOCK.sub(lambda block: "\n" * block[0].count("\n"), file.text)
    for match in _IN_BACKTICKS.finditer(prose):
        path = match[1].removeprefix("./")
        if _PATH.fullmatch(path) and path.split("/")[0] in names - {"build"} and not _exists(path, names):
            yield file.offence(_line(prose, match.start()), f"`{path}` does not exist")


def _link_offences(file, names):
    for match in _LINK.finditer(file.text):
        target = match["target"]
        if "://" not in target:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target))
            if path not in names:
                yield file.offence(_line(file.text, match.start()), f"the link to {target} leads nowhere")


def _dev_offences(file, commands):
    for match in _DEV_CALL.finditer(file.text):
        if match[1] not in commands | {"help"}:
            yield file.offence(_line(file.text, match.start()), f"./dev has no command {match[1]}")


def _opening_offences(file):
    block = _CODE_BLOCK.search(file.text)
    lines = block[1].splitlines() if block else []
    if len(lines) != len(OPENING) or not all(map(str.startswith, lines, OPENING)):
        yield file.offence(1, f"the first code block must be the commands {' and '.join(OPENING)}")


def _addition_offences(file):
    section = re.search(r"^## Where to add what\n(.*?)(?=^## |\Z)", file.text, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\| ([^|]+) \|", section[1], re.MULTILINE) if section else []
    for words in ADDITIONS if section else []:
        if not any(words in cell for cell in cells):
            yield file.offence(1, f'"Where to add what" has no row for: {words}')


def check(tree):
    names = _names_of(tree)
    dev = next((file for file in tree if file.path == "dev"), None)
    commands = set(_DEV_COMMANDS.findall(dev.text)) if dev else set()
    for file in tree:
        if file.suffix != ".md":
            continue
        yield from _path_offences(file, names)
        yield from _link_offences(file, names)
        yield from _dev_offences(file, commands)
        if file.path == "README.md":
            yield from _opening_offences(file)
        if file.path == "ARCHITECTURE.md":
            yield from _addition_offences(file)
