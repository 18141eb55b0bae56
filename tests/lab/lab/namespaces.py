# SPDX-License-Identifier: Apache-2.0
"""Network namespaces that cannot outlive the process.

The process moves into a mount namespace of its own and keeps the names of its network namespaces
there. The lab is not visible outside, two labs cannot collide, and the kernel removes everything when
the process ends for any reason.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import unittest

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MS_BIND = 1 << 12
MS_REC = 1 << 14
MS_PRIVATE = 1 << 18

NAMES = "/run/netns"

_libc = ctypes.CDLL(None, use_errno=True)
_isolated = False


def _check(result):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _mount(source, target, kind, flags):
    _check(_libc.mount(source.encode(), target.encode(), kind, ctypes.c_ulong(flags), None))


def _become_root_of_a_user_namespace():
    """Enters a user namespace, so that ordinary users can build a lab."""
    user, group = os.getuid(), os.getgid()
    _check(_libc.unshare(CLONE_NEWUSER))
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {user} 1"),
        ("gid_map", f"0 {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def isolate():
    """Moves from the machine's network to an empty one. Raises OSError if that is not permitted."""
    global _isolated
    if _isolated:
        return
    if os.geteuid() != 0:
        _become_root_of_a_user_namespace()
    _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWNET))
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    if not os.path.isdir(NAMES):
        _mount("tmpfs", "/run", b"tmpfs", 0)
        os.mkdir(NAMES)
    _mount("tmpfs", NAMES, b"tmpfs", 0)
    with open("/dev/net/tun", "rb"):
        pass
    checked(["ip", "link", "set", "lo", "up"])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _isolated = True


def must_run():
    """True if a lab that cannot be built is a failure (continuous integration)."""
    return os.environ.get("SYNROUTE_MUST_RUN_LAB", "") not in ("", "0")


def require():
    """For setUpModule: isolates, or skips the module with the reason."""
    try:
        isolate()
    except OSError as error:
        if must_run():
            raise
        raise unittest.SkipTest(f"network namespaces or TUN not permitted here: {error}") from error


def checked(argv, **options):
    """Runs a set-up command; the exception of a failure has its output."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}\n{options.get('input', '')}")
    return done.stdout


class Namespace:
    """One machine of the lab. Each thread has its own current namespace."""

    def __init__(self, name):
        self.name = name
        self._path = f"{NAMES}/{name}"
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _check(_libc.unshare(CLONE_NEWNET))
            with open(self._path, "xb"):
                pass
            _mount("/proc/thread-self/ns/net", self._path, None, MS_BIND)
            self._descriptor = os.open(self._path, os.O_RDONLY)
        finally:
            _check(_libc.setns(home, CLONE_NEWNET))
            os.close(home)

    def close(self):
        """Releases the namespace; it ends with its last process."""
        _check(_libc.umount2(self._path.encode(), 2))
        os.unlink(self._path)
        os.close(self._descriptor)

    @contextlib.contextmanager
    def entered(self):
        """Sockets opened and processes started inside belong to this namespace."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _check(_libc.setns(self._descriptor, CLONE_NEWNET))
        try:
            yield self
        finally:
            _check(_libc.setns(home, CLONE_NEWNET))
            os.close(home)

    def popen(self, argv, **options):
        """Starts a program here; stdin is empty, output is captured unless said otherwise."""
        settings = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
        }
        with self.entered():
            return subprocess.Popen(argv, **(settings | options))

    def run(self, argv, timeout=30, **options):
        """Runs a program here. One that exceeds its time is killed and raises TimeoutExpired."""
        with self.popen(argv, **options) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def ip(self, lines):
        """Runs `ip` commands, one per line, as one batch."""
        checked(["ip", "-n", self.name, "-batch", "-"], input=lines)

    def nft(self, rules):
        """Loads an nftables script."""
        with self.entered():
            checked(["nft", "-f", "-"], input=rules)

    def sysctl(self, settings):
        """Writes kernel settings, given as {"net.ipv4.ip_forward": 1}."""
        with self.entered():
            for key, value in settings.items():
                try:
                    with open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as file:
                        file.write(str(value))
                except FileNotFoundError:
                    pass  # a setting that this kernel does not have
                except OSError as error:
                    raise OSError(error.errno, f"{key}={value}: {error.strerror}") from error

    def read_sysctl(self, key):
        with self.entered():
            with open("/proc/sys/" + key.replace(".", "/"), encoding="ascii") as file:
                return file.read().strip()

    def half_open(self):
        """The number of half-open connections here (SYN-RECV)."""
        count = 0
        with self.entered():
            for name in ("tcp", "tcp6"):
                with open(f"/proc/thread-self/net/{name}", encoding="ascii") as file:
                    count += sum(line.split()[3] == "03" for line in list(file)[1:])
        return count


def link(left, left_device, right, right_device):
    """The `ip` command for a veth link between two namespaces."""
    return (
        f"link add {left_device} netns {left.name}"
        f" type veth peer name {right_device} netns {right.name}\n"
    )


def batch(lines):
    """Runs `ip` commands that involve several namespaces."""
    checked(["ip", "-batch", "-"], input=lines)


