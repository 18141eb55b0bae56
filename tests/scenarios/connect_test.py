# SPDX-License-Identifier: Apache-2.0
"""Every scenario, traced without any right, tells what it tells with the right to raw packets.

    connect_test.py SYNROUTE SYNROUTE-LAB [SCENARIO...]

A user with nothing, not even a capability to gain, sends by connect(); beside it the same trace by raw packets. The
same hops with the same answers, reply TTLs and labels, the same state and distance; 77 where namespaces are not
permitted. What this way cannot know is listed here, and each entry must be true.
"""

import concurrent.futures
import json
import os
import sys

from truth_test import LIMITED, SKIPPED, UNREPEATABLE, Programs, labels, run, true_shapes

WITHOUT_RIGHTS = ("setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all")

# Answers that the kernel does not accept as answers to its SYN and therefore does not report.
UNHEARD = {
    "quote-all-left": "errors quote another source address than the one that sent",
    "quote-source-left": "the same",
    "quote-sequence-changed": "errors quote a sequence number that is not on its way",
    "cloud": "two hops quote what an address translator made of the probe",
    "host-acks-same": "a bare ACK does not answer a SYN",
    "reset-without-ack": "a reset without ACK does not answer a SYN",
}
# A forged reset ends the attempt in the kernel, which does not wait for the answer that disproves it.
DECEIVED = {"censored", "reset-injected"}
# Every answer of the simulation comes; how many SYNs it looks at depends on how they follow each other.
PACED = {"host-resets-last-ttl": "the second SYN on a connection is answered in another way than the first"}


# Where --paris must show one way.
BY_FLOW = {"balanced-by-flow", "balanced-by-label", "balanced-weighted", "data-centre"}


class Rights(Programs):
    """The same trace with all rights and without any."""

    def trace(self, scenario, truth, way, *more):
        target = [*more, "-p", str(truth["port"]), truth["target"]]
        start = WITHOUT_RIGHTS if way == "connect" else ()
        command = [*start, self.synroute, "--json", "--numeric", *target]
        done = run([self.lab, "--quiet", scenario, "--", *command])
        if not done.stdout:
            raise RuntimeError(f"{scenario} {target}: exit {done.returncode}: {done.stderr}")
        trace = json.loads(done.stdout)
        if trace["method"] != way:
            raise RuntimeError(f"traced by {trace['method']} instead of {way}")
        notice = done.stderr.splitlines()
        if len(notice) != (1 if way == "connect" else 0):
            raise RuntimeError(f"{way}: {done.stderr!r} on stderr")
        return trace


def answers(trace):
    """{TTL: {all that both ways can know of an answer}}."""
    found = {}
    for hop in trace["hops"]:
        for probe in hop["probes"]:
            if probe["from"] is None or probe["late"] or probe["role"] != "hop":
                continue
            icmp = probe["icmp"] and (probe["icmp"]["type"], probe["icmp"]["code"])
            ttl = probe["reply_ttl"] if icmp else None
            seen = (probe["result"], probe["from"], ttl, icmp, tuple(labels(probe)))
            found.setdefault(hop["ttl"], set()).add(seen)
    return found


def verdict(trace):
    return {key: trace[key] for key in ("state", "reached", "distance", "stop_reason")}


def differences(truth, raw, connect):
    # Where load is shared, the source port chooses.
    shared = {hop["ttl"] for hop in truth["hops"] if len(true_shapes(hop)) > 1}
    one, other = answers(raw), answers(connect)
    found = [
        f"hop {ttl}: raw {sorted(map(str, one.get(ttl, [])))}, connect {sorted(map(str, other.get(ttl, [])))}"
        for ttl in sorted(one.keys() | other.keys())
        if one.get(ttl) != other.get(ttl) and not (ttl in shared and ttl in one and ttl in other)
    ]
    if verdict(raw) != verdict(connect):
        found.append(f"raw {verdict(raw)}, connect {verdict(connect)}")
    return found


def more_than_raw(raw, connect):
    """Where not everything is heard, what is heard must still be the same."""
    one, other = answers(raw), answers(connect)
    return [f"hop {ttl}: only connect has {seen - one.get(ttl, set())}" for ttl, seen in other.items()
            if seen - one.get(ttl, set())]  # fmt: skip


def up_to_the_forger(truth, raw, connect):
    """The same hops as far as no reset comes, and then what a connection meets: the port is closed."""
    if raw["state"] != "rejected":
        return differences(truth, raw, connect)
    one, other = answers(raw), answers(connect)
    found = [f"hop {ttl}: raw {one.get(ttl)}, connect {other.get(ttl)}"
             for ttl in range(1, connect["distance"]) if one.get(ttl) != other.get(ttl)]  # fmt: skip
    if connect["state"] != "closed":
        found.append(f"connect says {connect['state']}")
    return found


def several_ways(trace):
    return [f"hop {hop['ttl']}: one flow met {len(hop['responders'])} routers"
            for hop in trace["hops"] if len(hop["responders"]) > 1]  # fmt: skip


def check(programs, scenario):
    lines, missing = [], 0
    for truth in programs.truths(scenario):
        try:
            raw, connect = (programs.trace(scenario, truth, way) for way in ("raw", "connect"))
        except (RuntimeError, ValueError) as error:
            lines.append(f"{scenario}: {error}")
            continue
        found = differences(truth, raw, connect)
        missing += len(found)
        if scenario in UNHEARD:
            found = more_than_raw(raw, connect)
        elif scenario in DECEIVED:
            found = up_to_the_forger(truth, raw, connect)
        elif scenario in LIMITED or scenario in PACED or scenario in UNREPEATABLE or truth["by_chance"]:
            found = []
        if scenario in BY_FLOW:
            found += several_ways(programs.trace(scenario, truth, "connect", "--paris"))
        lines += [f"{scenario} {truth['target']} port {truth['port']}: {each}" for each in found]
    if scenario in UNHEARD and not missing:
        lines.append(f"{scenario}: nothing is missing, although {UNHEARD[scenario]}")
    return lines


def main():
    synroute, lab, *names = sys.argv[1:]
    programs = Rights(synroute, lab)
    probe = run([lab, "--quiet", "closed", "--", *WITHOUT_RIGHTS, "true"])
    if probe.returncode != 0:
        print("SKIP:", probe.stderr.strip())
        return 1 if os.environ.get("SYNROUTE_MUST_RUN_LAB") else SKIPPED
    scenarios = names or programs.scenarios()
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda scenario: check(programs, scenario), scenarios))
    for line in sum(results, []):
        print(line)
    right = sum(1 for lines in results if not lines)
    print(f"{right} of {len(scenarios)} scenarios the same without rights")
    return 0 if scenarios and right == len(scenarios) else 1


if __name__ == "__main__":
    sys.exit(main())
