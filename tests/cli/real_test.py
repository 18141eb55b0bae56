# SPDX-License-Identifier: Apache-2.0
"""Traces over loopback, in a network of their own: names, statuses, rights, interruption."""

import contextlib
import ctypes
import json
import os
import pathlib
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))

# pylint: disable=wrong-import-position
import lab
from lab import namespaces
from name_server import A, AAAA, PTR, serving
from program import PATH, REPOSITORY, ProgramCase, run
from terminal import Terminal

OPEN = 7001
CLOSED = 7002
DROPPED = 7003
REJECTED = 7004
MS_BIND = 1 << 12
NOTICE = "no permission for raw packets, using connect(); sudo permits them"

NAMES = {
    "both.test": {A: "127.0.0.1", AAAA: "::1"},
    "xn--bcher-kva.test": {A: "127.0.0.1"},
    "four.test": {A: "127.0.0.1"},
    "six.test": {AAAA: "::1"},
    "8.0.0.127.in-addr.arpa": {PTR: "eight.test"},
    "9.0.0.127.in-addr.arpa": {PTR: "nine\x1b[2J.test"},
}

RULES = f"""
table inet cli {{
  chain input {{
    type filter hook input priority 0;
    tcp dport {DROPPED} drop
    tcp dport {REJECTED} reject with icmpx admin-prohibited
  }}
}}
"""

_kept = contextlib.ExitStack()


def put_file(path, text):
    """Something else at a place of the file system, for this process and its children."""
    file = _kept.enter_context(tempfile.NamedTemporaryFile("w", encoding="ascii"))
    file.write(text)
    file.flush()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(file.name.encode(), path.encode(), None, ctypes.c_ulong(MS_BIND), None) != 0:
        raise OSError(ctypes.get_errno(), f"bind {path}")


def setUpModule():
    lab.require()
    put_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    put_file("/etc/hosts", "127.0.0.1 localhost\n")
    namespaces.checked(["nft", "-f", "-"], input=RULES)
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")):
        listener = _kept.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, OPEN))
        listener.listen()
    _kept.enter_context(serving(NAMES))


def tearDownModule():
    _kept.close()


def wait_for_signals(process):
    """Until the program takes signals itself."""
    deadline = time.monotonic() + 10
    caught = 0
    while not caught & 1 << (signal.SIGTERM - 1):
        status = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
        caught = int(re.search(r"(?m)^SigCgt:\s*(\w+)", status)[1], 16)
        if time.monotonic() > deadline:
            raise AssertionError("it catches no signal")


class Statuses(ProgramCase):
    def test_the_state_of_the_port(self):
        for address in ("127.0.0.1", "[::1]"):
            text = self.assert_done(["-n", f"{address}:{OPEN}"], 0)
            self.assertRegex(text, r"(?m)^ *1  \S+ .* open$")
            self.assertIn("closed", self.assert_done(["-n", f"{address}:{CLOSED}"], 3))
            self.assertIn("rejected", self.assert_done(["-n", f"{address}:{REJECTED}"], 4))

    def test_silence(self):
        text = self.assert_done(["-n", "-w", "0.2", "-m", "2", f"127.0.0.1:{DROPPED}"], 1)
        self.assertIn("filtered", text)

    def test_of_several_targets_the_greatest_counts(self):
        targets = [f"127.0.0.1:{OPEN}", f"[::1]:{CLOSED}", f"[::1]:{OPEN}"]
        text = self.assert_done(["-n", *targets], 3)
        closings = re.findall(r"(?m)^(open|closed): (\S+) ", text)
        self.assertEqual(closings, [("open", "127.0.0.1"), ("closed", "::1"), ("open", "::1")])

    def test_many_targets(self):
        """More than run at once, every one twice."""
        targets = [f"127.0.1.{i // 2}:{CLOSED}" for i in range(2, 342)]
        for more in ([], ["--in-order"], ["--in-order", "--parallel", "7"]):
            lines = self.assert_done(["-n", "--json", "-q", "1", *more, *targets], 3).splitlines()
            found = [json.loads(line)["target"]["input"] for line in lines]
            self.assertEqual(found if more else sorted(found), targets if more else sorted(targets))

    def test_targets_of_a_list(self):
        """They have the options of the command line, wrong lines are named, and the others traced."""
        text = f"127.0.0.1:{OPEN}\n# nothing\n300.1.1.1\n127.0.0.1 {CLOSED} # closed\n[::1]\n"
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(text)
            file.flush()
            for source in (["--targets", file.name], ["-"]):
                with open(file.name, encoding="ascii") as stdin:
                    done = run("-n", "-p", str(OPEN), "--json", "--in-order", *source, stdin=stdin)
                name = "standard input" if source == ["-"] else file.name
                self.assertEqual(done.returncode, 3, done)
                self.assertEqual(done.stderr.count("\n"), 1, done)
                self.assertTrue(done.stderr.startswith(f"synroute: {name}:3: "), done)
                traces = [json.loads(line) for line in done.stdout.splitlines()]
                found = [(each["target"]["address"], each["state"]) for each in traces]
                expected = [("127.0.0.1", "open"), ("127.0.0.1", "closed"), ("::1", "open")]
                self.assertEqual(found, expected)

    def test_twenty_queries_to_many_targets(self):
        targets = [f"127.0.1.{i}:{CLOSED}" for i in range(1, 65)]
        lines = self.assert_done(["-n", "--json", "-q", "20", *targets], 3).splitlines()
        self.assertEqual(len(lines), 64)

    def test_the_same_target_from_one_source_port(self):
        target = f"127.0.0.1:{CLOSED}"
        lines = self.assert_done(["-n", "--json", "--sport", "7100", target, target], 3).splitlines()
        self.assertEqual([json.loads(line)["source"]["port"] for line in lines], [7100, 7100])


