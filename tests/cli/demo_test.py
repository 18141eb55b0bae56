# SPDX-License-Identifier: Apache-2.0
"""Traces through the simulated internet: what is printed, and what each option does to the probes."""

import json
import pathlib
import re
import tempfile
import unittest

from program import REPOSITORY, ProgramCase, run


def probes(*arguments):
    """The lines -d writes for probes sent."""
    done = run("demo", "-d", *arguments)
    return [line.split("-> ", 1)[1] for line in done.stderr.splitlines() if "-> " in line]


def hops(text):
    return [int(row) for row in re.findall(r"^ *(\d+)  ", text, re.MULTILINE)]


class Output(ProgramCase):
    def test_it_looks_like_a_real_trace(self):
        text = self.assert_done(["demo"])
        self.assertEqual(
            text.splitlines()[0], "shop (203.0.113.80) port 443 (https), from 192.168.1.20"
        )
        self.assertIn("gw.lan", text)
        self.assertRegex(text, r"(?m)^ *3  no answer within 0\.1 s$")
        self.assertRegex(text, r"(?m)^ *7  203\.0\.113\.80 .* open$")
        self.assertRegex(text, r"(?m)^open: 203\.0\.113\.80 accepts connections on port 443, 7 hops")

    def test_it_is_the_same_every_time(self):
        self.assertEqual(self.assert_done(["demo"]), self.assert_done(["demo", "home"]))
        self.assertEqual(probes(), probes())
        self.assertNotEqual(probes("--seed", "1"), probes("--seed", "2"))

    def test_it_is_quick(self):
        """Virtual seconds cost nothing: this one waits for silence."""
        text = self.assert_done(["demo", "dropped-halfway"], status=1, timeout=10)
        self.assertIn("filtered", text)

    def test_status_follows_the_port(self):
        self.assertIn("closed", self.assert_done(["demo", "closed"], status=3))
        self.assertIn("rejected", self.assert_done(["demo", "rejected"], status=4))

    def test_every_scenario_of_the_list_runs(self):
        listed = self.assert_done(["demo", "--list"]).splitlines()
        files = sorted(path.stem for path in (REPOSITORY / "tests/scenarios").glob("*.scenario"))
        self.assertEqual(sorted(line.split()[0] for line in listed), files)
        for line in listed:
            name, title = line.split(maxsplit=1)
            self.assertTrue(title)
            done = run("demo", name, "--json")
            self.assertIn(done.returncode, (0, 1, 3, 4), name)
            self.assertEqual(done.stderr, "", name)
            self.assertEqual(len(done.stdout.splitlines()) >= 1, True, name)

    def test_json_is_one_object_a_line(self):
        (line,) = self.assert_done(["demo", "--json"]).splitlines()
        trace = json.loads(line)
        self.assertEqual(trace["method"], "sim")
        self.assertEqual(trace["state"], "open")
        self.assertEqual(trace["distance"], 7)
        self.assertEqual([hop["ttl"] for hop in trace["hops"]], list(range(1, 8)))

    def test_json_follows_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed for this interpreter")
        schema = json.loads((REPOSITORY / "schema/trace.schema.json").read_text(encoding="utf-8"))
        for name in ("home", "closed", "rejected", "dropped-halfway", "dnat"):
            jsonschema.validate(json.loads(run("demo", name, "--json").stdout), schema)

    def test_scans_in_a_scenario(self):
        call = ["demo", "tracetcp-proxy", "scan", "203.0.113.21", "20,21,80", "--where"]
        text = self.assert_done(call)
        self.assertIn(
            "\n80: open; answered at hop 5, 12 hops nearer than other ports: a middlebox answers for the host\n"
            "20: closed; probes reach the host (17 hops)\n"
            "21: open; probes reach the host (17 hops)\n",
            text,
        )
        self.assertEqual(text, self.assert_done(call))
        self.assertEqual(len(self.assert_done([*call, "--csv"]).splitlines()), 4)

    def test_options_of_a_scan_belong_to_a_scan(self):
        whose = "--where, --rate, --retries, --yes and --csv are only for scan"
        for option in ("--where", "--rate=5", "--retries=1", "--yes", "--csv"):
            self.assert_refused(["demo", "home", option], 2, whose)

    def test_several_targets_are_shown_in_their_order(self):
        done = run("demo", "home", "shop:443", "gw:80", "shop:81")
        self.assertEqual(done.stderr, "")
        heads = re.findall(r"(?m)^(\S+) \(\S+\) port (\d+)", done.stdout)
        self.assertEqual(heads, [("shop", "443"), ("gw", "80"), ("shop", "81")])
        self.assertEqual(done.returncode, 3, "the greatest status counts")

    def test_a_target_of_the_scenario_only(self):
        self.assert_refused(["demo", "home", "nosuch:1"], 2, "unknown host nosuch in this scenario")


