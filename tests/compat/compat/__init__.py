# SPDX-License-Identifier: Apache-2.0
"""Runs both programs named tcptraceroute, Debian's and Synroute's."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "lab"), str(TESTS / "cli")]

import lab  # noqa: E402
from lab import main  # noqa: E402

from .call import Call, Situation, check, mask, original, ours, without_banner  # noqa: E402
from .responder import (  # noqa: E402
    ACK,
    CWR,
    ECE,
    FIN,
    PSH,
    RST,
    SYN,
    URG,
    Expired,
    Icmp,
    Responder,
    Tcp,
    Unreachable,
)
