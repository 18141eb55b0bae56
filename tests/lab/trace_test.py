# SPDX-License-Identifier: Apache-2.0
"""Synroute on the chain: the hops, the state of the port and the text for every fault; its peers must agree
on what they report."""

import json
import unittest

import lab
from lab import chain, programs

CHAIN = None


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain()


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def state_of_code(version, code):
    """"rejected" if a policy refuses the connection, "unreachable" if a route is missing."""
    prohibited = {4: {2, 3, 9, 10, 13}, 6: {1, 4, 5, 6}}
    return "rejected" if code in prohibited[version] else "unreachable"


def unreachables(outcome):
    """{(TTL, from, ICMP code)} of every unreachable message in a trace."""
    return {
        (hop["ttl"], probe["from"], probe["icmp"]["code"])
        for hop in outcome.json["hops"]
        for probe in hop["probes"]
        if probe["result"] == "unreachable"
    }


class LabCase(unittest.TestCase):
    def trace(self, which=chain.PLAIN, port=chain.OPEN, version=4, queries=3, more=()):
        self.target = chain.target_address(which, version)
        outcome = programs.trace("synroute", CHAIN.host, self.target, port, queries, more)
        self.assertEqual(outcome.err, "", outcome)
        self.assertIsNotNone(outcome.json, outcome)
        return outcome

    def assert_routers(self, outcome, version, hops):
        """Exactly the routers 1…hops, each at its TTL and answering every probe."""
        expected = {hop: {CHAIN.router(hop, version)} for hop in hops}
        self.assertEqual(outcome.routers(self.target), expected, outcome)

    def assert_reached(self, outcome, state):
        self.assertEqual(outcome.json["state"], state, outcome)
        self.assertTrue(outcome.json["reached"], outcome)
        self.assertEqual(outcome.json["distance"], CHAIN.distance, outcome)


class PlainPath(LabCase):
    def test_every_router_is_at_its_hop_and_the_port_has_its_state(self):
        for version in (4, 6):
            for port, state, status in ((chain.OPEN, "open", 0), (chain.CLOSED, "closed", 3)):
                with self.subTest(version=version, state=state):
                    outcome = self.trace(port=port, version=version)
                    self.assert_routers(outcome, version, range(1, CHAIN.hops + 1))
                    self.assert_reached(outcome, state)
                    self.assertEqual(outcome.status, status)
                    for hop in outcome.json["hops"][: CHAIN.hops]:
                        results = [probe["result"] for probe in hop["probes"]]
                        self.assertEqual(results, ["time_exceeded"] * 3, hop)

    def test_peers_on_the_same_path_agree(self):
        for version in (4, 6):
            for port in (chain.OPEN, chain.CLOSED):
                ours = self.trace(port=port, version=version)
                for peer in ("tcptraceroute", "traceroute", "scamper"):
                    if version == 6 and peer in programs.SPEAKS_ONLY_IPV4:
                        continue
                    with self.subTest(peer=peer, version=version, port=port):
                        theirs = programs.trace(peer, CHAIN.host, self.target, port)
                        self.assertEqual(ours.routers(self.target), theirs.routers(self.target))
                        self.assertEqual(
                            ours.json["distance"], theirs.distance_of(self.target), theirs
                        )
                        self.assertEqual(ours.state, theirs.state, theirs)

    def test_checksum_offload_makes_no_difference(self):
        with lab.Chain(hops=3, checksum_offload=True) as offloaded:
            for version in (4, 6):
                target = chain.target_address(chain.PLAIN, version)
                outcome = programs.trace("synroute", offloaded.host, target, chain.OPEN)
                self.assertEqual(outcome.json["state"], "open", outcome)
                self.assertEqual(outcome.json["distance"], 4, outcome)
                self.assertEqual(len(outcome.routers(target)), 3, outcome)

    def test_first_and_last_ttl_limit_the_probes(self):
        outcome = self.trace(more=["-f", "3", "-m", "6"])
        self.assert_routers(outcome, 4, range(3, 7))
        self.assertEqual(outcome.json["stop_reason"], "max_ttl", outcome)
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            self.trace(more=["-f", "4", "-m", "8"])
            self.assertGreaterEqual(min(packet.content.ttl for packet in tap.syns()), 4)

    def test_one_flow_leaves_with_one_flow_label(self):
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            self.trace(version=6)
            labels = {}
            for packet in tap.syns():
                labels.setdefault(packet.content.source_port, set()).add(packet.content.flow_label)
        self.assertTrue(labels)
        self.assertEqual({len(found) for found in labels.values()}, {1}, labels)


