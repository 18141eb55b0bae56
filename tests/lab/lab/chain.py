# SPDX-License-Identifier: Apache-2.0
"""A chain of Linux routers between a host and a target, with every kind of fault on the path.

    host -- r1 -- r2 -- … -- r5 -- r6 -- r7 -- … -- r12 -- target
                              \\- s1 -/      (three more routers beside r6)

Which trouble a trace meets is chosen by the address or the port it asks for, so nothing has to be
switched while tests run. `Chain` says which address and which port means what.
"""

import contextlib
import itertools
import socket
import subprocess
import time

from .delay import DelayedLink
from .machine import Listener, set_checksum_offload
from .namespaces import Namespace, batch, link

# The last number of the target's address selects the path (203.0.113.N and 2001:db8:113::N).
PLAIN = 80  # nothing special
ECMP = 81  # r5 balances flows over r6 and three parallel routers
DNAT = 82  # r8 rewrites the destination to PLAIN
SNAT = 83  # r4 rewrites the source to its own
SILENT = 84  # r3, r6 and r9 do not report
ICMP_LESS = 85  # no router reports at all
NO_HOST = 87  # r7 reports host unreachable
PROHIBITED = 88  # r5 says "administratively prohibited"
BLACK_HOLE = 89  # r7 drops everything

# The port selects the behaviour, at every address of the target.
OPEN, CLOSED = 443, 81
DROPPED = 82  # dropped by the target's own firewall
DROPPED_HALFWAY = 83  # dropped by r6

# nftables' reject kinds and the code each sends.
REJECTS = {
    4: {
        "net-unreachable": 0,
        "host-unreachable": 1,
        "prot-unreachable": 2,
        "port-unreachable": 3,
        "net-prohibited": 9,
        "host-prohibited": 10,
        "admin-prohibited": 13,
    },
    6: {
        "no-route": 0,
        "admin-prohibited": 1,
        "addr-unreachable": 3,
        "port-unreachable": 4,
        "policy-fail": 5,
        "reject-route": 6,
    },
}
REJECTED_AT_TARGET = 7000  # + the code; + RESET for a reset
REJECTED_HALFWAY = 8000
RESET = 99

DNAT_ROUTER, SNAT_ROUTER, FIREWALL_ROUTER = 8, 4, 6
# The kernel limits these messages per host, so they are different routers.
NO_HOST_ROUTER, PROHIBITING_ROUTER, BLACK_HOLE_ROUTER = 7, 5, 7
SILENT_ROUTERS = (3, 6, 9)
ECMP_WIDTH = 3

ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}

# The mask exempts all messages from the limit. A rate of 0 would too, but it keeps the buckets empty, which
# silences routes of type unreachable.
_UNLIMITED = {"net.ipv4.icmp_ratemask": 0, "net.ipv6.icmp.ratemask": "0"}
_LIMITED = {"net.ipv4.icmp_ratemask": 6168, "net.ipv6.icmp.ratemask": "0-1,3-127"}
_NODE = _UNLIMITED | {
    "net.ipv4.icmp_msgs_per_sec": 1_000_000,
    "net.ipv4.icmp_msgs_burst": 100_000,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.all.disable_ipv6": 0,
    "net.ipv6.conf.default.disable_ipv6": 0,
}
_ROUTER = {
    "net.ipv4.ip_forward": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv4.fib_multipath_hash_policy": 1,
    "net.ipv6.fib_multipath_hash_policy": 1,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
}


_numbers = itertools.count(1)


def target_address(which=PLAIN, version=4):
    return f"203.0.113.{which}" if version == 4 else f"2001:db8:113::{which}"


def link_end(number, side, version):
    """The address of the left (1) or right (2) end of link `number`."""
    return f"198.18.{number}.{side}" if version == 4 else f"2001:db8:{number}::{side}"


def _prefix(number, version):
    return f"198.18.{number}.0/24" if version == 4 else f"2001:db8:{number}::/64"


