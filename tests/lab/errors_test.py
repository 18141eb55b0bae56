# SPDX-License-Identifier: Apache-2.0
"""Errors of this host, and what an interrupted trace prints."""

import contextlib
import json
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

    def test_a_missing_route_is_reported(self):
        self.assert_refused(["192.0.2.1"], 5, "192.0.2.1")
        self.assert_refused(["2001:db8:ffff::1"], 5, "2001:db8:ffff::1")

    def test_an_unknown_interface_is_reported(self):
        self.assert_refused(["-i", "nosuch0", chain.target_address()], 5, "nosuch0")

    def test_a_foreign_source_address_is_reported(self):
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

    def test_without_rights_it_names_the_remedy_or_uses_connect(self):
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


class Mishaps(unittest.TestCase):
    """Failures of this host during a trace are not counted as loss of the network."""

    NOBODY = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]

    def trace_while(self, start, happens, arguments=()):
        """Traces a port that never answers, far enough away that probes are still sent after the failure."""
        argv = [*start, programs.synroute_program(), "-n", "--json", "-q", "9", "-w", "1,0,0", *arguments]
        argv += [chain.target_address(chain.BLACK_HOLE), str(chain.OPEN)]
        with contextlib.ExitStack() as stack:
            own = stack.enter_context(lab.Chain())
            tap = stack.enter_context(lab.Tap(*own.tap_points()[0]))
            process = own.host.popen(argv)
            stack.callback(process.kill)
            while not tap.syns():
                pass
            own.host.ip(happens)
            out, err = process.communicate(timeout=60)
        return programs.outcome_of("synroute", argv, process.returncode, 0, out, err)

    def assert_told(self, outcome, refusal):
        probes = [probe for hop in outcome.json["hops"] for probe in hop["probes"]]
        probes += outcome.json["other_probes"]
        refusals = {probe["refusal"] for probe in probes} - {None}
        self.assertEqual(refusals, {refusal}, outcome)
        refused = sum(probe["result"] == "refused" for probe in probes)
        self.assertEqual(outcome.json["counters"]["refused"], refused, outcome)
        told = [each for each in outcome.json["findings"] if each["kind"] == "not_sent"]
        self.assertEqual(len(told), 1, outcome)
        self.assertIn(refusal, told[0]["sentence"])
        self.assertEqual(len(told[0]["evidence"]), refused)

    def test_an_interface_that_goes_down_and_an_address_that_goes(self):
        for happens, refusal in (
            ("link set right down\n", "interface down"),
            (f"addr del {CHAIN.host_address()}/24 dev right\n", "source address gone"),
        ):
            for start in ([], self.NOBODY):
                with self.subTest(refusal=refusal, rights=not start):
                    self.assert_told(self.trace_while(start, happens), refusal)

    def test_an_mtu_that_shrinks(self):
        outcome = self.trace_while([], "link set right mtu 600\n", ["-l", "1000"])
        self.assert_told(outcome, "packet too long")

    def test_a_queue_that_is_full(self):
        with lab.Chain(hops=2) as own:
            own.host.run(["tc", "qdisc", "replace", "dev", "right", "root", "bfifo", "limit", "1"])
            outcome = programs.trace("synroute", own.host, chain.target_address(), chain.OPEN)
        self.assert_told(outcome, "no buffer space")
        self.assertEqual((outcome.status, outcome.json["stop_reason"]), (5, "refused"), outcome)

    def test_errors_that_the_local_firewall_drops_are_counted(self):
        rules = "chain in {{ type filter hook input priority 0; {}; }}"
        for version, rule in ((4, "icmp type time-exceeded drop"), (6, "icmpv6 type time-exceeded drop")):
            target = chain.target_address(version=version)
            before = programs.trace("synroute", CHAIN.host, target, chain.OPEN)
            self.assertEqual(before.json["counters"]["dropped_by_firewall"], 0, before)
            with CHAIN.host_firewall(rules.format(rule)):
                outcome = programs.trace("synroute", CHAIN.host, target, chain.OPEN)
                blind = CHAIN.host.run([*self.NOBODY, *programs.argv_of("synroute", target, chain.OPEN)])
            self.assertEqual(len(outcome.routers(target)), CHAIN.hops, outcome)
            self.assertGreater(outcome.json["counters"]["dropped_by_firewall"], 0, outcome)
            self.assertIn("local_firewall", [each["kind"] for each in outcome.json["findings"]])
            kinds = {each["kind"]: each["sentence"] for each in json.loads(blind.stdout)["findings"]}
            self.assertEqual(list(kinds), ["no_reports"])
            self.assertIn("the local firewall drops them, which only raw sockets can tell", kinds["no_reports"])

    def test_a_ttl_rewritten_next_to_this_host_is_not_a_short_path(self):
        with lab.Chain(hops=2) as short:
            short.node(1).nft("table inet t { chain c { type filter hook prerouting priority -300;"
                              " ip daddr 203.0.113.0/24 ip ttl set 64; }; }")  # fmt: skip
            for start in ([], self.NOBODY):
                argv = [*start, *programs.argv_of("synroute", chain.target_address(), chain.OPEN)]
                done = short.host.run(argv)
                outcome = programs.outcome_of("synroute", argv, done.returncode, 0, done.stdout, done.stderr)
                self.assertEqual(outcome.json["distance"], 1, outcome)
                told = {each["kind"]: each["sentence"] for each in outcome.json["findings"]}
                self.assertIn(f"the gateway {short.router(1)}", told.get("ttl_rewritten", ""), outcome)

    def test_no_answer_at_all_is_a_finding(self):
        with lab.Chain(hops=1) as short:
            # Drop next to the host: it sends, and no answer arrives.
            short.node(1).nft("table inet t { chain c { type filter hook prerouting priority -300;"
                              " meta l4proto tcp drop; }; }")  # fmt: skip
            outcome = programs.trace("synroute", short.host, chain.target_address(), chain.OPEN)
        self.assertEqual([each["kind"] for each in outcome.json["findings"]], ["nothing_came_back"], outcome)
        self.assertEqual(outcome.status, 1)


class Interruption(unittest.TestCase):
    """Traces a port that never answers, with a wait longer than the test."""

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

    def test_prints_the_rows_so_far_and_the_closing_line(self):
        status, out, err = self.interrupted(rows=6)
        self.assertEqual(status, 130)
        self.assertEqual(err, "")
        rows = programs.numbered_rows(out)
        for hop in range(1, chain.FIREWALL_ROUTER + 1):
            self.assertEqual(rows[hop], {CHAIN.router(hop)}, out)
        self.assertIn("interrupted", out.splitlines()[-1], out)

    def test_prints_complete_json(self):
        status, out, err = self.interrupted("--json", rows=0)
        self.assertEqual(status, 130)
        outcome = programs.outcome_of("synroute", [], status, 0, out, err)
        self.assertEqual(outcome.json["stop_reason"], "interrupted", out)

    def test_a_closed_output_pipe_ends_the_trace_without_a_message(self):
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
