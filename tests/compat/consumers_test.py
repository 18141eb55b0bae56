# SPDX-License-Identifier: Apache-2.0
"""Programs that parse tcptraceroute's output: their rules, applied to Synroute's.

Each class restates the rules of one program.
"""

import re
import unittest

import compat
from compat import ACK, ECE, RST, SYN, Call, Expired, Responder, Tcp, Unreachable
from compat.setup import require_ours

TARGET = "203.0.113.80"
ANSWERS = {"open": Tcp(delay=0.01), "closed": Tcp(flags=RST | ACK, delay=0.01), "silent": None}


def setUpModule():
    require_ours()


def merged(script, *arguments):
    """Both streams merged (2>&1), and the exit status."""
    with Responder(script) as network:
        options = {"stderr": -2}  # subprocess.STDOUT
        done = Call.of(compat.ours(), arguments, network.host, **options)
        return done.out, done.status


def output(script, *arguments):
    with Responder(script) as network:
        done = Call.of(compat.ours(), arguments, network.host)
        return done.out, done.status


class Tcpping(unittest.TestCase):
    """tcpping up to 1.8, which SmokePing's TCPPing probe runs."""

    CALL = ("-f", "255", "-m", "255", "-q", "1", "-w", "3")

    def ask(self, answer, *arguments):
        return output({255: answer}, *self.CALL, *arguments, TARGET)

    def test_round_trip_is_the_first_word_after_the_last_bracket(self):
        for state in ("open", "closed"):
            out, _ = self.ask(ANSWERS[state])
            word = out.rpartition("]")[2].split()[0]
            self.assertRegex(word, r"^\d+\.\d{3}$")
            self.assertTrue(10 <= float(word) < 1000, out)

    def test_host_is_words_two_and_three(self):
        out, _ = self.ask(ANSWERS["open"])
        self.assertEqual(out.split()[1:3], ["shop.example", f"({TARGET})"])

    def test_a_star_is_a_time_out(self):
        self.assertIn("*", output({}, "-f", "255", "-m", "255", "-q", "1", "-w", "1", TARGET)[0])
        self.assertNotIn("*", self.ask(ANSWERS["open"])[0])

    def test_the_line_begins_with_the_ttl_it_removes(self):
        self.assertTrue(self.ask(ANSWERS["open"])[0].startswith("255  "))

    def test_errors_it_looks_for(self):
        out, _ = merged({}, *self.CALL, "no.such.name.invalid")
        self.assertIn("bad destination", out.lower())


class TcppingOfDeajan(unittest.TestCase):
    """tcpping 2.6 and later."""

    CALL = ("-f", "255", "-m", "255", "-q", "1", "-w", "1")

    def test_round_trip_is_the_last_word_but_one(self):
        for state in ("open", "closed"):
            out, status = output({255: ANSWERS[state]}, *self.CALL, TARGET)
            self.assertRegex(out.split()[-2], r"^\d+\.\d{3}$")
            self.assertEqual(status, 0)

    def test_loss_is_a_star_for_the_first_or_second_word(self):
        out, status = output({}, *self.CALL, TARGET)
        self.assertIn("*", out.split()[0:2])
        self.assertNotEqual(status, 0)


class GLiveView(unittest.TestCase):
    """The monitor of Cardano nodes; it reads the last line of both streams."""

    CALL = ("-n", "-S", "-f", "255", "-m", "255", "-q", "1", "-w", "1", TARGET, "443")

    def last_line(self, answer):
        return merged({255: answer}, *self.CALL)[0].splitlines()[-1]

    def test_an_open_port_is_a_round_trip_in_word_four(self):
        line = self.last_line(ANSWERS["open"])
        self.assertIn("[open]", line)
        self.assertTrue(10 <= int(line.split()[3].split(".")[0]) < 1000, line)

    def test_anything_else_does_not_say_open(self):
        for answer in (ANSWERS["closed"], Unreachable("192.0.2.1")):
            self.assertNotIn("[open]", self.last_line(answer))

    def test_the_last_word_is_that_it_was_not_reached(self):
        self.assertEqual(self.last_line(None), "Destination not reached")


