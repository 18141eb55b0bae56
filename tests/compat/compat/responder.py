# SPDX-License-Identifier: Apache-2.0
"""A network behind a TUN device that answers each probe from a table."""

import dataclasses
import fcntl
import heapq
import os
import selectors
import socket
import struct
import threading
import time

from lab.namespaces import Namespace

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))

HOST = {4: "192.0.2.99", 6: "2001:db8:2::99"}
DEVICE = "net0"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


@dataclasses.dataclass(frozen=True)
class Probe:
    """A TCP segment sent by the host."""

    version: int
    raw: bytes
    ttl: int
    tos: int
    ip_id: int
    fragment: int
    source: bytes
    target: bytes
    source_port: int
    target_port: int
    sequence: int
    acknowledgement: int
    flags: int
    window: int
    urgent: int
    options: bytes
    payload: bytes

    @staticmethod
    def read(raw):
        """The segment in a packet; None if it is not TCP."""
        if raw[0] >> 4 == 4 and raw[9] == socket.IPPROTO_TCP:
            start, version = (raw[0] & 15) * 4, 4
            ttl, tos, ip_id, fragment = raw[8], raw[1], *struct.unpack_from("!HH", raw, 4)
            source, target = raw[12:16], raw[16:20]
        elif raw[0] >> 4 == 6 and raw[6] == socket.IPPROTO_TCP:
            start, version = 40, 6
            ttl, tos, ip_id, fragment = raw[7], struct.unpack_from("!H", raw)[0] >> 4 & 255, 0, 0
            source, target = raw[8:24], raw[24:40]
        else:
            return None
        ports = struct.unpack_from("!HHIIBBHHH", raw, start)
        end = start + (ports[4] >> 4) * 4
        return Probe(
            version, raw, ttl, tos, ip_id, fragment, source, target,
            source_port=ports[0], target_port=ports[1], sequence=ports[2], acknowledgement=ports[3],
            flags=ports[5], window=ports[6], urgent=ports[8],
            options=raw[start + 20 : end], payload=raw[end:],
        )  # fmt: skip

    def checksums_are_right(self):
        """Both checksums, as the receiving host computes them."""
        if self.version == 4 and checksum(self.raw[:20]) != 0:
            return False
        start = 20 if self.version == 4 else 40
        segment = self.raw[start:]
        pseudo = self.source + self.target + struct.pack("!IBBBB", len(segment), 0, 0, 0, 6)
        return checksum(pseudo + segment) == 0


