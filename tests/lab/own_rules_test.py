# SPDX-License-Identifier: Apache-2.0
"""Rules of this host that lead its connections astray: what is said is what connect() experiences."""

import contextlib
import errno
import socket
import time
import unittest

import lab
from lab import chain, programs

HOPS = 3
SERVICE = {4: "203.0.113.10", 6: "2001:db8:113::10"}  # an address that only this host's rules know
NOBODY_THERE = {4: "198.18.1.{}", 6: "2001:db8:1::{}"}  # on the link of the host
ARP = {4: "ARP", 6: "neighbour discovery"}
IP = {4: "ip", 6: "ip6"}
OUTPUT = "chain o {{ type nat hook output priority -100; {} }}"
UNPRIVILEGED = ("--reuid=1000", "--regid=1000", "--clear-groups", "--inh-caps=+net_raw", "--ambient-caps=+net_raw")

CHAIN = None
NUMBERS = iter(range(100, 250))  # the kernel goes on asking for an address for three seconds


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain(hops=HOPS)


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def absent(version):
    return NOBODY_THERE[version].format(next(NUMBERS))


def failure_of_connect(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with CHAIN.host.entered(), socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        return client.connect_ex((address, port))


def traced(address, *options, port=443, version=4):
    return programs.trace("synroute", CHAIN.host, address, port, more=options)


class NextHopThatDoesNotAnswer(unittest.TestCase):
    def test_the_same_is_said_whatever_the_method_and_the_wait(self):
        for version in (4, 6):
            for options in ([], ["-w", "0.5"], ["--method", "connect"], ["--method", "connect", "-w", "0.5"]):
                hop = absent(version)
                with self.subTest(version=version, options=options):
                    done = CHAIN.host.run([programs.synroute_program(), "-n", *options, hop, "443"])
                    self.assertEqual(done.returncode, 4, done)
                    self.assertIn(f"unreachable: {hop} does not answer {ARP[version]} on right: nothing left", done.stdout)
                    self.assertNotIn("not sent", done.stdout)

    def test_a_translation_to_it_is_found_out(self):
        for version in (4, 6):
            for options in ([], ["--method", "connect"]):
                hop = absent(version)
                rule = f"{IP[version]} daddr {SERVICE[version]} tcp dport 443 dnat {IP[version]} to {hop};"
                with self.subTest(version=version, options=options), CHAIN.host_firewall(OUTPUT.format(rule)):
                    done = CHAIN.host.run([programs.synroute_program(), "-n", *options, SERVICE[version], "443"])
                    self.assertEqual(done.returncode, 4, done)
                    self.assertIn(f"unreachable: {hop} does not answer {ARP[version]}", done.stdout)
                    self.assertIn("rules of this host", done.stdout)
                    self.assertEqual(failure_of_connect(SERVICE[version], 443), errno.EHOSTUNREACH)

    def test_a_neighbour_that_answers_late_is_waited_for(self):
        """Probes that wait for a link address have not left: their time has not begun."""
        CHAIN.host.ip("neigh flush dev right\n")
        CHAIN.node(1).nft("table arp late { chain i { type filter hook input priority 0; drop; }; }\n")
        try:
            for options in (["-w", "0.4"], ["--method", "connect", "-w", "0.4"]):
                with self.subTest(options=options):
                    CHAIN.host.ip("neigh flush dev right\n")
                    argv = [programs.synroute_program(), "-n", *options, chain.target_address(), "443"]
                    with CHAIN.host.popen(argv) as process:
                        self.wait_for_a_question()
                        CHAIN.node(1).nft("flush chain arp late i\n")
                        out, err = process.communicate(timeout=20)
                    self.assertEqual(process.returncode, 0, out + err)
                    self.assertIn("open: 203.0.113.80 accepts", out)
                    CHAIN.node(1).nft("add rule arp late i drop\n")
        finally:
            CHAIN.node(1).nft("delete table arp late\n")

    def wait_for_a_question(self):
        deadline = time.monotonic() + 10
        while "INCOMPLETE" not in CHAIN.host.run(["ip", "neigh", "show", "dev", "right"]).stdout:
            self.assertLess(time.monotonic(), deadline)


class TtlRule(unittest.TestCase):
    @contextlib.contextmanager
    def ttl(self, version, value):
        field = {4: "ip ttl", 6: "ip6 hoplimit"}[version]
        rule = f"chain o {{ type filter hook output priority -150; tcp dport 443 {field} set {value}; }}"
        with CHAIN.host_firewall(rule):
            yield

    def test_rows_are_not_called_a_path(self):
        for version in (4, 6):
            with self.subTest(version=version), self.ttl(version, 64):
                outcome = traced(chain.target_address(version=version))
                self.assertEqual(outcome.state, "open", outcome)
                self.assertIsNone(outcome.json.get("distance"), outcome)
                findings = [(each["kind"], each["certainty"]) for each in outcome.json["findings"]]
                self.assertEqual(findings, [("own_ttl", "certain")], outcome)

    def test_a_path_that_cannot_be_seen_is_not_continued(self):
        for version in (4, 6):
            for method in ("raw", "connect"):
                with self.subTest(version=version, method=method), self.ttl(version, 2):
                    argv = [programs.synroute_program(), "-n", "--method", method, chain.target_address(version=version)]
                    done = CHAIN.host.run([*argv, "443"])
                    self.assertNotIn("continues", done.stdout)
                    self.assertIn("rows do not show the path", done.stdout)


class OtherRules(unittest.TestCase):
    def test_several_targets_have_no_common_distance(self):
        targets = f"{{ 0 : {chain.target_address()}, 1 : {CHAIN.router(1)} }}"
        rule = f"ip daddr {SERVICE[4]} tcp dport 443 dnat ip to numgen inc mod 2 map {targets};"
        with CHAIN.host_firewall(OUTPUT.format(rule)):
            outcome = traced(SERVICE[4])
        self.assertEqual({each["kind"] for each in outcome.json["findings"]}, {"own_nat", "own_nat_balances"}, outcome)
        self.assertIsNone(outcome.json.get("distance"), outcome)

    def test_connect_does_not_blame_the_gateway_for_a_redirection(self):
        for version in (4, 6):
            address = chain.target_address(version=version)
            rule = f"{IP[version]} daddr {address} tcp dport 443 redirect to :7777;"
            with self.subTest(version=version), CHAIN.host_firewall(OUTPUT.format(rule)):
                done = CHAIN.host.run([programs.synroute_program(), "-n", "--method", "connect", address, "443"])
                self.assertIn("or a rule of this host redirects the connection", done.stdout)

    def test_the_route_is_that_of_the_user(self):
        """Also with permissions of its own (ambient capabilities), which are given up later."""
        hop = absent(4)
        CHAIN.host.ip(f"route add 203.0.113.0/24 via {hop} table 77\nrule add uidrange 1000-1000 lookup 77 pref 100\n")
        try:
            argv = [programs.synroute_program(), "-n", chain.target_address(), "443"]
            of_user = CHAIN.host.run(["setpriv", *UNPRIVILEGED, *argv])
            of_root = CHAIN.host.run(argv)
        finally:
            CHAIN.host.ip("rule del pref 100\nroute flush table 77\n")
        self.assertIn(f"unreachable: {hop} does not answer ARP", of_user.stdout)
        self.assertIn("open: 203.0.113.80 accepts", of_root.stdout)


if __name__ == "__main__":
    lab.main()
