# SPDX-License-Identifier: Apache-2.0
"""What can be mistyped in a scan: one precise line, status 2, nothing sent."""

import unittest

from program import ProgramCase

HOST = "198.51.100.1"


class Scan(ProgramCase):
    def assert_usage(self, arguments, message):
        self.assert_refused(["scan", *arguments], 2, message)

    def test_wants_hosts_and_ports(self):
        message = (
            "a scan takes hosts and a list of ports; "
            "usage: synroute scan HOST... PORTS (see --help)"
        )
        self.assert_usage([], message)
        self.assert_usage([HOST], message)

    def test_bad_port_lists(self):
        self.assert_usage([HOST, "80-20"], "port range '80-20' runs downwards")
        self.assert_usage([HOST, "0"], "'0' is not a port from 1 to 65535")
        self.assert_usage([HOST, "70000"], "'70000' is not a port from 1 to 65535")
        self.assert_usage(
            [HOST, "a-b"], "'a-b' is neither a port number nor a known TCP service"
        )
        self.assert_usage([HOST, ""], "the port list has an empty part")
        self.assert_usage([HOST, "22,,80"], "the port list has an empty part")

    def test_asks_before_large_or_public_scans(self):
        self.assert_usage(
            ["8.8.8.0/24", "80"], "prefix 8.8.8.0/24 is public: use --yes to scan it"
        )
        self.assert_usage(
            ["10.0.0.0/22", "80"],
            "prefix 10.0.0.0/22 has more than 256 addresses: use --yes to scan it",
        )
        self.assert_usage(
            ["192.168.0.0/24", "1-65535"],
            "254 hosts with 65535 ports each are at least 16645890 probes: use --yes to scan them",
        )

    def test_ports_do_not_belong_to_hosts(self):
        self.assert_usage(
            [f"{HOST}:80", "80"], f"'{HOST}:80' names a port: ports are the last operand"
        )


if __name__ == "__main__":
    unittest.main()
