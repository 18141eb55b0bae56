# SPDX-License-Identifier: Apache-2.0
"""Calls of the two programs, and the comparison of their output."""

import dataclasses
import functools
import os
import re
import subprocess

from lab.programs import synroute_program

DEBIAN = "/usr/bin/tcptraceroute.mt"  # the alternative that the package of this name installs


@functools.cache
def original():
    """Path of Debian's tcptraceroute; None if it is not installed."""
    return DEBIAN if os.access(DEBIAN, os.X_OK) else None


def ours():
    """The binary under test, called as tcptraceroute."""
    return synroute_program()


def mask(text):
    """The text without what differs between two runs of one program: times and source ports."""
    text = re.sub(r"\d+\.\d{3} ms", "T ms", text)
    return re.sub(r", port \d+ for outgoing packets", ", port P for outgoing packets", text)


def without_banner(text):
    """Removes the three lines of name, copyright and source, which differ by intent."""
    return re.sub(r"\A\ntcptraceroute 1\.5beta7.*\n.*\n.*\n\n\Z", "\n<banner>\n\n", text)


@dataclasses.dataclass(frozen=True)
class Call:
    """Output and exit status of one call."""

    status: int
    out: str
    err: str

    @staticmethod
    def of(program, arguments, namespace=None, timeout=120, env=None, **options):
        """Runs a program as tcptraceroute, in `namespace` if given."""
        argv = ["tcptraceroute", *arguments]
        environment = {"PATH": os.environ["PATH"]} | (env or {})
        settings = {"executable": program, "env": environment} | options
        if namespace is not None:
            done = namespace.run(argv, timeout=timeout, **settings)
        else:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
                check=False, **settings,
            )  # fmt: skip
        return Call(done.returncode, done.stdout, done.stderr)

    def masked(self):
        """The form that is compared."""
        return Call(self.status, mask(without_banner(self.out)), mask(self.err))

    def __str__(self):
        return f"exit {self.status}\n--- stdout\n{self.out}--- stderr\n{self.err}---"


@dataclasses.dataclass(frozen=True)
class Situation:
    """One row of a table: a call, its network, and how Synroute's output differs.

    `differs` names the fields of `Call` in which ours is another, with what it says there; the
    other fields are the same. `why` names the row of the table of differences in the manual.
    """

    name: str
    arguments: tuple
    script: dict = dataclasses.field(default_factory=dict)
    differs: dict = dataclasses.field(default_factory=dict)
    why: str = ""


def check(test, situation, old, new):
    """Asserts that Synroute's output is the original's, or exactly the intended difference."""
    assert bool(situation.differs) == bool(situation.why), situation.name
    expected = dataclasses.replace(old.masked(), **situation.differs)
    note = f"{situation.name}\n$ tcptraceroute {' '.join(situation.arguments)}\n"
    note += f"theirs: {old}\nours: {new}"
    test.assertEqual(new.masked(), expected, note)
    if situation.differs:
        test.assertNotEqual(expected, old.masked(), f"no longer a difference: {note}")
