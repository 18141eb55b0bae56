# SPDX-License-Identifier: Apache-2.0
"""What the process may still do when it looks at its first name and sends its first packet."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))

# pylint: disable=wrong-import-position
import lab
from lab import namespaces
from name_server import A, AAAA, PTR, serving
from program import PATH

USER = 65534
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
DROPPED = 7003
OPEN = 7001
MS_BIND = 1 << 12
# A build with sanitizers runs without the filter of system calls: they need too many.
CONFINED = os.environ.get("SYNROUTE_SANITIZED", "") == ""

NAMES = {
    "watched.test": {A: "127.0.0.1"},
    "six.test": {AAAA: "::1"},
    "9.0.0.127.in-addr.arpa": {PTR: "nine.test"},
}

_kept = contextlib.ExitStack()
_asked = []  # called with each name that is looked up
FOLDER = None


def put_file(path, text):
    """Something else at a place of the file system, for this process and its children."""
    file = _kept.enter_context(tempfile.NamedTemporaryFile("w", encoding="ascii"))
    os.fchmod(file.fileno(), 0o644)
    file.write(text)
    file.flush()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(file.name.encode(), path.encode(), None, ctypes.c_ulong(MS_BIND), None) != 0:
        raise OSError(ctypes.get_errno(), f"bind {path}")


def copy_of_the_program(name, mode):
    path = FOLDER / name
    shutil.copyfile(PATH, path)
    path.chmod(mode)
    return str(path)


def setUpModule():
    global FOLDER
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can hand out rights")
    lab.require()
    put_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    put_file("/etc/hosts", "127.0.0.1 localhost\n127.0.0.8 listed.test\n")
    namespaces.checked(
        ["nft", "-f", "-"],
        input=f"add table inet t\nadd chain inet t c {{ type filter hook input priority 0; }}\n"
        f"add rule inet t c tcp dport {DROPPED} drop\n",
    )
    listener = _kept.enter_context(socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(("::", OPEN))
    listener.listen()
    FOLDER = pathlib.Path(_kept.enter_context(tempfile.TemporaryDirectory()))
    FOLDER.chmod(0o755)
    _kept.enter_context(serving(NAMES, asked=lambda name: [each(name) for each in list(_asked)]))


def tearDownModule():
    _kept.close()


def ways_to_start():
    """{way: argv} of every way in which rights come to the process."""
    set_uid = copy_of_the_program("set-uid", 0o4755)
    capable = copy_of_the_program("capable", 0o755)
    namespaces.checked(["setcap", "cap_net_raw+ep", capable])
    half_capable = copy_of_the_program("half-capable", 0o755)
    namespaces.checked(["setcap", "cap_net_raw+p", half_capable])
    return {
        "root": [PATH],
        "set-uid": [*AS_USER, set_uid],
        "file capability": [*AS_USER, capable],
        "file capability, permitted only": [*AS_USER, half_capable],
        "ambient": [*AS_USER, "--inh-caps=+net_raw", "--ambient-caps=+net_raw", PATH],
    }


def status_of(process):
    text = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return {key: value.split() for key, value in (line.split(":", 1) for line in text.splitlines())}


def run_as(start, *arguments):
    return subprocess.run(
        [*start, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class FirstPacket:
    """Hears what is sent over loopback from now on."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.bind(("lo", 0x0800))
        self._socket.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def wait(self):
        """Returns with the first TCP segment to the port that stays silent."""
        while True:
            packet = self._socket.recv(200)
            ports = packet[(packet[0] & 15) * 4 :][:4]
            if packet[9] == socket.IPPROTO_TCP and int.from_bytes(ports[2:], "big") == DROPPED:
                return


class RightsAreGone(unittest.TestCase):
    FORMS = {
        "trace": ["-w", "20,0,0", "watched.test", str(DROPPED)],
        "scan": ["scan", "watched.test", str(DROPPED)],
        "tcptraceroute": ["--as", "tcptraceroute", "-w", "20", "watched.test", str(DROPPED)],
        "tracetcp": ["--as", "tracetcp", f"watched.test:{DROPPED}", "-t", "20000"],
    }

    def assert_no_rights(self, status, filters):
        for which in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[which][0], 16), 0, which)
        self.assertEqual(len(set(status["Uid"])), 1, status["Uid"])
        self.assertEqual(len(set(status["Gid"])), 1, status["Gid"])
        self.assertEqual(status["NoNewPrivs"], ["1"])
        if CONFINED:
            self.assertEqual(status["Seccomp"], ["2"])
            self.assertEqual(status["Seccomp_filters"], [str(filters)])

    def watch(self, argv):
        """The status of the process when it looks up its target, and when it has just sent."""
        at_name = []
        process = None
        started = threading.Event()

        def note(name):
            started.wait()
            if name == "watched.test" and not at_name:
                at_name.append(status_of(process.pid))

        with contextlib.ExitStack() as stack:
            heard = stack.enter_context(FirstPacket())
            _asked.append(note)
            stack.callback(_asked.remove, note)
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            started.set()
            stack.enter_context(process)
            stack.callback(process.kill)
            heard.wait()
            at_packet = status_of(process.pid)
        self.assertTrue(at_name, "the name was not looked up")
        return at_name[0], at_packet

    def test_before_the_first_name_and_at_the_first_packet(self):
        for way, start in ways_to_start().items():
            for form, arguments in self.FORMS.items():
                with self.subTest(way=way, form=form):
                    at_name, at_packet = self.watch([*start, *arguments])
                    self.assert_no_rights(at_name, filters=1)
                    self.assert_no_rights(at_packet, filters=2)
                    expected = "0" if way == "root" else str(USER)
                    if "capability" not in way and way != "ambient":
                        self.assertEqual(at_packet["Uid"][0], expected)


