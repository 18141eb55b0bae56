# SPDX-License-Identifier: Apache-2.0
"""A trace that is written down and replayed is the same trace, in every scenario.

    replay_test.py SYNROUTE SYNROUTE-LAB [SCENARIO...]

Traced in virtual time with --pcap; `synroute replay` must then say the same: rows, times, states, distances, evidence,
findings, exit status.
"""

import concurrent.futures
import json
import re
import os
import struct
import subprocess
import sys
import tempfile

# What a capture does not tell: what was typed, how far the prober would have looked, and what it was not waiting for
# any more when it stopped listening.
NOT_CAPTURED = {"method", "duration_ms", "target", "settings", "other_probes", "counters"}


def run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def without_trailing_silence(hops):
    """Rows behind the last answer: how many of them there are depends on when the prober stopped waiting."""
    while hops and not hops[-1]["responders"]:
        hops = hops[:-1]
    return hops


def settled(finding):
    """Findings about all rows span the silent ones as well."""
    return {key: value for key, value in finding.items() if key not in ("last_hop", "evidence", "sentence")}


def without_waits(trace):
    """A capture does not tell how long its prober waited for a lost probe."""
    for hop in trace["hops"]:
        for probe in hop["probes"]:
            del probe["waited_ms"]
    for finding in trace["findings"]:
        finding["sentence"] = re.sub(r"no answer within [0-9.]+ m?s", "no answer", finding["sentence"])
    return trace


def comparable(trace):
    trace = without_waits(trace)
    kept = {key: value for key, value in trace.items() if key not in NOT_CAPTURED}
    kept["address"], kept["port"] = trace["target"]["address"], trace["target"]["port"]
    silent_end = trace["hops"] and not trace["hops"][-1]["responders"]
    kept["hops"] = without_trailing_silence(trace["hops"])
    if silent_end:
        kept["findings"] = [settled(finding) for finding in trace["findings"]]
    return kept


def without_last_instant(file):
    """The capture without its last packet, its last two packets and so on, of those captured in the same instant: an
    answer ends the trace, and what came with it is written down but not looked at."""
    with open(file, "rb") as stream:
        whole = stream.read()
    order = "<" if whole[:4] in (b"\x4d\x3c\xb2\xa1", b"\xd4\xc3\xb2\xa1") else ">"
    begins, at = [], 24
    while at < len(whole):
        begins.append(at)
        at += 16 + struct.unpack_from(order + "I", whole, at + 8)[0]
    last = [begin for begin in begins if whole[begin:begin + 8] == whole[begins[-1]:begins[-1] + 8]]
    for begin in reversed(last[1:]):
        with open(file, "wb") as stream:
            stream.write(whole[:begin])
        yield


def differences(was, is_now):
    return [f"{key}\n  live   {was[key]}\n  replay {is_now.get(key)}" for key in was if was[key] != is_now.get(key)]


def check_target(synroute, name, target, file):
    address, port = target["target"], target["port"]
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    live = run([synroute, "demo", name, "-n", "--json", "--pcap", file, target])
    again = run([synroute, "replay", "-n", "--json", file])
    if not live.stdout or not again.stdout:
        return [f"{name} {target}: nothing shown: {live.stderr}{again.stderr}"]
    was = comparable(json.loads(live.stdout))
    different = differences(was, comparable(json.loads(again.stdout)))
    if different:
        for _ in without_last_instant(file):
            shorter = run([synroute, "replay", "-n", "--json", file])
            if not differences(was, comparable(json.loads(shorter.stdout))):
                different = []
    found = [f"{name} {target}: {each}" for each in different]
    if live.returncode != again.returncode:
        found.append(f"{name} {target}: status {live.returncode}, replayed {again.returncode}")
    return found


def check(synroute, lab, name):
    targets = json.loads(run([lab, "--truth", name]).stdout)["targets"]
    with tempfile.TemporaryDirectory() as folder:
        return [
            fault for target in targets for fault in check_target(synroute, name, target, os.path.join(folder, "a.pcap"))
        ], len(targets)


def main(arguments):
    synroute, lab, *names = arguments
    names = names or [line.split()[0] for line in run([lab, "--list"]).stdout.splitlines()]
    faults, targets = [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found, count in pool.map(lambda name: check(synroute, lab, name), names):
            faults += found
            targets += count
    print("\n".join(faults))
    print(f"{len(names)} scenarios, {targets} targets, {len(faults)} differences")
    return 1 if faults or not targets else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
