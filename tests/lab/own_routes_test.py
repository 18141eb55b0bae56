# SPDX-License-Identifier: Apache-2.0
"""Routing rules of this host that look at more than addresses, and routes that share their load.

A host with two routers to one target. The truth is what connect() on the same host does with the same ports: its
source address tells the device, since each device has one.
"""

import contextlib
import errno
import json
import socket
import unittest

import lab
from lab import namespaces, programs

TARGET = {4: "203.0.113.80", 6: "2001:db8:113::80"}
ANYWHERE = {4: "203.0.113.0/24", 6: "2001:db8:113::/64"}
CLOSED = 81  # a refused connection leaves no port in TIME_WAIT
NODE = {
    "net.ipv4.icmp_ratemask": 0,
    "net.ipv6.icmp.ratemask": "0",
    "net.ipv4.ip_forward": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
}

HOST = None
NODES = []


def address(link, side, version):
    return f"198.18.{link}.{side}" if version == 4 else f"2001:db8:{link:x}::{side}"


def prefix(link, version):
    return f"198.18.{link}.0/24" if version == 4 else f"2001:db8:{link:x}::/64"


def configure(node, device, link, side):
    node.ip(
        "".join(
            f"addr add {address(link, side, version)}/{bits} dev {device}{' nodad' if version == 6 else ''}\n"
            for version, bits in ((4, 24), (6, 64))
        )
        + f"link set {device} up\n"
    )


def setUpModule():
    """Link 1 joins the host to router a, 2 to router b; 3 and 4 join them to the target."""
    global HOST
    lab.require()
    lab.require_synroute()
    HOST, a, b, target = nodes = [lab.Namespace(f"routes-{name}") for name in ("host", "a", "b", "target")]
    NODES.extend(nodes)
    for node in nodes:
        node.sysctl(NODE)
        node.ip("link set lo up\n")
    for link, (left, left_device), (right, right_device) in (
        (1, (HOST, "one"), (a, "left")),
        (2, (HOST, "two"), (b, "left")),
        (3, (a, "right"), (target, "from-a")),
        (4, (b, "right"), (target, "from-b")),
    ):
        namespaces.batch(namespaces.link(left, left_device, right, right_device))
        configure(left, left_device, link, 1)
        configure(right, right_device, link, 2)
    for version, bits in ((4, 32), (6, 128)):
        target.ip(f"addr add {TARGET[version]}/{bits} dev lo\n")
        for node, link, own in ((a, 3, 1), (b, 4, 2)):
            node.ip(f"route add {ANYWHERE[version]} via {address(link, 2, version)}\n")
            target.ip(f"route add {prefix(own, version)} via {address(link, 1, version)}\n")
        HOST.ip(
            f"route add {ANYWHERE[version]} via {address(1, 2, version)}\n"
            f"route add {ANYWHERE[version]} via {address(2, 2, version)} table 100\n"
        )
        for selector in ("from all", "uidrange 1-1"):  # both ways: neighbours are known then
            with rule(version, selector):
                connection(version)


def tearDownModule():
    for node in NODES:
        node.close()


@contextlib.contextmanager
def rule(version, selector):
    """A routing rule that leads what it selects to router b."""
    own = ["ip", "-n", HOST.name, f"-{version}", "rule"]
    words = [*selector.split(), "lookup", "100", "pref", "100"]
    namespaces.checked([*own, "add", *words])
    try:
        yield
    finally:
        namespaces.checked([*own, "del", *words])


