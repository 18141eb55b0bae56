# SPDX-License-Identifier: Apache-2.0
"""Checksum offload and open ports of the machines in the lab."""

import contextlib
import ctypes
import fcntl
import selectors
import socket
import struct
import threading

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17


def set_checksum_offload(namespace, device, on):
    """The same as `ethtool -K DEVICE tx on|off`."""
    value = bytearray(struct.pack("II", ETHTOOL_STXCSUM, int(on)))
    pointer = ctypes.addressof(ctypes.c_char.from_buffer(value))
    request = struct.pack("16sP16x", device.encode(), pointer)
    with namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCETHTOOL, request)


class Listener:
    """Open ports of one namespace. Accepts connections and closes them."""

    def __init__(self, namespace, ports):
        self._selector = selectors.DefaultSelector()
        self._sockets = []
        with namespace.entered():
            for port in ports:
                listening = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind(("::", port))
                listening.listen(4096)
                listening.setblocking(False)
                self._selector.register(listening, selectors.EVENT_READ)
                self._sockets.append(listening)
        self._end, end = socket.socketpair()
        self._sockets.append(end)
        self._selector.register(end, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, args=(end,), daemon=True)
        self._thread.start()

    def _serve(self, end):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is end:
                    return
                with contextlib.suppress(OSError):
                    key.fileobj.accept()[0].close()

    def close(self):
        self._end.send(b"x")
        self._thread.join()
        self._selector.close()
        for each in [self._end, *self._sockets]:
            each.close()
