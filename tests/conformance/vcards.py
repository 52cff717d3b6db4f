"""Reads the vCards of members and contacts, in version 3.0, with vobject, and compares them with what the API says of them.

Usage: vcards.py ADDRESS TOKEN
"""

import json
import sys
from urllib.request import Request, urlopen

import vobject

address, token = sys.argv[1:]


def get(path):
    with urlopen(Request(f"{address}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})) as response:
        return response.read().decode()


def compare(kind, one):
    card = vobject.readOne(get(f"/{kind}/{one['id']}.vcf?version=3.0"))
    assert card.version.value == "3.0" and card.uid.value == f"urn:uuid:{one['id']}"
    family, given = one.get("usual_name") or one.get("name"), one.get("given_name", "")
    assert (card.n.value.family, card.n.value.given) == (family, given), card.n
    assert card.fn.value == f"{given} {family}".strip(), card.fn
    phones = [it.value for it in card.contents.get("tel", [])]
    assert phones == [it.replace(";ext=", " ext. ") for it in one.get("phones", [])], phones
    assert all(set(it.params["TYPE"]) == {"WORK", "VOICE"} for it in card.contents.get("tel", []))
    emails = [it.value for it in card.contents.get("email", [])]
    assert emails == [it for it in [one.get("email")] if it], emails
    return len(phones)


def main():
    note = "Ligne ; virgule, barre \\ et « guillemets »\nDeuxième ligne, assez longue pour être pliée : éééééééééééééééé."
    new = {"kind": "service", "name": "Standard; à plusieurs", "phones": ["01 23 45 67 89 poste 12", "3939"], "note": note, "sharing": "all_members"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{address}/api/v1/contacts", json.dumps(new).encode(), headers)) as response:
        service = json.load(response)
    assert vobject.readOne(get(f"/contacts/{service['id']}.vcf?version=3.0")).note.value == note
    read = phones = 0
    for kind, query in (("members", "limit=100"), ("contacts", "limit=200")):
        for one in json.loads(get(f"/{kind}?{query}"))["items"]:
            phones += compare(kind, one)
            read += 1
    assert read > 100 and phones > 2, (read, phones)
    print(f"note: {read} cards, {phones} numbers")


main()
