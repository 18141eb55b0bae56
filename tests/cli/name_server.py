# SPDX-License-Identifier: Apache-2.0
"""A name server for an isolated network: answers from a table, says "no such name" otherwise."""

import contextlib
import ipaddress
import socket
import struct
import threading

A, PTR, AAAA = 1, 12, 28
NO_SUCH_NAME = 3


def _name(packet, offset):
    labels = []
    while packet[offset]:
        length = packet[offset]
        labels.append(packet[offset + 1 : offset + 1 + length].decode("ascii"))
        offset += 1 + length
    return ".".join(labels).lower(), offset + 1


def _data(kind, value):
    if kind == PTR:
        return b"".join(bytes([len(label)]) + label.encode() for label in value.split(".")) + b"\0"
    return ipaddress.ip_address(value).packed


def answer(query, table):
    """`table`: {name: {kind: value}}."""
    name, end = _name(query, 12)
    (kind,) = struct.unpack_from("!H", query, end)
    known = table.get(name)
    value = (known or {}).get(kind)
    flags = 0x8180 | (0 if known else NO_SUCH_NAME)
    packet = query[:2] + struct.pack("!HHHHH", flags, 1, int(value is not None), 0, 0)
    packet += query[12 : end + 4]
    if value is not None:
        data = _data(kind, value)
        packet += struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data
    return packet


@contextlib.contextmanager
def serving(table, address="127.0.0.1", port=53, asked=None):
    """Answers until the block ends; `asked`, if given, is first called with the name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, port))

        def serve():
            while True:
                query, sender = server.recvfrom(4096)
                if not query:
                    return
                if asked:
                    asked(_name(query, 12)[0])
                server.sendto(answer(query, table), sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
                stop.sendto(b"", (address, port))
            thread.join()
