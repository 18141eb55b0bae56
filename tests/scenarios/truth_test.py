# SPDX-License-Identifier: Apache-2.0
"""Every scenario, traced by the program itself, equals what a perfect tracer would find.

    truth_test.py SYNROUTE SYNROUTE-LAB virtual|tun [SCENARIO...]

virtual: `synroute demo`, no rights needed. tun: the raw transport behind a TUN device in real time, and the
same trace in virtual time: the same hops, states and evidence; 77 where namespaces are not permitted.
The truth is computed from the scenario alone (synroute-lab --truth), without the engine and the simulated
world.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

SKIPPED = 77
INTERNETS = [f"internet:{seed}" for seed in range(1, 16)]

# What a tracer need not find, because it depends on earlier probes: rate limits of a router or host.
LIMITED = {
    "limit-bucket": "the second round finds the bucket of hop 3 empty",
    "host-syn-limit": "the target processes two SYNs per second",
    "host-full-without-cookies": "a full backlog drops SYNs",
}
# The result depends on the order of packets, which a real clock does not repeat: each run is compared with the
# truth, but not with the other.
UNREPEATABLE = {
    "balanced-by-packet": "each packet takes the next path",
    "jitter": "delays are drawn in the order of arrival",
    "reordering": "as jitter",
}
# How long was waited follows from round-trip times.
WAITED = re.compile(r"within \d+\.\d+ s")
# Findings that rest on round-trip times, to which a busy machine adds: src/infer/ asserts them in virtual time.
BY_ROUND_TRIP_TIME = {"ttl_rewritten"}


def run(command, seconds=120):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)


class Programs:
    def __init__(self, synroute, lab):
        self.synroute, self.lab = synroute, lab

    def scenarios(self):
        return [line.split()[0] for line in run([self.lab, "--list"]).stdout.splitlines()]

    def truths(self, scenario):
        return json.loads(run([self.lab, "--truth", scenario]).stdout)["targets"]

    def trace(self, scenario, truth, way):
        address, port = truth["target"], truth["port"]
        target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        options = ["--json", "--numeric", target]
        if way == "virtual":
            done = run([self.synroute, "demo", scenario, *options])
        else:
            done = run([self.lab, "--quiet", scenario, "--", self.synroute, "--method", "raw", *options])
        if not done.stdout:
            raise RuntimeError(f"{scenario} {target}: exit {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


def labels(answer):
    return [(each["label"], each["tc"], each["ttl"]) for each in answer.get("mpls") or []]


def shape(answer, icmp):
    """The properties of an answer that must agree."""
    kind = answer.get("kind") or answer.get("result")
    return (kind, answer["from"], answer["reply_ttl"], answer.get("quoted_ttl"), icmp, tuple(labels(answer)))


def true_shapes(hop):
    return {
        shape(answer, (answer["icmp_type"], answer["icmp_code"]) if "icmp_type" in answer else None)
        for answer in hop["answers"]
    }


def traced_shape(probe):
    icmp = probe["icmp"]
    return shape(probe, (icmp["type"], icmp["code"]) if icmp else None)


def answered(probe):
    return probe["from"] is not None and not probe["late"]


def faults(scenario, truth, trace):
    """Every way in which a trace differs from the truth, as sentences."""
    found = []
    by_chance = truth["by_chance"] or scenario in LIMITED
    states = {truth["state"]}
    if truth["state"] == "rejected" and truth["decided_by"] == "middlebox" and not truth["reached"]:
        states |= {"closed"}  # a well forged RST alone cannot be distinguished from the target's own
    if trace["state"] not in states and not by_chance:
        found.append(f"state {trace['state']}, truth {truth['state']}")
    if trace["distance"] != truth["distance"] and not by_chance:
        found.append(f"distance {trace['distance']}, truth {truth['distance']}")
    true_hops = {hop["ttl"]: hop for hop in truth["hops"]}
    for hop in trace["hops"]:
        true_hop = true_hops.get(hop["ttl"])
        # A row may be filled up with probes of a larger TTL that were rejected with the same error.
        own = [probe for probe in hop["probes"] if probe["role"] == "hop" and probe["ttl"] == hop["ttl"]]
        seen = {traced_shape(probe) for probe in own if answered(probe)}
        if true_hop is None:
            if seen:
                found.append(f"hop {hop['ttl']}: the truth ends before it, but {seen}")
            continue
        wrong = seen - true_shapes(true_hop)
        if wrong:
            found.append(f"hop {hop['ttl']}: {sorted(map(str, wrong))}, truth {sorted(map(str, true_shapes(true_hop)))}")
        if not seen and not hop["responders"] and not true_hop["may_be_silent"] and not by_chance:
            found.append(f"hop {hop['ttl']}: no reply, truth {sorted(map(str, true_shapes(true_hop)))}")
    rows = len(trace["hops"])
    if not by_chance and truth["state"] != "filtered" and rows != len(true_hops):
        found.append(f"{rows} rows, truth {len(true_hops)}")
    if not by_chance and truth["state"] == "filtered" and rows < len(true_hops) and len(true_hops) < 30:
        found.append(f"{rows} rows, truth {len(true_hops)}")
    return found


def evidence(probe):
    keys = ("result", "from", "reply_ttl", "quoted_ttl", "icmp", "tcp_flags", "mpls", "interfaces", "rewritten")
    return json.dumps([probe[key] for key in keys])


def comparable(truth, trace):
    """What two traces of the same network have in common: everything but times and counts."""
    # Where load is shared, the source port selects which router answers, or that none does.
    shared = {
        hop["ttl"]
        for hop in truth["hops"]
        if len(true_shapes(hop)) > 1 or (hop["answers"] and hop["may_be_silent"])
    }
    decided = trace["decided_by"]
    parts = {key: trace[key] for key in ("state", "reached", "distance", "stop_reason", "ecn")}
    parts["decided_by"] = decided and [decided[key] for key in ("from", "result", "icmp", "reason")]
    # By hop: a silent one is reported together with neighbours that are silent by chance.
    parts["findings"] = [
        [finding["kind"], hop, finding["certainty"], WAITED.sub("within …", finding["sentence"])]
        for finding in trace["findings"]
        if finding["kind"] not in BY_ROUND_TRIP_TIME
        for hop in range(finding["first_hop"], finding["last_hop"] + 1)
        if hop not in shared
    ]
    rows = trace["hops"]
    # How far it probes beyond the last answer depends on when that arrived.
    while rows and not rows[-1]["responders"]:
        rows = rows[:-1]
    for hop in rows:
        answers = {evidence(probe) for probe in hop["probes"] if probe["role"] == "hop" and answered(probe)}
        parts[f"hop {hop['ttl']}"] = "shared" if hop["ttl"] in shared else sorted(answers)
    return parts


def differences(truth, virtual, real):
    one, other = comparable(truth, virtual), comparable(truth, real)
    return [
        f"{part}: virtual time {one.get(part)}, TUN {other.get(part)}"
        for part in sorted(one.keys() | other.keys())
        if one.get(part) != other.get(part)
    ]


def check_target(programs, scenario, truth, way):
    trace = programs.trace(scenario, truth, way)
    found = faults(scenario, truth, trace)
    repeatable = not truth["by_chance"] and scenario not in LIMITED and scenario not in UNREPEATABLE
    if way == "tun" and repeatable:
        found += differences(truth, programs.trace(scenario, truth, "virtual"), trace)
    return found


def check(programs, scenario, way):
    truths = programs.truths(scenario)
    lines = [] if truths else [f"{scenario}: no target"]
    for truth in truths:
        try:
            wrong = check_target(programs, scenario, truth, way)
        except (RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
            wrong = [str(error)]
        lines += [f"{scenario} {truth['target']} port {truth['port']}: {fault}" for fault in wrong]
    return lines


def main():
    synroute, lab, way, *names = sys.argv[1:]
    programs = Programs(synroute, lab)
    if way == "tun":
        probe = run([lab, "--quiet", "closed", "--", "true"])
        if probe.returncode != 0:
            print("SKIP:", probe.stderr.strip())
            return 1 if os.environ.get("SYNROUTE_MUST_RUN_LAB") else SKIPPED
    scenarios = names or programs.scenarios() + INTERNETS
    with concurrent.futures.ThreadPoolExecutor(max_workers=2 if way == "virtual" else 4) as pool:
        results = list(pool.map(lambda scenario: check(programs, scenario, way), scenarios))
    for line in sum(results, []):
        print(line)
    right = sum(1 for lines in results if not lines)
    print(f"{right} of {len(scenarios)} scenarios right ({way})")
    return 0 if scenarios and right == len(scenarios) else 1


if __name__ == "__main__":
    sys.exit(main())
