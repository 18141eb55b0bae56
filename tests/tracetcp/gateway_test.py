# SPDX-License-Identifier: Apache-2.0
"""tracetcp -g: two gateways on one link lead to the same host; the routing table has only the first."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))

import lab  # noqa: E402
from lab import Namespace, chain, programs  # noqa: E402

TARGET = "203.0.113.80"
HOST, ROUTED, OTHER, UNUSED = "192.0.2.7", "192.0.2.1", "192.0.2.2", "192.0.2.99"

NETWORK = None


class Network:
    """me - switch - two gateways - web; the web server replies through the first."""

    def __init__(self):
        self.me, self.web = Namespace("me"), Namespace("web")
        self.gateways = [Namespace("routed"), Namespace("other")]
        self.switch = Namespace("switch")
        self.switch.ip("link add bridge type bridge\nlink set bridge up\n")
        self._plug(self.me, "lan", f"{HOST}/24")
        for number, gateway in enumerate(self.gateways, 1):
            gateway.sysctl({"net.ipv4.ip_forward": 1})
            self._plug(gateway, "lan", f"192.0.2.{number}/24")
            gateway.ip(f"link add wan type veth peer name wan{number} netns web\n")
            gateway.ip(f"addr add 198.51.100.{number * 16 + 1}/28 dev wan\nlink set wan up\n")
            self.web.ip(f"addr add 198.51.100.{number * 16 + 2}/28 dev wan{number}\nlink set wan{number} up\n")
            gateway.ip(f"route add {TARGET}/32 via 198.51.100.{number * 16 + 2}\n")
        self.web.ip(f"link set lo up\naddr add {TARGET}/32 dev lo\nroute add default via 198.51.100.17\n")
        self.me.ip(f"route add default via {ROUTED}\n")
        self.listener = chain.Listener(self.web, [443])

    def _plug(self, machine, device, address):
        port = f"to-{machine.name}"
        self.switch.ip(f"link add {port} type veth peer name {device} netns {machine.name}\n")
        self.switch.ip(f"link set {port} master bridge\nlink set {port} up\n")
        machine.ip(f"link set lo up\naddr add {address} dev {device}\nlink set {device} up\n")

    def close(self):
        self.listener.close()
        for each in (self.me, self.web, *self.gateways, self.switch):
            each.close()


def setUpModule():
    global NETWORK
    lab.require()
    lab.require_synroute()
    NETWORK = Network()


def tearDownModule():
    if NETWORK:
        NETWORK.close()


def tracetcp(*arguments):
    call = [programs.synroute_program(), "--as", "tracetcp", *arguments]
    return NETWORK.me.run(call)


class Gateway(unittest.TestCase):
    def first_hop(self, *arguments):
        done = tracetcp(f"{TARGET}:443", "-n", "-F", *arguments)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertRegex(done.stdout, rf"\n2\tDestination Reached in \d+ ms\. Connection established to {TARGET}\n")
        return done.stdout.splitlines()[3].split("\t")[4]

    def test_without_it_the_routing_table_decides(self):
        self.assertEqual(self.first_hop(), ROUTED)

    def test_it_is_the_first_hop(self):
        self.assertEqual(self.first_hop("-g", OTHER), OTHER)
        self.assertEqual(self.first_hop("-g", f"{OTHER}:80"), OTHER)

    def test_raw_sockets_ignore_it(self):
        self.assertEqual(self.first_hop("-g", OTHER, "-R"), ROUTED)

    def test_a_neighbour_needs_no_gateway(self):
        done = tracetcp(f"{OTHER}:9", "-n", "-g", UNUSED)
        self.assertRegex(done.stdout, rf"\n1\tDestination Reached in \d+ ms\. Port closed on {OTHER}\n")

    def test_a_gateway_that_does_not_answer(self):
        for gateway in (UNUSED, "198.51.100.18"):
            done = tracetcp(TARGET, "-g", gateway)
            self.assertEqual((done.stdout, done.stderr), ("", "ARP::whoHas: no response\n"))
            self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    lab.main()
