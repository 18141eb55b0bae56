# SPDX-License-Identifier: Apache-2.0
"""Command lines and errors: what both programs print before, or instead of, the first probe."""

import unittest

import compat
from compat import Call, Situation
from compat.setup import require_both

OWN_ADDRESS, ELSEWHERE = "127.0.0.1", "203.0.113.80"
BUSY_PORT = "4433"
QUICK = ("-n", "-q", "1", "-m", "1")


def same(*arguments):
    return Situation(" ".join(arguments) or "(nothing)", arguments)


def other(why, *arguments, **differs):
    return Situation(" ".join(arguments), arguments, differs=differs, why=why)


USAGE = [
    same(),
    same("-h"),
    same("--help"),
    same("-v"),
    same("--version"),
    same("-nv", "-x"),
    same("-v", "host", "nosuch"),
    same("-x"),
    same("-x", "-v"),
    same("-?"),
    same("-nx", "host"),
    same("--bogus"),
    same("-d", "--bogus"),
    same("-x", "--bogus"),
    same("--dnat=1", "host"),
    same("--hel"),
    same("-s", "--help", "host"),
    same("-f", "x", "--version"),
    same("a", "b", "c", "d"),
    same("-n", "--"),
    same("--", "-n"),
    same("-n", "--", "--dnat"),
]
LETTERS = [same(f"-{letter}") for letter in "ilfmPpqwst"] + [
    same(ELSEWHERE, "-f"),
    same("-nf"),
    *(
        other("numeric argument", *arguments, err=f"Numeric argument required for -{letter}\n")
        for letter, *arguments in (
            *((letter, f"-{letter}", "x", "host") for letter in "lfmPpqwt"),
            ("q", "-q", "", "host"),
            ("q", "-q", "-1", "host"),
            ("q", "-q", "+1", "host"),
            ("q", "-q", "0x1", "host"),
            ("q", "-q", "1.5", "host"),
            ("q", "-nq1m1", "host"),
            ("w", "-w", "1.", "host"),
        )
    ),
]
NUMBERS = [
    same("-f", "0", OWN_ADDRESS),
    same("-m", "0", OWN_ADDRESS),
    same("-m", "256", OWN_ADDRESS),
    same("-f", "256", OWN_ADDRESS),
    same("-f", "31", OWN_ADDRESS),
    same("-f", "0", "-m", "256", OWN_ADDRESS),
    same("-f", "9", "-m", "8", "-q", "0", OWN_ADDRESS),
    same("-q", "0", OWN_ADDRESS),
    same("-q", "0", "-w", "0", OWN_ADDRESS),
    same("-w", "0", OWN_ADDRESS),
    same("-f", "0", "no.such.name.invalid"),
    other("numbers that do not fit", "-f", "4294967297", *QUICK, OWN_ADDRESS,
          err="TTL must be less than 256\n", out="", status=1),
    other("numbers that do not fit", "-t", "300", *QUICK, OWN_ADDRESS,
          err="TOS must be less than 256\n", out="", status=1),
    other("numbers that do not fit", "-p", "65541", *QUICK, OWN_ADDRESS,
          err="Local port must be less than 65536\n", out="", status=1),
    other("numbers that do not fit", *QUICK, OWN_ADDRESS, "65536",
          err="Unknown port: 65536\n", out="", status=1),
    other("third operand", *QUICK, OWN_ADDRESS, "80", "abc",
          err="Bad packet length: abc\n", out="", status=1),
]  # fmt: skip
PLACES = [
    same(OWN_ADDRESS, "nosuch"),
    same(OWN_ADDRESS, "ntp"),
    same(OWN_ADDRESS, "WWW"),
    same(OWN_ADDRESS, ""),
    same("nosuch", "nosuch"),
    same(""),
    same("no.such.name.invalid"),
    same("255.255.255.255"),
    same("0xffffffff"),
    same("1.2.3.4.5"),
    same("256.1.1.1"),
    same("example.org:80"),
    same("-s", "no.such.name.invalid", OWN_ADDRESS),
    same(ELSEWHERE),
    same("1"),
    same("-p", BUSY_PORT, OWN_ADDRESS),
    same("-P", "0", OWN_ADDRESS),
    same("-p", BUSY_PORT, "-f", "0", OWN_ADDRESS),
    other("device errors", "-i", "nosuch", OWN_ADDRESS,
          err="error opening device nosuch: No such device exists\n"),
    other("`-S ADDRESS`", "-S", "192.0.2.1", "example.org",
          err="Unknown port: example.org\n"
          "-S sets the SYN flag; to set the source address use -s 192.0.2.1\n"),
    other("`-s`", "-s", ELSEWHERE, *QUICK, "-w", "1", OWN_ADDRESS,
          err=f"Bad source address: {ELSEWHERE}\n", out=""),
]  # fmt: skip
LOCAL = [
    same(*QUICK, OWN_ADDRESS),
    same(*QUICK, "0x7f000001"),
    same(*QUICK, "127.1"),
    same(*QUICK, OWN_ADDRESS, BUSY_PORT),
    same(*QUICK, "-P", BUSY_PORT, OWN_ADDRESS),
    same(*QUICK, "-p", "0", OWN_ADDRESS),
    same(*QUICK, "-p", "5005", "--track-port", OWN_ADDRESS),
    same(*QUICK, "-i", "lo", OWN_ADDRESS),
    same(*QUICK, "-i", "any", OWN_ADDRESS),
    same(*QUICK, "-l", "39", OWN_ADDRESS),
    same(*QUICK, "--select", OWN_ADDRESS),
    other("device", *QUICK, "--no-getinterfaces", OWN_ADDRESS,
          err=f"Selected device lo, address {OWN_ADDRESS}, port P for outgoing packets\n"
          f"Tracing the path to {OWN_ADDRESS} on TCP port 80 (http), 1 hops max\n"),
    other("IPv6", *QUICK, "::1", status=0, out=" 1  ::1 [closed]  T ms\n",
          err="Selected device lo, address ::1, port P for outgoing packets\n"
          "Tracing the path to ::1 on TCP port 80 (http), 1 hops max\n"),
    other("`-w`", *QUICK, "-w", "0.5", OWN_ADDRESS, status=0,
          out=" 1  127.0.0.1 [closed]  T ms\n",
          err="Selected device lo, address 127.0.0.1, port P for outgoing packets\n"
          "Tracing the path to 127.0.0.1 on TCP port 80 (http), 1 hops max\n"),
]  # fmt: skip
POSIX = [same(OWN_ADDRESS, "-n"), same("-n", OWN_ADDRESS, "-q", "1")]

