#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many targets in one call, in real time through synroute-lab's device in the procedural internet.

    SYNROUTE=… SYNROUTE_LAB=… many.py [--json] [TARGETS[:RATE]...]

Told are the time on the clock, peak memory, and processor time (user and kernel) per SYN, which other work on the
machine changes least. No peer that works on such a device takes a list: traceroute, where it is installed, traces some
of the targets one after the other.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

SYNROUTE = os.environ["SYNROUTE"]
LAB = os.environ["SYNROUTE_LAB"]
DEFAULT = ((1_000, 20_000), (10_000, 11_000))
PORT = 443
PEER_TARGETS = 5

# Runs a program and writes what it used.
WATCH = """
import resource, subprocess, sys, time
began = time.monotonic()
subprocess.run(sys.argv[2:], check=False)
took = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    print(took, used.ru_utime + used.ru_stime, used.ru_maxrss, file=told)
"""


def addresses(count):
    drawn = random.Random(7)
    return [f"11.{drawn.randrange(256)}.{drawn.randrange(256)}.{drawn.randrange(1, 255)}" for _ in range(count)]


def usage_of(argv, output):
    """(seconds, processor seconds, peak KiB) of a program in the lab."""
    with tempfile.NamedTemporaryFile("r", suffix=".usage") as told:
        subprocess.run(
            [LAB, "--quiet", "internet:7", "--", sys.executable, "-c", WATCH, told.name, *argv],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, check=False,
        )
        seconds, processor, peak = told.read().split()
    return float(seconds), float(processor), int(peak)


def of_synroute(folder, count, rate):
    targets = os.path.join(folder, "targets")
    with open(targets, "w", encoding="ascii") as file:
        file.writelines(f"{address}:{PORT}\n" for address in addresses(count))
    results = os.path.join(folder, "results")
    argv = [SYNROUTE, "--numeric", "--json", "--targets", targets, "--rate", str(rate), "--network-rate", str(rate)]
    with open(results, "w", encoding="ascii") as output:
        seconds, processor, peak = usage_of(argv, output)
    with open(results, encoding="ascii") as file:
        sent = [json.loads(line)["counters"]["sent"] for line in file]
    return {
        "program": "synroute", "targets": len(sent), "seconds": seconds, "peak_kib": peak, "syns": sum(sent),
        "us_per_syn": processor / max(sum(sent), 1) * 1e6, "ms_per_target": processor / max(len(sent), 1) * 1e3,
    }


def of_traceroute(folder):
    """It takes one target per call, and does not tell its SYNs."""
    script = os.path.join(folder, "one-by-one")
    with open(script, "w", encoding="ascii") as file:
        file.writelines(f"traceroute -T -n -q 3 -p {PORT} {address}\n" for address in addresses(PEER_TARGETS))
    seconds, processor, peak = usage_of(["sh", script], subprocess.DEVNULL)
    return {
        "program": "traceroute", "targets": PEER_TARGETS, "seconds": seconds, "peak_kib": peak, "syns": None,
        "us_per_syn": None, "ms_per_target": processor / PEER_TARGETS * 1e3,
    }


def line_of(one):
    per_syn = "-" if one["us_per_syn"] is None else f"{one['us_per_syn']:.1f} us"
    return (
        f"{one['program']:10}{one['targets']:>8}{one['seconds']:>9.1f} s{one['peak_kib'] / 1024:>8.1f} MiB"
        f"{one['syns'] or '-':>10}{per_syn:>12}{one['ms_per_target']:>9.2f} ms"
    )


def lists_of(words):
    return [tuple(map(int, (word + ":10000").split(":")[:2])) for word in words] or DEFAULT


def main():
    as_json = "--json" in sys.argv
    lists = lists_of([word for word in sys.argv[1:] if word != "--json"])
    if not as_json:
        print(f"{'':10}{'targets':>8}{'time':>11}{'memory':>12}{'SYNs':>10}{'per SYN':>12}{'per target':>12}", flush=True)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for count, rate in lists:
            found.append(of_synroute(folder, count, rate))
            if not as_json:
                print(line_of(found[-1]), flush=True)
        if shutil.which("traceroute"):
            found.append(of_traceroute(folder))
            if not as_json:
                print(line_of(found[-1]), flush=True)
    if as_json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
