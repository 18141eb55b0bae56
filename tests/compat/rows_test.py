# SPDX-License-Identifier: Apache-2.0
"""Hop lines, headers, endings: both programs on the same network, which answers from a table."""

import concurrent.futures
import unittest

import compat
from compat import (
    ACK, CWR, ECE, FIN, PSH, RST, SYN, URG, Call, Expired, Icmp, Responder, Situation, Tcp, Unreachable,
)  # fmt: skip
from compat.setup import require_both

A, B, TARGET = "192.0.2.1", "192.0.2.2", "203.0.113.80"
NAMED, PRIVATE, SHARED = "198.51.100.1", "10.1.2.3", "100.64.0.1"
OPEN, CLOSED = Tcp(), Tcp(flags=RST | ACK)

# The original waits at least one second for an unanswered probe, so most calls probe one row and wait one
# second.
ONE = ("-n", "-w", "1", "-f", "3", "-m", "3", TARGET)


def row(name, *answers, arguments=(), differs=None, why=""):
    """One hop whose probes get these answers."""
    script = {3: list(answers)}
    more = ("-q", str(len(answers))) if len(answers) != 3 else ()
    return Situation(
        name, (*more, *arguments, *ONE), script, differs={"out": differs} if differs else {}, why=why
    )


ROWS = [
    row("one router", Expired(A), Expired(A), Expired(A)),
    row("silent", None, None, None),
    row("lost, router, router", None, Expired(A), Expired(A)),
    row("lost, lost, router", None, None, Expired(B)),
    row("router, lost, router", Expired(A), None, Expired(A)),
    row("router, lost, lost", Expired(A), None, None),
    row("router, router, lost", Expired(A), Expired(A), None),
    row("lost, router, lost", None, Expired(A), None),
    row(
        "router, lost, another router", Expired(A), None, Expired(B),
        differs=" 3  192.0.2.1  T ms *\n    192.0.2.2  T ms\n", why="router behind a time-out",
    ),  # fmt: skip
    row("router, another, the first", Expired(A), Expired(B), Expired(A)),
    row("lost, router, another", None, Expired(A), Expired(B)),
    row("three routers", Expired(A), Expired(B), Expired("192.0.2.3")),
    row("open", OPEN, OPEN, OPEN),
    row("closed", CLOSED, CLOSED, CLOSED),
    row("open, closed, open", OPEN, CLOSED, OPEN),
    row("closed, open, closed", CLOSED, OPEN, CLOSED),
    row("open, lost, closed", OPEN, None, CLOSED),
    row("lost, open, closed", None, OPEN, CLOSED),
    row("lost, closed, closed", None, CLOSED, CLOSED),
    row("closed, lost, closed", CLOSED, None, CLOSED),
    row("open, lost, lost", OPEN, None, None),
    row("router, open, closed", Expired(A), OPEN, CLOSED),
    row(
        "open, router, open", OPEN, Expired(A), OPEN,
        differs=f" 3  {TARGET} [open]  T ms\n    {A}  T ms\n    {TARGET} [open]  T ms\n",
        why="state of a target that reappears",
    ),  # fmt: skip
    row("unreachable", Unreachable(A), Unreachable(A), Unreachable(A)),
    row("unreachable, router, lost", Unreachable(A), Expired(A), None),
    row("unreachable from the target", *(Unreachable(TARGET, code=13),) * 3),
    row("unreachable and open", Unreachable(A), OPEN, OPEN),
    row("one probe, lost", None),
    row("one probe, open", OPEN),
    row("two probes", Expired(A), Expired(B)),
    row("five probes", *(Expired(A),) * 5),
    row("other code of time exceeded", *(Expired(A, code=1),) * 3),
    row("time exceeded from the target", *(Expired(TARGET),) * 3),
    row("late by half a second", *(Expired(A, delay=0.5),) * 3),
    row("later than the wait", *(Expired(A, delay=1.5),) * 3),
]

