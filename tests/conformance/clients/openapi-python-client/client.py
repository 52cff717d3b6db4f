"""The scenario of tests/conformance/clients, with openapi-python-client's client."""

import sys
from http import HTTPStatus
from uuid import uuid4

from python_client import AuthenticatedClient
from python_client.api.organizations import (
    create_organization,
    get_organization,
    list_organizations,
    update_organization,
)
from python_client.models import (
    Organization,
    OrganizationInput,
    OrganizationKind,
    OrganizationPatch,
    Problem,
    ProblemCode,
)
from python_client.types import UNSET, Unset

ADDRESS, TOKEN, COUNT = sys.argv[1:]


def equal(found, expected, step):
    """Ends the program where what is found is not what is expected."""
    if found != expected:
        sys.exit(f"{step}: {expected!r} expected, {found!r} found")


def refused(answer, status, code):
    """The problem that a call ended in."""
    equal(answer.status_code, status, "the status of a refusal")
    equal(type(answer.parsed), Problem, "a refusal is a problem")
    equal((answer.parsed.status, answer.parsed.code), (status, code), "the problem")
    return answer.parsed


def page_to_the_end(client):
    ids, cursor = [], UNSET
    while True:
        page = list_organizations.sync(client=client, limit=50, cursor=cursor)
        ids += [organization.id for organization in page.items]
        cursor = page.next_
        if isinstance(cursor, Unset):
            break
    equal((len(ids), len(set(ids))), (int(COUNT), int(COUNT)), "organizations, page by page")


def create(client):
    name = f"Agence d'essai {uuid4()}"
    new = OrganizationInput(kind=OrganizationKind.OPERATOR, name=name, aliases=["Un autre nom"])
    made = create_organization.sync_detailed(client=client, body=new, idempotency_key=str(uuid4()))
    equal(made.status_code, HTTPStatus.CREATED, "create")
    equal(type(made.parsed), Organization, "what was created is shown in full")
    equal((made.parsed.name, made.parsed.aliases), (name, ["Un autre nom"]), "what was created")
    return made.parsed, made.headers["ETag"]


def create_wrongly(client):
    wrong = OrganizationInput(
        kind=OrganizationKind.OPERATOR, name="Essai", siren="123456789", website="ftp://exemple.fr"
    )
    problem = refused(create_organization.sync_detailed(client=client, body=wrong), 422, ProblemCode.INVALID)
    equal(sorted(error.pointer for error in problem.errors), ["/siren", "/website"], "the values refused")


def change(client, made, etag):
    def patch(short_name, if_match):
        body = OrganizationPatch(short_name=short_name)
        return update_organization.sync_detailed(made.id, client=client, body=body, if_match=if_match)

    first = patch("ACT", etag)
    equal((first.status_code, first.parsed.short_name), (HTTPStatus.OK, "ACT"), "change")
    version = first.parsed.version
    cleared = patch(None, f'"{version}"')
    equal((cleared.status_code, cleared.parsed.version), (HTTPStatus.OK, version + 1), "clear")
    equal(get_organization.sync(made.id, client=client).short_name, UNSET, "what was cleared is absent")
    refused(patch("ATC", etag), 412, ProblemCode.STALE)


def main():
    client = AuthenticatedClient(base_url=ADDRESS, token=TOKEN, raise_on_unexpected_status=True)
    page_to_the_end(client)
    made, etag = create(client)
    create_wrongly(client)
    change(client, made, etag)


main()
