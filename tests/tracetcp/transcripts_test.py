# SPDX-License-Identifier: Apache-2.0
"""The five examples on tracetcp's web page, on matching networks: the same bytes except times and addresses. One
`synroute scan` each must find the same."""

import os
import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lab"))

import lab  # noqa: E402
from lab import namespaces, programs  # noqa: E402

SYNROUTE_LAB = os.environ.get("SYNROUTE_LAB", "")
TIMED_OUT = "*\t*\t*\tRequest timed out.\n"


def setUpModule():
    lab.require()
    lab.require_synroute()


def run(scenario, *arguments):
    """The output of the program under test in one of the networks beside this file."""
    network = HERE / f"{scenario}.scenario"
    command = [SYNROUTE_LAB, "--quiet", str(network), "--", programs.synroute_program(), *arguments]
    return namespaces.checked(command, timeout=60)


def tracetcp(scenario, *arguments):
    """The same, called as tracetcp, with times masked."""
    return re.sub(r"\d+ ms", "T ms", run(scenario, "--as", "tracetcp", *arguments))


def hop(number, address, name=""):
    return f"{number}\tT ms\tT ms\tT ms\t{address}\t{name and f'[{name}]'}\n"


TO_SHOP = [
    hop(1, "192.168.0.1", "wintermute"),
    hop(2, "10.78.128.1"),
    hop(3, "198.51.100.3", "gsr01-so.provider.example"),
    hop(4, "172.18.14.45"),
    hop(5, "172.18.14.62"),
    hop(6, "198.51.100.6", "pop-pos.provider.example"),
    hop(7, "198.51.100.7", "zcr1-so-5-0-0.carrier.example"),
    hop(8, "198.51.100.8", "dcr2-loopback.carrier.example"),
    *(hop(number, f"198.51.100.{number}") for number in range(9, 14)),
]


class WhereIcmpIsBlocked(unittest.TestCase):
    def test_trace(self):
        self.assertEqual(
            tracetcp("shop", "www.shop.example"),
            "\nTracing route to 203.0.113.41 [www.shop.example] on port 80\n"
            "Over a maximum of 30 hops.\n"
            + "".join(TO_SHOP)
            + f"14\t{TIMED_OUT}"
            + "15\tDestination Reached in T ms. Connection established to 203.0.113.41\n"
            "Trace Complete.\n",
        )

    def test_scan(self):
        self.assertIn("\n80: open; probes reach the host (15 hops)\n", run("shop", "scan", "--where", "203.0.113.41", "80"))


class TransparentProxy(unittest.TestCase):
    def block(self, port, hops, last):
        return (
            f"\nTracing route to 203.0.113.6 on port {port}\nOver a maximum of 30 hops.\n"
            + "".join(hops[: last - 1])
            + f"{last}\tDestination Reached in T ms. Connection established to 203.0.113.6\n"
            "Trace Complete.\n"
        )

    def test_trace(self):
        addresses = ["192.168.0.1", "10.152.79.254", *(f"198.51.100.{number}" for number in range(3, 17))]
        hops = [hop(number, address) for number, address in enumerate(addresses, 1)]
        self.assertEqual(tracetcp("files", "203.0.113.6:ftp", "-n"), self.block(21, hops, 17))
        self.assertEqual(tracetcp("files", "203.0.113.6:http", "-n"), self.block(80, hops, 5))

    def test_scan(self):
        picture = run("files", "scan", "--where", "203.0.113.6", "ftp,http")
        self.assertIn(
            "\n80: open; answered at hop 5, 12 hops nearer than other ports: a middlebox answers for the host\n"
            "21: open; probes reach the host (17 hops)\n",
            picture,
        )


class BlockedPort(unittest.TestCase):
    def test_trace(self):
        self.assertEqual(
            tracetcp("shop", "www.shop.example:135", "-t", "600"),
            "\nTracing route to 203.0.113.41 [www.shop.example] on port 135\n"
            "Over a maximum of 30 hops.\n"
            + "".join(TO_SHOP[:2])
            + "".join(f"{number}\t{TIMED_OUT}" for number in range(3, 31))
            + "Trace Complete.\n",
        )


class BlockedOutgoingPorts(unittest.TestCase):
    OPTIONS = ("-p", "1", "-t", "500", "-c", "-n")

    def line(self, port, ttl, address):
        what = f"T ms\t{address}\t" if address else "*\tRequest timed out."
        return f"[203.0.113.41:{port}]  {ttl}\t{what}\n"

    def test_at_one_hop(self):
        self.assertEqual(
            tracetcp("shop", "www.shop.example", "-h", "3", "-m", "1", *self.OPTIONS, "-r", "130", "140"),
            "".join(
                self.line(port, 3, "" if port in (135, 137, 138, 139) else "198.51.100.3")
                for port in range(130, 141)
            ),
        )

    def test_at_three_hops(self):
        lines = ""
        for port in range(134, 141):
            lines += self.line(port, 1, "192.168.0.1")
            lines += self.line(port, 2, "" if 137 <= port <= 139 else "10.78.128.1")
            lines += self.line(port, 3, "" if port == 135 or 137 <= port <= 139 else "198.51.100.3")
        self.assertEqual(
            tracetcp("shop", "www.shop.example", "-h", "1", "-m", "3", *self.OPTIONS, "-r", "134", "140"), lines
        )

    def test_scan(self):
        picture = run("shop", "scan", "--where", "--rate", "1000", "203.0.113.41", "130-140")
        self.assertIn(
            "\n137-139: dropped after hop 1 (192.168.0.1)\n"
            "135: dropped after hop 2 (10.78.128.1)\n"
            "130-134, 136, 140: open; probes reach the host (15 hops)\n",
            picture,
        )


class PortScan(unittest.TestCase):
    """The hop number is 50, as in the published program; the web page shows 1."""

    def test_range(self):
        lines = ""
        for port in range(20, 81):
            is_open = port in (21, 23, 80)
            what = "Dest. in T ms. Port OPEN on 192.168.0.1\n" if is_open else TIMED_OUT
            lines += f"[192.168.0.1:{port}]  50\t{what}"
        call = ("192.168.0.1", "-r", "20", "80", "-c", "-m", "1", "-t", "100", "-h", "50")
        self.assertEqual(tracetcp("router", *call), lines)

    def test_scan(self):
        picture = run("router", "scan", "--where", "192.168.0.1", "20-80")
        self.assertIn(
            "\n20, 22, 24-79: dropped at the host (1 hop) or just before it\n"
            "21, 23, 80: open; probes reach the host (1 hop)\n",
            picture,
        )


if __name__ == "__main__":
    lab.main()