STATES = [
    row(f"state {flags:#04x}", *(Tcp(flags=flags),) * 3)
    for flags in (
        SYN | ACK | ECE, SYN | ACK | ECE | CWR, SYN | ACK | PSH, RST, RST | SYN | ACK, RST | PSH,
        ACK, SYN, ACK | PSH, 0, FIN, FIN | ACK, URG, SYN | FIN | PSH | URG | CWR | ECE,
    )
]  # fmt: skip

CODES = [
    row(f"unreachable, code {code}", *(Unreachable(A, code=code),) * 3) for code in (*range(17), 255)
]

ELSEWHERE = {"quote_target": "10.9.8.7"}
OTHER_PORT = {"quote_port": 8080}
DNAT = [
    row("rewritten, not asked about", *(Expired(B, **ELSEWHERE),) * 3),
    row("rewritten", *(Expired(B, **ELSEWHERE),) * 3, arguments=("--dnat",)),
    row(
        "rewritten in between", Expired(A), Expired(B, **ELSEWHERE), Expired(A), arguments=("--dnat",)
    ),
    row("rewritten, same router", Expired(A), Expired(A, **ELSEWHERE), Expired(A),
        arguments=("--dnat",)),
    row("rewritten port", *(Expired(B, **OTHER_PORT),) * 3, arguments=("--dnat",)),
    row("rewritten address and port", *(Expired(B, **ELSEWHERE, **OTHER_PORT),) * 3,
        arguments=("--dnat",)),
    row("rewritten, then off again", *(Expired(B, **ELSEWHERE),) * 3,
        arguments=("--dnat", "--no-dnat")),
    row("rewritten, strict", *(Expired(B, **ELSEWHERE),) * 3, arguments=("--no-dnat-strict",)),
    row("rewritten port, strict", *(Expired(B, **OTHER_PORT),) * 3, arguments=("--no-dnat-strict",)),
    row("unreachable, rewritten, strict", *(Unreachable(B, **ELSEWHERE),) * 3,
        arguments=("--no-dnat-strict",)),
]  # fmt: skip

ROUTERS = {1: Expired(A), 2: Expired(NAMED), 3: Expired(PRIVATE), 4: Expired(SHARED)}
TO_OPEN, TO_CLOSED = ROUTERS | {5: OPEN}, ROUTERS | {5: CLOSED}
TO_TEN = {ttl: Expired(A) for ttl in range(1, 12)} | {12: OPEN}


def path(name, *arguments, script=None, differs=None, why=""):
    return Situation(name, arguments, TO_OPEN if script is None else script, differs or {}, why)


