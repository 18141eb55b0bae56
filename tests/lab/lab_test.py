# SPDX-License-Identifier: Apache-2.0
"""The lab behaves as documented. Nothing of Synroute is used here: the kernel, a packet socket and the real
peers verify it."""

import contextlib
import dataclasses
import socket
import statistics
import struct
import unittest

import lab
from lab import chain, programs

CHAIN = None


def setUpModule():
    global CHAIN
    lab.require()
    CHAIN = lab.Chain()


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def connect(namespace, address, port, wait=0.5, source_port=0):
    """Attempts a connection; the caller reads the result from a tap."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with namespace.entered():
        client = socket.socket(family, socket.SOCK_STREAM)
    with client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if source_port:
            client.bind(("", source_port))
        client.settimeout(wait)
        with contextlib.suppress(OSError):
            client.connect((address, port))


def one_by_one(outcome):
    """{TTL: address} of a trace in which one router answered at each TTL."""
    return {ttl: next(iter(found)) for ttl, found in outcome.rows.items() if len(found) == 1}


class ChainTest(unittest.TestCase):
    def test_peers_see_every_router_in_order_and_the_state_of_the_port(self):
        for version in (4, 6):
            address = chain.target_address(chain.PLAIN, version)
            expected = dict(enumerate(CHAIN.routers(version), 1)) | {CHAIN.distance: address}
            for port, state in ((chain.OPEN, "open"), (chain.CLOSED, "closed")):
                for peer in ("tcptraceroute", "traceroute", "scamper", "nmap"):
                    if version == 6 and peer in programs.SPEAKS_ONLY_IPV4:
                        continue
                    with self.subTest(peer=peer, version=version, state=state):
                        outcome = programs.trace(peer, CHAIN.host, address, port, queries=1)
                        self.assertEqual(one_by_one(outcome), expected, outcome)
                        self.assertEqual(outcome.state, state, outcome)

    def test_each_reject_kind_sends_its_code_from_its_node(self):
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            for version, kinds in chain.REJECTS.items():
                address = chain.target_address(chain.PLAIN, version)
                places = (
                    (chain.REJECTED_AT_TARGET, address),
                    (chain.REJECTED_HALFWAY, CHAIN.router(chain.FIREWALL_ROUTER, version)),
                )
                for first_port, source in places:
                    for kind, code in kinds.items():
                        with self.subTest(kind=kind, version=version, source=source):
                            connect(CHAIN.host, address, first_port + code, wait=0.05)
                            errors = {
                                (packet.content.source, packet.content.type, packet.content.code)
                                for packet in tap.packets()
                                if isinstance(packet.content, lab.IcmpError)
                            }
                            self.assertEqual(errors, {(source, 3 if version == 4 else 1, code)})

    def test_resets_come_from_the_configured_firewall(self):
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            for first_port, hops in (
                (chain.REJECTED_AT_TARGET, CHAIN.hops),
                (chain.REJECTED_HALFWAY, chain.FIREWALL_ROUTER - 1),
            ):
                for version in (4, 6):
                    address = chain.target_address(chain.PLAIN, version)
                    connect(CHAIN.host, address, first_port + chain.RESET)
                    resets = [
                        packet.content.ttl
                        for packet in tap.packets()
                        if isinstance(packet.content, lab.Segment) and packet.content.flags & lab.RST
                    ]
                    self.assertEqual(resets, [64 - hops], f"IPv{version}, port {first_port}")

    def test_dropped_ports_stay_silent(self):
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            for port in (chain.DROPPED, chain.DROPPED_HALFWAY):
                for version in (4, 6):
                    connect(CHAIN.host, chain.target_address(chain.PLAIN, version), port, wait=0.1)
            self.assertEqual([packet for packet in tap.packets() if not packet.outgoing], [])

    def test_destination_nat_makes_routers_answer_from_the_target(self):
        for version in (4, 6):
            address = chain.target_address(chain.DNAT, version)
            outcome = programs.trace("traceroute", CHAIN.host, address, chain.OPEN)
            behind = set(range(chain.DNAT_ROUTER, CHAIN.distance + 1))
            bearing = {ttl for ttl, found in outcome.rows.items() if address in found}
            self.assertEqual(bearing, behind, outcome)

    def test_source_nat_hides_the_host(self):
        with lab.Tap(*CHAIN.tap_points()[1]) as tap:
            for version in (4, 6):
                connect(CHAIN.host, chain.target_address(chain.SNAT, version), chain.OPEN)
                sources = {packet.content.source for packet in tap.syns()}
                right = chain.link_end(chain.SNAT_ROUTER + 1, 1, version)
                self.assertEqual(sources, {right})

    def test_silent_routers_forward_without_reporting(self):
        for version in (4, 6):
            address = chain.target_address(chain.SILENT, version)
            outcome = programs.trace("traceroute", CHAIN.host, address, chain.OPEN)
            silent = {ttl for ttl, found in outcome.rows.items() if not found}
            self.assertEqual(silent, set(chain.SILENT_ROUTERS), outcome)
            self.assertEqual(outcome.state, "open", outcome)

    def test_flows_are_balanced_over_the_parallel_routers(self):
        for version in (4, 6):
            address = chain.target_address(chain.ECMP, version)
            seen = set()
            for source_port in range(40000, 40012):
                outcome = programs.trace(
                    *("traceroute", CHAIN.host, address, chain.OPEN, 1),
                    more=["-f", "6", "-m", "6", f"--sport={source_port}"],
                )
                seen |= outcome.rows[6]
            self.assertLessEqual(seen, CHAIN.beside(version))
            self.assertGreaterEqual(len(seen), 2, "all flows went the same way")

    def test_a_router_with_the_kernels_limit_answers_six_times(self):
        address = chain.target_address(chain.PLAIN)
        with CHAIN.kernel_icmp_limit(2):
            burst = programs.trace(
                *("traceroute", CHAIN.host, address, chain.OPEN, 10),
                more=["-f", "2", "-m", "2", "-N", "10", "-w", "0.3"],
            )
        self.assertEqual(burst.out.count(" ms"), 6, burst)
        free = programs.trace(
            *("traceroute", CHAIN.host, address, chain.OPEN, 10),
            more=["-f", "2", "-m", "2", "-N", "10", "-w", "0.3"],
        )
        self.assertEqual(free.out.count(" ms"), 10, free)

    def test_half_open_connections_are_counted_at_the_target(self):
        address = chain.target_address(chain.PLAIN)
        # The host's kernel resets answers to a raw SYN that it did not send itself: drop its resets.
        with CHAIN.host_firewall(
            "chain output { type filter hook output priority 0; tcp flags rst drop; }"
        ):
            programs.trace(
                *("traceroute", CHAIN.host, address, chain.OPEN, 1),
                more=["-f", "20", "-m", "20", "--sport=41000", "-w", "0.2"],
            )
            self.assertEqual(CHAIN.target.half_open(), 1)


class DelayedLinkTest(unittest.TestCase):
    def test_the_delay_is_the_configured_one(self):
        for delay_us in (500, 5_000, 25_000):
            with self.subTest(delay_us=delay_us), lab.Chain(hops=2, delay_us=delay_us) as short:
                with lab.Tap(*short.tap_points()[0]) as tap:
                    for _ in range(20):
                        connect(short.host, chain.target_address(), chain.OPEN)
                    packets = [
                        packet
                        for packet in tap.packets()
                        if isinstance(packet.content, lab.Segment) and packet.content.flags & lab.SYN
                    ]
                sent = {packet.content.sequence: packet.at for packet in packets if packet.outgoing}
                rtts = [
                    (packet.at - sent[packet.content.acknowledges - 1]) / 1000
                    for packet in packets
                    if not packet.outgoing
                ]
                self.assertEqual(len(rtts), 20)
                self.assertGreaterEqual(min(rtts), 2 * delay_us)
                # Overhead of the lab, with a margin for a busy machine.
                self.assertLess(statistics.median(rtts), 2 * delay_us + 2000)


def sums_to_zero(data, pseudo=b""):
    """True if the Internet checksum of the data is correct."""
    whole = pseudo + data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    return (total & 0xFFFF) + (total >> 16) in (0xFFFF, 0x1FFFE)


class SimulatedPathTest(unittest.TestCase):
    def questions_and_quotes(self, version, **options):
        """[(SYN, ICMP error)] of one trace, in the order of TTL."""
        with lab.SimulatedPath(hops=4, per_hop_ms=1, **options) as path:
            with lab.Tap(path.host, path.DEVICE) as tap:
                more = ["-m", "4", "-N", "1", "-w", "0.3"]
                programs.trace("traceroute", path.host, path.TARGET[version], 443, 1, more)
                packets = tap.packets()
        syns = [packet.content for packet in packets if packet.outgoing]
        errors = [packet.content for packet in packets if isinstance(packet.content, lab.IcmpError)]
        self.assertEqual([error.source for error in errors], [path.router(n, version) for n in range(1, 5)])
        return list(zip(syns, errors, strict=True))

    def test_quotes_differ_beyond_the_box_and_only_in_the_named_fields(self):
        rewrites = {
            "": set(),
            "id": {"ip_id"},
            "id-swap": {"ip_id"},
            "seq": {"sequence"},
            "src": {"source"},
            "sport": {"source_port"},
            "src,sport": {"source", "source_port"},
        }
        for version in (4, 6):
            for rewrite, fields in rewrites.items():
                with self.subTest(rewrite=rewrite, version=version):
                    options = {"quote": rewrite} if rewrite else {}
                    for syn, error in self.questions_and_quotes(version, **options):
                        sent, quoted = dataclasses.asdict(syn), dataclasses.asdict(error.quoted)
                        changed = {name for name in sent if sent[name] != quoted[name]} - {"ttl"}
                        expected = fields if syn.ttl >= 3 else set()
                        if version == 6:
                            expected = expected - {"ip_id"}
                        self.assertEqual(changed, expected)

    def test_short_quotes_end_after_eight_bytes(self):
        for version in (4, 6):
            for syn, error in self.questions_and_quotes(version, quote="short"):
                self.assertEqual(error.quoted.sequence, syn.sequence)
                self.assertEqual(error.quoted.flags == 0, syn.ttl >= 3, "flags are in the 14th byte")

    def test_everything_it_sends_has_correct_checksums(self):
        for options in ({}, {"quote": "id,seq,src,sport"}, {"mpls_at": 2}):
            with lab.SimulatedPath(hops=3, per_hop_ms=0, **options) as path:
                with lab.RawTap(path.host, path.DEVICE) as tap:
                    for version in (4, 6):
                        programs.trace("traceroute", path.host, path.TARGET[version], 443, 1)
                    answers = [data for _, outgoing, data in tap.datagrams() if not outgoing]
            self.assertGreaterEqual(len(answers), 8)
            for data in answers:
                if data[0] >> 4 == 4:
                    self.assertTrue(sums_to_zero(data[:20]), data.hex())
                    pseudo = data[12:20] + struct.pack("!HH", 6, len(data) - 20)
                    self.assertTrue(sums_to_zero(data[20:], pseudo if data[9] == 6 else b""), data.hex())
                else:
                    pseudo = data[8:40] + struct.pack("!HH", data[6], len(data) - 40)
                    self.assertTrue(sums_to_zero(data[40:], pseudo), data.hex())

    def test_each_router_answers_after_its_delay(self):
        with lab.SimulatedPath(hops=5, per_hop_ms=4, base_ms=10) as path:
            with lab.Tap(path.host, path.DEVICE) as tap:
                programs.trace("traceroute", path.host, path.TARGET[4], 443)
                packets = tap.packets()
        sent = {packet.content.sequence: packet for packet in packets if packet.outgoing}
        errors = [packet for packet in packets if isinstance(packet.content, lab.IcmpError)]
        self.assertGreaterEqual(len(errors), 15)
        for error in errors:
            syn = sent[error.content.quoted.sequence]
            late = (error.at - syn.at) / 1e6 - (10 + 4 * syn.content.ttl)
            self.assertGreaterEqual(late, 0)
            self.assertLess(late, 10, "more than a busy machine explains")

    def test_peers_lose_the_hops_they_are_known_to_lose(self):
        """Rows of docs/peers.md: the simulated path hides the same hops from each peer."""
        with lab.SimulatedPath(hops=8, per_hop_ms=4, ethernet=True) as plain:
            for peer in ("tcptraceroute", "traceroute", "scamper", "nmap"):
                outcome = programs.trace(peer, plain.host, plain.TARGET[4], 443, 1)
                self.assertEqual(len(outcome.routers(plain.TARGET[4])), 8, outcome)
                self.assertEqual(outcome.distance_of(plain.TARGET[4]), 9, outcome)
        with lab.SimulatedPath(hops=8, per_hop_ms=4, quote="src") as rewritten:
            outcome = programs.trace("traceroute", rewritten.host, rewritten.TARGET[4], 443, 1)
            self.assertEqual(set(outcome.routers(rewritten.TARGET[4])), {1, 2}, outcome)

    def test_nothing_passes_the_end_of_the_path(self):
        with lab.SimulatedPath(hops=8, per_hop_ms=1, drop_after=4) as path:
            more = ["-m", "12", "-w", "0.3"]
            outcome = programs.trace("traceroute", path.host, path.TARGET[4], 443, 1, more)
        self.assertEqual({ttl for ttl, found in outcome.rows.items() if found}, {1, 2, 3, 4}, outcome)


if __name__ == "__main__":
    lab.main()
