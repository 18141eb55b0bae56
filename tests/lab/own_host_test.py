# SPDX-License-Identifier: Apache-2.0
"""This host is the first part of the path: what its own rules do to probes and answers.

The truth is what connect() on the same host does at the same time.
"""

import contextlib
import json
import socket
import unittest

import lab
from lab import chain, programs

HOPS = 3
SERVICE = {4: "203.0.113.10", 6: "2001:db8:113::10"}  # an address that only this host's rules know
OUTER = {4: "198.18.1.7", 6: "2001:db8:1::7"}  # a second address of this host

CHAIN = None


def setUpModule():
    global CHAIN
    lab.require()
    lab.require_synroute()
    CHAIN = lab.Chain(hops=HOPS)
    for version, bits in ((4, 24), (6, 64)):
        flags = " nodad preferred_lft 0" if version == 6 else ""  # never chosen as a source
        CHAIN.host.ip(f"addr add {OUTER[version]}/{bits} dev right{flags}\n")


def tearDownModule():
    if CHAIN:
        CHAIN.close()


def connect(address, port, seconds=3, mark=0):
    """"open", "refused" or "timeout": what a program on this host gets."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with CHAIN.host.entered(), socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(seconds)
        if mark:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        try:
            client.connect((address, port))
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return "timeout"
        return "open"


def in_family(version, rule):
    """Rules below are written for IPv4; `ip` and addresses become those of the family."""
    if version == 6:
        rule = rule.replace("ip daddr", "ip6 daddr").replace("dnat ip ", "dnat ip6 ").replace("snat ip ", "snat ip6 ")
    return rule.format(service=SERVICE[version], target=chain.target_address(version=version),
                       outer=OUTER[version], outer_port=f"[{OUTER[version]}]" if version == 6 else OUTER[version],
                       target_port=f"[{chain.target_address(version=version)}]" if version == 6
                       else chain.target_address(version=version))  # fmt: skip


OUTPUT = "chain o {{ type nat hook output priority -100; {}; }}"
POSTROUTING = "chain p {{ type nat hook postrouting priority 100; {}; }}"

DNAT = "ip daddr {service} tcp dport 443 dnat ip to {target}"
DNAT_PORT = "ip daddr {service} tcp dport 8443 dnat ip to {target_port}:443"
SNAT = 'oifname "right" meta l4proto tcp snat ip to {outer}'
PORTS = 'oifname "right" meta l4proto tcp masquerade to :20000-30000 fully-random'
BOTH = 'oifname "right" meta l4proto tcp snat ip to {outer_port}:20000-30000 fully-random'

# (name, rules, asked for the service address?, port)
TRANSLATIONS = [
    ("destination", [(OUTPUT, DNAT)], True, 443),
    ("destination and port", [(OUTPUT, DNAT_PORT)], True, 8443),
    ("source", [(POSTROUTING, SNAT)], False, 443),
    ("source port", [(POSTROUTING, PORTS)], False, 443),
    ("source and port", [(POSTROUTING, BOTH)], False, 443),
    ("destination and source", [(OUTPUT, DNAT), (POSTROUTING, BOTH)], True, 443),
]
NAT_KINDS = {"nat", "dnat", "source_rewritten", "destination_nat", "ports_rewritten", "sequence_rewritten"}


class OwnTranslation(unittest.TestCase):
    @contextlib.contextmanager
    def rules(self, version, parts):
        with CHAIN.host_firewall("\n".join(hook.format(in_family(version, rule)) for hook, rule in parts)):
            yield

    def assert_like_a_connection(self, outcome, address, version):
        self.assertEqual(outcome.state, "open", outcome)
        self.assertEqual(outcome.json["distance"], CHAIN.distance, outcome)
        expected = {hop + 1: {router} for hop, router in enumerate(CHAIN.routers(version))}
        self.assertEqual(outcome.routers(address), expected, outcome)
        kinds = [finding["kind"] for finding in outcome.json["findings"]]
        self.assertEqual(kinds, ["own_nat"], outcome)
        self.assertEqual(outcome.json["findings"][0]["certainty"], "certain", outcome)

    def test_hops_state_and_distance_are_those_of_a_connection(self):
        for version in (4, 6):
            for name, parts, by_service, port in TRANSLATIONS:
                address = SERVICE[version] if by_service else chain.target_address(version=version)
                with self.subTest(version=version, translated=name), self.rules(version, parts):
                    self.assertEqual(connect(address, port), "open")
                    outcome = programs.trace("synroute", CHAIN.host, address, port)
                    self.assert_like_a_connection(outcome, address, version)

    def test_the_ancestor_form_shows_the_path_too(self):
        with self.rules(4, [(OUTPUT, DNAT)]):
            done = CHAIN.host.run([programs.synroute_program(), "--as", "tcptraceroute", "-n", SERVICE[4], "443"])
        rows = programs.numbered_rows(done.stdout)
        self.assertEqual([rows[hop + 1] for hop in range(HOPS)], [{each} for each in CHAIN.routers()], done)
        self.assertIn("[open]", done.stdout)

    def test_what_is_translated_is_named_before_and_after(self):
        with self.rules(4, [(OUTPUT, DNAT_PORT)]):
            outcome = programs.trace("synroute", CHAIN.host, SERVICE[4], 8443)
        sentence = outcome.json["findings"][0]["sentence"]
        self.assertIn(f"{SERVICE[4]}:8443", sentence)
        self.assertIn(f"{chain.target_address()}:443", sentence)
        translated = outcome.json["own_translations"]
        self.assertEqual(translated[0]["before"]["destination"], SERVICE[4])
        self.assertEqual(translated[0]["after"]["destination"], chain.target_address())

    def test_every_probe_of_masquerading_with_random_ports_is_named(self):
        for version in (4, 6):
            with self.subTest(version=version), self.rules(version, [(POSTROUTING, PORTS)]):
                outcome = programs.trace("synroute", CHAIN.host, chain.target_address(version=version), 443)
                self.assertEqual(outcome.json["counters"]["unmatched"], 0, outcome)


class OwnDrops(unittest.TestCase):
    """The target accepts, and this host drops what it says: connections time out."""

    # (rules, what connect() gets, is it said that this host drops the answer?)
    CASES = [
        ("chain i { type filter hook input priority 0; tcp flags & (syn|ack) == syn|ack drop; }", True),
        ("chain i { type filter hook prerouting priority -300; tcp flags & (syn|ack) == syn|ack drop; }", True),
        ("chain i { type filter hook input priority 0; tcp flags & (syn|ack) == syn|ack reject with tcp reset; }", True),
        ("chain i { type filter hook input priority 0; ct state established,related accept;"
         " meta l4proto tcp drop; }", False),
        ("chain o { type filter hook output priority 0; tcp flags & (syn|rst) == rst drop; }", False),
    ]  # fmt: skip

    def test_it_is_said_when_and_only_when_a_connection_would_not_get_the_answer(self):
        for version in (4, 6):
            address = chain.target_address(version=version)
            for rules, drops in self.CASES:
                with self.subTest(version=version, rules=rules), CHAIN.host_firewall(rules):
                    self.assertEqual(connect(address, 443, seconds=0.7), "timeout" if drops else "open")
                    outcome = programs.trace("synroute", CHAIN.host, address, 443)
                    self.assertEqual(outcome.state, "open", outcome)
                    kinds = [finding["kind"] for finding in outcome.json["findings"]]
                    self.assertEqual("own_host_drops_answer" in kinds, drops, outcome)
                    self.assertEqual(outcome.status, 4 if drops else 0, outcome)

    def test_a_scan_names_the_ports_whose_answers_this_host_drops(self):
        # (rules, answers that are dropped, exit status)
        cases = [
            ("tcp sport 443 drop", {443}, 0),
            ("tcp sport 443 tcp flags & (syn|ack) == syn|ack drop", {443}, 0),
            (f"tcp sport {{ 22, 443, {chain.CLOSED} }} drop", {22, 443, chain.CLOSED}, 4),
            ("tcp sport 9999 drop", set(), 0),
        ]
        for version in (4, 6):
            for rule, dropped, status in cases:
                rules = f"chain i {{ type filter hook input priority 0; {rule}; }}"
                ports = f"22,{chain.CLOSED},443" if status == 4 else f"22,80,{chain.CLOSED},443"
                argv = [programs.synroute_program(), "scan", "-n", chain.target_address(version=version), ports]
                with self.subTest(version=version, rule=rule), CHAIN.host_firewall(rules):
                    done = CHAIN.host.run([*argv, "--json"])
                    told = CHAIN.host.run(argv)
                document = json.loads(done.stdout)
                found = {each["port"]: each["delivered"] for each in document["ports"] if each["rtt_ms"] is not None}
                self.assertEqual({port for port, delivered in found.items() if delivered is False}, dropped, document)
                self.assertNotIn(None, found.values(), document)
                self.assertEqual((done.returncode, told.returncode), (status, status), told)
                self.assertEqual("note: this host dropped the answer" in told.stdout, bool(dropped), told)

    def test_the_ancestors_forms_warn_on_standard_error(self):
        rules = "chain i { type filter hook input priority 0; tcp flags & (syn|ack) == syn|ack drop; }"
        for form in ("tcptraceroute", "tracetcp"):
            target = chain.target_address()
            operands = [target, "443"] if form == "tcptraceroute" else [f"{target}:443"]
            argv = [programs.synroute_program(), "--as", form, "-n", *operands]
            healthy = CHAIN.host.run(argv)
            with self.subTest(form=form), CHAIN.host_firewall(rules):
                done = CHAIN.host.run(argv)
                self.assertIn(f"Warning: {chain.target_address()} accepts, but this host drops the answer", done.stderr)
                self.assertEqual(healthy.stderr.count("Warning"), 0, healthy)
                self.assertEqual(done.returncode, healthy.returncode)

    def test_a_router_that_drops_the_answer_is_not_this_host(self):
        CHAIN.node(1).nft(
            "table inet t {\nchain f {\n type filter hook forward priority 0\n"
            " tcp flags & (syn|ack) == (syn|ack) drop\n}\n}\n"
        )
        try:
            for version in (4, 6):
                outcome = programs.trace("synroute", CHAIN.host, chain.target_address(version=version), 443)
                kinds = [finding["kind"] for finding in outcome.json["findings"]]
                self.assertNotIn("own_host_drops_answer", kinds, outcome)
        finally:
            CHAIN.node(1).nft("delete table inet t\n")

    def test_a_healthy_host_is_never_accused(self):
        for version in (4, 6):
            address = chain.target_address(version=version)
            for port, state in ((443, "open"), (chain.CLOSED, "closed")):
                for _ in range(10):
                    outcome = programs.trace("synroute", CHAIN.host, address, port)
                    self.assertEqual(outcome.state, state, outcome)
                    self.assertEqual(outcome.json["findings"], [], outcome)



class ReversePath(unittest.TestCase):
    """Marked packets reach the target by one device; answers, which bear no mark, are expected on another."""

    def test_the_filter_is_named_when_it_drops_the_answer(self):
        target = chain.target_address()
        CHAIN.host.ip(
            "link add blank type veth peer name empty\nlink set blank up\n"
            f"route add {target}/32 dev blank\n"
            f"route add {target}/32 via {CHAIN.routers()[0]} dev right src {CHAIN.host_address()} table 100\n"
            "rule add fwmark 9 lookup 100\n"
        )
        CHAIN.host.sysctl({"net.ipv4.conf.all.rp_filter": 1})
        try:
            self.assertEqual(connect(target, 443, seconds=0.7, mark=9), "timeout")
            outcome = programs.trace("synroute", CHAIN.host, target, 443, more=["--mark", "9"])
        finally:
            CHAIN.host.sysctl({"net.ipv4.conf.all.rp_filter": 0})
            CHAIN.host.ip("rule del fwmark 9 lookup 100\nroute flush table 100\nlink del blank\n")
        self.assertEqual((outcome.status, outcome.state), (4, "open"), outcome)
        self.assertEqual(outcome.routers(target), {hop: {r} for hop, r in enumerate(CHAIN.routers(), 1)}, outcome)
        self.assertEqual([finding["kind"] for finding in outcome.json["findings"]], ["own_host_drops_answer"], outcome)
        self.assertIn("its reverse-path filter (rp_filter) dropped", outcome.json["findings"][0]["sentence"])


class OwnRejects(unittest.TestCase):
    """A rule of this host resets connections, or says unreachable, in the target's place."""

    RULES = ("reject with tcp reset", "reject", "reject with icmpx host-unreachable")

    def test_it_is_not_the_target_that_refuses(self):
        for version in (4, 6):
            address = chain.target_address(version=version)
            for rule in self.RULES:
                rules = f"chain o {{ type filter hook output priority 0; tcp dport 443 {rule}; }}"
                with CHAIN.host_firewall(rules):
                    for method in ("raw", "connect"):
                        with self.subTest(version=version, rule=rule, method=method):
                            more = ["--method", method]
                            outcome = programs.trace("synroute", CHAIN.host, address, 443, more=more)
                            self.assertEqual((outcome.status, outcome.json["reached"]), (5, False), outcome)
                            self.assertEqual(outcome.state, "not_tested", outcome)
                            self.assertEqual(outcome.routers(address), {}, outcome)
                            refusals = {probe["refusal"] for hop in outcome.json["hops"] for probe in hop["probes"]}
                            own = "rejected by this host" if method == "connect" else "not permitted"
                            self.assertEqual(refusals, {own}, outcome)

    def test_a_port_that_the_target_closes_is_closed(self):
        rules = "chain o { type filter hook output priority 0; tcp dport 443 reject with tcp reset; }"
        for version in (4, 6):
            with self.subTest(version=version), CHAIN.host_firewall(rules):
                address = chain.target_address(version=version)
                outcome = programs.trace(
                    "synroute", CHAIN.host, address, chain.CLOSED, more=["--method", "connect"]
                )
                self.assertEqual((outcome.status, outcome.state), (3, "closed"), outcome)

    def test_a_rule_of_the_first_router_is_not_this_host_s(self):
        rules = (
            "table inet t {\nchain f {\n type filter hook forward priority 0\n"
            " tcp dport 443 reject with tcp reset\n}\n}\n"
        )
        CHAIN.node(1).nft(rules)
        try:
            for version in (4, 6):
                address = chain.target_address(version=version)
                outcome = programs.trace("synroute", CHAIN.host, address, 443, more=["--method", "connect"])
                refused = [probe["refusal"] for hop in outcome.json["hops"] for probe in hop["probes"]]
                self.assertEqual(set(refused), {None}, outcome)
                self.assertEqual(outcome.state, "closed", outcome)
        finally:
            CHAIN.node(1).nft("delete table inet t\n")