class Names(ProgramCase):
    def target_of(self, *arguments):
        return json.loads(self.assert_done(["--json", *arguments]))["target"]

    def test_families(self):
        self.assertEqual(self.target_of("-4", f"both.test:{OPEN}")["address"], "127.0.0.1")
        self.assertEqual(self.target_of("-6", f"both.test:{OPEN}")["address"], "::1")
        self.assertEqual(self.target_of(f"four.test:{OPEN}")["address"], "127.0.0.1")
        self.assertEqual(self.target_of(f"six.test:{OPEN}")["address"], "::1")
        self.assertEqual(self.target_of("-s", "::1", f"both.test:{OPEN}")["address"], "::1")

    def test_what_cannot_be_looked_up(self):
        self.assert_refused(["nosuch.test"], 2, "unknown host nosuch.test")
        self.assert_refused(["-6", "four.test"], 2, "four.test has no IPv6 address")
        self.assert_refused(["-4", "six.test"], 2, "six.test has no IPv4 address")

    def test_a_name_beyond_ascii_is_shown_in_both_forms(self):
        text = self.assert_done(["-n", f"https://bücher.test:{OPEN}/x"])
        self.assertTrue(text.startswith(f"bücher.test = xn--bcher-kva.test (127.0.0.1) port {OPEN}"), text)
        trace = json.loads(self.assert_done(["-n", "--json", f"BÜCHER.test.:{OPEN}"]))
        self.assertEqual(trace["target"]["name"], "xn--bcher-kva.test.")

    def test_an_ipv4_mapped_address_is_ipv4(self):
        trace = json.loads(self.assert_done(["-n", "--json", f"[::ffff:127.0.0.1]:{OPEN}"]))
        self.assertEqual(trace["target"]["address"], "127.0.0.1")
        self.assertEqual(trace["source"]["address"], "127.0.0.1")

    def test_one_unknown_name_does_not_stop_the_others(self):
        done = run("-n", "nosuch.test", f"127.0.0.1:{OPEN}")
        self.assertEqual(done.stderr, "synroute: unknown host nosuch.test\n")
        self.assertIn("open: ", done.stdout)
        self.assertEqual(done.returncode, 2)

    def test_hops_have_names_unless_told_otherwise(self):
        self.assertIn("eight.test", self.assert_done([f"127.0.0.8:{OPEN}"]))
        self.assertNotIn("eight", self.assert_done(["-n", f"127.0.0.8:{OPEN}"]))

    def test_a_name_from_the_network_cannot_command_the_terminal(self):
        self.assertNotIn("\x1b", self.assert_done([f"127.0.0.9:{OPEN}"]))
        self.assertNotIn("\x1b", self.assert_done(["--json", f"127.0.0.9:{OPEN}"]))


