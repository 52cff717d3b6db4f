"""Fails unless schemathesis really tested the contract: by itself it is content with nothing.

Usage: tested.py REPORT CONTRACT  (its ndjson report)
"""

import json
import sys
from collections import Counter, defaultdict

# Each judges most answers; without one of them a run says little.
CHECKS = {"not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"}
# Of all operations, those that must have said yes at least once: the rest needs what cannot be made up.
SAID_YES = 0.6


def finished(path):
    """What it recorded of each operation, phase by phase."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if "ScenarioFinished" in event:
                yield event["ScenarioFinished"].get("recorder") or {}


def main():
    report, contract = sys.argv[1:]
    with open(contract, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    expected = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    answers, checks = defaultdict(Counter), Counter()
    for recorder in finished(report):
        answers[recorder["label"]].update(
            each["response"]["status_code"] for each in recorder.get("interactions", {}).values() if each.get("response")
        )
        checks.update(check["name"] for each in recorder.get("checks", {}).values() for check in each)
    for operation in sorted(expected):
        print(operation, dict(sorted(answers[operation].items())))
    untested = sorted(operation for operation in expected if not answers[operation])
    yes = [operation for operation in expected if any(200 <= status < 300 for status in answers[operation])]
    if untested:
        sys.exit(f"not tested: {', '.join(untested)}")
    if missing := CHECKS - checks.keys():
        sys.exit(f"never checked: {', '.join(sorted(missing))}")
    if len(yes) < SAID_YES * len(expected):
        sys.exit(f"only {len(yes)} of {len(expected)} operations ever said yes: {', '.join(sorted(expected - set(yes)))} did not")
    cases = sum(counter.total() for counter in answers.values())
    print(f"note: {cases} requests, {len(yes)} of {len(expected)} operations said yes")


main()
