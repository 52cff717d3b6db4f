"""Has docs/examples/scim/sync.py keep 500 fictional people in step over SCIM, and compares what the server has with the file:
joiners, movers, other names, leavers, and who comes back.

Usage: scim_sync.py ADDRESS TOKEN
"""

import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from stdnum.luhn import calc_check_digit

SYNC = Path(__file__).parents[2] / "docs/examples/scim/sync.py"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
COMMUNICANT = "urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User"
GIVEN = ["Adèle", "Basile", "Céleste", "Éloïse", "Fantine", "Gaétan", "Hortense", "Ismaël", "Joséphine", "Kévin", "Maëlle", "Noé", "Ophélie"]
FAMILY = ["Aubrelac", "Boisvallon", "Chantefleur", "d’Orvaux", "Estrelle-Maubois", "Fontgarde", "Grandpréau", "L’Hermitin", "Noirval", "Œillebois"]
TITLES = ["Chargée de communication", "Community manager", "Cheffe de bureau", "Responsable éditorial", ""]
OFFICES = ["Bureau de la presse", "Pôle numérique", "Mission « événements »; salons", ""]

address, token = sys.argv[1:]
chance = random.Random(42)
mark = uuid.uuid4().hex[:8]


def ask(method, path, body=None, bearer=token, **more):
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json", **more}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(address + path, data, headers, method=method), timeout=60) as response:
            return response.status, json.loads(response.read() or b"{}")
    except HTTPError as error:
        return error.code, json.load(error)


def api(method, path, body=None, **more):
    status, answer = ask(method, f"/api/v1{path}", body, **more)
    assert status in (200, 201), (method, path, status, answer)
    return answer


def everything(path):
    page = {"next": ""}
    while "next" in page:
        page = api("GET", f"{path}limit=200" + (f"&cursor={quote(page['next'])}" if page["next"] else ""))
        yield from page["items"]


def siret():
    head = "".join(chance.choice("123456789") for _ in range(8))
    head = "".join(str((int(digit) + int(salt, 16)) % 9 + 1) for digit, salt in zip(head, mark))
    siren = head + calc_check_digit(head)
    return siren + "0001" + calc_check_digit(siren + "0001")


def establish():
    """A ministry with an establishment below it, two networks, and the key of the directory."""
    owner = api("GET", "/me")["id"]
    sirets = [siret(), siret()]
    above = api("POST", "/organizations", {"kind": "ministry", "name": f"Ministère d’essai {mark}", "sirets": sirets[:1]})["id"]
    below = {"kind": "communication_directorate", "name": f"Direction d’essai {mark}", "sirets": sirets[1:], "parent_id": above}
    below = api("POST", "/organizations", below)["id"]
    networks = {}
    for policy in ("automatic", "request"):
        new = {"code": f"essai-{mark}-{policy}", "name": f"Réseau d’essai {policy} {mark}", "audience": "Essais", "cadence": "quarterly",
               "visibility": "listed", "join_policy": policy}
        network = api("POST", "/networks", new)
        api("POST", f"/networks/{network['code']}/activate", {}, **{"If-Match": '"1"'})
        networks[policy] = network
    account = {"name": f"Annuaire {mark}", "organization_id": above, "owner_id": owner, "source_code": f"annuaire-{mark}",
               "scopes": ["directory:read", "directory:write", "networks:read"], "expires_at": "2190-01-01T00:00:00Z"}
    account = api("POST", "/service-accounts", account)["id"]
    key = api("POST", f"/service-accounts/{account}/keys", {})["secret"]
    return key, dict(zip(sirets, (above, below))), networks


def person(number, sirets, networks):
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    groups = [networks["automatic"]["name"]] * (number % 3 == 0) + [networks["request"]["name"]] * (number % 20 == 5)
    name = f"agent{number}@{mark}.example"
    return {"external_id": f"{mark}-{number}", "user_name": name, "given_name": given, "family_name": family, "email": name,
            "title": TITLES[number % len(TITLES)], "department": OFFICES[number % len(OFFICES)],
            "siret": sirets[0] if number % 2 else "", "groups": "|".join(groups), "active": "true"}


