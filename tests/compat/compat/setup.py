# SPDX-License-Identifier: Apache-2.0
"""What the tests here need: namespaces, both programs, and names that do not come from outside."""

import os
import tempfile
import unittest

import lab
from lab import namespaces

from .call import original

HOSTS = """127.0.0.1 localhost
198.51.100.1 gw.example
10.1.2.3 inside.example
100.64.0.1 cgn.example
203.0.113.80 shop.example
"""


def require_ours():
    """For setUpModule: an empty network, with a hosts file of its own and no name servers."""
    lab.require()
    lab.require_synroute()
    for path, text in (("/etc/hosts", HOSTS), ("/etc/resolv.conf", "nameserver 127.0.0.1\n")):
        with tempfile.NamedTemporaryFile("w", dir=namespaces.NAMES, delete=False) as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        namespaces.checked(["mount", "--bind", file.name, path])


def require_both():
    """The same, and Debian's tcptraceroute."""
    require_ours()
    if original() is None:
        if namespaces.must_run():
            raise RuntimeError("Debian's tcptraceroute is not installed")
        raise unittest.SkipTest("Debian's tcptraceroute is not installed")
