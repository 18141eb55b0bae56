# SPDX-License-Identifier: Apache-2.0
"""Answers are attributed to the right probe: many runs over a delay, and paths that rewrite quotes."""

import collections
import unittest

import lab
from lab import chain, programs

RUNS = 1000
AT_ONCE = 12


def setUpModule():
    lab.require()
    lab.require_synroute()


def many(namespace, argv, runs):
    """Runs the same trace `runs` times, AT_ONCE in parallel; yields the outcomes."""
    started = collections.deque()
    for number in range(runs + AT_ONCE):
        if number < runs:
            started.append(namespace.popen(argv))
        if number >= AT_ONCE and started:
            process = started.popleft()
            out, err = process.communicate(timeout=60)
            yield programs.outcome_of("synroute", argv, process.returncode, 0.0, out, err)


def in_flight(packets, target):
    """The largest number of probes of one trace that were outstanding at the same time."""
    open_probes, most = set(), 0
    for packet in packets:
        content = packet.content
        if isinstance(content, lab.Segment) and packet.outgoing and content.is_syn:
            open_probes.add(content.sequence)
            most = max(most, len(open_probes))
        elif isinstance(content, lab.IcmpError) and content.quoted:
            open_probes.discard(content.quoted.sequence)
        elif isinstance(content, lab.Segment) and content.source == target:
            open_probes.discard(content.acknowledges - 1)
    return most


class OverADelay(unittest.TestCase):
    """A Linux target 50 ms away. Further probes of a connection arrive before the reset that clears it, so only the
    first gets the answer to a new connection."""

    @classmethod
    def setUpClass(cls):
        cls.chain = lab.Chain(hops=6, delay_us=25_000)
        cls.addClassCleanup(cls.chain.close)

    def assert_all(self, version, port, state, runs, more=()):
        target = chain.target_address(chain.PLAIN, version)
        argv = programs.argv_of("synroute", target, port)
        argv[1:1] = more
        expected = dict(enumerate(self.chain.routers(version), 1))
        wrong, incomplete = [], []
        total = 0
        for outcome in many(self.chain.host, argv, runs):
            total += 1
            said = outcome.json or {}
            rows = {ttl: next(iter(found)) for ttl, found in outcome.routers(target).items()}
            ends_right = (said.get("state"), said.get("distance")) == (state, self.chain.distance)
            if not ends_right or not rows.items() <= expected.items():
                wrong.append(outcome)
            elif rows != expected:
                incomplete.append(outcome)
        self.assertEqual(total, runs)
        self.assertEqual(wrong, [], f"{len(wrong)} of {runs} wrong, the first:\n{wrong[:1]}")
        # The delay line is a process: when the machine stops it for more than 125 ms, a router is given up.
        self.assertLessEqual(len(incomplete), runs // 100, f"{len(incomplete)} of {runs} incomplete: {incomplete[:1]}")

    def test_an_open_port_is_open_at_its_distance_in_every_run(self):
        self.assert_all(4, chain.OPEN, "open", RUNS)

    def test_the_same_for_ipv6_closed_ports_and_bare_syns(self):
        self.assert_all(6, chain.OPEN, "open", RUNS // 10)
        self.assert_all(4, chain.CLOSED, "closed", RUNS // 10)
        self.assert_all(6, chain.CLOSED, "closed", RUNS // 10)
        self.assert_all(4, chain.OPEN, "open", RUNS // 10, ["--bare-syn"])
        self.assert_all(4, chain.OPEN, "open", RUNS // 10, ["-q", "1"])

    def test_at_least_six_probes_are_in_flight(self):
        for version in (4, 6):
            target = chain.target_address(chain.PLAIN, version)
            with lab.Tap(*self.chain.tap_points()[0]) as tap:
                programs.trace("synroute", self.chain.host, target, chain.OPEN)
                self.assertGreaterEqual(in_flight(tap.packets(), target), 6)


class OnRewritingPaths(unittest.TestCase):
    """Eight routers and a host; from hop 3 on the quotes show the probe as a middlebox rewrote it.
    Every peer loses at least one of these rows."""

    def trace(self, version, port=lab.SimulatedPath.OPEN, ethernet=False, **options):
        with lab.SimulatedPath(hops=8, per_hop_ms=4, ethernet=ethernet, **options) as path:
            self.target = path.TARGET[version]
            self.routers = {hop: {path.router(hop, version)} for hop in range(1, 9)}
            return programs.trace("synroute", path.host, self.target, port)

    def assert_whole(self, outcome, state):
        self.assertEqual(outcome.routers(self.target), self.routers, outcome)
        self.assertEqual(outcome.json["state"], state, outcome)
        self.assertTrue(outcome.json["reached"], outcome)
        self.assertEqual(outcome.json["distance"], 9, outcome)

    def test_every_hop_and_the_target_are_found_with_every_rewritten_quote(self):
        rewrites = ("", "id", "id-swap", "seq", "src", "src,sport", "short", "id,short", "src,short")
        for version in (4, 6):
            for quote in rewrites:
                with self.subTest(quote=quote, version=version):
                    options = {"quote": quote} if quote else {}
                    self.assert_whole(self.trace(version, **options), "open")

    def test_without_any_key_nothing_is_guessed(self):
        """Quotes of eight bytes with a rewritten sequence number: IPv4 still has the IP ID, IPv6 has no key."""
        self.assert_whole(self.trace(4, quote="seq,short"), "open")
        outcome = self.trace(6, quote="seq,short")
        known = {hop: found for hop, found in self.routers.items() if hop < 3}
        self.assertEqual(outcome.routers(self.target), known, outcome)
        self.assertEqual(outcome.json["distance"], 9, outcome)
        self.assertEqual(outcome.json["state"], "open", outcome)
        self.assertGreater(outcome.json["counters"]["unmatched"], 0, outcome)

    def test_a_reset_without_acknowledgement_is_closed(self):
        for version in (4, 6):
            for shape in ("standard", "no-ack", "blank"):
                with self.subTest(shape=shape, version=version):
                    closed = lab.SimulatedPath.CLOSED
                    self.assert_whole(self.trace(version, closed, reset=shape), "closed")

    def test_routers_behind_a_destination_nat_are_hops(self):
        for version in (4, 6):
            outcome = self.trace(version, dnat_at=7)
            self.assertEqual(set(outcome.routers(self.target)), set(range(1, 7)), outcome)
            self.assertEqual(outcome.json["distance"], 9, outcome)
            self.assertEqual(outcome.json["state"], "open", outcome)
            for ttl in (7, 8):
                self.assertEqual(outcome.rows[ttl], {self.target}, outcome)

    def test_an_ethernet_link_shows_the_same_path(self):
        for version in (4, 6):
            self.assert_whole(self.trace(version, ethernet=True), "open")

    def test_labels_of_a_tunnel_are_shown(self):
        for version in (4, 6):
            outcome = self.trace(version, mpls_at=5)
            self.assert_whole(outcome, "open")
            labels = [probe["mpls"] for probe in outcome.json["hops"][4]["probes"]]
            self.assertEqual(labels, [[{"label": 24005, "tc": 0, "s": 1, "ttl": 1}]] * 3, outcome)


if __name__ == "__main__":
    lab.main()
