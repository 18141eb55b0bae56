# SPDX-License-Identifier: Apache-2.0
"""What answers mean: probes with other flags than SYN have the states that nmap reports for them, from a Linux
target; routing loops between Linux routers, with and without their rate limit, are found and folded."""

import contextlib
import json
import re
import shutil
import unittest

import lab
from lab import chain, programs

CHAIN = None
HOPS = 5
DROPPED = 82
LOOP = 99  # r4 sends packets for this address back to r3

# flags, the nmap scan of the same probe, the states of an open, a closed and a dropped port
PROBES = [
    (("--flags", "ack"), "-sA", ("unfiltered", "unfiltered", "filtered")),
    (("-A",), "-sA", ("unfiltered", "unfiltered", "filtered")),
    (("--flags", "fin"), "-sF", ("open|filtered", "closed", "open|filtered")),
    (("--flags", "none"), "-sN", ("open|filtered", "closed", "open|filtered")),
    (("--flags", "fin,psh,urg"), "-sX", ("open|filtered", "closed", "open|filtered")),
    (("--flags", "syn"), "-sS", ("open", "closed", "filtered")),
    # nmap calls these closed, which an open port of Linux disproves
    (("--flags", "fin,ack"), None, ("unfiltered", "unfiltered", "open|filtered")),
    (("--flags", "syn,ack"), None, ("unfiltered", "unfiltered", "filtered")),
]
PORTS = (chain.OPEN, chain.CLOSED, DROPPED)
STATUS = {"open": 0, "filtered": 1, "open|filtered": 1, "closed": 3, "unfiltered": 3}


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain(hops=HOPS)
    CHAIN.node(HOPS + 1).nft(
        f"table inet closed {{ chain i {{ type filter hook input priority 0; tcp dport {DROPPED} drop; }}; }}\n"
    )
    for version, bits in ((4, 32), (6, 128)):
        back = chain.link_end(4, 1, version)
        CHAIN.node(4).ip(f"route add {chain.target_address(LOOP, version)}/{bits} via {back}\n")


def tearDownModule():
    if CHAIN:
        CHAIN.close()


class Flags(unittest.TestCase):
    def test_a_trace_has_the_state_and_exit_status_of_its_flags(self):
        for version in (4, 6):
            target = chain.target_address(version=version)
            for options, _, states in PROBES:
                for port, state in zip(PORTS, states):
                    with self.subTest(version=version, options=options, port=port):
                        outcome = programs.trace("synroute", CHAIN.host, target, port, more=(*options, "-w", "0.3"))
                        self.assertEqual(outcome.json["state"], state, outcome)
                        self.assertEqual(outcome.status, STATUS[state], outcome)
                        answered = state in ("open", "closed", "unfiltered")
                        self.assertEqual(outcome.json["reached"], answered, outcome)
                        self.assertEqual(outcome.json["distance"], CHAIN.distance if answered else None)

    def test_a_scan_has_the_same_states(self):
        target = chain.target_address()
        ports = ",".join(map(str, PORTS))
        for options, _, states in PROBES:
            with self.subTest(options=options):
                done = CHAIN.host.run([programs.synroute_program(), "scan", "--json", *options, target, ports])
                found = {port["port"]: port["state"] for port in json.loads(done.stdout)["ports"] if not port["control"]}
                self.assertEqual(found, dict(zip(PORTS, states)), done)

    @unittest.skipUnless(shutil.which("nmap"), "nmap is not installed")
    def test_nmap_reports_the_same_states(self):
        for _, scan, states in PROBES:
            if scan is None:
                continue
            with self.subTest(scan=scan):
                argv = ["nmap", "-n", "-Pn", scan, "-p", ",".join(map(str, PORTS)), chain.target_address()]
                done = CHAIN.host.run(argv, timeout=60)
                found = dict(re.findall(r"^(\d+)/tcp +(\S+)", done.stdout, re.MULTILINE))
                self.assertEqual(found, {str(port): state for port, state in zip(PORTS, states)}, done)


class Loops(unittest.TestCase):
    # IPv6 errors carry the address of the device that received the probe: r3 shows another one from hop 5 on.
    LOOP = {4: (3, chain.link_end(3, 2, 4)), 6: (4, chain.link_end(4, 1, 6))}

    def assert_loop(self, outcome, version):
        loops = [each for each in outcome.json["findings"] if each["kind"] == "routing_loop"]
        self.assertEqual(len(loops), 1, outcome)
        first, r3 = self.LOOP[version]
        self.assertEqual(loops[0]["first_hop"], first, outcome)
        self.assertIn("loop of two hops", loops[0]["sentence"])
        self.assertIn(r3, loops[0]["sentence"])
        self.assertIn(CHAIN.router(4, version), loops[0]["sentence"])
        silent = [each for each in outcome.json["findings"] if each["kind"] in ("silent_hop", "limited_reports")]
        self.assertEqual(silent, [], outcome)

    def test_a_loop_is_found_and_folded(self):
        for version in (4, 6):
            with self.subTest(version=version):
                target = chain.target_address(LOOP, version)
                outcome = programs.trace("synroute", CHAIN.host, target, chain.OPEN)
                self.assert_loop(outcome, version)
                self.assertEqual(len(outcome.json["hops"]), 30, outcome)
                shown = CHAIN.host.run([programs.synroute_program(), "-n", "-p", "443", target])
                first = self.LOOP[version][0]
                self.assertIn(f"\n  {first + 2}-30  repeat hops {first}-{first + 1}\n", shown.stdout)

    def test_a_loop_is_found_although_its_routers_limit_their_reports(self):
        with contextlib.ExitStack() as limits:
            for hop in (3, 4):
                limits.enter_context(CHAIN.kernel_icmp_limit(hop))
            outcome = programs.trace("synroute", CHAIN.host, chain.target_address(LOOP), chain.OPEN)
        self.assert_loop(outcome, 4)

    def test_one_query_finds_it_too(self):
        outcome = programs.trace("synroute", CHAIN.host, chain.target_address(LOOP), chain.OPEN, queries=1)
        self.assert_loop(outcome, 4)


class OneQuery(unittest.TestCase):
    def test_a_target_behind_silent_routers_is_found(self):
        """No first probe reaches it, and no router shows that there is a path."""
        silence = "table inet mute { chain o { type filter hook output priority 0; icmp type time-exceeded drop; }; }\n"
        with contextlib.ExitStack() as mute:
            for hop in range(1, HOPS + 1):
                CHAIN.node(hop).nft(silence)
                mute.callback(CHAIN.node(hop).nft, "delete table inet mute\n")
            more = ("--ahead", "2", "--gap-limit", "2")
            outcome = programs.trace("synroute", CHAIN.host, chain.target_address(), chain.OPEN, queries=1, more=more)
        self.assertEqual(outcome.json["state"], "open", outcome)
        self.assertEqual(outcome.json["distance"], CHAIN.distance, outcome)


if __name__ == "__main__":
    lab.main()
