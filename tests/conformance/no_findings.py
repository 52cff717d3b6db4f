"""Fails when redocly's report of a contract (lint, as JSON) holds an error or a warning.

Usage: no_findings.py REPORT
"""

import json
import sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
for problem in report["problems"]:
    place = problem["location"][0].get("pointer", "") if problem["location"] else ""
    print(f"{problem['severity']} {problem['ruleId']} {place}: {problem['message']}")
if report["totals"]["errors"] or report["totals"]["warnings"]:
    sys.exit(1)