PATHS = [
    path("open", "-n", TARGET),
    path("closed", "-n", TARGET, "443", script=TO_CLOSED),
    path("names", TARGET),
    path("names of private addresses too", "-N", TARGET),
    path("numbers after all", "-N", "-n", TARGET),
    path("target by name", "shop.example"),
    path("port by name", "shop.example", "https"),
    path("port by alias", "shop.example", "www"),
    path("port without a name", "-n", TARGET, "4711"),
    path("port 0", "-n", TARGET, "0"),
    path("target in hexadecimal", "-n", "0xcb007150"),
    path("target in three parts", "-n", "203.0.29008"),
    path("long packets", "-n", "-l", "100", TARGET),
    path("long packets by the third operand", "-n", TARGET, "80", "60"),
    path("length below the least", "-n", "-l", "20", TARGET),
    path("length 0", "-n", "-l", "0", TARGET),
    path("last TTL before the target", "-n", "-m", "4", TARGET),
    path("first TTL", "-n", "-f", "4", TARGET),
    path("first TTL is the target's", "-n", "-f", "5", TARGET),
    path("one probe", "-n", "-q", "1", TARGET),
    path("options behind operands", TARGET, "-n", "80", "-m4"),
    path("two-digit TTLs", "-n", TARGET, script=TO_TEN),
    path("as a script asks", "-n", "-f", "255", "-m", "255", "-q", "1", "-w", "1", TARGET,
         script={255: OPEN}),
    path("as a script asks, filtered", "-n", "-f", "255", "-m", "255", "-q", "1", "-w", "1", TARGET),
    path("no answer anywhere", "-n", "-w", "1", "-q", "1", "-m", "3", TARGET, script={}),
    path("a silent end", "-n", "-w", "1", "-q", "1", "-m", "7", TARGET, script=ROUTERS),
    path("a silent router", "-n", "-w", "1", "-q", "1", TARGET, script=TO_OPEN | {2: None}),
    path("ACK probes", "-n", "-A", TARGET, script=TO_OPEN | {5: Tcp(flags=RST, acknowledges=0)}),
    path("SYN and ACK probes", "-n", "-S", "-A", TARGET,
         script=TO_OPEN | {5: Tcp(flags=RST, acknowledges=0)}),
    path("ECN probes", "-n", "-E", TARGET, script=TO_OPEN | {5: Tcp(flags=SYN | ACK | ECE)}),
    path("a port per probe", "-n", "--track-port", TARGET),
    path("quotes of 8 bytes less are useless to both", "-n", "-w", "1", "-q", "1", "-m", "2", TARGET,
         script={1: Expired(A), 2: Expired(B, quote_bytes=27)}),
    path("other kinds of ICMP are not heard", "-n", "-w", "1", "-q", "1", "-m", "2", TARGET,
         script={1: Expired(A), 2: Icmp(source=B, type=12)}),
    path("segments of others are not heard", "-n", "-w", "1", "-q", "1", "-m", "1", TARGET,
         script={1: Tcp(source="203.0.113.81")}),
    path("answers twice", "-n", TARGET, script={1: Expired(A, copies=2), 2: CLOSED}),
    path(
        "rewritten IP IDs", "-n", "-w", "1", "-q", "1", "-m", "2", TARGET,
        script={1: Expired(A), 2: Expired(B, quote_id=7)},
        differs={"out": " 1  192.0.2.1  T ms\n 2  192.0.2.2  T ms\n"}, why="rewritten IP ID",
    ),
    path(
        "SYN|ACK after the wait", "-n", "-w", "1", "-q", "2", "-f", "2", "-m", "2", TARGET,
        script={2: [Tcp(delay=1.2), None]},
        differs={"status": 1, "out": " 2  * *\n"}, why="late or duplicate answers",
    ),
    path(
        "debugging", "-d", "-n", "-q", "2", "-m", "1", TARGET,
        differs={"out": " 1  192.0.2.1  T ms  T ms\n"}, why="`-d`",
    ),
]  # fmt: skip
# Differences on standard error; the rest of such a call is compared as usual.
IGNORES_STDERR = {"debugging", "SYN|ACK after the wait"}


def setUpModule():
    require_both()


AT_ONCE = 8  # mostly spent waiting for unanswered probes


def call(program, situation, more=()):
    with Responder(situation.script) as network:
        return Call.of(program, (*more, *situation.arguments), network.host)


class SameBytes(unittest.TestCase):
    def check(self, table, more=()):
        def both(situation):
            return call(compat.original(), situation), call(compat.ours(), situation, more)

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            calls = list(pool.map(both, table))
        for situation, (old, new) in zip(table, calls, strict=True):
            with self.subTest(situation.name):
                if situation.name in IGNORES_STDERR:
                    old = Call(old.status, old.out, "")
                    new = Call(new.status, new.out, "")
                compat.check(self, situation, old, new)

    def test_rows(self):
        self.check(ROWS)

    def test_states(self):
        self.check(STATES)

    def test_codes(self):
        self.check(CODES)

    def test_dnat(self):
        self.check(DNAT)

    def test_paths(self):
        self.check(PATHS)

    def test_one_probe_at_a_time(self):
        self.check([each for each in ROWS + STATES if not each.differs], ("--sequential",))

    def test_enough_situations(self):
        same = [each for each in ROWS + STATES + CODES + DNAT + PATHS if not each.differs]
        self.assertGreaterEqual(len(same), 100)


if __name__ == "__main__":
    compat.main()
