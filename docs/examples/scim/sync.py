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
# Columns of the file, and the attributes that they say: the extension, if any, the attribute, and its part.
COLUMNS = {
    "external_id": (None, "externalId"), "user_name": (None, "userName"), "given_name": (None, "name", "givenName"),
    "family_name": (None, "name", "familyName"), "email": (None, "emails"), "title": (None, "title"),
    "department": (ENTERPRISE, "department"), "siret": (COMMUNICANT, "siret"), "active": (None, "active"),
}


class Failed(Exception):
    """The server refused; it says why."""


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    for _ in range(10):
        try:
            with urlopen(Request(BASE + path, data, HEADERS, method=method), timeout=300) as answer:
                return json.loads(answer.read() or b"{}")
        except HTTPError as error:
            said, wait = error.read(), error.headers.get("Retry-After", "5")
            if error.code not in (429, 503):
                detail = json.loads(said).get("detail") if "json" in error.headers.get("Content-Type", "") else error.reason
                raise Failed(f"{method} {path}: {error.code} {detail}") from None
        time.sleep(int(wait) if wait.isdigit() else 5)
    raise Failed(f"{method} {path}: the server is too busy")


def walk(path, **query):
    """All resources of a collection, page by page (RFC 9865)."""
    page = {"nextCursor": ""}
    while "nextCursor" in page:
        page = ask("GET", f"{path}?{urlencode({'count': 200, **query, 'cursor': page['nextCursor']})}")
        yield from page.get("Resources", [])


def people_of(name):
    """What the file says of each person, by external_id: {column: value}; None is nothing."""
    people = {}
    with open(name, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            it = {column: unicodedata.normalize("NFC", value or "").strip() or None for column, value in row.items()}
            it["active"] = (it.get("active") or "true").lower() not in ("false", "no", "0")
            it["email"] = it["email"] and it["email"].lower()
            if "groups" in it:
                it["groups"] = {group.strip() for group in (it["groups"] or "").split("|") if group.strip()}
            if not it["external_id"] or people.setdefault(it["external_id"], it) is not it:
                sys.exit(f"external_id is empty or stands twice: {row}")
    return people


def said(user, column):
    """What Diapason says of a column."""
    extension, *path = COLUMNS[column]
    value = user.get(extension, {}) if extension else user
    for part in path:
        value = value.get(part, {})
    return value[0]["value"].lower() if column == "email" and value else None if value == {} else value


def resource(person):
    user = {"schemas": [CORE, ENTERPRISE, COMMUNICANT]}
    for column, (extension, *path) in COLUMNS.items():
        if person.get(column) is not None:
            value = [{"value": person[column], "type": "work"}] if column == "email" else person[column]
            place = user.setdefault(extension, {}) if extension else user
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = value
    return user


def changes(user, person):
    """The operations that make a User what the file says, and whether others keep something of it (lockedAttributes)."""
    locks, operations, locked = user.get(COMMUNICANT, {}).get("lockedAttributes", []), [], False
    for column, (extension, *path) in COLUMNS.items():
        if column not in person or said(user, column) == person[column]:
            continue
        if ".".join(path) in locks:
            locked = True
        else:
            path, value = f"{extension}:{path[0]}" if extension else ".".join(path), person[column]
            value = [{"value": value, "type": "work"}] if column == "email" and value else value
            operations.append({"op": "remove", "path": path} if value is None else {"op": "replace", "path": path, "value": value})
    return operations, locked


def bulks(operations):
    """Operations in requests as large as the server takes them."""
    limits = ask("GET", "/ServiceProviderConfig")["bulk"]
    some, size = [], 0
    for it in operations:
        more = len(json.dumps(it)) + 2
        if some and (len(some) == limits["maxOperations"] or size + more > limits["maxPayloadSize"] - 1000):
            yield some
            some, size = [], 0
        some.append(it)
        size += more
    if some:
        yield some


def patch_op(operations):
    return {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": operations}


def place(people, users):
    """Puts members into Groups, and takes others out; answers what failed."""
    groups = {it["displayName"]: it["id"] for it in walk("/Groups", excludedAttributes="members")}
    moves, errors = {}, []
    for user in users:
        wanted = people.get(user.get("externalId"), {}).get("groups")
        now = {it["display"] for it in user.get("groups", [])}
        for name in wanted ^ now if wanted is not None else ():
            moves.setdefault(name, (set(), set()))[name in now].add(user["id"])
    for name, (here, gone) in sorted(moves.items()):
        operations = [{"op": "remove", "path": f'members[value eq "{one}"]'} for one in gone]
        if here:
            operations.append({"op": "add", "path": "members", "value": [{"value": one} for one in here]})
        try:
            group = ask("PATCH", f"/Groups/{groups[name]}?attributes=members", patch_op(operations))
        except (Failed, KeyError) as error:
            errors.append(f"{name}: {error if name in groups else 'no such network'}")
            continue
        # Where a network decides itself who joins, those who are added wait for its decision.
        waits = here - {it["value"] for it in group.get("members", [])}
        print(f"{name}: {len(here) - len(waits)} added, {len(gone)} removed, {len(waits)} wait for a decision")
    return errors


def main():
    people = people_of(sys.argv[1])
    users = list(walk("/Users"))
    by_id = {it["externalId"]: it for it in users if "externalId" in it}
    by_name = {it["userName"].lower(): it for it in users if "externalId" not in it}
    jobs, errors, known, locked = [], [], set(), 0
    for external_id, person in people.items():
        user = by_id.get(external_id) or by_name.get((person["user_name"] or "").lower())
        if user:
            known.add(user["id"])
            operations, kept = changes(user, person)
            locked += kept
            if operations:
                jobs.append({"method": "PATCH", "path": f"/Users/{user['id']}", "bulkId": external_id, "data": patch_op(operations)})
        else:
            jobs.append({"method": "POST", "path": "/Users", "bulkId": external_id, "data": resource(person)})
    gone = [it for it in users if it["id"] not in known]
    if len(gone) > max(10, len(users) // 5) and "--many" not in sys.argv:
        sys.exit(f"the file lacks {len(gone)} of {len(users)} people: is it whole? --many says that it is")
    # Leavers first: their names are free for those who come.
    jobs = [{"method": "DELETE", "path": f"/Users/{it['id']}", "bulkId": f"-{it['id']}"} for it in gone] + jobs
    done = {"POST": 0, "PATCH": 0, "DELETE": 0}
    for some in bulks(jobs):
        for it in ask("POST", "/Bulk", {"schemas": [f"{MESSAGES}:BulkRequest"], "Operations": some})["Operations"]:
            if int(it["status"]) < 400:
                done[it["method"]] += 1
            else:
                errors.append(f"{it['bulkId']}: {it['status']} {it['response'].get('detail')}")
    # Who moved to another establishment may have lost a seat: what holds now is compared.
    errors += place(people, walk("/Users", attributes="externalId,groups") if jobs else users)
    unchanged = len(people) - sum(it["method"] != "DELETE" for it in jobs)
    print(f"created={done['POST']} updated={done['PATCH']} unchanged={unchanged} removed={done['DELETE']} locked={locked}")
    if errors:
        sys.exit("\n".join(errors))


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(str(error))
