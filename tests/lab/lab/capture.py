# SPDX-License-Identifier: Apache-2.0
"""An independent observer: a packet socket on a device, and a small dissector."""

import dataclasses
import functools
import ipaddress
import socket
import struct
import time

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10


@dataclasses.dataclass(frozen=True)
class Segment:
    """A TCP header and the parts of the IP header around it."""

    source: str
    destination: str
    ttl: int
    ip_id: int
    source_port: int
    destination_port: int
    sequence: int
    acknowledges: int = 0
    flags: int = 0
    flow_label: int = 0

    @property
    def is_syn(self):
        return self.flags & (SYN | ACK | RST) == SYN


@dataclasses.dataclass(frozen=True)
class IcmpError:
    """An ICMP error and the segment it quotes; `quoted` is None if that is not TCP."""

    source: str
    type: int
    code: int
    quoted: Segment | None


@dataclasses.dataclass(frozen=True)
class Packet:
    """One captured packet: time (kernel clock, ns), direction, contents."""

    at: int
    outgoing: bool
    content: Segment | IcmpError


def _ip_header(data):
    """(header length, protocol, fields of the IP header), or None for anything else."""
    if len(data) >= 40 and data[0] >> 4 == 6:
        fields = {
            "source": str(ipaddress.IPv6Address(data[8:24])),
            "destination": str(ipaddress.IPv6Address(data[24:40])),
            "ttl": data[7],
            "ip_id": 0,
            "flow_label": struct.unpack_from("!I", data)[0] & 0xFFFFF,
        }
        return 40, data[6], fields
    if len(data) >= 20 and data[0] >> 4 == 4:
        fields = {
            "source": str(ipaddress.IPv4Address(data[12:16])),
            "destination": str(ipaddress.IPv4Address(data[16:20])),
            "ttl": data[8],
            "ip_id": struct.unpack_from("!H", data, 4)[0],
        }
        return (data[0] & 15) * 4, data[9], fields
    return None


def _segment(data):
    found = _ip_header(data)
    if found is None or found[1] != socket.IPPROTO_TCP or len(data) < found[0] + 8:
        return None
    header, _, fields = found
    source_port, destination_port, sequence = struct.unpack_from("!HHI", data, header)
    segment = Segment(
        source_port=source_port, destination_port=destination_port, sequence=sequence, **fields
    )
    if len(data) < header + 20:
        return segment
    return dataclasses.replace(
        segment, acknowledges=struct.unpack_from("!I", data, header + 8)[0], flags=data[header + 13]
    )


def dissect(data):
    """A Segment, an IcmpError, or None for other packets."""
    found = _ip_header(data)
    if found is None or len(data) < found[0] + 8:
        return None
    header, protocol, fields = found
    if protocol == socket.IPPROTO_TCP:
        return _segment(data)
    kind, code = data[header], data[header + 1]
    is_error = (protocol == socket.IPPROTO_ICMP and kind in (3, 11)) or (
        protocol == socket.IPPROTO_ICMPV6 and kind < 128
    )
    if not is_error:
        return None
    return IcmpError(fields["source"], kind, code, _segment(data[header + 8 :]))


def _is_stamped_on_arrival(receiver, sender):
    """Reads a datagram 2 ms after it was sent; true if its timestamp is the time of arrival."""
    sender.sendto(b"x", receiver.getsockname())
    time.sleep(0.002)
    controls = receiver.recvmsg(16, 256)[1]
    return time.time_ns() - _nanoseconds(controls) > 1_500_000


def _nanoseconds(controls):
    seconds, nanoseconds = struct.unpack("qq", controls[0][2][:16])
    return seconds * 1_000_000_000 + nanoseconds


@functools.cache
def _start_stamping():
    """The kernel begins to timestamp packets some time after the first socket has requested it; until
    then a packet gets the time at which it is read. Returns a socket that keeps timestamping on."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    receiver.bind(("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        while not _is_stamped_on_arrival(receiver, sender):
            pass
    return receiver


class RawTap:
    """Captures every packet of one device from now on. The kernel timestamps them, so they can be read later."""

    def __init__(self, namespace, device):
        self._stamping = _start_stamping()
        with namespace.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.bind((device, ETH_P_ALL))
        self._socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def datagrams(self):
        """(time in ns, outgoing, bytes) of each packet since the last call, oldest first."""
        found = []
        while True:
            try:
                data, controls, _, address = self._socket.recvmsg(65535, 256)
            except BlockingIOError:
                return found
            found.append((_nanoseconds(controls), address[2] == PACKET_OUTGOING, data))


class Tap(RawTap):
    """The same, decoded: TCP segments and ICMP errors only."""

    def packets(self):
        dissected = ((at, outgoing, dissect(data)) for at, outgoing, data in self.datagrams())
        return [Packet(*each) for each in dissected if each[2] is not None]

    def syns(self):
        """The SYNs of `packets()`."""
        return [
            packet
            for packet in self.packets()
            if isinstance(packet.content, Segment) and packet.content.is_syn
        ]
