#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes bench/results.md: all that one run measures, with the load of the machine.

    SYNROUTE=… SYNROUTE_LAB=… SYNROUTE_DELAY_LINE=… book.py BUILD-TREE

Numbers of different machines, or of different runs, are not comparable: the ratios within one run are.
"""

import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TREE = pathlib.Path(sys.argv[1])
PATHS = "chain,even-80ms"
SCENES = "answering"


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.machine()


def micro(program, pattern):
    """{name: counters} of a benchmark program."""
    argv = [TREE / "bench" / program, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_min_time=0.2"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return {one["name"]: one for one in json.loads(done.stdout)["benchmarks"]}


def compared():
    with tempfile.NamedTemporaryFile("r", suffix=".json") as record:
        argv = [sys.executable, "-B", HERE / "compare.py", "--paths", PATHS, "--scenes", SCENES, "--output", record.name]
        subprocess.run(argv, check=True, stdout=sys.stderr)
        return json.load(record)["scenes"]


def many():
    argv = [sys.executable, "-B", HERE / "many.py", "--json"]
    return json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def virtual_part():
    engine = micro("trace_bench", "whole_trace")["whole_trace"]
    found = micro("many_bench", ".")
    text = found.pop("json_of_a_trace")
    rows = [["engine and strategy, one trace", f"{engine['items_per_second']:,.0f} probes"]]
    rows.append(["JSON", f"{text['items_per_second']:,.0f} probes"])
    curve = [
        [name.split("/")[1], f"{one['cpu_time'] * 1e3 / int(name.split('/')[1]):.0f} µs", f"{one['probes_per_s']:,.0f}"]
        for name, one in found.items()
    ]
    return (
        "## One processor core, in virtual time\n\n" + table(["what", "per second"], rows)
        + "\n\nTargets in one session, simulated internet and JSON included:\n\n"
        + table(["targets", "processor time per target", "probes per second"], curve)
    )


def many_part():
    rows = []
    for one in many():
        per_syn = "-" if one["us_per_syn"] is None else f"{one['us_per_syn']:.0f} µs"
        rows.append([
            one["program"], f"{one['targets']:,}", f"{one['seconds']:.1f} s", f"{one['seconds'] / one['targets'] * 1e3:.1f} ms",
            f"{one['peak_kib'] / 1024:.0f} MiB", per_syn, f"{one['ms_per_target']:.2f} ms",
        ])
    header = ["program", "targets", "time", "time per target", "peak memory", "processor per SYN", "processor per target"]
    return "## Many targets, raw packets through a TUN device\n\n" + table(header, rows)


def peers_part():
    rows = []
    for scene, programs in compared().items():
        ours = programs.get("synroute", {}).get("seconds")
        for name, one in sorted(programs.items(), key=lambda item: item[1]["seconds"]):
            more = ">" if one["cut_off"] else ""
            ratio = f"{more}{one['seconds'] / ours:.1f}" if ours else "-"
            rows.append([scene, name, f"{more}{one['seconds']:.3f} s", ratio])
    return "## One target, the peers in the same run\n\n" + table(["path", "program", "median", "ratio"], rows)


def main():
    before = load()
    parts = [virtual_part(), many_part(), peers_part()]
    head = (
        "# Results of one run\n\nWritten by `./dev bench --write`. Ratios within one run mean something; figures of different runs do not.\n\n"
        f"Machine: {processor()}, Linux {platform.release()}. Load averages before: {before}; after: {load()}."
    )
    (HERE / "results.md").write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8")
    print(f"written: {HERE / 'results.md'}")


if __name__ == "__main__":
    main()
