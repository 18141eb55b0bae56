# SPDX-License-Identifier: Apache-2.0
"""Both programs on a chain of real Linux routers: firewalls, missing routes, address translation."""

import unittest

import compat
from compat import Call, Situation
from compat.setup import require_both
from lab import chain

CHAIN = None


def setUpModule():
    global CHAIN
    require_both()
    CHAIN = compat.lab.Chain(delay_us=4000, delay_after=9)


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def to(which, port, *arguments):
    address = chain.target_address(which)
    return Situation(f"{address} {port} {' '.join(arguments)}", ("-n", *arguments, address, str(port)))


# The original waits a second for each probe of the silent row before an open port: one probe is enough.
TABLE = [
    to(chain.PLAIN, chain.OPEN),
    to(chain.PLAIN, chain.CLOSED),
    to(chain.PLAIN, "80", "-q", "5"),
    to(chain.PLAIN, chain.OPEN, "-q", "1"),
    to(chain.PLAIN, chain.OPEN, "-f", "12"),
    to(chain.PLAIN, chain.OPEN, "-m", "5"),
    to(chain.PLAIN, chain.OPEN, "-E"),
    to(chain.PLAIN, chain.CLOSED, "-E", "-t", "16", "-F"),
    to(chain.PLAIN, chain.OPEN, "-A"),
    to(chain.PLAIN, chain.OPEN, "-S", "-A"),
    to(chain.PLAIN, chain.OPEN, "-l", "1400"),
    to(chain.PLAIN, chain.OPEN, "-p", "4321"),
    to(chain.PLAIN, chain.OPEN, "-i", "right"),
    to(chain.PLAIN, chain.OPEN, "--track-port"),
    to(chain.PLAIN, chain.DROPPED, "-w", "1", "-q", "1", "-f", "11", "-m", "14"),
    to(chain.PLAIN, chain.DROPPED_HALFWAY, "-w", "1", "-q", "1", "-f", "5", "-m", "8"),
    to(chain.ECMP, chain.OPEN, "-p", "4322", "-q", "2"),
    # Ends before the target: its resets remove the connection from the NAT while errors about other probes are
    # still under way.
    to(chain.DNAT, chain.OPEN, "-m", "12"),
    to(chain.DNAT, chain.OPEN, "-m", "12", "--dnat"),
    to(chain.DNAT, chain.OPEN, "-m", "12", "--no-dnat-strict"),
    to(chain.DNAT, chain.OPEN, "-f", "13"),
    to(chain.SNAT, chain.OPEN),
    to(chain.SILENT, chain.OPEN, "-w", "1", "-q", "1"),
    to(chain.NO_HOST, chain.OPEN),
    to(chain.PROHIBITED, chain.OPEN),
    to(chain.BLACK_HOLE, chain.OPEN, "-w", "1", "-q", "1", "-f", "6", "-m", "9"),
    *(
        to(chain.PLAIN, first + code, "-f", "6")
        for first in (chain.REJECTED_HALFWAY, chain.REJECTED_AT_TARGET)
        for code in (*chain.REJECTS[4].values(), chain.RESET)
    ),
]


class SameBytes(unittest.TestCase):
    def test_every_path_and_port_of_the_chain(self):
        for situation in TABLE:
            with self.subTest(situation.name):
                old, new = (
                    Call.of(program, situation.arguments, CHAIN.host)
                    for program in (compat.original(), compat.ours())
                )
                compat.check(self, situation, old, new)

    def test_no_route(self):
        for address in ("198.51.100.1", "10.0.0.1"):
            situation = Situation(address, (address,))
            old, new = (
                Call.of(program, situation.arguments, CHAIN.host)
                for program in (compat.original(), compat.ours())
            )
            compat.check(self, situation, old, new)

    def test_a_local_firewall_that_drops_all_probes(self):
        rules = "chain output { type filter hook output priority 0;\ntcp dport 443 drop\n}"
        arguments = ("-n", chain.target_address(), "443")
        with CHAIN.host_firewall(rules):
            old = Call.of(compat.original(), arguments, CHAIN.host)
            new = Call.of(compat.ours(), arguments, CHAIN.host)
        reason = "This host did not let the packet out: not permitted\n"
        situation = Situation(
            "local firewall", arguments, differs={"err": old.masked().err + reason}, why="send failure"
        )
        compat.check(self, situation, old, new)

    def test_a_packet_longer_than_the_link(self):
        arguments = ("-n", "-l", "2000", chain.target_address(), "443")
        old = Call.of(compat.original(), arguments, CHAIN.host)
        new = Call.of(compat.ours(), arguments, CHAIN.host)
        reason = new.masked().err.removeprefix(old.masked().err)
        situation = Situation(
            "too long", arguments, differs={"err": old.masked().err + reason}, why="send failure"
        )
        self.assertRegex(new.err, r"\nThis host did not let the packet out: .*\n\Z")
        compat.check(self, situation, old, new)

    def test_a_host_that_is_not_there(self):
        """The last router gives up on its neighbour after three seconds; both programs receive its error."""
        arguments = ("-n", "-f", "12", "-m", "14", "203.0.113.200")
        router = CHAIN.router(12)
        for program in (compat.original(), compat.ours()):
            done = Call.of(program, arguments, CHAIN.host)
            self.assertEqual(done.status, 0, done)
            self.assertRegex(done.masked().out, rf"(?m)^13  [* ]*{router} +T ms !H", done)

    def test_ipv6_rows_look_alike(self):
        target = chain.target_address(chain.PLAIN, 6)
        done = Call.of(compat.ours(), ("-n", target, str(chain.OPEN)), CHAIN.host).masked()
        routers = [
            f"{hop:2}  {CHAIN.router(hop, 6)}  T ms  T ms  T ms\n" for hop in range(1, CHAIN.distance)
        ]
        self.assertEqual(done.out, "".join(routers) + f"13  {target} [open]  T ms  T ms  T ms\n")
        self.assertEqual(
            done.err,
            f"Selected device right, address {CHAIN.host_address(6)}, port P for outgoing packets\n"
            f"Tracing the path to {target} on TCP port 443 (https), 30 hops max\n",
        )
        self.assertEqual(done.status, 0)

    def test_ipv6_marks(self):
        marks = {0: "!N", 1: "!A", 3: "!H", 4: "!p", 5: "!A", 6: "!A"}
        target = chain.target_address(chain.PLAIN, 6)
        for code in chain.REJECTS[6].values():
            port = str(chain.REJECTED_HALFWAY + code)
            done = Call.of(compat.ours(), ("-n", "-f", "7", target, port), CHAIN.host).masked()
            times = f"  T ms {marks[code]}" * 3
            self.assertEqual(done.out, f" 7  {CHAIN.router(6, 6)}{times}\n", code)
            self.assertEqual(done.status, 0)


if __name__ == "__main__":
    compat.main()
