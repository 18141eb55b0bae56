# SPDX-License-Identifier: Apache-2.0
"""Synroute and its peers: the command line of each, and a reader of its output."""

import dataclasses
import ipaddress
import json
import os
import re
import shutil
import time
import unittest

from .delay import REPOSITORY


def synroute_program():
    """$SYNROUTE, or the release binary of this tree; None if neither exists."""
    path = os.environ.get("SYNROUTE", str(REPOSITORY / "build" / "release" / "synroute"))
    return path if os.access(path, os.X_OK) else None


@dataclasses.dataclass
class Outcome:
    """The result of a tracer: addresses by TTL, and the state of the port."""

    argv: list
    status: int
    seconds: float
    out: str
    err: str
    rows: dict = dataclasses.field(default_factory=dict)  # TTL -> set of addresses
    state: str | None = None
    json: dict | None = None

    def routers(self, target):
        """The rows without those of the target: {TTL: {addresses}}."""
        found = {ttl: addresses - {target} for ttl, addresses in self.rows.items()}
        return {ttl: addresses for ttl, addresses in found.items() if addresses}

    def distance_of(self, target):
        """The first TTL with the target's address, or None."""
        return min((ttl for ttl, found in self.rows.items() if target in found), default=None)

    def __str__(self):
        return f"$ {' '.join(self.argv)}\nexit {self.status}\n{self.out}{self.err}"


def is_address(word):
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def numbered_rows(text):
    """Rows that start with a TTL, the format of every tracer."""
    rows = {}
    for line in text.splitlines():
        match = re.match(r"\s*(\d+)(?:\.\|--|\s)(.*)", line)
        if match:
            words = match[2].replace("(", " ").replace(")", " ").split()
            found = {word for word in words if is_address(word)}
            rows.setdefault(int(match[1]), set()).update(found)
    return rows


def _read_text(outcome):
    outcome.rows = numbered_rows(outcome.out)


def _read_tcptraceroute(outcome):
    _read_text(outcome)
    match = re.search(r"\[(open|closed)", outcome.out)
    outcome.state = match[1] if match else None


def _read_traceroute(outcome):
    _read_text(outcome)
    match = re.search(r"<(syn,ack|rst,ack|rst)[,>]", outcome.out)
    if match:
        outcome.state = "open" if match[1] == "syn,ack" else "closed"


def _read_mtr(outcome):
    for line in outcome.out.splitlines():
        fields = line.split(",")
        if fields[0].startswith("MTR.") and is_address(fields[5]):
            outcome.rows.setdefault(int(fields[4]), set()).add(fields[5])


def _read_scamper(outcome):
    for line in outcome.out.splitlines():
        record = json.loads(line) if line.startswith("{") else {}
        for hop in record.get("hops", []):
            outcome.rows.setdefault(hop["probe_ttl"], set()).add(hop["addr"])
            if "tcp_flags" in hop:
                outcome.state = "closed" if hop["tcp_flags"] & 4 else "open"


def _read_nmap(outcome):
    _read_text(outcome)
    match = re.search(r"^\d+/tcp +(\S+)", outcome.out, re.M)
    outcome.state = match[1] if match else None


def _read_synroute(outcome):
    if not outcome.out.strip():
        return
    outcome.json = json.loads(outcome.out)
    if outcome.json["schema"] == "synroute.error":
        return
    outcome.state = outcome.json["state"]
    for hop in outcome.json["hops"]:
        outcome.rows[hop["ttl"]] = {responder["address"] for responder in hop["responders"]}


def _scamper_argv(address, port, queries):
    every = ["-Q"] if queries > 1 else []
    command = ["trace", "-P", "tcp", "-d", str(port), "-q", str(queries), *every, address]
    return ["scamper", "-p", "1000", "-O", "json", "-I", " ".join(command)]


def _family(address):
    return ["-6"] if ":" in address else []


# name -> (argv of (address, port, queries), reader). All numeric, all TCP SYN.
PROGRAMS = {
    "synroute": (
        lambda address, port, queries: [
            *(synroute_program() or "synroute", "-n", "--json", "-q", str(queries)),
            *("-p", str(port), address),
        ],
        _read_synroute,
    ),
    "tcptraceroute": (
        lambda address, port, queries: [
            *("tcptraceroute", "-n", "-q", str(queries), address, str(port))
        ],
        _read_tcptraceroute,
    ),
    "traceroute": (
        lambda address, port, queries: [
            *("traceroute", *_family(address), "-T", "-O", "info", "-n"),
            *("-q", str(queries), "-p", str(port), address),
        ],
        _read_traceroute,
    ),
    "mtr": (
        lambda address, port, queries: [
            *("mtr", "-T", "-P", str(port), "-n", "-r", "-C", "-c", str(queries), address)
        ],
        _read_mtr,
    ),
    "scamper": (_scamper_argv, _read_scamper),
    "nmap": (
        lambda address, port, queries: [
            *("nmap", *_family(address), "-n", "-Pn", "-sS", "--traceroute", "-p", str(port)),
            address,
        ],
        _read_nmap,
    ),
}
PEERS = [name for name in PROGRAMS if name != "synroute"]

# What programs do not support: not run, to save time.
SPEAKS_ONLY_IPV4 = {"tcptraceroute"}
NEEDS_ETHERNET = {"scamper", "nmap"}


def require_synroute():
    """For setUpModule: skips the module if there is no binary to test."""
    if synroute_program() is None:
        raise unittest.SkipTest("build/release/synroute is not built")


def is_missing(name):
    return not synroute_program() if name == "synroute" else shutil.which(name) is None


def argv_of(name, address, port, queries=3):
    return PROGRAMS[name][0](address, port, queries)


def outcome_of(name, argv, status, seconds, out, err):
    outcome = Outcome(argv, status, seconds, out, err)
    PROGRAMS[name][1](outcome)
    return outcome


def trace(name, namespace, address, port, queries=3, more=(), timeout=60):
    """Runs one tracer. `more` are further arguments before the target."""
    argv = argv_of(name, address, port, queries)
    argv[1:1] = more
    start = time.monotonic()
    done = namespace.run(argv, timeout=timeout)
    return outcome_of(
        name, argv, done.returncode, time.monotonic() - start, done.stdout, done.stderr
    )