class Addresses(LabCase):
    """Unusual targets, sources and interfaces."""

    def synroute(self, *arguments):
        argv = [programs.synroute_program(), "-n", "--json", *arguments]
        done = CHAIN.host.run(argv)
        self.assertEqual(done.stderr, "", arguments)
        return programs.outcome_of("synroute", argv, done.returncode, 0, done.stdout, done.stderr)

    def assert_verdict(self, outcome, state, distance):
        self.assertEqual(outcome.json["state"], state, outcome)
        self.assertEqual(outcome.json["distance"], distance, outcome)

    def test_a_router_is_a_target_like_others(self):
        for version in (4, 6):
            self.assert_verdict(self.synroute("-p", "81", CHAIN.router(6, version)), "closed", 6)

    def test_a_link_local_neighbour_is_reached_through_its_zone(self):
        # Those that the kernel makes itself come some time after the link is up.
        CHAIN.host.ip("addr add fe80::7:1/64 dev right nodad\n")
        CHAIN.node(1).ip("addr add fe80::7:2/64 dev left nodad\n")
        self.assert_verdict(self.synroute("-p", "81", "fe80::7:2%right"), "closed", 1)

    def test_this_host_is_one_hop_away(self):
        for address in ("127.0.0.1", "::1", CHAIN.host_address(4), CHAIN.host_address(6)):
            with self.subTest(address=address):
                self.assert_verdict(self.synroute("-p", "81", address), "closed", 1)

    def test_probes_leave_as_asked(self):
        CHAIN.host.ip("addr add 198.18.1.9/24 dev right\n")
        try:
            with lab.Tap(*CHAIN.tap_points()[0]) as tap:
                outcome = self.synroute(
                    *("-i", "right", "-s", "198.18.1.9", "--sport", "34567", "-p", "443"),
                    chain.target_address(),
                )
                ways = {(syn.content.source, syn.content.source_port) for syn in tap.syns()}
        finally:
            CHAIN.host.ip("addr del 198.18.1.9/24 dev right\n")
        self.assertEqual(ways, {("198.18.1.9", 34567)})
        self.assert_verdict(outcome, "open", CHAIN.distance)

    def test_several_targets_give_one_line_each(self):
        argv = [programs.synroute_program(), "-n", "--json"]
        argv += [f"{chain.target_address()}:{chain.OPEN}"]
        argv += [f"[{chain.target_address(version=6)}]:{chain.CLOSED}"]
        done = CHAIN.host.run(argv)
        told = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([each["state"] for each in told], ["open", "closed"], done)
        self.assertEqual({each["distance"] for each in told}, {CHAIN.distance}, done)
        self.assertEqual(done.returncode, 3)


