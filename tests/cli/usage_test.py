# SPDX-License-Identifier: Apache-2.0
"""What users mistype: one precise line on stderr, status 2, and nothing sent."""

import unittest

from program import ProgramCase, run

# Never looked up: every mistake here is found before names are.
HOST = "host.invalid"


class Options(ProgramCase):
    def assert_usage(self, arguments, message):
        self.assert_refused(arguments, 2, message)

    def test_unknown_options_get_a_hint(self):
        self.assert_usage(["-y", HOST], "unknown option '-y'")
        self.assert_usage(["--bogus", HOST], "unknown option '--bogus'")
        self.assert_usage(["--jsno", HOST], "unknown option '--jsno' (did you mean '--json'?)")
        self.assert_usage(["--numerc", HOST], "unknown option '--numerc' (did you mean '--numeric'?)")
        self.assert_usage(["-json", HOST], "unknown option '-json' (did you mean '--json'?)")

    def test_missing_and_superfluous_values(self):
        self.assert_usage([HOST, "-p"], "option '-p' needs a value: PORT")
        self.assert_usage([HOST, "--seed"], "option '--seed' needs a value: N")
        self.assert_usage(["--numeric=yes", HOST], "option '--numeric' takes no value")

    def test_ports(self):
        for text in ("0", "65536", "99999999999999999999"):
            wrong = f"'{text}' is not a port from 1 to 65535"
            self.assert_usage(["-p", text, HOST], f"option '-p': {wrong}")
            self.assert_usage(["--sport", text, HOST], f"option '--sport': {wrong}")
            self.assert_usage([f"{HOST}:{text}"], wrong)
            self.assert_usage([f"[::1]:{text}"], wrong)
            self.assert_usage([f"https://{HOST}:{text}/"], wrong)
            self.assert_usage([HOST, text], wrong)
        unknown = "'nosuch' is neither a port number nor a known TCP service"
        self.assert_usage(["-p", "nosuch", HOST], f"option '-p': {unknown}")
        self.assert_usage([f"{HOST}:nosuch"], unknown)
        self.assert_usage(["--sport", "ssh", HOST], "option '--sport': 'ssh' is not a port from 1 to 65535")

    def test_a_port_named_twice(self):
        self.assert_usage(
            ["-p", "4000", HOST, "80"], "'80' is a port, and so is -p (the source port is --sport)"
        )
        self.assert_usage(["-p", "4000", f"{HOST}:80"], f"'{HOST}:80' names a port, and so does -p")
        self.assert_usage([f"{HOST}:80", "443"], f"'{HOST}:80' names a port, and so does 443")

    def test_hops(self):
        for option in ("-f", "--first", "-m", "--max-hops"):
            for text in ("0", "256", "-1", "x", "1.5", ""):
                self.assert_usage(
                    [option, text, HOST],
                    f"option '{option}': '{text}' is not a whole number from 1 to 255",
                )
        self.assert_usage(["-f", "5", "-m", "4", HOST], "the first TTL, 5, is above the last, 4")
        self.assert_usage(["-f", "31", HOST], "the first TTL, 31, is above the last, 30")

    def test_counts(self):
        self.assert_usage(["-q", "0", HOST], "option '-q': '0' is not a whole number from 1 to 100")
        self.assert_usage(["-q", "101", HOST], "option '-q': '101' is not a whole number from 1 to 100")
        self.assert_usage(["-N", "0", HOST], "option '-N': '0' is not a whole number from 1 to 255")
        self.assert_usage(
            ["--gap-limit", "0", HOST], "option '--gap-limit': '0' is not a whole number from 1 to 255"
        )

    def test_times(self):
        for text in ("0", "-1", "x", "1e3", "inf", "nan", "90000", ""):
            self.assert_usage(
                ["-w", text, HOST], f"option '-w': '{text}' is not a number of seconds above 0"
            )
        self.assert_usage(["-w", "1,x", HOST], "option '-w': 'x' is not a decimal number")
        self.assert_usage(["-w", "1,2,3,4", HOST], "option '-w': '1,2,3,4' is not MAX[,HERE,NEAR]")
        self.assert_usage(
            ["-z", "x", HOST], "option '-z': 'x' is not a number of seconds from 0 to 86400"
        )

    def test_the_look_of_probes(self):
        self.assert_usage(["-t", "256", HOST], "option '-t': '256' is not a whole number from 0 to 255")
        self.assert_usage(
            ["--dscp", "64", HOST],
            "option '--dscp': must be 0 to 63, cs0 to cs7, af11 to af43, ef, le or voice-admit, not '64'",
        )
        self.assert_usage(
            ["--ecn", "4", HOST], "option '--ecn': must be 0 to 3, not-ect, ect1, ect0 or ce, not '4'"
        )
        self.assert_usage(
            ["--flags", "syn,foo", HOST],
            "option '--flags': 'foo' is not a TCP flag (fin, syn, rst, psh, ack, urg, ece, cwr, ae; or none)",
        )
        for text in ("0", "65536", "x"):
            self.assert_usage(
                ["-l", text, HOST], f"option '-l': '{text}' is not a whole number from 1 to 65535"
            )

    def test_the_way_out(self):
        self.assert_usage(["-s", "here", HOST], "option '-s': 'here' is not an IP address")
        self.assert_usage(["-s", "192.0.2.1", "-6", HOST], "source address 192.0.2.1 is not IPv6")
        self.assert_usage(["-6", "192.0.2.1"], "target 192.0.2.1 is not IPv6")
        self.assert_usage(["-4", "2001:db8::1"], "target 2001:db8::1 is not IPv4")
        self.assert_usage(["-s", "::1", "192.0.2.1"], "target 192.0.2.1 is not IPv6")
        self.assert_usage(
            ["--mark", "4294967296", HOST],
            "option '--mark': '4294967296' is not a whole number from 0 to 4294967295",
        )
        self.assert_usage(
            ["--seed", "-1", HOST],
            "option '--seed': '-1' is not a whole number from 0 to 18446744073709551615",
        )

        self.assert_usage(
            ["--method", "icmp", HOST], "option '--method': must be auto, raw or connect, not 'icmp'"
        )

    def test_the_output(self):
        self.assert_usage(
            ["--color", "green", HOST], "option '--color': must be auto, always or never, not 'green'"
        )


