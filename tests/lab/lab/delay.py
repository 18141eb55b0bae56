# SPDX-License-Identifier: Apache-2.0
"""Delay for the lab: a link with a delay, and a whole path simulated behind one device."""

import glob
import itertools
import os
import pathlib
import subprocess

from .namespaces import Namespace

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


_numbers = itertools.count(1)


def delay_line_program():
    """$SYNROUTE_DELAY_LINE, or the newest one built in this tree."""
    named = os.environ.get("SYNROUTE_DELAY_LINE")
    if named:
        return named
    built = glob.glob(str(REPOSITORY / "build" / "*" / "tests" / "lab" / "delay_line"))
    if not built:
        raise RuntimeError("delay_line is not built: cmake --build build/dev --target delay_line")
    return max(built, key=os.path.getmtime)


class Background:
    """A helper process that prints "ready" and runs until it is stopped."""

    def __init__(self, argv):
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(argv)}: {self._process.communicate()[1].strip()}")

    def close(self):
        self._process.kill()
        self._process.communicate()


class DelayedLink(Background):
    """A link between two namespaces with a delay of `delay_us` microseconds in each direction."""

    def __init__(self, left, left_device, right, right_device, delay_us):
        super().__init__(
            [
                delay_line_program(),
                "link",
                f"{left.name}:{left_device}",
                f"{right.name}:{right_device}",
                "--delay-us",
                str(delay_us),
            ]
        )


class SimulatedPath:
    """A host in its own namespace, with a path that `delay_line path` simulates.

    Options are those of the program, with underscores: SimulatedPath(hops=8, quote="id,short").
    With `ethernet` the link has neighbours, which scamper and nmap need.
    """

    TARGET = {4: "203.0.113.80", 6: "2001:db8:113::80"}
    HOST = {4: "198.19.0.2", 6: "2001:db8:19::2"}
    OPEN, CLOSED, DROPPED = 443, 80, 9
    DEVICE = "path0"

    def __init__(self, ethernet=False, **options):
        self.hops = int(options.setdefault("hops", 8))
        self.host = Namespace(f"sim{next(_numbers)}")
        argv = [delay_line_program(), "path", f"{self.host.name}:{self.DEVICE}"]
        for name, value in options.items():
            argv += ["--" + name.replace("_", "-"), str(value)]
        self._process = Background(argv + (["--ethernet"] if ethernet else []))
        self.host.sysctl({"net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0})
        via4, via6 = ("via 198.19.0.1", "via 2001:db8:19::1") if ethernet else ("", "")
        self.host.ip(
            f"link set lo up\n"
            f"addr add {self.HOST[4]}/24 dev {self.DEVICE}\n"
            f"addr add {self.HOST[6]}/64 dev {self.DEVICE} nodad\n"
            f"link set {self.DEVICE} up\n"
            f"route add 0.0.0.0/0 {via4} dev {self.DEVICE}\n"
            f"route add ::/0 {via6} dev {self.DEVICE}\n"
        )

    @staticmethod
    def router(hop, version=4):
        """The address with which router `hop` answers."""
        return f"198.19.{hop}.1" if version == 4 else f"2001:db8:19::{hop:x}:1"

    def close(self):
        self._process.close()
        self.host.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


