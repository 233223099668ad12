#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Holds policies against Sigma's JSON schemas: schemas.py SCHEMAS POLICIES"""
import datetime
import glob
import json
import os
import sys

import jsonschema
import yaml


def as_json(value):
    """YAML's dates are texts in JSON."""
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_json(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def main():
    schemas, folder = sys.argv[1:]
    validators = {}
    for kind, name in (("detection", "sigma-detection-rule-schema.json"),
                       ("correlation", "sigma-correlation-rules-schema.json"),
                       ("filter", "sigma-filters-schema.json")):
        with open(os.path.join(schemas, name), encoding="utf-8") as file:
            validators[kind] = jsonschema.Draft202012Validator(
                json.load(file), format_checker=jsonschema.FormatChecker())
    failed, count, ids = 0, 0, set()
    for path in sorted(glob.glob(folder + "/**/*.yaml", recursive=True)):
        if path.endswith(".test.yaml"):
            continue
        with open(path, encoding="utf-8") as file:
            rules = [as_json(r) for r in yaml.safe_load_all(file)]
        for rule in rules:
            kind = next(k for k in validators if k in rule)
            count += 1
            for error in validators[kind].iter_errors(rule):
                print("%s: %s: %s" % (path, error.json_path, error.message))
                failed += 1
            if rule.get("id") in ids or "id" not in rule:
                print("%s: an id of its own is missing" % path)
                failed += 1
            ids.add(rule.get("id"))
    print("%d rules, %d errors" % (count, failed))
    return 1 if failed or not count else 0


sys.exit(main())
