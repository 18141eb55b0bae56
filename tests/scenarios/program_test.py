# SPDX-License-Identifier: Apache-2.0
"""synroute-lab as its user sees it: what runs inside, what is left behind, what it says about bad scenarios.

    SYNROUTE=… SYNROUTE_LAB=… program_test.py
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LAB = os.environ["SYNROUTE_LAB"]
SYNROUTE = os.environ["SYNROUTE"]
SKIPPED = 77


def run(*arguments, **options):
    return subprocess.run(
        [LAB, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **options
    )


def wait_for(condition):
    """Until something another process does is seen; the test's own time limit ends what never comes."""
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited 20 s in vain")
        time.sleep(0.01)


def is_alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def processes_with(word):
    """Those that have the word on their command line."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words:
            found.append(int(folder.name))
    return found


class Inside(unittest.TestCase):
    def test_the_network_is_the_scenario_and_nothing_else(self):
        done = run("-q", "home", "--", "sh", "-c", "ip -o link; ip -4 -o route; getent hosts gw.lan shop.example")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(re.findall(r"(?m)^\d+: ([^:@]+)", done.stdout)), ["lab0", "lo"])
        self.assertIn("default dev lab0", done.stdout)
        self.assertRegex(done.stdout, r"2001:db8:1:1::1 +gw\.lan")
        self.assertNotIn("lab0", subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout)

    def test_the_status_is_that_of_the_command(self):
        self.assertEqual(run("-q", "home", "--", "sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(run("-q", "home", "--", "sh", "-c", "kill -9 $$").returncode, 128 + 9)
        missing = run("-q", "home", "--", "no-such-program")
        self.assertEqual((missing.returncode, missing.stderr.count("no-such-program")), (127, 1))

    def test_counters_and_capture_tell_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = f"{folder}/packets.pcap"
            done = run("--pcap", capture, "closed", "--", SYNROUTE, "--method", "raw", "-n", "203.0.113.80:443")
            self.assertEqual(done.returncode, 3, done.stderr)
            told = re.search(r"(?m)^synroute-lab: (\d+) packets in, (\d+) out(?:;.*)?$", done.stderr)
            read = subprocess.run(["tcpdump", "-n", "-r", capture], capture_output=True, text=True, check=True)
            self.assertEqual(len(read.stdout.splitlines()), int(told[1]) + int(told[2]))
            self.assertGreater(int(told[2]), 3)

    def test_quiet_says_nothing(self):
        done = run("--quiet", "closed", "--", "true")
        self.assertEqual((done.stdout, done.stderr), ("", ""))


class End(unittest.TestCase):
    """Whatever ends it, nothing is left."""

    def setUp(self):
        self.mark = f"lab-test-{os.getpid()}-{self._testMethodName}"

    def start(self, script):
        lab = subprocess.Popen(
            [LAB, "-q", "home", "--", "sh", "-c", script, self.mark], start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.addCleanup(lab.kill)
        return lab

    def inside(self, lab):
        return [pid for pid in processes_with(self.mark) if pid != lab.pid]

    def assert_nothing_left(self):
        wait_for(lambda: not any(is_alive(pid) for pid in processes_with(self.mark)))

    def test_what_the_command_leaves_in_the_background_ends_with_it(self):
        script = f"sh -c 'sleep 1000; true' {self.mark} & exit 3"
        self.assertEqual(self.start(script).wait(20), 3)
        self.assert_nothing_left()

    def test_sigterm_is_passed_on(self):
        lab = self.start("trap 'exit 9' TERM; while :; do sleep 0.05; done")
        wait_for(lambda: len(self.inside(lab)) >= 1)
        time.sleep(0.2)  # for the shell to set its trap
        lab.send_signal(signal.SIGTERM)
        self.assertIn(lab.wait(20), (9, 128 + signal.SIGTERM))
        self.assert_nothing_left()

    def test_even_sigkill_leaves_nothing(self):
        lab = self.start(f"sh -c 'sleep 1000; true' {self.mark} & sleep 1000; true")
        wait_for(lambda: len(self.inside(lab)) >= 2)
        lab.kill()
        lab.wait(20)
        self.assert_nothing_left()


GOOD = "prober me 192.0.2.7\nrouter a 10.0.0.1\nrouter b 10.0.0.2\npath me a b\n"
COMMENT = "# a comment\n"
BAD = {
    "unknown key": (GOOD + "router c 10.0.0.3\n  slient\n", 6, "'slient' is not a property of a router"),
    "wrong unit": (GOOD + "link a b delay 5min\n", 5, "'5min' is not a time"),
    "unreachable node": (GOOD + "host far 10.0.0.9\n", 5, "far cannot be reached from the prober"),
    "forbidden loop": (GOOD + "route a 9.0.0.0/8 via b\nroute b 9.0.0.0/8 via a\n", 5, "loop at"),
    "100 MB": (GOOD + COMMENT * 8_400_000, 5 + ((1 << 20) - len(GOOD)) // len(COMMENT), "longer than 1048576 bytes"),
    "binary": (GOOD + "\x7fELF\x02\x01\n", 5, "not a text file"),
}


class BadScenarios(unittest.TestCase):
    """File, line, reason and status 2, from both programs that read scenarios."""

    def test_each_names_file_line_and_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bad.scenario"
            for about, (text, line, reason) in BAD.items():
                path.write_text(text, encoding="latin-1")
                for command in ([LAB, str(path), "--", "true"], [LAB, "--truth", str(path)], [SYNROUTE, "demo", str(path)]):
                    with self.subTest(about, program=command[0]):
                        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
                        self.assertEqual((done.returncode, done.stdout), (2, ""))
                        self.assertRegex(done.stderr, rf"\A[a-z-]+: {re.escape(str(path))}:{line}: .*{reason}.*\n\Z")

    def test_wrong_command_lines(self):
        for arguments in (["home"], ["--", "true"], ["no-such-scenario", "--", "true"], ["--pcap"], ["--frobnicate"]):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr.startswith("synroute-lab: "))


if __name__ == "__main__":
    first = run("-q", "closed", "--", "true")
    if first.returncode != 0:
        print("SKIP:", first.stderr.strip())
        sys.exit(1 if os.environ.get("SYNROUTE_MUST_RUN_LAB") else SKIPPED)
    unittest.main()
