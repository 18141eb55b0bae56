# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of one file the way ctest and a reader want it."""

import sys
import unittest

from .namespaces import must_run

SKIPPED = 77  # what ctest is told a skip is


class _Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if must_run():
            self.failures.append((test, f"skipped where the lab must run: {reason}"))


def main():
    """Exit status 0 when all passed, 1 when one failed, 77 when nothing could run."""
    program = unittest.main(
        verbosity=2, exit=False, testRunner=unittest.TextTestRunner(verbosity=2, resultclass=_Result)
    )
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) >= max(result.testsRun, 1):
        for _, reason in result.skipped:
            print(f"SKIP: {reason}")
        sys.exit(SKIPPED)
    sys.exit(0)