class Refusals(ProgramCase):
    def test_addresses_nobody_connects_to(self):
        self.assert_refused(["224.0.0.1"], 2, "224.0.0.1 is not a unicast address")
        self.assert_refused(["255.255.255.255"], 2, "255.255.255.255 is not a unicast address")
        self.assert_refused(["ff02::1"], 2, "ff02::1 is not a unicast address")
        self.assert_refused(["0.0.0.0"], 2, "0.0.0.0 is not a host address")
        self.assert_refused(
            ["fe80::1"], 2, "fe80::1 is link-local and needs an interface: fe80::1%IF or -i IF"
        )

    def test_the_way_out(self):
        self.assert_refused(["-i", "nosuch0", "127.0.0.1"], 5, "there is no interface nosuch0")
        self.assert_refused(["fe80::1%nosuch0"], 5, "there is no interface nosuch0")
        self.assert_refused(
            ["-s", "192.0.2.1", "127.0.0.1"], 5, "192.0.2.1 is not an address of this host"
        )
        self.assert_refused(
            ["203.0.113.1"], 5, "no route to 203.0.113.1: network is unreachable"
        )

    def test_an_interface_that_is_down(self):
        namespaces.checked(["ip", "link", "add", "off0", "type", "veth", "peer", "name", "off1"])
        try:
            self.assert_refused(["-i", "off0", "203.0.113.1"], 5, "interface off0 is down")
        finally:
            namespaces.checked(["ip", "link", "del", "off0"])

    def test_a_source_port_in_use(self):
        with socket.create_server(("127.0.0.1", 7200)):
            done = run("--sport", "7200", f"127.0.0.1:{OPEN}")
        self.assertEqual(done.returncode, 5)
        self.assertRegex(done.stderr, r"\Asynroute: .*7200.*: Address already in use\n\Z")

    def test_a_length_above_the_mtu(self):
        namespaces.checked(["ip", "link", "set", "lo", "mtu", "1280"])
        try:
            self.assert_refused(
                ["-l", "1281", "127.0.0.1"], 2, "packet length 1281 is above the MTU of lo, 1280 bytes"
            )
            self.assert_done(["-n", "-l", "1280", f"127.0.0.1:{OPEN}"])
        finally:
            namespaces.checked(["ip", "link", "set", "lo", "mtu", "65536"])


class WayOut(ProgramCase):
    def test_it_is_told(self):
        line = self.assert_done(
            ["-n", "--json", "-i", "lo", "-s", "127.0.0.5", "--sport", "7300", "--mark", "7",
             f"127.0.0.1:{OPEN}"]
        )
        self.assertEqual(
            json.loads(line)["source"], {"address": "127.0.0.5", "port": 7300, "interface": "lo"}
        )

    def test_a_zone_is_an_interface(self):
        done = run("-n", "-q", "1", "-w", "0.1", "-m", "1", "fe80::1%lo")
        self.assertNotEqual(done.returncode, 2, done)


class Interruption(ProgramCase):
    def interrupted(self, *arguments):
        argv = [PATH, "-n", "-w", "30,0,0", "-z", "0.02", *arguments, f"127.0.0.1:{DROPPED}"]
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            wait_for_signals(process.pid)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130, err)
        return out, err

    def test_leaves_the_closing_line(self):
        out, err = self.interrupted()
        self.assertEqual(err, "")
        self.assertIn("interrupted", out.splitlines()[-1])

    def test_leaves_whole_json(self):
        out, err = self.interrupted("--json")
        self.assertEqual(err, "")
        self.assertEqual(json.loads(out)["stop_reason"], "interrupted")