def sync(file, people, key, *more, fails=False):
    """What a run printed, and how long it took."""
    with open(file, "w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, list(people[0]))
        rows.writeheader()
        rows.writerows(people)
    since = time.monotonic()
    environment = {**os.environ, "DIAPASON_SCIM": f"{address}/scim/v2", "DIAPASON_KEY": key}
    run = subprocess.run([sys.executable, SYNC, file, *more], check=False, env=environment, capture_output=True, text=True, timeout=300)
    assert (run.returncode != 0) == fails, (run.returncode, run.stdout, run.stderr)
    counts = dict(re.findall(r"(\w+)=(\d+)", run.stdout.splitlines()[-1])) if run.stdout else {}
    return {name: int(count) for name, count in counts.items()}, time.monotonic() - since, run


def counted(run, **expected):
    wanted = {"created": 0, "updated": 0, "unchanged": 0, "removed": 0, "locked": 0, **expected}
    assert run[0] == wanted, (wanted, run[2].stdout, run[2].stderr)


def users(key):
    """Users by externalId, in pages by number."""
    found = []
    while True:
        status, page = ask("GET", f"/scim/v2/Users?count=150&startIndex={len(found) + 1}&attributes=externalId,userName,name,emails,title,"
                           f"active,groups,{ENTERPRISE}:department,{COMMUNICANT}:siret,{COMMUNICANT}:affiliations", bearer=key)
        assert status == 200, page
        found += page.get("Resources", [])
        if len(found) >= page["totalResults"]:
            break
    by_id = {it["externalId"]: it for it in found}
    assert len(found) == len(by_id) == len({it["id"] for it in found}), "someone is there twice"
    return by_id


def compare(people, key, organizations, networks):
    """The server says what the file says, over SCIM and over the API."""
    there = users(key)
    assert there.keys() == {it["external_id"] for it in people}, there.keys() ^ {it["external_id"] for it in people}
    members = {it["id"]: it for one in organizations.values() for it in everything(f"/members?organization_id={one}&")}
    for it in people:
        user = there[it["external_id"]]
        own = user[COMMUNICANT]
        read = [user["userName"], user["name"]["givenName"], user["name"]["familyName"], user["emails"][0]["value"], user.get("title", ""),
                user.get(ENTERPRISE, {}).get("department", ""), own.get("siret", ""), str(user["active"]).lower()]
        columns = ["user_name", "given_name", "family_name", "email", "title", "department", "siret", "active"]
        assert read == [it[column] for column in columns], (it, user)
        place = organizations[it["siret"] or next(iter(organizations))]
        assert [one["value"] for one in own["affiliations"]] == [place], (it, own)
        member = members[user["id"]]
        read = [member["given_name"], member["usual_name"], member["email"], member["status"] != "suspended"]
        assert read == [it["given_name"], it["family_name"], it["email"], it["active"] == "true"], (it, member)
        held = [(one["organization"]["id"], one.get("position", ""), one.get("service", "")) for one in member["affiliations"]]
        assert held == [(place, it["title"], it["department"])], (it, member)
    seats = {there[it["external_id"]]["id"] for it in people if networks["automatic"]["name"] in it["groups"]}
    status, group = ask("GET", f"/scim/v2/Groups/{networks['automatic']['id']}", bearer=key)
    placed = Counter(it["value"] for it in group["members"])
    assert status == 200 and placed == Counter(seats), (len(seats), "beyond", placed - Counter(seats), "missing", Counter(seats) - placed)
    held = Counter(it["member"]["id"] for it in everything(f"/networks/{networks['automatic']['code']}/memberships?"))
    # The seats of leavers wait for their hand-over.
    gone = {one for one in held if one not in {it["id"] for it in there.values()}}
    assert set(held.values()) == {1} and held.keys() - gone == placed.keys(), (held - placed, placed - held)
    waits = {there[it["external_id"]]["id"] for it in people if networks["request"]["name"] in it["groups"] and it["active"] == "true"}
    asked = Counter(it["member"]["id"] for it in everything(f"/membership-requests?network_code={networks['request']['code']}&status=open&"))
    active = {it["id"] for it in there.values() if it["active"]}
    assert set(asked.values()) == {1} and asked.keys() & active == waits, (asked.keys() & active ^ waits, asked)
    return {external_id: it["id"] for external_id, it in there.items()}, len(seats), len(waits)


def main(folder):
    key, organizations, networks = establish()
    sirets = list(organizations)
    file = Path(folder) / "people.csv"
    people = [person(number, sirets, networks) for number in range(500)]
    first = sync(file, people, key)
    counted(first, created=500)
    ids, *_ = compare(people, key, organizations, networks)
    again = sync(file, people, key)
    counted(again, unchanged=500)
    assert again[1] < first[1], (first[1], again[1])
    # Two left before, and one of them comes back under another name.
    early, people = people[:2], people[2:]
    counted(sync(file, people, key), unchanged=498, removed=2)
    leavers, people = people[:20], people[20:]
    suspended, moved, elsewhere, renamed, regrouped = (people[at : at + 20] for at in range(0, 100, 20))
    for it in suspended:
        it["active"] = "false"
    for it in moved:
        it["department"], it["title"] = "Cellule de veille", "" if it["title"] else "Analyste"
    for it in elsewhere:
        it["siret"] = sirets[1]
    for it in renamed:
        it["family_name"], it["email"] = "Nouvelombre", it["email"].replace("agent", "autre")
        it["user_name"] = it["email"].upper()
    for it in regrouped:
        wanted = set(it["groups"].split("|")) - {""} ^ {networks["automatic"]["name"]}
        it["groups"] = "|".join(sorted(wanted))
    early[0]["email"] = early[0]["user_name"] = f"retour@{mark}.example"
    people += early + [person(number, sirets, networks) for number in range(500, 530)]
    third = sync(file, people, key)
    counted(third, created=32, updated=80, unchanged=398, removed=20)
    now, seats, waits = compare(people, key, organizations, networks)
    assert all(now[it["external_id"]] == ids[it["external_id"]] for it in people if it["external_id"] in ids), "another identifier"
    for it in leavers:
        member = ids[it["external_id"]]
        assert ask("GET", f"/scim/v2/Users/{member}", bearer=key)[0] == 404
        left = api("GET", f"/members/{member}")
        assert left["status"] == "suspended", left
    # Half a file removes nobody; a wrong value is said, and the rest is done.
    assert "is it whole" in sync(file, people[:200], key, fails=True)[2].stderr
    wrong = [{**people[0], "email": "no address"}, {**people[1], "title": "Juste"}, *people[2:]]
    run = sync(file, wrong, key, fails=True)
    counted(run, updated=1, unchanged=len(people) - 2)
    assert people[0]["external_id"] in run[2].stderr and "emails" in run[2].stderr, run[2].stderr
    counted(sync(file, people, key), updated=1, unchanged=len(people) - 1)
    compare(people, key, organizations, networks)
    # What people say holds, and the directory is told so.
    api("PATCH", f"/members/{now[people[0]['external_id']]}", {"given_name": "Autrement"}, **{"If-Match": "*"})
    counted(sync(file, people, key), unchanged=len(people), locked=1)
    print(f"note: 500 people in {first[1]:.1f} s, unchanged in {again[1]:.1f} s, 132 changes in {third[1]:.1f} s, "
          f"{seats} seats and {waits} nominations")


with tempfile.TemporaryDirectory() as folder:
    main(folder)
