"""Keeps Diapason in step with a file of people, over SCIM 2.0 alone. Usage: sync.py FILE.csv [--many]

DIAPASON_SCIM is the base address (https://diapason.example/scim/v2), DIAPASON_KEY the key of a service account.
"""

import csv
import json
import os
import sys
import time
import unicodedata
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

BASE = os.environ["DIAPASON_SCIM"].rstrip("/")
HEADERS = {"Authorization": f"Bearer {os.environ['DIAPASON_KEY']}", "Content-Type": "application/scim+json"}
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
COMMUNICANT = "urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"


class Failed(Exception):
    """The server refused, and says why."""


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    for _ in range(10):
        try:
            with urlopen(Request(BASE + path, data, HEADERS, method=method), timeout=300) as answer:
                return json.loads(answer.read() or b"{}")
        except HTTPError as error:
            said, wait = error.read(), error.headers.get("Retry-After", "5")
            if error.code not in (429, 503):
                detail = json.loads(said)["detail"] if "json" in error.headers.get("Content-Type", "") else error.reason
                raise Failed(f"{method} {path}: {error.code} {detail}") from None
        time.sleep(int(wait) if wait.isdigit() else 5)
    raise Failed(f"{method} {path}: the server stays busy")


def walk(path, **query):
    """All resources of a collection, page after page (RFC 9865)."""
    page = {"nextCursor": ""}
    while "nextCursor" in page:
        page = ask("GET", f"{path}?{urlencode({'count': 200, **query, 'cursor': page['nextCursor']})}")
        yield from page.get("Resources", [])


def read(name):
    """The rows of the file, by external_id."""
    people = {}
    with open(name, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            person = {column: unicodedata.normalize("NFC", value or "").strip() or None for column, value in row.items()}
            if not person["external_id"] or people.setdefault(person["external_id"], person) is not person:
                sys.exit(f"external_id is empty or stands twice: {row}")
    return people


def resource(person):
    """The User of a row; null is what it does not have."""
    user = {
        "schemas": [CORE, ENTERPRISE, COMMUNICANT],
        "externalId": person["external_id"],
        "userName": person["user_name"],
        "name": {"givenName": person["given_name"], "familyName": person["family_name"]},
        # Diapason keeps addresses in small letters.
        "emails": [{"value": (person["email"] or "").lower(), "type": "work"}],
        "title": person["title"],
        "active": (person["active"] or "").lower() != "false",
        ENTERPRISE: {"department": person["department"]},
    }
    return {**user, COMMUNICANT: {"siret": person["siret"]}} if "siret" in person else user


def flat(user):
    """The values of a User, by the paths of PATCH."""
    values = {path: user.get(path) for path in ("externalId", "userName", "emails", "title", "active")}
    values.update((f"name.{part}", user["name"].get(part)) for part in ("givenName", "familyName"))
    values[f"{ENTERPRISE}:department"] = user.get(ENTERPRISE, {}).get("department")
    values[f"{COMMUNICANT}:siret"] = user.get(COMMUNICANT, {}).get("siret")
    return values


def patch(operations):
    return {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": operations}


def change(user, person):
    """The operations that make a User what the row says; and whether others keep what it says differently."""
    before, wanted = flat(user), flat(resource(person))
    if "siret" not in person:
        del wanted[f"{COMMUNICANT}:siret"]
    differs = {path: value for path, value in wanted.items() if before[path] != value}
    locks = user.get(COMMUNICANT, {}).get("lockedAttributes", [])
    free = {path: value for path, value in differs.items() if path.rsplit(":", 1)[-1] not in locks}
    none = [{"op": "remove", "path": path} for path, value in free.items() if value is None]
    some = [{"op": "replace", "path": path, "value": value} for path, value in free.items() if value is not None]
    return none + some, len(free) < len(differs)


def bulk(jobs):
    """Does operations in requests as large as the server takes them; answers what became of each."""
    limits = ask("GET", "/ServiceProviderConfig")["bulk"]
    # A User is small: so many fit.
    most = min(limits["maxOperations"], limits["maxPayloadSize"] // 4096)
    for at in range(0, len(jobs), most):
        yield from ask("POST", "/Bulk", {"schemas": [f"{MESSAGES}:BulkRequest"], "Operations": jobs[at : at + most]})["Operations"]


def place(people, users):
    """Puts members into Groups, and takes others out; answers what failed."""
    groups = {it["displayName"]: it["id"] for it in walk("/Groups", excludedAttributes="members")}
    moves, errors = {}, []
    for user in users:
        person = people.get(user.get("externalId"), {})
        # Who is suspended can be given no seat, and keeps what there is.
        if "groups" in person and user["active"]:
            wanted = {name.strip() for name in (person["groups"] or "").split("|")} - {""}
            now = {it["display"] for it in user.get("groups", [])}
            for name in wanted ^ now:
                moves.setdefault(name, (set(), set()))[name in now].add(user["id"])
    for name, (here, gone) in sorted(moves.items()):
        operations = [{"op": "remove", "path": f'members[value eq "{one}"]'} for one in gone]
        if here:
            operations.append({"op": "add", "path": "members", "value": [{"value": one} for one in here]})
        try:
            group = ask("PATCH", f"/Groups/{groups[name]}?attributes=members", patch(operations))
        except (Failed, KeyError) as error:
            errors.append(f"{name}: {error if name in groups else 'no such network'}")
            continue
        # Where a network decides itself who joins, those who are added wait for its decision.
        waits = here - {it["value"] for it in group.get("members", [])}
        print(f"{name}: {len(here) - len(waits)} added, {len(gone)} removed, {len(waits)} wait for a decision")
    return errors


def main():
    people, users, jobs, known, locked = read(sys.argv[1]), list(walk("/Users")), [], set(), 0
    by_id = {it.get("externalId"): it for it in users}
    by_name = {it["userName"].lower(): it for it in users if "externalId" not in it}
    for name, person in people.items():
        user = by_id.get(name) or by_name.get((person["user_name"] or "").lower())
        if not user:
            jobs.append({"method": "POST", "path": "/Users", "bulkId": name, "data": resource(person)})
            continue
        known.add(user["id"])
        operations, kept = change(user, person)
        locked += kept
        if operations:
            jobs.append({"method": "PATCH", "path": f"/Users/{user['id']}", "bulkId": name, "data": patch(operations)})
    unchanged = len(people) - len(jobs)
    gone = [it["id"] for it in users if it["id"] not in known]
    if len(gone) > max(10, len(users) // 5) and "--many" not in sys.argv:
        sys.exit(f"the file lacks {len(gone)} of {len(users)} people: is it whole? --many says that it is")
    # Leavers first: their userNames are free for those who come.
    jobs = [{"method": "DELETE", "path": f"/Users/{one}", "bulkId": one} for one in gone] + jobs
    done, errors = dict.fromkeys(("POST", "PATCH", "DELETE"), 0), []
    for it in bulk(jobs):
        if int(it["status"]) < 400:
            done[it["method"]] += 1
        else:
            errors.append(f"{it['bulkId']}: {it['status']} {it['response']['detail']}")
    # Who moved to another establishment may have lost a seat: what holds now is compared.
    errors += place(people, walk("/Users", attributes="externalId,active,groups") if jobs else users)
    print(f"created={done['POST']} updated={done['PATCH']} unchanged={unchanged} removed={done['DELETE']} locked={locked}")
    if errors:
        sys.exit("\n".join(errors))


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(str(error))
