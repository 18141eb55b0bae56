#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synroute and its peers over every scenario, against the truth: writes docs/peers.md.

    SYNROUTE=… SYNROUTE_LAB=… peers.py [-o FILE] [SCENARIO...]

Each tracer runs alone in a network of its own (synroute-lab --ethernet: scamper and nmap need neighbours), many at
a time: they mostly wait.
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
LIMIT = 60  # seconds; who takes longer hangs
AT_ONCE = 24

VERSIONS = {
    "synroute": (["--version"], r"synroute (\S+)"),
    "tcptraceroute": (["-v"], r"tcptraceroute (\S+)"),
    "traceroute": (["--version"], r"version (\S+)"),
    "mtr": (["--version"], r"mtr (\S+)"),
    "scamper": (["-v"], r"version (\S+)"),
    "nmap": (["--version"], r"version (\S+)"),
}
# What a state is called by those who know fewer.
SAME_STATE = {"rejected": {"rejected", "filtered"}, "unreachable": {"unreachable", "filtered"}}


@dataclasses.dataclass
class Verdict:
    word: str  # right, wrong, hangs, or - where the program cannot
    reason: str = ""
    seconds: float = 0.0


def version_of(name):
    program = programs.synroute_program() if name == "synroute" else name
    arguments, pattern = VERSIONS[name]
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10)
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else "?"


def needed(truth):
    """The hops that always answer, within the 30 that all look at and no further than where a loop shows."""
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
    """What is wrong with what a tracer said, in a few words; nothing when it is right."""
    hops = {hop["ttl"]: hop for hop in truth["hops"]}
    for ttl, found in sorted(outcome.rows.items()):
        possible = {answer["from"] for answer in hops[ttl]["answers"]} if ttl in hops else set()
        if found - possible:
            where = f"hop {ttl}" if ttl in hops else f"hop {ttl}, behind the end"
            return f"{', '.join(sorted(found - possible))} at {where}"
    if truth["by_chance"]:
        return ""
    known = outcome.state is not None
    if known and outcome.state not in SAME_STATE.get(truth["state"], {truth["state"]}):
        return f"{outcome.state}; it is {truth['state']}"
    for hop in needed(truth):
        if not outcome.rows.get(hop["ttl"]):
            return f"nobody at hop {hop['ttl']}; {hop['answers'][0]['from']} answers"
    return ""


def run_limited(argv):
    """(status, seconds, out, err); status None when it took too long."""
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
        "# Synroute and its peers over every scenario",
        "",
        "Written by `./dev lab peers`; do not edit. Each program traced the first IPv4 and the first IPv6 target of each",
        "scenario of `tests/scenarios` with three probes a hop, alone behind a device of `synroute-lab`, and was compared",
        "with what `synroute-lab --truth` says. A cell is the worse of the two.",
        "",
        "- **right**: every address stands at a hop where it can answer, no hop that always answers is missing, and the",
        "  port is what it is, if the program says so. Where chance decides, nothing need be complete.",
        f"- **wrong**: the lists at the end say what. **hangs**: not done after {LIMIT} s.",
        "- tcptraceroute knows IPv4 only. nmap changes to ICMP echo where the port is silent: what it then shows is not the",
        "  path of a TCP connection. In `censored` and `reset-injected` a forged RST comes before the genuine answer.",
        "",
        "| program | version | right | wrong | hangs | median time | all of it |",
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
    lines += ["", "## What went wrong", ""]
    for name in names:
        lines += [f"### {name}", ""]
        told = []
        for scenario in scenarios:
            said = {}
            for address, verdict in results[scenario, name]:
                if verdict.word in ("wrong", "hangs"):
                    said.setdefault("IPv6" if ":" in address else "IPv4", verdict.reason)
            told += [f"- {scenario}: " + "; ".join(f"{family}: {why}" for family, why in said.items())] if said else []
        lines += [*(told or ["Nothing."]), ""]
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
