# SPDX-License-Identifier: Apache-2.0
"""What the simulated networks send is well formed, as tshark and tcpdump see it.

    SYNROUTE=… SYNROUTE_LAB=… dissector_test.py

Every scenario is asked by TCP, UDP and echo, and for a whole connection; what passed the device is captured. Each
packet's checksums must be right, nothing malformed, nothing suspicious to the experts of tshark, but in the
scenarios that are about such packets.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

LAB = os.environ["SYNROUTE_LAB"]
SYNROUTE = os.environ["SYNROUTE"]
SKIPPED = 77
WARNING = 0x600000  # of tshark's severities; an error is more

# Scenarios that are about packets a dissector must complain of.
HOSTILE = {
    "noise": "forged, garbled and cut answers",
    "corruption": "wrong bits behind the IP header",
    "extension-wrong-length": "tshark believes the length field of RFC 4884",
}
# What the experts rightly say about captures of traces: they count as warnings what a trace is made of.
EXPECTED = re.compile(
    r"Connection reset \(RST\)|This frame is a \(suspected\).*|ACKed segment that wasn't captured.*"
    r"|Previous segment\(s\) not captured.*|A new tcp session is started with the same ports.*"
    r"|TCP Zero Window segment|No response seen to ICMP(v6)? request|D-SACK Sequence"
)
# Where the right checksum is 0, Linux writes its other form when it fills it in for a device (skb_checksum_help() with
# CSUM_MANGLED_0): one connection in some ten thousand. Every receiver takes it for right; our own are never so.
MANGLED = "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)"
TOLD = {"all-options-stripped": "4 NOP in a row - a router may have removed some options"}
FIELDS = (
    "frame.number",
    "ip.checksum.status",
    "tcp.checksum.status",
    "udp.checksum.status",
    "icmp.checksum.status",
    "icmpv6.checksum.status",
    "icmp.ext.checksum.status",
    "_ws.malformed",
    "_ws.expert.severity",
    "_ws.expert.message",
    "_ws.col.Info",
)
TALK = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as connection:
    connection.sendall(b"hello")
"""


def run(command, seconds=120, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, **options)


def questions(address, port):
    """Commands that make the network send all it can."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    trace = ["traceroute", "-n", "-q", "1", "-N", "30", "-w", "0.5", "-m", "12", address]
    return [
        [SYNROUTE, "--method", "raw", "--numeric", target],
        [SYNROUTE, "--method", "raw", "--numeric", "--ecn-setup", "--queries", "1", target],
        trace,
        [*trace, "-I"],
        [sys.executable, "-c", TALK, address, str(port)],
    ]


def capture(scenario, path):
    done = run([LAB, "--truth", scenario], check=True)
    targets = json.loads(done.stdout)["targets"]
    commands = [words for each in targets[:2] for words in questions(each["target"], each["port"])]
    script = "import json, subprocess, sys\nfor words in json.loads(sys.argv[1]): subprocess.run(words)"
    done = run([LAB, "--quiet", "--pcap", path, scenario, "--", sys.executable, "-c", script, json.dumps(commands)])
    if done.returncode != 0:
        raise RuntimeError(f"{scenario}: {done.stderr.decode()}")


def scenarios():
    return [line.split()[0] for line in run([LAB, "--list"], check=True, text=True).stdout.splitlines()]


def dissect(path):
    """Every packet as {field: [values]}."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "aggregator=|", "-o", "ip.check_checksum:TRUE"]
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    # Ports are chosen by chance: what some mean to dissectors is nothing here.
    command += ["-d", "tcp.port==1-65535,data", "-d", "udp.port==1-65535,data"]
    for field in FIELDS:
        command += ["-e", field]
    for line in run(command, check=True, text=True, errors="replace").stdout.splitlines():
        values = line.split("\t")
        yield {field: value.split("|") if value else [] for field, value in zip(FIELDS, values, strict=False)}


def complaints(packet):
    """What tshark holds against a packet itself; quotes in it are others' packets."""
    is_error = bool(packet["icmp.checksum.status"] or packet["icmpv6.checksum.status"])
    own = ["ip.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status", "icmp.ext.checksum.status"]
    mangled = MANGLED in packet["_ws.expert.message"]
    own += [] if is_error or mangled else ["tcp.checksum.status", "udp.checksum.status"]
    found = [f"{field} {packet[field][0]}" for field in own if packet[field] and packet[field][0] != "1"]
    found += ["malformed"] if packet["_ws.malformed"] else []
    for severity, message in zip(packet["_ws.expert.severity"], packet["_ws.expert.message"], strict=False):
        quoted = is_error and message.startswith("Bad checksum")
        if int(severity) >= WARNING and not EXPECTED.fullmatch(message) and not quoted and message != MANGLED:
            found.append(message)
    return found


class Dissectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        names = scenarios()
        cls.captures = {name: f"{cls.folder.name}/{name}.pcap" for name in names}
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda name: capture(name, cls.captures[name]), names))

    def test_tshark_accepts_every_packet(self):
        kinds = collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            dissected = pool.map(lambda path: list(dissect(path)), self.captures.values())
        for name, packets in zip(self.captures, dissected, strict=True):
            self.assertGreater(len(packets), 5, name)
            kinds.update(field for packet in packets for field in FIELDS if packet[field])
            found = collections.Counter(complaint for packet in packets for complaint in complaints(packet))
            if name in TOLD:  # what the scenario is about, seen by others
                self.assertGreater(found.pop(TOLD[name], 0), 0, name)
            with self.subTest(name):
                if name in HOSTILE:
                    self.assertTrue(found, "is about packets that no dissector accepts, but they all were")
                else:
                    self.assertEqual(found, {}, name)
        for field in FIELDS[:7]:
            self.assertGreater(kinds[field], 10, f"no packets to check {field}")

    def test_tcpdump_accepts_every_packet(self):
        for name, path in self.captures.items():
            if name in HOSTILE:
                continue
            text = run(["tcpdump", "-n", "-vv", "-r", path], check=True, text=True, errors="replace").stdout
            outer = [line for line in text.splitlines() if not line.startswith("\t")]
            wrong = [line for line in outer if re.search(r"(bad|wrong) (\w+ )?cksum|\(incorrect|truncated-ip", line)]
            with self.subTest(name):
                self.assertEqual(wrong, [])


if __name__ == "__main__":
    first = run([LAB, "-q", "closed", "--", "true"], text=True)
    if first.returncode != 0:
        print("SKIP:", first.stderr.strip())
        sys.exit(1 if os.environ.get("SYNROUTE_MUST_RUN_LAB") else SKIPPED)
    unittest.main()