class Operands(ProgramCase):
    def assert_usage(self, arguments, message):
        self.assert_refused(arguments, 2, message)

    def test_no_target(self):
        message = "no target; usage: synroute [OPTION]... HOST[:PORT]... (see --help)"
        self.assert_usage([], message)
        self.assert_usage(["trace"], message)
        self.assert_usage(["-n"], message)

    def test_targets_that_are_none(self):
        self.assert_usage([""], "'' has no host")
        self.assert_usage([":80"], "':80' has no host")
        self.assert_usage(["host:"], "the port is empty")
        self.assert_usage(
            ["80"], "'80' is a number, not a host (a port is written HOST:PORT, or -p PORT)"
        )
        self.assert_usage(["1.2.3"], "'1.2.3' is not an IPv4 address")
        self.assert_usage(["1.2.3.256"], "'1.2.3.256' is not an IPv4 address")
        self.assert_usage(["2001:db8:::1"], "'2001:db8:::1' is not an IPv6 address")
        self.assert_usage(["[::1"], "'[::1' has no closing bracket")
        self.assert_usage(["[::1]x"], "'[::1]x' must end or continue with :PORT after the bracket")
        self.assert_usage(["a b"], "'a b' is not a host name")
        self.assert_usage(["foo://h/"], "'foo' is a scheme without a known port (add :PORT)")
        self.assert_usage(
            ["a.example", "b.example", "443"],
            "'443' is a number, not a host (a port is written HOST:PORT, or -p PORT)",
        )

    def test_what_was_typed_cannot_command_the_terminal(self):
        self.assert_usage(["a\x1b[2Jb"], "'a\\x1b[2Jb' is not a host name")
        self.assert_usage(["--a\x1b"], "unknown option '--a\\x1b'")

    def test_commands(self):
        self.assert_usage(["demo", "nosuch"], "there is no scenario 'nosuch' (see synroute demo --list)")
        self.assert_usage(["trace", "--list", HOST], "option '--list' is only for demo")
        self.assert_usage(["demo", "-i", "lo"], "option '-i' is only for trace and scan")
        self.assert_usage(["generate"], "generate takes one operand: man, bash, zsh or fish")
        self.assert_usage(["generate", "roff"], "generate takes one operand: man, bash, zsh or fish")


class Personality(ProgramCase):
    def test_as_must_name_one(self):
        done = run("--as", "nosuch", "host")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"\Asynroute: --as must be one of synroute, .*, not 'nosuch'\n\Z")

    def test_as_itself_is_native(self):
        self.assertEqual(self.assert_done(["--as", "synroute", "--version"]), run("--version").stdout)


class Help(ProgramCase):
    def test_help_and_version_go_to_stdout(self):
        self.assertRegex(self.assert_done(["--version"]), r"\Asynroute \d+\.\d+\.\d+\n\Z")
        self.assertTrue(self.assert_done(["--help"]).startswith("Usage: synroute [OPTION]... HOST"))
        self.assertEqual(self.assert_done(["-h"]), self.assert_done(["--help"]))
        self.assertEqual(self.assert_done(["-V"]), self.assert_done(["--version"]))

    def test_help_of_a_command_is_its_own(self):
        text = self.assert_done(["demo", "--help"])
        self.assertTrue(text.startswith("Usage: synroute demo [OPTION]..."), text)
        self.assertIn("--list", text)
        self.assertNotIn("--interface", text)

    def test_help_fits_a_terminal(self):
        for command in ([], ["demo"]):
            for line in self.assert_done([*command, "--help"]).splitlines():
                self.assertLessEqual(len(line), 90, line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
