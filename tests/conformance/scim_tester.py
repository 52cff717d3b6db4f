"""Has scim2-tester, by scim2-cli, check the SCIM of the server, as the directory of the SIG does it.

Usage: scim_tester.py ADDRESS TOKEN
"""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from urllib.request import Request, urlopen

address, token = sys.argv[1:]


def api(path, body=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(f"{address}/api/v1{path}", data, headers), timeout=20) as response:
        return json.load(response)


def key():
    """A key of an account of the SIG, which may create networks."""
    me = api("/me")["id"]
    place = api(f"/members/{me}/affiliations")["items"][0]["organization_id"]
    scopes = ["directory:read", "directory:write", "networks:read", "scim:networks"]
    name = f"scim2-tester-{uuid.uuid4().hex[:8]}"
    account = {"name": name, "organization_id": place, "owner_id": me, "source_code": name, "scopes": scopes, "expires_at": "2190-01-01T00:00:00Z"}
    account = api("/service-accounts", account)["id"]
    return api(f"/service-accounts/{account}/keys", {})["secret"]


def main():
    # It takes a whole header, and shows none of it to `ps`.
    environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {key()}"}
    command = [Path(sys.executable).with_name("scim2"), "--url", f"{address}/scim/v2", "test", "-v"]
    run = subprocess.run(command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    print(run.stdout)
    words = Counter(line.split()[0] for line in run.stdout.splitlines() if line[:1].isupper() and " " in line)
    verdicts = {word: count for word, count in words.items() if word.isupper()}
    # It exits 0 when it checked nothing.
    assert run.returncode == 0 and set(verdicts) == {"SUCCESS"} and verdicts["SUCCESS"] >= 80, (run.returncode, verdicts)
    print(f"note: {verdicts['SUCCESS']} checks")


main()
