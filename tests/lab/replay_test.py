# SPDX-License-Identifier: Apache-2.0
"""Replays of captured traces of the peers, compared with the truth of the scenario; and captures by --pcap."""

import concurrent.futures
import pathlib
import subprocess
import tempfile
import unittest

import lab
import peers
from lab import programs

SCENARIOS = ["home", "mpls-explicit", "balanced-by-flow", "nat-repaired", "dnat", "closed", "host-filtered"]
# Scenarios in which a peer does not send the probes that a correct replay needs.
NOT_ASKED = {
    ("mtr", "dnat"): "takes a time exceeded in the name of the target for arrival and stops there",
    ("scamper", "dnat"): "the same",
    ("nmap", "host-filtered"): "traces with ICMP echo where the port is silent",
}
FOLDER = None


def setUpModule():
    global FOLDER
    lab.require()
    lab.require_synroute()
    FOLDER = tempfile.TemporaryDirectory()


def tearDownModule():
    if FOLDER:
        FOLDER.cleanup()


def replay(file, *arguments):
    argv = [programs.synroute_program(), "replay", "-n", "--json", str(file), *arguments]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return programs.outcome_of("synroute", argv, done.returncode, 0, done.stdout, done.stderr)


def file_of(*parts):
    return pathlib.Path(FOLDER.name) / ("-".join(parts).replace(":", "_") + ".pcap")


class Peers(unittest.TestCase):
    """Each peer traces behind a device of synroute-lab, which captures its packets."""

    def capture(self, name, scenario, truth):
        file = file_of(name, scenario, truth["target"])
        argv = programs.argv_of(name, truth["target"], truth["port"])
        command = [peers.LAB, "--quiet", "--ethernet", "--pcap", str(file), scenario, "--", *argv]
        status, seconds, out, err = peers.run_limited(command)
        return file, programs.outcome_of(name, argv, status, seconds, out, err)

    def check(self, name, scenario, truth):
        """The first fault; empty if the replay is correct and shows no less than the peer did."""
        if ":" in truth["target"] and name in programs.SPEAKS_ONLY_IPV4:
            return ""
        file, said = self.capture(name, scenario, truth)
        shown = replay(file, f"[{truth['target']}]" if ":" in truth["target"] else truth["target"])
        if shown.json is None:
            return f"{said}\n{shown}"
        fault = peers.faults(truth, shown)
        if not fault and shown.json["counters"]["unmatched"] > 0:
            fault = f"{shown.json['counters']['unmatched']} answers match no probe"
        for ttl, found in said.rows.items():
            if not fault and found - shown.rows.get(ttl, set()):
                fault = f"{name} itself shows {found} at hop {ttl}"
        return f"{fault}\n{said}\n{shown}" if fault else ""

    def test_replays_equal_the_truth(self):
        with concurrent.futures.ThreadPoolExecutor(peers.AT_ONCE) as pool:
            jobs = {
                (name, scenario, truth["target"]): pool.submit(self.check, name, scenario, truth)
                for scenario in SCENARIOS
                for truth in peers.truths(scenario)
                for name in programs.PEERS
                if not programs.is_missing(name) and (name, scenario) not in NOT_ASKED
            }
            self.assertGreater(len(jobs), 20)
            for key, job in jobs.items():
                with self.subTest(key):
                    self.assertEqual(job.result(), "")


def without_waits(hops):
    """A capture does not tell how long its prober waited."""
    return [{**hop, "probes": [{**probe, "waited_ms": None} for probe in hop["probes"]]} for hop in hops]


class OwnCaptures(unittest.TestCase):
    """--pcap on the wire, not in the simulator."""

    def trace(self, scenario, file, *more):
        argv = [programs.synroute_program(), "-n", "--json", "--method", "raw", "--pcap", str(file), *more]
        done = subprocess.run([peers.LAB, "-q", scenario, "--", *argv], capture_output=True, text=True, timeout=60)
        return programs.outcome_of("synroute", argv, done.returncode, 0, done.stdout, done.stderr)

    def test_a_replay_has_the_result_of_the_trace(self):
        for scenario in ("home", "dnat", "closed"):
            file = file_of("own", scenario)
            truth = peers.truths(scenario)[0]
            live = self.trace(scenario, file, "-p", str(truth["port"]), truth["target"])
            again = replay(file)
            with self.subTest(scenario):
                self.assertEqual(without_waits(live.json["hops"]), without_waits(again.json["hops"]))
                kinds = [[(each["kind"], each["first_hop"], each["evidence"]) for each in outcome.json["findings"]]
                         for outcome in (live, again)]  # fmt: skip
                self.assertEqual(*kinds)
                self.assertEqual((live.state, live.status), (again.state, again.status))

    def test_nothing_is_lost_on_interruption(self):
        file = file_of("interrupted")
        argv = [programs.synroute_program(), "-n", "-q", "9", "-z", "200", "-w", "9,0,0", "--pcap", str(file), "203.0.113.80:443"]
        lab_argv = [peers.LAB, "-q", "home", "--", "timeout", "-s", "INT", "1.5", *argv]
        subprocess.run(lab_argv, capture_output=True, timeout=60, check=False)
        shown = replay(file)
        self.assertIn({"192.168.1.1"}, shown.rows.values(), shown)

    def test_tcpdump_reads_it(self):
        file = file_of("tcpdump")
        self.trace("home", file, "203.0.113.80:443")
        done = subprocess.run(["tcpdump", "-nvvr", str(file)], capture_output=True, text=True, timeout=60)
        self.assertIn("Flags [S]", done.stdout)
        self.assertIn("time exceeded", done.stdout)
        self.assertNotIn("incorrect", done.stdout)


if __name__ == "__main__":
    unittest.main()
