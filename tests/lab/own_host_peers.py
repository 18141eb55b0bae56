#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Synroute and its peers on a host that translates, routes and drops for itself, writes docs/own-host.md.

    SYNROUTE=… own_host_peers.py [-o FILE]

The truth is what connect() on the same host does at the same time. Programs run one after the other.
"""

import argparse
import contextlib
import dataclasses
import errno
import socket

import lab
import peers
from lab import chain, programs
from lab.delay import REPOSITORY

HOPS = 3
SERVICE = "203.0.113.10"  # an address that only this host's rules know
TARGET = chain.target_address()
OUTPUT = "chain o {{ type nat hook output priority -100; {}; }}"
POSTROUTING = "chain p {{ type nat hook postrouting priority 100; {}; }}"
INPUT = "chain i { type filter hook input priority 0; tcp flags & (syn|ack) == syn|ack drop; }"
SYN_ONLY = "tcp flags & (syn|ack) == syn reject with tcp reset"
ELSEWHERE = "route add 203.0.113.0/24 via {} table 77\nrule add dport 443 lookup 77 pref 100\n"


@dataclasses.dataclass
class Case:
    title: str
    rules: str = ""  # nftables, inside a table of family inet
    routes: str = ""  # lines of `ip -batch`; undone by `undo`
    undo: str = ""
    address: str = TARGET
    shows_path: bool = True  # a SYN of a connection reaches the routers

    @contextlib.contextmanager
    def applied(self, host, firewall):
        with firewall(self.rules) if self.rules else contextlib.nullcontext():
            if self.routes:
                host.ip(self.routes)
            try:
                yield
            finally:
                if self.undo:
                    host.ip(self.undo)


UNDO_RULE = "rule del pref 100\nroute flush table 77\n"
CASES = [
    Case("nothing special"),
    Case("destination translated", OUTPUT.format(f"ip daddr {SERVICE} tcp dport 443 dnat ip to {TARGET}"), address=SERVICE),
    Case("source address translated", POSTROUTING.format("meta l4proto tcp snat ip to 198.18.1.7")),
    Case("source ports masqueraded at random",
         POSTROUTING.format("meta l4proto tcp masquerade to :20000-30000 fully-random")),
    Case("redirected to this host, no listener", OUTPUT.format(f"ip daddr {TARGET} tcp dport 443 redirect to :7777"),
         shows_path=False),
    Case("answers dropped by INPUT", INPUT),
    Case("SYN rejected by OUTPUT with a reset", "chain o { type filter hook output priority 0; " + SYN_ONLY + "; }",
         shows_path=False),
    Case("port routed to a gateway that does not answer ARP", routes=ELSEWHERE.format("198.18.1.99"), undo=UNDO_RULE,
         shows_path=False),
    Case("port routed into a blackhole",
         routes="route add blackhole 203.0.113.0/24 table 77\nrule add dport 443 lookup 77 pref 100\n", undo=UNDO_RULE,
         shows_path=False),
    Case("neighbour that does not answer ARP", address="198.18.1.98", shows_path=False),
    Case("TTL set to 64 by OUTPUT", "chain o { type filter hook output priority -150; tcp dport 443 ip ttl set 64; }",
         shows_path=False),
]  # fmt: skip

# What a program may call the port after what connect() got.
STATES = {
    "open": {"open"},
    "refused": {"closed", "rejected", "not sent", "not_tested"},
    "timed out": {"filtered", "unreachable", "rejected", "not sent", "not_tested"},
    "failed": {"unreachable", "filtered", "not sent", "not_tested"},
}


def connect(host, address):
    with host.entered(), socket.socket() as client:
        client.settimeout(4)
        try:
            status = client.connect_ex((address, 443))
        except TimeoutError:
            return "timed out"
    return {0: "open", errno.ECONNREFUSED: "refused", errno.EAGAIN: "timed out"}.get(status, "failed")


def is_dropped_here(outcome):
    """A state of the target, with the remark that this host drops its answers."""
    findings = (outcome.json or {}).get("findings", [])
    return any(each["kind"] == "own_host_drops_answer" for each in findings)


def fault(case, truth, outcome, routers):
    """The first fault in a few words; empty if the result is right."""
    known = outcome.state is not None and not is_dropped_here(outcome)
    if known and outcome.state not in STATES[truth]:
        return f"{outcome.state}; connect(): {truth}"
    for ttl, found in sorted(outcome.rows.items()):
        possible = {routers[ttl - 1]} if case.shows_path and ttl <= len(routers) else {case.address, TARGET}
        if found - possible and case.shows_path:
            return f"{', '.join(sorted(found - possible))} at hop {ttl}"
    missing = [ttl for ttl, _ in enumerate(routers, 1) if case.shows_path and not outcome.rows.get(ttl)]
    return f"no hop {missing[0]}" if missing else ""


def judge(name, case, truth, world):
    argv = programs.argv_of(name, case.address, 443)
    try:
        done = world.host.run(argv, timeout=peers.LIMIT)
    except Exception as error:  # subprocess.TimeoutExpired of the namespace's run
        if type(error).__name__ != "TimeoutExpired":
            raise
        return peers.Verdict("hangs", f"over {peers.LIMIT} s")
    outcome = programs.outcome_of(name, argv, done.returncode, 0.0, done.stdout, done.stderr)
    reason = fault(case, truth, outcome, world.routers())
    return peers.Verdict("wrong" if reason else "right", reason)


def page(names, results):
    lines = [
        "# Synroute and its peers on a host that interferes",
        "",
        "Written by `./dev lab own-host`; do not edit. This host translates, routes by port, drops or rejects for itself; the",
        "path behind it has three Linux routers. The truth is what `connect()` on the same host gets at the same time.",
        "",
        "- **right**: the state, if the program reports one, is what a connection gets, and each row shows a router of the path",
        "  that a connection takes. A program that calls the port open and adds that this host drops the answers is right. mtr",
        "  has no state. Rows are not judged where no SYN of a connection reaches the routers, or where its TTL is set anew.",
        "- **wrong**: the lists at the end give the reason. **hangs**: not finished after 60 s.",
        "",
        "| on this host | connect() | " + " | ".join(names) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    for case, truth, verdicts in results:
        lines.append(f"| {case.title} | {truth} | " + " | ".join(verdicts[name].word for name in names) + " |")
    lines += ["", "## Errors", ""]
    for name in names:
        told = [f"- {case.title}: {verdicts[name].reason}" for case, _, verdicts in results if verdicts[name].reason]
        lines += [f"### {name}", "", *(told or ["None."]), ""]
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", default=str(REPOSITORY / "docs" / "own-host.md"))
    options = parser.parse_args()
    lab.require()
    world = lab.Chain(hops=HOPS)
    world.host.ip("addr add 198.18.1.7/24 dev right\n")
    names = [name for name in programs.PROGRAMS if not programs.is_missing(name)]
    results = []
    try:
        for case in CASES:
            with case.applied(world.host, world.host_firewall):
                truth = connect(world.host, case.address)
                results.append((case, truth, {name: judge(name, case, truth, world) for name in names}))
                print(case.title, truth, {name: v.reason or v.word for name, v in results[-1][2].items()}, flush=True)
    finally:
        world.close()
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(page(names, results))


if __name__ == "__main__":
    main()
