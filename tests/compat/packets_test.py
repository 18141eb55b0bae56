# SPDX-License-Identifier: Apache-2.0
"""The probes on the wire, compared with those of the original."""

import itertools
import unittest

import compat
from compat import ACK, CWR, ECE, SYN, Call, Expired, Responder, Tcp
from compat.setup import require_both

TARGET = "203.0.113.80"
TO_OPEN = {1: Expired("192.0.2.1"), 2: Expired("192.0.2.2"), 3: Tcp()}


def setUpModule():
    require_both()


def traffic(program, *arguments, script=None):
    """Packets sent during one call: probes and resets."""
    with Responder(TO_OPEN if script is None else script) as network:
        done = Call.of(program, ("-n", *arguments, TARGET), network.host)
        assert done.status == 0, done
        return network.probes, network.resets


def shape(probe):
    """The header fields that all probes of one call share."""
    return {
        "version": probe.version,
        "tos": probe.tos,
        "don't fragment": bool(probe.fragment & 0x4000),
        "fragment": probe.fragment & 0x3FFF,
        "target": probe.target,
        "target port": probe.target_port,
        "flags": probe.flags,
        "window": probe.window,
        "urgent": probe.urgent,
        "options": probe.options,
        "payload": probe.payload,
        "length": len(probe.raw),
        "right checksums": probe.checksums_are_right(),
    }


class Shape(unittest.TestCase):
    def both(self, *arguments, **more):
        """Synroute's probes, after asserting that they look like the original's."""
        theirs, _ = traffic(compat.original(), *arguments, **more)
        probes, _ = traffic(compat.ours(), *arguments, **more)
        self.assertEqual(
            [shape(probe) for probe in probes], [shape(theirs[0])] * len(probes), arguments
        )
        return probes

    def test_a_bare_syn(self):
        probe = self.both()[0]
        self.assertEqual(
            shape(probe),
            {
                "version": 4,
                "tos": 0,
                "don't fragment": False,
                "fragment": 0,
                "target": bytes([203, 0, 113, 80]),
                "target port": 80,
                "flags": SYN,
                "window": 0,
                "urgent": 0,
                "options": b"",
                "payload": b"",
                "length": 40,
                "right checksums": True,
            },
        )
        self.assertEqual(probe.acknowledgement, 0)

    def test_flags(self):
        reset = {1: Tcp(flags=4, acknowledges=0)}
        self.assertEqual(self.both("-S")[0].flags, SYN)
        self.assertEqual(self.both("-A", script=reset)[0].flags, ACK)
        self.assertEqual(self.both("-S", "-A", script=reset)[0].flags, SYN | ACK)
        self.assertEqual(self.both("-E")[0].flags, SYN | ECE | CWR)
        self.assertEqual(self.both("-A", "-E", script=reset)[0].flags, ACK | ECE | CWR)

    def test_header_fields(self):
        self.both("-F")
        self.both("-t", "1")
        self.both("-t", "255", "-F")
        self.both("-p", "4444")

    def test_payload(self):
        for length in ("41", "100", "133", "134", "1500"):
            probes = self.both("-l", length)
            expected = itertools.islice(itertools.cycle(range(0x21, 0x7E)), int(length) - 40)
            self.assertEqual(probes[0].payload, bytes(expected))

    def test_modern_syn(self):
        probes, _ = traffic(compat.ours(), "--os-syn")
        self.assertEqual({probe.window for probe in probes}, {64240})
        self.assertEqual({len(probe.options) for probe in probes}, {20})
        self.assertTrue(all(probe.checksums_are_right() for probe in probes))


class Run(unittest.TestCase):
    def test_one_source_port(self):
        probes, resets = traffic(compat.ours())
        self.assertEqual(len({probe.source_port for probe in probes + resets}), 1)

    def test_the_port_asked_for(self):
        for letter in "pP":
            probes, _ = traffic(compat.ours(), f"-{letter}", "4444")
            self.assertEqual({probe.source_port for probe in probes}, {4444})

    def test_a_port_per_probe(self):
        probes, _ = traffic(compat.ours(), "--track-port")
        self.assertEqual(len({probe.source_port for probe in probes}), len(probes))

    def test_ids_are_unique_and_never_zero(self):
        ids = [probe.ip_id for probe in traffic(compat.ours())[0]]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertNotIn(0, ids)

    def test_probes_of_each_row(self):
        probes, _ = traffic(compat.ours())
        for ttl in (1, 2, 3):
            self.assertEqual(sum(probe.ttl == ttl for probe in probes), 3, ttl)
        self.assertLessEqual(max(probe.ttl for probe in probes), 3 + 16)

    def test_sequence_numbers_descend_but_for_the_follower(self):
        probes, _ = traffic(compat.ours())
        first = probes[0].sequence
        above = [probe for probe in probes if (first - probe.sequence) % 2**32 >= 2**31]
        self.assertEqual(len(above), 1, "the third probe at the open port")
        rest = [(first - probe.sequence) % 2**32 for probe in probes if probe not in above]
        self.assertEqual(rest, sorted(rest))
        self.assertEqual(len(set(rest)), len(rest))

    def test_one_at_a_time_is_like_the_original(self):
        theirs, _ = traffic(compat.original())
        probes, _ = traffic(compat.ours(), "--sequential")
        self.assertEqual([probe.ttl for probe in probes], [probe.ttl for probe in theirs])

    def test_open_connections_are_reset(self):
        probes, resets = traffic(compat.ours(), "--sequential")
        expected = {probe.sequence + 1 for probe in probes if probe.ttl == 3}
        self.assertEqual({reset.sequence for reset in resets}, expected)

    def test_the_first_ttl_beyond_the_path_sends_one_probe(self):
        probes, _ = traffic(
            compat.ours(), "-f", "255", "-m", "255", "-q", "1", script={255: Tcp()}
        )
        self.assertEqual([probe.ttl for probe in probes], [255])


if __name__ == "__main__":
    compat.main()
