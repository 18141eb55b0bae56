# SPDX-License-Identifier: Apache-2.0
"""Tracing by a user without rights, with an empty bounding set."""

import time
import unittest

import lab
from lab import chain, programs

CHAIN = None
NOBODY = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain()


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def trace(start, arguments, where=None):
    argv = [*start, programs.synroute_program(), "-n", "--json", *arguments]
    begun = time.monotonic()
    done = (where or CHAIN).host.run(argv)
    seconds = time.monotonic() - begun
    return programs.outcome_of("synroute", argv, done.returncode, seconds, done.stdout, done.stderr)


def answers(outcome):
    """{TTL: the fields of the answers that both methods know}."""
    found = {}
    for hop in outcome.json["hops"]:
        for probe in hop["probes"]:
            if probe["from"] is None or probe["role"] != "hop":
                continue
            icmp = probe["icmp"] and (probe["icmp"]["type"], probe["icmp"]["code"])
            known = (probe["result"], probe["from"], icmp, probe["reply_ttl"] if icmp else None)
            found.setdefault(hop["ttl"], set()).add(known)
    return found


def without_limits(found):
    """Linux rate-limits the errors of routes of type unreachable, so a different probe may get the answer."""
    said = {answer for seen in found.values() for answer in seen if answer[0] == "unreachable"}
    return {ttl: seen - said for ttl, seen in found.items() if seen - said}, said


class SameAsRaw(unittest.TestCase):
    def assert_same(self, arguments, shared=()):
        raw, connect = trace([], arguments), trace(NOBODY, arguments)
        self.assertEqual((raw.json["method"], connect.json["method"]), ("raw", "connect"), arguments)
        for key in ("state", "reached", "distance", "stop_reason"):
            self.assertEqual(connect.json[key], raw.json[key], (key, arguments, connect))
        self.assertEqual(connect.status, raw.status, arguments)
        one, other = answers(raw), answers(connect)
        for ttl in shared:
            self.assertTrue(one.pop(ttl) and other.pop(ttl), arguments)
        self.assertEqual(without_limits(other), without_limits(one), arguments)

    def test_on_every_kind_of_path(self):
        for version in (4, 6):
            for which in (chain.PLAIN, chain.DNAT, chain.SNAT, chain.SILENT, chain.ICMP_LESS, chain.NO_HOST,
                          chain.PROHIBITED, chain.BLACK_HOLE):  # fmt: skip
                with self.subTest(which=which, version=version):
                    self.assert_same(["-p", str(chain.OPEN), chain.target_address(which, version)])
            # r7 answers from the interface on which the probe arrived.
            target = chain.target_address(chain.ECMP, version)
            self.assert_same(["-p", str(chain.OPEN), target], shared=[6, 7])

    def test_at_every_kind_of_port(self):
        for version, kinds in chain.REJECTS.items():
            target = chain.target_address(version=version)
            rejected = [chain.REJECTED_AT_TARGET + code for code in kinds.values()]
            rejected += [chain.REJECTED_HALFWAY + code for code in kinds.values()]
            for port in (chain.CLOSED, chain.DROPPED, chain.DROPPED_HALFWAY, *rejected):
                with self.subTest(port=port, version=version):
                    self.assert_same(["-p", str(port), target])


class Manners(unittest.TestCase):
    def test_one_line_says_what_is_missing(self):
        outcome = trace(NOBODY, [chain.target_address()])
        self.assertEqual(len(outcome.err.splitlines()), 1, outcome)
        self.assertLess(len(outcome.err), 80, outcome.err)
        for word in ("connect()", "sudo"):
            self.assertIn(word, outcome.err)

    def test_paris_is_one_flow(self):
        for version in (4, 6):
            with lab.Tap(*CHAIN.tap_points()[0]) as tap:
                target = chain.target_address(version=version)
                outcome = trace(NOBODY, ["--paris", "-p", str(chain.OPEN), target])
                flows = {(syn.content.source_port, syn.content.flow_label) for syn in tap.syns()}
            self.assertEqual(len(flows), 1, flows)
            self.assertEqual(outcome.json["state"], "open", outcome)

    def test_paris_from_a_given_port(self):
        with lab.Tap(*CHAIN.tap_points()[0]) as tap:
            arguments = ["--paris", "--sport", "40123", "-p", str(chain.CLOSED), chain.target_address()]
            outcome = trace(NOBODY, arguments)
            self.assertEqual({syn.content.source_port for syn in tap.syns()}, {40123})
        self.assertEqual(outcome.json["state"], "closed", outcome)

    def test_twelve_hops_of_twenty_milliseconds_take_less_than_two_seconds(self):
        with lab.Chain(hops=12, delay_us=10_000) as far:
            for version in (4, 6):
                target = chain.target_address(version=version)
                outcome = trace(NOBODY, ["-p", str(chain.OPEN), target], far)
                self.assertEqual(outcome.json["distance"], 13, outcome)
                self.assertEqual(len(outcome.routers(target)), 12, outcome)
                self.assertGreater(outcome.json["hops"][11]["probes"][0]["rtt_ms"], 20, outcome)
                self.assertLess(outcome.seconds, 2, outcome)

    def test_every_command_works_without_rights(self):
        target = chain.target_address()
        for arguments in (
            ["--as", "tcptraceroute", "-n", target, str(chain.OPEN)],
            ["--as", "tracetcp", f"{target}:{chain.OPEN}", "-n"],
        ):
            done = CHAIN.host.run([*NOBODY, programs.synroute_program(), *arguments])
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(len([line for line in done.stderr.splitlines() if "connect()" in line]), 1, done)
            for hop in range(1, CHAIN.hops + 1):
                self.assertIn(CHAIN.router(hop), done.stdout)
            self.assertIn(target, done.stdout.splitlines()[-1] + done.stdout.splitlines()[-2])

    def test_options_that_need_rights_are_named(self):
        target = chain.target_address()
        for arguments, option in ((["-A"], "-A"), (["-E"], "-E"), ([target, "80", "100"], "packet length")):
            words = arguments if target in arguments else [*arguments, target]
            done = CHAIN.host.run([*NOBODY, programs.synroute_program(), "--as", "tcptraceroute", *words])
            self.assertEqual((done.returncode, done.stdout), (1, ""), done)
            self.assertIn(f"{option} requires raw packets", done.stderr)


if __name__ == "__main__":
    lab.main()
