# SPDX-License-Identifier: Apache-2.0
"""Rights: root, set-uid, capabilities, and none."""

import os
import shutil
import stat
import subprocess
import tempfile
import unittest

import compat
from compat import Call, Expired, Responder, Tcp
from compat.setup import require_both
from lab import namespaces

TARGET = "203.0.113.80"
TRACE = ("-n", "-q", "1", TARGET)
NETWORK = {1: Expired("192.0.2.1"), 2: Tcp()}
ROWS = " 1  192.0.2.1  T ms\n 2  203.0.113.80 [open]  T ms\n"
NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def setUpModule():
    require_both()
    if os.geteuid() != 0 or not os.path.exists("/proc/self/uid_map"):
        raise unittest.SkipTest("needs root")
    with open("/proc/self/uid_map", encoding="ascii") as file:
        if file.read().split() != ["0", "0", "4294967295"]:
            raise unittest.SkipTest("needs the users of the machine")


def installed(program, *, set_uid=False, capability=""):
    """A copy of the program named tcptraceroute, owned by root, with these rights."""
    folder = tempfile.mkdtemp(dir=namespaces.NAMES)
    os.chmod(folder, 0o755)
    path = os.path.join(folder, "tcptraceroute")
    shutil.copyfile(program, path)
    os.chmod(path, 0o755 | (stat.S_ISUID if set_uid else 0))
    if capability:
        namespaces.checked(["setcap", capability, path])
    return path


def as_user(path, arguments, network):
    """A call by a user without rights."""
    done = network.host.run([*AS_NOBODY, path, *arguments])
    return Call(done.returncode, done.stdout, done.stderr).masked()


class Rights(unittest.TestCase):
    def call(self, path, *arguments):
        with Responder(NETWORK) as network:
            return as_user(path, arguments, network)

    def test_root(self):
        with Responder(NETWORK) as network:
            done = Call.of(compat.ours(), ("-p", "4000", "-s", "192.0.2.99", *TRACE), network.host)
        self.assertEqual((done.status, done.masked().out), (0, ROWS), done)

    def test_set_uid(self):
        path = installed(compat.ours(), set_uid=True)
        done = self.call(path, *TRACE)
        self.assertEqual((done.status, done.out), (0, ROWS), done)
        for option, letter in (("-p", "p"), ("-P", "p"), ("-s", "s")):
            refused = self.call(path, option, "1", TARGET)
            self.assertEqual(refused, Call(1, "", f"Sorry, must be root to use -{letter}\n"))
        self.assertEqual(self.call(path, "-i", "net0", *TRACE).out, ROWS)

    def test_set_uid_like_the_original(self):
        theirs = installed(compat.original(), set_uid=True)
        ours = installed(compat.ours(), set_uid=True)
        for arguments in (TRACE, ("-p", "1", TARGET), ("-P", "x", TARGET), ("-s", "a", TARGET), ("-p",),
                          (TARGET, "nosuch"), ("no.such.name.invalid",)):  # fmt: skip
            self.assertEqual(self.call(ours, *arguments), self.call(theirs, *arguments), arguments)

    def test_capability_of_the_program(self):
        path = installed(compat.ours(), capability="cap_net_raw+ep")
        self.assertEqual(self.call(path, *TRACE).out, ROWS)
        for option, letter in (("-p", "p"), ("-P", "p"), ("-s", "s")):
            refused = self.call(path, option, "1", TARGET)
            self.assertEqual(refused, Call(1, "", f"Sorry, must be root to use -{letter}\n"))

    def test_capability_of_the_user(self):
        for arguments in (TRACE, ("-p", "4000", *TRACE), ("-s", "192.0.2.99", *TRACE)):
            with Responder(NETWORK) as network:
                argv = [*AS_NOBODY, "--inh-caps=+net_raw", "--ambient-caps=+net_raw"]
                done = network.host.run([*argv, compat.ours(), "--as", "tcptraceroute", *arguments])
            call = Call(done.returncode, done.stdout, done.stderr).masked()
            self.assertEqual((call.status, call.out), (0, ROWS), call)

    def test_capability_that_is_only_permitted(self):
        path = installed(compat.ours(), capability="cap_net_raw+p")
        self.assertEqual(self.call(path, *TRACE).out, ROWS)

    def test_nothing(self):
        path = installed(compat.ours())
        done = self.call(path, *TRACE)
        self.assertEqual((done.status, done.out), (0, ROWS), done)
        notice, *head = done.err.splitlines()
        self.assertIn("connect()", notice)
        self.assertIn(f"setcap cap_net_raw+ep {path}", notice)
        self.assertEqual(head, ["Selected device net0, address 192.0.2.99 for outgoing packets",
                                f"Tracing the path to {TARGET} on TCP port 80 (http), 30 hops max, 60 byte packets"])  # fmt: skip

    def test_nothing_where_only_raw_packets_do(self):
        path = installed(compat.ours())
        for arguments, option in ((("-A",), "-A"), (("-E",), "-E"), (("-l", "100"), "the packet length")):
            done = self.call(path, *arguments, *TRACE)
            self.assertEqual((done.status, done.out), (1, ""))
            first, hint = done.err.splitlines()
            self.assertEqual(first, "Got root?")
            self.assertTrue(hint.startswith(f"{option} requires raw packets; "), hint)
            self.assertIn(f"setcap cap_net_raw+ep {path}", hint)

    def test_nothing_like_the_original(self):
        theirs, ours = installed(compat.original()), installed(compat.ours())
        for arguments in (("-p", "1", TARGET), ("-P", "1", TARGET), ("-s", "a", TARGET),
                          (TARGET, "nosuch"), ("-f", "0"), ("-x",), ("-v",)):  # fmt: skip
            old, new = self.call(theirs, *arguments), self.call(ours, *arguments)
            self.assertEqual(new, old, arguments)

    def test_rights_are_dropped_before_the_first_probe(self):
        for rights in ({"set_uid": True}, {"capability": "cap_net_raw+ep"}):
            path = installed(compat.ours(), **rights)
            with Responder({1: Expired("192.0.2.1")}) as network:
                argv = [*AS_NOBODY, path, "-n", "-w", "3", TARGET]
                process = network.host.popen(argv, stderr=subprocess.PIPE)
                process.stdout.readline()  # the first row: probes have been sent
                with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                    status = dict(line.split(":\t", 1) for line in file)
                process.terminate()
                process.communicate()
            self.assertEqual(status["Uid"].split(), [str(NOBODY)] * 4)
            for name in ("CapEff", "CapPrm", "CapInh"):
                self.assertEqual(int(status[name], 16), 0, name)


if __name__ == "__main__":
    compat.main()
