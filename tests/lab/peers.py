#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Synroute and its peers over every scenario, compares them with the truth, writes docs/peers.md.

    SYNROUTE=… SYNROUTE_LAB=… peers.py [-o FILE] [SCENARIO...]

Each tracer runs alone in a network of its own (synroute-lab --ethernet: scamper and nmap need a link layer). Many run at
the same time, since they mostly wait.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import re
import signal
import subprocess
import time

from lab import programs
from lab.delay import REPOSITORY

LAB = os.environ.get("SYNROUTE_LAB", str(REPOSITORY / "build" / "release" / "synroute-lab"))
LIMIT = 60  # seconds; a program that takes longer hangs
AT_ONCE = 24

VERSIONS = {
    "synroute": (["--version"], r"synroute (\S+)"),
    "tcptraceroute": (["-v"], r"tcptraceroute (\S+)"),
    "traceroute": (["--version"], r"version (\S+)"),
    "mtr": (["--version"], r"mtr (\S+)"),
    "scamper": (["-v"], r"version (\S+)"),
    "nmap": (["--version"], r"version (\S+)"),
}
# States under which programs with fewer states report the same.
SAME_STATE = {"rejected": {"rejected", "filtered"}, "unreachable": {"unreachable", "filtered"}}


@dataclasses.dataclass
class Verdict:
    word: str  # right, wrong, hangs, or - if the program does not support the family
    reason: str = ""
    seconds: float = 0.0


def version_of(name):
    program = programs.synroute_program() if name == "synroute" else name
    arguments, pattern = VERSIONS[name]
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10)
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else "?"


def needed(truth):
    """The hops that always answer: within the 30 that all programs probe, and before a loop repeats."""
    found, seen = [], []
    for hop in truth["hops"][:30]:
        addresses = {answer["from"] for answer in hop["answers"]} - {truth["target"]}
        if any(addresses & earlier for earlier in seen[:-1]):
            break
        seen.append(addresses)
        if hop["answers"] and not hop["may_be_silent"]:
            found.append(hop)
    return found


def faults(truth, outcome):
    """The first fault in a tracer's result, in a few words; empty if it is right."""
    hops = {hop["ttl"]: hop for hop in truth["hops"]}
    for ttl, found in sorted(outcome.rows.items()):
        possible = {answer["from"] for answer in hops[ttl]["answers"]} if ttl in hops else set()
        if found - possible:
            where = f"hop {ttl}" if ttl in hops else f"hop {ttl}, beyond the target"
            return f"{', '.join(sorted(found - possible))} at {where}"
    if truth["by_chance"]:
        return ""
    known = outcome.state is not None
    if known and outcome.state not in SAME_STATE.get(truth["state"], {truth["state"]}):
        return f"{outcome.state} instead of {truth['state']}"
    for hop in needed(truth):
        if not outcome.rows.get(hop["ttl"]):
            return f"no hop {hop['ttl']}; {hop['answers'][0]['from']} answers"
    return ""


def run_limited(argv):
    """(status, seconds, out, err); status is None after a time-out."""
    began = time.monotonic()
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        out, err = process.communicate(timeout=LIMIT)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            out, err = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        status = None
    return status, time.monotonic() - began, out, err


def judge(name, scenario, truth):
    address, port = truth["target"], truth["port"]
    if ":" in address and name in programs.SPEAKS_ONLY_IPV4:
        return Verdict("-", "IPv4 only")
    argv = programs.argv_of(name, address, port)
    status, seconds, out, err = run_limited([LAB, "--quiet", "--ethernet", scenario, "--", *argv])
    if status is None:
        return Verdict("hangs", f"over {LIMIT} s", seconds)
    outcome = programs.outcome_of(name, argv, status, seconds, out, err)
    reason = faults(truth, outcome)
    return Verdict("wrong" if reason else "right", reason, seconds)


def truths(scenario):
    """One target of each family."""
    done = subprocess.run([LAB, "--truth", scenario], capture_output=True, text=True, check=True, timeout=60)
    first = {}
    for truth in json.loads(done.stdout)["targets"]:
        first.setdefault(":" in truth["target"], truth)
    return list(first.values())


def worst(verdicts):
    order = ["hangs", "wrong", "right", "-"]
    return min(verdicts, key=lambda verdict: order.index(verdict.word))


def run_all(names, scenarios):
    """{(scenario, program): [(address, verdict)]}"""
    results = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [
            (scenario, name, truth["target"], pool.submit(judge, name, scenario, truth))
            for scenario in scenarios
            for truth in truths(scenario)
            for name in names
        ]
        for scenario, name, address, job in jobs:
            results[scenario, name].append((address, job.result()))
    return results


def page(names, scenarios, results):
    lines = [
        "# Synroute and its peers in every scenario",
        "",
        "Written by `./dev lab peers`; do not edit. Each program traced the first IPv4 and the first IPv6 target of each",
        "scenario in `tests/scenarios` with three probes per hop, alone behind a device of `synroute-lab`. Its result was",
        "compared with that of `synroute-lab --truth`. A cell shows the worse of the two.",
        "",
        "- **right**: every address is at a hop where it can answer, no hop that always answers is missing, and the port",
        "  state is correct, if the program reports one. If chance decides what answers, hops may be missing.",
        f"- **wrong**: the lists at the end give the reason. **hangs**: not finished after {LIMIT} s.",
        "- tcptraceroute supports IPv4 only. nmap uses ICMP echo if the port is silent, so it does not show the path of a TCP",
        "  connection then. In `censored` and `reset-injected` a forged RST arrives before the genuine answer.",
        "",
        "| program | version | right | wrong | hangs | median time | total time |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        cells = [worst([verdict for _, verdict in results[scenario, name]]).word for scenario in scenarios]
        times = sorted(v.seconds for scenario in scenarios for _, v in results[scenario, name] if v.word != "-")
        lines.append(
            f"| {name} | {version_of(name)} | {cells.count('right')} | {cells.count('wrong')} | {cells.count('hangs')}"
            f" | {times[len(times) // 2]:.2f} s | {sum(times):.0f} s |"
        )
    lines += ["", "| scenario | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for scenario in scenarios:
        cells = [worst([verdict for _, verdict in results[scenario, name]]).word for name in names]
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    lines += ["", "## Errors", ""]
    for name in names:
        lines += [f"### {name}", ""]
        told = []
        for scenario in scenarios:
            said = {}
            for address, verdict in results[scenario, name]:
                if verdict.word in ("wrong", "hangs"):
                    said.setdefault("IPv6" if ":" in address else "IPv4", verdict.reason)
            told += [f"- {scenario}: " + "; ".join(f"{family}: {why}" for family, why in said.items())] if said else []
        lines += [*(told or ["None."]), ""]
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", default=str(REPOSITORY / "docs" / "peers.md"))
    parser.add_argument("scenarios", nargs="*")
    options = parser.parse_args()
    listed = subprocess.run([LAB, "--list"], capture_output=True, text=True, check=True, timeout=10).stdout
    scenarios = options.scenarios or [line.split()[0] for line in listed.splitlines()]
    names = [name for name in programs.PROGRAMS if not programs.is_missing(name)]
    began = time.monotonic()
    results = run_all(names, scenarios)
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(page(names, scenarios, results))
    print(f"{options.output}: {len(scenarios)} scenarios, {len(names)} programs, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