def connection(version, port=CLOSED, source_port=0, mark=0):
    """(source address, source port) of a connection that is refused."""
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    with HOST.entered(), socket.socket(family, socket.SOCK_STREAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if mark:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        client.bind(("::" if version == 6 else "0.0.0.0", source_port))
        client.settimeout(5)
        assert client.connect_ex((TARGET[version], port)) == errno.ECONNREFUSED
        return client.getsockname()[:2]


class Rules(unittest.TestCase):
    # (what the rule looks at, options of synroute, source port, mark)
    RULES = [
        ("ipproto tcp", [], 0, 0),
        (f"ipproto tcp dport {CLOSED}", [], 0, 0),
        ("ipproto tcp sport 20000-20999", ["--sport", "20500"], 20500, 0),
        ("uidrange 0-0", [], 0, 0),
        ("fwmark 9", ["--mark", "9"], 0, 9),
    ]

    def assert_way(self, outcome, source, version):
        link = 1 if source == address(1, 1, version) else 2
        device = {1: "one", 2: "two"}[link]
        said = outcome.json["source"]
        self.assertEqual((said["address"], said["interface"]), (source, device), outcome)
        self.assertEqual(outcome.rows[1], {address(link, 2, version)}, outcome)
        self.assertEqual((outcome.state, outcome.json["distance"]), ("closed", 2), outcome)
        self.assertEqual(outcome.json["findings"], [], outcome)

    def test_probes_take_the_way_of_a_connection(self):
        for version in (4, 6):
            for selector, options, source_port, mark in self.RULES:
                with rule(version, selector):
                    source, _ = connection(version, source_port=source_port, mark=mark)
                    for method in ("raw", "connect"):
                        if method == "connect" and options:
                            continue  # they require raw packets
                        with self.subTest(version=version, rule=selector, method=method):
                            self.assertEqual(source, address(2, 1, version))
                            outcome = programs.trace(
                                "synroute", HOST, TARGET[version], CLOSED, more=[*options, "--method", method]
                            )
                            self.assert_way(outcome, source, version)

    def test_the_heading_names_the_device_that_a_firewall_mark_selects(self):
        """Routing tables are asked without the mark, which a rule of the firewall sets later."""
        for version in (4, 6):
            HOST.nft(
                "table inet t {\nchain o {\n type route hook output priority -150\n"
                f" tcp dport {{ 443, {CLOSED} }} meta mark set 9\n}}\n}}\n"
            )
            try:
                with rule(version, "fwmark 9"):
                    outcome = programs.trace("synroute", HOST, TARGET[version], CLOSED)
                    done = HOST.run([programs.synroute_program(), "-n", TARGET[version], str(CLOSED)])
            finally:
                HOST.nft("delete table inet t\n")
            self.assertEqual((outcome.state, outcome.json["distance"]), ("closed", 2), outcome)
            self.assertEqual(outcome.json["source"]["interface"], "two", outcome)
            self.assertIn(" via two", done.stdout.splitlines()[0])

    def test_a_rule_for_another_port_changes_nothing(self):
        with rule(4, "ipproto tcp dport 443"):
            outcome = programs.trace("synroute", HOST, TARGET[4], CLOSED)
        self.assert_way(outcome, address(1, 1, 4), 4)

    def test_ports_of_one_scan_leave_by_their_own_ways(self):
        with rule(4, "ipproto tcp dport 443"), lab.Tap(HOST, "two") as tap:
            done = HOST.run([programs.synroute_program(), "scan", "-n", TARGET[4], "440-450"])
            asked = {packet.content.destination_port for packet in tap.packets() if packet.outgoing and packet.content.is_syn}
        self.assertRegex(done.stdout, r"\n440-442, 444-450: closed;.* by one\n443: closed;.* by two\n")
        self.assertEqual(asked, {443}, done)

    def test_the_type_of_service_is_part_of_the_route(self):
        with rule(4, "tos 0x10"):
            for method in ("raw", "connect"):
                more = ["-t", "0x10", "--method", method]
                outcome = programs.trace("synroute", HOST, TARGET[4], CLOSED, more=more)
                self.assertEqual(outcome.rows[1], {address(2, 2, 4)}, outcome)
                self.assertEqual(outcome.json["source"]["address"], address(2, 1, 4), outcome)

    def test_a_port_that_a_rule_prohibits_is_not_tested(self):
        for version in (4, 6):
            own = ["ip", "-n", HOST.name, f"-{version}", "rule"]
            words = ["ipproto", "tcp", "dport", "443", "pref", "99", "prohibit"]
            namespaces.checked([*own, "add", *words])
            try:
                done = HOST.run([programs.synroute_program(), "scan", "--json", "-n", TARGET[version], "443,444"])
                traced = programs.trace("synroute", HOST, TARGET[version], 443)
            finally:
                namespaces.checked([*own, "del", *words])
            states = {port["port"]: port["state"] for port in json.loads(done.stdout)["ports"]}
            self.assertEqual(states, {443: "not_tested", 444: "closed"}, done)
            self.assertEqual(traced.status, 5, traced)

    def test_a_route_that_raw_packets_cannot_take_is_not_called_silence(self):
        NODES[2].ip("addr add 10.99.99.1/32 dev left\n")
        HOST.ip("route replace 203.0.113.0/24 via 10.99.99.1 dev two onlink table 100\n")
        try:
            with rule(4, f"ipproto tcp dport {CLOSED}"):
                raw = programs.trace("synroute", HOST, TARGET[4], CLOSED, more=["--method", "raw"])
                connected = programs.trace("synroute", HOST, TARGET[4], CLOSED, more=["--method", "connect"])
        finally:
            HOST.ip(f"route replace 203.0.113.0/24 via {address(2, 2, 4)} table 100\n")
        self.assertEqual(connected.state, "closed", connected)
        self.assertIn((raw.status, raw.state), ((5, "not_tested"), (3, "closed")), raw)

    def test_an_ipv6_gateway_of_an_ipv4_route_is_no_obstacle(self):
        HOST.ip(f"route replace 203.0.113.0/24 via inet6 {address(1, 2, 6)} dev one\n")
        try:
            with rule(4, "ipproto tcp dport 443"):  # routes are then looked up by connection
                outcome = programs.trace("synroute", HOST, TARGET[4], CLOSED, more=["--method", "raw"])
        finally:
            HOST.ip(f"route replace 203.0.113.0/24 via {address(1, 2, 4)}\n")
        self.assert_way(outcome, address(1, 1, 4), 4)

    def test_tcptraceroute_s_form_follows_too(self):
        with rule(4, f"ipproto tcp dport {CLOSED}"):
            done = HOST.run([programs.synroute_program(), "--as", "tcptraceroute", "-n", TARGET[4], str(CLOSED)])
        self.assertIn("Selected device two, address 198.18.2.1", done.stderr)
        self.assertEqual(programs.numbered_rows(done.stdout)[1], {address(2, 2, 4)}, done)


class SharedLoad(unittest.TestCase):
    """Two next hops: the kernel chooses by a hash, of addresses alone or of ports too."""

    PORTS = range(30000, 30012)

    def test_each_source_port_takes_the_way_of_its_connection(self):
        for version in (4, 6):
            ways = " ".join(f"nexthop via {address(link, 2, version)}" for link in (1, 2))
            HOST.ip(f"route replace {ANYWHERE[version]} {ways}\n")
            try:
                for policy in (0, 1):
                    HOST.sysctl({f"net.ipv{version}.fib_multipath_hash_policy": policy})
                    self.check(version, policy)
            finally:
                HOST.ip(
                    f"route del {ANYWHERE[version]}\nroute add {ANYWHERE[version]} via {address(1, 2, version)}\n"
                )

    def check(self, version, policy):
        used = set()
        for port in self.PORTS:
            source, _ = connection(version, source_port=port)
            used.add(source)
            with self.subTest(version=version, policy=policy, port=port):
                outcome = programs.trace("synroute", HOST, TARGET[version], CLOSED, more=["--sport", str(port)])
                Rules.assert_way(self, outcome, source, version)
        if policy == 1:
            self.assertEqual(len(used), 2, "both ways are used")


if __name__ == "__main__":
    lab.main()
