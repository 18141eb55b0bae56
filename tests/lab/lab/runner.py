# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of one file, with the exit statuses that ctest expects."""

import sys
import unittest

from .namespaces import must_run

SKIPPED = 77  # SKIP_RETURN_CODE in CMakeLists.txt


class _Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if must_run():
            self.failures.append((test, f"skipped where the lab must run: {reason}"))


def main():
    """Exit status 0 if all passed, 1 if one failed, 77 if none could run."""
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