class NoNeighbour(unittest.TestCase):
    """The next hop does not answer ARP or neighbour discovery: nothing leaves this host."""

    SILENT = {4: "198.18.1.78", 6: "2001:db8:1::78"}

    def assert_told(self, outcome, next_hop, version):
        self.assertEqual(outcome.status, 4, outcome)
        self.assertEqual((outcome.state, outcome.json["stop_reason"]), ("unreachable", "refused"), outcome)
        self.assertEqual(outcome.rows, {ttl: set() for ttl in outcome.rows}, outcome)
        self.assertLess(outcome.seconds, 1.6, outcome)
        told = CHAIN.host.run([programs.synroute_program(), "-n", outcome.json["target"]["address"], "443"])
        kind = "ARP" if version == 4 else "neighbour discovery"
        self.assertIn(f"unreachable: {next_hop} does not answer {kind} on right: nothing left this host", told.stdout)

    def test_it_is_said_every_time_alike(self):
        for version in (4, 6):
            for attempt in range(3):  # a fresh entry, one that is being asked for, one that failed
                with self.subTest(version=version, attempt=attempt):
                    outcome = programs.trace("synroute", CHAIN.host, self.SILENT[version], 443)
                    self.assert_told(outcome, self.SILENT[version], version)

    def test_of_a_gateway_too(self):
        for version, net in ((4, "192.0.2.0/24"), (6, "2001:db8:2222::/64")):
            CHAIN.host.ip(f"route replace {net} via {self.SILENT[version]}\n")
            target = "192.0.2.80" if version == 4 else "2001:db8:2222::80"
            outcome = programs.trace("synroute", CHAIN.host, target, 443)
            self.assert_told(outcome, self.SILENT[version], version)

    def test_without_rights_too(self):
        for version in (4, 6):
            more = ["--method", "connect", "-w", "4"]
            outcome = programs.trace("synroute", CHAIN.host, self.SILENT[version], 443, more=more)
            self.assertEqual((outcome.status, outcome.state), (4, "unreachable"), outcome)
            self.assertEqual(outcome.rows, {ttl: set() for ttl in outcome.rows}, outcome)

    def test_a_queue_that_drops_a_connection_s_syn_is_named(self):
        """Two SYNs fit; the others are lost without a word of the kernel to connect()."""
        words = ["tc", "-n", CHAIN.host.name, "qdisc"]
        queue = ["dev", "right", "root", "handle", "1:", "tbf", "rate", "8kbit", "burst", "150", "limit", "150"]
        lab.namespaces.checked([*words, "replace", *queue])
        try:
            target = chain.target_address()
            outcome = programs.trace("synroute", CHAIN.host, target, 443, more=["--method", "connect", "-w", "1"])
            told = CHAIN.host.run([programs.synroute_program(), "-n", "--method", "connect", "-w", "1", target, "443"])
        finally:
            lab.namespaces.checked([*words, "del", "dev", "right", "root"])
        self.assertGreater(outcome.json["counters"]["dropped_by_queue"], 0, outcome)
        self.assertRegex(told.stdout, r"the queue of right dropped \d+ packets of this host meanwhile")

    def test_a_link_without_carrier_is_named_at_once(self):
        CHAIN.host.ip(
            "link add cut type veth peer name cut-end\nlink set cut up\n"
            "addr add 198.18.77.1/24 dev cut\naddr add 2001:db8:77::1/64 dev cut nodad\n"
        )
        try:
            for target in ("198.18.77.9", "2001:db8:77::9"):
                for method in ("raw", "connect"):
                    outcome = programs.trace("synroute", CHAIN.host, target, 443, more=["--method", method])
                    told = CHAIN.host.run([programs.synroute_program(), "-n", "--method", method, target, "443"])
                    self.assertEqual((outcome.status, outcome.state), (4, "unreachable"), outcome)
                    self.assertLess(outcome.seconds, 1, outcome)
                    self.assertIn("unreachable: cut has no carrier: nothing left this host", told.stdout)
        finally:
            CHAIN.host.ip("link del cut\n")

    def test_waiting_longer_changes_nothing(self):
        outcome = programs.trace("synroute", CHAIN.host, self.SILENT[4], 443, more=["-w", "5"])
        self.assert_told(outcome, self.SILENT[4], 4)


if __name__ == "__main__":
    lab.main()
