#!/usr/bin/env python3
"""validate_json.py FILE SCHEMA: exit 0 if FILE is strict JSON that follows SCHEMA, else 1 and why."""
import json
import sys

import jsonschema


def reject_constant(name):
    raise ValueError(f"{name} is not JSON")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file, parse_constant=reject_constant)
    with open(sys.argv[2], encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    errors = sorted(validator(schema).iter_errors(document), key=lambda e: list(map(str, e.path)))
    for error in errors[:20]:
        print("/".join(map(str, error.path)) or "(root)", error.message, sep=": ")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
