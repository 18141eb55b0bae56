# SPDX-License-Identifier: Apache-2.0
"""`synroute scan` and `tracetcp` on the chain: the state of every port and the hop where it is stopped;
nmap must find the same states."""

import json
import pathlib
import re
import subprocess
import unittest

import lab
from lab import chain, programs

CHAIN = None
VALIDATE = pathlib.Path(__file__).resolve().parents[1] / "golden" / "validate.py"
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema" / "scan.schema.json"

# nmap reports silence and every ICMP unreachable as filtered.
NMAP_STATE = {"rejected": "filtered", "unreachable": "filtered"}


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain()


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def run(*argv):
    with CHAIN.host.entered():
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL, check=False
        )


def scan(ports, *options, version=4, which=chain.PLAIN):
    target = chain.target_address(which, version)
    return run(programs.synroute_program(), "scan", *options, target, ports)


def scanned(ports, *options, **where):
    """{port: its JSON object}, without control ports."""
    done = scan(ports, "--json", "--rate", "5000", *options, **where)
    document = json.loads(done.stdout)
    return {port["port"]: port for port in document["ports"] if not port["control"]}, document


class States(unittest.TestCase):
    def test_every_port_has_its_state(self):
        for version in (4, 6):
            ports, _ = scanned(f"{chain.OPEN},81-84,{chain.DROPPED}", version=version)
            self.assertEqual(ports[chain.OPEN]["state"], "open")
            self.assertEqual(ports[chain.CLOSED]["state"], "closed")
            self.assertEqual(ports[chain.DROPPED]["state"], "filtered")
            self.assertEqual(ports[chain.DROPPED]["attempts"], 3)

    def test_every_reject_kind_has_its_state_and_hop(self):
        for version, kinds in chain.REJECTS.items():
            asked = ",".join(str(chain.REJECTED_HALFWAY + code) for code in kinds.values())
            ports, _ = scanned(f"{chain.OPEN},{asked}", "--where", version=version)
            for code in kinds.values():
                port = ports[chain.REJECTED_HALFWAY + code]
                prohibited = {4: {2, 3, 9, 10, 13}, 6: {1, 4, 5, 6}}[version]
                self.assertEqual(
                    port["state"], "rejected" if code in prohibited else "unreachable", port
                )
                router = CHAIN.router(chain.FIREWALL_ROUTER, version)
                self.assertEqual(port["decided_by"]["from"], router)
                self.assertEqual(port["decided_by"]["icmp"]["code"], code)
                self.assertEqual(port["where"]["last_passed"], chain.FIREWALL_ROUTER)
                self.assertEqual(port["where"]["last_passed_by"], router)

    def test_nmap_finds_the_same_states(self):
        ports, _ = scanned("1-9000")
        target = chain.target_address()
        text = run("nmap", "-sS", "-Pn", "-n", "-T4", "-p1-9000", "-oG", "-", target).stdout
        theirs = dict(re.findall(r"(\d+)/([a-z|]+)/tcp", text))
        rest = re.search(r"Ignored State: (\w+)", text).group(1)
        for number, port in ports.items():
            ours = NMAP_STATE.get(port["state"], port["state"])
            self.assertEqual(theirs.get(str(number), rest), ours, number)


class Where(unittest.TestCase):
    def test_dropped_ports_stop_behind_the_hop_that_drops_them(self):
        ports, document = scanned(
            f"{chain.OPEN},{chain.CLOSED},{chain.DROPPED},{chain.DROPPED_HALFWAY}", "--where"
        )
        halfway = ports[chain.DROPPED_HALFWAY]["where"]
        self.assertEqual(halfway["last_passed"], chain.FIREWALL_ROUTER)
        self.assertEqual(halfway["first_stopped"], chain.FIREWALL_ROUTER + 1)
        self.assertEqual(ports[chain.DROPPED]["where"]["last_passed"], CHAIN.hops)
        self.assertEqual(ports[chain.OPEN]["where"]["first_stopped"], CHAIN.distance)
        sentences = [group["sentence"] for group in document["groups"]]
        router = CHAIN.router(chain.FIREWALL_ROUTER)
        self.assertIn(f"dropped after hop {chain.FIREWALL_ROUTER} ({router})", sentences)
        self.assertIn(f"open; probes reach the host ({CHAIN.distance} hops)", sentences)

    def test_a_reset_by_a_router_is_recognised_by_its_distance(self):
        port = chain.REJECTED_HALFWAY + chain.RESET
        ports, document = scanned(f"{chain.OPEN},{chain.CLOSED},{port}", "--where")
        self.assertEqual(ports[port]["where"]["first_stopped"], chain.FIREWALL_ROUTER + 1)
        self.assertEqual([f["kind"] for f in document["findings"]], ["answered_nearer"])


