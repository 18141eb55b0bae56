# SPDX-License-Identifier: Apache-2.0
"""Round-trip times compared with those of a packet socket on the same link."""

import statistics
import unittest

import lab
from lab import chain, programs

TRACES = 60
# The median shows whether times are taken where packets pass, in the kernel. What a busy machine
# adds to single packets, between the two sockets that stamp them, is in the tail, which is printed.
P50_US = 20


def setUpModule():
    lab.require()
    lab.require_synroute()


def witnessed(packets):
    """{(TTL, answering address): [RTT in µs]} of every probe that got an answer."""
    sent = {}
    rtts = {}
    for packet in packets:
        content = packet.content
        if packet.outgoing:
            if content.is_syn:
                sent[content.sequence] = packet
            continue
        if isinstance(content, lab.IcmpError):
            if content.quoted is None:  # about a packet that is not TCP, such as neighbour discovery
                continue
            question = sent.pop(content.quoted.sequence, None)
        else:
            question = sent.pop((content.acknowledges - 1) % 2**32, None)
        if question:
            key = (question.content.ttl, content.source)
            rtts.setdefault(key, []).append((packet.at - question.at) / 1000)
    return rtts


def reported(outcome):
    """The same from the output of the trace."""
    rtts = {}
    for hop in outcome.json["hops"]:
        for probe in hop["probes"]:
            if probe["rtt_ms"] is not None:
                rtts.setdefault((hop["ttl"], probe["from"]), []).append(probe["rtt_ms"] * 1000)
    return rtts


class RoundTripTimes(unittest.TestCase):
    def errors_us(self, path_chain, target, traces):
        """Differences of each router's RTTs, reported minus captured, in µs."""
        found = []
        with lab.Tap(*path_chain.tap_points()[0]) as tap:
            for _ in range(traces):
                outcome = programs.trace("synroute", path_chain.host, target, chain.OPEN)
                truth, ours = witnessed(tap.packets()), reported(outcome)
                for key, rtts in ours.items():
                    if key[1] == target:
                        continue  # its row also has probes with other TTLs
                    self.assertEqual(len(rtts), len(truth.get(key, [])), (key, outcome))
                    # Sorted: the output does not distinguish several probes of one TTL.
                    found += [a - b for a, b in zip(sorted(rtts), sorted(truth[key]), strict=True)]
        return sorted(abs(error) for error in found)

    def check(self, path_chain, version, traces):
        target = chain.target_address(chain.PLAIN, version)
        errors = self.errors_us(path_chain, target, traces)
        self.assertGreater(len(errors), 20 * traces)
        p50, p99 = errors[len(errors) // 2], errors[len(errors) * 99 // 100]
        print(f"\n  {len(errors)} RTTs: error p50 {p50:.1f} µs, p99 {p99:.1f} µs, max {errors[-1]:.1f} µs")
        self.assertLessEqual(p50, P50_US)

    def test_agree_with_the_capture_on_a_path_without_delay(self):
        with lab.Chain(hops=12) as path_chain:
            self.check(path_chain, 4, TRACES)
            self.check(path_chain, 6, TRACES)

    def test_agree_with_the_capture_over_twenty_milliseconds(self):
        with lab.Chain(hops=12, delay_us=10_000) as path_chain:
            self.check(path_chain, 4, TRACES // 2)

    def test_the_target_is_timed_like_the_routers(self):
        target = chain.target_address()
        errors = []
        with lab.Chain(hops=6, delay_us=10_000) as path_chain:
            with lab.Tap(*path_chain.tap_points()[0]) as tap:
                for _ in range(20):
                    outcome = programs.trace("synroute", path_chain.host, target, chain.OPEN)
                    truth = [
                        rtt
                        for (_, source), rtts in witnessed(tap.packets()).items()
                        if source == target
                        for rtt in rtts
                    ]
                    ours = [
                        rtt
                        for (_, source), rtts in reported(outcome).items()
                        if source == target
                        for rtt in rtts
                    ]
                    self.assertTrue(ours, outcome)
                    errors += [min(abs(rtt - other) for other in truth) for rtt in ours]
        self.assertLessEqual(statistics.median(errors), P50_US, errors)


if __name__ == "__main__":
    lab.main()
