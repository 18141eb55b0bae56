# SPDX-License-Identifier: Apache-2.0
"""Pipes that close, disks that are full, streams that are not there."""

import json
import os
import subprocess
import unittest

from program import PATH, ProgramCase, run

READER_GONE = 141


def shell(command):
    return subprocess.run(
        ["bash", "-c", command, "bash", PATH],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Streams(ProgramCase):
    def test_a_reader_that_takes_one_line(self):
        """The pipe holds the whole demo, so only a closed one is sure to be noticed."""
        done = shell('"$1" demo | head -1')
        self.assertTrue(done.stdout.startswith("shop "), done)
        self.assertEqual(done.stderr, "")

    def test_a_pipe_nobody_reads_ends_it_quietly(self):
        for arguments in (["demo"], ["demo", "--json"], ["--help"], ["demo", "--list"], ["generate", "man"]):
            with self.subTest(arguments=arguments):
                reading, writing = os.pipe()
                os.close(reading)
                done = run(*arguments, capture_output=False, stdout=writing, stderr=subprocess.PIPE)
                os.close(writing)
                self.assertEqual(done.returncode, READER_GONE)
                self.assertEqual(done.stderr, "")

    def test_closed_streams_do_no_harm(self):
        done = shell('"$1" demo >&-; echo $?')
        self.assertEqual((done.stdout, done.stderr), ("0\n", ""))
        done = shell('"$1" demo closed <&- >&- 2>&-; echo $?')
        self.assertEqual((done.stdout, done.stderr), ("3\n", ""))
        done = shell('"$1" demo -d 2>&- | tail -1')
        self.assertIn("hop 3", done.stdout)

    def test_debug_lines_nobody_reads_do_not_stop_the_trace(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = run("demo", "-d", capture_output=False, stdout=subprocess.PIPE, stderr=writing)
        os.close(writing)
        self.assertEqual(done.returncode, 0)
        self.assertIn("open: ", done.stdout)

    def test_a_full_disk_is_said(self):
        with open("/dev/full", "wb") as full:
            done = run("demo", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 5)
        self.assertEqual(done.stderr, "synroute: write output: No space left on device\n")

    def test_machine_output_stands_alone(self):
        done = run("demo", "home", "shop:443", "nosuch:1", "--json")
        error, trace = (json.loads(line) for line in done.stdout.splitlines())
        self.assertEqual((trace["schema"], trace["state"]), ("synroute.trace", "open"))
        self.assertEqual((error["schema"], error["target"]), ("synroute.error", {"input": "nosuch:1"}))
        self.assertEqual(done.stderr, "synroute: unknown host nosuch in this scenario\n")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