def ip_packet(source, target, protocol, body):
    """An IP packet with the initial TTL of a router."""
    if len(source) == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 250, protocol, 0)
        header += source + target
        return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + body
    return struct.pack("!IHBB", 6 << 28, len(body), protocol, 250) + source + target + body


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer to one probe, after `delay` seconds, `copies` times."""

    delay: float = 0.0
    copies: int = 1


@dataclasses.dataclass(frozen=True)
class Icmp(Answer):
    """An ICMP error. `quote_*` change what it quotes."""

    source: str = "192.0.2.1"
    type: int = 11
    code: int = 0
    quote_target: str = ""
    quote_port: int = 0
    quote_id: int = -1
    quote_bytes: int = 28

    def packet(self, probe):
        quote = bytearray(probe.raw)
        target, transport = (16, 20) if probe.version == 4 else (24, 40)
        if self.quote_target:
            new = packed(self.quote_target)
            quote[target : target + len(new)] = new
        if self.quote_port:
            struct.pack_into("!H", quote, transport + 2, self.quote_port)
        if self.quote_id >= 0:
            struct.pack_into("!H", quote, 4, self.quote_id)
        quote = bytes(quote[: self.quote_bytes + (20 if probe.version == 6 else 0)])
        source = packed(self.source)
        body = struct.pack("!BBHI", self.type, self.code, 0, 0) + quote
        if probe.version == 4:
            body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
            return ip_packet(source, probe.source, socket.IPPROTO_ICMP, body)
        pseudo = source + probe.source + struct.pack("!IBBBB", len(body), 0, 0, 0, 58)
        body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
        return ip_packet(source, probe.source, socket.IPPROTO_ICMPV6, body)


def Expired(source="192.0.2.1", **more):  # noqa: N802 - reads like the classes beside it
    """The TTL expired at this router."""
    return Icmp(source=source, type=3 if ":" in source else 11, **more)


def Unreachable(source="192.0.2.1", code=1, **more):  # noqa: N802
    """This router or host reports the target unreachable."""
    return Icmp(source=source, type=1 if ":" in source else 3, code=code, **more)


@dataclasses.dataclass(frozen=True)
class Tcp(Answer):
    """A TCP segment from the target."""

    flags: int = SYN | ACK
    acknowledges: int = 1  # beyond the sequence number of the probe
    source: str = ""  # another sender than the target

    def packet(self, probe):
        acknowledged = (probe.sequence + self.acknowledges) & 0xFFFFFFFF
        sequence = probe.acknowledgement if probe.flags & ACK else 1000
        segment = struct.pack(
            "!HHIIBBHHH",
            *(probe.target_port, probe.source_port, sequence, acknowledged),
            *(5 << 4, self.flags, 1024 if not self.flags & RST else 0, 0, 0),
        )
        source = packed(self.source) if self.source else probe.target
        pseudo = source + probe.source + struct.pack("!IBBBB", 20, 0, 0, 0, 6)
        segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
        return ip_packet(source, probe.source, socket.IPPROTO_TCP, segment)


class Responder:
    """A host in its own namespace, connected only to a device that answers from a table.

    `script`: {TTL: [answer to the first probe with it, to the second, …]}; None is silence, and so
    is everything the table does not say. A single answer instead of a list answers every probe.
    Resets by the host's kernel are recorded separately from probes.
    """

    _numbers = iter(range(1, 1_000_000))

    def __init__(self, script):
        self._script = script
        self._seen = {}
        self.probes = []  # segments from the host that are not resets
        self.resets = []
        self.host = Namespace(f"answers{next(self._numbers)}")
        with self.host.entered():
            self._device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(
                self._device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI)
            )
        self.host.sysctl({"net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0})
        self.host.ip(
            "link set lo up\n"
            f"addr add {HOST[4]}/24 dev {DEVICE}\n"
            f"addr add {HOST[6]}/64 dev {DEVICE} nodad\n"
            f"link set {DEVICE} up\n"
            f"route add 0.0.0.0/0 dev {DEVICE}\nroute add ::/0 dev {DEVICE}\n"
        )
        self._due = []
        self._end, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end.send(b"x")
        self._thread.join()
        self._end.close()
        self._stop.close()
        os.close(self._device)
        self.host.close()

    def _serve(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._device, selectors.EVENT_READ)
            selector.register(self._stop, selectors.EVENT_READ)
            while True:
                wait = max(self._due[0][0] - time.monotonic(), 0) if self._due else None
                ready = {key.fileobj for key, _ in selector.select(wait)}
                if self._stop in ready:
                    return
                if self._device in ready:
                    self._take(os.read(self._device, 65536))
                while self._due and self._due[0][0] <= time.monotonic():
                    os.write(self._device, heapq.heappop(self._due)[2])

    def _take(self, raw):
        now = time.monotonic()
        probe = Probe.read(raw)
        if probe is None:
            return
        if probe.flags & RST:
            self.resets.append(probe)
            return
        self.probes.append(probe)
        number = self._seen.get(probe.ttl, 0)
        self._seen[probe.ttl] = number + 1
        answers = self._script.get(probe.ttl, [])
        if isinstance(answers, list):
            answer = answers[number] if number < len(answers) else None
        else:
            answer = answers
        for copy in range(answer.copies if answer else 0):
            due = now + answer.delay + 0.001 * copy
            heapq.heappush(self._due, (due, len(self.probes) * 10 + copy, answer.packet(probe)))