class Rejections(LabCase):
    def test_a_rejecting_target_is_named_with_its_code(self):
        for version, kinds in chain.REJECTS.items():
            for kind, code in kinds.items():
                with self.subTest(kind=kind, version=version):
                    port = chain.REJECTED_AT_TARGET + code
                    outcome = self.trace(port=port, version=version)
                    self.assert_routers(outcome, version, range(1, CHAIN.hops + 1))
                    self.assertEqual(outcome.json["state"], state_of_code(version, code), outcome)
                    self.assertEqual(outcome.status, 4)
                    self.assertTrue(outcome.json["reached"], outcome)
                    self.assertIn((CHAIN.distance, self.target, code), unreachables(outcome))

    def test_a_rejecting_router_is_named_with_its_code(self):
        for version, kinds in chain.REJECTS.items():
            for kind, code in kinds.items():
                with self.subTest(kind=kind, version=version):
                    port = chain.REJECTED_HALFWAY + code
                    outcome = self.trace(port=port, version=version)
                    router = CHAIN.router(chain.FIREWALL_ROUTER, version)
                    self.assertEqual(outcome.json["state"], state_of_code(version, code), outcome)
                    self.assertEqual(outcome.status, 4)
                    self.assertFalse(outcome.json["reached"], outcome)
                    self.assertIsNone(outcome.json["distance"], outcome)
                    self.assertIn((chain.FIREWALL_ROUTER + 1, router, code), unreachables(outcome))
                    seen = {ttl for ttl, found in outcome.routers(self.target).items()}
                    self.assertLessEqual(set(range(1, chain.FIREWALL_ROUTER + 1)), seen)

    def test_a_reset_of_the_target_is_closed(self):
        for version in (4, 6):
            outcome = self.trace(port=chain.REJECTED_AT_TARGET + chain.RESET, version=version)
            self.assert_reached(outcome, "closed")

    def test_a_reset_on_the_path_is_shown_at_the_hop_that_sent_it(self):
        for version in (4, 6):
            outcome = self.trace(port=chain.REJECTED_HALFWAY + chain.RESET, version=version)
            self.assertIn(outcome.json["state"], ("closed", "rejected"), outcome)
            self.assertEqual(outcome.json["distance"], chain.FIREWALL_ROUTER + 1, outcome)
            self.assert_routers(outcome, version, range(1, chain.FIREWALL_ROUTER + 1))

    def test_a_router_without_a_route_ends_the_path(self):
        for version, which, router, code in (
            (4, chain.NO_HOST, chain.NO_HOST_ROUTER, 1),
            (6, chain.NO_HOST, chain.NO_HOST_ROUTER, 0),
            (4, chain.PROHIBITED, chain.PROHIBITING_ROUTER, 13),
            (6, chain.PROHIBITED, chain.PROHIBITING_ROUTER, 1),
        ):
            with self.subTest(version=version, code=code):
                outcome = self.trace(which, version=version)
                self.assertEqual(outcome.json["state"], state_of_code(version, code), outcome)
                self.assertEqual(outcome.json["stop_reason"], "unreachable", outcome)
                self.assertEqual(outcome.status, 4)
                ways = {(origin, found) for _, origin, found in unreachables(outcome)}
                self.assertEqual(ways, {(CHAIN.router(router, version), code)})


class Silence(LabCase):
    def assert_filtered(self, outcome, version, hops):
        self.assert_routers(outcome, version, range(1, hops + 1))
        self.assertEqual(outcome.json["state"], "filtered", outcome)
        self.assertFalse(outcome.json["reached"], outcome)
        self.assertEqual(outcome.status, 1)
        self.assertLess(outcome.seconds, 5)

    def test_a_port_dropped_by_the_target_is_filtered(self):
        for version in (4, 6):
            self.assert_filtered(self.trace(port=chain.DROPPED, version=version), version, CHAIN.hops)

    def test_a_port_dropped_halfway_ends_after_the_last_router_that_answers(self):
        for version in (4, 6):
            outcome = self.trace(port=chain.DROPPED_HALFWAY, version=version)
            self.assert_filtered(outcome, version, chain.FIREWALL_ROUTER)

    def test_a_black_hole_is_filtered(self):
        for version in (4, 6):
            outcome = self.trace(chain.BLACK_HOLE, version=version)
            self.assert_filtered(outcome, version, chain.BLACK_HOLE_ROUTER - 1)

    def test_a_host_that_is_down_is_reported_by_the_last_router(self):
        """Linux gives up a neighbour after three seconds; until then the target looks filtered."""
        for version, down in ((4, "203.0.113.199"), (6, "2001:db8:113::199")):
            with self.subTest(version=version):
                outcome = programs.trace("synroute", CHAIN.host, down, chain.OPEN)
                self.assertEqual(outcome.json["state"], "unreachable", outcome)
                self.assertEqual(outcome.json["decided_by"]["from"], CHAIN.router(CHAIN.hops, version), outcome)
                self.assertEqual(outcome.json["decided_by"]["icmp"]["code"], 1 if version == 4 else 3, outcome)
                self.assertEqual(outcome.json["counters"]["late"], 0, outcome)
                self.assertEqual(len(outcome.json["hops"]), CHAIN.hops + 1, outcome)
                self.assertLess(outcome.seconds, 4.5)
                short = programs.trace("synroute", CHAIN.host, down, chain.OPEN, 3, ["-w", "0.3"])
                self.assertEqual(short.json["state"], "filtered", short)

    def test_silent_routers_cost_less_than_a_second(self):
        for version in (4, 6):
            outcome = self.trace(chain.SILENT, version=version)
            answering = set(range(1, CHAIN.hops + 1)) - set(chain.SILENT_ROUTERS)
            self.assert_routers(outcome, version, answering)
            self.assert_reached(outcome, "open")
            self.assertLess(outcome.seconds, 1.0)
            for ttl in chain.SILENT_ROUTERS:
                probes = outcome.json["hops"][ttl - 1]["probes"]
                self.assertEqual({probe["result"] for probe in probes}, {"timeout"}, outcome)

    def test_a_path_of_silent_routers_still_reaches_the_target(self):
        for version in (4, 6):
            outcome = self.trace(chain.ICMP_LESS, version=version)
            self.assert_routers(outcome, version, [])
            self.assert_reached(outcome, "open")


