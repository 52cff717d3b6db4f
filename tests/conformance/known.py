"""Writes identifiers of what exists on a server, as dictionaries of schemathesis: else nearly all it asks for is 404.

Usage: known.py ADDRESS TOKEN FOLDER
"""

import json
import sys
from pathlib import Path
from urllib.request import Request, urlopen

LISTS = {
    "members": ("/members", "id"),
    "memberships": ("/networks/edito/memberships", "id"),
    "networks": ("/networks", "code"),
    "organizations": ("/organizations", "id"),
    "role-assignments": ("/role-assignments", "id"),
    "seats": ("/networks/edito/seats", "id"),
}

address, token, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def get(path):
    request = Request(f"{address}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request) as response:
        return json.load(response)


def write(name, lines):
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main():
    for name, (path, key) in LISTS.items():
        known = [item[key] for item in get(f"{path}?limit=20")["items"]]
        if not known:
            sys.exit(f"{path} is empty: the demo data is not there")
        write(f"{name}.dict", [f'"{one}"' for one in known])
    # Versions that objects may have: the rest of an entity tag says who saw it.
    write("versions.dict", [rf'"\x22{version}-0c1d2e3f4a5b\x22"' for version in (1, 2, 3)])
    # What the rights of the one who asks come from.
    me = get("/me")
    mine = [me["id"]] + [standing[key] for standing in me["standings"] for key in ("affiliation_id", "organization_id")]
    roles = get(f"/role-assignments?member_id={me['id']}")["items"]
    write("mine", mine + [role["id"] for role in roles])


main()
