# SPDX-License-Identifier: Apache-2.0
"""Whole calls under the name of tcptraceroute beside Debian's, on the same paths, as ratios.

The rows of both must be the same for a figure to count. `bench/run --tcptraceroute`.
"""

import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "compat"), str(ROOT / "tests" / "lab")]

import compat  # noqa: E402
import lab  # noqa: E402
from lab import chain  # noqa: E402

RUNS = 5
HOPS = 12
TIMES_ANSWERING = 10
TIMES_SILENT = 20


def timed(program, address, port, host):
    """Seconds, and what was printed, without the times in it."""
    start = time.monotonic()
    done = compat.Call.of(program, ("-n", address, str(port)), host)
    elapsed = time.monotonic() - start
    if done.status != 0:
        sys.exit(f"bench: {program} failed: {done}")
    return elapsed, done.masked()


def compare(scene, wanted, host, address, port=chain.OPEN):
    """One run of theirs, which takes long enough, and the median of several of ours."""
    theirs, old = timed(compat.original(), address, port, host)
    runs = [timed(compat.ours(), address, port, host) for _ in range(RUNS)]
    ours = statistics.median(elapsed for elapsed, _ in runs)
    same = sum(new == old for _, new in runs)
    met = theirs / ours >= wanted and same == RUNS
    print(
        f"  {'met   ' if met else 'MISSED'}  {scene:44}{theirs:8.3f} s /{ours:7.3f} s ={theirs / ours:6.1f}x"
        f"  (wanted {wanted}x, same rows in {same} of {RUNS})"
    )
    return met


def on_linux_routers():
    """The delay stands in front of the first router, or in the middle."""
    target, silent = chain.target_address(), chain.target_address(chain.SILENT)
    with lab.Chain(hops=HOPS, delay_us=10000) as path:
        yield compare("10 ms, then 12 routers, open", TIMES_ANSWERING, path.host, target)
        yield compare("the same, closed", TIMES_ANSWERING, path.host, target, chain.CLOSED)
        yield compare("the same, three silent", TIMES_SILENT, path.host, silent)
    with lab.Chain(hops=HOPS, delay_us=10000, delay_after=6) as path:
        yield compare("6 routers, 10 ms, 6 routers", TIMES_ANSWERING, path.host, target)


def on_a_simulated_path():
    """Every hop is 10 ms farther than the one before."""
    with lab.SimulatedPath(hops=HOPS, per_hop_ms=10) as path:
        yield compare("12 hops of 10 ms", TIMES_ANSWERING, path.host, path.TARGET[4], path.OPEN)
    with lab.SimulatedPath(hops=HOPS, per_hop_ms=10, silent="3,6,9") as path:
        yield compare("the same, three silent", TIMES_SILENT, path.host, path.TARGET[4], path.OPEN)


def main():
    if compat.original() is None:
        sys.exit("bench: Debian's tcptraceroute is not installed")
    try:
        lab.isolate()
    except OSError as error:
        sys.exit(f"bench: network namespaces or TUN not permitted here: {error}")
    met = [*on_linux_routers(), *on_a_simulated_path()]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