class StalledReader(ProgramCase):
    """A reader that takes nothing: the first byte of output cannot be written."""

    STATUSES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

    def ended_by(self, signum, stdout):
        process = subprocess.Popen(
            [PATH, "-n", "-w", "30,0,0", f"127.0.0.1:{DROPPED}"],
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True,
        )
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            wait_for_signals(process.pid)
            process.send_signal(signum)
            _, err = process.communicate(timeout=10)
        self.assertEqual(err, "")
        return process.returncode

    def test_a_full_pipe(self):
        for blocking in (True, False):
            for signum, status in self.STATUSES.items():
                with self.subTest(blocking=blocking, signal=signum):
                    reading, writing = os.pipe()
                    os.set_blocking(writing, False)
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            os.write(writing, b"x" * 4096)
                    os.set_blocking(writing, blocking)
                    self.assertEqual(self.ended_by(signum, writing), status)
                    os.close(reading)
                    os.close(writing)

    def test_a_stopped_terminal(self):
        master, user = pty.openpty()
        termios.tcflow(user, termios.TCOOFF)
        self.assertEqual(self.ended_by(signal.SIGTERM, user), 143)
        os.close(master)
        os.close(user)

    def test_a_list_that_does_not_come(self):
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [PATH, "-n", "--targets", "-"], stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            os.write(writing, f"127.0.0.1:{CLOSED}\n".encode())
            wait_for_signals(process.pid)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
        self.assertEqual((process.returncode, err), (130, ""), out)
        os.close(reading)
        os.close(writing)

    def test_an_ignored_signal_stays_ignored(self):
        """As under nohup."""
        process = subprocess.Popen(
            ["bash", "-c", 'trap "" HUP; exec "$@"', "bash", PATH, "-n", "-w", "30,0,0", f"127.0.0.1:{DROPPED}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            wait_for_signals(process.pid)
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 143)
        self.assertIn("interrupted", out.splitlines()[-1])


class JobControl(ProgramCase):
    def test_rows_are_shown_again_after_a_stop(self):
        heading = f"127.0.0.1 port {DROPPED}"
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm"}
        argv = [PATH, "-n", "-w", "30,0,0", f"127.0.0.1:{DROPPED}"]
        with Terminal(argv, environment) as terminal:
            terminal.wait_for(heading)
            terminal.stop()
            os.kill(terminal.pid, signal.SIGCONT)
            terminal.wait_for(heading)
            terminal.send("\x03")
            terminal.wait_for("interrupted")
            self.assertEqual(terminal.status(), 130)

    def test_a_long_trace_shows_how_far_it_is(self):
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm"}
        argv = [PATH, "-n", "-q", "100", "-z", "0.1", f"127.0.0.1:{CLOSED}"]
        with Terminal(argv, environment) as terminal:
            terminal.wait_for(r"\d+ of about 100 probes settled, about \d+ s left")
            terminal.send("\x03")
            self.assertEqual(terminal.status(), 130)


class Machines(ProgramCase):
    def test_every_target_has_an_object(self):
        targets = [f"127.0.0.1:{OPEN}", "nosuch.test", "203.0.113.1", "127.0.0.1:1"]
        done = run("-n", "--json", *targets)
        found = {each["target"]["input"]: each for each in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(set(found), set(targets))
        self.assertEqual(found["nosuch.test"]["error"], {"kind": "unknown_host", "message": "unknown host nosuch.test"})
        self.assertEqual(found["203.0.113.1"]["error"]["kind"], "no_route")
        schema = json.loads((REPOSITORY / "schema/error.schema.json").read_text(encoding="utf-8"))
        self.assertEqual(set(found["nosuch.test"]), set(schema["required"]))

    def test_a_request_that_cannot_run_has_one_per_target(self):
        done = run("--json", "-f", "31", "127.0.0.1", "::1")
        self.assertEqual(done.returncode, 2)
        kinds = [json.loads(line)["error"]["kind"] for line in done.stdout.splitlines()]
        self.assertEqual(kinds, ["invalid_request"] * 2)


class Rights(ProgramCase):
    NOBODY = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]

    def as_nobody(self, *arguments):
        return subprocess.run(
            [*self.NOBODY, PATH, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def assert_hint(self, stderr):
        self.assertEqual(len(stderr.splitlines()), 1, stderr)
        self.assertIn("sudo", stderr)
        self.assertIn(f"setcap cap_net_raw+ep {pathlib.Path(PATH).resolve()}", stderr)

    def test_without_them_it_connects_and_says_so(self):
        for port, state, status in ((OPEN, "open", 0), (CLOSED, "closed", 3), (REJECTED, "rejected", 4)):
            for address in ("127.0.0.1", "[::1]"):
                with self.subTest(address=address, state=state):
                    done = self.as_nobody("-n", "--json", f"{address}:{port}")
                    self.assertEqual(done.returncode, status, done)
                    self.assertEqual(done.stderr, f"synroute: {NOTICE}\n")
                    trace = json.loads(done.stdout)
                    self.assertEqual(trace["method"], "connect")
                    self.assertEqual(trace["state"], state)

    def test_what_cannot_do_without_says_what_would_give_them(self):
        for arguments in (["--method", "raw"], ["-A"], ["--bare-syn"], ["-l", "100"], ["--sport", "7100"]):
            done = self.as_nobody(*arguments, f"127.0.0.1:{OPEN}")
            self.assertEqual(done.returncode, 5, done)
            self.assertEqual(done.stdout, "")
            self.assert_hint(done.stderr)

    def test_connect_may_be_wished_for(self):
        line = self.assert_done(["--method", "connect", "-n", "--json", f"127.0.0.1:{OPEN}"])
        self.assertEqual(json.loads(line)["method"], "connect")
        self.assert_refused(
            ["--method", "connect", "-E", "127.0.0.1"],
            2,
            "--ecn-setup requires raw packets, which connect() cannot send",
        )

    def test_what_was_mistyped_is_said_first(self):
        self.assertEqual(self.as_nobody("-q", "0", "127.0.0.1").returncode, 2)

    def test_the_demo_needs_none(self):
        self.assertEqual(self.as_nobody("demo").returncode, 0)


if __name__ == "__main__":
    lab.main()
