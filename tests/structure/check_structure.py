#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of the source tree; reports each offence with file and line.

usage: check_structure.py TOP
"""

import sys

import bans
import documents
import files
import layers
import tree


def offences(top):
    """All offences, by file and line."""
    source_files = tree.read_tree(top)
    found = [offence for part in (layers, bans, files, documents) for offence in part.check(source_files)]
    return sorted(set(found), key=lambda offence: (offence.path, offence.line, offence.message))


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip().splitlines()[-1], file=sys.stderr)
        return 2
    found = offences(arguments[0])
    for offence in found:
        print(offence)
    print(f"{len(found)} offences" if found else "structure: no offences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