class WhatStillWorks(unittest.TestCase):
    """In every way of starting, with what it is built from: the files and servers of names."""

    def test_names_files_and_routes(self):
        for way, start in ways_to_start().items():
            with self.subTest(way=way):
                for arguments, word in (
                    (["watched.test", str(OPEN)], "127.0.0.1"),  # DNS
                    (["six.test", str(OPEN)], "::1"),
                    (["listed.test", str(OPEN)], "127.0.0.8"),  # /etc/hosts
                    (["127.0.0.8", str(OPEN)], "listed.test"),  # and back
                    (["127.0.0.9", str(OPEN)], "nine.test"),  # DNS and back
                    (["127.0.0.1", "https"], "port 443 (https)"),  # /etc/services
                ):
                    done = run_as(start, *arguments)
                    self.assertIn(done.returncode, (0, 3), done)
                    self.assertIn(word, done.stdout, done)
                    self.assertEqual(done.stderr, "")
                unknown = run_as(start, "nosuch.test")
                self.assertEqual(unknown.stderr, "synroute: unknown host nosuch.test\n")
                absent = run_as(start, "-i", "nosuch0", "127.0.0.1")
                self.assertEqual(absent.stderr, "synroute: there is no interface nosuch0\n")

    def test_targets_of_both_families_one_after_the_other(self):
        done = run_as([PATH], "-n", f"127.0.0.1:{OPEN}", f"[::1]:{OPEN}", f"127.0.0.2:{OPEN}")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.count("\nopen: "), 3, done)


class LentRights(unittest.TestCase):
    """Set-uid and file capabilities: the caller has fewer rights than the program had."""

    LENT = ("set-uid", "file capability")

    def run_lent(self, *arguments):
        return [
            run_as(start, *arguments) for way, start in ways_to_start().items() if way in self.LENT
        ]

    def test_do_not_open_the_files_of_others(self):
        secret = FOLDER / "secret"
        secret.write_text("name: hidden words\n", encoding="ascii")
        secret.chmod(0o600)
        for done in self.run_lent("demo", str(secret)):
            self.assertNotIn("hidden", done.stdout + done.stderr)
            self.assertIn("Permission denied", done.stderr)
            self.assertEqual(done.returncode, 2)

    def test_do_not_overwrite_the_files_of_others(self):
        theirs = FOLDER / "theirs"
        theirs.write_text("precious\n", encoding="ascii")
        theirs.chmod(0o644)
        for done in self.run_lent("-n", "--pcap", str(theirs), f"127.0.0.1:{OPEN}"):
            self.assertEqual(done.stderr, f"synroute: cannot write {theirs}: Permission denied\n")
            self.assertEqual(done.returncode, 5)
        self.assertEqual(theirs.read_text(encoding="ascii"), "precious\n")

    def test_write_captures_as_the_caller(self):
        folder = FOLDER / "writable"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        for number, (way, start) in enumerate(ways_to_start().items()):
            file = folder / f"{number}.pcap"
            done = run_as(start, "-n", "--pcap", str(file), f"127.0.0.1:{OPEN}")
            self.assertEqual((done.returncode, done.stderr), (0, ""), way)
            shown = subprocess.run([PATH, "replay", "-n", str(file)], capture_output=True, text=True, check=False)
            self.assertIn("open: 127.0.0.1 accepts connections", shown.stdout, way)
            if way in self.LENT:
                self.assertNotEqual(file.stat().st_uid, 0, way)

    def test_do_not_give_the_source_of_others(self):
        for arguments, letter in ((["-p", "5000"], "p"), (["-P", "5000"], "p"), (["-s", "127.0.0.2"], "s")):
            for done in self.run_lent("--as", "tcptraceroute", *arguments, "127.0.0.1"):
                self.assertIn(f"must be root to use -{letter}", done.stderr)
                self.assertEqual(done.returncode, 1)

    def test_do_not_give_low_ports_nor_marks(self):
        for done in self.run_lent("-n", "--sport", "53", f"127.0.0.1:{OPEN}"):
            self.assertIn("reserve source port 53", done.stderr)
            self.assertEqual(done.returncode, 5)
        for done in self.run_lent("-n", "--mark", "7", f"127.0.0.1:{OPEN}"):
            self.assertIn("set mark 7", done.stderr)
            self.assertEqual(done.returncode, 5)


class LowPorts(unittest.TestCase):
    """Root may use ports below 1024, though the right to bind them is gone when they are known."""

    def trace_from(self, port):
        return run_as([PATH], "-n", "--sport", str(port), "127.0.0.1", str(OPEN))

    def test_are_used_when_nobody_has_them(self):
        done = self.trace_from(53)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_are_left_to_those_who_have_them(self):
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::")):
            with socket.socket(family, socket.SOCK_STREAM) as taken:
                taken.bind((address, 179))
                taken.listen()
                done = self.trace_from(179)
                self.assertEqual(done.returncode, 5, done)
                self.assertIn("reserve source port 179", done.stderr)
                self.assertIn("in use", done.stderr)


if __name__ == "__main__":
    unittest.main()