class Middleboxes(LabCase):
    def test_time_exceeded_from_the_targets_address_is_a_hop(self):
        for version in (4, 6):
            for port, state in ((chain.OPEN, "open"), (chain.CLOSED, "closed")):
                with self.subTest(version=version, state=state):
                    outcome = self.trace(chain.DNAT, port, version)
                    self.assert_reached(outcome, state)
                    self.assert_routers(outcome, version, range(1, chain.DNAT_ROUTER))
                    for ttl in range(chain.DNAT_ROUTER, CHAIN.distance):
                        probes = outcome.json["hops"][ttl - 1]["probes"]
                        self.assertEqual({probe["from"] for probe in probes}, {self.target})
                        self.assertEqual({probe["result"] for probe in probes}, {"time_exceeded"})

    def test_source_nat_hides_no_hop(self):
        for version in (4, 6):
            outcome = self.trace(chain.SNAT, version=version)
            self.assert_routers(outcome, version, range(1, CHAIN.hops + 1))
            self.assert_reached(outcome, "open")

    def test_one_flow_takes_one_path_and_several_flows_take_several(self):
        for version in (4, 6):
            seen = set()
            for source_port in range(45000, 45012):
                outcome = self.trace(
                    chain.ECMP, version=version, queries=1, more=["--sport", str(source_port)]
                )
                self.assert_reached(outcome, "open")
                at_hop_6 = outcome.rows[6]
                self.assertEqual(len(at_hop_6), 1, outcome)
                seen |= at_hop_6
            self.assertLessEqual(seen, CHAIN.beside(version))
            self.assertGreaterEqual(len(seen), 2)

    def test_three_probes_of_one_trace_take_the_same_path(self):
        for version in (4, 6):
            for _ in range(5):
                outcome = self.trace(chain.ECMP, version=version)
                self.assertEqual({len(found) for found in outcome.routers(self.target).values()}, {1})


class Limits(LabCase):
    def test_a_trace_stays_within_the_kernels_icmp_rate_limit(self):
        for version in (4, 6):
            with CHAIN.kernel_icmp_limit(7):
                outcome = self.trace(version=version)
            self.assert_routers(outcome, version, range(1, CHAIN.hops + 1))
            results = {probe["result"] for probe in outcome.json["hops"][6]["probes"]}
            self.assertEqual(results, {"time_exceeded"}, "the first six must be answered")

    def test_a_rate_limited_router_does_not_change_the_verdict(self):
        with CHAIN.kernel_icmp_limit(5):
            outcome = self.trace(queries=10)
        self.assert_reached(outcome, "open")
        answered = [
            probe for probe in outcome.json["hops"][4]["probes"] if probe["result"] == "time_exceeded"
        ]
        self.assertGreaterEqual(len(answered), 6)


class LocalFirewall(LabCase):
    def test_answers_that_the_local_firewall_drops_are_received(self):
        with CHAIN.host_firewall("chain input { type filter hook input priority 0; policy drop; }"):
            for version in (4, 6):
                # IPv6 needs neighbour discovery, which is ICMPv6.
                CHAIN.host.nft(
                    "insert rule inet local input icmpv6 type"
                    " { nd-neighbor-solicit, nd-neighbor-advert } accept\n"
                )
                outcome = self.trace(version=version)
                self.assert_routers(outcome, version, range(1, CHAIN.hops + 1))
                self.assert_reached(outcome, "open")


if __name__ == "__main__":
    lab.main()
