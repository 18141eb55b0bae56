# SPDX-License-Identifier: Apache-2.0
"""Requirements of these tests: namespaces, both programs, a local hosts file."""

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
    """For setUpModule: an empty network with its own hosts file and no name servers."""
    lab.require()
    lab.require_synroute()
    for path, text in (("/etc/hosts", HOSTS), ("/etc/resolv.conf", "nameserver 127.0.0.1\n")):
        with tempfile.NamedTemporaryFile("w", dir=namespaces.NAMES, delete=False) as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        namespaces.checked(["mount", "--bind", file.name, path])


def require_both():
    """The same, plus Debian's tcptraceroute."""
    require_ours()
    if original() is None:
        if namespaces.must_run():
            raise RuntimeError("Debian's tcptraceroute is not installed")
        raise unittest.SkipTest("Debian's tcptraceroute is not installed")
