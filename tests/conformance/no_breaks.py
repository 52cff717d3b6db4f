"""Fails when the contract breaks what clients rely on, unless the break was accepted, one a line: the rule and where.

Usage: no_breaks.py REPORT ACCEPTED  (what `redocly diff --format json` found, and the file of accepted breaks)
"""

import json
import sys


def breaks(report):
    """Each break, as a line of the file of accepted ones names it."""
    for change in report["changes"]:
        if change["impact"] == "major":
            rules = [verdict["ruleId"] for verdict in change["verdicts"] if verdict["impact"] == "major"]
            yield f"{' '.join(rules)} {change['path']}"


def lines(path):
    with open(path, encoding="utf-8") as file:
        stripped = [line.strip() for line in file]
    return {line for line in stripped if line and not line.startswith("#")}


found = set(breaks(json.load(open(sys.argv[1], encoding="utf-8"))))
accepted = lines(sys.argv[2])
for line in sorted(found - accepted):
    print(f"a break: {line}")
if found & accepted:
    print(f"note: {len(found & accepted)} accepted break(s)")
if found - accepted:
    sys.exit(1)
