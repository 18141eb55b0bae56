# SPDX-License-Identifier: Apache-2.0
"""What the machine refuses, and what an interruption leaves."""

import contextlib
import signal
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


def synroute(*arguments, **options):
    return CHAIN.host.run([programs.synroute_program(), "-n", *arguments], **options)


class Refusals(unittest.TestCase):
    def assert_refused(self, arguments, status, *words):
        """One precise line on stderr, nothing on stdout, nothing on the wire."""
        with self.subTest(arguments=arguments), lab.Tap(*CHAIN.tap_points()[0]) as tap:
            done = synroute(*arguments)
            self.assertEqual(done.returncode, status, done)
            self.assertEqual(done.stdout, "")
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)
            self.assertEqual(tap.syns(), [])

    def test_no_route_is_said(self):
        self.assert_refused(["192.0.2.1"], 5, "192.0.2.1")
        self.assert_refused(["2001:db8:ffff::1"], 5, "2001:db8:ffff::1")

    def test_an_unknown_interface_is_said(self):
        self.assert_refused(["-i", "nosuch0", chain.target_address()], 5, "nosuch0")

    def test_a_source_address_of_somebody_else_is_said(self):
        self.assert_refused(["-s", "198.51.100.7", chain.target_address()], 5, "198.51.100.7")
        self.assert_refused(["-s", "2001:db8:9::9", chain.target_address(version=6)], 5, "2001:db8:9::9")

    def test_a_local_firewall_is_told_from_the_network(self):
        rules = "chain output { type filter hook output priority 0; meta l4proto tcp drop; }"
        with CHAIN.host_firewall(rules):
            for version in (4, 6):
                target = chain.target_address(version=version)
                outcome = programs.trace("synroute", CHAIN.host, target, chain.OPEN)
                self.assertEqual(outcome.status, 5, outcome)
                self.assertEqual(outcome.json["stop_reason"], "refused", outcome)
                refusals = {
                    probe["refusal"] for hop in outcome.json["hops"] for probe in hop["probes"]
                }
                self.assertEqual(refusals, {"not permitted"}, outcome)
                told = synroute(target, str(chain.OPEN))
                self.assertIn("not permitted", told.stdout.splitlines()[-1], told)

    def test_without_rights_it_says_what_would_give_them_or_goes_without(self):
        argv = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
        argv += programs.argv_of("synroute", chain.target_address(), chain.OPEN)
        done = CHAIN.host.run(argv)
        if done.returncode == 5:
            self.assertEqual(done.stdout, "")
            self.assertIn("setcap", done.stderr)
            self.assertIn("sudo", done.stderr)
        else:
            outcome = programs.outcome_of("synroute", argv, done.returncode, 0, done.stdout, done.stderr)
            self.assertEqual(outcome.json["method"], "connect", outcome)
            self.assertEqual(outcome.json["state"], "open", outcome)


class Interruption(unittest.TestCase):
    """A port that never answers, and patience that outlasts the test."""

    def interrupted(self, *arguments, rows):
        argv = [programs.synroute_program(), "-n", "-w", "20,0,0", *arguments]
        argv += [chain.target_address(), str(chain.DROPPED_HALFWAY)]
        with contextlib.ExitStack() as stack:
            tap = stack.enter_context(lab.Tap(*CHAIN.tap_points()[0]))
            process = CHAIN.host.popen(argv)
            stack.callback(process.kill)
            seen = ""
            while len(programs.numbered_rows(seen)) < rows:
                seen += process.stdout.readline()
            while not tap.syns():
                pass
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=5)
        return process.returncode, seen + out, err

    def test_leaves_the_rows_so_far_and_the_closing_line(self):
        status, out, err = self.interrupted(rows=6)
        self.assertEqual(status, 130)
        self.assertEqual(err, "")
        rows = programs.numbered_rows(out)
        for hop in range(1, chain.FIREWALL_ROUTER + 1):
            self.assertEqual(rows[hop], {CHAIN.router(hop)}, out)
        self.assertIn("interrupted", out.splitlines()[-1], out)

    def test_leaves_whole_json(self):
        status, out, err = self.interrupted("--json", rows=0)
        self.assertEqual(status, 130)
        outcome = programs.outcome_of("synroute", [], status, 0, out, err)
        self.assertEqual(outcome.json["stop_reason"], "interrupted", out)

    def test_a_reader_that_goes_away_ends_the_trace_quietly(self):
        argv = [programs.synroute_program(), "-n", "-w", "2,0,0"]
        process = CHAIN.host.popen([*argv, chain.target_address(), str(chain.DROPPED)])
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=30)
        self.assertEqual(err, "")
        self.assertNotEqual(process.returncode, 0)


if __name__ == "__main__":
    lab.main()