def _reject_rules(first_port):
    lines = []
    for code_kind, nft_name, version in (("icmp", "ip", 4), ("icmpv6", "ip6", 6)):
        protocol = "ipv4" if nft_name == "ip" else "ipv6"
        for kind, code in REJECTS[version].items():
            lines.append(
                f"meta nfproto {protocol} tcp dport {first_port + code}"
                f" reject with {code_kind} type {kind}"
            )
    lines.append(f"tcp dport {first_port + RESET} reject with tcp reset")
    return "\n".join(lines)


def _silence(which):
    """Drops this machine's own time-exceeded messages about one address of the target."""
    quoted4, quoted6 = (8 + 16) * 8, (8 + 24 + 12) * 8
    return (
        f"icmp type time-exceeded @th,{quoted4},32 0x{0xCB007100 + which:08x} drop\n"
        f"icmpv6 type time-exceeded @th,{quoted6},32 0x{int(str(which), 16):08x} drop\n"
    )


class Chain:
    """Builds the chain; `close()` removes it, and so does the end of the process.

    `delay_us` one way lies on the cable behind router `delay_after`. The special routers exist
    only where the chain is long enough for them (12 routers have all).
    """

    def __init__(self, hops=12, delay_us=0, delay_after=1, checksum_offload=False):
        self.hops = hops
        self._number = next(_numbers)
        self._delay = None
        self._listener = None
        self._nodes = []
        try:
            self._build(delay_us, delay_after, checksum_offload)
        except BaseException:
            self.close()
            raise

    @property
    def distance(self):
        """The TTL that reaches the target."""
        return self.hops + 1

    @property
    def has_troubles(self):
        return self.hops >= 12

    def router(self, hop, version=4):
        """The address with which router `hop` answers the host."""
        return link_end(hop, 2, version)

    def routers(self, version=4):
        return [self.router(hop, version) for hop in range(1, self.hops + 1)]

    def beside(self, version=4):
        """The addresses that may answer at hop 6 on the path to ECMP."""
        return {link_end(100 + k, 2, version) for k in range(ECMP_WIDTH)}

    def host_address(self, version=4):
        return link_end(1, 1, version)

    def tap_points(self):
        """(namespace, device) of the host's and the target's end."""
        return (self.host, "right"), (self.target, "left")

    @contextlib.contextmanager
    def kernel_icmp_limit(self, hop):
        """Gives router `hop` Linux's default limit: a burst of six, then one per second.

        The bucket is full at first, and refills in six seconds: take another router each time.
        """
        router = self.node(hop)
        router.sysctl(_LIMITED)
        try:
            yield
        finally:
            router.sysctl(_UNLIMITED)

    @contextlib.contextmanager
    def host_firewall(self, rules):
        """Rules for the tracing host itself, as the inside of an nftables table of family inet."""
        self.host.nft(f"table inet local {{\n{rules}\n}}\n")
        try:
            yield
        finally:
            self.host.nft("delete table inet local\n")

    def node(self, hop):
        """0 is the host, 1… the routers, hops + 1 the target."""
        return self._nodes[hop]

    def close(self):
        if self._delay:
            self._delay.close()
        if self._listener:
            self._listener.close()
        for node in self._nodes:
            node.close()
        self._nodes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Construction.

    def _build(self, delay_us, delay_after, checksum_offload):
        names = ["host", *(f"r{hop}" for hop in range(1, self.hops + 1)), "target"]
        if self.has_troubles:
            names += [f"s{k + 1}" for k in range(ECMP_WIDTH)]
        for name in names:
            self._nodes.append(Namespace(f"c{self._number}-{name}"))
        for node in self._nodes:
            node.sysctl(_NODE)
        for node in self._routers_and_sides():
            node.sysctl(_ROUTER)
        self.host, self.target = self._nodes[0], self._nodes[self.distance]
        self._lay_cables(delay_us, delay_after)
        self._configure()
        for node, rules in self._rules():
            node.nft(rules)
        self._offload(checksum_offload, delay_after if delay_us else None)
        self._listener = Listener(self.target, [80, OPEN])
        self._warm_up()

    def _routers_and_sides(self):
        return self._nodes[1 : self.distance] + self._nodes[self.distance + 1 :]

    def _sides(self):
        return self._nodes[self.distance + 1 :]

    def _lay_cables(self, delay_us, delay_after):
        cables = ""
        for hop in range(self.distance):
            if not (delay_us and hop == delay_after):
                cables += link(self.node(hop), "right", self.node(hop + 1), "left")
        for k, side in enumerate(self._sides()):
            cables += link(self.node(5), f"out{k}", side, "left")
            cables += link(side, "right", self.node(7), f"in{k}")
        batch(cables)
        if delay_us:
            self._delay = DelayedLink(
                self.node(delay_after), "right", self.node(delay_after + 1), "left", delay_us
            )

    def _configure(self):
        """Sets addresses and routes of all nodes in parallel, one `ip` process each."""
        running = []
        for node, lines in self._settings():
            process = subprocess.Popen(
                ["ip", "-n", node.name, "-batch", "-"],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            process.stdin.write("link set lo up\n" + lines)
            process.stdin.close()
            running.append((process, node, lines))
        for process, node, lines in running:
            complaint = process.stderr.read()
            if process.wait() != 0:
                raise RuntimeError(f"{node.name}: {complaint}\n{lines}")
            process.stderr.close()

    def _settings(self):
        for hop in range(self.distance + 1):
            lines = ""
            if hop > 0:
                lines += self._addresses("left", hop, 2, hop == self.distance)
            if hop < self.distance:
                lines += self._addresses("right", hop + 1, 1, hop == self.hops)
            yield self.node(hop), lines + self._routes(hop) + self._special_routes(hop)
        for k, side in enumerate(self._sides()):
            first, second = 100 + k, 110 + k
            lines = self._addresses("left", first, 2, False)
            lines += self._addresses("right", second, 1, False)
            for version in (4, 6):
                lines += (
                    f"route add {_prefix(1, version)} via {link_end(first, 1, version)}\n"
                    f"route add {ANYWHERE[version]} via {link_end(second, 2, version)}\n"
                )
            yield side, lines

    def _addresses(self, device, number, side, at_target):
        """Addresses of the last link, which is in the target's network."""
        if not at_target:
            own = [(link_end(number, side, 4), 24), (link_end(number, side, 6), 64)]
        elif side == 1:
            own = [("203.0.113.1", 24), ("2001:db8:113::1", 64)]
        else:
            specials = (PLAIN, ECMP, DNAT, SNAT, SILENT, ICMP_LESS)
            own = [(target_address(which, 4), 24) for which in specials]
            own += [(target_address(which, 6), 64) for which in specials]
        text = "".join(
            f"addr add {address}/{bits} dev {device}{' nodad' if ':' in address else ''}\n"
            for address, bits in own
        )
        return text + f"link set {device} up\n"

    def _routes(self, hop):
        """Routes to the chain's links on the left, and to the target's network on the right.

        No default route at the host, so that "no route" can be seen there.
        """
        text = ""
        for version in (4, 6):
            if hop > 0:
                left = link_end(hop, 1, version)
                if hop == self.distance:
                    left = "203.0.113.1" if version == 4 else "2001:db8:113::1"
                for number in range(1, min(hop, self.hops)):
                    text += f"route add {_prefix(number, version)} via {left}\n"
                if hop == self.distance and hop > 1:
                    text += f"route add {_prefix(self.hops, version)} via {left}\n"
            if hop < self.hops:
                right = link_end(hop + 1, 2, version)
                net = "203.0.113.0/24" if version == 4 else "2001:db8:113::/64"
                text += f"route add {net} via {right}\n"
                for number in range(hop + 2, self.hops + 1):
                    text += f"route add {_prefix(number, version)} via {right}\n"
        return text

    def _special_routes(self, hop):
        if not self.has_troubles:
            return ""
        text = ""
        if hop == 5:
            for k in range(ECMP_WIDTH):
                text += self._addresses(f"out{k}", 100 + k, 1, False)
            for version in (4, 6):
                ways = " ".join(
                    f"nexthop via {link_end(100 + k, 2, version)} dev out{k}" for k in range(ECMP_WIDTH)
                )
                text += f"route add {target_address(ECMP, version)} {ways}\n"
        if hop == 7:
            for k in range(ECMP_WIDTH):
                text += self._addresses(f"in{k}", 110 + k, 2, False)
        for kind, which, router in (
            ("unreachable", NO_HOST, NO_HOST_ROUTER),
            ("prohibit", PROHIBITED, PROHIBITING_ROUTER),
            ("blackhole", BLACK_HOLE, BLACK_HOLE_ROUTER),
        ):
            if hop == router:
                for version in (4, 6):
                    text += f"route add {kind} {target_address(which, version)}\n"
        return text

    def _rules(self):
        """(node, nftables script) of everything that filters or rewrites."""
        yield (
            self.target,
            "table inet lab { chain input { type filter hook input priority 0;\n"
            f"tcp dport {DROPPED} drop\n{_reject_rules(REJECTED_AT_TARGET)}\n}}\n}}\n",
        )
        if not self.has_troubles:
            return
        for hop in range(1, self.hops + 1):
            quiet = _silence(ICMP_LESS)
            if hop in SILENT_ROUTERS:
                quiet += _silence(SILENT)
            chains = f"chain output {{ type filter hook output priority 0;\n{quiet}}}\n"
            if hop == FIREWALL_ROUTER:
                chains += (
                    "chain forward { type filter hook forward priority 0;\n"
                    f"tcp dport {DROPPED_HALFWAY} drop\n{_reject_rules(REJECTED_HALFWAY)}\n}}\n"
                )
            if hop == SNAT_ROUTER:
                chains += (
                    "chain nat { type nat hook postrouting priority 100;\n"
                    f"ip daddr {target_address(SNAT, 4)} masquerade\n"
                    f"ip6 daddr {target_address(SNAT, 6)} masquerade\n}}\n"
                )
            if hop == DNAT_ROUTER:
                chains += (
                    "chain nat { type nat hook prerouting priority -100;\n"
                    f"ip daddr {target_address(DNAT, 4)} dnat ip to {target_address(PLAIN, 4)}\n"
                    f"ip6 daddr {target_address(DNAT, 6)} dnat ip6 to {target_address(PLAIN, 6)}\n"
                    "}\n"
                )
            yield self.node(hop), f"table inet lab {{\n{chains}}}\n"

    def _warm_up(self):
        """Returns once both families pass on every path and all neighbours are resolved.

        A fresh cable takes up to a second before the kernel lets IPv6 use it.
        """
        ways = [(target_address(PLAIN, version), 1) for version in (4, 6)]
        if self.has_troubles:
            ways += [(target_address(ECMP, version), 8 * ECMP_WIDTH) for version in (4, 6)]
        for address, times in ways:
            for _ in range(times):
                self._knock(address)

    def _knock(self, address):
        """Waits for the target's port unreachable: UDP leaves no state behind."""
        give_up = time.monotonic() + 10
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.host.entered(), socket.socket(family, socket.SOCK_DGRAM) as client:
            client.connect((address, 9))
            client.settimeout(0.1)
            while True:
                try:
                    client.send(b"x")
                    client.recv(1)
                except ConnectionRefusedError:
                    return
                except OSError:
                    if time.monotonic() > give_up:
                        raise

    def _offload(self, on, delayed_after):
        """Switches checksum offload of every link; TUN devices have none."""
        for hop in range(self.distance):
            if hop != delayed_after:
                set_checksum_offload(self.node(hop), "right", on)
                set_checksum_offload(self.node(hop + 1), "left", on)
