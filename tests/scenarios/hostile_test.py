# SPDX-License-Identifier: Apache-2.0
"""Forged, garbled and cut answers at ten and a hundred times the rate of real ones: none is believed, none is kept.

    hostile_test.py SYNROUTE SYNROUTE-LAB
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import truth_test

SYNROUTE, LAB = sys.argv[1:3]
SEEDS = range(1, 26)
FLOOD = pathlib.Path(__file__).with_name("noise.scenario").read_text(encoding="utf-8")


def trace(path, queries, seed):
    """(the trace, the largest size the process ever had in KiB)"""
    command = [SYNROUTE, "demo", path, "-4", "--json", "-n", "-q", str(queries), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise AssertionError(f"exit {process.returncode}: {text}")
    return json.loads(text), usage.ru_maxrss


class Flood(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def scenario(self, rate):
        path = f"{self.folder}/noise-{rate}.scenario"
        pathlib.Path(path).write_text(FLOOD.replace("noise 10", f"noise {rate}" if rate else ""), encoding="utf-8")
        return path

    def truth(self, path):
        done = subprocess.run([LAB, "--truth", path], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["targets"][0]

    def test_nothing_forged_is_attributed(self):
        for rate in (10, 100):
            path = self.scenario(rate)
            truth = self.truth(path)
            hops = {hop["ttl"]: truth_test.true_shapes(hop) for hop in truth["hops"]}
            forged = answers = 0
            for seed in SEEDS:
                found, _ = trace(path, 3, seed)
                counters = found["counters"]
                forged += counters["unmatched"] + counters["malformed"] + counters["bad_checksum"]
                self.assertEqual((found["state"], found["distance"]), (truth["state"], truth["distance"]))
                for hop in found["hops"]:
                    seen = {truth_test.traced_shape(p) for p in hop["probes"] if truth_test.answered(p)}
                    self.assertLessEqual(seen, hops[hop["ttl"]], f"rate {rate}, seed {seed}, hop {hop['ttl']}")
                    answers += len(hop["probes"])
            self.assertGreater(forged, rate / 4 * answers)  # the flood was there

    def test_memory_does_not_grow_with_it(self):
        _, calm = trace(self.scenario(0), 100, 1)
        found, flooded = trace(self.scenario(100), 100, 1)
        self.assertGreater(found["counters"]["unmatched"], 3000)
        truth = self.truth(self.scenario(100))
        genuine = {answer["from"] for hop in truth["hops"] for answer in hop["answers"]}
        probes = [probe for hop in found["hops"] for probe in hop["probes"]] + found["other_probes"]
        self.assertLessEqual({probe["from"] for probe in probes if probe["from"]}, genuine)
        self.assertLess(flooded - calm, 4096, f"{calm} KiB without, {flooded} KiB with it")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