class SynProxy(unittest.TestCase):
    """nftables' synproxy on a router of the path answers every SYN in place of the target."""

    ROUTER = 5
    RULES = """table ip proxy {
chain early {
type filter hook prerouting priority raw; policy accept;
tcp flags & (syn | ack | rst) == syn notrack
}
chain forward {
type filter hook forward priority filter; policy accept;
ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
}
}
"""

    def setUp(self):
        router = CHAIN.node(self.ROUTER)
        router.nft(self.RULES)
        self.addCleanup(router.nft, "delete table ip proxy\n")

    def test_a_proxy_that_opens_every_port_is_recognised(self):
        for where in ((), ("--where",)):
            ports, document = scanned("1-40,443", *where)
            self.assertEqual({port["state"] for port in ports.values()}, {"open"})
            controls = [port for port in document["ports"] if port["control"]]
            self.assertGreaterEqual(len(controls), 3)
            self.assertEqual({port["state"] for port in controls}, {"open"})
            (finding,) = document["findings"]
            self.assertEqual(finding["kind"], "answers_every_port")
            # SYNs whose TTL expires at its hop get time exceeded; it answers those with a larger TTL.
            self.assertIn(f"hop {self.ROUTER + 1}", finding["sentence"])

    def test_the_text_reports_it_too(self):
        self.assertIn("random", scan("1-40,443", "--rate", "5000").stdout)


class Forms(unittest.TestCase):
    def test_json_follows_its_schema(self):
        done = scan(f"{chain.OPEN},80-90,{chain.REJECTED_HALFWAY}", "--json", "--where")
        judged = subprocess.run(
            ["/usr/bin/python3", VALIDATE, SCHEMA, "-"],
            input=done.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(judged.returncode, 0, judged.stdout)

    def test_csv_has_a_line_per_port(self):
        lines = scan(f"{chain.OPEN},{chain.CLOSED}", "--csv").stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].startswith("address,port,service,state"))
        target = chain.target_address()
        self.assertTrue(lines[1].startswith(f"{target},{chain.CLOSED},"))
        self.assertIn(",closed,", lines[1])

    def test_text_names_open_ports_and_groups_the_others(self):
        done = scan(f"{chain.OPEN},84-90")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, rf"(?m)^ +{chain.OPEN}  https +open +\d+\.\d ms$")
        self.assertIn("\n84-90: closed; the host answers\n", done.stdout)


class Tracetcp(unittest.TestCase):
    """The lines of tracetcp, with times replaced by T."""

    def lines(self, *words):
        done = run(programs.synroute_program(), "--as", "tracetcp", *words)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 0)
        return re.sub(r"\d+ ms", "T ms", done.stdout)

    def test_writes_the_trace(self):
        target = chain.target_address()
        rows = "".join(
            f"{hop}\tT ms\tT ms\tT ms\t{CHAIN.router(hop)}\t\n" for hop in range(1, CHAIN.hops + 1)
        )
        self.assertEqual(
            self.lines(f"{target}:{chain.OPEN}", "-n"),
            f"\nTracing route to {target} on port {chain.OPEN}\nOver a maximum of 30 hops.\n{rows}"
            f"{CHAIN.distance}\tDestination Reached in T ms. Connection established to {target}\n"
            "Trace Complete.\n",
        )

    def test_finds_where_a_port_is_blocked(self):
        target = chain.target_address()
        words = ["-h", "6", "-m", "2", "-p", "1", "-t", "500", "-c", "-n"]
        text = self.lines(target, *words, "-r", str(chain.DROPPED), str(chain.DROPPED_HALFWAY))
        self.assertEqual(
            text,
            f"[{target}:82]  6\tT ms\t{CHAIN.router(6)}\t\n"
            f"[{target}:82]  7\tT ms\t{CHAIN.router(7)}\t\n"
            f"[{target}:83]  6\tT ms\t{CHAIN.router(6)}\t\n"
            f"[{target}:83]  7\t*\tRequest timed out.\n",
        )

    def test_scans_the_host(self):
        target = chain.target_address()
        text = self.lines(target, "-s", "442", "444")
        self.assertEqual(
            text,
            f"[{target}:442]  128\tDest. in T ms. Port CLOSED on {target}\n"
            f"[{target}:443]  128\tDest. in T ms. Port OPEN on {target}\n"
            f"[{target}:444]  128\tDest. in T ms. Port CLOSED on {target}\n",
        )

    def test_says_no_route_for_an_unreachable(self):
        target = chain.target_address(chain.PROHIBITED)
        router = CHAIN.router(chain.PROHIBITING_ROUTER)
        self.assertIn(f"\t\t{router} reports: NO ROUTE\n", self.lines(target, "-n"))


if __name__ == "__main__":
    lab.main()
