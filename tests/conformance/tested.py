"""Fails unless schemathesis really tested the contract: by itself it is content with nothing.

Usage: tested.py REPORT CONTRACT  (its ndjson report)
"""

import json
import sys
from collections import Counter, defaultdict

# Each judges most answers; without one of them a run says little.
CHECKS = {"not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"}
# Each must have sent something before the time was over.
PHASES = {"examples", "coverage", "fuzzing"}
# Of all operations, those that must have said yes at least once: the rest needs what cannot be made up.
SAID_YES = 0.6


def finished(path):
    """What it recorded of each operation, with the phase."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if "ScenarioFinished" in event:
                scenario = event["ScenarioFinished"]
                if scenario.get("recorder"):
                    yield scenario["phase"], scenario["recorder"]


def main():
    report, contract = sys.argv[1:]
    with open(contract, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    expected = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    answers, checks, phases = defaultdict(Counter), Counter(), Counter()
    for phase, recorder in finished(report):
        responses = [each["response"] for each in recorder.get("interactions", {}).values() if each.get("response")]
        answers[recorder["label"]].update(response["status_code"] for response in responses)
        phases[phase] += len(responses)
        checks.update(check["name"] for each in recorder.get("checks", {}).values() for check in each)
    for operation in sorted(expected):
        print(operation, dict(sorted(answers[operation].items())))
    untested = sorted(operation for operation in expected if not answers[operation])
    yes = [operation for operation in expected if any(200 <= status < 300 for status in answers[operation])]
    if untested:
        sys.exit(f"not tested: {', '.join(untested)}")
    if missing := CHECKS - checks.keys():
        sys.exit(f"never checked: {', '.join(sorted(missing))}")
    if idle := {phase for phase in PHASES if not phases[phase]}:
        sys.exit(f"nothing was sent in the time given: {', '.join(sorted(idle))}; see DIAPASON_SCHEMATHESIS_SECONDS")
    if len(yes) < SAID_YES * len(expected):
        sys.exit(f"only {len(yes)} of {len(expected)} operations ever said yes: {', '.join(sorted(expected - set(yes)))} did not")
    cases = sum(counter.total() for counter in answers.values())
    print(f"note: {cases} requests, {len(yes)} of {len(expected)} operations said yes")


main()
