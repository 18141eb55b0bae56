# SPDX-License-Identifier: Apache-2.0
"""The lab: Linux routers, delay lines and the real peers, in namespaces. See docs/lab.md."""

from . import chain, programs
from .capture import ACK, FIN, RST, SYN, IcmpError, RawTap, Segment, Tap
from .chain import Chain
from .delay import REPOSITORY, DelayedLink, SimulatedPath
from .namespaces import Namespace, isolate, must_run, require

from .programs import require_synroute
from .runner import main
