# SPDX-License-Identifier: Apache-2.0
"""What the target sees of a trace."""

import collections
import time
import unittest

import lab
from lab import chain, programs

SYNS_MAX = 24
# The distance of a silent target is unknown, so probes for hops beyond it reach the target too.
SYNS_MAX_SILENT = 48


def setUpModule():
    lab.require()
    lab.require_synroute()


class AtTheTarget(unittest.TestCase):
    def arrivals(self, path_chain, version, port=chain.OPEN):
        """Packets on the target's link during one trace with three probes per hop, and for half a second after it."""
        with lab.Tap(*path_chain.tap_points()[1]) as tap:
            target = chain.target_address(chain.PLAIN, version)
            programs.trace("synroute", path_chain.host, target, port)
            time.sleep(0.5)
            return tap.packets()

    def test_few_syns_arrive(self):
        for delay_us in (0, 5_000, 40_000):
            with lab.Chain(hops=12, delay_us=delay_us) as path_chain:
                for version in (4, 6):
                    for port in (chain.OPEN, chain.CLOSED, chain.DROPPED):
                        with self.subTest(delay_us=delay_us, version=version, port=port):
                            syns = [
                                packet
                                for packet in self.arrivals(path_chain, version, port)
                                if isinstance(packet.content, lab.Segment) and packet.content.is_syn
                            ]
                            most = SYNS_MAX_SILENT if port == chain.DROPPED else SYNS_MAX
                            self.assertLessEqual(len(syns), most)
                            self.assertGreaterEqual(len(syns), 1)

    def test_every_half_open_connection_is_reset_at_once_and_none_completed(self):
        with lab.Chain(hops=6, delay_us=20_000) as path_chain:
            for version in (4, 6):
                packets = self.arrivals(path_chain, version)
                target = chain.target_address(chain.PLAIN, version)
                flows = collections.defaultdict(list)
                for packet in packets:
                    content = packet.content
                    if not isinstance(content, lab.Segment):
                        continue
                    ours = content.source_port if content.destination == target else content.destination_port
                    flows[ours].append(content)
                accepted = {
                    port: segments
                    for port, segments in flows.items()
                    if any(segment.flags == lab.SYN | lab.ACK for segment in segments)
                }
                self.assertTrue(accepted)
                for port, segments in accepted.items():
                    last = segments[-1]
                    self.assertTrue(last.flags & lab.RST, f"port {port} is left half open: {segments}")
                    finished = [
                        segment
                        for segment in segments
                        if segment.destination == target and segment.flags == lab.ACK
                    ]
                    self.assertEqual(finished, [], "a half-open probe must not connect")

    def test_no_more_than_one_connection_of_a_flow_is_half_open(self):
        with lab.Chain(hops=6, delay_us=40_000) as path_chain:
            target = chain.target_address()
            with lab.Tap(*path_chain.tap_points()[1]) as tap:
                argv = programs.argv_of("synroute", target, chain.OPEN)
                process = path_chain.host.popen(argv)
                most = 0
                while process.poll() is None:
                    most = max(most, path_chain.target.half_open())
                process.communicate()
                flows = {packet.content.source_port for packet in tap.syns()}
            self.assertGreaterEqual(most, 1, "the delay must make half-open connections visible")
            self.assertLessEqual(most, len(flows))
            time.sleep(0.2)
            self.assertEqual(path_chain.target.half_open(), 0)


if __name__ == "__main__":
    lab.main()
