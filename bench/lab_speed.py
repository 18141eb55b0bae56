#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many probes per second one processor carries through synroute-lab's device, in the procedural internet.

    SYNROUTE_LAB=… TUN_LOAD=… lab_speed.py [SECONDS]

The lab is bound to one processor, who sends to another. What counts is the processor time the lab itself used, so
that other work on the machine does not; the time on the clock is told beside it. Three runs; the median counts.
"""

import os
import re
import statistics
import subprocess
import sys
import time

LAB = os.environ["SYNROUTE_LAB"]
LOAD = os.environ["TUN_LOAD"]
GOAL = 150_000


def processor_seconds(pid):
    """What a process has used so far, in user space and for it in the kernel."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(seconds):
    """Probes taken in per second of the lab's processor time, and per second on the clock."""
    processors = sorted(os.sched_getaffinity(0))
    load = ["taskset", "-c", str(processors[-1]), LOAD, "192.0.2.7", str(seconds)]
    began = time.monotonic()
    lab = subprocess.Popen(  # taskset becomes the lab
        ["taskset", "-c", str(processors[0]), LAB, "internet:7", "--", *load], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    used = 0.0
    while lab.poll() is None:
        used = max(used, processor_seconds(lab.pid))
        time.sleep(0.02)
    took = time.monotonic() - began
    told = re.search(r"(\d+) packets in, (\d+) out", lab.stderr.read())
    return int(told[1]) / used, int(told[1]) / took


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    runs = [measure(seconds) for _ in range(3)]
    probes = statistics.median(run[0] for run in runs)
    on_clock = statistics.median(run[1] for run in runs)
    print(f"lab: {probes:,.0f} probes per processor second (goal: {GOAL:,}), {on_clock:,.0f}/s on the clock")
    return 0 if probes >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