class Colour(ProgramCase):
    def test_only_on_a_terminal_unless_asked_for(self):
        self.assertNotIn("\x1b", self.assert_done(["demo"]))
        self.assertIn("\x1b[", self.assert_done(["demo", "--color", "always"]))
        self.assertIn("\x1b[", self.assert_done(["demo"], env={"CLICOLOR_FORCE": "1"}))
        self.assertNotIn(
            "\x1b", self.assert_done(["demo"], env={"CLICOLOR_FORCE": "1", "NO_COLOR": "1"})
        )
        self.assertNotIn("\x1b", self.assert_done(["demo", "--json", "--color", "always"]))


class Probes(ProgramCase):
    """Each option as it shows in the packets."""

    def test_a_probe_looks_like_the_syn_of_a_system(self):
        first = probes("--seed", "1")[0]
        self.assertRegex(
            first, r"^192\.168\.1\.20:\d+ > 203\.0\.113\.80:443 SYN seq \d+ win 64240 ttl 1 id \d+ DF "
        )
        self.assertIn("<mss 1460,sackOK,TS val", first)

    def test_family(self):
        self.assertIn("> 203.0.113.80:443", probes("-4")[0])
        self.assertIn("> [2001:db8:80::80]:443", probes("-6")[0])

    def test_port(self):
        self.assertIn(":8080 SYN", probes("-p", "8080")[0])
        self.assertIn(":22 SYN", probes("--port", "ssh")[0])
        self.assertIn(":22 SYN", probes("home", "shop", "22")[0])
        self.assertIn(":22 SYN", probes("home", "shop:ssh")[0])
        self.assertIn(":443 SYN", probes("home", "https://shop/index.html")[0])

    def test_first_and_last_hop(self):
        text = self.assert_done(["demo", "-f", "2", "-m", "4"], status=1)
        self.assertLessEqual(set(hops(text)), {2, 3, 4})
        ttls = {int(re.search(r" ttl (\d+)", line)[1]) for line in probes("-f", "2", "-m", "4")}
        self.assertEqual(ttls & set(range(1, 30)), {2, 3, 4})

    def test_queries(self):
        for count in (1, 2, 5):
            line = self.assert_done(["demo", "-q", str(count), "--json"])
            hop = json.loads(line)["hops"][0]
            self.assertEqual(len(hop["probes"]), count)

    def test_wait(self):
        """The silent third hop is waited for as long as -w says."""
        quick = json.loads(self.assert_done(["demo", "dropped-halfway", "--json", "-w", "0.2"], 1))
        slow = json.loads(self.assert_done(["demo", "dropped-halfway", "--json", "-w", "4,0,0"], 1))
        self.assertLess(quick["duration_ms"], 3000)
        self.assertGreater(slow["duration_ms"], 4000)

    def test_gap_between_probes(self):
        for text, gap in (("0.2", 0.2), ("200", 0.2)):
            done = run("demo", "-d", "-q", "1", "-z", text)
            times = [
                float(line.split()[0]) for line in done.stderr.splitlines() if "-> " in line
            ]
            gaps = [later - earlier for earlier, later in zip(times, times[1:])]
            self.assertGreaterEqual(min(gaps), gap * 1000 - 0.001)

    def test_ahead(self):
        def before_the_first_answer(ahead):
            lines = run("demo", "-d", "-q", "1", "-N", ahead).stderr.splitlines()
            first_answer = next(i for i, line in enumerate(lines) if "<- " in line)
            ttls = [int(re.search(r" ttl (\d+)", line)[1]) for line in lines[:first_answer]]
            return sum(ttl < 30 for ttl in ttls)

        self.assertEqual(before_the_first_answer("2"), 2)
        self.assertEqual(before_the_first_answer("5"), 5)

    def test_gap_limit(self):
        def last_hop(limit):
            arguments = ["demo", "dropped-halfway", "--json", "-N", "1", "--gap-limit", limit]
            return json.loads(self.assert_done(arguments, 1))["hops"][-1]["ttl"]

        self.assertEqual(last_hop("5") - last_hop("2"), 3)

    def test_source_port_and_seed(self):
        lines = probes("--sport", "4711", "--seed", "3")
        self.assertEqual({line.split(" > ")[0] for line in lines}, {"192.168.1.20:4711"})
        self.assertEqual(lines, probes("--sport", "4711", "--seed", "3"))
        self.assertEqual(lines, probes("--sport", "4711", "--seed", "0x3"))

    def test_type_of_service(self):
        self.assertIn(" tos 0xb9", probes("-t", "0xb9")[0])
        self.assertIn(" tos 0x10", probes("--tos", "16")[0])
        self.assertIn(" tos 0xb8", probes("--dscp", "ef")[0])
        self.assertIn(" tos 0x02", probes("--ecn", "ect0")[0])

    def test_flags(self):
        self.assertIn(":443 ACK ", probes("-A")[0])
        self.assertIn(":443 SYN,ACK ", probes("-S", "-A")[0])
        self.assertIn(":443 SYN ", probes("-S")[0])
        self.assertIn(":443 SYN,ECE,CWR ", probes("-E")[0])
        self.assertIn(":443 FIN,PSH,URG ", probes("--flags", "fin,psh,urg")[0])
        self.assertIn(":443 no flags ", probes("--flags", "none")[0])

    def test_bare_syn_and_fragmentation(self):
        bare = probes("--bare-syn")[0]
        self.assertNotIn("<", bare)
        self.assertNotIn(" DF", bare)
        self.assertIn(" DF", probes("--bare-syn", "-F")[0])

    def test_length(self):
        self.assertIn(" 940 bytes", probes("-l", "1000")[0])
        self.assertIn(" 960 bytes", probes("--bare-syn", "-l", "1000")[0])
        self.assertIn(" 940 bytes", probes("home", "shop", "443", "1000")[0])
        self.assertIn(" 920 bytes", probes("-6", "-l", "1000")[0])
        self.assert_refused(
            ["demo", "-l", "59"], 2, "packet length 59 is too small: the headers of a probe take 60 bytes"
        )
        self.assert_refused(
            ["demo", "-6", "--bare-syn", "-l", "59"],
            2,
            "packet length 59 is too small: the headers of a probe take 60 bytes",
        )
        done = run("demo", "-l", "1501")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"\Asynroute: packet length 1501 is above the MTU of .*1500 bytes\n\Z")

    def test_numeric(self):
        self.assertNotIn("gw.lan", self.assert_done(["demo", "-n"]))
        self.assertNotIn("gw.lan", self.assert_done(["demo", "-n", "--json"]))

    def test_debug_leaves_stdout_alone(self):
        done = run("demo", "-d", "--json")
        json.loads(done.stdout)
        self.assertIn("<- ", done.stderr)


class Files(ProgramCase):
    def test_a_scenario_file(self):
        path = REPOSITORY / "tests/scenarios/closed.scenario"
        self.assertEqual(
            self.assert_done(["demo", str(path)], 3), self.assert_done(["demo", "closed"], 3)
        )

    def test_a_file_that_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            missing = f"{folder}/missing.scenario"
            self.assert_refused(
                ["demo", missing], 2, f"cannot read {missing}: No such file or directory"
            )
            self.assert_refused(["demo", folder], 2, f"cannot read {folder}: Is a directory")
            wrong = pathlib.Path(folder) / "wrong.scenario"
            wrong.write_text("prober me 192.0.2.1\nnonsense\n", encoding="ascii")
            done = run("demo", str(wrong))
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, rf"\Asynroute: {re.escape(str(wrong))}:2: .+\n\Z")
            self.assert_refused(
                ["demo", "/dev/zero"], 2, "/dev/zero:1: longer than 1048576 bytes"
            )


if __name__ == "__main__":
    unittest.main(verbosity=2)