class PrometheusExporter(unittest.TestCase):
    """Matches every line of both streams."""

    SOURCE = re.compile(r"address (\S+), port (\d+)")
    TARGET = re.compile(r"^Tracing the path to ([\w.:-]+) \(([\d.]+)\) on TCP port (\d+)")
    HOP = re.compile(r"^\s*(\d+)\s+(?:(\S+)\s+)?(?:\(([\d.]+)\)\s+)?(?:\[(\w+)\]\s+)?([\d.]+) ms")
    LOST = re.compile(r"^\s*(\d+)\s+\*")

    def test_every_line_is_understood(self):
        script = {1: Expired("198.51.100.1"), 2: None, 3: Expired("192.0.2.3"), 4: ANSWERS["open"]}
        out, status = merged(script, "-q", "1", "-f", "1", "-m", "30", "-w", "1", "shop.example")
        lines = out.splitlines()
        self.assertEqual(self.SOURCE.search(lines[0])[1], "192.0.2.99")
        self.assertEqual(self.TARGET.search(lines[1]).groups(), ("shop.example", TARGET, "80"))
        self.assertEqual(self.HOP.search(lines[2]).groups()[:3], ("1", "gw.example", "198.51.100.1"))
        self.assertEqual(self.LOST.search(lines[3])[1], "2")
        self.assertEqual(self.HOP.search(lines[4])[2], "192.0.2.3")
        self.assertEqual(self.HOP.search(lines[5])[4], "open")
        self.assertEqual((len(lines), status), (6, 0))

    def test_ecn_has_two_words_as_in_the_original(self):
        out, _ = merged({1: Tcp(flags=SYN | ACK | ECE)}, "-n", "-E", "-q", "1", TARGET)
        self.assertIn("[open, ecn]", out)


class Homebrew(unittest.TestCase):
    """The test of the formula."""

    def test_help_prints_and_fails(self):
        done = Call.of(compat.ours(), ("--help",))
        self.assertEqual(done.status, 1)
        self.assertIn("Usage: tcptraceroute", done.err)
        self.assertIn("tcptraceroute 1.5beta7", done.out)


class Upstream(unittest.TestCase):
    """The script with which its author collected reports."""

    def test_it_reaches_this_host(self):
        with Responder({}) as network:
            for address in ("127.0.0.1", "192.0.2.99"):
                done = Call.of(compat.ours(), ("-f", "1", "-m", "1", address), network.host)
                self.assertEqual(done.status, 0, done)
                self.assertIn("Selected device lo,", done.err)

    def test_it_finds_the_platform_in_debug_lines(self):
        call = ("-d", "-f", "255", "-m", "255", "-q", "1", "-w", "1", TARGET)
        out, _ = merged({255: ANSWERS["open"]}, *call)
        for word in ("datalink:", "device:", "SNAPLEN:"):
            self.assertRegex(out, rf"debug: .*{word} \S+")


class Shell(unittest.TestCase):
    """Interactive use: streams, pipes, interruption."""

    def test_rows_go_to_standard_output_and_the_rest_does_not(self):
        with Responder({1: ANSWERS["open"]}) as network:
            done = Call.of(compat.ours(), ("-n", "-q", "1", TARGET), network.host)
        self.assertRegex(done.out, r"\A 1  203\.0\.113\.80 \[open\]  \d+\.\d{3} ms\n\Z")
        self.assertEqual(len(done.err.splitlines()), 2)

    def test_a_closed_pipe_ends_it_like_any_program(self):
        with Responder({1: ANSWERS["open"]}) as network:
            script = f'exec -a tcptraceroute "{compat.ours()}" -n {TARGET} | true; echo ${{PIPESTATUS[0]}}'
            done = network.host.run(["bash", "-c", script])
        self.assertEqual(done.stdout.strip(), "141", done.stderr)

    def test_interrupted_it_leaves_the_row_unfinished_and_ends_by_the_signal(self):
        import signal

        with Responder({1: Expired("192.0.2.1"), 2: [Expired("192.0.2.2"), None, None]}) as network:
            process = network.host.popen(["tcptraceroute", "-n", TARGET], executable=compat.ours())
            rows = process.stdout.readline()
            import time

            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            rows += process.stdout.read()
            process.communicate()
        self.assertRegex(rows, r"\A 1  192\.0\.2\.1(  \d+\.\d+ ms){3}\n 2  192\.0\.2\.2  \d+\.\d+ ms\Z")
        self.assertEqual(process.returncode, -signal.SIGINT)


if __name__ == "__main__":
    compat.main()
