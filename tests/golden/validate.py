#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validates lines of JSON against a JSON Schema, and the schema against its own.

usage: validate.py [--reject] SCHEMA FILE_OR_DIRECTORY…   ("-" is standard input)

With --reject every line must be found faulty, which proves that the schema rejects anything at all.
"""

import json
import pathlib
import sys

import jsonschema


def lines(names):
    """Yields (where it stands, text) of every line."""
    for name in names:
        if name == "-":
            yield from ((f"-:{number}", text) for number, text in enumerate(sys.stdin, 1))
            continue
        path = pathlib.Path(name)
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            for number, text in enumerate(file.read_text(encoding="ascii").splitlines(), 1):
                yield f"{file.name}:{number}", text


def main(arguments) -> int:
    reject = arguments[:1] == ["--reject"]
    schema_name, *names = arguments[1:] if reject else arguments
    schema = json.loads(pathlib.Path(schema_name).read_text(encoding="utf-8"))
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    seen = wrong = 0
    for where, text in lines(names):
        seen += 1
        faults = [error.message for error in validator.iter_errors(json.loads(text))]
        if reject == (not faults):
            wrong += 1
            print(f"{where}: {faults or 'accepted, though it is faulty'}")
    print(f"{seen} lines, {wrong} wrong")
    return 0 if seen and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
