#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the tree holds of the program's own output: manual, completions, picture, examples in documents.

usage: SYNROUTE=PROGRAM generate.py [--check]    ./dev generate; --check writes nothing and names what is out of date

An example in README.md or docs/*.md is the code block below a line "<!-- output of: synroute WORD... -->". Only
commands with the same output everywhere can stand there: demo and --help. The comparison with other tracers is the table
below a line "<!-- table from: docs/peers.md -->"; ./dev lab peers measures it.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import terminal_svg

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("SYNROUTE", str(TOP / "build" / "release" / "synroute"))

FROM_TABLES = {
    "man/synroute.1": "man",
    "completions/synroute.bash": "bash",
    "completions/_synroute": "zsh",
    "completions/synroute.fish": "fish",
}
PICTURE = "docs/trace.svg"
PICTURED = ["synroute demo", "synroute demo rejected"]
PEERS = "docs/peers.md"
# Heading in the README and name in docs/peers.md.
COMPARED = {
    "Synroute": "synroute", "`traceroute -T`": "traceroute", "`mtr -T`": "mtr", "`tcptraceroute`": "tcptraceroute",
}
_TABLE = re.compile(rf"(<!-- table from: {re.escape(PEERS)} -->\n+)(?:\|[^\n]*\n)+")
_EXAMPLE = re.compile(r"(<!-- output of: (synroute [^\n]+) -->\n+```\n).*?(^```$)", re.MULTILINE | re.DOTALL)


def output_of(command):
    """What a command prints on standard output. Standard error stays where it is; any exit status is an example."""
    words = shlex.split(command)
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run([PROGRAM, *words[1:]], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          timeout=60, check=False)
    if done.returncode not in (0, 1, 3, 4):
        raise RuntimeError(f"{command}: status {done.returncode}")
    return done.stdout.decode()


def with_examples(text):
    """The document with each example made anew."""
    return _EXAMPLE.sub(lambda block: f"{block[1]}$ {block[2]}\n{output_of(block[2])}{block[3]}", text)


def comparison():
    """The summary of docs/peers.md, one program a column."""
    lines = (TOP / PEERS).read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    heads = rows[0]
    found = {}
    for row in rows[2:]:
        found.setdefault(row[0], dict(zip(heads, row)))
    programs = [found[name] for name in COMPARED.values()]
    total = sum(int(programs[0][outcome]) for outcome in ("right", "wrong", "hangs"))
    table = {
        "version": "version", f"right, of {total} networks": "right", "a wrong or missing hop, or a wrong port state": "wrong",
        "no result after 60 s": "hangs", "median time of a trace": "median time", "time for all networks": "total time",
    }
    made = [["", *COMPARED], ["---"] * (len(COMPARED) + 1)]
    made += [[label, *(program[column] for program in programs)] for label, column in table.items()]
    return "".join("| " + " | ".join(row) + " |\n" for row in made)


def with_generated_parts(text):
    return _TABLE.sub(lambda table: table[1] + comparison(), with_examples(text))


def picture():
    shown = "\n".join(f"\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m\n{output_of(command + ' --color always')}" for command in PICTURED)
    return terminal_svg.draw(shown, "Two traces of synroute: one to an open port, one to a port that a router rejects")


def generated():
    """{path: content} of everything that is made."""
    files = {path: output_of(f"synroute generate {kind}") for path, kind in FROM_TABLES.items()}
    files[PICTURE] = picture()
    for document in [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]:
        text = document.read_text(encoding="utf-8")
        if _EXAMPLE.search(text) or _TABLE.search(text):
            files[str(document.relative_to(TOP))] = with_generated_parts(text)
    return files


def out_of_date():
    """{path: content} of what is not in the tree as it would be made now."""
    return {path: content for path, content in generated().items()
            if not (TOP / path).exists() or (TOP / path).read_text(encoding="utf-8") != content}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    found = out_of_date()
    for path, content in found.items():
        if not arguments:
            (TOP / path).write_text(content, encoding="utf-8")
        print(f"{path}: {'out of date; ./dev generate writes it' if arguments else 'written'}")
    return 1 if found and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
