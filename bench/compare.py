# SPDX-License-Identifier: Apache-2.0
"""Whole traces against the peers, on the same paths, in the same run.

Ratios only mean something between programs that ran side by side, so the programs take turns; each
figure is the median of its runs. Who is not installed is named and left out. `bench/run --help`.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "lab"))

import lab  # noqa: E402
from lab import chain, programs  # noqa: E402

HOPS = 12
RUNS = 5
SPENT_ENOUGH = 15.0  # seconds on one program in one scene: slow ones run less often
SPENT_LITTLE = 1.0  # quick ones run more often, since their times drown in the machine's noise
RUNS_MOST = 25
CUT_OFF = 45.0  # no run is watched for longer; it counts as "more than that"

MEMORY_MAX_KIB = 12 * 1024
START_MAX_MS = 10.0
FIRST_ROW_MAX_MS = 20.0
SYNS_MAX = 24
DROPPED_MAX_S = 5.0
TIMES_FASTER_ANSWERING = 10
TIMES_FASTER_SILENT = 20


@dataclasses.dataclass
class Place:
    """Where traces start, and where to look at them."""

    name: str
    host: object
    device: str
    target_tap: tuple | None
    address: str
    port: int = chain.OPEN


@dataclasses.dataclass
class Run:
    seconds: float
    cut_off: bool
    first_row_ms: float | None
    first_probe_ms: float | None
    rtt1_ms: float | None
    syns_at_target: int | None
    stars: int  # answers that the program did not wait for, or that did not come


# The paths. Each has the same twelve routers; they differ in where the time lies.


@contextlib.contextmanager
def linux_chain(name, delay_ms=0):
    """Linux routers and a Linux target; all the delay on the cable behind the first router."""
    with lab.Chain(hops=HOPS, delay_us=delay_ms * 500) as path:
        places = {}
        for trouble, which, port in (
            ("answering", chain.PLAIN, chain.OPEN),
            ("silent", chain.SILENT, chain.OPEN),
            ("dropped", chain.PLAIN, chain.DROPPED_HALFWAY),
        ):
            places[trouble] = Place(
                name, path.host, "right", path.tap_points()[1], chain.target_address(which), port
            )
        yield places


@contextlib.contextmanager
def even_path(name, delay_ms):
    """The delay spread evenly over the hops: only a simulated path can do that."""
    with contextlib.ExitStack() as stack:
        places = {}
        for trouble, options in (
            ("answering", {}),
            ("silent", {"silent": "3,6,9"}),
            ("dropped", {"drop_after": HOPS // 2}),
        ):
            path = stack.enter_context(
                lab.SimulatedPath(
                    ethernet=True, hops=HOPS, per_hop_ms=delay_ms / (HOPS + 1), **options
                )
            )
            places[trouble] = Place(name, path.host, path.DEVICE, None, path.TARGET[4])
        yield places


PATHS = {
    "chain": lambda: linux_chain("chain"),
    "front-10ms": lambda: linux_chain("front-10ms", 10),
    "front-80ms": lambda: linux_chain("front-80ms", 80),
    "even-10ms": lambda: even_path("even-10ms", 10),
    "even-80ms": lambda: even_path("even-80ms", 80),
}
# Silence makes the peers slow: it is looked at on fewer paths unless --paths says otherwise.
PATHS_WITH_TROUBLE = ("chain", "even-80ms")


def argv_of(name, place, queries=3):
    """As programs.argv_of(), but text where text is what people look at."""
    argv = programs.argv_of(name, place.address, place.port, queries)
    return [word for word in argv if word != "--json"] if name == "synroute" else argv


class Watched:
    """A program whose output is read as it comes, with the time of each piece."""

    def __init__(self, namespace, argv):
        self.pieces = []
        with namespace.entered():
            self.started_wall = time.time_ns()
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        while piece := os.read(self.process.stdout.fileno(), 65536):
            self.pieces.append((time.monotonic() - self.started, piece))

    def finish(self, cut_off):
        """(seconds it ran, whether it had to be stopped)."""
        was_cut = False
        try:
            self.process.wait(timeout=cut_off)
        except subprocess.TimeoutExpired:
            was_cut = True
            self.process.kill()
            self.process.wait()
        seconds = time.monotonic() - self.started
        self._reader.join()
        self.process.stdout.close()
        return seconds, was_cut

    def text(self):
        return b"".join(piece for _, piece in self.pieces).decode(errors="replace")

    def first_row(self):
        """Seconds until a row of the first hop could be read, None without one."""
        text = ""
        for at, piece in self.pieces:
            text += piece.decode(errors="replace")
            whole = text[: text.rfind("\n") + 1]
            if programs.numbered_rows(whole).get(1):
                return at
        return None


def first_exchange(packets):
    """(when the first probe left, the RTT of the first hop in ms)."""
    sent, left, rtt1 = {}, None, None
    for packet in packets:
        content = packet.content
        if packet.outgoing and isinstance(content, lab.Segment) and content.is_syn:
            left = left or packet.at
            sent[content.sequence] = packet
        elif isinstance(content, lab.IcmpError) and content.quoted and rtt1 is None:
            question = sent.get(content.quoted.sequence)
            if question and question.content.ttl == 1:
                rtt1 = (packet.at - question.at) / 1e6
    return left, rtt1


def run_once(name, place):
    with contextlib.ExitStack() as stack:
        near = stack.enter_context(lab.Tap(place.host, place.device))
        far = stack.enter_context(lab.Tap(*place.target_tap)) if place.target_tap else None
        watched = Watched(place.host, argv_of(name, place))
        seconds, was_cut = watched.finish(CUT_OFF)
        left, rtt1 = first_exchange(near.packets())
        row = watched.first_row()
        return Run(
            seconds=seconds,
            cut_off=was_cut,
            first_row_ms=row * 1000 if row is not None else None,
            first_probe_ms=(left - watched.started_wall) / 1e6 if left else None,
            rtt1_ms=rtt1,
            syns_at_target=len(far.syns()) if far else None,
            stars=watched.text().split().count("*"),
        )


def measure(names, place, runs):
    """{name: [Run]}: everybody in turn, slow ones dropping out once enough time is spent."""
    done = {name: [] for name in names}
    for number in range(max(runs, RUNS_MOST)):
        for name in names:
            spent = sum(run.seconds for run in done[name])
            if spent < (SPENT_ENOUGH if number < runs else SPENT_LITTLE):
                done[name].append(run_once(name, place))
    return done


def peak_memory_kib(name, place):
    """VmHWM as last seen before the end, looked at every millisecond."""
    with place.host.popen(argv_of(name, place), stdout=subprocess.DEVNULL) as process:
        peak = 0
        while process.poll() is None:
            with contextlib.suppress(OSError, ProcessLookupError):
                with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                    for line in status:
                        if line.startswith("VmHWM:"):
                            peak = max(peak, int(line.split()[1]))
            time.sleep(0.001)
    return peak


def median(values):
    present = [value for value in values if value is not None]
    return statistics.median(present) if present else None


def summary(runs):
    """What is kept of the runs of one program in one scene."""
    return {
        "runs": len(runs),
        "seconds": median([run.seconds for run in runs]),
        "cut_off": any(run.cut_off for run in runs),
        "first_row_ms": median([run.first_row_ms for run in runs]),
        "first_row_after_rtt1_ms": median(
            [
                run.first_row_ms - run.rtt1_ms
                for run in runs
                if run.first_row_ms is not None and run.rtt1_ms is not None
            ]
        ),
        "first_probe_ms": median([run.first_probe_ms for run in runs]),
        "syns_at_target": max(
            (run.syns_at_target for run in runs if run.syns_at_target is not None), default=None
        ),
        "stars": round(statistics.median(run.stars for run in runs)),
    }


# What is printed.


def cell(value, pattern, missing="-"):
    return missing if value is None else format(value, pattern)


def print_scene(title, results):
    ours = results.get("synroute", {}).get("seconds")
    print(f"\n{title}")
    header = f"  {'':14}{'time':>10}{'ratio':>9}{'first row':>12}{'- RTT 1':>9}{'1st probe':>11}"
    print(f"{header}{'SYNs':>6}{'*':>5}{'runs':>6}")
    for name, one in sorted(results.items(), key=lambda item: item[1]["seconds"]):
        more = ">" if one["cut_off"] else ""
        ratio = f"{more}{one['seconds'] / ours:.1f}x" if ours else "-"
        print(
            f"  {name:14}{more + format(one['seconds'], '.3f') + ' s':>10}{ratio:>9}"
            f"{cell(one['first_row_ms'], '.1f'):>9} ms"
            f"{cell(one['first_row_after_rtt1_ms'], '.1f'):>9}"
            f"{cell(one['first_probe_ms'], '.1f'):>8} ms"
            f"{cell(one['syns_at_target'], 'd'):>6}{one['stars'] or '':>5}{one['runs']:>6}"
        )
    sys.stdout.flush()


def times_faster(scene, peer):
    if peer not in scene or "synroute" not in scene:
        return None
    return scene[peer]["seconds"] / scene["synroute"]["seconds"]


def goals(scenes, memory_kib):
    """(what was wanted, what is, whether it is met) for every goal that this run could look at."""
    for (trouble, path), scene in scenes.items():
        ours = scene.get("synroute")
        if ours is None:
            continue
        place = f"{trouble}, {path}"
        if trouble == "answering":
            peers = {name: one for name, one in scene.items() if name != "synroute"}
            if peers:
                best = min(peers, key=lambda name: peers[name]["seconds"])
                found = times_faster(scene, best)
                lost = peers[best]["stars"]
                text = f"{best} {found:.2f}x" + (f", which lost {lost} answers" if lost else "")
                yield f"{place}: faster than every peer", text, found > 1
            found = times_faster(scene, "tcptraceroute")
            if found and path.endswith("80ms"):
                text = f"{place}: {TIMES_FASTER_ANSWERING}x tcptraceroute"
                yield text, f"{found:.1f}x", found >= TIMES_FASTER_ANSWERING
            late = ours["first_row_after_rtt1_ms"]
            if late is not None:
                text = f"{place}: first row within RTT + {FIRST_ROW_MAX_MS:.0f} ms"
                yield text, f"{late:.1f} ms", late < FIRST_ROW_MAX_MS
            if ours["syns_at_target"] is not None:
                text = f"{place}: at most {SYNS_MAX} SYNs at the target"
                yield text, str(ours["syns_at_target"]), ours["syns_at_target"] <= SYNS_MAX
        if trouble == "silent":
            found = times_faster(scene, "tcptraceroute")
            if found:
                text = f"{place}: {TIMES_FASTER_SILENT}x tcptraceroute"
                yield text, f"{found:.1f}x", found >= TIMES_FASTER_SILENT
        if trouble == "dropped":
            text = f"{place}: under {DROPPED_MAX_S:.0f} s"
            yield text, f"{ours['seconds']:.2f} s", ours["seconds"] < DROPPED_MAX_S
        if ours["first_probe_ms"] is not None:
            text = f"{place}: start to first probe under {START_MAX_MS:.0f} ms"
            yield text, f"{ours['first_probe_ms']:.1f} ms", ours["first_probe_ms"] < START_MAX_MS
    if "synroute" in memory_kib:
        peak = memory_kib["synroute"]
        yield f"peak memory under {MEMORY_MAX_KIB // 1024} MiB", f"{peak / 1024:.1f} MiB", (
            peak < MEMORY_MAX_KIB
        )


def version_of(name):
    """The first line that tells a version, for the record."""
    argv = {"tcptraceroute": ["tcptraceroute", "-v"], "scamper": ["scamper", "-v"]}
    done = subprocess.run(
        argv.get(name, [programs.argv_of(name, "", 0)[0], "--version"]),
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    parser.add_argument("--paths", help=f"some of {','.join(PATHS)}")
    parser.add_argument("--scenes", default="answering,silent,dropped")
    parser.add_argument("--peers", default=",".join(programs.PEERS))
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--output", default=str(ROOT / "build" / "bench-results.json"))
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    return parser.parse_args()


def main():
    options = arguments()
    wanted = ["synroute", *options.peers.split(",")]
    names = [name for name in wanted if name in programs.PROGRAMS and not programs.is_missing(name)]
    for name in wanted:
        if name not in names:
            print(f"not here, left out: {name}")
    try:
        lab.isolate()
    except OSError as error:
        sys.exit(f"bench: network namespaces or TUN not permitted here: {error}")
    with contextlib.suppress(OSError):
        os.nice(-15)  # the paths and everybody on them alike: other work of the machine comes second
    for name in names:
        print(f"{name:14} {version_of(name)}")
    scenes, memory_kib = {}, {}
    for path in options.paths.split(",") if options.paths else PATHS:
        with PATHS[path]() as places:
            for trouble in options.scenes.split(","):
                if trouble != "answering" and not options.paths and path not in PATHS_WITH_TROUBLE:
                    continue
                runs = measure(names, places[trouble], options.runs)
                scene = {name: summary(found) for name, found in runs.items()}
                scenes[trouble, path] = scene
                print_scene(f"{trouble}, {path}", scene)
            if path == "even-80ms":
                memory_kib = {name: peak_memory_kib(name, places["answering"]) for name in names}
    if memory_kib:
        print("\npeak memory, even-80ms")
        for name, peak in sorted(memory_kib.items(), key=lambda item: item[1]):
            print(f"  {name:14}{peak / 1024:9.1f} MiB")
    found = list(goals(scenes, memory_kib))
    if found:
        print("\ngoals")
    for text, value, met in found:
        print(f"  {'met   ' if met else 'MISSED'}  {text:58} {value}")
    record = {
        "scenes": {f"{trouble}/{path}": scene for (trouble, path), scene in scenes.items()},
        "peak_memory_kib": memory_kib,
        "goals": [{"goal": text, "value": value, "met": met} for text, value, met in found],
    }
    pathlib.Path(options.output).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(options.output).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"\nwritten: {options.output}")
    if options.check and not all(met for _, _, met in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