HOST = None
LISTENER = None


def setUpModule():
    global HOST, LISTENER
    require_both()
    HOST = compat.lab.Namespace("messages")
    HOST.ip("link set lo up\n")
    LISTENER = compat.lab.chain.Listener(HOST, [int(BUSY_PORT)])


def tearDownModule():
    if LISTENER:
        LISTENER.close()
        HOST.close()


class SameWords(unittest.TestCase):
    def check(self, table, env=None):
        for situation in table:
            with self.subTest(situation.name):
                old, new = (
                    Call.of(program, situation.arguments, HOST, env=env)
                    for program in (compat.original(), compat.ours())
                )
                compat.check(self, situation, old, new)

    def test_usage_and_version(self):
        self.check(USAGE)

    def test_letters(self):
        self.check(LETTERS)

    def test_numbers(self):
        self.check(NUMBERS)

    def test_places(self):
        self.check(PLACES)

    def test_this_host(self):
        self.check(LOCAL)

    def test_posix_environment(self):
        self.check(POSIX, env={"POSIXLY_CORRECT": "1"})

    def test_enough_situations(self):
        tables = USAGE + LETTERS + NUMBERS + PLACES + LOCAL + POSIX
        self.assertGreaterEqual(len([each for each in tables if not each.differs]), 60)


class OwnWords(unittest.TestCase):
    """Messages without a counterpart in the original."""

    def call(self, *arguments):
        return Call.of(compat.ours(), arguments, HOST)

    def test_banner_names_the_version_it_is_compatible_with(self):
        self.assertRegex(self.call("-v").out, r"\A\ntcptraceroute 1\.5beta7 \(Synroute [\d.]+\)\n")

    def test_debugging_begins_before_the_version(self):
        done = self.call("-dv")
        self.assertEqual(done.status, 0)
        self.assertEqual([line[:7] for line in done.err.splitlines()], ["debug: "] * 2)

    def test_families_are_kept_apart(self):
        for arguments in (("-4", "::1"), ("-6", "127.0.0.1"), ("-6", "0x7f000001")):
            with self.subTest(arguments):
                done = self.call(*arguments)
                self.assertEqual((done.status, done.err[:24]), (1, "Bad destination address:"))

    def test_the_name_as_an_option(self):
        done = HOST.run([compat.ours(), "--as", "tcptraceroute", "-q"])
        self.assertEqual((done.returncode, done.stderr), (1, "Argument required for -q\n"))


if __name__ == "__main__":
    compat.main()
