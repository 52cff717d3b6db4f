"""A third party's program in Python: all it knows of the API is the client generated from the contract.

Usage: client.py ADDRESS TOKEN, with the generated package `python_client` beside it.
"""

import sys
import uuid
from http import HTTPStatus

from python_client import AuthenticatedClient
from python_client.api.memberships import list_network_memberships
from python_client.api.networks import list_networks
from python_client.api.organizations import create_organization, get_organization, update_organization
from python_client.models import (
    FieldCode,
    OrganizationInput,
    Organization,
    OrganizationKind,
    OrganizationPatch,
    Problem,
    ProblemCode,
)
from python_client.types import UNSET, Unset


def equal(found, expected, step):
    """Ends the program where what is found is not what is expected."""
    if found != expected:
        sys.exit(f"{step}: {expected!r} expected, {found!r} found")


def walk(page_of, most):
    """Every item of a list, page by page."""
    items, cursor = [], UNSET
    while True:
        page = page_of(cursor)
        if not 0 < len(page.items) <= most:
            sys.exit(f"a page of {len(page.items)} items, where 1 to {most} are expected")
        items += page.items
        if isinstance(page.next_, Unset):
            return items
        cursor = page.next_


def distinct(items, step):
    """More than one page of them, and none twice."""
    equal(len({item.id for item in items}), len(items), f"{step}: distinct items")
    if len(items) < 4:
        sys.exit(f"{step}: {len(items)} items only, too few to page")


def lists(client):
    networks = walk(lambda cursor: list_networks.sync(client=client, limit=3, cursor=cursor), 3)
    distinct(networks, "networks")
    equal("edito" in {network.code for network in networks}, True, "the network edito is listed")
    at_once = list_networks.sync(client=client, limit=200)
    equal([network.id for network in networks], [network.id for network in at_once.items], "pages and the whole")

    def page_of(cursor):
        return list_network_memberships.sync("edito", client=client, limit=50, cursor=cursor)

    memberships = walk(page_of, 50)
    distinct(memberships, "memberships of edito")
    actions = [action for membership in memberships for action in membership.available_actions]
    equal(len(actions) > 0, True, "memberships say what may be done")


def create(client, name):
    new = OrganizationInput(kind=OrganizationKind.OPERATOR, name=name, aliases=["Un autre nom"])
    made = create_organization.sync_detailed(client=client, body=new, idempotency_key=str(uuid.uuid4()))
    equal(made.status_code, HTTPStatus.CREATED, "create")
    equal(isinstance(made.parsed, Organization), True, "what was created is shown in full")
    equal((made.parsed.name, made.parsed.aliases), (name, ["Un autre nom"]), "what was created")
    return made


def refused(client):
    wrong = create_organization.sync_detailed(client=client, body=OrganizationInput(kind=OrganizationKind.OPERATOR, name=""))
    equal(wrong.status_code, HTTPStatus.UNPROCESSABLE_ENTITY, "an empty name")
    equal(isinstance(wrong.parsed, Problem), True, "a refusal is a problem")
    equal((wrong.parsed.status, wrong.parsed.code), (422, ProblemCode.INVALID), "its code")
    fields = [(error.pointer, error.code) for error in wrong.parsed.errors]
    equal(fields, [("/name", FieldCode.INVALID)], "its errors")


def change(client, made):
    """Changes it, clears what was said, and cannot do so again with what it saw before."""
    etag, id_ = made.headers["ETag"], made.parsed.id
    renamed = update_organization.sync_detailed(id_, client=client, body=OrganizationPatch(short_name="ACT"), if_match=etag)
    equal(renamed.status_code, HTTPStatus.OK, "change")
    equal((renamed.parsed.short_name, renamed.parsed.version), ("ACT", made.parsed.version + 1), "what was changed")
    stale = update_organization.sync_detailed(id_, client=client, body=OrganizationPatch(short_name="ATC"), if_match=etag)
    equal(stale.status_code, HTTPStatus.PRECONDITION_FAILED, "change with a stale ETag")
    equal(stale.parsed.code, ProblemCode.STALE, "the problem of a stale ETag")
    fresh = renamed.headers["ETag"]
    cleared = update_organization.sync_detailed(id_, client=client, body=OrganizationPatch(short_name=None), if_match=fresh)
    equal(cleared.status_code, HTTPStatus.OK, "clear")
    read = get_organization.sync(id_, client=client)
    equal((read.short_name, read.name), (UNSET, made.parsed.name), "what was cleared is absent")


def main():
    address, token = sys.argv[1:]
    client = AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True)
    lists(client)
    made = create(client, f"Agence d'essai {uuid.uuid4()}")
    refused(client)
    change(client, made)


main()
