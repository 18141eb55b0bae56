# SPDX-License-Identifier: Apache-2.0
"""The captures of replay_test.py as tshark reads them: the frames are what they are said to be."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from replay_test import FORMS, capture_in


@unittest.skipUnless(shutil.which("tshark"), "SKIP: tshark is not installed")
class Forms(unittest.TestCase):
    def test_tshark_sees_both_syns_in_every_form(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, (link, header) in FORMS.items():
                with self.subTest(name):
                    path = pathlib.Path(folder) / "a.pcap"
                    path.write_bytes(capture_in(link, header))
                    argv = ["tshark", "-r", path, "-Y", "tcp.flags.syn==1 && tcp.flags.ack==0 && !icmp"]
                    seen = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual(seen.stdout.count("\n"), 2, seen)


if __name__ == "__main__":
    unittest.main()
